"""Highlights: where the words of a query stand in a mention, by one function for every engine.

Works on the mention itself, so it needs no engine, and two engines mark the same words.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from textcx.annotation import AnnotatedMention
from textcx.query.tree import And, AnyOf, Exact, InField, Near, Or, Phrase, Prefix, Query, Word
from textcx.store.facts import text_language
from textcx.store.operands import TEXT_FIELDS, SingleOperand, single_operands, written_words
from textcx.words import Lemmas, split_words
from textcx.words import Word as PlacedWord

Span = tuple[int, int]
_Run = tuple[int, int]
"""A run of words: index of the first, index after the last."""
TextOperand = SingleOperand | Near


@dataclass(frozen=True, slots=True)
class _Text:
    words: list[PlacedWord]
    language: str
    lemmas: Lemmas

    def lemma(self, word: str) -> str:
        return self.lemmas.lemma(word, self.language)


def highlights(query: Query, annotated: AnnotatedMention, lemmas: Lemmas) -> dict[str, tuple[Span, ...]]:
    """Return for `text` and `title` the spans of the query's words, in order, none overlapping another.

    Words that the query excludes are not marked. Fields without any are left out.
    """
    language = text_language(annotated.annotations)
    texts = {"text": annotated.mention.text, "title": annotated.mention.title or ""}
    operands = list(_operands(query, TEXT_FIELDS))
    found = {}
    for field in TEXT_FIELDS:
        wanted = [operand for operand, fields in operands if field in fields]
        if not wanted or not texts[field]:
            continue
        text = _Text(split_words(texts[field]), language, lemmas)
        spans = [
            (text.words[first].start, text.words[end - 1].end)
            for operand in wanted
            for first, end in _runs(operand, text)
        ]
        if spans:
            found[field] = _united(spans)
    return found


def _operands(query: Query, fields: tuple[str, ...]) -> Iterator[tuple[TextOperand, tuple[str, ...]]]:
    """Give the text operands that a hit may owe its place to, with the fields they are met in."""
    match query:
        case Word() | Exact() | Prefix() | Phrase() | Near():
            yield query, fields
        case InField(field, operand):
            yield operand, (field,)
        case And(children) | Or(children):
            for child in children:
                yield from _operands(child, fields)
        case _:
            return


def _runs(operand: TextOperand, text: _Text) -> list[_Run]:
    if isinstance(operand, Near):
        return _runs_of_near(operand, text)
    return _runs_of_single(operand, text)


def _runs_of_single(operand: SingleOperand, text: _Text) -> list[_Run]:
    wanted = written_words(operand)
    if not wanted:
        return []
    is_prefix = isinstance(operand, Prefix)
    if isinstance(operand, Exact | Prefix):
        stands: Mapping[str, str] = {word.surface: word.surface for word in text.words}
    else:
        if isinstance(operand, Word) and len(wanted) == 1:
            return [(at, at + 1) for at, word in enumerate(text.words) if _is_met(wanted[0], word.surface, text)]
        stands = {word.surface: text.lemma(word.surface) for word in text.words}
        wanted = tuple(text.lemma(word) for word in wanted)
    standing = [stands[word.surface] for word in text.words]
    runs = []
    for first in range(len(standing) - len(wanted) + 1):
        *opening, last = standing[first : first + len(wanted)]
        if tuple(opening) == wanted[:-1] and (last.startswith(wanted[-1]) if is_prefix else last == wanted[-1]):
            runs.append((first, first + len(wanted)))
    return runs


def _is_met(wanted: str, surface: str, text: _Text) -> bool:
    lemma = text.lemma(wanted)
    return lemma == text.lemma(surface) or lemma in (text.lemmas.parts(surface, text.language) or ())


def _runs_of_near(near: Near, text: _Text) -> list[_Run]:
    """Return the occurrences of both operands that are near one another."""
    lefts, rights = _runs_of_group(near.left, text), _runs_of_group(near.right, text)
    runs = []
    for left in lefts:
        for right in rights:
            is_met = 0 <= right[0] - left[1] <= near.gap
            if is_met or (not near.ordered and 0 <= left[0] - right[1] <= near.gap):
                runs += [left, right]
    return runs


def _runs_of_group(operand: SingleOperand | AnyOf, text: _Text) -> list[_Run]:
    return [run for one in single_operands(operand) for run in _runs_of_single(one, text)]


def _united(spans: list[Span]) -> tuple[Span, ...]:
    """Return the spans in order, those that overlap as one."""
    united: list[Span] = []
    for start, end in sorted(spans):
        if united and start < united[-1][1]:
            united[-1] = (united[-1][0], max(end, united[-1][1]))
        else:
            united.append((start, end))
    return tuple(united)
