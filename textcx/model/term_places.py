"""Terms of touchpoints in scored texts: where they stand, and in which clause."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from textcx.model.scored import Scored
from textcx.model.taxonomy_terms import TaxonomyTerms
from textcx.terms import Found
from textcx.words import LemmasOf, Word, words_of


class TermsOfText(NamedTuple):
    """The terms of a text, by touchpoint, each with its span and its clause; terms of a child are its parents' too.

    Attributes:
        words: The words of the text.
        found: The terms, as they stand among the words.
        spans: Where those of a touchpoint stand in the text.
        clauses: In which of its clauses.
    """

    words: tuple[Word, ...]
    found: Sequence[Found]
    spans: Mapping[str, list[dict[str, int]]]
    clauses: Mapping[str, list[int]]


class TermPlaces:
    """Finds the terms of a taxonomy.

    Args:
        terms: The touchpoints and their terms.
    """

    def __init__(self, terms: TaxonomyTerms) -> None:
        self._terms = terms

    def find(self, scored: Scored, language: str) -> TermsOfText:
        """Return the terms of a text in one of our languages."""
        words = words_of(scored.text)
        found = self._terms.find(words, LemmasOf(words, language, self._terms.lemmas), language)
        if not found:
            return TermsOfText(words, found, {}, {})
        spans: dict[str, list[dict[str, int]]] = defaultdict(list)
        clauses: dict[str, list[int]] = defaultdict(list)
        begins = [scored.tokens.starts[start] for start in scored.starts]
        for one in found:
            span = {"start": words[one.first].start, "end": words[one.last - 1].end}
            clause = max(0, bisect_right(begins, span["start"]) - 1)
            for owner in (one.owner, *self._terms.taxonomy.ancestors(one.owner)):
                if span not in spans[owner]:
                    spans[owner].append(span)
                    clauses[owner].append(clause)
        return TermsOfText(words, found, spans, clauses)
