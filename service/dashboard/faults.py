"""Faults: what is wrong with a query, in the reader's language, as far as it is one of the kinds that there are."""

from dataclasses import dataclass

from service.dashboard.languages import Language
from textcx.errors import QuerySyntaxError

_UNFINISHED = frozenset({"missing", "missing_value", "empty_exact", "unclosed", "unclosed_quote", "short_prefix"})
"""What is wrong with every query while it is being typed, where it stands at the end."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a query, for people.

    Attributes:
        before: What stands before the trouble.
        at: The character at which it begins; a blank at the end.
        after: What stands behind.
        number: Which character that is, counted from 1.
        words: What is wrong, and what would be right.
        meant: A question for the name that was probably meant, or empty.
        known: The names there are, or empty.
        is_unfinished: It may come right by typing on.
    """

    before: str
    at: str
    after: str
    number: int
    words: str
    meant: str
    known: str
    is_unfinished: bool


def fault(language: Language, error: QuerySyntaxError, written: str) -> Fault:
    """Return what is wrong with a query.

    Args:
        language: The reader's.
        error: What the grammar said of it.
        written: The query, as its reader wrote it.
    """
    position, say = error.position, language.say
    named = dict(error.named)
    if isinstance(opened := named.get("opened"), int):
        named["opened"] = opened + 1
    meant, known = named.get("meant"), named.get("known")
    is_at_end = position >= len(written.rstrip()) or error.kind == "short_prefix"
    return Fault(
        before=written[:position],
        at=written[position : position + 1] or " ",
        after=written[position + 1 :],
        number=position + 1,
        words=say(f"wrong.{error.kind}", **named),
        meant=say("wrong.meant", meant=meant) if meant else "",
        known=say("wrong.known", known=known) if known else "",
        is_unfinished=is_at_end and error.kind in _UNFINISHED,
    )
