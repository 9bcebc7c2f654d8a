"""`textcx touchpoints`, as people type it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from service.cli import command_line
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
    return CliRunner().invoke(command_line(), ["touchpoints", "check", str(path)])


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


def test_an_example_that_sounds_like_another_touchpoint_is_told(tmp_path: Path) -> None:
    path = tmp_path / "cinema.yaml"
    terms = CINEMA[CINEMA.index("    terms:") :]
    examples = (
        "    examples:\n      sv: [Popcornen var äckliga., Kalla popcorn., Paketet kom aldrig fram., Goda popcorn.]\n"
    )
    path.write_text(CINEMA.replace(terms, examples), encoding="utf-8")
    warnings = [line for line in " ".join(check(path).output.split()).split("warning: ") if "popcorn" in line]
    assert len(warnings) == 1
    assert "popcorn.examples.sv: example 3 sounds more like 'delivery'" in warnings[0]


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


def test_a_touchpoint_of_ones_own_is_found_in_the_next_text(tmp_path: Path) -> None:
    configs = tmp_path / "configs"
    (configs / "touchpoints").mkdir(parents=True)
    for name in ("textcx.toml", "lexicons", "pipelines", "touchpoints/generic.yaml"):
        (configs / name).symlink_to(configs_folder() / name)
    (configs / "touchpoints" / "cinema.yaml").write_text(CINEMA, encoding="utf-8")
    texts = tmp_path / "texts.jsonl"
    texts.write_text(json.dumps({"text": "Popcornen var äckliga men personalen var fantastisk!", "language": "sv"}))
    runner = CliRunner(env={"TEXTCX_CONFIG_DIR": str(configs), "TEXTCX_TAXONOMY": "cinema"})

    result = runner.invoke(command_line(), ["enrich", str(texts), "--data", str(tmp_path / "data")])

    assert result.exit_code == 0
    found = {one["id"]: one["polarity"] for one in json.loads(result.stdout)["touchpoints"]}
    assert found == {"staff": "positive", "product": "negative", "popcorn": "negative"}


def test_the_touchpoints_in_force_are_listed(tmp_path: Path) -> None:
    runner = CliRunner(env={"TEXTCX_TAXONOMY": "telecom", "TEXTCX_DATA": str(tmp_path)})
    listed = json.loads(runner.invoke(command_line(), ["touchpoints", "list", "--json"]).stdout)
    assert {"id": "roaming", "stage": "use", "parent": "product"} in listed
    assert {"id": "delivery", "stage": "receive", "parent": None} in listed
    table = runner.invoke(command_line(), ["touchpoints", "list"]).stdout
    assert "telecom 1+" in table
    assert "Number porting" in table
