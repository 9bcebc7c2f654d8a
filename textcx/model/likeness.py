"""Likeness: touchpoints that no head knows, found where a clause means what their example phrases mean.

Only where they have no terms in the language of the text: terms are surer. The phrases may be in one language and the
text in another: the static embedding ties our languages. How much each sign counts was learned from the touchpoints
that have heads, each in turn taken for one that a company has just added (README).
"""

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from textcx.embedding.static import StaticEmbedding
from textcx.model.evidence import spans_of_heaviest
from textcx.model.example_phrases import ExamplePhrases, read_phrases
from textcx.model.scored import Scored
from textcx.model.term_places import TermsOfText
from textcx.touchpoints import Taxonomy, Touchpoint
from textcx.words import LANGUAGES

_BIAS = -3.37
_CLAUSE, _OTHER, _WHOLE, _KEY = range(4)
_WEIGHTS = (5.72, -1.04, 2.56, 2.59)
"""Of the signs, in the odds."""
_LIMIT = 0.75
"""So high because a company's own touchpoint is often rarer than those that this was learned from."""
_FEWEST_OTHERS = 30
"""Phrases of other touchpoints that are needed to tell what is usual."""
_FEWEST_WORDS = 2
_UNLIKE = -0.2
"""The likeness of what has fewer words."""
_FLOOR = 0.35
"""A word less near to a key word (cosine) is no form of it, and does not mean the same."""
_STEPS = 2048.0
"""Directions are rounded to whole numbers of such steps: their products are then added up exactly, in whatever order,
and a text has the same answer in any batch."""
_KEPT_WORDS = 32_768

_Numbers = NDArray[np.float64]
_Places = NDArray[np.int64]
_Vectors = NDArray[np.float32]


class Alike(NamedTuple):
    """Where a text speaks of a touchpoint by its likeness: the clause, and the words that weigh most."""

    clause: int
    spans: list[dict[str, int]]


class Signs(NamedTuple):
    """What speaks for each touchpoint in each text.

    Attributes:
        values: By text and touchpoint: how like its phrases the likest clause is, whether a term of another touchpoint
            stands in that clause, how like them the whole text is, and how near one of its words is to a key word.
        clauses: By text and touchpoint, the likest clause.
    """

    values: _Numbers
    clauses: _Places


