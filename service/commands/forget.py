"""`textcx forget`: mentions, or all that a person wrote, erased for good."""

import sys
import time
from typing import Annotated

import typer

from service.commands.options import AsJson, Data, open_workshop
from service.commands.screen import console, print_json
from textcx.errors import ConfigError, RequestError
from textcx.mention import is_mention_id


def forget(
    query: Annotated[str, typer.Argument(help="Erase what this query finds.")] = "",
    author: Annotated[
        str | None, typer.Option("--author", help="SOURCE:HANDLE, as the source writes them: all they wrote and write.")
    ] = None,
    reference: Annotated[
        str | None, typer.Option("--reference", help="SYSTEM:ID of your own system: all that has it or will have it.")
    ] = None,
    identifier: Annotated[str | None, typer.Option("--id", help="The id of one mention.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    now: Annotated[
        bool,
        typer.Option("--now", help="Make the index anew, so that the words leave all files now and not within a day."),
    ] = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Erase mentions for good: they do not come back when their source is read again.

    With --author or --reference what comes of the person later is refused too. Beside a running `textcx serve` it works
    as well: with --now the server makes the index anew, and this command waits for it.
    """
    from ingest.people import read_author, read_reference
    from service.erasure import Erased, clear_words, follow

    if sum(map(bool, (query, author, reference, identifier))) != 1:
        raise ConfigError("Say what to forget: one of QUERY, --author, --reference, --id.")
    workshop = open_workshop(data)
    people = read_author(author, workshop.secret) if author else []
    people += read_reference(reference, workshop.secret) if reference else []
    if identifier and not is_mention_id(identifier):
        raise RequestError(
            "--id is the id of a mention: 64 digits and letters a to f, as `textcx search --json` shows."
        )
    tree = workshop.questions.query(query) if query else None
    if tree is not None:
        concerned = Erased(workshop.store.count(tree))
    elif identifier:
        concerned = Erased(int(workshop.store.get(identifier) is not None))
    else:
        concerned = workshop.erasure.concerned(people)
    _ask(f"Erase {concerned.mentions:,} stored mentions{_and_records(concerned.records)} for good?", is_sure=yes)
    if people:
        erased = workshop.erasure.forget_people(people)
    else:
        found = (one.mention.id for one in workshop.store.export(tree)) if tree is not None else [identifier or ""]
        erased = workshop.erasure.forget(found)
    follow(workshop)
    if now:
        clear_words(workshop)
    waiting = workshop.inbox.backlog(now=time.time()).records if tree is not None else 0
    is_cleared = not workshop.store.holds_erased_words()
    workshop.close()
    if as_json:
        answer = {"mentions": erased.mentions, "records": erased.records, "waiting": waiting, "cleared": is_cleared}
        print_json(answer)
        return
    console().print(f"Erased: {erased.mentions:,} stored mentions{_and_records(erased.records)}.", markup=False)
    if waiting:
        console().print(f"{waiting:,} records wait for analysis, which no query finds yet: ask again when they are in.")
    if not is_cleared:
        console().print(
            "Their words stay in the index's files, where no search finds them, for a day; --now clears them."
        )


def _and_records(records: int) -> str:
    return f" and {records:,} records that wait or are set aside" if records else ""


def _ask(question: str, *, is_sure: bool) -> None:
    """Go on only if somebody says yes."""
    if is_sure:
        return
    if not sys.stdin.isatty():
        raise ConfigError(f"{question} Nobody is there to ask: add --yes.")
    typer.confirm(question, abort=True)
