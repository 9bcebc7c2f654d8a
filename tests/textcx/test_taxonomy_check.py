"""`textcx touchpoints`, as people type it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from service.cli import app
from textcx.configs import configs_folder

SHIPPED = configs_folder() / "touchpoints"
CINEMA = """\
name: cinema
version: "1"
extends: generic
touchpoints:
  - id: popcorn
    parent: product
    label: {sv: Popcorn, da: Popcorn, nb: Popkorn, fi: Popcorn, en: Popcorn}
    terms:
      sv: [popcorn, popcornmaskin, snackskiosk, nachos, läsk]
"""


def check(path: Path) -> Result:
    return CliRunner().invoke(app, ["touchpoints", "check", str(path)])


@pytest.mark.parametrize("name", ["generic.yaml", "telecom.yaml"])
def test_a_file_that_ships_can_be_used(name: str) -> None:
    result = check(SHIPPED / name)
    assert (result.exit_code, result.output) == (0, f"{name} can be used.\n")


def test_a_file_of_ones_own_folder_may_extend_a_shipped_one(tmp_path: Path) -> None:
    path = tmp_path / "cinema.yaml"
    path.write_text(CINEMA, encoding="utf-8")
    result = check(path)
    assert (result.exit_code, result.output) == (0, "cinema.yaml can be used.\n")


def test_a_warning_is_shown_and_stops_nobody(tmp_path: Path) -> None:
    path = tmp_path / "cinema.yaml"
    path.write_text(CINEMA.replace(", snackskiosk, nachos, läsk", ""), encoding="utf-8")
    result = check(path)
    assert result.exit_code == 0
    assert "warning: cinema.yaml: touchpoints.popcorn.terms.sv: only 2" in result.output
    assert "can be used" in result.output


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (CINEMA.replace("parent: product", "parent: film"), "error: cinema.yaml: touchpoints.popcorn.parent"),
        (CINEMA.replace("popcorn,", "leverans,"), "'leverans' is a term of 'delivery' too"),
        ("name: [", "error: cinema.yaml: line"),
    ],
)
def test_an_error_is_shown_and_gives_exit_status_2(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "cinema.yaml"
    path.write_text(text, encoding="utf-8")
    result = check(path)
    assert result.exit_code == 2
    assert message in result.output
    assert "can be used" not in result.output


def test_a_file_that_is_not_there_gives_exit_status_2(tmp_path: Path) -> None:
    result = check(tmp_path / "nowhere.yaml")
    assert result.exit_code == 2
    assert "nowhere.yaml cannot be read" in result.output
