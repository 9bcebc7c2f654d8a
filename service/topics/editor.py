"""TopicEditor: what people may do to the topics, each thing first as a plan that shows the mentions it would move."""

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from service.topics.carrying import carried, left_behind
from service.topics.discovery import births_of, seeded
from service.topics.gathering import Gathered, Progress, gather, nothing_done
from service.topics.plan import Move, Plan, after, moves_between
from service.topics.reassignment import Versions, reassign
from textcx.embedding.base import Embedding
from textcx.errors import ConflictError, NotFoundError, RequestError
from textcx.query.tree import Everything, Keyword, Or, Query
from textcx.store.base import MentionStore
from textcx.topics.anchors import Anchors
from textcx.topics.changes import Birth, Change
from textcx.topics.grouping import (
    FEWEST_TEXTS,
    Group,
    GroupingRules,
    Usual,
    groups_from,
    k_means,
)
from textcx.topics.keywords import StopWords
from textcx.topics.likeness import units
from textcx.topics.registry import Registry
from textcx.topics.registry_file import RegistryFile
from textcx.words import Lemmas

MOST_FITTED = 100_000
_MOST_PREVIEWED = 20_000
MOST_PIECES = 10
_FRINGE = 0.55
"""Groups whose centroids have at least this cosine with one there is, both less the mean, are its fringe."""


