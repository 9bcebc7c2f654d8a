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
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import NamedTuple

from textcx.errors import TaxonomyError
from textcx.words import Lemmas, Word, surfaces_of

_MEMO_WORDS = 60_000
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
        self._candidates: dict[str, tuple[_Candidate, ...]] = {}  # of words met; a plain dict is the quickest to ask

    def find(self, words: Sequence[Word], lemmas: Sequence[str]) -> list[Found]:
        """Return the terms found, in the order of the words."""
        hits: list[tuple[int, int, int, str]] = []
        banned: set[tuple[str, int]] = set()
        met = self._candidates
        for place, word in enumerate(words):
            candidates = met.get(word[0])
            if candidates is None:
                candidates = self._meet(word[0])
            for candidate in candidates:
                if candidate.others and not _holds(candidate, place, words, lemmas):
                    continue
                first = place - candidate.before
                if candidate.excludes:
                    banned.update((candidate.owner, first + offset) for offset in range(candidate.length))
                else:
                    hits.append((-candidate.length, candidate.rank, first, candidate.owner))
        return _longest(hits, banned) if hits else []

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

    def _meet(self, surface: str) -> tuple[_Candidate, ...]:
        if len(self._candidates) >= _MEMO_WORDS:
            self._candidates.clear()
        candidates = self._candidates[surface] = self._find_candidates(surface)
        return candidates

    def _find_candidates(self, surface: str) -> tuple[_Candidate, ...]:
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
        return tuple(found)


def _holds(candidate: _Candidate, anchor: int, words: Sequence[Word], lemmas: Sequence[str]) -> bool:
    """Tell whether the other words of a term stand around its anchor."""
    if anchor < candidate.before or anchor - candidate.before + candidate.length > len(words):
        return False
    for offset, wanted, is_prefix in candidate.others:
        place = anchor + offset
        if not (words[place].surface.startswith(wanted) if is_prefix else lemmas[place] == wanted):
            return False
    return True


def _longest(hits: list[tuple[int, int, int, str]], banned: set[tuple[str, int]]) -> list[Found]:
    """Return the hits that no longer or whole one overlaps; equal ones (parent and child) all stay."""
    taken: dict[int, tuple[int, int, int]] = {}
    found: set[Found] = set()
    for negative_length, rank, first, owner in sorted(hits):
        claim = (negative_length, rank, first)
        if negative_length == -1:
            if (owner, first) not in banned and taken.setdefault(first, claim) == claim:
                found.add(Found(owner, first, first + 1))
            continue
        places = range(first, first - negative_length)
        is_banned = any((owner, place) in banned for place in places)
        if not is_banned and all(taken.get(place, claim) == claim for place in places):
            taken.update(dict.fromkeys(places, claim))
            found.add(Found(owner, first, first - negative_length))
    return sorted(found, key=lambda one: (one.first, one.last, one.owner))
