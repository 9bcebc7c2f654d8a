"""`textcx store`: set the store up, check it, make its index anew, and move it to Elasticsearch."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from ingest.lock import IndexerLock
from service.assembly import Workshop
from service.commands.options import Data, open_workshop
from service.commands.screen import console
from textcx.errors import ConfigError, ConflictError
from textcx.query.tree import Everything

app = typer.Typer(help="The store of mentions: set up, verify, rebuild, move to Elasticsearch.", no_args_is_help=True)


@app.command()
def setup(data: Data = None) -> None:
    """Make what the store needs before its first use. May run at every start; only Elasticsearch needs it."""
    workshop = open_workshop(data)
    if workshop.settings.store == "elastic":
        workshop.elastic_store.setup()
    console().print(f"The {workshop.settings.store} store is set up.")


@app.command()
def migrate(data: Data = None) -> None:
    """Make the indices on Elasticsearch anew as this version writes them, while questions and writes go on."""
    workshop = open_workshop(data)
    _check_elastic(workshop)
    count = workshop.elastic_store.migrate()
    console().print(f"{count:,} mentions indexed anew.")


@app.command()
def status(data: Data = None) -> None:
    """Say where mentions live, and how many can be searched."""
    workshop = open_workshop(data)
    if workshop.settings.store == "elastic":
        for index, count in workshop.elastic_store.sizes().items():
            console().print(f"{index}: {count:,}", markup=False)
    count = workshop.store.count(Everything())
    console().print(f"The {workshop.settings.store} store: {count:,} mentions can be searched.")


@app.command()
def verify(data: Data = None) -> None:
    """Compare the search index with the mentions, and check the database. Exit status 1: they differ."""
    _show(open_workshop(data).store.verify(), "The index holds what the store holds.")


@app.command()
def rebuild(data: Data = None) -> None:
    """Make the search index anew from the mentions; nothing else is changed."""
    workshop = open_workshop(data)
    with _alone(workshop):
        count = workshop.store.rebuild()
    console().print(f"{count:,} mentions indexed.")


@app.command()
def copy(data: Data = None) -> None:
    """Copy the mentions of the embedded store to Elasticsearch, and hold one against the other.

    Stop what works on the data folder first. Cut off, it goes on where it was. Exit status 1: they differ.
    """
    from textcx.store.elastic.transfer import copy_into
    from textcx.store.embedded.truth import Truth, open_truth_file

    workshop = open_workshop(data)
    _check_elastic(workshop)
    truth = Truth(open_truth_file(workshop.settings.data), key=workshop.secret.people_key)
    with _alone(workshop), console().status("Copying") as screen:
        copied = 0

        def progress(count: int) -> None:
            nonlocal copied
            copied += count
            screen.update(f"Copying: {copied:,}")

        workshop.elastic_store.setup()
        findings = copy_into(workshop.elastic_store, truth, progress=progress)
    truth.close()
    _show(findings, f"{copied:,} copied. Both hold the same.")


def _check_elastic(workshop: Workshop) -> None:
    if workshop.settings.store != "elastic":
        raise ConfigError('This is for Elasticsearch: set store = "elastic" (or TEXTCX_STORE=elastic) and elastic_url.')


@contextmanager
def _alone(workshop: Workshop) -> Iterator[None]:
    """Hold the indexer's lock.

    Raises:
        ConflictError: Another process holds it.
    """
    lock = IndexerLock(workshop.settings.data)
    if not lock.take():
        raise ConflictError("Another textcx works on this data folder. Stop it first (`textcx serve` or an ingest).")
    with lock:
        yield


def _show(findings: list[str], all_well: str) -> None:
    for finding in findings:
        console().print(finding, markup=False)
    if findings:
        raise typer.Exit(1)
    console().print(all_well)
