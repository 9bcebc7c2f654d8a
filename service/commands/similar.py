"""`textcx similar`: the mentions that mean most nearly what one means."""

from typing import Annotated

import typer

from service.commands.options import AsJson, Data, Since, Timezone, Until, open_workshop
from service.commands.screen import console, print_json
from service.commands.search import print_ranked
from textcx.errors import NotFoundError


def similar(
    identifier: Annotated[str, typer.Argument(metavar="ID", help="The mention's id, as `search --json` shows it.")],
    query: Annotated[str, typer.Argument(help='Fields of those that may be found, e.g. "brand:Acme -lang:sv"')] = "",
    since: Since = None,
    until: Until = None,
    limit: Annotated[int, typer.Option(help="How many to show, 1 to 200.")] = 10,
    data: Data = None,
    timezone: Timezone = None,
    as_json: AsJson = False,
) -> None:
    """Find the mentions most like one, in all languages; near copies are shown as one."""
    questions = open_workshop(data).questions
    answer = questions.similar(identifier, q=query, since=since, until=until, limit=limit, timezone=timezone)
    if answer is None:
        raise NotFoundError("There is no mention with this id.")
    if as_json:
        print_json(answer)
        return
    print_ranked(f"{answer['total']:,} mentions like this one", answer["hits"])
    if answer["copies"]:
        console().print(f"near copies of it: {len(answer['copies']):,}", markup=False)
