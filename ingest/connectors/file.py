"""File connector: CSV or JSON Lines, plain or gzip, into raw records.

A file written in our own field names (JSON Lines with `ratings`, `subject`, ...) is taken as it is; any other by
its columns. Reading it twice, or a grown copy of it, gives the same ids, so only what is new is stored.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from ingest.columns import find_columns
from ingest.mapping import Columns, Mapped, fields_of
from ingest.raw import FIELDS, RawRecord, Unreadable, digest
from ingest.rows import Row, Shape, find_shape, read_rows
from ingest.times import read_time, write_time
from textcx.errors import SourceUnreadableError, UnreadableRecordError

_SAMPLE_ROWS = 1000
_NESTED = ("ratings", "asked", "reference", "subject", "attributes", "engagement")
_LONGEST_SOURCE = 200


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
        sample = list(islice(read_rows(path, self.shape), _SAMPLE_ROWS))
        rows = [_flat(row.cells) for row in sample if isinstance(row, Row)]
        if not rows:
            reasons = [row.reason for row in sample if isinstance(row, Unreadable)]
            raise SourceUnreadableError(f"{path.name} holds no record: {(reasons or ['a header is all there is'])[0]}.")
        self.columns: Columns = find_columns(
            list(dict.fromkeys(name for row in rows for name in row if name)),
            rows,
            mapped=mapped,
            fixed=fixed,
            file_name=path.name,
            has_scores=any("ratings" in _nested(row.cells) for row in sample if isinstance(row, Row)),
        )
        self.default_source = path.name.split(".")[0][:_LONGEST_SOURCE] or "file"

    def read(self) -> Iterator[RawRecord | Unreadable]:
        """Give the file's records in order.

        Raises:
            SourceUnreadableError: The file breaks off.
        """
        with closing(_Occurrences()) as occurrences:
            for row in read_rows(self.path, self.shape):
                yield row if isinstance(row, Unreadable) else self._record(row, occurrences)

    def _record(self, row: Row, occurrences: "_Occurrences") -> RawRecord:
        fields = fields_of(row.cells, self.columns)
        nested = _nested(row.cells)
        fields |= {name: value for name, value in nested.items() if name not in fields}
        native_id = fields.pop("id", None)
        source = fields.setdefault("source", self.default_source)
        fields.setdefault("kind", _usual_kind(fields.get("ratings", ())))
        order = self.columns.mapped["published_at"].order if "published_at" in self.columns.mapped else None
        if "published_at" in fields and order:
            with suppress(UnreadableRecordError):  # the record is set aside for it, redacted, when it is normalized
                fields["published_at"] = write_time(*read_time(str(fields["published_at"]), order=order))
        has_identity = native_id is not None or (fields.get("author") and fields.get("published_at"))
        content = b"" if has_identity else digest([self._cells_read(row.cells), nested])
        return RawRecord(
            source_kind=self.source_kind,
            scope=str(source),
            native_id=None if native_id is None else str(native_id),
            place=row.place,
            fields={name: value for name, value in fields.items() if name in FIELDS},
            collected_at=datetime.now(UTC),
            content=content,
            occurrence=0 if has_identity else occurrences.next_of(content),
        )

    def _cells_read(self, cells: Mapping[str, Any]) -> list[Any]:
        """Return the cells that fill fields, in an order that does not depend on the order of columns."""
        return [cells.get(self.columns.mapped[field].column) for field in sorted(self.columns.mapped)]


class _Occurrences:
    """Counts equal rows of a file on disk (a temporary SQLite file), so that memory does not grow with it."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect("", isolation_level=None)
        self._connection.execute("PRAGMA synchronous=OFF")
        self._connection.execute("CREATE TABLE row(content BLOB PRIMARY KEY, count INTEGER) WITHOUT ROWID")
        self._connection.execute("BEGIN")

    def next_of(self, content: bytes) -> int:
        """Return how many rows of this content came before."""
        row = self._connection.execute(
            "INSERT INTO row VALUES (?, 0) ON CONFLICT DO UPDATE SET count = count + 1 RETURNING count", (content,)
        ).fetchone()
        return int(row[0])

    def close(self) -> None:
        self._connection.close()


def _flat(cells: Mapping[str, Any]) -> dict[str, Any]:
    """Return the cells that a column may be told by: our own nested fields are taken as they are, others not at all."""
    return {name: value for name, value in cells.items() if not isinstance(value, dict | list)}


def _nested(cells: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name in _NESTED if isinstance(value := cells.get(name), dict | list)}


def _usual_kind(ratings: Sequence[Mapping[str, Any]]) -> str:
    measures = {rating.get("measure") for rating in ratings if isinstance(rating, Mapping)}
    if measures & {"nps", "csat", "ces", "nki_satisfaction", "nki_expectation", "nki_ideal"}:
        return "survey_answer"
    return "review" if "stars" in measures else "comment"
