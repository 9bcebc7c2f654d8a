"""Touchpoints by their terms: what a text speaks of, and whether it praises or blames it.

Explainable by construction: each judgement names the words it rests on. The terms come from the
taxonomy, the praise and blame of each clause from the sentiment lexicon.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import regex

from textcx.annotation import Polarity
from textcx.model.reading import ClauseJudgement, Reading
from textcx.terms import Found, TermIndex
from textcx.touchpoints import Taxonomy
from textcx.words import LANGUAGES, Lemmas

_MIXED_SHARE = 1 / 3
"""Praise and blame must each hold this share of the weight before a touchpoint counts as mixed."""
_TRUST_NEIGHBOUR = 0.7
_TRUST_TEXT = 0.4
_SENTENCE_END = regex.compile(r"[.!?…\n]")


@dataclass(frozen=True, slots=True)
class _View:
    """What is thought at one place: weights of praise and blame, and how near the words stand (0 to 1)."""

    positive: float
    negative: float
    trust: float


_NO_VIEW = _View(0.0, 0.0, 0.0)


class TouchpointTerms:
    """Finds the touchpoints of a taxonomy in texts, with polarity and evidence.

    Args:
        taxonomy: The touchpoints and their terms.
        lemmas: Lemmas, the same that made the readings.
    """

    def __init__(self, taxonomy: Taxonomy, lemmas: Lemmas) -> None:
        self._taxonomy = taxonomy
        self._lemmas = lemmas
        self._indexes: dict[str, TermIndex] = {}

    def find(self, reading: Reading, judgements: Sequence[ClauseJudgement]) -> tuple[dict[str, object], ...]:
        """Return one dict for each touchpoint the text speaks of, in the order of the taxonomy.

        Each has `id`, `stage`, `polarity`, `score` (-1 to 1) and `evidence`, the words that name it. A child
        counts for its parents too. A text of unknown language speaks of none that we could tell.
        """
        if reading.language not in LANGUAGES:
            return ()
        index = self._indexes.get(reading.language) or self._build_index(reading.language)
        found = index.find(reading.words, reading.lemmas)
        if not found:
            return ()
        views = _views(reading, judgements)
        places: dict[str, list[Found]] = {}
        for one in found:
            for owner in (one.owner, *self._taxonomy.ancestors(one.owner)):
                places.setdefault(owner, []).append(one)
        return tuple(
            _judgement(point.id, point.stage, places[point.id], reading, views)
            for point in self._taxonomy.touchpoints
            if point.id in places
        )

    def _build_index(self, language: str) -> TermIndex:
        points = self._taxonomy.touchpoints
        index = TermIndex(
            language,
            terms={point.id: point.terms_in(language) for point in points},
            exclusions={point.id: point.exclusions_in(language) for point in points},
            lemmas=self._lemmas,
        )
        self._indexes[language] = index
        return index


def _judgement(
    identifier: str, stage: str, places: Sequence[Found], reading: Reading, views: Sequence[_View]
) -> dict[str, object]:
    clauses = {_clause_at(reading, one.first) for one in places}
    polarity, score = _weigh(views[clause] for clause in clauses)
    words = reading.words
    return {
        "id": identifier,
        "stage": stage,
        "polarity": polarity,
        "score": score,
        "evidence": [
            {"start": words[first].start, "end": words[last - 1].end}
            for first, last in sorted({(one.first, one.last) for one in places})
        ],
    }


def _clause_at(reading: Reading, word: int) -> int:
    return next(place for place, clause in enumerate(reading.clauses) if word < clause.last)


def _weigh(views: Iterable[_View]) -> tuple[Polarity, float]:
    """Return polarity and score of a touchpoint from what is thought wherever it is named."""
    all_views = list(views)
    positive = sum(view.positive * view.trust for view in all_views)
    negative = sum(view.negative * view.trust for view in all_views)
    total = positive + negative
    if total == 0:
        return "neutral", 0.0
    trust = max(view.trust for view in all_views if view.positive + view.negative)
    score = round((positive - negative) / total * trust, 3)
    if min(positive, negative) >= _MIXED_SHARE * total:
        return "mixed", score
    return ("positive", score) if positive > negative else ("negative", score)


def _views(reading: Reading, judgements: Sequence[ClauseJudgement]) -> list[_View]:
    """Return for each clause what is thought there: by itself, its neighbours, or the text as a whole.

    A question that neither praises nor blames asks only, so nothing is borrowed for it.
    """
    weights = {judged.clause: judged for judged in judgements}
    clauses = reading.clauses
    own = [
        _View(judged.positive, judged.negative, 1.0)
        if (judged := weights.get(clause)) and judged.positive + judged.negative > 0
        else None
        for clause in clauses
    ]
    overall = _overall([view for view in own if view])
    views: list[_View] = []
    for place, clause in enumerate(clauses):
        view = own[place]
        if view is None:
            view = _NO_VIEW if clause.asks else _borrowed(reading, own, place) or overall
        views.append(view)
    return views


def _overall(views: Sequence[_View]) -> _View:
    positive = sum(view.positive for view in views)
    negative = sum(view.negative for view in views)
    # Only the direction is borrowed: a long text would outweigh what is said of the touchpoint itself.
    if positive == negative:
        return _NO_VIEW
    return _View(1.0, 0.0, _TRUST_TEXT) if positive > negative else _View(0.0, 1.0, _TRUST_TEXT)


def _borrowed(reading: Reading, own: Sequence[_View | None], place: int) -> _View | None:
    """Return the view of the clause after or before, if it belongs to the sentence and is no contrast."""
    clauses = reading.clauses
    for neighbour, later in ((place + 1, place + 1), (place - 1, place)):
        if not 0 <= neighbour < len(clauses) or clauses[later].contrasts:
            continue
        view = own[neighbour]
        if view is not None and _same_sentence(reading, later):
            return _View(view.positive, view.negative, _TRUST_NEIGHBOUR)
    return None


def _same_sentence(reading: Reading, later: int) -> bool:
    """Tell whether no sentence ends between a clause and the one before it."""
    first = reading.clauses[later].first
    between = reading.text[reading.words[first - 1].end : reading.words[first].start]
    return _SENTENCE_END.search(between) is None
