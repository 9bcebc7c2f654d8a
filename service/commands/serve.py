"""`textcx serve`: the HTTP API, and the indexer beside it."""

import resource
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from service.commands.options import Data, open_workshop

_GRACE_SECONDS = 10
_FILES_OF_OUR_OWN = 400
"""Databases and index files of all threads, and what is accepted at once before it is counted."""
_MOST_FILES = 8192


def serve(
    host: Annotated[str | None, typer.Option(help="Where to listen; other machines need a key.")] = None,
    port: Annotated[int | None, typer.Option(help="The port. [default: 8000]")] = None,
    admin_key_file: Annotated[Path | None, typer.Option(help="A file with the key that callers must send.")] = None,
    data: Data = None,
) -> None:
    """Serve the API; its documentation is at /docs. Stops in order on SIGTERM: what was asked is answered first."""
    from service.access import check_address, read_key
    from service.app import create_app
    from service.limits import Limits
    from service.request_log import configure_log
    from service.server import Server

    workshop = open_workshop(data, host=host, port=port, admin_key_file=admin_key_file)
    settings = workshop.settings
    has_key = read_key(settings.admin_key_file) is not None or workshop.keys.has_good(datetime.now(UTC))
    check_address(settings.host, has_key=has_key)
    configure_log()
    server = Server(
        create_app(settings, workshop=workshop),
        host=settings.host,
        port=settings.port,
        limits=Limits(),
        most_connections=_raise_open_files() - _FILES_OF_OUR_OWN,
        grace_seconds=_GRACE_SECONDS,
    )
    server.serve_until_stopped()


def _raise_open_files() -> int:
    """Let the process open as many files as it may, within reason, and return how many that is."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted
