"""Limits of a query, so that none costs much to read; what is over one is an error that says so."""

import regex

from textcx.errors import QuerySyntaxError

LONGEST_QUERY = 4096
"""Characters."""
DEEPEST = 8
"""Parentheses and NOTs inside one another; a saved query counts as one more."""
MOST_CLAUSES = 256
"""Words, phrases and values, those of saved queries included."""
SHORTEST_PREFIX = 3
"""Letters or digits before a `*`."""
LARGEST_GAP = 10
"""Words between the two sides of NEAR."""

# Control characters, halves of surrogate pairs, and the mark after 30 others: texts are stored without them, and
# normalising a long row of marks takes quadratic time.
_UNSEARCHABLE = regex.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\p{Cs}]|(?<=\p{M}{30})\p{M}")


def check_characters(text: str) -> None:
    """Refuse a query that is too long or holds what no text holds.

    Raises:
        QuerySyntaxError: It does.
    """
    if len(text) > LONGEST_QUERY:
        message, expected = f"The query has {len(text):,} characters", f"an end, for {LONGEST_QUERY:,} are the limit"
        raise QuerySyntaxError(message, position=LONGEST_QUERY, expected=expected, kind="too_long", most=LONGEST_QUERY)
    found = _UNSEARCHABLE.search(text)
    if found:
        message = f"The character U+{ord(found.group()):04X} cannot be searched"
        expected = "a letter, a digit, a blank or a sign"
        raise QuerySyntaxError(message, position=found.start(), expected=expected, kind="unsearchable")


def check_count(clauses: int, position: int) -> None:
    """Refuse a query with too many clauses.

    Raises:
        QuerySyntaxError: It has.
    """
    if clauses > MOST_CLAUSES:
        expected = f"an end, for {MOST_CLAUSES} words, phrases and values are the limit"
        message = "The query has too many parts"
        raise QuerySyntaxError(message, position=position, expected=expected, kind="too_many_parts", most=MOST_CLAUSES)


def check_depth(depth: int, position: int) -> None:
    """Refuse a query whose parts lie too deep inside one another.

    Raises:
        QuerySyntaxError: They do.
    """
    if depth > DEEPEST:
        expected = f"at most {DEEPEST} parentheses and NOTs inside one another"
        message = "The query is too deep"
        raise QuerySyntaxError(message, position=position, expected=expected, kind="too_deep", most=DEEPEST)
