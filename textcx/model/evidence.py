"""Evidence: the words of a text that weighed most in a judgement."""

from collections.abc import Sequence

from textcx.model.scored import Scored

_MOST_WORDS = 3
_SHARE_OF_BEST = 0.5
"""A word that weighs half as much as the heaviest is still named."""
_FIRST_SYMBOL = 0x2000


def telling_words(
    scored: Scored, column: int, against: int | None, tokens: Sequence[int] | None = None
) -> list[dict[str, int]]:
    """Return where the words stand that speak most for a column, in the order of the text; neighbours are one span.

    Args:
        scored: The text.
        column: What they speak for.
        against: The column that they speak against, if any.
        tokens: Where to look, tokens in a row; everywhere if not given.
    """
    places = tokens if tokens is not None else range(len(scored.tokens))
    if not len(places):
        return []
    rows = scored.words[places[0] : places[-1] + 1]
    weights = rows[:, column] * scored.scales[column]
    if against is not None:
        weights = weights - rows[:, against] * scored.scales[against]
    weighed = [
        (-weight, place)
        for place, weight in zip(places, weights.tolist(), strict=True)
        if weight > 0 and _is_word(scored.tokens[place][0])
    ]
    if not weighed:
        return []
    weighed.sort()
    least = weighed[0][0] * _SHARE_OF_BEST
    spans: list[dict[str, int]] = []
    before = -2
    for place in sorted(place for weight, place in weighed[:_MOST_WORDS] if weight <= least):
        token = scored.tokens[place]
        if place == before + 1:
            spans[-1]["end"] = token.end
        else:
            spans.append({"start": token.start, "end": token.end})
        before = place
    return spans


def _is_word(word: str) -> bool:
    return len(word) > 1 or word.isalnum() or ord(word) > _FIRST_SYMBOL
