"""Run: all tasks of a folder of data sets, or of a file of one's own, by one analysis or several side by side."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from textcx.errors import UnknownNameError
from textcx.evaluation.baselines import Baseline
from textcx.evaluation.own_file import read_own
from textcx.evaluation.questions import QUESTIONS
from textcx.evaluation.scorecard import (
    ALL_LANGUAGES,
    LOWEST,
    Annotate,
    Evaluated,
    Score,
    annotate_rows,
    evaluate,
    lowest_of,
)
from textcx.evaluation.tasks import CALIBRATED, TASKS, Task, own_tasks
from textcx.training.rows import Row, read_rows

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An analysis to be scored.

    Attributes:
        name: Its name beside another's: that of its weight file.
        annotate: Analyses documents.
        parts: The fields of annotations that it judges.
        version: What its answers say of themselves.
    """

    name: str
    annotate: Annotate
    parts: frozenset[str]
    version: str


def tasks_named(names: Sequence[str]) -> tuple[Task, ...]:
    """Return the tasks of these names, or of sets of these names; all without any.

    Raises:
        UnknownNameError: There is neither task nor set of that name.
    """
    known = {task.name for task in TASKS} | {_set_of(task) for task in TASKS}
    for name in names:
        if name not in known:
            raise UnknownNameError("task", name, known)
    return tuple(task for task in TASKS if not names or {task.name, _set_of(task)} & set(names))


def score_sets(
    folder: Path,
    tasks: Sequence[Task],
    candidates: Sequence[Candidate],
    *,
    part: str,
    baselines: Sequence[Baseline],
    say: Say,
) -> Iterator[Evaluated]:
    """Give the scores of each task whose set is there; the first candidate's, with those of the others beside it.

    Args:
        folder: A folder for each set.
        tasks: What is asked.
        candidates: What is scored.
        part: `dev`, or `train`.
        baselines: Others on the same texts; they may learn from the training part.
        say: Told what is left out.

    Raises:
        ConfigError: A file cannot be read.
    """
    of_source: dict[str, list[Task]] = {}
    for task in tasks:
        of_source.setdefault(task.source, []).append(task)
    for source, some in of_source.items():
        rows = _rows(folder, some[0], part)
        if not rows:
            say(f"{source}.{part}.jsonl.gz is not there: left out")
            continue
        trained_on = _rows(folder, some[0], "train") if baselines and part != "train" else []
        yield from _score(some, rows, candidates, baselines=baselines, trained_on=trained_on, say=say)


def score_file(
    file: Path, candidates: Sequence[Candidate], *, baselines: Sequence[Baseline], say: Say
) -> Iterator[Evaluated]:
    """Give the scores of a file of one's own: of all that it labels.

    Raises:
        ConfigError: It cannot be read; the message names the line.
    """
    rows = read_own(file)
    yield from _score(own_tasks(file.name), rows, candidates, baselines=baselines, trained_on=(), say=say)


def summary(found: Sequence[Evaluated], candidates: Sequence[Candidate], *, part: str) -> dict[str, Any]:
    """Return the scorecard as JSON: what was scored, and all scores, languages that stand lowest last of their task."""
    scores: list[Score] = []
    for one in found:
        scores += one.scores
        lowest = lowest_of(one.scores) if one.task.lowest else None
        if lowest is not None:
            scores.append(replace(lowest, language=LOWEST, domain=f"{lowest.language}: {lowest.domain}"))
    gaps = [one.calibration_error for one in scores if one.task in CALIBRATED and one.language == ALL_LANGUAGES]
    known = [gap for gap in gaps if gap is not None]
    return {
        "part": part,
        "model": candidates[0].version,
        "models": {one.name: one.version for one in candidates},
        "calibration_error": sum(known) / len(known) if known else None,
        "scores": [asdict(one) for one in scores],
    }


def _score(
    tasks: Sequence[Task],
    rows: Sequence[Row],
    candidates: Sequence[Candidate],
    *,
    baselines: Sequence[Baseline],
    trained_on: Sequence[Row],
    say: Say,
) -> Iterator[Evaluated]:
    said = [annotate_rows(one.annotate, rows) for one in candidates]
    for task in tasks:
        if QUESTIONS[task.asks].part not in candidates[0].parts:
            say(f"{task.name} is left out: this pipeline does not judge {QUESTIONS[task.asks].part}")
            continue
        result = evaluate(task, rows, said[0], baselines=baselines, trained_on=trained_on)
        if result is None:
            say(f"{task.name} is left out: no text is labelled for it")
            continue
        for other, its in zip(candidates[1:], said[1:], strict=True):
            result = _beside(result, other.name, evaluate(task, rows, its))
        yield result


def _beside(result: Evaluated, name: str, other: Evaluated | None) -> Evaluated:
    """Return a result with the value of another candidate beside each of its scores."""
    values: Mapping[str, float] = {one.language: one.value for one in other.scores} if other else {}
    scores = [
        replace(one, baselines={name: values[one.language], **one.baselines}) if one.language in values else one
        for one in result.scores
    ]
    return replace(result, scores=tuple(scores))


def _rows(folder: Path, task: Task, part: str) -> list[Row]:
    path = folder / f"{task.source}.{part}.jsonl.gz"
    return read_rows(path, kind=task.kind) if path.is_file() else []


def _set_of(task: Task) -> str:
    return task.source.split("/")[0]
