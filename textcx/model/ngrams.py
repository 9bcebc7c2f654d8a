"""n-grams: what the table knows a text by. Tokens, and a 32-bit key for each n-gram, word and pair of words.

The keys depend on nothing but the letters: no process, machine or library changes them. All arithmetic is on whole
arrays and wraps at 64 bits.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import accumulate, chain, compress

import numpy as np
from numpy.typing import NDArray

from textcx.words import Piece, piece_of

Keys = NDArray[np.uint32]
Hashes = NDArray[np.uint64]

_TOKEN = re.compile(
    r"((?![hw8xX])[^\W_]+(?:['’][^\W_]+)*"  # words that can be no address and no smiley, which are most: for speed
    r"|https?://\S+|www\.\S+|@\w+"
    r"|[:;=8xX]['’]?-?[)(DPpoO/\\|*3\]\[]+(?!\w)|<3"  # written smileys
    r"|[^\W_]+(?:['’][^\W_]+)*|[^\w\s])"
)
_ENDS = (".", ",", "!", "?")
_LENGTHENED = re.compile(r"(.)\1{2,}")
_DIGIT = re.compile(r"\d")
_IGNORED = frozenset("\ufe0f\u200d\u200b")
_LONGEST_TOKEN = 40
_KEPT_PIECES = 32_768
_LONGEST_EXACT_NUMBER = 2
"""Longer numbers say only how many digits they have: "5/5" tells something, an order number does not."""
_ADDRESS, _PERSON = "http:", "@u"
_SHORTEST, _LONGEST = 2, 5
"""Letters of an n-gram; it stays inside the borders of its word."""
_FOLDED = str.maketrans("åäöæøéèüáóíõ", "aaoaoeeuaoio")
"""Letters as people write them without the right keyboard: "forsening" for "försening"."""
_BASE = np.uint64(0x100000001B3)
_SALT = 0x9E3779B97F4A7C15
_FACTORS = (np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53))
_HALF, _TOP = np.uint64(33), np.uint64(32)
_BORDERS = ("\x02", "\x03")
_WORD, _BARE_WORD, _PAIR, _ABOUT = 11, 12, 21, 100
"""Roles: equal letters in different roles are different keys. `_ABOUT` and up: a word beside a touchpoint."""
_SALTS = [np.uint64(role * _SALT % 2**64) for role in range(_ABOUT)]


_Piece = tuple[tuple[str, ...], tuple[int, ...], Piece]


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a text as the table sees them, and where they stand in it, in code points, end exclusive.

    Three lists and no list of tokens: most who ask want one of them, for all tokens at once.

    Attributes:
        words: The tokens.
        starts: Where each begins.
        ends: Where it ends.
        pieces: What stands between the blanks of the text, for those who need its words too.
    """

    words: list[str]
    starts: list[int]
    ends: list[int]
    pieces: Sequence[Piece]

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.words)


def tokens_of(text: str) -> Tokens:
    """Return the tokens of a text: words, signs and smileys, in small letters, without lengthening.

    Example:
        >>> tokens_of("Sååååå bra!! Order 48213 :)").words
        ['såå', 'bra', '!', '!', 'order', '00000', ':)']
    """
    tokens, lengths, pieces = zip(*map(_PIECES.__getitem__, text.split(" ")), strict=True)  # no token holds a blank
    words = list(chain.from_iterable(tokens))
    places = list(accumulate(chain.from_iterable(lengths), initial=-1))
    starts, ends = places[1::2], places[2::2]
    if "" in words:  # a sign that only joins others, or what is left at the end of a piece
        starts, ends = list(compress(starts, words)), list(compress(ends, words))
        words = [word for word in words if word]
    return Tokens(words, starts, ends, pieces)


class _Pieces(dict[str, _Piece]):
    """What stands between two blanks, with its tokens, and in turn the length of what goes before each and its own.

    Most texts consist of pieces met before: to look one up takes a tenth of the time of taking it apart. The blank
    before a piece counts for its first token. When it is full it starts again.
    """

    def __missing__(self, piece: str) -> _Piece:
        """Return the tokens of a piece that is new; those of a long one are not kept."""
        if piece.isalpha():
            found: _Piece = (_normalized(piece),), (1, len(piece)), piece_of(piece)
        elif piece[-1:] in _ENDS and piece[:-1].isalpha():
            found = (_normalized(piece[:-1]), piece[-1]), (1, len(piece) - 1, 0, 1), piece_of(piece)
        else:
            parts = _TOKEN.split(piece)  # what stands between tokens and the tokens, in turn
            words, lengths = list(map(_normalized, parts[1::2])), list(map(len, parts))
            lengths[0] += 1
            if lengths[-1] or not words:
                words.append("")
                lengths.append(0)
            else:
                lengths.pop()
            found = tuple(words), tuple(lengths), piece_of(piece)
        if len(piece) <= _LONGEST_TOKEN:
            if len(self) >= _KEPT_PIECES:
                self.clear()
            self[piece] = found
        return found


