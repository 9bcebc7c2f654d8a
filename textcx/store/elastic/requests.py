"""Requests: what is asked of the alias as a whole: counts, hits and sums, always over all shards or not at all."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from textcx.errors import ConfigError, StoreUnavailableError, TextCXError
from textcx.store.bounds import TooMuchError
from textcx.store.elastic.connection import Connection, RefusedError, is_missing

Hit = Mapping[str, Any]
_TOO_MUCH = frozenset(
    {"too_many_buckets_exception", "too_many_clauses", "too_many_nested_clauses", "too_many_clauses_exception"}
)
_KEEP_ALIVE = "5m"
_READ_AT_ONCE = 500
_SAME_COPIES = "textcx"
"""Asks the same copy of a shard each time, while it is there: copies make visible at different times what is new."""
_SPECIAL = frozenset('.?+*|{}[]()"\\#@&<>~^$-')


class Searcher:
    """Asks the indices behind an alias.

    Args:
        connection: To the cluster.
        alias: Their common name.
    """

    def __init__(self, connection: Connection, alias: str) -> None:
        self._connection = connection
        self._alias = alias

    def search(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answer to a search of the alias.

        Raises:
            TooMuchError: It would have more values than the server counts.
            StoreUnavailableError: Not all shards answered.
            ConfigError: There is nothing behind the alias.
        """
        path = f"/{self._alias}/_search"
        copies: dict[str, Any] = {"preference": _SAME_COPIES}
        if "pit" in body:  # which has its copies
            path, copies = "/_search", {}
        try:
            answer = self._connection.ask("POST", path, body, allow_partial_search_results=False, **copies)
        except RefusedError as error:
            raise self._in_our_words(error) from None
        if answer.get("timed_out") or answer["_shards"]["failed"]:
            raise StoreUnavailableError("A part of Elasticsearch did not answer; a part is never given as the whole.")
        return answer

    def count(self, query: Mapping[str, Any]) -> int:
        """Return how many mentions a query finds."""
        return self.aggregate(query, {})[0]

    def aggregate(self, query: Mapping[str, Any], aggregations: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        """Return how many mentions a query finds, and what was added up over them."""
        body = {"query": query, "size": 0, "track_total_hits": True}
        answer = self.search(body | {"aggs": aggregations} if aggregations else body)
        return answer["hits"]["total"]["value"], answer.get("aggregations", {})

    def all_hits(
        self, query: Mapping[str, Any], *, more: Mapping[str, Any] | None = None, index: str | None = None
    ) -> Iterator[Hit]:
        """Give all hits as they are now, newest first, some hundred at a time; the point in time is fixed at once.

        Args:
            query: Which.
            more: What else to ask with them.
            index: Ask these indices in place of the alias.
        """
        return self._walk(query, self._point_in_time(index or self._alias), dict(more or {}))

    def refresh(self) -> None:
        """Make visible to searches what was written before."""
        try:
            answer = self._connection.ask("POST", f"/{self._alias}/_refresh")
        except RefusedError as error:
            raise self._in_our_words(error) from None
        if answer["_shards"]["failed"]:
            raise StoreUnavailableError("A part of Elasticsearch could not be refreshed.")

    def expunge(self) -> None:
        """Let the files lose what was deleted.

        Raises:
            StoreUnavailableError: It is not done yet; ask again.
        """
        self._connection.ask("POST", f"/{self._alias}/_flush")
        self._connection.ask("POST", f"/{self._alias}/_forcemerge", only_expunge_deletes=True)

    def _point_in_time(self, index: str) -> str:
        try:
            return str(self._connection.ask("POST", f"/{index}/_pit", keep_alive=_KEEP_ALIVE)["id"])
        except RefusedError as error:
            raise self._in_our_words(error) from None

    def _walk(self, query: Mapping[str, Any], point: str, more: dict[str, Any]) -> Iterator[Hit]:
        body = more | {
            "query": query,
            "size": _READ_AT_ONCE,
            "sort": [{"key": "desc"}, {"id": "asc"}],
            "track_total_hits": False,
        }
        try:
            while True:
                answer = self.search(body | {"pit": {"id": point, "keep_alive": _KEEP_ALIVE}})
                point = answer["pit_id"]
                hits = answer["hits"]["hits"]
                yield from hits
                if len(hits) < _READ_AT_ONCE:
                    return
                body["search_after"] = hits[-1]["sort"]
        finally:
            with suppress(TextCXError):  # it ends by itself, a little later
                self._connection.ask_once("DELETE", "/_pit", {"id": point})

    def _in_our_words(self, error: RefusedError) -> TextCXError:
        if _TOO_MUCH & set(error.kinds):
            return TooMuchError()
        if is_missing(error):
            if "search_context_missing_exception" in error.kinds:
                return StoreUnavailableError("Elasticsearch has forgotten where a long reading stood; begin it again.")
            return ConfigError(f"There are no indices behind {self._alias!r}: run `textcx store setup`.")
        return error


def starts_with(prefix: str) -> str:
    r"""Return a regular expression of Lucene for everything that begins so; its dot is any character.

    Example:
        >>> starts_with("region=<")
        'region=\\<.*'
    """
    return "".join(f"\\{character}" if character in _SPECIAL else character for character in prefix) + ".*"
