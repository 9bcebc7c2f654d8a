"""Words: the text operands of a query, checked so that none of their signs is passed over.

What is a word is decided by `textcx.words`, for texts and queries alike; here a query's word must hold one.
"""

from unicodedata import normalize

import regex

from textcx.errors import QueryFault, QuerySyntaxError
from textcx.query.lexer import DASHES, Token
from textcx.query.limits import SHORTEST_PREFIX
from textcx.query.names import shown
from textcx.query.tree import AnyOf, Exact, Or, Phrase, Prefix, Query, Word

_EXPECTED_WORD = "a word with a letter, a digit or an emoji"
_EXPECTED_AFTER_MINUS = "the minus directly before what it leaves out"

# As in textcx.words, which a test compares: a letter, a digit, or an emoji that is no bare trademark sign.
_HOLDS_WORD = regex.compile(
    r"[\p{L}\p{N}]|(?![©®™](?!\p{EMod}|\ufe0f|\u200d\p{Extended_Pictographic}))\p{Extended_Pictographic}"
)
# Signs that mean something in other query languages and in no word; + and ! only in front, ? only between letters.
_FOREIGN = regex.compile(r"[~^|\\\[\]{}<>=*]|^[+!]|(?<=[\p{L}\p{N}])\?(?=[\p{L}\p{N}])")
_BEGINNING = regex.compile(
    rf"(?:[\p{{L}}\p{{N}}][\p{{M}}_]*['’]?){{{SHORTEST_PREFIX - 1}}}[\p{{L}}\p{{N}}][\p{{M}}_]*$"
)
"""The end of what stands before a `*`: letters and digits of one word, as texts are divided into words."""
_STAR_IN_QUOTES = regex.compile(r"(?<=[\p{L}\p{N}])\*(?![\p{L}\p{N}*])")


def read_word(token: Token) -> Word | Prefix:
    """Return the word or prefix that a token of kind `word` stands for.

    Raises:
        QuerySyntaxError: It holds no word, a sign that means nothing here, or too short a prefix.
    """
    if token.text.endswith("*"):
        return _prefix(token)
    _check_signs(token.text, token.start)
    is_minus = len(token.text) == 1 and token.text in DASHES
    _check_word(token.text, token.start, _EXPECTED_AFTER_MINUS if is_minus else _EXPECTED_WORD)
    return Word(normalize("NFC", token.text))


def read_exact(token: Token) -> Exact:
    """Return the exact word (or words) of a token of kind `word` or `quoted`.

    Raises:
        QuerySyntaxError: It holds no word, or a sign that means nothing here.
    """
    if token.kind == "word":
        _check_signs(token.text, token.start)
    _check_word(token.text, token.start)
    _check_stars(token)
    return Exact(normalize("NFC", token.text.strip()))


def read_phrase(token: Token) -> Phrase:
    """Return the phrase of a token of kind `quoted`; its marks divide words, as they do in texts.

    Raises:
        QuerySyntaxError: It holds no word, or a prefix.
    """
    _check_word(token.text, token.start)
    _check_stars(token)
    return Phrase(tuple(normalize("NFC", token.text).split()))


def read_operand(node: Query, position: int) -> Word | Exact | Prefix | Phrase | AnyOf:
    """Return what stands on one side of NEAR, from what was parsed there.

    Args:
        node: What was parsed.
        position: Where it begins.

    Raises:
        QuerySyntaxError: It is neither a word, a phrase nor several of them joined by OR.
    """
    singles = _singles(node, position)
    return singles[0] if len(singles) == 1 else AnyOf(singles)


def _singles(node: Query, position: int) -> tuple[Word | Exact | Prefix | Phrase, ...]:
    if isinstance(node, Word | Exact | Prefix | Phrase):
        return (node,)
    if isinstance(node, Or):
        return tuple(single for child in node.children for single in _singles(child, position))
    message = "NEAR cannot join what stands here"
    expected = 'a word, ="exact", a prefix, a phrase, or several of them as (a OR b)'
    raise QuerySyntaxError(message, position=position, expected=expected, kind="near_operand")


def _prefix(token: Token) -> Prefix:
    beginning = token.text[:-1]
    _check_signs(beginning, token.start)
    if _BEGINNING.search(beginning) is None:
        message = f"{shown(token.text)} is too short a beginning"
        expected = f"at least {SHORTEST_PREFIX} letters or digits before the *"
        raise QuerySyntaxError(
            message, position=token.start, expected=expected, kind="short_prefix", least=SHORTEST_PREFIX
        )
    return Prefix(normalize("NFC", beginning))


def _check_signs(text: str, start: int) -> None:
    sign = _FOREIGN.search(text)
    if sign is None:
        return
    message = f"The sign {sign.group()} means nothing here"
    expected = "a word without it, or with it in quotes"
    kind: QueryFault = "sign"
    if sign.group() == "*":
        message, expected, kind = "A * stands at the end of a word only", "a beginning such as lever*", "star"
    elif sign.group() == "!":
        expected, kind = "NOT or - to leave a word out", "exclamation"
    position = start + sign.start()
    raise QuerySyntaxError(message, position=position, expected=expected, kind=kind, sign=sign.group())


def _check_stars(token: Token) -> None:
    """Refuse a prefix in quotes; a star inside a word is one of its signs, as in texts."""
    star = _STAR_IN_QUOTES.search(token.text)
    if star:
        expected = "whole words; a prefix stands outside the quotes, as in sen ONEAR/0 lever*"
        message, position = "A * in quotes is no prefix", token.start + 1 + star.start()
        raise QuerySyntaxError(message, position=position, expected=expected, kind="star_in_quotes")


def _check_word(text: str, start: int, expected: str = _EXPECTED_WORD) -> None:
    if _HOLDS_WORD.search(text) is None:
        message = f"{shown(text)} has no letter, digit or emoji, so no text can be searched for it"
        raise QuerySyntaxError(message, position=start, expected=expected, kind="no_word", name=text)
