"""Touchpoints by their terms: what a text speaks of, and whether it praises or blames it.

Explainable by construction: each judgement names the words it rests on. The terms come from the
taxonomy, the praise and blame of each clause from the sentiment lexicon.
"""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence, Set
from functools import partial
from typing import NamedTuple

from textcx.annotation import Polarity
from textcx.model.reading import ClauseJudgement, Reading
from textcx.model.taxonomy_terms import TaxonomyTerms
from textcx.terms import Found
from textcx.touchpoints import Touchpoint
from textcx.words import LANGUAGES

# The weights were set on the reference set of touchpoints (train and dev part), where none of them matters sharply.
_BLAME = 1.5
"""Praise is said in words of praise, blame often by facts alone; so what words of blame there are weigh more."""
_PER_CLAUSE = 0.5
"""What a clause says of its neighbours in the sentence, for each clause between."""
_REACH_CLAUSES = 2
_HEARSAY = 0.3
"""What a neighbour says counts less where the clause speaks for itself, and less where it speaks of something else."""
_FAINT = 2.0
"""A question that praises and blames less than this only asks ("what does delivery cost?")."""
_WHOLE_TEXT = 1.0
"""The direction of the whole text counts like one word of praise or blame."""
_DOUBT = 1.0
"""One word of praise alone gives a score of half."""
_CLEAR = 3.0
"""A clause is clear if it praises three times as much as it blames, or the other way round."""
_MIXED_SHARE = 0.35
"""Praise and blame must each hold this share of the weight before a touchpoint counts as mixed."""
SENTENCE_END = re.compile(r"[.!?…\n]")


class _Said(NamedTuple):
    """Weights of praise and blame, 0 or more."""

    praise: float
    blame: float


_make_said = partial(tuple.__new__, _Said)
"""Makes one of its two values: in C, without a look at their number."""
_NOTHING = _Said(0.0, 0.0)
_BLANK = " "


class PolarityOfTerms(NamedTuple):
    """What a text says of a touchpoint that it names: the polarity, and a score from -1 to 1."""

    polarity: Polarity
    score: float


class TouchpointTerms:
    """Finds the touchpoints of a taxonomy in texts, with polarity and evidence.

    Args:
        terms: The touchpoints and their terms, by the same lemmas that made the readings.
    """

    def __init__(self, terms: TaxonomyTerms) -> None:
        self._terms = terms
        self._taxonomy = terms.taxonomy

    def find(self, reading: Reading, judgements: Sequence[ClauseJudgement]) -> tuple[dict[str, object], ...]:
        """Return one dict for each touchpoint the text speaks of, in the order of the taxonomy.

        Each has `id`, `stage`, `polarity`, `score` (-1 to 1) and `evidence`, the words that name it. A child
        counts for its parents too. A text of unknown language speaks of none that we could tell.
        """
        found = self._found(reading)
        if not found:
            return ()
        places: dict[str, list[Found]] = {}
        for one in found:
            for owner in self._terms.counting[one.owner]:
                places.setdefault(owner, []).append(one)
        scene = _Scene(reading, judgements, found)
        return tuple(
            _judgement(point, scene, places[point.id], reading)
            for point in self._taxonomy.touchpoints
            if point.id in places
        )

    def polarities(
        self,
        reading: Reading,
        judgements: Sequence[ClauseJudgement],
        touchpoints: Collection[str],
        *,
        found: Sequence[Found] | None = None,
    ) -> dict[str, PolarityOfTerms]:
        """Return what is said of those of some touchpoints that the text names, as `find` does.

        Args:
            reading: The text.
            judgements: What its clauses say, in their order; none if nothing is known.
            touchpoints: Which are asked for.
            found: The terms among the words of the reading, where they are known.
        """
        if found is None:
            found = self._found(reading)
        scene, counting = _Scene(reading, judgements, found), self._terms.counting
        places = {name: [one for one in found if name in counting[one.owner]] for name in touchpoints}
        return {name: PolarityOfTerms(*scene.judge(some)) for name, some in places.items() if some}

    def _found(self, reading: Reading) -> Sequence[Found]:
        if reading.language not in LANGUAGES:
            return ()
        return self._terms.find(reading.words.surfaces, reading.language)