class TopicEditor:
    """Changes the topics of one data folder.

    Args:
        file: The registry.
        store: Where the mentions live.
        embedding: Gives the embedding when it is first needed.
        lemmas: Lemmas of all languages.
        stop_words: Words that say nothing, by language.
        versions: Gives versions for mentions that are written anew.
        touchpoints: The ids of touchpoints that a topic may be mapped to.
    """

    def __init__(
        self,
        file: RegistryFile,
        store: MentionStore,
        embedding: Callable[[], Embedding],
        *,
        lemmas: Lemmas,
        stop_words: StopWords,
        versions: Versions,
        touchpoints: Sequence[str] = (),
    ) -> None:
        self.file = file
        self._store = store
        self._embedding = embedding
        self._lemmas = lemmas
        self._stop_words = stop_words
        self._versions = versions
        self._touchpoints = touchpoints

    def found(
        self,
        find: Callable[[Gathered], list[Group]],
        *,
        most: int = MOST_FITTED,
        reason: str = "",
        progress: Progress = nothing_done,
    ) -> Plan:
        """Plan the topics that mentions without a topic make; those there are stay as they are.

        Raises:
            ConflictError: There are too few such mentions, or they make no topic.
        """
        registry = self.file.registry()
        gathered = self._gather(Everything(), most, progress)
        births = self._births(registry, gathered, find, "t", progress)
        change = Change(kind="born", births=births, reason=reason)
        return self._plan_of_births(registry, change, gathered, Everything())

    def propose(
        self, find: Callable[[Gathered], list[Group]], *, most: int = MOST_FITTED, progress: Progress = nothing_done
    ) -> tuple[Birth, ...]:
        """Keep the topics that mentions without a topic would make as proposals, and return them.

        Raises:
            ConflictError: There are too few such mentions, or they make no topic.
        """
        registry = self.file.registry()
        gathered = self._gather(Everything(), most, progress)
        births = self._births(registry, gathered, find, "p", progress)
        self.file.propose(births)
        return births

    def accept(self, proposals: Sequence[str], *, label: str | None = None, reason: str = "") -> Plan:
        """Plan that proposals become topics.

        Raises:
            NotFoundError: There is no such proposal.
            RequestError: A label is given for several.
        """
        registry, known = self.file.registry(), {one.id: one for one in self.file.proposals()}
        missing = [one for one in proposals if one not in known]
        if missing or not proposals:
            raise NotFoundError(f"There is no proposal {', '.join(missing)}. Known: {', '.join(known) or 'none'}.")
        if label is not None and len(proposals) > 1:
            raise RequestError("A label is for one proposal.")
        first = registry.next_number()
        births = [
            known[one].model_copy(update={"id": f"t{number}", "label": label or known[one].label})
            for number, one in enumerate(dict.fromkeys(proposals), start=first)
        ]
        change = Change(kind="born", births=tuple(births), reason=reason)
        gathered = self._gather(Everything(), _MOST_PREVIEWED)
        return self._plan_of_births(registry, change, gathered, Everything(), accepted=tuple(proposals))

    def seed(self, label: str, phrases: Sequence[str], *, reason: str = "") -> Plan:
        """Plan a topic of a label and 3 to 20 phrases.

        Raises:
            RequestError: The label is taken, or the phrases cannot make a topic.
        """
        registry = self.file.registry()
        birth = seeded(label.strip(), phrases, registry, embedding=self._embedding())
        change = Change(kind="born", births=(birth,), reason=reason)
        return self._plan_of_births(registry, change, self._gather(Everything(), _MOST_PREVIEWED), Everything())

    def split(self, name: str, *, pieces: int = 2, reason: str = "") -> Plan:
        """Plan that a topic becomes several, found among its mentions.

        Raises:
            NotFoundError: There is no such topic.
            ConflictError: It may not be changed, or its mentions do not fall apart.
            RequestError: The number of pieces is out of range.
        """
        registry = self.file.registry()
        topic = registry.changeable(name)
        if not 2 <= pieces <= MOST_PIECES:  # noqa: PLR2004 - one piece is no split
            raise RequestError(f"A topic is split into 2 to {MOST_PIECES} pieces.")
        query = self._having(registry, topic.id)
        gathered = self._gather(query, MOST_FITTED)
        spoken = np.flatnonzero(gathered.vectors.any(axis=1))
        if len(spoken) < FEWEST_TEXTS:
            raise ConflictError(f"Topic {topic.id} has {len(spoken)} mentions with words, too few to be split.")
        labels = k_means(gathered.usual.only(spoken).taken_from(gathered.vectors[spoken]), pieces)
        groups = groups_from(gathered.vectors, spoken, labels, GroupingRules(kept=1.0))
        if len(groups) < 2:  # noqa: PLR2004
            raise ConflictError(f"The mentions of topic {topic.id} do not fall apart: they are much the same.")
        births = self._told(groups, gathered, registry, "split")
        moves = tuple(Move(topic.id, birth.id, birth.mentions) for birth in births)
        change = Change(kind="split", topic=topic.id, births=births, reason=reason)
        return Plan(change, registry.version, moves, len(spoken), gathered.of, query)

    def rename(self, name: str, label: str, *, reason: str = "") -> Plan:
        """Plan another label.

        Raises:
            NotFoundError: There is no such topic.
            RequestError: Another topic has the label.
        """
        registry = self.file.registry()
        topic, label = registry.find(name), label.strip()
        if any(one.label.casefold() == label.casefold() and one.id != topic.id for one in registry.live()):
            raise RequestError(f"Another topic is called {label[:80]!r}.")
        return Plan(Change(kind="renamed", topic=topic.id, label=label, reason=reason), registry.version)

    def merge(self, name: str, into: str, *, reason: str = "") -> Plan:
        """Plan that a topic's mentions become those of another.

        Raises:
            NotFoundError: There is no such topic.
            ConflictError: It may not be changed, or the other is no live topic, or the same.
        """
        registry = self.file.registry()
        topic, target = registry.changeable(name), registry.find(into)
        if target.state != "live" or target.id == topic.id:
            raise ConflictError(f"Topic {topic.id} can only be merged into another live topic.")
        change = Change(kind="merged", topic=topic.id, into=target.id, reason=reason)
        return self._plan_of_lineage(registry, change, topic.id, target.id)

    def retire(self, name: str, *, reason: str = "") -> Plan:
        """Plan that a topic is none any more; its mentions have no topic then.

        Raises:
            NotFoundError: There is no such topic.
            ConflictError: It may not be changed.
        """
        registry = self.file.registry()
        topic = registry.changeable(name)
        return self._plan_of_lineage(registry, Change(kind="retired", topic=topic.id, reason=reason), topic.id, None)

    def pin(self, name: str, *, is_pinned: bool = True, reason: str = "") -> Plan:
        """Plan that a topic may not be merged, split or retired, or that it may again.

        Raises:
            NotFoundError: There is no such topic.
        """
        registry = self.file.registry()
        kind = "pinned" if is_pinned else "unpinned"
        return Plan(Change(kind=kind, topic=registry.find(name).id, reason=reason), registry.version)

    def map(self, name: str, touchpoint: str | None, *, reason: str = "") -> Plan:
        """Plan that a topic belongs to a touchpoint, confirmed by somebody; None takes that away.

        Raises:
            NotFoundError: There is no such topic or touchpoint.
        """
        registry = self.file.registry()
        if touchpoint is not None and touchpoint not in self._touchpoints:
            raise NotFoundError(f"There is no touchpoint {touchpoint[:80]!r}. Known: {', '.join(self._touchpoints)}.")
        change = Change(kind="mapped", topic=registry.find(name).id, touchpoint=touchpoint, reason=reason)
        return Plan(change, registry.version)

    def carry(self, *, reason: str = "", progress: Progress = nothing_done) -> Plan:
        """Plan that all topics are taken along to the embedding in use.

        Raises:
            ConflictError: They are there already, or nothing is stored by which they could be found again.
        """
        registry, embedding = self.file.registry(), self._embedding()
        if not left_behind(registry, embedding.version):
            raise ConflictError("All topics are in the embedding that is in use.")
        births = tuple(carried(registry, self._store, embedding, progress=progress))
        if not births:
            raise ConflictError("No mention is stored by which a topic could be found again.")
        change = Change(kind="carried", carried=births, reason=reason)
        gathered = self._gather(Everything(), _MOST_PREVIEWED, progress)
        return self._plan_of_births(registry, change, gathered, Everything())

    def undo(self, *, reason: str = "") -> Plan:
        """Plan that the last change is taken back.

        Raises:
            ConflictError: There is none.
        """
        registry = self.file.registry()
        last = registry.last_change()
        change = Change(kind="undone", undoes=last.number, reason=reason)
        later = after(registry, change)
        counts: Counter[tuple[str | None, str | None]] = Counter()
        for identifier in (*registry.topics, *registry.unborn):
            was, will = registry.resolve(identifier), later.resolve(identifier)
            if was != will:
                counts[was, will] += self._store.count(Keyword("topic", identifier))
        moves = tuple(Move(was, will, count) for (was, will), count in counts.most_common() if count)
        total = self._store.count(Everything())
        return Plan(change, registry.version, moves, total, total)

    def carry_out(self, plan: Plan) -> Registry:
        """Make a change. Where mentions must be assigned anew, `reassign` is the next step.

        Raises:
            ConflictError: Somebody changed the topics since the plan was made.
        """
        return self.file.add(plan.make, accepted=plan.accepted)

    def reassign(self, query: Query | None = None, *, progress: Progress = nothing_done) -> int:
        """Give stored mentions the topic they would have today; return how many had another one.

        Raises:
            StoreUnavailableError: What waits for analysis was not analysed in time, or the disk refused.
        """
        embedding = self._embedding()
        anchors = Anchors.of(self.file.registry(), embedding=embedding.version)
        return reassign(self._store, embedding, anchors, self._versions, query or Everything(), progress=progress)

    def _gather(self, query: Query, most: int, progress: Progress = nothing_done) -> Gathered:
        return gather(self._store, self._embedding(), query, most=most, progress=progress)

    def _births(
        self,
        registry: Registry,
        gathered: Gathered,
        find: Callable[[Gathered], list[Group]],
        prefix: str,
        progress: Progress,
    ) -> tuple[Birth, ...]:
        anchors = Anchors.of(registry, embedding=self._embedding().version)
        free = gathered.only(np.flatnonzero(anchors.assign(gathered.vectors).places < 0))
        spoken = int(free.vectors.any(axis=1).sum())
        if spoken < FEWEST_TEXTS:
            raise ConflictError(
                f"{spoken:,} mentions have words and no topic yet; at least {FEWEST_TEXTS} are needed to find topics. "
                "`textcx topics seed` makes a topic of phrases."
            )
        progress("Finding topics", 0, 0)
        groups = _new_ones(find(free), anchors, free.usual)
        if not groups:
            raise ConflictError("No group of mentions is large and close enough to be a topic of its own.")
        return self._told(groups, free, registry, "proposal" if prefix == "p" else "fit", prefix)

    def _told(
        self, groups: Sequence[Group], gathered: Gathered, registry: Registry, origin: str, prefix: str = "t"
    ) -> tuple[Birth, ...]:
        return births_of(
            groups,
            gathered,
            registry,
            origin=origin,  # type: ignore[arg-type]  # one of Origin
            embedding=self._embedding(),
            lemmas=self._lemmas,
            stop_words=self._stop_words,
            prefix=prefix,
        )

    def _plan_of_births(
        self, registry: Registry, change: Change, gathered: Gathered, query: Query, *, accepted: tuple[str, ...] = ()
    ) -> Plan:
        moves = moves_between(registry, after(registry, change), gathered, self._embedding().version)
        return Plan(change, registry.version, moves, len(gathered.ids), gathered.of, query, accepted)

    def _plan_of_lineage(self, registry: Registry, change: Change, source: str, target: str | None) -> Plan:
        count = self._store.count(self._having(registry, source))
        moves = (Move(source, target, count),) if count else ()
        total = self._store.count(Everything())
        return Plan(change, registry.version, moves, total, total)

    @staticmethod
    def _having(registry: Registry, identifier: str) -> Query:
        stored = [Keyword("topic", one) for one in registry.stands_for(identifier)]
        return stored[0] if len(stored) == 1 else Or(tuple(stored))


def _new_ones(groups: list[Group], anchors: Anchors, usual: Usual) -> list[Group]:
    """Return the groups that are not the fringe of a topic there is."""
    if not groups or not anchors.ids:
        return groups
    middles = np.stack([group.centroid for group in groups])
    mean = usual.means[usual.of].mean(axis=0)
    nearest = (units(middles - mean) @ units(anchors.matrix - mean).T).max(axis=1)
    is_new = (anchors.assign(middles).places < 0) & (nearest < _FRINGE)
    return [group for group, is_one in zip(groups, is_new, strict=True) if is_one]
