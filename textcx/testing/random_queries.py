"""Random queries: trees of every kind, about words and values that random mentions have, and some that none has."""

from collections.abc import Sequence
from random import Random
from typing import get_args

from textcx.annotation import EmotionName, Polarity, SignalName
from textcx.mention import Kind, Voice
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
from textcx.testing.builders import id_of
from textcx.testing.random_mentions import (
    ATTRIBUTES,
    AUTHORS,
    BRANDS,
    COUNTRIES,
    SENTENCES,
    SOURCES,
    TIMES,
    TOPICS,
    TOUCHPOINTS,
)
from textcx.words import split_words

SingleOperand = Word | Exact | Prefix | Phrase
_RUNS = [[word.surface for word in split_words(sentence)] for some in SENTENCES.values() for sentence in some]
_WORDS = sorted({word for run in _RUNS for word in run})
# Base forms, parts of compounds, two words written as one, words that no sentence has, and no word at all.
_OTHER_WORDS = (
    "leverans", "tid", "kund", "tjänst", "pris", "svar", "vecka", "levering", "service", "vare", "toimitus", "aika",
    "asiakas", "palvelu", "hinta", "vastaus", "answer", "be", "price", "minute", "e-mail", "e-post", "check-in",
    "zebra", "😡", "👍", "5", "...", "",
)  # fmt: skip
_GAPS = (0, 0, 1, 2, 3, 5, 10)
_NUMBERS = {
    "stars": (-2.0, -0.0, 0.0, 1.0, 2.0, 3.5, 5.0, 10.0),
    "nps": (0.0, 6.0, 7.0, 9.0, 10.0),
    "csat": (1.0, 3.0, 4.0, 50.0),
    "ces": (1.0, 2.5, 7.0),
    "nki": (0.0, 33.3, 50.0, 75.0, 100.0),
}
_KEYWORDS = {
    "brand": tuple(brand for brand in BRANDS if brand),
    "source": SOURCES,
    "kind": get_args(Kind),
    "voice": get_args(Voice),
    "lang": (*SENTENCES, "no", "und", "de"),
    "sentiment": get_args(Polarity),
    "emotion": get_args(EmotionName),
    "signal": get_args(SignalName),
    "touchpoint": tuple(written.partition(":")[2] for written in TOUCHPOINTS),
    "stage": tuple(written.partition(":")[0] for written in TOUCHPOINTS),
    "topic": TOPICS,
    "country": tuple(country for country in COUNTRIES if country),
    "author": tuple(author for author in AUTHORS if author),
    "thread": tuple(id_of(str(number)) for number in range(40)),
}


def random_query(chance: Random, *, depth: int = 3, runs: Sequence[Sequence[str]] = _RUNS) -> Query:
    """Return a query.

    Args:
        chance: The same state gives the same query.
        depth: At most so deep.
        runs: Words of sentences that it may ask for; those of random mentions unless others are given.
    """
    if depth > 1 and chance.random() < 0.5:
        children = tuple(random_query(chance, depth=depth - 1, runs=runs) for _ in range(chance.choice((1, 2, 2, 3))))
        branch: Query = chance.choice((And(children), And(children), Or(children), Or(children), Not(children[0])))
        return branch
    leaf = chance.random()
    if leaf < 0.02:
        return Everything()
    if leaf < 0.55:
        operand = _near(chance, runs) if chance.random() < 0.4 else _operand(chance, chance.choice(runs))
        return InField(chance.choice(("text", "title")), operand) if chance.random() < 0.2 else operand
    if leaf < 0.8:
        return _keyword(chance)
    return _number_range(chance) if leaf < 0.9 else _date_range(chance)


def _near(chance: Random, runs: Sequence[Sequence[str]]) -> Near:
    left, right = (
        AnyOf(tuple(_operand(chance, chance.choice(runs)) for _ in range(chance.randint(1, 3))))
        if chance.random() < 0.3
        else one
        for one in _neighbours(chance, runs)
    )
    return Near(left, right, chance.choice(_GAPS), ordered=chance.random() < 0.5)


def _neighbours(chance: Random, runs: Sequence[Sequence[str]]) -> tuple[SingleOperand, SingleOperand]:
    """Return two operands that stand in one sentence, in either order."""
    run = chance.choice(runs)
    return _operand(chance, run), _operand(chance, run)


def _operand(chance: Random, run: Sequence[str]) -> SingleOperand:
    word = chance.choice(_OTHER_WORDS) if chance.random() < 0.2 else chance.choice(run)
    kind = chance.random()
    if kind < 0.4:
        return Word(word.upper() if chance.random() < 0.1 else word)
    if kind < 0.55:
        return Exact(chance.choice(_WORDS) if chance.random() < 0.2 else word)
    if kind < 0.75:
        return Prefix(word[: chance.randint(3, 6)])
    first = chance.randrange(len(run))
    return Phrase(tuple(run[first : first + chance.randint(1, 3)]))


def _keyword(chance: Random) -> Keyword:
    if chance.random() < 0.15:
        name, value = chance.choice(ATTRIBUTES)
        return Keyword(f"attr.{name}", value)
    field = chance.choice(list(_KEYWORDS))
    value = chance.choice(_KEYWORDS[field])
    if field in ("touchpoint", "stage") and chance.random() < 0.6:
        value = f"{value}/{chance.choice(get_args(Polarity))}"
    return Keyword(field, chance.choice((value, value, value.upper(), value.lower())))


def _number_range(chance: Random) -> NumberRange:
    field = chance.choice(list(_NUMBERS))
    low, high = (None if chance.random() < 0.3 else chance.choice(_NUMBERS[field]) for _ in range(2))
    return NumberRange(field, low, high, includes_low=chance.random() < 0.7, includes_high=chance.random() < 0.7)


def _date_range(chance: Random) -> DateRange:
    start, end = (None if chance.random() < 0.3 else chance.choice(TIMES) for _ in range(2))
    return DateRange("published", start, end)
