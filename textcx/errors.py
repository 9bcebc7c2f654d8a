"""Every error that textcx raises, grouped by what the caller does next.

```
TextCXError
├── ConfigError              stop at start-up; says file, key and what would be accepted
│   ├── UnknownNameError     no such connector, component, store, measure; lists the known ones
│   ├── TaxonomyError        a taxonomy file contradicts itself
│   └── MissingExtraError    an optional package is absent; names the extra
├── RetryableError           wait, then the same call may work
│   ├── BacklogFullError     the inbox is at its bound; has retry_after_seconds
│   ├── RateLimitedError     a source wants us to wait; has retry_after_seconds
│   ├── SourceUnavailableError
│   └── StoreUnavailableError
├── RecordError              this record only: quarantine it and go on
│   ├── UnreadableRecordError
│   ├── UnredactableRecordError
│   ├── RefusedMentionsError    has reasons, by id: the store will never take these of a batch
│   └── AnalysisError
├── RunError                 the run cannot go on; the checkpoint stays where it was
│   ├── SourceRefusedError      a source does not let us in: a right or credential is missing
│   ├── SourceUnreadableError   a file or answer that is no such thing as it claims
│   └── IndexVersionError       the index was written by another version: `textcx store rebuild`
└── RequestError             the caller's mistake
    ├── QuerySyntaxError     has position, expected and kind
    ├── NotFoundError
    └── ConflictError
```

Messages name the thing, the place and the way out. They never hold a customer's words or name.
"""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Literal

QueryFault = Literal[
    "too_long",
    "unsearchable",
    "too_many_parts",
    "too_deep",
    "missing",
    "missing_value",
    "misplaced",
    "misplaced_value",
    "unopened",
    "unclosed",
    "unclosed_quote",
    "sticking_quote",
    "near_sides",
    "near_operand",
    "near_distance",
    "empty_exact",
    "colon_alone",
    "field_in_field",
    "unknown_field",
    "unknown_value",
    "unknown_saved",
    "saved_alone",
    "saved_broken",
    "no_order",
    "no_prefix",
    "minus",
    "number",
    "date",
    "range_end",
    "empty_range",
    "short_prefix",
    "sign",
    "exclamation",
    "star",
    "star_in_quotes",
    "no_word",
    "cursor",
]
"""All that can be wrong with a query, so that others can say it in their own words and language."""


class TextCXError(Exception):
    """Base of all errors raised by textcx itself."""


class ConfigError(TextCXError):
    """The program cannot start like this: a setting, file or argument is wrong."""


class UnknownNameError(ConfigError):
    """A name that no registry holds; the message lists the known ones, the likeliest first."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        names = sorted(known)
        close = get_close_matches(name, names, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        super().__init__(f"There is no {kind} {name!r}.{hint} Known: {', '.join(names)}.")
        self.kind = kind
        self.name = name


class TaxonomyError(ConfigError):
    """A taxonomy file contradicts itself or the generic taxonomy that it extends."""


class MissingExtraError(ConfigError):
    """An optional package is absent; the message names the extra to install."""


class RetryableError(TextCXError):
    """The same call may work later."""


class BacklogFullError(RetryableError):
    """The inbox holds as much as it may; try again after `retry_after_seconds`."""

    def __init__(self, message: str, *, retry_after_seconds: int) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class RateLimitedError(RetryableError):
    """A source answers again after `retry_after_seconds`."""

    def __init__(self, message: str, *, retry_after_seconds: float) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class SourceUnavailableError(RetryableError):
    """A source did not answer, or broke off."""


class StoreUnavailableError(RetryableError):
    """The store did not answer, or its disk refused a write."""


class RecordError(TextCXError):
    """One record cannot be used; the others can."""


class UnreadableRecordError(RecordError):
    """A record's bytes or values are not what its source promised."""


class UnredactableRecordError(RecordError):
    """Redaction failed, so the record may not be written as it is."""


class RefusedMentionsError(RecordError):
    """The store will never take some mentions of a batch; it kept the others.

    Attributes:
        reasons: Why, by id, without a word of theirs.
    """

    def __init__(self, reasons: Mapping[str, str]) -> None:
        super().__init__(f"The store refused {len(reasons)} mentions, such as: {next(iter(reasons.values()), '')}")
        self.reasons = dict(reasons)


class AnalysisError(RecordError):
    """A component failed on this text."""


class RunError(TextCXError):
    """A run cannot go on; what it has acknowledged stays acknowledged."""


class SourceRefusedError(RunError):
    """A source does not let us in, or has no such place; the message names what is missing."""


class SourceUnreadableError(RunError):
    """A source's file or answer cannot be read at all, or its columns cannot be told."""


class IndexVersionError(RunError):
    """The search index was written by another version of textcx."""


class RequestError(TextCXError):
    """The caller asked for something that cannot be answered as it stands."""


class QuerySyntaxError(RequestError):
    """A query that does not follow the grammar.

    Attributes:
        position: Where in the query the trouble starts, in code points from 0.
        expected: What would be accepted there, in words.
        kind: What is wrong, in a word.
        named: What it is about, by name: `field`, `name`, `known` (names that are known), `meant` (the one that was
            probably meant), `sign`, `opened` (a position), `most` or `least` (a limit).
    """

    def __init__(self, message: str, *, position: int, expected: str, kind: QueryFault, **named: str | int) -> None:
        super().__init__(f"{message} at position {position}: expected {expected}.")
        self.position = position
        self.expected = expected
        self.kind = kind
        self.named = named


class NotFoundError(RequestError):
    """No such mention, run or quarantined record."""


class ConflictError(RequestError):
    """The request contradicts what is loaded or stored, for example a pinned model version."""
