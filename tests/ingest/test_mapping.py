"""What `--map` and `--set` say is understood, or refused with the way to say it."""

import pytest

from ingest.mapping import Columns, Mapped, fields_of, read_fixed, read_map
from textcx.errors import ConfigError


def test_a_map_may_name_a_scale_or_the_order_of_dates() -> None:
    mapped = read_map(
        ["text=Kommentar", "rating=Betyg:1-5", "nps=Poäng:0-10", "published_at=Dato:dmy", "attr.segment=Kund"]
    )
    assert mapped == {
        "text": Mapped("Kommentar"),
        "stars": Mapped("Betyg", scale=(1, 5)),
        "nps": Mapped("Poäng", scale=(0, 10)),
        "published_at": Mapped("Dato", order="dmy"),
        "attr.segment": Mapped("Kund"),
    }


def test_a_column_may_have_signs_of_ours_in_its_name() -> None:
    assert read_map(["text=Q1: Hvorfor?"])["text"].column == "Q1: Hvorfor?"
    assert read_map(["text=a=b"])["text"].column == "a=b"
    assert read_map(["ces=Effort:-3-3"])["ces"].scale == (-3, 3)


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("text", "write it as FIELD=COLUMN"),
        ("text=", "write it as FIELD=COLUMN"),
        ("colour=Färg", "there is no such field. Fields: .*text"),
        ("attr.Segment=x", "no such field"),
    ],
)
def test_a_wrong_map_says_what_is_right(argument: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        read_map([argument])


def test_a_field_is_filled_from_one_column() -> None:
    with pytest.raises(ConfigError, match="stars is already filled from column 'Betyg'"):
        read_map(["rating=Betyg", "stars=Stjärnor"])


@pytest.mark.parametrize("argument", ["brand", "brand=", "rating=5", "text=Hej", "id=1", "colour=red"])
def test_what_differs_from_row_to_row_cannot_be_set_for_all(argument: str) -> None:
    with pytest.raises(ConfigError, match="--set"):
        read_fixed([argument])


def test_a_row_has_the_last_word_over_what_is_set() -> None:
    columns = Columns({"text": Mapped("a"), "brand": Mapped("b")}, read_fixed(["brand=Hyllbo", "lang=sv"]))
    assert fields_of({"a": " Hej ", "b": "Klarvik"}, columns) == {"text": " Hej ", "brand": "Klarvik", "language": "sv"}
    assert fields_of({"a": "Hej", "b": " "}, columns)["brand"] == "Hyllbo"


def test_fields_are_grouped_as_a_record_has_them() -> None:
    mapped = read_map(["id=nr", "rating=s:1-5", "product=p", "likes=l", "attr.region=r"])
    cells = {"nr": 7, "s": "4", "p": "Soffa", "l": " 12 ", "r": "Nord", "x": "unused"}
    assert fields_of(cells, Columns(mapped, {})) == {
        "id": 7,
        "ratings": [{"measure": "stars", "value": "4", "lowest": 1, "highest": 5}],
        "subject": {"product": "Soffa"},
        "engagement": {"likes": "12"},
        "attributes": {"region": "Nord"},
    }
    assert fields_of({"nr": None}, Columns(mapped, {})) == {}
