"""Tokens: the words of a text as four aligned fields, one slot of each word in each.

Word n of a text stands at position n of all four, so that "these words next to one another" is an interval over any of
them, mixed as one likes.
"""

from textcx.store.embedded.tokens import SLOTS, Tokens

SLOT_FIELDS = ("surface", "lemma", "first", "last")
"""The fields, in the order of the slots of `textcx.store.embedded.tokens`."""


def aligned(tokens: Tokens, text: str, language: str) -> dict[str, str]:
    """Return for each slot the tokens of a text, with blanks between them."""
    slots = tokens.of_text(text, language).split(" ")
    return {name: " ".join(slots[at::SLOTS]) for at, name in enumerate(SLOT_FIELDS)}
