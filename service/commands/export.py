"""`textcx export`: mentions into a file, for other programs or for the person who wrote them."""

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Annotated, get_args

import typer

from service.commands.options import AsJson, Data, Since, Timezone, Until, open_workshop
from textcx.annotation import AnnotatedMention
from textcx.errors import ConfigError


def export(
    query: Annotated[str, typer.Argument(help="Which mentions; all if not given.")] = "",
    output: Annotated[Path | None, typer.Option("--output", help="A new file; standard output if not given.")] = None,
    form: Annotated[str, typer.Option("--format", help="jsonl (all fields) or csv (for spreadsheets)")] = "jsonl",
    excel: Annotated[
        bool, typer.Option("--excel", help="CSV with a byte order mark and semicolons, as Nordic Excel opens it.")
    ] = False,
    author: Annotated[
        str | None,
        typer.Option("--author", help="SOURCE:HANDLE, as the source writes them: all that this person wrote."),
    ] = None,
    since: Since = None,
    until: Until = None,
    data: Data = None,
    timezone: Timezone = None,
    _as_json: AsJson = False,
) -> None:
    """Write mentions with their annotations, newest first; keys of your own systems are left out.

    In CSV what a spreadsheet would take for a formula gets an apostrophe before it; `textcx ingest` takes it away.
    """
    from service.exports import ExportFormat, export_pieces

    formats = {name: name for name in get_args(ExportFormat)}
    if form not in formats:
        raise ConfigError(f"--format {form}: it must be one of {', '.join(formats)}.")
    if author and (query or since or until):
        raise ConfigError("--author gives all that a person wrote: leave out QUERY, --from and --to.")
    workshop = open_workshop(data)
    found: Iterable[AnnotatedMention]
    if author:
        from ingest.people import read_author

        people = read_author(author, workshop.secret)
        ids = [one for named in people for one in workshop.store.mentions_of(named.person)]
        waiting = workshop.erasure.concerned(people).records
        found = (one for identifier in ids if (one := workshop.store.get(identifier)) is not None)
    else:
        waiting = 0
        found = workshop.questions.export(query, since=since, until=until, timezone=timezone)
    pieces = export_pieces(found, formats[form], for_excel=excel)
    if output is None:
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
    else:
        _write(output, pieces)
    workshop.close()
    if waiting:
        typer.echo(f"textcx: {waiting} records of this person wait or are set aside, and are not in it.", err=True)


def _write(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file that its owner alone may read, whole or not at all."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise ConfigError(f"--output {path} is there already. Name another, or remove it first.") from None
    except OSError as error:
        raise ConfigError(f"--output {path} cannot be written: {error.strerror}.") from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            for piece in pieces:
                file.write(piece)
    except BaseException as error:
        with suppress(OSError):
            path.unlink()
        if isinstance(error, OSError):
            raise ConfigError(f"--output {path} cannot be written: {error.strerror}.") from error
        raise
