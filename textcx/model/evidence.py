"""Evidence: the words of a text that weighed most in a judgement."""

from collections.abc import Sequence
from itertools import pairwise
from operator import itemgetter

import numpy as np

from textcx.model.ngrams import Tokens
from textcx.model.scored import Batch, ranges

Span = dict[str, int]
_MOST_WORDS = 3
_SHARE_OF_BEST = 0.5
"""A word that weighs half as much as the heaviest is still named."""
_FIRST_SYMBOL = 0x2000
_NO_COLUMN = -1
_start = itemgetter("start")


class Evidence:
    """Where the words of a batch stand that weighed most: asked for one by one, found in one pass.

    What it is given or gives are lists that `find` fills: words in their order, neighbours as one span.

    Args:
        batch: Scored texts.
    """

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._asked: list[tuple[int, int, int, int, int]] = []
        """First token and how many, the columns they speak for and against, and the first token of the text."""
        self._wanted: list[tuple[Tokens, list[Span]]] = []

    def of_clause(self, text: int, clause: int, column: int) -> list[Span]:
        """Return the words of a clause that speak most for a column."""
        spans: list[Span] = []
        self._ask(text, self._batch.texts[text].clause_tokens(clause), column, _NO_COLUMN, spans)
        return spans

    def of_text(self, text: int, column: int, against: int, *, into: list[Span]) -> None:
        """Add the words of a text that speak most for one column and against another, among those that are there."""
        self._ask(text, range(len(self._batch.texts[text].tokens)), column, against, into)

    def find(self) -> None:
        """Fill the lists that were given."""
        if not self._asked:
            return
        table, scales = self._batch.adds, np.concatenate((self._batch.scales, (0.0,)))  # the last of no column
        firsts, counts, columns, against, begins = np.array(self._asked).T
        starts, rows = counts.cumsum() - counts, ranges(firsts, counts)
        weights = table[rows, columns.repeat(counts)] * scales.take(columns).repeat(counts)
        weights -= table[rows, against.repeat(counts)] * scales[against].repeat(counts)
        best = np.maximum.reduceat(weights, starts)
        heavy = (weights >= np.where(best > 0, best * _SHARE_OF_BEST, np.inf).repeat(counts)).nonzero()[0]
        cuts = heavy.searchsorted(np.concatenate((starts, (len(weights),))))
        offsets = firsts - starts - begins
        places = (heavy + offsets.repeat(cuts[1:] - cuts[:-1])).tolist()
        heaviness = weights.take(heavy).tolist()
        asked = zip(
            self._wanted, starts.tolist(), counts.tolist(), offsets.tolist(), pairwise(cuts.tolist()), strict=True
        )
        for (tokens, spans), start, count, offset, (first, last) in asked:
            is_first, some, weighs = not spans, places[first:last], heaviness[first:last]
            if some and not _is_word(tokens.words[some[weighs.index(max(weighs))]]):  # signs count nothing
                spans += spans_of_heaviest(tokens, weights[start : start + count].tolist(), start + offset)
            else:
                spans += _spans(tokens, _chosen(some, weighs, tokens.words))
            if not is_first:
                spans.sort(key=_start)

    def _ask(self, text: int, tokens: range, column: int, against: int, spans: list[Span]) -> None:
        begin = self._batch.begins[text]
        if tokens:
            self._asked.append((begin + tokens.start, len(tokens), column, against, begin))
            self._wanted.append((self._batch.texts[text].tokens, spans))


def spans_of_heaviest(tokens: Tokens, weights: list[float], first: int = 0) -> list[Span]:
    """Return where the heaviest words stand, in their order; neighbours are one span.

    Args:
        tokens: The tokens of the text.
        weights: What some of them weigh, one after the other.
        first: The first of these.
    """
    words = tokens.words[first : first + len(weights)]
    best = max([weight for weight, word in zip(weights, words, strict=True) if _is_word(word)], default=0.0)
    if best <= 0:
        return []
    limit = best * _SHARE_OF_BEST
    some = [(place, weight) for place, weight in enumerate(weights, start=first) if weight >= limit]
    return _spans(tokens, _chosen([place for place, _ in some], [weight for _, weight in some], tokens.words))


def _chosen(places: Sequence[int], weights: Sequence[float], words: Sequence[str]) -> list[int]:
    """Return the places of the few heaviest words, in order; signs count nothing."""
    some = [(-weight, place) for place, weight in zip(places, weights, strict=True) if _is_word(words[place])]
    if len(some) > _MOST_WORDS:
        return sorted([place for _, place in sorted(some)[:_MOST_WORDS]])
    return [place for _, place in some]


def _spans(tokens: Tokens, places: Sequence[int]) -> list[Span]:
    begins, ends = tokens.starts, tokens.ends
    spans: list[Span] = []
    before = -2
    for place in places:
        if place == before + 1:
            spans[-1]["end"] = ends[place]
        else:
            spans.append({"start": begins[place], "end": ends[place]})
        before = place
    return spans


def _is_word(word: str) -> bool:
    return len(word) > 1 or word.isalnum() or ord(word) > _FIRST_SYMBOL
