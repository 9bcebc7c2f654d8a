"""Workshop: the one place that builds the whole from the settings.

Each part is built when first asked for and kept, so that `search` never pays for the pipeline, and `--help`
for nothing at all.
"""

import gc
from functools import cached_property
from typing import TYPE_CHECKING, cast

from textcx.configs import configs_folder
from textcx.settings import Settings

if TYPE_CHECKING:  # imported where they are built: a command loads what it needs and no more
    from collections.abc import Callable, Mapping, Sequence

    from ingest.collectors import Collectors
    from ingest.connection import Connections
    from ingest.connector import Registry
    from ingest.deliveries import Deliveries
    from ingest.engagement import EngagementSeries
    from ingest.history import History
    from ingest.inbox import Inbox
    from ingest.met import Met
    from ingest.near_copies import NearCopies
    from ingest.quarantine import Quarantine
    from ingest.reader import Desk
    from ingest.retention import Retention
    from ingest.runs import Runs
    from ingest.secret import Secret
    from ingest.source_file import Sources
    from ingest.traces import Traces
    from ingest.watch import Waiting
    from service.erasure import Erasure
    from service.keys import Keys
    from service.questions import Questions
    from service.questions.topics import TopicQuestions
    from service.saved_queries import SavedQueries
    from service.topics import TopicEditor
    from textcx.database import Database
    from textcx.embedding.base import Embedding
    from textcx.pipeline import Pipeline
    from textcx.query.tree import Query
    from textcx.store.base import MentionStore
    from textcx.store.elastic.store import ElasticStore
    from textcx.store.embedded.store import EmbeddedStore
    from textcx.store.engine import Engine
    from textcx.topics.registry_file import RegistryFile
    from textcx.touchpoints import Taxonomy
    from textcx.words import Lemmas


def ease_garbage_collector() -> None:
    """Let Python look for circles of garbage less often.

    It does so after 700 new objects; we make thousands for each batch and few circles, and it took a fifth of the time.
    """
    gc.set_threshold(50_000, 20, 100)