class Likeness:
    """Finds touchpoints by their example phrases.

    Args:
        taxonomy: The touchpoints in force.
        known: Those that heads know; they are not looked for.
    """

    def __init__(self, taxonomy: Taxonomy, known: Collection[str]) -> None:
        self.names: tuple[str, ...] = ()
        """The touchpoints that it looks for."""
        self.version = ""
        self._gaps: dict[str, set[int]] = {}
        """By language, the touchpoints that have no terms in it: those that have are found by these more surely."""
        points = taxonomy.touchpoints
        wanted = [one for one in points if one.id not in known and one.phrases() and _has_gaps(one)]
        if not wanted:
            return
        self._embedding = StaticEmbedding()
        phrases: dict[str, ExamplePhrases] = {}
        for point in wanted:
            others = [text for one in points if not taxonomy.are_related(one.id, point.id) for text in one.phrases()]
            if len(others) >= _FEWEST_OTHERS:
                common = read_phrases(point.phrases(), others, self._embedding.word_vectors)
                if common is not None:
                    phrases[point.id] = common
        self.names = tuple(phrases)
        if not phrases:
            return
        self.version = self._embedding.version
        points_of = {point.id: point for point in wanted}
        for language in LANGUAGES:
            gaps = {number for number, name in enumerate(phrases) if not points_of[name].terms_in(language)}
            if gaps:
                self._gaps[language] = gaps
        self._counting = [(name, *(one for one in taxonomy.ancestors(name) if one not in known)) for name in self.names]
        read = list(phrases.values())
        self._numbers = {one.id: number for number, one in enumerate(points)}
        self._strange = np.array([[not taxonomy.are_related(one.id, name) for name in self.names] for one in points])
        """For each touchpoint of the taxonomy and each of `names`: they have nothing to do with one another."""
        self._centres = np.array([one.centre for one in read])
        self._usual = np.array([one.usual for one in read])
        self._columns = np.rint(np.concatenate((self._centres, self._usual)).T * _STEPS).astype(np.float32)
        self._key_columns = _steps(np.concatenate([one.keys for one in read])).T
        self._key_weights = np.concatenate([one.weights for one in read])
        counts = np.array([len(one.weights) for one in read])
        self._key_begins = counts.cumsum() - counts
        self._places: dict[str, int] = {}
        self._vectors = np.empty((_KEPT_WORDS, self._embedding.dimensions), np.float32)
        self._nearness = np.empty((_KEPT_WORDS, len(phrases)), np.float32)

    def find(
        self, texts: Sequence[Scored], terms: Sequence[TermsOfText], languages: Sequence[str]
    ) -> list[Mapping[str, Alike]]:
        """Return the touchpoints of which each text speaks and that have no terms in its language, with their parents.

        Args:
            texts: The texts.
            terms: Their words, and the terms among them.
            languages: Their languages.
        """
        found: list[dict[str, Alike]] = [{} for _ in texts]
        chosen = [place for place, language in enumerate(languages) if language in self._gaps]
        if not chosen:
            return list(found)
        signs = self.signs([texts[place] for place in chosen], [terms[place] for place in chosen])
        for row, number in np.argwhere(chances(signs.values) > _LIMIT).tolist():
            place = chosen[row]
            if number in self._gaps[languages[place]]:
                clause = int(signs.clauses[row, number])
                spans = self._evidence(texts[place], terms[place], number, clause)
                for name in self._counting[number]:
                    if name not in terms[place].clauses:
                        found[place].setdefault(name, Alike(clause, spans))
        return list(found)

    def signs(self, texts: Sequence[Scored], terms: Sequence[TermsOfText]) -> Signs:
        """Return what speaks for the touchpoints; the numbers of a text do not depend on the others."""
        words: list[str] = []
        owners: list[int] = []  # the clause of each word, counted over all texts
        lengths, begins, sizes = [], [], 0
        for text, some in zip(texts, terms, strict=True):
            surfaces, clauses = _spoken(text, some)
            words += surfaces
            owners += [sizes + clause for clause in clauses]
            lengths.append(len(surfaces))
            begins.append(sizes)
            sizes += len(text.starts)
        alike = np.full((sizes, len(self.names)), _UNLIKE)
        values = np.zeros((len(texts), len(self.names), len(_WEIGHTS)))
        values[:, :, _WHOLE] = _UNLIKE
        if words:
            rows, places = self._rows(words), np.array(owners)
            firsts = np.flatnonzero(np.diff(places, prepend=-1))
            sums = np.add.reduceat(self._vectors[rows], firsts, axis=0)
            long = np.diff(firsts, append=len(rows)) >= _FEWEST_WORDS
            alike[places[firsts[long]]] = self._likeness(sums[long])
            counts = np.array(lengths)
            spoken = counts > 0
            starts = (counts.cumsum() - counts)[spoken]
            wholes = np.add.reduceat(sums, firsts.searchsorted(starts), axis=0)
            values[spoken, :, _WHOLE] = np.where(counts[spoken, None] >= _FEWEST_WORDS, self._likeness(wholes), _UNLIKE)
            values[spoken, :, _KEY] = np.maximum.reduceat(self._nearness[rows], starts, axis=0)
        other = self._others(terms, begins, sizes)
        scores = alike * _WEIGHTS[_CLAUSE] + other * _WEIGHTS[_OTHER]
        best = np.zeros((len(texts), len(self.names)), np.int64)
        for number, begin in enumerate(begins):
            end = begin + len(texts[number].starts)
            best[number] = begin + scores[begin:end].argmax(axis=0)
        columns = np.arange(len(self.names))
        values[:, :, _CLAUSE] = alike[best, columns]
        values[:, :, _OTHER] = other[best, columns]
        return Signs(values, best - np.array(begins)[:, None])

    def _others(self, terms: Sequence[TermsOfText], begins: Sequence[int], sizes: int) -> NDArray[np.bool_]:
        """Return in which clauses a term of a touchpoint stands that has nothing to do with the one looked for."""
        other = np.zeros((sizes, len(self.names)), np.bool_)
        for begin, some in zip(begins, terms, strict=True):
            for name, clauses in some.clauses.items():
                for clause in clauses:
                    other[begin + clause] |= self._strange[self._numbers[name]]
        return other

    def _likeness(self, sums: _Vectors) -> _Numbers:
        """Return how like sums of words are to the phrases of each touchpoint, seen from what is usual."""
        products = (_steps(sums) @ self._columns).astype(np.float64) / _STEPS**2
        size = len(self.names)
        to_centre = products[:, :size] - (self._centres * self._usual).sum(axis=1)
        from_usual = 1 - 2 * products[:, size:] + (self._usual**2).sum(axis=1)
        return np.asarray(to_centre / np.sqrt(np.maximum(from_usual, 1e-9)))

    def _rows(self, words: Sequence[str]) -> _Places:
        """Return where words stand in the memo."""
        try:
            return np.array([self._places[word] for word in words])
        except KeyError:
            self._learn(set(words))
            return np.array([self._places[word] for word in words])

    def _learn(self, words: set[str]) -> None:
        new = sorted(words - self._places.keys())
        if len(self._places) + len(new) > len(self._vectors):
            self._places.clear()
            new = sorted(words)
            if len(new) > len(self._vectors):  # a text of very many words
                self._vectors = np.empty((len(new), self._vectors.shape[1]), np.float32)
                self._nearness = np.empty((len(new), len(self.names)), np.float32)
        first, last = len(self._places), len(self._places) + len(new)
        vectors = self._vectors[first:last] = self._embedding.word_vectors(new)
        self._nearness[first:last] = self._nearness_of(vectors)
        self._places.update(zip(new, range(first, last), strict=True))

    def _nearness_of(self, words: _Vectors) -> _Vectors:
        """Return how near words are to the key words of each touchpoint."""
        near = np.maximum((_steps(words) @ self._key_columns) / np.float32(_STEPS**2) - np.float32(_FLOOR), 0)
        best = np.maximum.reduceat(near * self._key_weights, self._key_begins, axis=1)
        return np.asarray(best / (1 - _FLOOR), np.float32)

    def _evidence(self, text: Scored, terms: TermsOfText, number: int, clause: int) -> list[dict[str, int]]:
        """Return where the words of a clause stand that speak most for a touchpoint."""
        words, clauses = _spoken(text, terms)
        starts = [start for word, start in zip(terms.words.surfaces, terms.words.starts, strict=True) if _counts(word)]
        chosen = [place for place, one in enumerate(clauses) if one == clause]
        weight_of: dict[int, float] = {}
        if chosen:
            rows = self._rows([words[place] for place in chosen])
            vectors = self._vectors[rows]
            length = max(float(np.linalg.norm(vectors.sum(axis=0))), 1e-9)
            weights = vectors @ (self._centres[number] / length) * _WEIGHTS[_CLAUSE]
            weights += self._nearness[rows, number] * _WEIGHTS[_KEY]
            weight_of = dict(zip([starts[place] for place in chosen], weights.round(4).tolist(), strict=True))
        tokens = text.clause_tokens(clause)
        of_tokens = [weight_of.get(text.tokens.starts[token], 0.0) for token in tokens]
        return spans_of_heaviest(text.tokens, of_tokens, tokens.start) or [text.clause_span(clause)]


