"""`textcx doctor`: is everything there, and if not, what to do."""

import sqlite3
import time
from collections.abc import Callable
from importlib.metadata import version

import typer

from service.assembly import Workshop
from service.commands.options import Data, open_workshop
from service.commands.screen import console
from textcx.configs import configs_folder
from textcx.document import Document
from textcx.errors import TextCXError
from textcx.query.tree import Everything


def doctor(data: Data = None) -> None:
    """Check settings, data folder, index and pipeline, and say what to do about what is wrong."""
    workshop = open_workshop(data)
    console().print(f"textcx {version('textcx')}, SQLite {sqlite3.sqlite_version}", markup=False)
    checks: tuple[tuple[str, Callable[[Workshop], str]], ...] = (
        ("configuration", _configuration),
        ("data folder", _data_folder),
        ("store", _store),
        ("inbox", _inbox),
        ("pipeline", _pipeline),
    )
    failed = False
    for name, check in checks:
        try:
            finding = check(workshop)
        except TextCXError as error:
            failed, finding = True, f"NOT WELL: {error}"
        console().print(f"{name}: {finding}", markup=False)
    if failed:
        raise typer.Exit(1)


def _configuration(workshop: Workshop) -> str:
    folder = configs_folder(workshop.settings.config_dir)
    taxonomy = workshop.taxonomy
    return f"{folder}; taxonomy {taxonomy.name} {taxonomy.version}, {len(taxonomy.touchpoints)} touchpoints"


def _data_folder(workshop: Workshop) -> str:
    _ = workshop.secret
    return f"{workshop.settings.data.resolve()}"


def _store(workshop: Workshop) -> str:
    return f"{workshop.store.count(Everything()):,} mentions can be searched"


def _inbox(workshop: Workshop) -> str:
    backlog = workshop.inbox.backlog(now=time.time())
    return f"{backlog.records:,} records wait, {workshop.quarantine.count():,} are set aside"


def _pipeline(workshop: Workshop) -> str:
    pipeline = workshop.build_pipeline()
    pipeline.annotate([Document("Snabb leverans, men kundtjänsten svarar aldrig.")])
    return f"version {pipeline.version} analyses"
