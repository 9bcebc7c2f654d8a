"""EnrichedLines: lines of JSON with texts in, lines of JSON with what was found out; the work of `textcx enrich`."""

import codecs
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, NamedTuple

import orjson

from service.enrichment import EnrichDocument, Enrichment, read_document, refusal
from service.strict_json import read_json
from textcx.errors import UnreadableRecordError

LONGEST_LINE_BYTES = 4 * 2**20
_BATCH_LINES = 256
_BATCH_BYTES = 4 * 2**20
_Result = dict[str, Any]


class Lines(NamedTuple):
    """Some lines of a file, and the number of the first; None stands for one that is too long to be held."""

    first: int
    lines: Sequence[bytes | None]


class Enriched(NamedTuple):
    """What some lines gave.

    Attributes:
        output: A line for each.
        has_failed: One of them had no analysis.
        unused: Keys of theirs that mean nothing to us.
    """

    output: bytes
    has_failed: bool
    unused: frozenset[str]


def read_lines(source: BinaryIO) -> Iterator[Lines]:
    """Give the lines of a file, some hundred at a time."""
    first, size = 1, 0
    batch: list[bytes | None] = []
    while line := source.readline(LONGEST_LINE_BYTES + 1):
        if first == 1 and not batch:
            line = line.removeprefix(codecs.BOM_UTF8)
        is_too_long = len(line) > LONGEST_LINE_BYTES
        while is_too_long and not line.endswith(b"\n") and line:
            line = source.readline(LONGEST_LINE_BYTES)
        batch.append(None if is_too_long else line)
        size += 0 if is_too_long else len(line)
        if len(batch) == _BATCH_LINES or size >= _BATCH_BYTES:
            yield Lines(first, batch)
            first, size, batch = first + len(batch), 0, []
    if batch:
        yield Lines(first, batch)


class LineEnricher:
    """Turns lines into results.

    Args:
        enrichment: Analyses.
    """

    def __init__(self, enrichment: Enrichment) -> None:
        self._enrichment = enrichment

    def enrich(self, lines: Lines) -> Enriched:
        """Return one result for each line, in order; a line that cannot be used gives the reason."""
        unused: set[str] = set()
        read = [_read(line, unused) for line in lines.lines]
        documents = [one for one in read if isinstance(one, EnrichDocument)]
        answers = self._enrichment.enrich(documents)
        version = self._enrichment.versions()["model"]["version"]
        output, has_failed = [], False
        for number, one in enumerate(read, start=lines.first):
            result = next(answers) if isinstance(one, EnrichDocument) else one
            if "error" in result:
                has_failed = True
                output.append(orjson.dumps({"id": result["id"], "line": number, "error": result["error"]}))
            else:
                output.append(orjson.dumps({**result, "model": version}))
        return Enriched(b"\n".join([*output, b""]), has_failed, frozenset(unused))

    def load_languages(self) -> None:
        """Load what is loaded when a language is first met."""
        self._enrichment.warm_up().warm_up()


def _read(line: bytes | None, unused: set[str]) -> EnrichDocument | _Result:
    """Return the line's document, or the result that says why it holds none; keys that are not known are left alone."""
    if line is None:
        return refusal(None, "too-large", f"the line is longer than {LONGEST_LINE_BYTES} bytes")
    if not line.strip():
        return refusal(None, "unreadable", "the line is empty")
    values = None
    try:
        values = read_json(line)
        if isinstance(values, dict):
            unused |= values.keys() - EnrichDocument.model_fields.keys()
            values = {name: value for name, value in values.items() if name in EnrichDocument.model_fields}
        return read_document(values)
    except UnreadableRecordError as error:
        return refusal(values, "unreadable", str(error))
