"""SavedQueries: queries by name, for `query:NAME` in others, kept in the data folder."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile

import orjson
import regex

from textcx.errors import ConfigError, NotFoundError, QuerySyntaxError, RequestError
from textcx.query.tree import Query

MOST_QUERIES = 1000
LONGEST_NAME = 64
_NAME = regex.compile(r"[\p{L}\p{N}][\p{L}\p{N}_-]*")


class SavedQueries:
    """The saved queries of one data folder.

    Args:
        folder: The data folder; the queries lie in its `queries.json`, which several processes may read and replace.
        parse: Reads a query that may name the saved queries given.
    """

    def __init__(self, folder: Path, parse: Callable[[str, Mapping[str, str]], Query]) -> None:
        self._path = folder / "queries.json"
        self._parse = parse

    def all(self) -> dict[str, str]:
        """Return the texts by name.

        Raises:
            ConfigError: The file was damaged.
        """
        try:
            return dict(orjson.loads(self._path.read_bytes()))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError) as error:
            raise ConfigError(
                f"{self._path.name} cannot be read. Mend it, or delete it and save the queries anew."
            ) from error

    def save(self, name: str, text: str) -> None:
        """Keep a query under a name, in place of one that had it.

        Raises:
            RequestError: The name is none, or there are too many queries.
            QuerySyntaxError: The query is wrong, or names itself, also by way of others.
        """
        if not _NAME.fullmatch(name) or len(name) > LONGEST_NAME:
            raise RequestError(
                f"A name is letters, digits, - and _, at most {LONGEST_NAME} of them, a letter or digit first."
            )
        queries = {**self.all(), name: text}
        if len(queries) > MOST_QUERIES:
            raise RequestError(f"There are {MOST_QUERIES} saved queries, which is the limit. Drop one first.")
        self._parse(f"query:{name}", queries)
        self._write(queries)

    def drop(self, name: str) -> None:
        """Forget a query.

        Raises:
            NotFoundError: There is none of this name.
            RequestError: Another saved query names it.
        """
        queries = self.all()
        if queries.pop(name, None) is None:
            raise NotFoundError(f"There is no saved query {name!r}.")
        for other, text in queries.items():
            try:
                self._parse(text, queries)
            except QuerySyntaxError as error:
                raise RequestError(f"The saved query {other!r} needs {name!r}. Change that one first.") from error
        self._write(queries)

    def _write(self, queries: Mapping[str, str]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=self._path.parent, delete=False) as file:
            file.write(orjson.dumps(queries, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))
            file.flush()
            os.fsync(file.fileno())
        os.replace(file.name, self._path)  # noqa: PTH105 - whole or not at all