def _judgement(point: Touchpoint, scene: "_Scene", places: Sequence[Found], reading: Reading) -> dict[str, object]:
    polarity, score = scene.judge(places)
    evidence = _evidence(places, reading)
    return {"id": point.id, "stage": point.stage, "polarity": polarity, "score": score, "evidence": evidence}


def _evidence(places: Sequence[Found], reading: Reading) -> list[dict[str, int]]:
    words = reading.words
    spans = sorted({(one.first, one.last) for one in places})
    return [{"start": words.starts[first], "end": words.ends[last - 1]} for first, last in spans]


class _Scene:
    """One text: what each of its clauses says, and which of them name touchpoints."""

    def __init__(self, reading: Reading, judgements: Sequence[ClauseJudgement], found: Sequence[Found]) -> None:
        self._gaps = reading.gaps
        self._clauses = reading.clauses
        self._said = [
            _make_said((judged.positive, judged.negative * _BLAME)) if judged.evidence else _NOTHING
            for judged in judgements
        ] or [_NOTHING] * len(reading.clauses)
        self._ends = [clause.last for clause in reading.clauses]
        self._naming = self._clauses_of(found)
        self._text = _direction(self._said)

    def judge(self, places: Sequence[Found]) -> tuple[Polarity, float]:
        """Return polarity and score of a touchpoint that stands at some places.

        A clause that only asks has no view of its own, and none is borrowed for it.
        """
        its = self._clauses_of(places)
        numbers = [number for number in sorted(its) if not self._only_asks(number)]
        if not numbers:
            return "neutral", 0.0
        own = [self._said[number] for number in numbers]
        all_said = list(own)
        for number in numbers:
            all_said += self._heard(number, its)
        all_said.append(self._text)
        praise = sum([one.praise for one in all_said])
        blame = sum([one.blame for one in all_said])
        score = round((praise - blame) / (praise + blame + _DOUBT), 3)
        if _is_divided(own) and min(praise, blame) >= _MIXED_SHARE * (praise + blame):
            return "mixed", score
        return ("positive" if score > 0 else "negative" if score < 0 else "neutral"), score

    def _clauses_of(self, places: Sequence[Found]) -> set[int]:
        return {bisect_right(self._ends, one.first) for one in places}

    def _only_asks(self, number: int) -> bool:
        said = self._said[number]
        return self._clauses[number].asks and said.praise + said.blame < _FAINT

    def _heard(self, number: int, its: Set[int]) -> Iterator[_Said]:
        """Yield what the neighbours in the sentence say of a touchpoint with clauses of its own, less the farther away.

        A contrast shuts them out; but what stands against praise without a word of its own is blame ("nice, but the
        delivery took weeks"), and the other way round.
        """
        is_silent = self._said[number] == _NOTHING
        for step in (1, -1):
            weight = 1.0 if is_silent else _HEARSAY
            for neighbour in range(number + step, number + step * (_REACH_CLAUSES + 1), step):
                if not 0 <= neighbour < len(self._clauses):
                    break
                later = self._clauses[max(neighbour, neighbour - step)]
                between = self._gaps[later.first - 1]
                if between != _BLANK and SENTENCE_END.search(between):
                    break
                weight *= _PER_CLAUSE
                said = self._said[neighbour]
                if later.contrasts:
                    if is_silent:
                        yield _make_said((said.blame * weight, said.praise * weight))
                    break
                if said is not _NOTHING:
                    share = weight * _HEARSAY if neighbour in self._naming and neighbour not in its else weight
                    yield _make_said((said.praise * share, said.blame * share))


def _direction(said: Sequence[_Said]) -> _Said:
    """Return praise and blame of a text as shares: a long text would outweigh what is said of a touchpoint itself."""
    praise, blame = sum([one.praise for one in said]), sum([one.blame for one in said])
    total = praise + blame
    return _Said(_WHOLE_TEXT * praise / total, _WHOLE_TEXT * blame / total) if total else _NOTHING


def _is_divided(said: Sequence[_Said]) -> bool:
    """Tell whether one clause clearly praises and another clearly blames."""
    praises = len(said) > 1 and any(one.praise >= 1 and one.praise > _CLEAR * one.blame for one in said)
    return praises and any(one.blame >= 1 and one.blame > _CLEAR * one.praise for one in said)
