"""Terms: how a taxonomy file writes the words of a touchpoint, and where they stand in a text.

    leverans          any form of the word, also as a part of a compound ("leveranstiden")
    =app              any form of the word, but no compound
    ==lager           these very letters: no other form, no compound
    toimitu*          every word that begins so
    inget svar        words in a row: each by its lemma, or with a trailing * by its beginning

Where terms overlap the longest wins, and a whole word wins over a part of a compound.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from operator import itemgetter
from typing import NamedTuple

from textcx.errors import TaxonomyError
from textcx.words import Lemmas, Word, surfaces_of

_MEMO_WORDS = 60_000
_surface = itemgetter(0)
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


@dataclass(frozen=True, slots=True)
class _Candidate:
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


class _Spot(NamedTuple):
    """What may stand at a word of a text.

    Attributes:
        owners: Those of which the word alone is a term, best rank first, then by name; a rank and an owner each.
        best: The owners of the best rank.
        after: Longer terms and exclusions, by the lemma that must follow the word.
        before: Others, by the lemma that must stand before it.
        rest: All others.
        is_alone: There is no longer term and no exclusion.
    """

    owners: tuple[tuple[int, str], ...]
    best: tuple[str, ...]
    after: Mapping[str, Sequence[_Candidate]]
    before: Mapping[str, Sequence[_Candidate]]
    rest: Sequence[_Candidate]
    is_alone: bool

    def candidates(self, place: int, words: int, lemmas: Sequence[str]) -> list[_Candidate]:
        """Return the longer terms and exclusions that may stand around a place: its neighbour leaves few of them."""
        found = list(self.rest)
        if self.after and place + 1 < words:
            found += self.after.get(lemmas[place + 1], ())
        if self.before and place:
            found += self.before.get(lemmas[place - 1], ())
        return found

    def owners_at(self, place: int, banned: set[tuple[str, int]]) -> tuple[str, ...]:
        """Return the owners of the best rank that are not banned from a place."""
        if not banned:
            return self.best
        free = [(rank, owner) for rank, owner in self.owners if (owner, place) not in banned]
        return tuple(owner for rank, owner in free if rank == free[0][0])


class _Spots(dict[str, _Spot | None]):
    """What may stand at the words met, None for nothing; found out when a word is first met."""

    def __init__(self, find: Callable[[str], list[_Candidate]]) -> None:
        self._find = find

    def __missing__(self, surface: str) -> _Spot | None:
        if len(self) >= _MEMO_WORDS:
            self.clear()
        found = self._find(surface)
        spot = self[surface] = _spot(found) if found else None
        return spot


def parse_term(written: str) -> Term:
    """Return a term by the notation of this module.

    Raises:
        TaxonomyError: The term holds no word, or a sign where it means nothing.

    Example:
        >>> [piece.word for piece in parse_term("inget svar").pieces]
        ['inget', 'svar']
    """
    marks = len(written) - len(written.lstrip("="))
    body = written[marks:].strip()
    pieces = tuple(piece for chunk in body.split() for piece in _pieces_of(chunk, written))
    if not pieces:
        raise TaxonomyError(f"the term {written!r} holds no word")
    if marks == 0:
        return Term(written, pieces)
    if marks > 2 or len(pieces) > 1 or pieces[0].form is Form.PREFIX:
        raise TaxonomyError(f"the term {written!r}: = or == stands only before a single word without *")
    return Term(written, (Piece(pieces[0].word, Form.WHOLE if marks == 1 else Form.EXACT),))


def _pieces_of(chunk: str, written: str) -> list[Piece]:
    """Return the words of a term between two blanks: "tv-maino*" is two, of which the last is a beginning."""
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
        self._by_lemma: dict[str, list[_Candidate]] = defaultdict(list)
        self._by_part: dict[str, list[_Candidate]] = defaultdict(list)
        self._by_parts: dict[tuple[str, ...], list[_Candidate]] = defaultdict(list)
        self._by_surface: dict[str, list[_Candidate]] = defaultdict(list)
        self._by_prefix: dict[str, list[_Candidate]] = defaultdict(list)
        for written_of, excludes in ((terms, False), (exclusions, True)):
            for owner, some in written_of.items():
                for written in some:
                    self._add(owner, parse_term(written), excludes=excludes)
        self._prefix_lengths = sorted({len(prefix) for prefix in self._by_prefix})
        self._spots = _Spots(self._candidates)

    def find(self, words: Sequence[Word], lemmas: Sequence[str]) -> list[Found]:
        """Return the terms found, in the order of the words."""
        spots = map(self._spots.__getitem__, map(_surface, words))
        met = [(place, spot) for place, spot in enumerate(spots) if spot]
        hits: list[tuple[int, int, str]] = []
        banned: set[tuple[str, int]] = set()
        for place, spot in met:
            for candidate in () if spot.is_alone else spot.candidates(place, len(words), lemmas):
                if not _holds(candidate, place, words, lemmas):
                    continue
                first = place - candidate.before
                if candidate.excludes:
                    banned.update((candidate.owner, first + offset) for offset in range(candidate.length))
                else:
                    hits.append((-candidate.length, first, candidate.owner))
        found, taken = _longest(hits, banned) if hits else (set(), {})
        for place, spot in met:
            if spot.owners and place not in taken:
                found.update([Found(owner, place, place + 1) for owner in spot.owners_at(place, banned)])
        return sorted(found, key=_in_order)

    def _add(self, owner: str, term: Term, *, excludes: bool) -> None:
        """Enter a term under its longest word: that is the rarest, so few places of a text are looked at."""
        pieces = [
            Piece(self._lemmas.lemma(word, self._language), form)
            if form in (Form.LEMMA, Form.WHOLE)
            else Piece(word, form)
            for word, form in term.pieces
        ]
        before = max(range(len(pieces)), key=lambda place: len(pieces[place].word))
        others = tuple(
            (place - before, word, form is Form.PREFIX) for place, (word, form) in enumerate(pieces) if place != before
        )
        anchor, form = pieces[before]
        tables = {Form.EXACT: self._by_surface, Form.PREFIX: self._by_prefix}
        tables.get(form, self._by_lemma)[anchor].append(_Candidate(owner, before, len(pieces), others, 0, excludes))
        if others or form not in (Form.LEMMA, Form.WHOLE):
            return
        if parts := self._lemmas.parts(anchor, self._language):
            self._by_parts[parts].append(_Candidate(owner, 0, 1, (), 0, excludes))
        if form is Form.LEMMA:
            self._by_part[anchor].append(_Candidate(owner, 0, 1, (), 1, excludes))

    def _candidates(self, surface: str) -> list[_Candidate]:
        """Return what may stand at a word.

        Compounds that are in no dictionary are compared part by part, so that their forms meet ("nummerflytten"
        is "nummerflytt"). Of a compound that is no term the last part, its head, goes before the first.
        """
        lemma = self._lemmas.lemma(surface, self._language)
        parts = self._lemmas.parts(surface, self._language) or ()
        found = [*self._by_surface.get(surface, ()), *self._by_lemma.get(lemma, ()), *self._by_parts.get(parts, ())]
        for length in self._prefix_lengths:
            if length > len(surface):
                break
            found += self._by_prefix.get(surface[:length], ())
        if not any(candidate.is_whole_term for candidate in found):
            for rank, part in enumerate(reversed(parts), start=1):
                found += (replace(candidate, rank=rank) for candidate in self._by_part.get(part, ()))
        return found


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
    return _Spot(ranked, best, dict(after), dict(before), rest, is_alone=not (after or before or rest))


def _holds(candidate: _Candidate, anchor: int, words: Sequence[Word], lemmas: Sequence[str]) -> bool:
    """Tell whether the other words of a term stand around its anchor."""
    if anchor < candidate.before or anchor - candidate.before + candidate.length > len(words):
        return False
    for offset, wanted, is_prefix in candidate.others:
        place = anchor + offset
        if not (words[place].surface.startswith(wanted) if is_prefix else lemmas[place] == wanted):
            return False
    return True


def _longest(
    hits: list[tuple[int, int, str]], banned: set[tuple[str, int]]
) -> tuple[set[Found], dict[int, tuple[int, int]]]:
    """Return the hits of several words that no longer one overlaps, and whose each place is; equal ones all stay.

    A hit is the length of a term, negative, its first place, and its owner: parent and child may have the same terms.
    """
    taken: dict[int, tuple[int, int]] = {}
    found: set[Found] = set()
    for negative_length, first, owner in sorted(hits):
        claim = (negative_length, first)
        places = range(first, first - negative_length)
        is_banned = any((owner, place) in banned for place in places)
        if not is_banned and all(taken.get(place, claim) == claim for place in places):
            taken.update(dict.fromkeys(places, claim))
            found.add(Found(owner, first, first - negative_length))
    return found, taken
