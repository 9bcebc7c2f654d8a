"""Emotions by lexicon: joy, anger, sadness, fear, disgust and surprise, with the words that express them."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence

from textcx.model.lexicon import Lexicon
from textcx.model.reading import Clause, Reading
from textcx.model.sentiment import whole
from textcx.terms import Found, TermIndex
from textcx.words import Lemmas

_NEGATION = "negation"
_REACH_WORDS = 3
"""How many words after a negation an emotion is denied: "inte alls arg"."""
_LONGEST_TERM_WORDS = 32
_MISSED = 0.4
"""The chance that one word misleads; two words mislead together with the product."""


class LexiconEmotions:
    """Finds the emotions of texts in one language.

    Args:
        lexicon: The words of the language.
        lemmas: Lemmas, the same that made the readings.
    """

    def __init__(self, lexicon: Lexicon, lemmas: Lemmas) -> None:
        terms = {str(name): [whole(term) for term in some] for name, some in lexicon.emotions.items()}
        self._names = tuple(terms)
        self._index = TermIndex(
            lexicon.language,
            terms={**terms, _NEGATION: [whole(term) for term in lexicon.negations]},
            exclusions={},
            lemmas=lemmas,
        )

    def find(self, reading: Reading, touchpoints: Sequence[Mapping[str, object]]) -> tuple[dict[str, object], ...]:
        """Return one dict for each emotion expressed: `name`, `score` (0 to 1), `evidence`, and `touchpoint`.

        Args:
            reading: The text.
            touchpoints: What `TouchpointTerms.find` found in it; an emotion is about the touchpoint of its clause.
        """
        found = self._index.find(reading.words.surfaces)
        if not found:
            return ()
        negations = [one for one in found if one.owner == _NEGATION]
        emotions = []
        for name in self._names:
            places = [one for one in found if one.owner == name and not _is_denied(one, negations, reading)]
            if places:
                emotions.append(
                    {
                        "name": name,
                        "score": round(1 - _MISSED ** len(places), 3),
                        "evidence": [_span(one, reading) for one in places],
                        "touchpoint": _touchpoint(places, touchpoints, reading),
                    }
                )
        return tuple(emotions)


def _is_denied(one: Found, negations: Sequence[Found], reading: Reading) -> bool:
    clause = _clause_at(one, reading)
    begin = bisect_left(negations, one.first - _REACH_WORDS - _LONGEST_TERM_WORDS, key=_first)
    near = negations[begin : bisect_left(negations, one.first, lo=begin, key=_first)]
    return any(clause.first <= negation.first and 0 <= one.first - negation.last < _REACH_WORDS for negation in near)


def _touchpoint(places: Sequence[Found], touchpoints: Sequence[Mapping[str, object]], reading: Reading) -> str | None:
    """Return the touchpoint that is named in the clause of the emotion, the first of them if there are several."""
    clauses = [_clause_at(one, reading) for one in places]
    for touchpoint in touchpoints:
        evidence: Sequence[Mapping[str, int]] = touchpoint["evidence"]  # type: ignore[assignment]
        starts = sorted(span["start"] for span in evidence)
        for clause in clauses:
            begin = bisect_left(starts, reading.words.starts[clause.first])
            if begin < len(starts) and starts[begin] < reading.words.ends[clause.last - 1]:
                return str(touchpoint["id"])
    return None


def _clause_at(one: Found, reading: Reading) -> Clause:
    return reading.clauses[bisect_right(reading.clauses, one.first, key=lambda clause: clause.last)]


def _first(one: Found) -> int:
    return one.first


def _span(one: Found, reading: Reading) -> dict[str, int]:
    return {"start": reading.words.starts[one.first], "end": reading.words.ends[one.last - 1]}
