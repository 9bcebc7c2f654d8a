"""Evidence: the words of a text that weighed most in a judgement."""

from itertools import islice

from textcx.model.scored import Scored

_MOST_WORDS = 3
_SHARE_OF_BEST = 0.5
"""A word that weighs half as much as the heaviest is still named."""
_FIRST_SYMBOL = 0x2000


def telling_words(
    scored: Scored, column: int, against: int | None, tokens: range | None = None
) -> list[dict[str, int]]:
    """Return where the words stand that speak most for a column, in the order of the text; neighbours are one span.

    Args:
        scored: The text.
        column: What they speak for.
        against: The column that they speak against, if any.
        tokens: Where to look; everywhere if not given.
    """
    words, begins, ends = scored.tokens.words, scored.tokens.starts, scored.tokens.ends
    first, last = (tokens.start, tokens.stop) if tokens is not None else (0, len(words))
    rows = scored.words[first:last]
    weights = rows[:, column] * scored.scales[column]
    if against is not None:
        weights = weights - rows[:, against] * scored.scales[against]
    weighed = sorted([(-weight, place) for place, weight in enumerate(weights.tolist(), first) if weight > 0])
    heaviest = list(islice((one for one in weighed if _is_word(words[one[1]])), _MOST_WORDS))
    spans: list[dict[str, int]] = []
    before = -2
    for place in sorted(place for weight, place in heaviest if weight <= heaviest[0][0] * _SHARE_OF_BEST):
        if place == before + 1:
            spans[-1]["end"] = ends[place]
        else:
            spans.append({"start": begins[place], "end": ends[place]})
        before = place
    return spans


def _is_word(word: str) -> bool:
    return len(word) > 1 or word.isalnum() or ord(word) > _FIRST_SYMBOL
