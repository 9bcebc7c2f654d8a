"""Questions: what is asked of a text, what a labelled row holds as the answer, and what the analysis said.

A text gives one case or several (one for each opinion, for example), or none where the row is not labelled for the
question. The mappings from one set of labels to another are here and nowhere else.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from textcx.annotation import Annotations, EmotionName, Polarity, SignalName
from textcx.evaluation.hits import Labels
from textcx.training.rows import Row
from textcx.words import LANGUAGES

THREE = ("negative", "neutral", "positive")
FOUR = (*THREE, "mixed")
OTHER_LANGUAGE = "other"
FOUND = "found"
_NONE: Labels = frozenset()


@dataclass(frozen=True, slots=True)
class Case:
    """One question about one row, answered.

    Attributes:
        row: Number of the row.
        gold: What holds.
        named: What the analysis said.
        confidence: How sure it was, where it says so.
    """

    row: int
    gold: Labels
    named: Labels
    confidence: float | None = None


Answer = tuple[Labels, Labels, float | None]
"""What holds, what was named, and with what confidence."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked.

    Attributes:
        part: The field of annotations that answers it.
        labels: The answers that count; None: those that occur in the rows.
        is_single: A text has one answer.
        answers: Gives the cases of a row.
        baseline: What the row holds, for systems that learn from texts and labels alone; None where they cannot.
    """

    part: str
    labels: tuple[str, ...] | None
    is_single: bool
    answers: Callable[[Row, Annotations], Iterator[Answer]]
    baseline: Callable[[Row], Labels | None] | None = None


def ask(question: Question, rows: Sequence[Row], said: Sequence[Annotations]) -> list[Case]:
    """Return all cases of the rows."""
    pairs = enumerate(zip(rows, said, strict=True))
    return [
        Case(number, *answer) for number, (row, annotations) in pairs for answer in question.answers(row, annotations)
    ]


def _one(label: str | None) -> Labels:
    return frozenset([label]) if label else _NONE


def _confidence(said: Annotations) -> float | None:
    return said.sentiment.confidence if said.sentiment else None


def _polarity(said: Annotations) -> str | None:
    return said.sentiment.polarity if said.sentiment else None


def _three_of(row: Row) -> Labels | None:
    return _one("neutral" if row.sentiment == "mixed" else row.sentiment) if row.sentiment else None


def _three(row: Row, said: Annotations) -> Iterator[Answer]:
    """Three classes: three stars are neutral there, and so is a text judged `mixed`."""
    gold = _three_of(row)
    if gold is not None:
        named = _polarity(said)
        yield gold, _one("neutral" if named == "mixed" else named), _confidence(said)


def _four_of(row: Row) -> Labels | None:
    return _one(row.sentiment) if row.sentiment else None


def _four(row: Row, said: Annotations) -> Iterator[Answer]:
    if row.sentiment:
        yield _one(row.sentiment), _one(_polarity(said)), _confidence(said)


def _emotions_of(row: Row) -> Labels | None:
    return None if row.emotions is None else row.emotions & frozenset(get_args(EmotionName))


def _emotions(row: Row, said: Annotations) -> Iterator[Answer]:
    gold = _emotions_of(row)
    if gold is not None:
        yield gold, frozenset(one.name for one in said.emotions), None


def _signals_of(row: Row) -> Labels | None:
    return row.signals


def _signals(row: Row, said: Annotations) -> Iterator[Answer]:
    if row.signals is not None:
        yield row.signals, frozenset(one.name for one in said.signals), None


def _touchpoints_of(row: Row) -> Labels | None:
    return None if row.touchpoints is None else frozenset(row.touchpoints)


def _touchpoints(row: Row, said: Annotations) -> Iterator[Answer]:
    gold = _touchpoints_of(row)
    if gold is not None:
        yield gold, frozenset(one.id for one in said.touchpoints), None


def _pairs_of(row: Row) -> Labels | None:
    return None if row.touchpoints is None else frozenset(f"{one}/{pole}" for one, pole in row.touchpoints.items())


def _pairs(row: Row, said: Annotations) -> Iterator[Answer]:
    gold = _pairs_of(row)
    if gold is not None:
        yield gold, frozenset(f"{one.id}/{one.polarity}" for one in said.touchpoints), None


def _found(row: Row, said: Annotations) -> Iterator[Answer]:
    """Is each touchpoint that the row holds found? What else is found does not count."""
    found = {one.id for one in said.touchpoints}
    for touchpoint in row.touchpoints or ():
        yield _one(FOUND), _one(FOUND if touchpoint in found else None), None


def _polarity_where_found(row: Row, said: Annotations) -> Iterator[Answer]:
    """What is said of each touchpoint that was rightly found?"""
    found = {one.id: one.polarity for one in said.touchpoints}
    for touchpoint, polarity in (row.touchpoints or {}).items():
        if touchpoint in found:
            yield _one(polarity), _one(found[touchpoint]), None


def _language_of(row: Row) -> Labels | None:
    return _one(row.language if row.language in LANGUAGES else OTHER_LANGUAGE) if row.language else None


def _language(row: Row, said: Annotations) -> Iterator[Answer]:
    gold, code = _language_of(row), said.language.code
    if gold is not None:
        yield gold, _one(code if code in LANGUAGES else OTHER_LANGUAGE), None


def _recommended_of(row: Row) -> Labels | None:
    return None if row.recommended is None else _one("yes" if row.recommended else "no")


def _recommended(row: Row, said: Annotations) -> Iterator[Answer]:
    """Would the writer recommend it? The signal says so, else the score of the sentiment."""
    gold = _recommended_of(row)
    if gold is None:
        return
    signals = {one.name for one in said.signals}
    for signal, label in (("warns_against", "no"), ("recommends", "yes")):
        if signal in signals:
            yield gold, _one(label), None
            return
    yield gold, _one(None if said.sentiment is None else "yes" if said.sentiment.score > 0 else "no"), None


def _opinions(row: Row, said: Annotations) -> Iterator[Answer]:
    """Each opinion of the row, beside one that overlaps it; and each that overlaps none."""
    left = list(said.opinions)
    for aspect in _aspects(row):
        match = next((one for one in left if one.start < aspect["end"] and aspect["start"] < one.end), None)
        if match is not None:
            left.remove(match)
        yield _one(aspect["polarity"]), _one(match.polarity if match else None), None
    for one in left:
        yield _NONE, _one(one.polarity), None


def _aspects(row: Row) -> list[dict[str, Any]]:
    return [one for one in row.facts.get("aspects", ()) if one.get("polarity") and one.get("start") is not None]


_POLARITIES: tuple[str, ...] = get_args(Polarity)
QUESTIONS: dict[str, Question] = {
    "sentiment": Question("sentiment", THREE, is_single=True, answers=_three, baseline=_three_of),
    "overall": Question("sentiment", FOUR, is_single=True, answers=_four, baseline=_four_of),
    "emotions": Question("emotions", get_args(EmotionName), is_single=False, answers=_emotions, baseline=_emotions_of),
    "signals": Question("signals", get_args(SignalName), is_single=False, answers=_signals, baseline=_signals_of),
    "touchpoints": Question("touchpoints", None, is_single=False, answers=_touchpoints, baseline=_touchpoints_of),
    "pairs": Question("touchpoints", None, is_single=False, answers=_pairs, baseline=_pairs_of),
    "found": Question("touchpoints", (FOUND,), is_single=True, answers=_found),
    "polarity where found": Question("touchpoints", _POLARITIES, is_single=True, answers=_polarity_where_found),
    "language": Question(
        "language", (*LANGUAGES, OTHER_LANGUAGE), is_single=True, answers=_language, baseline=_language_of
    ),
    "recommended": Question("sentiment", ("yes", "no"), is_single=True, answers=_recommended, baseline=_recommended_of),
    "opinions": Question("opinions", _POLARITIES, is_single=False, answers=_opinions),
}
