"""Terms of a taxonomy in texts whose language is known, as features of their clauses."""

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np

from textcx.terms import TermIndex
from textcx.touchpoints import Taxonomy
from textcx.training.solver import Matrix
from textcx.words import LANGUAGES, Lemmas, words_of


class TermHits:
    """Finds which touchpoints have a term in which clause.

    Args:
        taxonomy: The touchpoints that are learned.
        lemmas: Lemmas of all languages.
    """

    def __init__(self, taxonomy: Taxonomy, lemmas: Lemmas) -> None:
        self.names = tuple(point.id for point in taxonomy.touchpoints)
        self._indexes = {
            language: TermIndex(
                language,
                terms={point.id: point.terms_in(language) for point in taxonomy.touchpoints},
                exclusions={point.id: point.exclusions_in(language) for point in taxonomy.touchpoints},
                lemmas=lemmas,
            )
            for language in LANGUAGES
        }

    def find(self, text: str, language: str, begins: Sequence[int]) -> Matrix:
        """Return a row for each clause with ones for the touchpoints that have a term in it.

        Args:
            text: The text.
            language: Its language; in another than ours nothing is found.
            begins: Where its clauses begin.
        """
        hits = np.zeros((len(begins), len(self.names)), np.float32)
        if language in self._indexes:
            words = words_of(text)
            for one in self._indexes[language].find(words.surfaces):
                clause = max(0, bisect_right(begins, words.starts[one.first]) - 1)
                hits[clause, self.names.index(one.owner)] = 1
        return hits
