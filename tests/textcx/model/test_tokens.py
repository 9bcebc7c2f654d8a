"""Tokens and clauses: what the table sees of a text, wherever blanks, lines and joining signs stand."""

import pytest

from textcx.model.clauses import clause_starts
from textcx.model.ngrams import tokens_of

WRITTEN = [
    ("Bra!", ["bra", "!"]),
    ("  Bra  service ", ["bra", "service"]),
    ("bra\nmen  dyr\n", ["bra", "men", "dyr"]),
    ("❤️ fint\u200b", ["❤", "fint"]),
    ("\ufe0f", []),
    ("", []),
    (" \n ", []),
    ("Don’t, can't!", ["don't", ",", "can't", "!"]),
    ("sååååå XD :) </3", ["såå", "xd", ":)", "<", "/", "3"]),
    ("www.x.se/a?b http.", ["http:", "http", "."]),
    ("@Kim 48213 4,5", ["@u", "00000", "4", ",", "5"]),
    ("cafe\u0301", ["cafe", "\u0301"]),
    ("a_b _ c", ["a", "b", "c"]),
]


@pytest.mark.parametrize(("text", "words"), WRITTEN)
def test_tokens_are_the_same_at_any_blank(text: str, words: list[str]) -> None:
    assert tokens_of(text).words == words
    assert tokens_of(text).words == words  # from what is kept of the first time
    assert tokens_of(f"Ja {text} nej").words == ["ja", *words, "nej"]


@pytest.mark.parametrize("text", [text for text, _ in WRITTEN])
def test_tokens_stand_where_they_say(text: str) -> None:
    tokens = tokens_of(f"{text} Och DYRT.")
    written = [f"{text} Och DYRT."[start:end] for start, end in zip(tokens.starts, tokens.ends, strict=True)]
    assert written[-3:] == ["Och", "DYRT", "."]
    assert all(one and one == one.strip() for one in written)
    assert tokens_of(" ".join(written)).words == tokens.words


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("", [""]),
        ("Bra", ["Bra"]),
        ("Bra pris, trist frakt.", ["Bra pris,", "trist frakt."]),
        ("Betyg 4,5 av 5 – toppen", ["Betyg 4,5 av 5 –", "toppen"]),
        ("men bra men dyr", ["men bra", "men dyr"]),
        ("Bra men, och men dyr", ["Bra", "men,", "och", "men dyr"]),
        ("... Bra", ["... Bra"]),
        ("Bra\ndyr\n\n- sen\n", ["Bra", "dyr", "- sen"]),
        ("Bra.\ndyr", ["Bra.", "dyr"]),
        ("\nBra", ["Bra"]),
    ],
)
def test_a_text_is_cut_at_signs_lines_and_words_that_open_a_clause(text: str, clauses: list[str]) -> None:
    tokens = tokens_of(text)
    starts = clause_starts(text, tokens)
    ends = [*starts[1:], len(tokens)]
    found = [
        text[tokens.starts[first] : tokens.ends[last - 1]] if last > first else ""
        for first, last in zip(starts, ends, strict=True)
    ]
    assert found == clauses


def test_a_very_long_text_is_cut_more_coarsely_at_its_end() -> None:
    text = "bra men " * 1_000
    assert len(clause_starts(text, tokens_of(text))) == 400
