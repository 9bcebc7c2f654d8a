"""File connector: CSV or JSON Lines, plain or gzip, into raw records.

A file written in our own field names (JSON Lines with `ratings`, `subject`, ...) is taken as it is; any other by
its columns. Reading it twice, or a grown copy of it, gives the same ids, so only what is new is stored.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from ingest.columns import Columns, Mapped, fields_of, find_columns
from ingest.raw import FIELDS, RawRecord, Unreadable
from ingest.rows import Row, Shape, find_shape, read_rows
from ingest.times import read_time
from textcx.errors import UnreadableRecordError

_SAMPLE_ROWS = 1000
_NESTED = ("ratings", "asked", "reference", "subject", "attributes", "engagement")


class FileConnector:
    """Reads one file.

    Args:
        path: The file.
        mapped: What `--map` said.
        fixed: What `--set` said.

    Raises:
        SourceUnreadableError: It cannot be read at all, or its columns cannot be told.
    """

    source_kind = "file"

    def __init__(self, path: Path, *, mapped: Mapping[str, Mapped], fixed: Mapping[str, str]) -> None:
        self.path = path
        self.shape: Shape = find_shape(path)
        sample = [row.cells for row in islice(read_rows(path, self.shape), _SAMPLE_ROWS) if isinstance(row, Row)]
        names = list(dict.fromkeys(name for row in sample for name in row if name))
        self.columns: Columns = find_columns(
            [name for name in names if name not in _NESTED],
            sample,
            mapped=mapped,
            fixed=fixed,
            file_name=path.name,
        )
        self.default_source = path.name.split(".")[0] or "file"

    def read(self) -> Iterator[RawRecord | Unreadable]:
        """Give the file's records in order.

        Raises:
            SourceUnreadableError: The file breaks off.
        """
        with closing(_Occurrences()) as occurrences:
            for row in read_rows(self.path, self.shape):
                if isinstance(row, Unreadable):
                    yield row
                    continue
                try:
                    yield self._record(row, occurrences)
                except UnreadableRecordError as error:
                    content = orjson.dumps(row.cells, default=str).decode("utf-8")
                    yield Unreadable(row.place, f"{row.place}: published_at: {error}", content)

    def _record(self, row: Row, occurrences: "_Occurrences") -> RawRecord:
        fields = fields_of(row.cells, self.columns)
        fields.update({name: row.cells[name] for name in _NESTED if name in row.cells and name not in fields})
        native_id = fields.pop("id", None)
        source = fields.setdefault("source", self.default_source)
        fields.setdefault("kind", _usual_kind(fields.get("ratings", ())))
        order = self.columns.mapped["published_at"].order if "published_at" in self.columns.mapped else None
        if "published_at" in fields and order:
            fields["published_at"] = read_time(str(fields["published_at"]), order=order)[0].isoformat()
        has_identity = native_id is not None or (fields.get("author") and fields.get("published_at"))
        return RawRecord(
            source_kind=self.source_kind,
            scope=str(source),
            native_id=None if native_id is None else str(native_id),
            place=row.place,
            fields={name: value for name, value in fields.items() if name in FIELDS},
            collected_at=datetime.now(UTC),
            occurrence=0 if has_identity else occurrences.next_of(fields),
        )


class _Occurrences:
    """Counts equal rows of a file on disk (a temporary SQLite file), so that memory does not grow with it."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect("", isolation_level=None)
        self._connection.execute("PRAGMA synchronous=OFF")
        self._connection.execute("CREATE TABLE row(hash BLOB PRIMARY KEY, count INTEGER) WITHOUT ROWID")
        self._connection.execute("BEGIN")

    def next_of(self, fields: Mapping[str, Any]) -> int:
        """Return how many equal rows came before."""
        digest = sha256(orjson.dumps(fields, option=orjson.OPT_SORT_KEYS, default=str)).digest()[:16]
        row = self._connection.execute(
            "INSERT INTO row VALUES (?, 0) ON CONFLICT DO UPDATE SET count = count + 1 RETURNING count", (digest,)
        ).fetchone()
        return int(row[0])

    def close(self) -> None:
        self._connection.close()


def _usual_kind(ratings: Sequence[Mapping[str, Any]]) -> str:
    measures = {rating.get("measure") for rating in ratings if isinstance(rating, Mapping)}
    if measures & {"nps", "csat", "ces", "nki_satisfaction", "nki_expectation", "nki_ideal"}:
        return "survey_answer"
    return "review" if "stars" in measures else "comment"
