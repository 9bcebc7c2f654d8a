"""`textcx explain`: how a measure is made, in plain words."""

from typing import Annotated

import typer

from service.commands.options import AsJson
from service.commands.screen import console, print_json, print_table
from service.questions.answers import explained
from textcx.query.explanation import explain as explain_measure
from textcx.query.measures import MEASURES, find_measure


def explain(
    measure: Annotated[str | None, typer.Argument(help="Id of a measure; all are listed if not given.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say how a measure is made: what is counted, by which formula, with which interval, and how to read it."""
    found = MEASURES if measure is None else (find_measure(measure),)
    if as_json:
        answers = [explained(one) for one in found]
        print_json(answers if measure is None else answers[0])
        return
    if measure is None:
        rows = [(one.id, one.unit, one.formula, one.interval) for one in found]
        print_table("Measures", ("id", "unit", "formula", "interval"), rows, note="More: textcx explain MEASURE")
        return
    for heading, paragraph in explain_measure(found[0]).items():
        console().print(f"{heading.upper()}\n  {paragraph}\n", markup=False)
