"""Changes of topics on the command line: shown with the mentions they would move, asked for, made."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from inspect import Signature, signature
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.assembly import Workshop
from service.commands.options import AsJson, Data, open_workshop
from service.commands.screen import console, print_json, print_table
from textcx.errors import ConfigError

if TYPE_CHECKING:
    from service.topics.editor import TopicEditor
    from service.topics.gathering import Progress
    from service.topics.plan import Plan

Reason = Annotated[str, typer.Option("--reason", help="Why; it stays in the topic's lineage.")]
Preview = Annotated[bool, typer.Option("--preview", help="Show what it would do, and do nothing.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
_MOST_MOVES = 30


@dataclass(frozen=True, slots=True)
class Asked:
    """A change that somebody asks for.

    Attributes:
        editor: Plans it.
        reason: Why, in their words.
        progress: Told how far the planning is.
    """

    editor: "TopicEditor"
    reason: str
    progress: "Progress"


def change(plan_of: Callable[..., "Plan"]) -> Callable[..., None]:
    """Return the command of a change: it shows the plan, asks, and makes it.

    Every change has the same options, which are declared here once, beside those of its own.

    Args:
        plan_of: Takes what is asked for and the options of its own; its name and docstring are the command's.
    """

    @wraps(plan_of)
    def command(reason: str, preview: bool, yes: bool, data: Any, as_json: bool, **own: Any) -> None:
        workshop = open_workshop(data)
        with progress_bar(is_shown=not as_json) as progress:
            plan = plan_of(Asked(workshop.topic_editor, reason, progress), **own)
        carry_out(workshop, plan, preview=preview, yes=yes, as_json=as_json)

    _asked, *its_own = signature(plan_of).parameters.values()
    parameters = [*its_own, *signature(_of_every_change).parameters.values()]
    command.__signature__ = Signature(parameters)  # type: ignore[attr-defined]  # what typer reads
    command.__annotations__ = {one.name: one.annotation for one in parameters}
    return command


def _of_every_change(
    reason: Reason = "", preview: Preview = False, yes: Yes = False, data: Data = None, as_json: AsJson = False
) -> None:
    """Declare the options."""


@contextmanager
def progress_bar(*, is_shown: bool) -> Iterator["Progress"]:
    """Give what shows progress on a terminal, on standard error."""
    from rich.console import Console
    from rich.progress import Progress as Bar

    if not is_shown or not sys.stderr.isatty():
        yield lambda _what, _done, _of: None
        return
    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Topics", total=None)
        yield lambda what, done, of: bar.update(task, description=what, completed=done, total=of or None)


def carry_out(workshop: Workshop, plan: "Plan", *, preview: bool, yes: bool, as_json: bool) -> None:
    """Show a plan, and make the change if somebody says yes; stored mentions follow before the command ends.

    Raises:
        ConfigError: Nobody is there to ask.
        ConflictError: Somebody changed the topics meanwhile.
    """
    from service.erasure import follow

    if not as_json:
        _print_plan(plan)
    if preview:
        if as_json:
            print_json({**plan.shown(), "is_preview": True})
        return
    if not yes:
        if as_json or not sys.stdin.isatty():
            raise ConfigError("Nobody is there to ask: add --yes, or --preview to look first.")
        typer.confirm("Do this?", abort=True)
    registry = workshop.topic_editor.carry_out(plan)
    moved = None
    if plan.reassigns is not None:
        with progress_bar(is_shown=not as_json) as progress:
            moved = workshop.topic_editor.reassign(plan.reassigns, progress=progress)
        follow(workshop)
    if as_json:
        print_json({**plan.shown(), "is_preview": False, "version": registry.version, "moved": moved})
        return
    written = "" if moved is None else f" {moved:,} stored mentions have another topic than before."
    console().print(f"Done: version {registry.version} of the topics.{written} `textcx topics undo` takes it back.")


def _print_plan(plan: "Plan") -> None:
    change = plan.change
    named = " ".join(str(one) for one in (change.topic, change.into, change.label, change.touchpoint) if one)
    title = f"{change.kind} {named}".strip()
    for birth in change.births:
        words = next(iter(birth.keywords.values()), birth.phrases)
        console().print(f"{birth.id} {birth.label}: {birth.mentions:,} mentions; {', '.join(words)}", markup=False)
    rows = [
        (one.source or "no topic", one.target or "no topic", f"{one.mentions:,}") for one in plan.moves[:_MOST_MOVES]
    ]
    is_sample = plan.looked_at < plan.of
    looked = f"Told from {plan.looked_at:,} of {plan.of:,} mentions. " if is_sample else ""
    rest = f"{len(plan.moves) - _MOST_MOVES:,} smaller moves are not shown." if len(plan.moves) > _MOST_MOVES else ""
    print_table(f"{title}: mentions that move", ("from", "to", "mentions"), rows, note=f"{looked}{rest}")
