"""`textcx bench`: how fast this machine is, beside what we promise."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

from service.commands.options import AsJson
from service.commands.screen import console, print_json

if TYPE_CHECKING:
    from service.benchmark.measured import Measured

_SMALL = 10
"""Smaller figures are shown with a decimal more."""


def bench(
    mentions: Annotated[int, typer.Option(help="How many mentions to take in.")] = 100_000,
    beside: Annotated[
        str | None,
        typer.Option(
            help="A sentence-transformers model, by name or folder, to compare the analysis with (extra `models`)."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure taking in, searching, trends, analysis and memory in one run.

    Exit status 1: a figure is not half as good as promised.
    """
    from service.benchmark.measurements import run_benchmark

    load = os.getloadavg()[0]
    if not as_json:
        console().print(f"{mentions:,} mentions, {os.cpu_count()} cores, load {load:.1f} before the run")
    measured = []
    for one in run_benchmark(mentions, beside=beside):
        measured.append(one)
        if not as_json:
            promise = (
                "" if one.floor is None else f" (promised: {one.floor:,g}{'' if one.reaches_floor else ', MISSED'})"
            )
            console().print(f"{one.name}: {one.value:,.{_decimals(one)}f} {one.unit}{promise}", markup=False)
    if as_json:
        figures = [
            {"name": one.name, "value": one.value, "unit": one.unit, "promised": one.floor, "kept": one.reaches_floor}
            for one in measured
        ]
        print_json({"mentions": mentions, "cores": os.cpu_count(), "load": load, "figures": figures})
    if not all(one.reaches_half for one in measured):
        raise typer.Exit(1)


def _decimals(one: "Measured") -> int:
    return 2 if one.value < _SMALL else 1
