"""Scorecard: the figures of all tasks, per language, with their intervals, confusions and errors."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from textcx.annotation import Annotations, LanguageTag
from textcx.document import Document
from textcx.errors import AnalysisError
from textcx.evaluation.baselines import Baseline
from textcx.evaluation.hits import (
    Hits,
    calibration_error,
    compare,
    confusion,
    f1,
    interval_of,
    precision,
    recall,
    value_of,
)
from textcx.evaluation.questions import QUESTIONS, Case, Question, ask
from textcx.evaluation.tasks import FIVE, Task
from textcx.training.rows import Row
from textcx.words import UNKNOWN_LANGUAGE

Annotate = Callable[[Sequence[Document]], Sequence[Annotations | AnalysisError]]
ALL_LANGUAGES = "all"
LOWEST = "lowest"
_FEWEST_TEXTS = 5
"""A language with fewer cases has no row of its own."""
_INTERVALS = {"accuracy": "Wilson"}
_BOOTSTRAP = "bootstrap, 1,000 resamples of texts, seeded"
_UNJUDGED = Annotations(language=LanguageTag(code=UNKNOWN_LANGUAGE, confidence=0.0))


@dataclass(frozen=True, slots=True)
class LabelScore:
    """How well one label is found, of n cases that hold it."""

    precision: float
    recall: float
    f1: float
    n: int


@dataclass(frozen=True, slots=True)
class Score:
    """The figures of one task in one language.

    Attributes:
        task: Name of the task.
        language: A code, or `all`.
        domain: Which texts.
        n: Cases: texts, unless the question has several to a text.
        figure: Name of the figure that counts.
        value: Its value, 0 to 1.
        low: Lower end of its 95 % interval.
        high: Upper end.
        interval: How the interval came about.
        figures: All figures.
        labels: Per label.
        confusion: For each label that holds how often each was named; None where several may hold.
        calibration_error: How far confidence lies from accuracy; None where none is given.
        must: What we promised.
        aim: What we aim at.
        baselines: The same figure of others on the same texts.
    """

    task: str
    language: str
    domain: str
    n: int
    figure: str
    value: float
    low: float
    high: float
    interval: str
    figures: Mapping[str, float]
    labels: Mapping[str, LabelScore]
    confusion: Mapping[str, Mapping[str, int]] | None = None
    calibration_error: float | None = None
    must: float | None = None
    aim: float | None = None
    baselines: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mistake:
    """A case in which what was named is not what holds."""

    task: str
    language: str
    text: str
    gold: tuple[str, ...]
    named: tuple[str, ...]
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A task, its scores (that of all languages first) and its mistakes."""

    task: Task
    scores: tuple[Score, ...]
    mistakes: tuple[Mistake, ...]


def annotate_rows(annotate: Annotate, rows: Sequence[Row]) -> list[Annotations]:
    """Return what the analysis says of each row; of a text that it fails on, nothing. It is not told the language."""
    answers = annotate([Document(row.text, kind=row.kind) for row in rows])
    return [_UNJUDGED if isinstance(one, AnalysisError) else one for one in answers]


def evaluate(
    task: Task,
    rows: Sequence[Row],
    said: Sequence[Annotations],
    *,
    baselines: Sequence[Baseline] = (),
    trained_on: Sequence[Row] = (),
) -> Evaluated | None:
    """Return the scores of a task, or None where no row is labelled for it, or nothing holds and nothing was named.

    Args:
        task: The task.
        rows: Its texts.
        said: What the analysis said of each.
        baselines: Others to score beside it.
        trained_on: What they may learn from.
    """
    question = QUESTIONS[task.asks]
    cases = ask(question, rows, said)
    whole = _score(task, question, cases) if _labels(question, cases) else None
    if whole is None:
        return None
    named = {one.name: one.name_labels(question, trained_on, rows) for one in baselines if question.baseline}
    beside = {name: _beside(task, question, rows, labels) for name, labels in named.items() if labels is not None}
    scores = [replace(whole, baselines=beside), *_by_language(task, question, cases, rows)]
    return Evaluated(task, tuple(scores), tuple(_mistakes(task, cases, rows)))


def lowest_of(scores: Sequence[Score]) -> Score | None:
    """Return the score of the language that stands lowest of the five that we promise."""
    known = [one for one in scores if one.language in FIVE]
    return min(known, key=lambda one: one.value, default=None)


def _by_language(task: Task, question: Question, cases: Sequence[Case], rows: Sequence[Row]) -> Iterator[Score]:
    groups: dict[str, list[Case]] = {}
    for case in cases:
        groups.setdefault(rows[case.row].language, []).append(case)
    if len(groups) < 2 or task.asks == "language":
        return
    for language, some in sorted(groups.items()):
        if len(some) >= _FEWEST_TEXTS and _labels(question, some):
            yield replace(_score(task, question, some), language=language, must=task.lowest, aim=None)


def _score(task: Task, question: Question, cases: Sequence[Case]) -> Score:
    gold, named = [one.gold for one in cases], [one.named for one in cases]
    hits = compare(gold, named, _labels(question, cases))
    low, high = interval_of(hits, task.figure)
    sure = [(one.confidence, one.gold == one.named) for one in cases if one.confidence is not None]
    figures = ("macro_f1", "micro_f1", *(("accuracy", "macro_recall") if question.is_single else ()))
    return Score(
        task=task.name,
        language=ALL_LANGUAGES,
        domain=task.domain,
        n=hits.n,
        figure=task.figure,
        value=value_of(hits, task.figure),
        low=low,
        high=high,
        interval=_INTERVALS.get(task.figure, _BOOTSTRAP),
        figures={name: value_of(hits, name) for name in figures},
        labels=_label_scores(hits),
        confusion=confusion(gold, named) if question.is_single else None,
        calibration_error=calibration_error(*zip(*sure, strict=True)) if sure else None,
        must=task.must,
        aim=task.aim,
    )


def _labels(question: Question, cases: Sequence[Case]) -> tuple[str, ...]:
    """Return the labels that count: of a fixed list those that hold somewhere, else all that hold or were named."""
    holding = {label for case in cases for label in case.gold}
    if question.labels is None:
        return tuple(sorted(holding | {label for case in cases for label in case.named}))
    return tuple(label for label in question.labels if label in holding) or (question.labels if cases else ())


def _label_scores(hits: Hits) -> dict[str, LabelScore]:
    right, wrong, missed = hits.right.sum(axis=0), hits.wrong.sum(axis=0), hits.missed.sum(axis=0)
    columns = zip(precision(right, wrong), recall(right, missed), f1(right, wrong, missed), right + missed, strict=True)
    return {
        label: LabelScore(float(one), float(two), float(three), int(n))
        for label, (one, two, three, n) in zip(hits.labels, columns, strict=True)
    }


def _beside(task: Task, question: Question, rows: Sequence[Row], named: Sequence[frozenset[str]]) -> float:
    assert question.baseline is not None
    pairs = [
        Case(number, gold, said)
        for number, (row, said) in enumerate(zip(rows, named, strict=True))
        if (gold := question.baseline(row)) is not None
    ]
    hits = compare([one.gold for one in pairs], [one.named for one in pairs], _labels(question, pairs))
    return value_of(hits, task.figure)


def _mistakes(task: Task, cases: Sequence[Case], rows: Sequence[Row]) -> Iterator[Mistake]:
    for case in cases:
        if case.gold != case.named:
            row = rows[case.row]
            gold, named = tuple(sorted(case.gold)), tuple(sorted(case.named))
            yield Mistake(task.name, row.language, row.text, gold, named, case.confidence)
