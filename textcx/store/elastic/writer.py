"""Writer: brings mentions into the indices and out of them, by the rules of the ledger.

First the ledger says where each mention lives and which were erased, then the indices are written, then the ledger
notes who answers whom and says whether the indices have changed meanwhile. Dying between any two steps is safe: the
same batch written again ends the same.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from textcx.annotation import Storable
from textcx.embedding.base import text_of
from textcx.errors import ConfigError, RefusedMentionsError, StoreUnavailableError
from textcx.mention import Mention
from textcx.store.elastic.bulk import LARGEST_VERSION, BulkLoop, Write, Written
from textcx.store.elastic.connection import Connection
from textcx.store.elastic.documents import document, read_source
from textcx.store.elastic.indices import Division, Indices, part_for
from textcx.store.elastic.ledger import Generations, Ledger, Plan
from textcx.store.embedded.tokens import Tokens
from textcx.store.replies import answered_id
from textcx.store.vectors import OpenEmbedding, vectors_of

_WISHES_AT_ONCE = 200
_KEPT = ("created", "updated")


class Writer:
    """Writes one store.

    Args:
        connection: To the cluster.
        indices: The store's indices.
        ledger: The data folder's ledger.
        tokens: Makes the words that an index holds.
        division: Whether each year or each month has an index of its own.
        embedding: Makes the vectors of mentions; without it they have none.
    """

    def __init__(
        self,
        connection: Connection,
        indices: Indices,
        ledger: Ledger,
        tokens: Tokens,
        *,
        division: Division = "year",
        embedding: OpenEmbedding | None = None,
    ) -> None:
        self._connection = connection
        self._indices = indices
        self._ledger = ledger
        self._tokens = tokens
        self._division = division
        self._embedding = embedding
        self._bulk = BulkLoop(connection, self._make_again)

    def put(self, mentions: Sequence[Storable]) -> int:
        """Write what is newer than what is there; return how many were kept.

        Raises:
            RefusedMentionsError: The server will never take some of them; the others were kept.
            StoreUnavailableError: Not all were kept; put all of them again.
        """
        plan = self._ledger.plan([one.mention for one in mentions], self._part)
        kept = [one for one in mentions if one.mention.id in plan.homes]
        if not kept:
            return 0
        ended = list(zip(kept, self._write(kept, plan, plan.generations), strict=False))
        if any(how.outcome == "missing" for _, how in ended):
            return self.put(mentions)  # a migration ended meanwhile: other indices are read now
        stale = [one.mention.id for one, how in ended if how.outcome == "stale"]
        # Written before, perhaps by one who died before he could note it: what is there now decides.
        there = [
            read_source(found["_source"]).mention
            for found in self.stored(list(dict.fromkeys(stale)), plan.homes, plan.generations.read).values()
        ]
        self._conclude(kept, ended, there, plan)
        refused = {one.mention.id: how.reason for one, how in ended if how.reason}
        if refused:
            raise RefusedMentionsError(refused)
        versions = {one.id: one.version for one in there}
        return sum(
            how.outcome in _KEPT or (how.is_repeat and versions.get(one.mention.id) == one.mention.version)
            for one, how in ended
        )

    def erase(self, identifiers: Sequence[str]) -> int:
        """Refuse mentions for ever and delete them; return how many were stored."""
        return self._delete(self._ledger.erase(identifiers))

    def follow(self) -> int:
        """Index anew what was answered, and delete what was erased and may be left; return how many."""
        gone = self._ledger.not_yet_gone()
        if gone:
            self._delete(self._ledger.erase(gone))
        wishes = self._ledger.pending(limit=_WISHES_AT_ONCE)
        if wishes:
            self._index_anew(list(wishes))
            self._ledger.done(wishes)
        return len(wishes) + len(gone)

    def copy(self, mentions: Sequence[Storable], parts: Mapping[str, str], generation: int) -> None:
        """Write mentions into another generation; what it holds already, and what was erased, is left alone.

        Args:
            mentions: As they are stored.
            parts: The part of the store that each lives in, by id.
            generation: Where to.

        Raises:
            RefusedMentionsError: The server does not take some of them.
        """
        plan = self._ledger.plan([one.mention for one in mentions], lambda mention: parts[mention.id])
        kept = [one for one in mentions if one.mention.id in plan.homes]
        written = self._write(kept, plan, Generations(plan.generations.read, (generation,)))
        refused = {one.mention.id: how.reason for one, how in zip(kept, written, strict=True) if how.reason}
        if refused:
            raise RefusedMentionsError(refused)

    def write(self, writes: Sequence[Write]) -> list[Written]:
        """Carry out writes as they are."""
        return self._bulk.run(writes)

    def stored(
        self, identifiers: Sequence[str], homes: Mapping[str, str], generation: int
    ) -> dict[str, dict[str, Any]]:
        """Return what is stored of these mentions at this moment, whether searchable or not, by id."""
        wanted = [{"_index": self._indices.name(generation, homes[one]), "_id": one} for one in identifiers]
        return self.read(wanted)

    def read(self, wanted: Sequence[Mapping[str, str]]) -> dict[str, dict[str, Any]]:
        """Return what is stored at this moment under these names of indices and ids, by id.

        Raises:
            StoreUnavailableError: A shard did not answer.
        """
        answer = self._connection.ask("POST", "/_mget", {"docs": list(wanted)}) if wanted else {"docs": []}
        for found in answer["docs"]:
            if "error" in found and found["error"].get("type") != "index_not_found_exception":
                raise StoreUnavailableError("A part of Elasticsearch did not answer.")
        return {found["_id"]: found for found in answer["docs"] if found.get("found")}

    def _part(self, mention: Mention) -> str:
        return part_for(mention.published_at, self._division)

    def _write(self, mentions: Sequence[Storable], plan: Plan, generations: Generations) -> list[Written]:
        """Write mentions to all generations, the one that is read first."""
        if not generations.written:
            raise ConfigError(f"There are no indices behind {self._indices.alias!r}: run `textcx store setup`.")
        return self._bulk.run(self._writes(mentions, plan, generations))

    def _writes(
        self, mentions: Sequence[Storable], plan: Plan, generations: Generations, *, is_anew: bool = False
    ) -> list[Write]:
        """Return the writes of mentions to all generations; each index gets the vectors of its own embedding alone."""
        embedding = self._embedding() if self._embedding else None
        vectors = (
            vectors_of(embedding, [text_of(one.mention) for one in mentions]) if embedding else [None] * len(mentions)
        )
        writes = []
        for generation in generations.written:
            for one, vector in zip(mentions, vectors, strict=True):
                index = self._index(generation, plan.homes[one.mention.id], generations)
                is_its = embedding is not None and self._indices.embedding_of(index) == embedding.version
                replies = plan.replies.get(one.mention.id, ())
                source = document(one, replies, self._tokens, vector=vector if is_its else None)
                writes.append(Write(index, one.mention.id, one.mention.version, source, replaces_same_version=is_anew))
        return writes

    def _conclude(
        self,
        kept: Sequence[Storable],
        ended: Sequence[tuple[Storable, Written]],
        there: Sequence[Mention],
        plan: Plan,
    ) -> None:
        fresh = [one.mention for one, how in ended if how.outcome in _KEPT]
        answering = [
            one.mention
            for one, how in ended
            if how.outcome == "updated" or (how.outcome == "created" and answered_id(one.mention) is not None)
        ]
        now = self._ledger.conclude([*fresh, *there], [*answering, *there], plan)
        if now != plan.generations:  # a migration began or ended meanwhile
            self._write(kept, plan, now)
            if now.read != plan.generations.read:
                self._indices.move_alias(to=now.read)

    def _index_anew(self, identifiers: Sequence[str]) -> None:
        homes = {one: home for one in identifiers if (home := self._ledger.home(one)) is not None}
        generations = self._ledger.generations()
        found = self.stored(list(homes), homes, generations.read)
        there = {one: read_source(hit["_source"]) for one, hit in found.items()}
        plan = self._ledger.plan([one.mention for one in there.values()], lambda mention: homes[mention.id])
        self._bulk.run(self._writes([there[one] for one in plan.homes], plan, generations, is_anew=True))

    def _delete(self, homes: Mapping[str, str]) -> int:
        """Delete mentions in all generations, in a way that no write which is still on its way brings them back."""
        generations = self._ledger.generations()
        writes = []
        for generation in generations.written:
            for identifier, part in homes.items():
                index = self._index(generation, part, generations)
                writes.append(Write(index, identifier, LARGEST_VERSION, None, replaces_same_version=True))
        outcomes = self._bulk.run(writes)[: len(homes)]
        self._ledger.note_gone(homes)
        return sum(how.outcome == "deleted" for how in outcomes)

    def _index(self, generation: int, part: str, generations: Generations) -> str:
        """Return the name of an index, which is made if it is not there."""
        name = self._indices.name(generation, part)
        self._indices.make(name, is_read=generation == generations.read)
        return name

    def _make_again(self, index: str) -> bool:
        """Make an index that has gone, unless its generation is over; say whether it is there."""
        self._indices.forget_known()
        generations = self._ledger.generations()
        generation = self._indices.generation_of(index)
        if generation not in generations.written:
            return False
        self._indices.make(index, is_read=generation == generations.read)
        return True
