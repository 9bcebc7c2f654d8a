"""Marks: a text in pieces, each with what stands there: a word that was looked for, or evidence of a judgement."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a text, in code points, and why it is marked.

    Attributes:
        start: First character.
        end: Behind the last one.
        kind: `found`, `negative`, `positive`, `mixed`, `neutral`, `emotion` or `signal`.
        label: What it is evidence of, for people; empty for a word that was looked for.
    """

    start: int
    end: int
    kind: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text that is marked alike throughout.

    Attributes:
        text: Its characters.
        kinds: Kinds of its marks, in order, each once.
        labels: Their labels, each once.
    """

    text: str
    kinds: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


def pieces(text: str, marks: Iterable[Mark]) -> list[Piece]:
    """Return the text in pieces; marks that lie outside are left out.

    Example:
        >>> [(one.text, one.kinds) for one in pieces("sen leverans", [Mark(0, 3, "found"), Mark(0, 12, "negative")])]
        [('sen', ('found', 'negative')), (' leverans', ('negative',))]
    """
    good = [mark for mark in marks if 0 <= mark.start < mark.end <= len(text)]
    borders = sorted({0, len(text), *(mark.start for mark in good), *(mark.end for mark in good)})
    found = []
    for start, end in zip(borders, borders[1:], strict=False):
        here = [mark for mark in good if mark.start <= start and end <= mark.end]
        kinds = tuple(dict.fromkeys(mark.kind for mark in here))
        labels = tuple(dict.fromkeys(mark.label for mark in here if mark.label))
        found.append(Piece(text[start:end], kinds, labels))
    return found


def evidence(annotations: Mapping[str, Any], name_of: Mapping[str, str]) -> list[Mark]:
    """Return the evidence of all judgements as marks.

    Args:
        annotations: As answers hold them.
        name_of: Names for people, of touchpoints, emotions and signals by id.
    """
    marks = _marks([annotations["sentiment"]] if annotations.get("sentiment") else [], {}, key="")
    marks += _marks(annotations.get("touchpoints", ()), name_of, key="id")
    marks += _marks(annotations.get("emotions", ()), name_of, key="name", kind="emotion")
    return marks + _marks(annotations.get("signals", ()), name_of, key="name", kind="signal")


def found(highlights: Mapping[str, Sequence[Mapping[str, int]]], field: str) -> list[Mark]:
    """Return the words that a search found in a field."""
    return [Mark(span["start"], span["end"], "found") for span in highlights.get(field, ())]


def quotes(text: str, spans: Iterable[Mapping[str, int]]) -> str:
    """Return the words of a judgement's evidence, as they stand in the text.

    Example:
        >>> quotes("Sen leverans, dyrt", [{"start": 0, "end": 12}, {"start": 14, "end": 18}])
        'Sen leverans … dyrt'
    """
    return " … ".join(text[span["start"] : span["end"]] for span in spans)


def _marks(judged: Iterable[Mapping[str, Any]], name_of: Mapping[str, str], *, key: str, kind: str = "") -> list[Mark]:
    return [
        Mark(span["start"], span["end"], kind or one["polarity"], name_of.get(one[key], one[key]) if key else "")
        for one in judged
        for span in one.get("evidence", ())
    ]
