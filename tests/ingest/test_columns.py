"""Columns are found by the names people give them in five languages, or asked for with a command that works."""

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from ingest.columns import find_columns
from ingest.mapping import Columns, Mapped, read_map
from textcx.errors import SourceUnreadableError


def found(rows: Sequence[Mapping[str, Any]], **more: Any) -> Columns:
    values: dict[str, Any] = {"mapped": {}, "fixed": {}, "file_name": "file.csv", **more}
    return find_columns(list(rows[0]), rows, **values)


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        ("id;Kommentar;Betyg;Datum;Varumärke", "id text stars published_at brand"),
        ("Svars-ID;Fritext;Datum;Butik", "id text published_at location"),
        ("Anmeldelse;Stjerner;Dato;Bruger;Sprog", "text stars published_at author language"),
        ("Tilbakemelding;Karakter;Opprettet;Kilde", "text stars published_at source"),
        ("Kommentti;Arvosana;Päivämäärä;Kieli", "text stars published_at language"),
        ("Palaute;Tähdet;Pvm;Myymälä;Otsikko", "text stars published_at location title"),
        ("review_text;Star Rating;Published At;Company;User", "text stars published_at brand author"),
        ("Comment;NPS Score;Timestamp", "text nps published_at"),
    ],
)
def test_usual_names_of_five_languages_are_known(header: str, fields: str) -> None:
    names = header.split(";")
    row = dict.fromkeys(names, "4")
    columns = found([row])
    assert dict(zip(fields.split(), names, strict=True)) == {field: one.column for field, one in columns.mapped.items()}


def test_what_was_told_wins_over_what_is_usual() -> None:
    row = {"text": "kort", "Kommentar": "lang", "rating": "7"}
    columns = found([row], mapped=read_map(["text=Kommentar", "rating=rating:1-7"]), fixed={"brand": "Hyllbo"})
    assert columns.mapped["text"].column == "Kommentar"
    assert columns.mapped["stars"].scale == (1, 7)
    assert columns.unused == ("text",)


def test_a_set_field_is_not_looked_for() -> None:
    assert "brand" not in found([{"text": "a", "brand": "b"}], fixed={"brand": "Hyllbo"}).mapped


@pytest.mark.parametrize(
    ("column", "values", "scale"),
    [
        ("Betyg", ["1", "5", "3,5"], (1, 5)),
        ("Betyg", [2, 4.5, None], (1, 5)),
        ("Betyg", ["1", "9"], (1, 10)),
        ("NPS", ["3"], (0, 10)),
        ("csat", ["5", "1"], (1, 5)),
    ],
)
def test_a_scale_is_told_by_the_values(column: str, values: list[Any], scale: tuple[float, float]) -> None:
    [one] = [
        one
        for field, one in found([{"text": "a", column: value} for value in values]).mapped.items()
        if field != "text"
    ]
    assert one.scale == scale


def test_a_column_may_hold_the_scale() -> None:
    columns = found([{"text": "a", "rating": 3, "rating_max": 10}])
    assert columns.scale_column == "rating_max"
    assert columns.mapped["stars"].scale is None
    assert columns.unused == ()


@pytest.mark.parametrize(
    ("rows", "more", "message"),
    [
        ([{"Åsikt": "Mycket bra hjälp", "Nr": "1"}], {}, "no column is known to hold the text. Its columns: Åsikt, Nr"),
        ([{"text": "a", "Betyg": "85"}], {}, "scale of column 'Betyg' cannot be told"),
        ([{"text": "a", "csat": "7"}], {}, "scale of column 'csat' cannot be told"),
        ([{"text": "a", "Dato": "03/04/2026"}], {}, "'Dato' may be day/month or month/day"),
        ([{"a b": "x"}], {"mapped": {"text": Mapped("c")}}, "file.csv has no such column. It has: a b"),
    ],
)
def test_what_cannot_be_told_is_asked_for(rows: list[dict[str, Any]], more: dict[str, Any], message: str) -> None:
    with pytest.raises(SourceUnreadableError, match=message):
        found(rows, **more)


@pytest.mark.parametrize(
    "row",
    [
        {"Vad tycker du?": "Mycket bra hjälp", "Nr": "1"},
        {"text": "a", "Betyg i %": "85", "rating": "85"},
        {"text": "a", "date": "03/04/2026"},
    ],
)
def test_the_suggested_command_works(row: dict[str, Any]) -> None:
    with pytest.raises(SourceUnreadableError) as caught:
        found([row], file_name="min fil.csv")
    words = shlex.split(str(caught.value).partition("textcx ingest ")[2])
    assert words[0] == "min fil.csv"
    told = read_map([words[words.index("--map") + 1].replace("1-5", "0-100")])
    assert found([row], mapped=told).mapped.keys() >= told.keys()


def test_one_date_settles_the_order_of_all() -> None:
    columns = found([{"text": "a", "date": "03/04/2026"}, {"text": "b", "date": "25/04/2026"}])
    assert columns.mapped["published_at"].order == "dmy"


def test_names_that_mean_something_else_here_are_left_alone() -> None:
    rows = [{"text": "a", "kind": "lounge", "voice": "loud", "other": "x", "effort": "stort", "rating": "toppen"}]
    columns = found(rows)
    assert columns.mapped.keys() == {"text"}
    assert set(columns.unused) == {"kind", "voice", "other", "effort", "rating"}
    assert found([{"text": "a", "kind": "review", "voice": "customer"}]).mapped.keys() == {"text", "kind", "voice"}


def test_scores_alone_are_enough() -> None:
    assert found([{"nps": "9"}]).mapped.keys() == {"nps"}
    assert found([{"id": "1"}], has_scores=True).mapped.keys() == {"id"}


def test_a_message_does_not_grow_with_the_file() -> None:
    with pytest.raises(SourceUnreadableError) as caught:
        found([{"x" * 100_000: "y"}])
    assert len(str(caught.value).split("Try:")[0]) < 300
    with pytest.raises(SourceUnreadableError, match="c49 and 950 more"):
        found([{f"c{number}": "y" for number in range(1000)}])
