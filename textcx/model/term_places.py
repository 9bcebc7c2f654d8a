"""Terms of touchpoints in scored texts: where they stand, and in which clause."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from textcx.model.scored import Scored
from textcx.model.taxonomy_terms import TaxonomyTerms
from textcx.terms import Found
from textcx.words import Words, join_pieces


class TermsOfText(NamedTuple):
    """The terms of a text, by touchpoint, each with its span and its clause; terms of a child are its parents' too.

    Attributes:
        words: The words of the text.
        found: The terms, as they stand among the words.
        spans: Where those of a touchpoint stand in the text.
        clauses: In which of its clauses.
    """

    words: Words
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
        words = join_pieces(scored.tokens.pieces)
        found = self._terms.find(words.surfaces, language)
        spans: dict[str, list[dict[str, int]]] = {}
        clauses: dict[str, list[int]] = {}
        begins = [scored.tokens.starts[start] for start in scored.starts[1:]] if found else ()
        place, counting = (-1, -1), self._terms.counting
        for owner, first, last in found:
            if place != (first, last):  # the terms are in order, so that those of one place are neighbours
                place, start = (first, last), words.starts[first]
                span = {"start": start, "end": words.ends[last - 1]}
                clause = bisect_right(begins, start)
            for name in counting[owner]:
                if name not in spans:
                    spans[name], clauses[name] = [span], [clause]
                elif spans[name][-1] is not span:
                    spans[name].append(span)
                    clauses[name].append(clause)
        return TermsOfText(words, found, spans, clauses)
