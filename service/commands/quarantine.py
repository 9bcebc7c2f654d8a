"""`textcx quarantine`: records set aside, with the reason."""

from typing import Annotated

import typer

from service.commands.options import AsJson, Data, open_workshop
from service.commands.screen import console, print_json, print_table
from service.reports import set_aside_as_dict

app = typer.Typer(help="Records set aside: list them, put them back, drop them.", no_args_is_help=True)
Number = Annotated[int, typer.Argument(help="The record's number, as `list` shows it.")]


@app.command("list")
def list_records(
    limit: Annotated[int, typer.Option(help="How many to show.")] = 100,
    after: Annotated[int, typer.Option(help="Start behind this number.")] = 0,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """List records set aside, with place and reason."""
    quarantine = open_workshop(data).quarantine
    records = quarantine.list(limit=limit, after=after)
    if as_json:
        print_json([set_aside_as_dict(one) for one in records])
        return
    rows = [
        (str(one.number), one.set_aside_at.isoformat()[:16], one.run, one.reason, "yes" if one.can_retry else "no")
        for one in records
    ]
    print_table(f"{quarantine.count():,} records set aside", ("number", "since", "run", "reason", "can retry"), rows)


@app.command()
def retry(number: Number, data: Data = None) -> None:
    """Put a record back into the inbox; the next `textcx ingest` or `textcx serve` analyses it."""
    open_workshop(data).quarantine.retry(number)
    console().print(f"Record {number} is back in the inbox.")


@app.command()
def drop(number: Number, data: Data = None) -> None:
    """Delete a record for good."""
    open_workshop(data).quarantine.drop(number)
    console().print(f"Record {number} is deleted.")
