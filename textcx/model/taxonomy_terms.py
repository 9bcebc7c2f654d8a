"""TaxonomyTerms: finds the terms of a taxonomy, with an index a language that is built when it is first met."""

from collections.abc import Sequence
from functools import lru_cache

from textcx.terms import Found, TermIndex
from textcx.touchpoints import Taxonomy
from textcx.words import Lemmas

_KEPT_LANGUAGES = 16


class TaxonomyTerms:
    """The terms of a taxonomy, one for all who look for them.

    Args:
        taxonomy: The touchpoints and their terms.
        lemmas: Lemmas of all languages.
    """

    def __init__(self, taxonomy: Taxonomy, lemmas: Lemmas) -> None:
        self.taxonomy = taxonomy
        self.order = {point.id: place for place, point in enumerate(taxonomy.touchpoints)}
        self.stages = {point.id: point.stage for point in taxonomy.touchpoints}
        self.counting = {point.id: (point.id, *taxonomy.ancestors(point.id)) for point in taxonomy.touchpoints}
        """By touchpoint, what its terms count for: itself and its parents."""
        self._lemmas = lemmas
        self._indexes: dict[str, TermIndex] = {}

    def find(self, words: Sequence[str], language: str) -> list[Found]:
        """Return the terms among the words of a text in one of our languages, in their order."""
        index = self._indexes.get(language) or self._build(language)
        return index.find(words)

    def _build(self, language: str) -> TermIndex:
        index = self._indexes[language] = _index_of(self.taxonomy, language, self._lemmas)
        return index


@lru_cache(maxsize=_KEPT_LANGUAGES)
def _index_of(taxonomy: Taxonomy, language: str, lemmas: Lemmas) -> TermIndex:
    """Return the index of a language; the pipelines of a process have the same, and each takes a while to build."""
    points = taxonomy.touchpoints
    return TermIndex(
        language,
        terms={point.id: point.terms_in(language) for point in points},
        exclusions={point.id: point.exclusions_in(language) for point in points},
        lemmas=lemmas,
    )
