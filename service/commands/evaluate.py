"""`textcx evaluate`: the scorecard, on public data sets or on labelled texts of one's own."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import orjson
import typer

from service.commands.options import AsJson, open_workshop
from service.commands.screen import print_json, print_table
from textcx.configs import configs_folder
from textcx.errors import ConfigError

if TYPE_CHECKING:  # numpy and the pipeline are loaded when something is evaluated
    from textcx.evaluation.challenge import Passed
    from textcx.evaluation.run import Candidate
    from textcx.evaluation.scorecard import Evaluated

_IN_FORCE = "as set"
"""The name of the analysis that the settings name, where no weight file is asked for."""
_FEW = 30
_OWN = "your own"


def evaluate(
    file: Annotated[
        Path | None, typer.Argument(help="Labelled texts of your own: JSON Lines or CSV, textcx/evaluation/README.md.")
    ] = None,
    sets: Annotated[
        Path | None, typer.Option("--data", help="Folder of public data sets, a folder for each set.")
    ] = None,
    names: Annotated[list[str] | None, typer.Option("--set", help="Only these tasks or sets.")] = None,
    part: Annotated[
        Literal["dev", "train"], typer.Option("--part", help="Which part of the sets; the model has seen `train`.")
    ] = "dev",
    weights: Annotated[
        list[str] | None,
        typer.Option("--weights", help="Score this weight file instead of the one set; more of them side by side."),
    ] = None,
    challenge: Annotated[
        Path | None, typer.Option("--challenge", help="Also sentences that try a capability each, JSON Lines.")
    ] = None,
    errors: Annotated[
        Path | None, typer.Option("--errors", help="Write each wrong answer, with its text, to this file.")
    ] = None,
    card: Annotated[Path | None, typer.Option("--card", help="Write the model card to this file.")] = None,
    compares: Annotated[
        bool, typer.Option("--baselines/--no-baselines", help="Score others on the same texts.")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Score the analysis against what people said of the texts, per language and task, with 95 % intervals.

    Others are scored beside it where they are installed: VADER, asent, scikit-learn. Nothing is stored.
    """
    from textcx.evaluation.baselines import known_baselines
    from textcx.evaluation.challenge import by_capability, failures, read_challenges, try_challenges
    from textcx.evaluation.run import score_file, score_sets, summary, tasks_named

    if file is None and sets is None and challenge is None:
        raise ConfigError("Say what to score: a FILE of labelled texts, --data DIR or --challenge FILE.")
    tasks = tasks_named(names or ())
    candidates = _candidates(weights or ())
    baselines = known_baselines(configs_folder() / "lexicons") if compares else ()
    found: list[Evaluated] = []
    if file is not None:
        found += score_file(file, candidates, baselines=baselines, say=_say)
    if sets is not None:
        found += score_sets(sets, tasks, candidates, part=part, baselines=baselines, say=_say)
    passed = try_challenges(candidates[0].annotate, read_challenges(challenge)) if challenge else []
    answer = summary(found, candidates, part=part if sets else _OWN) | {"challenge": by_capability(passed)}
    if errors:
        wrong = [asdict(one) for task in found for one in task.mistakes] + list(failures(passed))
        _write(errors, b"".join(orjson.dumps(one) + b"\n" for one in wrong))
    if card:
        from textcx.evaluation.card import render

        _write(card, render(answer).encode("utf-8"))
    if as_json:
        print_json(answer)
    else:
        _show(answer, passed)


def _candidates(weights: Sequence[str]) -> list["Candidate"]:
    """Return the analyses to score: by each weight file named, or else as the settings have it."""
    from textcx.evaluation.run import Candidate

    given: list[tuple[str, dict[str, str]]] = [(name, {"weights": name}) for name in weights] or [(_IN_FORCE, {})]
    pipelines = {name: open_workshop(None, **flags).build_pipeline() for name, flags in given}
    return [Candidate(name, one.annotate, one.parts, one.version) for name, one in pipelines.items()]


def _say(line: str) -> None:
    typer.echo(f"textcx: {line}", err=True)


def _show(answer: Mapping[str, Any], passed: Sequence["Passed"]) -> None:
    header = ("task", "language", "figure", "n", "value", "95 %", "promised", "aim", "others")
    rows = [
        (
            one["task"],
            one["language"],
            one["figure"],
            str(one["n"]),
            f"{one['value']:.3f}{'*' if one['n'] < _FEW else ''}",
            f"{one['low']:.3f} to {one['high']:.3f}",
            *("-" if one[name] is None else f"{one[name]:.3f}" for name in ("must", "aim")),
            ", ".join(f"{name} {value:.3f}" for name, value in one["baselines"].items()),
        )
        for one in answer["scores"]
    ]
    if rows:
        error = answer["calibration_error"]
        notes = [f"*: fewer than {_FEW} texts; too few to rely on, whatever the interval says."]
        notes += [] if error is None else [f"Calibration error of sentiment: {error:.3f}."]
        print_table(f"Texts: {answer['part']}; model {answer['model']}", header, rows, note=" ".join(notes))
    if passed:
        languages = list(dict.fromkeys(one.language for one in passed))
        cells = {(one.capability, one.language): f"{one.passed}/{one.n}" for one in passed}
        lines = [
            (name, f"{100 * share:.0f} %", *(cells.get((name, language), "") for language in languages))
            for name, share in answer["challenge"].items()
        ]
        print_table("Capabilities", ("capability", "right", *languages), lines)


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror}.") from error
