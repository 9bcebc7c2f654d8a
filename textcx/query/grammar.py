"""Grammar: a query's text to its tree, by recursive descent in linear time (DECISIONS no. 13).

```
query   = [ or ]                                  the empty query matches everything
or      = and { "OR" and }
and     = near { [ "AND" ] near }
near    = not [ ( "NEAR/n" | "ONEAR/n" ) not ]    exactly two text operands, n from 0 to 10
not     = { "NOT" | "-" } primary
primary = "(" or ")" | field | word | prefix "*" | '"' phrase '"' | '="' exact '"' | "*"
field   = name ":" ( value | "(" or ")" )         inside these parentheses a value stands for the field with it
```

So NOT binds more tightly than NEAR, NEAR than AND, AND than OR. Nothing is passed over: what cannot be used is an error
with its position and what was expected there. `textcx/query/README.md` explains the language to people.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, tzinfo
from typing import NamedTuple

from textcx.errors import QueryFault, QuerySyntaxError
from textcx.query.fields import ATTRIBUTE_PREFIX, FIELDS, SAVED_QUERY, FieldOfQuery, find_field
from textcx.query.lexer import Token, TokenKind, tokenize
from textcx.query.limits import LARGEST_GAP, check_characters, check_count, check_depth
from textcx.query.names import named_among, one_of, shown
from textcx.query.tree import And, Everything, InField, Near, Not, Or, Query
from textcx.query.values import Vocabulary, read_value
from textcx.query.words import read_exact, read_operand, read_phrase, read_word

_GAP = re.compile("/([0-9]|10)")
_NEARS: tuple[TokenKind, ...] = ("near", "onear")
_OPENERS: tuple[TokenKind, ...] = ("open", "not", "field", "exact", "word", "value", "quoted", "unclosed")
_CONTINUING: tuple[TokenKind, ...] = ("and", *_OPENERS)
_SOLID: tuple[TokenKind, ...] = ("word", "value", "quoted")
_EXPECTED_OPERAND = "a word, a phrase, a field such as brand: or an opening parenthesis"


def parse(
    text: str,
    *,
    touchpoints: Iterable[str],
    stages: Iterable[str],
    timezone: tzinfo = UTC,
    saved: Mapping[str, str] | None = None,
    topics: Iterable[str] = (),
) -> Query:
    """Return the tree of a query.

    Args:
        text: The query as written.
        touchpoints: Ids that `touchpoint:` may name.
        stages: Names that `stage:` may name.
        timezone: In whose calendar dates are meant.
        saved: Texts of the saved queries that `query:` may name.
        topics: Ids and labels that `topic:` may name; without any, whatever is written.

    Raises:
        QuerySyntaxError: It does not follow the grammar, names what there is not, or is over a limit.

    Example:
        >>> parse("leverans* -lang:en", touchpoints=(), stages=())
        And(children=(Prefix(prefix='leverans'), Not(child=Keyword(field='lang', value='en'))))
    """
    known = Vocabulary(tuple(touchpoints), tuple(stages), timezone, saved or {}, tuple(topics))
    return _Parser(text, known, {}).query()


class _Expansion(NamedTuple):
    """A saved query, parsed once however often it is named."""

    tree: Query
    clauses: int
    depth: int


class _Parser:
    """Reads one query; a saved query is read by a parser of its own that begins as deep as it is named.

    Args:
        text: The query.
        known: What it may name.
        expansions: The saved queries that were read so far.
        depth: How deep it begins.
        path: The saved queries that lead here.
    """

    def __init__(
        self,
        text: str,
        known: Vocabulary,
        expansions: dict[str, _Expansion],
        *,
        depth: int = 0,
        path: tuple[str, ...] = (),
    ) -> None:
        check_characters(text)
        self._known = known
        self._expansions = expansions
        self._path = path
        self._tokens = tokenize(text)
        self._token = next(self._tokens)
        self._depth = depth
        self.deepest = depth
        self.clauses = 0

    def query(self) -> Query:
        if self._is("end"):
            return Everything()
        tree = self._or(None)
        if not self._is("end"):
            raise self._wrong("No parenthesis is open", "a word, AND, OR or the end", "unopened")
        return tree

    def _or(self, field: FieldOfQuery | None) -> Query:
        children = [self._and(field)]
        while self._is("or"):
            self._take()
            children.append(self._and(field))
        return children[0] if len(children) == 1 else Or(tuple(children))

    def _and(self, field: FieldOfQuery | None) -> Query:
        children = [self._near(field)]
        while self._is(*_CONTINUING):
            if self._is("and"):
                self._take()
            children.append(self._near(field))
        return children[0] if len(children) == 1 else And(tuple(children))

    def _near(self, field: FieldOfQuery | None) -> Query:
        start = self._token.start
        node = self._not(field)
        if not self._is(*_NEARS):
            return node
        left, near = read_operand(node, start), self._take()
        gap, start = _gap(near), self._token.start
        right = read_operand(self._not(field), start)
        if self._is(*_NEARS):
            raise self._wrong("NEAR has exactly two sides", "AND, OR or the end", "near_sides")
        return Near(left, right, gap, ordered=near.kind == "onear")

    def _not(self, field: FieldOfQuery | None) -> Query:
        if not self._is("not"):
            return self._primary(field)
        self._descend()
        self._take()
        child = self._not(field)
        self._depth -= 1
        return Not(child)

    def _primary(self, field: FieldOfQuery | None) -> Query:
        match self._token.kind:
            case "open":
                return self._group(field)
            case "field":
                return self._field(field)
            case "exact":
                end = self._take().end
                if self._token.start != end or not self._is("word", "quoted"):
                    raise self._wrong("Nothing stands after the =", 'a word, as in ="word"', "empty_exact")
                return read_exact(self._clause())
            case "word" if self._token.text == "*" and field is None:
                self._clause()
                return Everything()
            case "word":
                return read_word(self._clause())
            case "quoted" if field is None or field.type == "text":
                return read_phrase(self._clause())
            case "value" | "quoted" if field is not None:
                return read_value(field, self._clause(), self._known)
            case "unclosed":
                opened = f"The quote opened at {self._token.start} is not closed"
                raise QuerySyntaxError(
                    opened,
                    position=self._token.end,
                    expected="a closing quote",
                    kind="unclosed_quote",
                    opened=self._token.start,
                )
        raise self._unfitting(field)

    def _group(self, field: FieldOfQuery | None) -> Query:
        self._descend()
        opened = self._take()
        tree = self._or(field)
        if not self._is("close"):
            message = f"The parenthesis opened at {opened.start} is not closed"
            raise self._wrong(message, "a closing parenthesis", "unclosed", opened=opened.start)
        self._take()
        self._depth -= 1
        return tree

    def _field(self, outer: FieldOfQuery | None) -> Query:
        named = self._token
        if outer is not None:
            message = f"No field can stand inside {outer.name}:( )"
            raise self._wrong(message, _expected(outer), "field_in_field", field=outer.name)
        is_saved = named.text.lower() == SAVED_QUERY
        field = None if is_saved else find_field(named.text)
        if field is None and not is_saved:
            raise _unknown_field(named)
        self._take()
        if self._token.start != named.end or self._is("close", "end"):
            expected = f"a value directly after the colon, as in {field.example if field else 'query:NAME'}"
            message = f"{named.text}: has no value"
            raise QuerySyntaxError(
                message, position=named.end, expected=expected, kind="missing_value", field=named.text
            )
        if field is None:
            return self._saved()
        node = self._primary(field)
        return _in_field(field.name, node) if field.type == "text" else node

    def _saved(self) -> Query:
        token = self._token
        if not self._is("value", "quoted"):
            raise self._wrong("A saved query is named alone", "one name, as in query:NAME", "saved_alone")
        if token.text not in self._known.saved:
            names = self._known.saved
            expected = one_of(names, token.text) if names else "a query without query:, since none is saved"
            message = f"There is no saved query {shown(token.text)}"
            raise self._wrong(message, expected, "unknown_saved", **named_among(names, token.text))
        if token.text in self._path:
            circle = " > ".join((*self._path[self._path.index(token.text) :], token.text))
            message = "Saved queries name one another in a circle"
            raise self._wrong(message, f"an end to {circle}", "saved_broken", name=token.text)
        self._descend()
        expansion = self._expansions.get(token.text) or self._expand(token)
        self._take()
        self._count(expansion.clauses, token.start)
        self._reach(self._depth + expansion.depth, token.start)
        self._depth -= 1
        return expansion.tree

    def _expand(self, token: Token) -> _Expansion:
        name = token.text
        try:
            inner = _Parser(
                self._known.saved[name], self._known, self._expansions, depth=self._depth, path=(*self._path, name)
            )
            tree = inner.query()
        except QuerySyntaxError as error:
            message = f"The saved query {shown(name)} cannot be read ({str(error).rstrip('.')})"
            expected = "a saved query without errors"
            raise QuerySyntaxError(
                message, position=token.start, expected=expected, kind="saved_broken", name=name
            ) from error
        expansion = _Expansion(tree, max(1, inner.clauses), inner.deepest - self._depth)
        self._expansions[name] = expansion
        return expansion

    def _is(self, *kinds: TokenKind) -> bool:
        return self._token.kind in kinds

    def _take(self) -> Token:
        """Return the token and go to the next, which must not stick to this one where neither is a sign."""
        token = self._token
        self._token = next(self._tokens)
        if token.kind in _SOLID and self._token.start == token.end and not self._is("open", "close", "end"):
            raise self._wrong("A quote sticks to a word", "a blank between them", "sticking_quote")
        return token

    def _clause(self) -> Token:
        self._count(1, self._token.start)
        return self._take()

    def _count(self, clauses: int, position: int) -> None:
        self.clauses += clauses
        check_count(self.clauses, position)

    def _descend(self) -> None:
        self._depth += 1
        self._reach(self._depth, self._token.start)

    def _reach(self, depth: int, position: int) -> None:
        self.deepest = max(self.deepest, depth)
        check_depth(depth, position)

    def _unfitting(self, field: FieldOfQuery | None) -> QuerySyntaxError:
        """Return the error where something else than this token, or than the end, must stand."""
        is_end = self._is("end")
        kind: QueryFault
        if field is None:
            kind = "missing" if is_end else "misplaced"
        else:
            kind = "missing_value" if is_end else "misplaced_value"
        message = "Something is missing" if is_end else "This cannot stand here"
        return self._wrong(message, _expected(field), kind, **({"field": field.name} if field else {}))

    def _wrong(self, message: str, expected: str, kind: QueryFault, **named: str | int) -> QuerySyntaxError:
        return QuerySyntaxError(message, position=self._token.start, expected=expected, kind=kind, **named)


def _gap(near: Token) -> int:
    word, slash, number = near.text.partition("/")
    match = _GAP.fullmatch(slash + number)
    if match is None:
        expected = f"{word}/n with n from 0 to {LARGEST_GAP}, the words between the two sides"
        message = f"{shown(near.text)} is no distance"
        raise QuerySyntaxError(
            message, position=near.start, expected=expected, kind="near_distance", name=word, most=LARGEST_GAP
        )
    return int(match[1])


def _in_field(field: str, node: Query) -> Query:
    """Return what stood in the parentheses of a text field, each text operand as one of that field."""
    match node:
        case And(children):
            return And(tuple(_in_field(field, child) for child in children))
        case Or(children):
            return Or(tuple(_in_field(field, child) for child in children))
        case Not(child):
            return Not(_in_field(field, child))
        case _:
            return InField(field, node)  # type: ignore[arg-type]  # only text operands stand there


def _unknown_field(named: Token) -> QuerySyntaxError:
    if not named.text:
        expected = "a field, or the colon in quotes"
        return QuerySyntaxError("A colon has no field", position=named.start, expected=expected, kind="colon_alone")
    names = (*(field.name for field in FIELDS), f"{ATTRIBUTE_PREFIX}NAME", SAVED_QUERY)
    expected = f"{one_of(names, named.text)}; words with a colon stand in quotes"
    message = f"There is no field {shown(named.text)}"
    among = named_among(names, named.text)
    return QuerySyntaxError(message, position=named.start, expected=expected, kind="unknown_field", **among)


def _expected(field: FieldOfQuery | None) -> str:
    if field is None:
        return _EXPECTED_OPERAND
    return "a word or a phrase" if field.type == "text" else f"a value of {field.name}"
