"""Indices: one for each year (or month) of publication and one for undated mentions, behind an alias.

An index is named `ALIAS-gGENERATION-PART`, such as `textcx-g1-2026`. Questions go to the alias, which stands for one
generation as a whole; a change of the mapping makes the next generation beside it and then moves the alias at once.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from textcx.errors import IndexVersionError
from textcx.store.elastic.connection import Connection, RefusedError, is_missing
from textcx.store.elastic.mapping import index_version, template
from textcx.store.vectors import OpenEmbedding

Division = Literal["year", "month"]
UNDATED = "undated"
_FIRST_YEAR, _LAST_YEAR = 1995, 2060
"""Dates outside are mistakes; each of their years would be an index of its own."""
_EXISTS = "resource_already_exists_exception"
_PATIENCE_SECONDS = 60.0


class Indices:
    """The indices of one store.

    Args:
        connection: To the cluster.
        alias: Their common name.
        shards: Shards of each index, where it is made.
        more: Settings of each index beside ours, or in their place.
        embedding: Makes the vectors of the indices; without it they have none.
    """

    def __init__(
        self,
        connection: Connection,
        alias: str,
        *,
        shards: int = 1,
        more: Mapping[str, Any] | None = None,
        embedding: OpenEmbedding | None = None,
    ) -> None:
        self._connection = connection
        self.alias = alias
        self._shards = shards
        self._more = more
        self._embedding = embedding
        self._known: set[str] = set()
        self._embeddings: dict[str, str] = {}

    def name(self, generation: int, part: str) -> str:
        """Return the name of the index of one part."""
        return f"{self.alias}-g{generation}-{part}"

    def part_of(self, index: str) -> str:
        """Return the part that an index of this name holds."""
        return index.removeprefix(f"{self.alias}-g").partition("-")[2]

    def generation_of(self, index: str) -> int:
        """Return the generation of an index of this name."""
        return int(index.removeprefix(f"{self.alias}-g").partition("-")[0])

    def put_template(self) -> None:
        """Bring the index template up to date; indices that are there keep what they have."""
        embedding = self._embedding() if self._embedding else None
        body = template(f"{self.alias}-g*", shards=self._shards, more=self._more, embedding=embedding)
        self._connection.ask("PUT", f"/_index_template/{self.alias}", body, patience_seconds=_PATIENCE_SECONDS)

    def make(self, index: str, *, is_read: bool) -> None:
        """Make an index that is not there, behind the alias if it is of the generation that is read."""
        if index in self._known:
            return
        body: dict[str, Any] = {"aliases": {self.alias: {}}} if is_read else {}
        try:
            self._connection.ask("PUT", f"/{index}", body, patience_seconds=_PATIENCE_SECONDS)
        except RefusedError as error:
            if _EXISTS not in error.kinds:
                raise
        self._known.add(index)

    def forget_known(self) -> None:
        """Look again whether an index is there before it is written."""
        self._known.clear()
        self._embeddings.clear()

    def behind_alias(self) -> dict[str, str]:
        """Return each index behind the alias with the version it was written with; nothing before `setup`."""
        try:
            answer = self._connection.ask("GET", f"/{self.alias}/_mapping")
        except RefusedError as error:
            if is_missing(error):
                return {}
            raise
        return {index: _meta(found).get("textcx", "") for index, found in answer.items()}

    def embedding_of(self, index: str) -> str:
        """Return the version of the embedding whose vectors an index takes, "" for none; asked once for each."""
        if index not in self._embeddings:
            try:
                answer = self._connection.ask("GET", f"/{index}/_mapping")
            except RefusedError as error:
                if is_missing(error):  # its generation is over: whoever writes to it is told so
                    return ""
                raise
            self._embeddings[index] = _meta(answer[index]).get("embedding", "")
        return self._embeddings[index]

    def check_embedding(self, version: str) -> None:
        """Refuse to compare vectors of one embedding with those of another.

        Raises:
            IndexVersionError: Some of the indices behind the alias have vectors of another, or none.
        """
        for index in self.behind_alias():
            found = self.embedding_of(index)
            if found != version:
                raise IndexVersionError(
                    f"The vectors behind {self.alias!r} are of the embedding {found or 'of an older version'}, and the "
                    f"one set up is {version}: `textcx store migrate`."
                )

    def read_generation(self) -> int:
        """Return the generation that the alias stands for, 0 before `setup`.

        Raises:
            IndexVersionError: It was written with another mapping than this version of textcx reads.
        """
        versions = self.behind_alias()
        if any(found != index_version() for found in versions.values()):
            raise IndexVersionError(
                f"The indices behind {self.alias!r} were written by another version of textcx: `textcx store migrate`."
            )
        return max((self.generation_of(index) for index in versions), default=0)

    def move_alias(self, *, to: int) -> None:
        """Let the alias stand for one generation and no other, in one step."""
        actions: list[dict[str, Any]] = [{"add": {"index": self.name(to, "*"), "alias": self.alias}}]
        for index in self.behind_alias():
            if self.generation_of(index) != to:
                actions.append({"remove": {"index": index, "alias": self.alias}})
        self._connection.ask("POST", "/_aliases", {"actions": actions}, patience_seconds=_PATIENCE_SECONDS)

    def delete_but(self, generation: int) -> None:
        """Delete the indices of all generations but one."""
        answer = self._connection.ask("GET", f"/{self.alias}-g*", features="aliases", expand_wildcards="open")
        for index in sorted(answer):
            if self.generation_of(index) != generation:
                self._connection.ask("DELETE", f"/{index}", ignore_unavailable=True, patience_seconds=_PATIENCE_SECONDS)
        self.forget_known()


def _meta(answer: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in answer.get("mappings", {}).get("_meta", {}).items()}


def part_for(published_at: datetime | None, division: Division) -> str:
    """Return the part of the store for a time of publication.

    Example:
        >>> part_for(datetime.fromisoformat("2026-03-31T23:30:00+00:00"), "month"), part_for(None, "year")
        ('2026-03', 'undated')
    """
    if published_at is None:
        return UNDATED
    year, month = published_at.utctimetuple()[:2]
    if year < _FIRST_YEAR:
        return "earlier"
    if year > _LAST_YEAR:
        return "later"
    return f"{year}" if division == "year" else f"{year}-{month:02}"