def chances(signs: _Numbers) -> _Numbers:
    """Return the probability that a text without a term of a touchpoint speaks of it all the same.

    Args:
        signs: Of texts and touchpoints.
    """
    return np.asarray(1 / (1 + np.exp(-_BIAS - (signs * _WEIGHTS).sum(axis=-1))))


def _has_gaps(point: Touchpoint) -> bool:
    return not all(map(point.terms_in, LANGUAGES))


def _steps(vectors: _Vectors) -> _Vectors:
    """Return the directions of vectors in whole steps."""
    lengths = np.sqrt((vectors.astype(np.float64) ** 2).sum(axis=1))[:, None]
    return np.asarray(np.rint(vectors * (_STEPS / np.maximum(lengths, 1e-9))), np.float32)


def _spoken(text: Scored, terms: TermsOfText) -> tuple[list[str], list[int]]:
    """Return the words of a text that mean something, and the clause of each."""
    begins = [text.tokens.starts[start] for start in text.starts[1:]]
    words = terms.words
    pairs = [(word, start) for word, start in zip(words.surfaces, words.starts, strict=True) if _counts(word)]
    return [word for word, _ in pairs], [bisect_right(begins, start) for _, start in pairs]


def _counts(word: str) -> bool:
    return word[0].isalnum()