_PIECES = _Pieces()


def _normalized(written: str) -> str:
    """Return the token's word; "" for what joins signs and is none itself."""
    if len(written) == 1:
        return "" if written in _IGNORED else written.lower()
    if written[0] == "@":
        return _PERSON
    is_spelled = written.isalpha()
    if not is_spelled and written.startswith(("http", "www.")):
        return _ADDRESS
    word = written.lower()
    if not word.isascii():
        word = unicodedata.normalize("NFC", word.replace("’", "'"))
    if _LENGTHENED.search(word):
        word = _LENGTHENED.sub(r"\1\1", word)
    if not is_spelled and len(word) > _LONGEST_EXACT_NUMBER:
        word = _DIGIT.sub("0", word)
    return word[:_LONGEST_TOKEN]


def hash_words(words: Sequence[str]) -> Hashes:
    """Return a 64-bit hash of each word."""
    digests = b"".join(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest() for word in words)
    return np.frombuffer(digests, "<u8").astype(np.uint64)


def word_keys(words: Sequence[str]) -> tuple[Keys, NDArray[np.int64]]:
    """Return the keys of words one after the other, and how many each has.

    A word has its n-grams, itself, and itself without diacritics; a sign has no n-grams.
    """
    keys, owners = _ngram_keys(words)
    places = np.arange(len(words))
    bare = [word.translate(_FOLDED) for word in words]
    everything = np.concatenate(
        [keys, _mixed(hash_words(words), _SALTS[_WORD]), _mixed(hash_words(bare), _SALTS[_BARE_WORD])]
    )
    owner = np.concatenate([owners, places, places])
    order = np.argsort(owner, kind="stable")
    return everything[order], np.bincount(owner, minlength=len(words))


def pair_keys(first: Hashes, second: Hashes) -> Keys:
    """Return the keys of pairs of neighbours, by the hashes of their words."""
    hashes = first * _BASE
    hashes += second
    return _mixed(hashes, _SALTS[_PAIR])


def about_keys(words: Hashes, about: int | NDArray[np.int64]) -> Keys:
    """Return the keys of words said about touchpoint number `about`, one for all or one for each word."""
    return _mixed(words, np.array(_ABOUT + about, dtype=np.uint64, ndmin=1) * np.uint64(_SALT))


def word_key(word: str) -> int:
    """Return the key of a word itself, as `word_keys` has it."""
    return int(_mixed(hash_words([word]), _SALTS[_WORD])[0])


def _ngram_keys(words: Sequence[str]) -> tuple[Keys, NDArray[np.int64]]:
    written = [word if _is_spelled(word) else "" for word in words]
    bordered = [f"{_BORDERS[0]}{word}{_BORDERS[1]}" for word in written]
    lengths = np.array([len(word) for word in bordered], dtype=np.int64)
    last = np.cumsum(lengths)
    letters = np.frombuffer("".join(bordered).encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint64)
    letters = letters + np.uint64(1)
    owner = np.repeat(np.arange(len(words)), lengths)
    places = np.arange(len(letters))
    left, whole = last[owner] - places, lengths[owner]
    keys, owners = [], []
    rolling = letters.copy()
    for length in range(_SHORTEST, _LONGEST + 1):
        rolling = rolling[:-1] * _BASE + letters[length - 1 :]
        inside = (left >= length) & (whole > length)
        kept = inside[: len(rolling)]
        keys.append(_mixed(rolling[kept], _SALTS[length]))
        owners.append(owner[: len(rolling)][kept])
    return np.concatenate(keys), np.concatenate(owners)


def _is_spelled(word: str) -> bool:
    return word.isalpha() or "'" in word


def _mixed(hashes: Hashes, salt: np.uint64 | NDArray[np.uint64]) -> Keys:
    """Return 32 well mixed bits of each hash (the finalizer of MurmurHash3)."""
    mixed = hashes ^ salt
    for factor in _FACTORS:
        mixed ^= mixed >> _HALF
        mixed *= factor
    mixed >>= _TOP
    keys: Keys = mixed.astype(np.uint32)
    return keys
