"""Meaning: a query divided into what it is about, in words, and which mentions may be found."""

from collections.abc import Iterator
from dataclasses import dataclass

from textcx.errors import RequestError
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


@dataclass(frozen=True, slots=True)
class Meant:
    """What a search by meaning is after.

    Attributes:
        text: The words it is about, in their order.
        scope: Which mentions may be found.
    """

    text: str
    scope: Query


def divide(query: Query) -> Meant:
    """Return what a query is about and which mentions may be.

    Its words, phrases and NEAR are what it is about. Fields, dates and all that is excluded say which mentions may be.

    Raises:
        RequestError: It has no words, or has them where no meaning can be read.

    Example:
        >>> divide(And((Word("sen"), Keyword("brand", "Acme"), Word("leverans"))))
        Meant(text='sen leverans', scope=Keyword(field='brand', value='Acme'))
    """
    words: list[str] = []
    scope: list[Query] = []
    _divide(query, words, scope)
    if not words:
        raise RequestError("A search by meaning needs words that say what it is about; fields alone say nothing.")
    return Meant(" ".join(words), _all_of(scope))


def scope_alone(query: Query) -> Query:
    """Return a query that may name fields and exclude, where what it is about is known already.

    Raises:
        RequestError: It has words.
    """
    words: list[str] = []
    scope: list[Query] = []
    _divide(query, words, scope)
    if words:
        raise RequestError("What is near a mention is told by the mention: q may name fields here, and no words.")
    return _all_of(scope)


def _divide(query: Query, words: list[str], scope: list[Query]) -> None:
    match query:
        case Everything():
            return
        case And(children):
            for child in children:
                _divide(child, words, scope)
        case Or(children) if all(_is_about(child) for child in children):
            for child in children:
                words += _words(child)
        case Or(children) if any(_is_about(child) for child in _leaves(children)):
            raise RequestError(
                "A search by meaning cannot be about words OR fields: give the words by themselves, and the fields too."
            )
        case Or() | Not() | Keyword() | NumberRange() | DateRange():
            scope.append(query)
        case _:
            words += _words(query)


def _is_about(query: Query) -> bool:
    return isinstance(query, Word | Exact | Phrase | Near | InField | Prefix)


def _leaves(children: tuple[Query, ...]) -> Iterator[Query]:
    """Give all that stands in an OR, but not what is excluded."""
    for child in children:
        match child:
            case And(inner) | Or(inner):
                yield from _leaves(inner)
            case _:
                yield child


def _words(operand: Query | AnyOf) -> list[str]:
    match operand:
        case Word(word) | Exact(word):
            return [word]
        case Phrase(words):
            return list(words)
        case Near(left, right):
            return _words(left) + _words(right)
        case AnyOf(operands):
            return [word for one in operands for word in _words(one)]
        case InField(_, inner):
            return _words(inner)
        case Prefix(prefix):
            raise RequestError(f"A search by meaning needs whole words: write out {prefix!r}*.")
    return []


def _all_of(scope: list[Query]) -> Query:
    if not scope:
        return Everything()
    return scope[0] if len(scope) == 1 else And(tuple(scope))
