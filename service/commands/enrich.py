"""`textcx enrich`: JSON Lines in, JSON Lines out, nothing stored."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import orjson
import typer
from pydantic import ValidationError

from service.commands.options import Data, open_workshop
from service.enrichment import EnrichDocument, Enrichment
from textcx.errors import SourceUnreadableError
from textcx.validation import first_fault

_BATCH_LINES = 256
_SET_ASIDE_EXIT = 3
_KEYS = frozenset({"text", "id", "language", "kind", "context"})


def enrich(
    file: Annotated[
        str, typer.Argument(help="JSON Lines with `text`, optional `id`, `language`, `kind`; - is stdin.")
    ] = "-",
    output: Annotated[
        Path | None, typer.Option("--output", help="Where to write; standard output if not given.")
    ] = None,
    data: Data = None,
) -> None:
    """Analyse texts: one line out for each line in, in the same order.

    A line that cannot be read gives `{"id", "line", "error"}`, and the exit status is then 3.
    """
    workshop = open_workshop(data)
    enrichment = Enrichment(workshop.build_pipeline, workshop.taxonomy)
    failed = False
    with ExitStack() as stack:
        try:
            source = sys.stdin.buffer if file == "-" else stack.enter_context(Path(file).open("rb"))
        except OSError as error:
            raise SourceUnreadableError(f"{file} cannot be read: {error.strerror}.") from error
        target = stack.enter_context(output.open("wb")) if output else sys.stdout.buffer
        for result in _results(source, enrichment):
            failed = failed or "error" in result
            target.write(orjson.dumps(result) + b"\n")
        target.flush()
    if failed:
        raise typer.Exit(_SET_ASIDE_EXIT)


def _results(source: BinaryIO, enrichment: Enrichment) -> Iterator[dict[str, Any]]:
    for lines in _batches(source):
        read = [_read(number, line) for number, line in lines if line.strip()]
        documents = [one for one in read if isinstance(one, EnrichDocument)]
        answers = iter(list(enrichment.enrich(documents)))
        version = enrichment.versions()["model"]["version"]
        for one in read:
            yield {**next(answers), "model": version} if isinstance(one, EnrichDocument) else one


def _read(number: int, line: bytes) -> EnrichDocument | dict[str, Any]:
    """Return the line's document, or the result that says why it holds none. Unknown keys are left alone."""
    identifier = None
    try:
        values = orjson.loads(line)
        if not isinstance(values, dict):
            return {"id": None, "line": number, "error": {"code": "unreadable", "message": "not a JSON object"}}
        identifier = values.get("id") if isinstance(values.get("id"), str) else None
        known = {key: value for key, value in values.items() if key in _KEYS and value is not None}
        if isinstance(known.get("id"), int):
            known["id"] = identifier = str(known["id"])
        return EnrichDocument.model_validate(known)
    except orjson.JSONDecodeError as error:
        message = f"not JSON: {error.msg} at column {error.colno}"
    except ValidationError as error:
        message = first_fault(error)
    return {"id": identifier, "line": number, "error": {"code": "unreadable", "message": message}}


def _batches(lines: Iterable[bytes]) -> Iterator[list[tuple[int, bytes]]]:
    batch: list[tuple[int, bytes]] = []
    for numbered in enumerate(lines, start=1):
        batch.append(numbered)
        if len(batch) == _BATCH_LINES:
            yield batch
            batch = []
    if batch:
        yield batch
