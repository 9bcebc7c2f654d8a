"""`textcx serve`: the HTTP API, and the indexer beside it."""

from pathlib import Path
from typing import Annotated

import typer

from service.commands.options import Data, open_workshop

_GRACE_SECONDS = 10


def serve(
    host: Annotated[str | None, typer.Option(help="Where to listen; other machines need admin_key_file.")] = None,
    port: Annotated[int | None, typer.Option(help="The port. [default: 8000]")] = None,
    admin_key_file: Annotated[Path | None, typer.Option(help="A file with the key that callers must send.")] = None,
    data: Data = None,
) -> None:
    """Serve the API; its documentation is at /docs."""
    import uvicorn

    from service.access import check_address, read_key
    from service.app import create_app
    from service.request_log import configure_log

    settings = open_workshop(data, host=host, port=port, admin_key_file=admin_key_file).settings
    check_address(settings.host, read_key(settings.admin_key_file))
    configure_log()
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
