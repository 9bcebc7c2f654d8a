"""Shapes: words one after another, or with a few between, that tell of a signal: "never ... again".

N-grams know words and pairs; in a long clause a single "anbefales" is drowned by what stands around it, and "never"
means little without "again". A shape is there or not, however long the text is. What it weighs is learned.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import compress, pairwise
from pathlib import Path
from typing import NamedTuple

import yaml

from textcx.errors import ConfigError
from textcx.memo import Memo
from textcx.model.ngrams import tokens_of
from textcx.safe_yaml import SafeLoader

FILE = "signals.yaml"
_OPENS, _GAP, _OR, _ANY_ENDING = "^", "..", "/", "*"
_MOST_BETWEEN = 3
"""Words that may stand where a shape has a gap."""
_ENDS = frozenset(".!?…")
_BEFORE = _ENDS | {"@u", ",", "-", "–", ":"}
"""What stands before the first word of a sentence; people are often addressed first."""
_SHORTEST_PREFIX = 3
_MEMO_WORDS = 60_000
_KEPT_FILES = 2
_KEPT_WORDS = 4_096


class Slot(NamedTuple):
    """A place in a shape: the words that may stand there, and beginnings of words; how many others may come between."""

    words: frozenset[str]
    beginnings: tuple[str, ...]
    between: int


class Shape(NamedTuple):
    """A shape from its rarest word.

    Attributes:
        group: Its group.
        before, after: What stands before and after that word.
        opens: Whether it opens a sentence.
        needs: Words of which a text must hold one to hold the shape; none if beginnings may stand at all its places.
    """

    group: int
    before: tuple[Slot, ...]
    after: tuple[Slot, ...]
    opens: bool
    needs: frozenset[str]


class Shapes:
    """Finds shapes among the tokens of a text, in time linear in the tokens.

    Args:
        written: By group its shapes, as `configs/lexicons/README.md` explains.

    Raises:
        ConfigError: A shape is empty, begins or ends with a gap, or has too short a beginning of a word.
    """

    def __init__(self, written: Mapping[str, Sequence[str]]) -> None:
        self.groups = tuple(written)
        self._by_word: dict[str, list[Shape]] = {}
        self._by_beginning: dict[str, list[Shape]] = {}
        for group, shapes in enumerate(written.values()):
            for one in shapes:
                slots = tuple(_slots(one.removeprefix(_OPENS)))
                rarest = max(range(len(slots)), key=lambda number: _shortest(slots[number]))
                before, after = _backwards(slots[: rarest + 1]), slots[rarest + 1 :]
                shape = Shape(group, before, after, one.startswith(_OPENS), _needed((*before, *after)))
                for word in sorted(slots[rarest].words):
                    self._by_word.setdefault(word, []).append(shape)
                for beginning in slots[rarest].beginnings:
                    self._by_beginning.setdefault(beginning, []).append(shape)
        self._lengths = sorted({len(beginning) for beginning in self._by_beginning})
        self._met = Memo(self._shapes_of, _MEMO_WORDS)

    def find(self, words: Sequence[str]) -> list[tuple[int, int]]:
        """Return the shapes among words of `tokens_of`: the number of the group, and where its rarest word stands."""
        found = []
        met, count, present = list(map(self._met.__getitem__, words)), len(words), set(words)
        for place, shapes in compress(enumerate(met), met):  # most words are in no shape
            for group, before, after, opens, needs in shapes:
                if needs and present.isdisjoint(needs):  # as in most texts
                    continue
                first = place
                if before:
                    if not place or (not before[0].between and not _fills(before[0], words[place - 1])):
                        continue
                    if (first := _reach(before, words, place, -1)) < 0:
                        continue
                if opens and first and words[first - 1] not in _BEFORE:
                    continue
                if after:
                    if place + 1 == count or (not after[0].between and not _fills(after[0], words[place + 1])):
                        continue
                    if _reach(after, words, place, 1) < 0:
                        continue
                found.append((group, place))
        return found

    def places(self, words: Sequence[str]) -> dict[int, int]:
        """Return by group, in their order, where the first of its shapes stands."""
        found: dict[int, int] = {}
        for group, place in self.find(words):
            found.setdefault(group, place)
        return dict(sorted(found.items()))

    def _shapes_of(self, word: str) -> tuple[Shape, ...]:
        found = list(self._by_word.get(word, ()))
        for length in self._lengths:
            found += self._by_beginning.get(word[:length], ()) if length <= len(word) else ()
        return tuple(found)


def read_shapes(lexicons: Path) -> Shapes:
    """Return the shapes of `signals.yaml` in the folder of lexicons; none where there is no such file.

    Raises:
        ConfigError: The file is no mapping of groups to languages to shapes.
    """
    path = lexicons / FILE
    if not path.is_file():
        return Shapes({})
    try:
        return _shapes_in(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, AttributeError, TypeError) as error:
        raise ConfigError(f"{path.name} holds no shapes by signal and language: {type(error).__name__}.") from error


@lru_cache(maxsize=_KEPT_FILES)
def _shapes_in(content: str) -> Shapes:
    """Return the shapes of a file; the pipelines of a process have the same."""
    read = yaml.load(content, Loader=SafeLoader)  # noqa: S506 - safe
    return Shapes({name: [one for some in languages.values() for one in some] for name, languages in read.items()})


def _reach(slots: Sequence[Slot], words: Sequence[str], place: int, step: int) -> int:
    """Return where the last of the slots is filled, going from a place in steps of 1 or -1; -1 if one is not."""
    last = len(words) if step > 0 else -1
    for wanted, beginnings, left in slots:
        for reached in range(place + step, last, step):
            word = words[reached]
            if word in wanted or (beginnings and word.startswith(beginnings)):
                break
            if word[0].isalnum():
                if not left:
                    return -1
                left -= 1
            elif word in _ENDS:
                return -1
        else:
            return -1
        place = reached
    return place


def _fills(slot: Slot, word: str) -> bool:
    """Tell whether a word may stand in a slot, or is a sign, which may stand anywhere."""
    return word in slot.words or not word[0].isalnum() or word.startswith(slot.beginnings)


def _backwards(slots: Sequence[Slot]) -> tuple[Slot, ...]:
    """Return the slots before the last one, from there on; each with the gap that lies behind it."""
    return tuple(Slot(one.words, one.beginnings, after.between) for one, after in reversed([*pairwise(slots)]))


def _needed(slots: Sequence[Slot]) -> frozenset[str]:
    """Return the fewest words of which one must stand at one of the slots."""
    return min((slot.words for slot in slots if not slot.beginnings), key=len, default=frozenset())


def _shortest(slot: Slot) -> int:
    """Return the letters of the shortest word of a slot: the longer it is, the rarer the slot is met."""
    return min(map(len, (*slot.words, *slot.beginnings)))


def _slots(written: str) -> Iterator[Slot]:
    """Give the slots of a shape."""
    between = 0
    pieces = written.split()
    if not pieces or _GAP in (pieces[0], pieces[-1]):
        raise ConfigError(f"{FILE}: the shape {written!r} begins or ends with a gap, or is empty.")
    for piece in pieces:
        if piece == _GAP:
            between = _MOST_BETWEEN
            continue
        words = piece.split(_OR) if piece != _OR else [piece]
        beginnings = tuple(word[:-1] for word in words if word.endswith(_ANY_ENDING))
        whole = frozenset(_token(word, written) for word in words if not word.endswith(_ANY_ENDING))
        if any(len(beginning) < _SHORTEST_PREFIX for beginning in beginnings):
            raise ConfigError(f"{FILE}: in {written!r} at least {_SHORTEST_PREFIX} letters must stand before *.")
        yield Slot(whole, beginnings, between)
        between = 0


def _token(word: str, written: str) -> str:
    words = _tokens_in(word)
    if len(words) != 1:
        raise ConfigError(f"{FILE}: in {written!r}, {word!r} is no single word; blanks stand between words.")
    return words[0]


@lru_cache(maxsize=_KEPT_WORDS)
def _tokens_in(word: str) -> list[str]:
    return tokens_of(word).words
