"""`textcx store`: check the store, and make its index anew."""

import typer

from ingest.lock import IndexerLock
from service.commands.options import Data, open_workshop
from service.commands.screen import console
from textcx.errors import ConflictError

app = typer.Typer(help="The store of mentions: verify it, rebuild its index.", no_args_is_help=True)


@app.command()
def verify(data: Data = None) -> None:
    """Compare the search index with the mentions, and check the database. Exit status 1: they differ."""
    findings = open_workshop(data).store.verify()
    for finding in findings:
        console().print(finding, markup=False)
    if findings:
        raise typer.Exit(1)
    console().print("The index holds what the store holds.")


@app.command()
def rebuild(data: Data = None) -> None:
    """Make the search index anew from the mentions; nothing else is changed."""
    workshop = open_workshop(data)
    lock = IndexerLock(workshop.settings.data)
    if not lock.take():
        raise ConflictError("Another textcx works on this data folder. Stop it first (`textcx serve` or an ingest).")
    with lock:
        count = workshop.store.rebuild()
    console().print(f"{count:,} mentions indexed.")
