"""`textcx enrich`: JSON Lines in, JSON Lines out, nothing stored."""

import os
import sys
from contextlib import ExitStack
from itertools import chain, islice
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from service.assembly import ease_garbage_collector
from service.commands.options import AsJson, Data, open_workshop
from service.enriched_lines import LineEnricher, read_lines
from service.enrichment import Enrichment
from service.forks import in_order, usable_cores
from textcx.errors import ConfigError, SourceUnreadableError

_SET_ASIDE_EXIT = 3
_GZIP_MAGIC = b"\x1f\x8b"
_MOST_NAMED_KEYS = 10
_ALONE = 8
"""Batches of 256 lines that are done before other processes are worth their start."""


def enrich(
    file: Annotated[
        str, typer.Argument(help="JSON Lines with `text`, optional `id`, `language`, `kind`, `context`; - is stdin.")
    ] = "-",
    output: Annotated[
        Path | None, typer.Option("--output", help="Where to write; standard output if not given.")
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers", min=1, max=64, help="Processes that analyse a long file; as many as there are cores."
        ),
    ] = None,
    data: Data = None,
    _as_json: AsJson = False,
) -> None:
    """Analyse texts: one line out for each line in, in the same order, always JSON.

    A line that cannot be used, an empty one too, gives `{"id", "line", "error"}`, and the exit status is then 3.
    """
    workshop = open_workshop(data)
    ease_garbage_collector()
    enricher = LineEnricher(Enrichment(workshop.build_pipeline, workshop.taxonomy))
    processes = workers or workshop.settings.workers or usable_cores()
    has_failed, unused = False, frozenset[str]()
    with ExitStack() as stack:
        source = sys.stdin.buffer if file == "-" else stack.enter_context(_open(Path(file)))
        target = stack.enter_context(_create(output, source)) if output else sys.stdout.buffer
        batches = read_lines(source)
        alone = map(enricher.enrich, islice(batches, _ALONE))
        rest = in_order(enricher.enrich, batches, processes=processes, before=enricher.load_languages)
        for enriched in chain(alone, rest):
            target.write(enriched.output)
            has_failed, unused = has_failed or enriched.has_failed, unused | enriched.unused
        target.flush()
    if unused:
        named = ", ".join(sorted(unused)[:_MOST_NAMED_KEYS])
        typer.echo(f"textcx: keys not used: {named}", err=True)
    if has_failed:
        raise typer.Exit(_SET_ASIDE_EXIT)


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
