"""`textcx keys`: who may call the service from elsewhere."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from service.commands.options import AsJson, Data, open_workshop
from service.commands.screen import console, print_json, print_table
from textcx.errors import RequestError

app = typer.Typer(help="API keys: make one, list them, revoke one.", no_args_is_help=True)


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="Who gets it, e.g. webshop.")],
    scope: Annotated[
        list[str] | None, typer.Option(help="read, write, admin or cases; may be repeated. [default: read]")
    ] = None,
    requests_per_minute: Annotated[int | None, typer.Option(help="How often it may call. [default: 600]")] = None,
    expires_on: Annotated[str | None, typer.Option(help="The first day it is refused, e.g. 2027-06-30.")] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Make a key and print it: the one time it can be seen, for only its hash is kept."""
    from service.limits import Limits

    key, text = open_workshop(data).keys.add(
        name,
        scopes=scope or ["read"],
        requests_per_minute=Limits().requests_per_minute if requests_per_minute is None else requests_per_minute,
        now=datetime.now(UTC),
        expires_at=None if expires_on is None else _day(expires_on),
    )
    if as_json:
        print_json({**_as_dict(key), "key": text})
        return
    typer.echo(text)
    typer.echo(f"Key {key.id} of {name!r}. Keep it now: it cannot be shown again.", err=True)


@app.command("list")
def list_keys(data: Data = None, as_json: AsJson = False) -> None:
    """List all keys, revoked and expired ones included; never the keys themselves."""
    keys = [_as_dict(key) for key in open_workshop(data).keys.list()]
    if as_json:
        print_json(keys)
        return
    rows = [
        (
            one["id"],
            one["name"],
            ", ".join(one["scopes"]),
            str(one["requests_per_minute"]),
            one["made_at"][:10],
            one["used_on"] or "never",
            one["state"],
        )
        for one in keys
    ]
    header = ("id", "name", "may", "a minute", "made", "last used", "state")
    print_table(f"{len(keys):,} keys", header, rows)


@app.command()
def revoke(
    identifier: Annotated[str, typer.Argument(metavar="ID", help="The key's id, as `list` shows it.")],
    data: Data = None,
) -> None:
    """Refuse a key from now on; a running service does so at its next request."""
    key = open_workshop(data).keys.revoke(identifier, now=datetime.now(UTC))
    console().print(f"Key {key.id} of {key.name!r} is revoked.", markup=False)


def _day(written: str) -> datetime:
    try:
        return datetime.strptime(written, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError as error:
        raise RequestError("--expires-on must be a day such as 2027-06-30.") from error


def _as_dict(key: Any) -> dict[str, Any]:
    state = "revoked" if key.revoked_at else "good" if key.is_good(datetime.now(UTC)) else "expired"
    return {
        "id": key.id,
        "name": key.name,
        "scopes": sorted(key.scopes),
        "requests_per_minute": key.requests_per_minute,
        "made_at": key.made_at.isoformat(),
        "expires_at": None if key.expires_at is None else key.expires_at.isoformat(),
        "revoked_at": None if key.revoked_at is None else key.revoked_at.isoformat(),
        "used_on": None if key.used_on is None else key.used_on.isoformat(),
        "state": state,
    }
