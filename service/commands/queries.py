"""`textcx queries`: saved queries, for `query:NAME` in others."""

from typing import Annotated

import typer

from service.commands.options import AsJson, Data, open_workshop
from service.commands.screen import console, print_json, print_table

app = typer.Typer(help="Saved queries: list them, save one, drop one.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="Its name: letters, digits, - and _.")]


@app.command("list")
def list_queries(data: Data = None, as_json: AsJson = False) -> None:
    """List the saved queries."""
    queries = sorted(open_workshop(data).saved_queries.all().items())
    if as_json:
        print_json([{"name": name, "q": text} for name, text in queries])
        return
    print_table(f"{len(queries):,} saved queries", ("name", "query"), queries)


@app.command()
def save(
    name: Name, query: Annotated[str, typer.Argument(help="The query, as in `textcx search`.")], data: Data = None
) -> None:
    """Save a query under a name, in place of one that had it."""
    open_workshop(data).saved_queries.save(name, query)
    console().print(f"Saved. Use it as query:{name}.", markup=False)


@app.command()
def drop(name: Name, data: Data = None) -> None:
    """Forget a saved query that no other one names."""
    open_workshop(data).saved_queries.drop(name)
    console().print(f"{name} is forgotten.", markup=False)
