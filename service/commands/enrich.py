"""`textcx enrich`: JSON Lines in, JSON Lines out, nothing stored."""

import codecs
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import orjson
import typer

from service.commands.options import AsJson, Data, open_workshop
from service.enrichment import EnrichDocument, Enrichment, read_document, refusal
from service.strict_json import read_json
from textcx.errors import ConfigError, SourceUnreadableError, UnreadableRecordError

_BATCH_LINES = 256
_BATCH_BYTES = 4 * 2**20
LONGEST_LINE_BYTES = 4 * 2**20
_SET_ASIDE_EXIT = 3
_GZIP_MAGIC = b"\x1f\x8b"
_MOST_NAMED_KEYS = 10
Result = dict[str, Any]


def enrich(
    file: Annotated[
        str, typer.Argument(help="JSON Lines with `text`, optional `id`, `language`, `kind`, `context`; - is stdin.")
    ] = "-",
    output: Annotated[
        Path | None, typer.Option("--output", help="Where to write; standard output if not given.")
    ] = None,
    data: Data = None,
    _as_json: AsJson = False,
) -> None:
    """Analyse texts: one line out for each line in, in the same order, always JSON.

    A line that cannot be used, an empty one too, gives `{"id", "line", "error"}`, and the exit status is then 3.
    """
    workshop = open_workshop(data)
    lines = _Lines(Enrichment(workshop.build_pipeline, workshop.taxonomy))
    with ExitStack() as stack:
        source = sys.stdin.buffer if file == "-" else stack.enter_context(_open(Path(file)))
        target = stack.enter_context(_create(output, source)) if output else sys.stdout.buffer
        for result in lines.results(source):
            target.write(orjson.dumps(result) + b"\n")
        target.flush()
    if lines.unused:
        named = ", ".join(sorted(lines.unused)[:_MOST_NAMED_KEYS])
        typer.echo(f"textcx: keys not used: {named}", err=True)
    if lines.has_failed:
        raise typer.Exit(_SET_ASIDE_EXIT)


class _Lines:
    """Turns lines into results.

    Args:
        enrichment: Analyses.

    Attributes:
        has_failed: A line had no analysis.
        unused: Keys of the lines that mean nothing to us.
    """

    def __init__(self, enrichment: Enrichment) -> None:
        self._enrichment = enrichment
        self.has_failed = False
        self.unused: set[str] = set()

    def results(self, source: BinaryIO) -> Iterator[Result]:
        """Give one result for each line."""
        for first, lines in _batches(source):
            read = [self._read(line) for line in lines]
            documents = [one for one in read if isinstance(one, EnrichDocument)]
            answers = iter(list(self._enrichment.enrich(documents)))
            version = self._enrichment.versions()["model"]["version"]
            for number, one in enumerate(read, start=first):
                result = next(answers) if isinstance(one, EnrichDocument) else one
                if "error" in result:
                    self.has_failed = True
                    yield {"id": result["id"], "line": number, "error": result["error"]}
                else:
                    yield {**result, "model": version}

    def _read(self, line: bytes | None) -> EnrichDocument | Result:
        """Return the line's document, or the result that says why it holds none. Unknown keys are left alone."""
        if line is None:
            return refusal(None, "too-large", f"the line is longer than {LONGEST_LINE_BYTES} bytes")
        if not line.strip():
            return refusal(None, "unreadable", "the line is empty")
        values = None
        try:
            values = read_json(line)
            if isinstance(values, dict):
                self.unused |= values.keys() - EnrichDocument.model_fields.keys()
                values = {name: value for name, value in values.items() if name in EnrichDocument.model_fields}
            return read_document(values)
        except UnreadableRecordError as error:
            return refusal(values, "unreadable", str(error))


def _open(path: Path) -> BinaryIO:
    try:
        file = path.open("rb")
    except OSError as error:
        raise SourceUnreadableError(f"{path} cannot be read: {error.strerror}.") from error
    if file.peek(len(_GZIP_MAGIC)).startswith(_GZIP_MAGIC):
        file.close()
        raise SourceUnreadableError(f"{path} is packed. Unpack it on the way: zcat {path.name} | textcx enrich -")
    return file


def _create(path: Path, source: BinaryIO) -> BinaryIO:
    try:
        if path.exists() and os.path.samestat(path.stat(), os.fstat(source.fileno())):
            raise ConfigError(f"--output {path} is the file that is read. Name another.")
        return path.open("wb")
    except OSError as error:
        raise ConfigError(f"--output {path} cannot be written: {error.strerror}.") from error


def _batches(source: BinaryIO) -> Iterator[tuple[int, list[bytes | None]]]:
    """Give the lines in batches, each with the number of its first line; None for one that is too long to be held."""
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
            yield first, batch
            first, size, batch = first + len(batch), 0, []
    if batch:
        yield first, batch
