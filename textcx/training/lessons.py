"""Lessons: for a head that texts of a kind share, what a teacher learns from and what it judges afterwards."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from textcx.errors import UnknownNameError
from textcx.model.card import EMOTIONS as SIX
from textcx.training.corpus import ALL
from textcx.training.general import EMOTION_HEADS, EXPERTS, THREE, one_of, several_of, three
from textcx.training.rows import Row
from textcx.training.solver import Matrix
from textcx.training.sources import SENTIMENT

_EMOTIONS = "emotions "
HEADS = (*(expert.name for expert in EXPERTS), *(_EMOTIONS + name for name in EMOTION_HEADS))
"""Those that a teacher may teach."""
_LONGEST_WHOLE = 400
"""Characters; a longer text without a label is judged by its sentences, as those with labels are short."""
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"»”')]*\s+|\n+")
_FEWEST_LETTERS = 12


@dataclass(frozen=True, slots=True)
class Lesson:
    """Labelled texts of a head.

    Attributes:
        sets: Where they are from.
        texts: The texts.
        targets: What holds, a row a text.
        outputs: Names of the columns.
        exclusive: One output holds for each text, or each by itself.
    """

    sets: tuple[str, ...]
    texts: list[str]
    targets: Matrix
    outputs: tuple[str, ...]
    exclusive: bool


def lesson_of(rows: Mapping[str, Sequence[Row]], head: str) -> Lesson:
    """Return what a teacher learns from: the labelled texts of the kinds that the head judges.

    Args:
        rows: Training rows of each source.
        head: Its name.

    Raises:
        UnknownNameError: There is no such head.
    """
    kind = head.removeprefix(_EMOTIONS)
    if kind in EMOTION_HEADS:
        (source, _), *_ = EMOTION_HEADS[kind]
        some = [row for row in rows[source.name] if row.emotions is not None]
        targets = several_of([row.emotions for row in some], SIX)
        return Lesson((source.name,), [row.text for row in some], targets, SIX, exclusive=False)
    domains = _domains(head)
    names = tuple(source.name for source in SENTIMENT if source.domain in domains and rows[source.name])
    some = [row for name in names for row in rows[name] if row.sentiment is not None]
    targets = one_of([three(row) for row in some], THREE)
    return Lesson(names, [row.text for row in some], targets, THREE, exclusive=True)


def texts_to_judge(rows: Mapping[str, Sequence[Row]], head: str) -> list[str]:
    """Return the texts of the head's kinds that have no label for it, once each, long ones by their sentences.

    Raises:
        UnknownNameError: There is no such head.
    """
    domains = _domains(head)
    learned = set(lesson_of(rows, head).texts)
    found: dict[str, None] = {}
    for source in ALL:
        if source.domain in domains:
            for row in rows[source.name]:
                found.update(dict.fromkeys(_pieces(row.text)))
    return [text for text in found if text not in learned]


def _domains(head: str) -> tuple[str, ...]:
    kind = head.removeprefix(_EMOTIONS)
    if kind in EMOTION_HEADS:
        return tuple(source.domain for source, _ in EMOTION_HEADS[kind][:1] if source.domain)
    for expert in EXPERTS:
        if expert.name == head:
            return expert.domains
    raise UnknownNameError("head", head, HEADS)


def _pieces(text: str) -> Iterator[str]:
    if len(text) <= _LONGEST_WHOLE:
        yield text
        return
    for piece in _SENTENCE_END.split(text):
        if sum(map(str.isalpha, piece)) >= _FEWEST_LETTERS and len(piece) <= _LONGEST_WHOLE:
            yield piece.strip()
