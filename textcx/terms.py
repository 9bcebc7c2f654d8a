"""Terms: how a taxonomy file writes the words of a touchpoint, and where they stand in a text.

    leverans          any form of the word, also as a part of a compound ("leveranstiden")
    =app              any form of the word, but no compound
    ==lager           these very letters: no other form, no compound
    toimitu*          every word that begins so
    inget svar        words in a row: each by its lemma, or with a trailing * by its beginning

Where terms overlap the longest wins, and a whole word wins over a part of a compound.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import partial
from itertools import compress
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

from textcx.errors import TaxonomyError
from textcx.memo import Memo
from textcx.words import LONGEST_WORD, Lemmas, surfaces_of

_MEMO_WORDS = 60_000
_in_order = itemgetter(1, 2, 0)
_SHORTEST_PREFIX = 3
"""As in queries: a shorter beginning would match half the dictionary."""


class Form(Enum):
    """How a word of a term is compared with a word of a text."""

    LEMMA = auto()
    WHOLE = auto()
    EXACT = auto()
    PREFIX = auto()


class Piece(NamedTuple):
    """One word of a term: its lower-case letters and how they are compared."""

    word: str
    form: Form


_EXACT = "=="
_FORMS = (Form.LEMMA, Form.WHOLE, Form.EXACT)
"""By how many = stand before a word."""


@dataclass(frozen=True, slots=True)
class Term:
    """A term as written, and the words it consists of."""

    written: str
    pieces: tuple[Piece, ...]


class Found(NamedTuple):
    """A term found in a text: whose it is, and its words, end exclusive."""

    owner: str
    first: int
    last: int


_make_found = partial(tuple.__new__, Found)
"""Makes one of its three values: in C, without a look at their number."""


class _Candidate(NamedTuple):
    """A term that may stand where one of its words does, its anchor.

    Attributes:
        owner: Whose term it is.
        before: How many words of the term stand before the anchor.
        length: How many words it has.
        others: Its other words: place relative to the anchor, letters, and whether they are only a beginning.
        rank: 0 for whole words, which go before parts of compounds.
        excludes: It is no mention, and keeps its words from being one.
    """

    owner: str
    before: int
    length: int
    others: tuple[tuple[int, str, bool], ...]
    rank: int
    excludes: bool

    @property
    def is_whole_term(self) -> bool:
        """It is a term of this one word, so the parts of the word need not be asked."""
        return self.length == 1 and not self.excludes


_Key = TypeVar("_Key")
_Table = dict[_Key, tuple[_Candidate, ...]]


class _Spot(NamedTuple):
    """What may stand at a word of a text.

    Attributes:
        best: The owners of the best rank of which the word alone is a term, by name.
        after: Longer terms and exclusions, by the lemma that must follow the word.
        before: Others, by the lemma that must stand before it.
        rest: All others.
        owners: All owners of which the word alone is a term, best rank first, then by name; a rank and an owner each.
    """

    best: tuple[str, ...]
    after: Mapping[str, Sequence[_Candidate]]
    before: Mapping[str, Sequence[_Candidate]]
    rest: Sequence[_Candidate]
    owners: tuple[tuple[int, str], ...]

    def owners_but(self, banned: set[tuple[str, int]], place: int) -> list[str]:
        """Return the owners of the best rank of those that are not banned from a place."""
        free = [(rank, owner) for rank, owner in self.owners if (owner, place) not in banned]
        return [owner for rank, owner in free if rank == free[0][0]]


def parse_term(written: str) -> Term:
    """Return a term by the notation of this module.

    Raises:
        TaxonomyError: The term holds no word, or a sign where it means nothing.

    Example:
        >>> [piece.word for piece in parse_term("inget svar").pieces]
        ['inget', 'svar']
    """
    body = written.lstrip("=")
    marks = len(written) - len(body)
    if body.isalpha() and marks < len(_FORMS):  # a single word: nearly all terms of a lexicon are
        return Term(written, (Piece(body.lower()[:LONGEST_WORD], _FORMS[marks]),))
    body = body.strip()
    pieces = tuple(piece for chunk in body.split() for piece in _pieces_of(chunk, written))
    if not pieces:
        raise TaxonomyError(f"the term {written!r} holds no word")
    if marks == 0:
        return Term(written, pieces)
    if marks > 2 or len(pieces) > 1 or pieces[0].form is Form.PREFIX:
        raise TaxonomyError(f"the term {written!r}: = or == stands only before a single word without *")
    return Term(written, (Piece(pieces[0].word, _FORMS[marks]),))


def _pieces_of(chunk: str, written: str) -> list[Piece]:
    """Return the words of a term between two blanks: "tv-maino*" is two, of which the last is a beginning."""
    if chunk.isalpha():
        return [Piece(chunk.lower()[:LONGEST_WORD], Form.LEMMA)]
    is_prefix = chunk.endswith("*")
    words = surfaces_of(chunk.removesuffix("*"))
    if "*" in chunk[:-1] or (is_prefix and not words):
        raise TaxonomyError(f"the term {written!r}: * stands only at the end of a word")
    if is_prefix and len(words[-1]) < _SHORTEST_PREFIX:
        raise TaxonomyError(f"the term {written!r}: at least {_SHORTEST_PREFIX} letters stand before *")
    pieces = [Piece(word, Form.LEMMA) for word in words]
    return [*pieces[:-1], Piece(words[-1], Form.PREFIX)] if is_prefix else pieces


class TermIndex:
    """Finds the terms of many owners in texts of one language, in time linear in the words.

    Args:
        language: The language of the terms and the texts.
        terms: The terms of each owner.
        exclusions: Of each owner, the phrases that are no mention of it.
        lemmas: What gives the lemmas, of terms and texts alike.
    """

    def __init__(
        self,
        language: str,
        *,
        terms: Mapping[str, Sequence[str]],
        exclusions: Mapping[str, Sequence[str]],
        lemmas: Lemmas,
    ) -> None:
        self._language = language
        self._lemmas = lemmas
        self._by_lemma: _Table[str] = {}
        self._by_part: _Table[str] = {}
        self._by_parts: _Table[tuple[str, str]] = {}
        self._by_surface: _Table[str] = {}
        self._by_prefix: _Table[str] = {}
        self._neighbours: set[str] = set()
        for written_of, excludes in ((terms, False), (exclusions, True)):
            for owner, some in written_of.items():
                self._add(some, owner, excludes=excludes)
        self._prefix_lengths = sorted({len(prefix) for prefix in self._by_prefix})
        self._spots = Memo(self._meet, _MEMO_WORDS)
        self._near: dict[str, str] = {}

    def find(self, words: Sequence[str]) -> list[Found]:
        """Return the terms found among the surfaces of words, in their order."""
        spots = list(map(self._spots.__getitem__, words))
        near, end = self._near, len(words) - 1
        alone: list[tuple[int, _Spot]] = []
        held: list[tuple[int, _Candidate]] = []
        for place in compress(range(len(words)), spots):
            spot: Any = spots[place]
            best, after, before, candidates, _ = spot
            if best:
                alone.append((place, spot))
            # Most longer terms fail here: the word's neighbour leaves few of them.
            if after and place < end and (some := after.get(near.get(words[place + 1]))):
                candidates = [*candidates, *some]
            if before and place and (some := before.get(near.get(words[place - 1]))):
                candidates = [*candidates, *some]
            if candidates:
                held += [(place, one) for one in candidates if self._holds(one, place, words)]
        if not held:
            return [_make_found((owner, place, place + 1)) for place, spot in alone for owner in spot.best]
        return _chosen(alone, held)

    def _holds(self, candidate: _Candidate, anchor: int, words: Sequence[str]) -> bool:
        """Tell whether the other words of a term stand around its anchor."""
        if anchor < candidate.before or anchor - candidate.before + candidate.length > len(words):
            return False
        for offset, wanted, is_prefix in candidate.others:
            word = words[anchor + offset]
            if not (word.startswith(wanted) if is_prefix else self._near.get(word) == wanted):
                return False
        return True

    def _add(self, terms: Sequence[str], owner: str, *, excludes: bool) -> None:
        """Enter the terms of an owner; those of one word, nearly all of a lexicon's, share their candidates."""
        alone = (_Candidate(owner, 0, 1, (), 0, excludes),)
        as_part = (alone[0]._replace(rank=1),)
        for written in terms:
            if (word := written[2:]).isalpha() and written[:2] == _EXACT:
                _enter(self._by_surface, word.lower()[:LONGEST_WORD], alone)
                continue
            pieces = parse_term(written).pieces
            if len(pieces) > 1:
                self._add_words(pieces, owner, excludes=excludes)
                continue
            word, form = pieces[0]
            if form is Form.EXACT:
                _enter(self._by_surface, word, alone)
            elif form is Form.PREFIX:
                _enter(self._by_prefix, word, alone)
            else:
                lemma = self._lemmas.lemma(word, self._language)
                _enter(self._by_lemma, lemma, alone)
                if parts := self._lemmas.parts(lemma, self._language):
                    _enter(self._by_parts, parts, alone)
                if form is Form.LEMMA:
                    _enter(self._by_part, lemma, as_part)

    def _add_words(self, pieces: Sequence[Piece], owner: str, *, excludes: bool) -> None:
        """Enter a term of several words under the longest, the rarest: so few places of a text are looked at."""
        words = [word if form is Form.PREFIX else self._lemmas.lemma(word, self._language) for word, form in pieces]
        anchor = max(range(len(words)), key=lambda place: len(words[place]))
        others = tuple(
            (place - anchor, word, form is Form.PREFIX)
            for place, (word, (_, form)) in enumerate(zip(words, pieces, strict=True))
            if place != anchor
        )
        self._neighbours.update(word for _, word, is_prefix in others if not is_prefix)
        table = self._by_prefix if pieces[anchor].form is Form.PREFIX else self._by_lemma
        _enter(table, words[anchor], (_Candidate(owner, anchor, len(words), others, 0, excludes),))

    def _meet(self, surface: str) -> _Spot | None:
        """Return what may stand at a word, and keep its lemma if terms of several words ask for it."""
        lemma = self._lemmas.lemma(surface, self._language)
        if lemma in self._neighbours:
            self._near[surface] = lemma
        candidates = self._candidates(surface, lemma)
        return _spot(candidates) if candidates else None

    def _candidates(self, surface: str, lemma: str) -> list[_Candidate]:
        """Return what may stand at a word.

        Compounds that are in no dictionary are compared part by part, so that their forms meet ("nummerflytten"
        is "nummerflytt"). Of a compound that is no term the last part, its head, goes before the first.
        """
        parts = self._lemmas.parts(surface, self._language)
        found = [*self._by_surface.get(surface, ()), *self._by_lemma.get(lemma, ())]
        if parts:
            found += self._by_parts.get(parts, ())
        for length in self._prefix_lengths:
            if length > len(surface):
                break
            found += self._by_prefix.get(surface[:length], ())
        if not any(candidate.is_whole_term for candidate in found):
            for rank, part in enumerate(reversed(parts or ()), start=1):
                found += (candidate._replace(rank=rank) for candidate in self._by_part.get(part, ()))
        return found


