"""Highlights mark the words that a hit owes its place to, in code points of the text as it is."""

import pytest

from textcx.query.tree import And, AnyOf, Exact, InField, Keyword, Near, Not, Or, Phrase, Prefix, Query, Word
from textcx.store.highlights import highlights
from textcx.testing import a_mention, annotated
from textcx.words import Lemmas

TEXT = "😀 Leveransen kom sent. Leveranstiden: för lång, alltför lång! E-mail? don’t"


def marked(query: Query, lemmas: Lemmas, *, text: str = TEXT, title: str | None = None) -> list[str]:
    found = highlights(query, annotated(a_mention(text, title=title)), lemmas)
    texts = {"text": text, "title": title or ""}
    return [texts[field][start:end] for field in ("text", "title") for start, end in found.get(field, ())]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Word("leverans"), ["Leveransen", "Leveranstiden"]),
        (Word("LÅNG"), ["lång", "lång"]),
        (Word("😀"), ["😀"]),
        (Word("e-mail"), ["E-mail"]),
        (Word("don't"), ["don’t"]),
        (Word("zebra"), []),
        (Word("..."), []),
        (Exact("leveransen"), ["Leveransen"]),
        (Prefix("lev"), ["Leveransen", "Leveranstiden"]),
        (Prefix("e-ma"), ["E-mail"]),
        (Phrase(("för", "lång")), ["för lång"]),
        (Phrase(("kom", "sent", "leveranstid")), ["kom sent. Leveranstiden"]),
        (Near(Word("kom"), Word("lång"), 1), []),
        (Near(Word("sent"), Word("kom"), 0), ["kom", "sent"]),
        (Near(Word("sent"), Word("kom"), 0, ordered=True), []),
        (Near(AnyOf((Prefix("allt"), Word("zebra"))), Word("lång"), 0, ordered=True), ["alltför", "lång"]),
        (And((Word("kom"), Or((Word("sent"), Word("zebra"))))), ["kom", "sent"]),
        (And((Word("kom"), Not(Word("sent")))), ["kom"]),
        (Or((Phrase(("kom", "sent")), Word("sent"))), ["kom sent"]),
        (Keyword("brand", "Hyllbo"), []),
    ],
)
def test_words_are_marked_as_the_query_meets_them(query: Query, expected: list[str], lemmas: Lemmas) -> None:
    assert marked(query, lemmas) == expected


def test_a_field_named_is_the_only_one_marked(lemmas: Lemmas) -> None:
    assert marked(Word("kom"), lemmas, text="Den kom", title="Kom nu") == ["kom", "Kom"]
    assert marked(InField("title", Word("kom")), lemmas, text="Den kom", title="Kom nu") == ["Kom"]


def test_words_of_another_language_are_not_marked(lemmas: Lemmas) -> None:
    english = annotated(a_mention("The deliveries were late"), language="en")
    assert highlights(Word("leveranser"), english, lemmas) == {}
    assert highlights(Word("delivery"), english, lemmas) == {"text": ((4, 14),)}


def test_an_empty_text_has_nothing_to_mark(lemmas: Lemmas) -> None:
    assert marked(Word("kom"), lemmas, text="", title=None) == []
