"""Evidence: the words of a text that weighed most in a judgement."""

from collections.abc import Sequence

from textcx.model.ngrams import Tokens
from textcx.model.scored import Scored

_MOST_WORDS = 3
_SHARE_OF_BEST = 0.5
"""A word that weighs half as much as the heaviest is still named."""
_FIRST_SYMBOL = 0x2000


def telling_words(scored: Scored, column: int, clause: int) -> list[dict[str, int]]:
    """Return where the words of a clause stand that speak most for a column, in their order; neighbours are one span.

    Args:
        scored: The text.
        column: What they speak for.
        clause: The clause.
    """
    tokens = scored.clause_tokens(clause)
    weights = scored.words[tokens.start : tokens.stop, column] * scored.scales[column]
    return spans_of_heaviest(scored.tokens, weights.tolist(), tokens.start)


def spans_of_heaviest(tokens: Tokens, weights: list[float], first: int = 0) -> list[dict[str, int]]:
    """Return where the heaviest words stand, in their order; neighbours are one span.

    Args:
        tokens: The tokens of the text.
        weights: What some of them weigh, one after the other.
        first: The first of these.
    """
    begins, ends = tokens.starts, tokens.ends
    spans: list[dict[str, int]] = []
    before = -2
    for place in _heaviest(weights, tokens.words[first : first + len(weights)]):
        place += first
        if place == before + 1:
            spans[-1]["end"] = ends[place]
        else:
            spans.append({"start": begins[place], "end": ends[place]})
        before = place
    return spans


def _heaviest(weights: list[float], words: Sequence[str]) -> list[int]:
    """Return the places of the few heaviest words, in order."""
    best = max(weights, default=0.0)
    if best > 0 and not _is_word(words[weights.index(best)]):  # signs count nothing
        best = max([weight for weight, word in zip(weights, words, strict=True) if _is_word(word)], default=0.0)
    if best <= 0:
        return []
    limit = best * _SHARE_OF_BEST
    places = [place for place, weight in enumerate(weights) if weight >= limit and _is_word(words[place])]
    if len(places) > _MOST_WORDS:
        places = sorted(sorted(places, key=lambda place: -weights[place])[:_MOST_WORDS])
    return places


def _is_word(word: str) -> bool:
    return len(word) > 1 or word.isalnum() or ord(word) > _FIRST_SYMBOL
