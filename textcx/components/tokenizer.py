"""The words of `textcx.words` as spaCy's tokens, so that evidence, lemmas and tokens agree.

Also three times as fast as spaCy's rules for a language, of which our components need nothing.
"""

from typing import Any

from spacy.tokens import Doc
from spacy.vocab import Vocab

from textcx.words import words_of


class WordTokenizer:
    """Makes a document whose tokens are our words, and what stands between them.

    Args:
        vocab: The vocabulary of the pipeline.
    """

    def __init__(self, vocab: Vocab) -> None:
        self._vocab = vocab

    def __call__(self, text: str) -> Doc:
        """Return the document of a text; its tokens joined are the text again."""
        words: list[str] = []
        spaces: list[bool] = []
        placed, after = words_of(text), 0
        for start, end in zip(placed.starts, placed.ends, strict=True):
            _add_between(text[after:start], words, spaces)
            words.append(text[start:end])
            spaces.append(False)
            after = end
        _add_between(text[after:], words, spaces)
        return Doc(self._vocab, words=words, spaces=spaces)

    def to_bytes(self, **_: Any) -> bytes:
        """Return nothing: it has no state."""
        return b""

    def from_bytes(self, _data: bytes, **_: Any) -> "WordTokenizer":
        """Return itself: it has no state."""
        return self

    def to_disk(self, _path: Any, **_: Any) -> None:
        """Write nothing: it has no state."""

    def from_disk(self, _path: Any, **_: Any) -> "WordTokenizer":
        """Return itself: it has no state."""
        return self


def _add_between(between: str, words: list[str], spaces: list[bool]) -> None:
    """Add what stands between two words: one blank belongs to the word before it, anything else is a token."""
    if between.startswith(" ") and spaces and not spaces[-1]:
        spaces[-1] = True
        between = between[1:]
    if between:
        words.append(between)
        spaces.append(False)
