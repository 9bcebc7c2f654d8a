"""textcx ingest, quarantine and store: from a file to the store, and what does not get there."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Textcx = Callable[..., Any]
REVIEWS = """id;Kommentar;Betyg;Datum
1;"Snabb leverans, men kartongen var trasig.";4;2026-03-02
2;Kundtjänsten svarade aldrig.;1;2026-03-05
3;Helt okej.;7;2026-03-09
4;;;2026-03-10
"""
MAP = ("--map", "rating=Betyg:1-5", "--set", "brand=Acme", "--set", "source=shop")


@pytest.fixture
def reviews(tmp_path: Path) -> str:
    (tmp_path / "reviews.csv").write_text(REVIEWS, encoding="utf-8")
    return "reviews.csv"


def test_counts_add_up_and_what_was_set_aside_says_why_and_can_be_dropped(textcx: Textcx, reviews: str) -> None:
    done = textcx("ingest", reviews, *MAP)
    assert done.status == 3
    assert "4 records read from file reviews.csv: 2 stored, 0 duplicate, 1 filtered, 1 quarantined." in done.out
    listed = json.loads(textcx("quarantine", "list", "--json").out)
    assert len(listed) == 1
    assert "7 lies outside the scale 1 to 5" in listed[0]["reason"]
    assert "line 4" in listed[0]["place"] or "4" in listed[0]["place"]
    assert "Helt okej" not in done.out + json.dumps(listed)
    assert textcx("quarantine", "drop", str(listed[0]["number"])).status == 0
    assert json.loads(textcx("quarantine", "list", "--json").out) == []
    missing = textcx("quarantine", "drop", str(listed[0]["number"]))
    assert missing.status == 2
    assert str(listed[0]["number"]) in missing.err
    assert textcx("store", "verify").status == 0
    assert "2 mentions indexed." in textcx("store", "rebuild").out
    assert json.loads(textcx("search", "leverans", "--json").out)["total"] == 1


def test_a_file_read_again_adds_only_what_is_new_or_changed(textcx: Textcx, reviews: str, tmp_path: Path) -> None:
    textcx("ingest", reviews, *MAP)
    again = json.loads(textcx("ingest", reviews, *MAP, "--json").out)
    assert again["outcomes"] == {"stored": 0, "duplicate": 2, "filtered": 1, "quarantined": 1}
    with (tmp_path / "reviews.csv").open("a", encoding="utf-8") as file:
        file.write("5;Fin butik.;5;2026-03-11\n")
    grown = json.loads(textcx("ingest", reviews, *MAP, "--json").out)
    assert grown["outcomes"] == {"stored": 1, "duplicate": 2, "filtered": 1, "quarantined": 1}
    assert grown["adds_up"]
    (tmp_path / "reviews.csv").write_text(REVIEWS.replace("svarade aldrig", "svarade till slut"), encoding="utf-8")
    changed = json.loads(textcx("ingest", reviews, *MAP, "--json").out)
    assert changed["outcomes"]["stored"] == 1
    assert changed["remarks"]["changed"] == 1
    assert json.loads(textcx("search", "kundtjänst", "--json").out)["total"] == 1
    assert json.loads(textcx("search", '="aldrig"', "--json").out)["total"] == 0


def test_a_preview_shows_and_stores_nothing(textcx: Textcx, reviews: str, tmp_path: Path) -> None:
    done = textcx("ingest", reviews, *MAP, "--preview")
    assert done.status == 0
    assert "text = column 'Kommentar'" in done.out
    assert "Snabb leverans" in done.out
    assert "would be set aside" in done.out
    assert "Nothing was stored." in done.out
    assert json.loads(textcx("search", "--json").out)["total"] == 0


def test_an_unclear_file_lists_its_columns_and_a_command(textcx: Textcx, tmp_path: Path) -> None:
    (tmp_path / "odd.csv").write_text("alpha,beta\nfoo,bar\n", encoding="utf-8")
    done = textcx("ingest", "odd.csv")
    assert done.status in (1, 2)
    assert "alpha" in done.err
    assert "--map text=" in done.err


def test_a_missing_file_is_named(textcx: Textcx) -> None:
    done = textcx("ingest", "nowhere.csv")
    assert done.status in (1, 2)
    assert "nowhere.csv" in done.err