def _enter(table: "_Table[_Key]", key: _Key, some: tuple[_Candidate]) -> None:
    held = table.setdefault(key, some)
    if held is not some:
        table[key] = held + some


def _spot(candidates: Sequence[_Candidate]) -> _Spot:
    owners: set[tuple[int, str]] = set()
    after: dict[str, list[_Candidate]] = defaultdict(list)
    before: dict[str, list[_Candidate]] = defaultdict(list)
    rest = []
    for candidate in candidates:
        near = {offset: word for offset, word, is_prefix in candidate.others if not is_prefix}
        if candidate.is_whole_term:
            owners.add((candidate.rank, candidate.owner))
        elif 1 in near:
            after[near[1]].append(candidate)
        elif -1 in near:
            before[near[-1]].append(candidate)
        else:
            rest.append(candidate)
    ranked = tuple(sorted(owners))
    best = tuple(owner for rank, owner in ranked if rank == ranked[0][0])
    return _Spot(best, dict(after), dict(before), rest, ranked)


def _chosen(alone: Sequence[tuple[int, _Spot]], held: Sequence[tuple[int, _Candidate]]) -> list[Found]:
    """Return the terms that no longer one overlaps and no exclusion bans, in the order of the words.

    Args:
        alone: Places with a term of one word.
        held: Longer terms and exclusions, and where their anchors stand.
    """
    hits: list[tuple[int, int, str]] = []
    banned: set[tuple[str, int]] = set()
    for place, candidate in held:
        first = place - candidate.before
        if candidate.excludes:
            banned.update((candidate.owner, first + offset) for offset in range(candidate.length))
        else:
            hits.append((-candidate.length, first, candidate.owner))
    found, taken = _longest(hits, banned)
    for place, spot in alone:
        if place not in taken:
            owners = spot.best if not banned else spot.owners_but(banned, place)
            found += [_make_found((owner, place, place + 1)) for owner in owners]
    return sorted(found, key=_in_order)


def _longest(
    hits: list[tuple[int, int, str]], banned: set[tuple[str, int]]
) -> tuple[list[Found], dict[int, tuple[int, int]]]:
    """Return the hits of several words that no longer one overlaps, and whose each place is; equal ones all stay.

    A hit is the length of a term, negative, its first place, and its owner: parent and child may have the same terms.
    """
    taken: dict[int, tuple[int, int]] = {}
    found = []
    for negative_length, first, owner in sorted(set(hits)):
        claim = (negative_length, first)
        places = range(first, first - negative_length)
        if banned and any((owner, place) in banned for place in places):
            continue
        if not taken or all(taken.get(place, claim) == claim for place in places):
            taken.update(dict.fromkeys(places, claim))
            found.append(Found(owner, first, first - negative_length))
    return found, taken