class Workshop:
    """The parts of one data folder.

    Args:
        settings: Which folder, pipeline and taxonomy.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @cached_property
    def _inbox_file(self) -> "Database":
        from ingest.inbox_file import open_inbox_file

        return open_inbox_file(self.settings.data)

    @cached_property
    def inbox(self) -> "Inbox":
        """Where records wait."""
        from ingest.inbox import Inbox

        return Inbox(self._inbox_file, most_waiting_records=self.settings.most_waiting_records)

    @cached_property
    def runs(self) -> "Runs":
        """Readings of sources, with their counts."""
        from ingest.runs import Runs

        return Runs(self._inbox_file)

    @cached_property
    def quarantine(self) -> "Quarantine":
        """Records set aside."""
        from ingest.quarantine import Quarantine

        return Quarantine(self._inbox_file)

    @cached_property
    def near_copies(self) -> "NearCopies":
        """Sketches of stored texts."""
        from ingest.near_copies import NearCopies

        return NearCopies(self._inbox_file)

    @cached_property
    def traces(self) -> "Traces":
        """What the inbox's file knows of mentions."""
        from ingest.traces import Traces

        return Traces(self._inbox_file, self.secret)

    @cached_property
    def sources(self) -> "Sources":
        """The places that are read by themselves."""
        from ingest.source_file import Sources

        return Sources(self.settings.data / "sources", self.connectors)

    @cached_property
    def connectors(self) -> "Registry":
        """All kinds of places: those asked, those that send, and those crawled."""
        from crawlers.connector import crawl_connectors
        from ingest.connector import CONNECTORS, SENDERS, Registry

        return Registry({**CONNECTORS, **SENDERS, **crawl_connectors(self.settings.data)})

    def build_connections(self, *, sleep: "Callable[[float], None]") -> "Connections":
        """Return what gives connectors, each with the budget of its credential."""
        from ingest.budget import SpentTogether
        from ingest.connection import Connections

        return Connections(
            self.connectors, lambda who: SpentTogether(self._inbox_file, self.secret.fingerprint(who)), sleep=sleep
        )

    def build_collectors(self, waiting: "Waiting") -> "Collectors":
        """Return what reads the sources."""
        from ingest.collectors import Collectors

        return Collectors(
            self.settings.data,
            self.sources,
            self.build_desk(sleep=waiting.sleep),
            self.retention,
            self.build_connections(sleep=waiting.sleep),
            waiting=waiting,
        )

    @cached_property
    def history(self) -> "History":
        """Readings of sources, and how far each is read."""
        from ingest.history import History

        return History(self._inbox_file)

    @cached_property
    def met(self) -> "Met":
        """Which mentions sources have."""
        from ingest.met import Met

        return Met(self._inbox_file)

    @cached_property
    def engagement(self) -> "EngagementSeries":
        """How people reacted, over time."""
        from ingest.engagement import EngagementSeries

        return EngagementSeries(self._inbox_file)

    @cached_property
    def deliveries(self) -> "Deliveries":
        """What others sent."""
        from ingest.deliveries import Deliveries

        return Deliveries(self._inbox_file)

    @cached_property
    def retention(self) -> "Retention":
        """What erases mentions past their time."""
        from ingest.retention import Retention

        return Retention(self.met, self._erase)

    def build_desk(self, *, sleep: "Callable[[float], None]") -> "Desk":
        """Return what a reader of sources works with."""
        from ingest.intake import Intake
        from ingest.reader import Desk

        return Desk(
            inbox_cursor=self.inbox.cursor,
            intake=Intake(self.inbox, self.runs, self.secret, sleep=sleep),
            runs=self.runs,
            history=self.history,
            met=self.met,
            series=self.engagement,
            traces=self.traces,
            secret=self.secret,
            erase=self._erase,
            written_by=self.store.mentions_of,
        )

    def _erase(self, identifiers: "Sequence[str]") -> int:
        erased = self.erasure.forget(identifiers)
        return erased.mentions + erased.records

    @cached_property
    def secret(self) -> "Secret":
        """The data folder's key."""
        from ingest.secret import open_secret

        return open_secret(self.settings.data)

    @cached_property
    def keys(self) -> "Keys":
        """The keys of those who may call from elsewhere."""
        from service.keys import Keys
        from service.keys_file import open_keys_file

        return Keys(open_keys_file(self.settings.data), self.secret)

    @cached_property
    def lemmas(self) -> "Lemmas":
        """Lemmas of all languages, loaded as they are met."""
        from textcx.words import shared_lemmas

        return shared_lemmas()

    @cached_property
    def taxonomy(self) -> "Taxonomy":
        """The touchpoints in force."""
        from textcx.touchpoints import read_taxonomy

        folder = configs_folder(self.settings.config_dir) / "touchpoints"
        return read_taxonomy(folder / f"{self.settings.taxonomy}.yaml", folder=folder)

    @cached_property
    def store(self) -> "Engine":
        """Where mentions live."""
        return self.elastic_store if self.settings.store == "elastic" else self.embedded_store

    @cached_property
    def embedded_store(self) -> "EmbeddedStore":
        """The store in the data folder."""
        from textcx.store.embedded.store import EmbeddedStore

        return EmbeddedStore.open(
            self.settings.data,
            lemmas=self.lemmas,
            key=self.secret.people_key,
            embedding=lambda: self.embedding,
        )

    @cached_property
    def elastic_store(self) -> "ElasticStore":
        """The store on Elasticsearch, with its ledger in the data folder."""
        from textcx.store.elastic.access import read_access
        from textcx.store.elastic.store import ElasticStore

        settings = self.settings
        access = read_access(
            settings.elastic_url,
            api_key_file=settings.elastic_api_key_file,
            user=settings.elastic_user,
            password_file=settings.elastic_password_file,
            ca_file=settings.elastic_ca_file,
        )
        return ElasticStore.open(
            settings.data,
            access,
            lemmas=self.lemmas,
            key=self.secret.people_key,
            alias=settings.elastic_alias,
            division=settings.elastic_division,
            embedding=lambda: self.embedding,
            shards=settings.elastic_shards,
        )

    @cached_property
    def erasure(self) -> "Erasure":
        """What forgets for good."""
        from service.erasure import Erasure

        return Erasure(self.store, self.traces)

    @cached_property
    def saved_queries(self) -> "SavedQueries":
        """The queries saved by name."""
        from service.saved_queries import SavedQueries
        from textcx.query.grammar import parse

        def read(text: str, saved: "Mapping[str, str]") -> "Query":
            touchpoints = [touchpoint.id for touchpoint in self.taxonomy.touchpoints]
            return parse(text, touchpoints=touchpoints, stages=self.taxonomy.stages, saved=saved)

        return SavedQueries(self.settings.data, read)

    @cached_property
    def questions(self) -> "Questions":
        """What people may ask of the store."""
        from service.questions import Questions
        from service.questions.topics_today import TopicsToday

        return Questions(
            cast("MentionStore", TopicsToday(self.store, self.topics.registry)),
            self.taxonomy,
            saved=self.saved_queries.all,
            topics=self.topics.registry,
            timezone=self.settings.timezone,
        )

    @cached_property
    def embedding(self) -> "Embedding":
        """What turns texts into vectors."""
        from textcx.embedding.choice import open_embedding

        return open_embedding(self.settings.embedding)

    @cached_property
    def topics(self) -> "RegistryFile":
        """The registry of topics."""
        from textcx.topics.registry_file import RegistryFile

        return RegistryFile(self.settings.data)

    @cached_property
    def topic_questions(self) -> "TopicQuestions":
        """What people may ask of topics."""
        from service.questions.topics import TopicQuestions
        from textcx.topics.stop_words import stop_words

        return TopicQuestions(self.questions, self.topics.registry, lemmas=self.lemmas, stop_words=stop_words)

    @cached_property
    def topic_editor(self) -> "TopicEditor":
        """What changes the topics."""
        from service.topics import TopicEditor
        from textcx.topics.stop_words import stop_words

        return TopicEditor(
            self.topics,
            self.store,
            lambda: self.embedding,
            lemmas=self.lemmas,
            stop_words=stop_words,
            versions=self.inbox,
            touchpoints=[touchpoint.id for touchpoint in self.taxonomy.touchpoints],
        )

    def build_pipeline(self) -> "Pipeline":
        """Build the pipeline: seconds and hundreds of megabytes, so only where texts are analysed."""
        from textcx.pipeline import build_pipeline

        return build_pipeline(self.settings)

    def close(self) -> None:
        """Close the files that were opened."""
        self.__dict__.pop("store", None)  # one of the next two
        for name in ("embedded_store", "elastic_store", "keys", "_inbox_file"):
            part = self.__dict__.pop(name, None)
            if part is not None:
                part.close()
