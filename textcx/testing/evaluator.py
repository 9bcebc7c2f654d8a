"""Evaluator: says of one mention whether a query matches it, by looking through its words.

It is what stores are measured against, so it shares as little with them as can be: only the words and lemmas.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from textcx.annotation import AnnotatedMention
from textcx.query.tree import (
    And,
    AnyOf,
    DateRange,
    Everything,
    Exact,
    InField,
    Keyword,
    Near,
    Not,
    NumberRange,
    Or,
    Phrase,
    Prefix,
    Query,
    Word,
)
from textcx.store.facts import Facts, attribute_token, facts_of, folded, whole_second
from textcx.words import LANGUAGES, Lemmas, split_words

Run = tuple[int, int]
Operand = Word | Exact | Prefix | Phrase | Near | AnyOf
_TEXT_LANGUAGES = (*LANGUAGES, "und")


@dataclass(frozen=True, slots=True, eq=False)
class _Text:
    """A text as it is looked through, one for all mentions that say the same.

    Attributes:
        words: Its words.
        lemmas: Their lemmas in its language.
        meanings: What each may be asked for by: its lemma, and the parts of a compound.
        language: Its language.
        joined: Its words with a blank before each.
        meant: All its meanings together, so that most texts need no second look.
    """

    words: tuple[str, ...]
    lemmas: tuple[str, ...]
    meanings: tuple[tuple[str, ...], ...]
    language: str
    joined: str
    meant: frozenset[str]


@dataclass(frozen=True, slots=True)
class Read:
    """A mention as it is looked at: its texts in words, its facts, and its keywords as they are compared."""

    texts: Mapping[str, _Text]
    facts: Facts
    keywords: Mapping[str, Collection[str]]
    has_title: bool


Matcher = Callable[[Read], bool]
_Finder = Callable[[_Text], Collection[Run]]
"""Gives where an operand stands in a text: index of the first word and index after the last."""


class Evaluator:
    """Matches queries against mentions one at a time: read each mention once, ask of each query for its matcher.

    Args:
        lemmas: Lemmas and compound parts.
    """

    def __init__(self, lemmas: Lemmas) -> None:
        self._lemmas = lemmas
        self._texts: dict[tuple[str, str], _Text] = {}

    def read(self, annotated: AnnotatedMention, facts: Facts | None = None) -> Read:
        """Return a mention as matchers look at it; its facts are given along where they are known."""
        facts = facts or facts_of(annotated)
        code = annotated.annotations.language.code
        language = code if code in LANGUAGES else "und"
        written = {"text": annotated.mention.text, "title": annotated.mention.title or ""}
        keywords = {name: frozenset(map(folded, values)) for name, values in facts.keywords.items()}
        texts = {field: self._text(one, language) for field, one in written.items()}
        return Read(texts, facts, keywords, has_title=bool(texts["title"].words))

    def matcher(self, query: Query) -> Matcher:
        """Return a function that says whether the query matches a mention."""
        match query:
            case Everything():
                return lambda _: True
            case And(children):
                every = [self.matcher(child) for child in sorted(children, key=_looks_through_words)]
                return _all(every)
            case Or(children):
                some = [self.matcher(child) for child in sorted(children, key=_looks_through_words)]
                return _any(some)
            case Not(child):
                matches_child = self.matcher(child)
                return lambda read: not matches_child(read)
            case InField(field, operand):
                holds = _once(self._finder(operand))
                return lambda read: holds(read.texts[field])
            case Keyword(field, value):
                return _keyword(field, folded(value))
            case NumberRange():
                return _number(query)
            case DateRange(_, start, end):
                return _date(*(None if time is None else whole_second(time) for time in (start, end)))
            case _:
                holds_any = _once(self._finder(query))
                return lambda read: holds_any(read.texts["text"]) or (read.has_title and holds_any(read.texts["title"]))

    def _finder(self, operand: Operand) -> _Finder:
        match operand:
            case Near(left, right, gap, ordered):
                return _near(self._finder(left), self._finder(right), gap, ordered=ordered)
            case AnyOf(operands):
                finders = [self._finder(one) for one in operands]
                return lambda text: {run for find in finders for run in find(text)}
            case Word(word) if len(_words(word)) == 1:
                return self._forms(*_words(word))
            case Word(word):
                return self._lemmas_in_order(_words(word))
            case Phrase(phrase):
                return self._lemmas_in_order([word for written in phrase for word in _words(written)])
            case Exact(word):
                exact = _words(word)
                return lambda text: _sequence(exact, text.words)
            case Prefix(prefix):
                return _begun(*(_words(prefix) or ("",)))

    def _forms(self, asked: str) -> _Finder:
        wanted = {language: self._lemmas.lemma(asked, language) for language in _TEXT_LANGUAGES}

        def find(text: _Text) -> Collection[Run]:
            lemma = wanted[text.language]
            if lemma not in text.meant:
                return ()
            return [(at, at + 1) for at, meanings in enumerate(text.meanings) if lemma in meanings]

        return find

    def _lemmas_in_order(self, asked: Sequence[str]) -> _Finder:
        wanted = {language: [self._lemmas.lemma(word, language) for word in asked] for language in _TEXT_LANGUAGES}
        return lambda text: _sequence(wanted[text.language], text.lemmas)

    def _text(self, written: str, language: str) -> _Text:
        if (written, language) not in self._texts:
            self._texts[written, language] = self._looked_through(written, language)
        return self._texts[written, language]

    def _looked_through(self, written: str, language: str) -> _Text:
        words = _words(written)
        lemmas = tuple(self._lemmas.lemma(word, language) for word in words)
        parts = [self._lemmas.parts(word, language) or () for word in words]
        meanings = tuple((lemma, *two) for lemma, two in zip(lemmas, parts, strict=True))
        joined = "".join(f" {word}" for word in words)
        return _Text(words, lemmas, meanings, language, joined, frozenset(chain.from_iterable(meanings)))


def _once(find: _Finder) -> Callable[[_Text], bool]:
    """Return what says whether a text holds an operand; each text is looked through once a query."""
    known: dict[_Text, bool] = {}

    def holds(text: _Text) -> bool:
        found = known.get(text)
        if found is None:
            found = known[text] = bool(find(text))
        return found

    return holds


def _all(matchers: Sequence[Matcher]) -> Matcher:
    def matches(read: Read) -> bool:
        for one in matchers:  # noqa: SIM110 - `all` takes twice as long, millions of times
            if not one(read):
                return False
        return True

    return matches


def _any(matchers: Sequence[Matcher]) -> Matcher:
    def matches(read: Read) -> bool:
        for one in matchers:  # noqa: SIM110 - as above
            if one(read):
                return True
        return False

    return matches


def _looks_through_words(query: Query) -> bool:
    """Say whether a condition looks through words: those that only look at a fact are asked before it."""
    return not isinstance(query, Everything | Keyword | NumberRange | DateRange)


def _words(written: str) -> tuple[str, ...]:
    return tuple(word.surface for word in split_words(written))


def _near(find_left: _Finder, find_right: _Finder, gap: int, *, ordered: bool) -> _Finder:
    def find(text: _Text) -> set[Run]:
        lefts = find_left(text)
        rights = find_right(text) if lefts else ()
        pairs = [(one, other) for one in lefts for other in rights]
        if not ordered:
            pairs += [(other, one) for one, other in pairs]
        return {(one[0], other[1]) for one, other in pairs if 0 <= other[0] - one[1] <= gap}

    return find


def _begun(*prefix: str) -> _Finder:
    *opening, last = prefix

    def find(text: _Text) -> Collection[Run]:
        if not last or f" {last}" not in text.joined:
            return ()
        begun = [(at, at + 1) for at, word in enumerate(text.words) if word.startswith(last)]
        if not opening:
            return begun
        before = _sequence(opening, text.words)
        return {(one[0], other[1]) for one in before for other in begun if one[1] == other[0]}

    return find


def _sequence(wanted: Sequence[str], words: Sequence[str]) -> Collection[Run]:
    length = len(wanted)
    if length == 0 or wanted[0] not in words:
        return ()
    return [
        (first, first + length)
        for first, word in enumerate(words)
        if word == wanted[0] and list(words[first : first + length]) == list(wanted)
    ]


def _keyword(field: str, value: str) -> Matcher:
    if field.startswith("attr."):
        token = folded(attribute_token(field.removeprefix("attr."), value))
        return lambda read: token in read.keywords.get("attr", ())
    if field == "lang" and value == "no":
        return lambda read: not {"nb", "nn"}.isdisjoint(read.keywords.get("lang", ()))
    if field == "thread":
        return lambda read: value == read.facts.id or value in read.keywords.get("thread", ())
    fields = {"touchpoint": ("touchpoint", "touchpoint_polarity"), "stage": ("stage", "stage_polarity")}
    names = fields.get(field, (field,))
    if len(names) == 1:
        return lambda read: value in read.keywords.get(field, ())
    return lambda read: any(value in read.keywords.get(name, ()) for name in names)


def _number(wanted: NumberRange) -> Matcher:
    low, high = wanted.low, wanted.high

    def matches(read: Read) -> bool:
        number = read.facts.numbers.get(wanted.field)
        if number is None:
            return False
        is_above = low is None or number > low or (wanted.includes_low and number == low)
        return is_above and (high is None or number < high or (wanted.includes_high and number == high))

    return matches


def _date(start: int | None, end: int | None) -> Matcher:
    def matches(read: Read) -> bool:
        seconds = read.facts.seconds
        return seconds is not None and (start is None or seconds >= start) and (end is None or seconds < end)

    return matches
