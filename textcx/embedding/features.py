"""Features: the rows of a hashed table that stand for a word, one for the word and one for each piece of it.

A word that was never seen still has pieces that were: forms and compounds of known words are understood. The hashes
are polynomials modulo 2**64 over code points, worked out for many words at once; they are the same on every machine.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SHORTEST_PIECE = 3
LONGEST_PIECE = 5
"""Pieces are runs of three to five characters of `<word>`, as in fastText (Bojanowski et al., TACL 2017)."""
_BASE = 0x100000001B3
"""Odd, and the prime of the FNV hash."""
_MIX = 0x9E3779B97F4A7C15
"""2**64 over the golden ratio (Knuth, The Art of Computer Programming 3, 6.4): its high bits spread any input."""
_LONGEST_WORD = 128
_WHOLE = 0
_POWERS = np.cumprod(np.array([1] + [_BASE] * _LONGEST_WORD, dtype=np.uint64))
_DIGITS = str.maketrans("123456789", "000000000")

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Features:
    """The rows of some words.

    Attributes:
        whole: For each word the row of the word itself.
        pieces: The rows of all pieces of all words, word after word for each length of piece.
        owners: For each of `pieces` the position of its word.
    """

    whole: Rows
    pieces: Rows
    owners: Rows


def features(words: Sequence[str], *, bits: int) -> Features:
    """Return the rows of words in a table of 2**bits rows.

    Args:
        words: At least one; as `textcx.words` gives them. Which digits a number has does not matter.
        bits: Logarithm of the table's rows, at most 32.
    """
    marked = [f"<{word[: _LONGEST_WORD - 2].translate(_DIGITS)}>" for word in words]
    lengths = np.array([len(word) for word in marked])
    codes = np.frombuffer("".join(marked).encode("utf-32-le", "surrogatepass"), np.uint32).astype(
        np.uint64
    ) + np.uint64(1)
    owners = np.repeat(np.arange(len(marked)), lengths)
    starts = np.cumsum(lengths) - lengths
    places = np.arange(len(codes)) - starts[owners]
    left = lengths[owners] - places
    whole = np.add.reduceat(codes * _POWERS[places], starts)
    pieces, piece_owners = [], []
    rolling = codes
    for length in range(2, LONGEST_PIECE + 1):
        rolling = rolling[:-1] * np.uint64(_BASE) + codes[length - 1 :]
        if length >= SHORTEST_PIECE:
            inside = left[: len(rolling)] >= length
            pieces.append(_bucket(rolling[inside], salt=length, bits=bits))
            piece_owners.append(owners[: len(rolling)][inside])
    return Features(_bucket(whole, salt=_WHOLE, bits=bits), np.concatenate(pieces), np.concatenate(piece_owners))


def _bucket(hashes: NDArray[np.uint64], *, salt: int, bits: int) -> Rows:
    mixed = (hashes + np.uint64(salt)) * np.uint64(_MIX)
    mixed = (mixed ^ (mixed >> np.uint64(32))) * np.uint64(_MIX)
    return (mixed >> np.uint64(64 - bits)).astype(np.int64)
