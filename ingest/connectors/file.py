"""File connector: CSV, XLSX, JSON, JSON Lines or Parquet, plain or gzip, into raw records.

A file written in our own field names (JSON Lines with `ratings`, `subject`, ...) is taken as it is; any other by
its columns. Reading it twice, or a grown copy of it, gives the same ids, so only what is new is stored.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from ingest.columns import find_columns
from ingest.formats.row import Row, UnreadableCell
from ingest.mapping import COMMENT, Columns, Mapped, comments_of, fields_of
from ingest.nested import flat
from ingest.raw import FIELDS, RawRecord, Unreadable, digest
from ingest.ready_mapping import NONE_READY, Ready
from ingest.rows import Shape, find_shape, read_rows
from ingest.suggestion import suggest
from ingest.time_numbers import time_of_number
from ingest.times import read_time, write_time
from textcx.errors import SourceUnreadableError, UnreadableRecordError

_SAMPLE_ROWS = 1000
_NESTED = ("ratings", "asked", "reference", "subject", "attributes", "engagement")
_NONE_NESTED: Mapping[str, Any] = {}
_TEXTS = frozenset({str})
"""Types of the cells of most files, which need no look at what is nested or cannot be read."""
_OWN_LISTS = frozenset({"ratings"})
_SAYING = frozenset({"text", "title", "ratings"})
_OF_THE_WHOLE_ANSWER = frozenset(
    {"kind", "source", "brand", "language", "published_at", "author", "voice", "subject", "attributes"}
)
_LONGEST_SOURCE = 200
_LONGEST_QUESTION = 1000


class FileConnector:
    """Reads one file.

    Args:
        path: The file.
        mapped: What `--map` said.
        fixed: What `--set` said.
        table: Which sheet of a workbook or list of a JSON document, if it was said.
        mapping: The name of a ready mapping, if it was said.
        ready: The ready mappings.
        command: As it was given, so that a suggestion can be added to it.

    Attributes:
        remarks: Counts what a reader should know of, complete when all was read.

    Raises:
        SourceUnreadableError: It cannot be read at all, or its columns cannot be told.
        UnknownNameError: There is no such ready mapping.
        MissingExtraError: Its format needs an extra that is not installed.
    """

    source_kind = "file"

    def __init__(
        self,
        path: Path,
        *,
        mapped: Mapping[str, Mapped],
        fixed: Mapping[str, str],
        table: str | None = None,
        mapping: str | None = None,
        ready: Ready = NONE_READY,
        command: str | None = None,
    ) -> None:
        self.path = path
        self.remarks: Counter[str] = Counter()
        self.shape: Shape = find_shape(path, table=table, command=command)
        sample = list(islice(read_rows(path, self.shape), _SAMPLE_ROWS))
        rows = [row for row in sample if isinstance(row, Row)]
        if not rows:
            reasons = [row.reason for row in sample if isinstance(row, Unreadable)]
            raise SourceUnreadableError(f"{path.name} holds no record: {(reasons or ['a header is all there is'])[0]}.")
        flat_rows = [flat(row.cells, without=_OWN_LISTS) for row in rows]
        names = list(dict.fromkeys(name for row in flat_rows for name in row if name))
        self._questions = rows[0].questions
        self.ready_mapping = ready.choose(mapping, names)
        known = self.ready_mapping
        columns = find_columns(
            names,
            flat_rows,
            mapped=mapped,
            fixed={**(known.fixed if known else {}), **fixed},
            file_name=path.name,
            has_scores=any("ratings" in _nested(row.cells) for row in rows),
            ready=known.mapped(names) if known else {},
            asked={name: field for name in names if (field := ready.field_asked(self._questions.get(name, name)))},
            passed_over=known.not_used if known else (),
            command=command or suggest(str(path)),
        )
        inside = {one.column.partition(".")[0] for one in columns.mapped.values() if "." in one.column}
        self._own_nested = tuple(name for name in _NESTED if name not in inside)
        unused = (name for name in columns.unused if name.partition(".")[0] not in self._own_nested or "." not in name)
        self.columns: Columns = replace(columns, unused=tuple(unused))
        self._has_comments = any(field.startswith(COMMENT) for field in columns.mapped)
        self.default_source = path.name.split(".")[0][:_LONGEST_SOURCE] or "file"

    def read(self) -> Iterator[RawRecord | Unreadable]:
        """Give the file's records in order.

        Raises:
            SourceUnreadableError: The file breaks off.
        """
        self.remarks.clear()
        with closing(_Occurrences()) as occurrences:
            for row in read_rows(self.path, self.shape, self.remarks):
                if isinstance(row, Unreadable):
                    yield row
                    continue
                cells, nested = row.cells, _NONE_NESTED
                if not set(map(type, cells.values())) <= _TEXTS:
                    cells, nested = flat(row.cells, without=_OWN_LISTS), _nested(row.cells, self._own_nested)
                    if (unreadable := self._unreadable(row.place, cells)) is not None:
                        yield unreadable
                        continue
                record = self._record(row.place, cells, nested, occurrences)
                comments = list(comments_of(cells, self.columns)) if self._has_comments else ()
                if not comments or record.fields.keys() & _SAYING:
                    yield record
                yield from (self._comment(record, *comment) for comment in comments)

    def _unreadable(self, place: str, cells: Mapping[str, Any]) -> Unreadable | None:
        """Return what becomes of a row of which a cell that is needed cannot be read."""
        for one in self.columns.mapped.values():
            if isinstance(cell := cells.get(one.column), UnreadableCell):
                found = " ".join(str(cell) for cell in cells.values() if isinstance(cell, str | int | float))
                return Unreadable(place, f"{place}: column {one.column!r} {cell.reason}", found)
        return None

    def _comment(self, answer: RawRecord, name: str, column: str, text: Any) -> RawRecord:
        fields = {field: value for field, value in answer.fields.items() if field in _OF_THE_WHOLE_ANSWER}
        question = self._questions.get(column, column)[:_LONGEST_QUESTION]
        return replace(
            answer,
            native_id=None,
            fields=fields | {"text": text, "asked": {"question": question}},
            parent=answer,
            part=name,
        )

    def _record(
        self, place: str, cells: Mapping[str, Any], nested: Mapping[str, Any], occurrences: "_Occurrences"
    ) -> RawRecord:
        fields = fields_of(cells, self.columns)
        fields |= {name: value for name, value in nested.items() if name not in fields}
        native_id = fields.pop("id", None)
        source = fields.setdefault("source", self.default_source)
        fields.setdefault("kind", _usual_kind(fields.get("ratings", ())))
        if "text" in fields and (question := self._questions.get(self.columns.mapped["text"].column)):
            fields.setdefault("asked", {"question": question[:_LONGEST_QUESTION]})
        order = self.columns.mapped["published_at"].order if "published_at" in self.columns.mapped else None
        if "published_at" in fields:
            counted = time_of_number(fields["published_at"], counts_from_1904=self.shape.counts_from_1904)
            fields["published_at"] = counted or fields["published_at"]
        if "published_at" in fields and order:
            with suppress(UnreadableRecordError):  # the record is set aside for it, redacted, when it is normalized
                fields["published_at"] = write_time(*read_time(str(fields["published_at"]), order=order))
        has_identity = native_id is not None or (fields.get("author") and fields.get("published_at"))
        content = b"" if has_identity else digest([self._cells_read(cells), nested])
        return RawRecord(
            source_kind=self.source_kind,
            scope=str(source),
            native_id=None if native_id is None else str(native_id),
            place=place,
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


def _nested(cells: Mapping[str, Any], names: Sequence[str] = _NESTED) -> dict[str, Any]:
    return {name: value for name in names if isinstance(value := cells.get(name), dict | list)}


def _usual_kind(ratings: Sequence[Mapping[str, Any]]) -> str:
    measures = {rating.get("measure") for rating in ratings if isinstance(rating, Mapping)}
    if measures & {"nps", "csat", "ces", "nki_satisfaction", "nki_expectation", "nki_ideal"}:
        return "survey_answer"
    return "review" if "stars" in measures else "comment"
