"""textcx ingest on the files that people have: what it says of them, and the commands it suggests."""

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl

Textcx = Callable[..., Any]
FILES = Path(__file__).parents[2] / "data" / "files"


def outcomes(done: Any) -> dict[str, int]:
    return {name: count for name, count in json.loads(done.out)["outcomes"].items() if count}


def test_a_survey_is_stored_with_its_scores_and_comments(textcx: Textcx) -> None:
    done = textcx("ingest", str(FILES / "qualtrics_sv.csv"))
    assert done.status == 0
    assert "Read as Qualtrics." in done.out
    again = textcx("ingest", str(FILES / "qualtrics_sv.csv"), "--json")
    assert outcomes(again) == {"duplicate": 5}
    assert json.loads(again.out)["notes"] == ["Read as Qualtrics."]
    assert "IPAddress" in json.loads(again.out)["columns_not_used"]
    [hit] = json.loads(textcx("search", "förare", "--json").out)["hits"]
    assert hit["mention"]["reply_to"]
    assert hit["mention"]["asked"]["question"] == "Vad kan vi göra bättre med leveransen?"
    assert json.loads(textcx("search", "nps:<=6", "--json").out)["total"] == 1


def test_the_suggested_commands_work_as_they_stand(textcx: Textcx) -> None:
    for name, stored in (("feedback_dates_en.csv", 2), ("netigate_sv.xlsx", 2), ("åsikter_sv.csv", 2)):
        refused = textcx("ingest", str(FILES / name), "--set", "brand=Acme")
        assert refused.status == 1
        words = shlex.split(" ".join(refused.err.split()).split("textcx ")[-1])
        assert {"--set", "brand=Acme"} <= set(words)
        if "--preview" in words:
            assert "Nothing was stored." in textcx(*words).out
            words.remove("--preview")
        assert outcomes(textcx(*words, "--json")) == {"stored": stored}
    assert json.loads(textcx("search", "brand:Acme", "--json").out)["total"] == 6


def test_what_cannot_be_read_in_a_sheet_is_set_aside_by_its_place(textcx: Textcx, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = "Svar"
    for row in (["Kommentar", "Betyg"], ["Bra kaffe", 5], ["Kall soppa", "=1+1"], ["Trång butik", "#N/A"]):
        sheet.append(row)
    sheet.row_dimensions[2].hidden = True
    book.save(tmp_path / "svar.xlsx")
    done = textcx("ingest", "svar.xlsx")
    assert done.status == 3
    assert "Hidden rows, read like the others: 1." in done.out
    reasons = [one["reason"] for one in json.loads(textcx("quarantine", "list", "--json").out)]
    assert sorted(reasons) == [
        "Svar!3: column 'Betyg' holds a formula that was never calculated: open and save it in Excel",
        "Svar!4: column 'Betyg' holds the error #N/A",
    ]


def test_a_mapping_and_a_table_that_are_not_there_are_named(textcx: Textcx) -> None:
    unknown = textcx("ingest", str(FILES / "qualtrics_sv.csv"), "--mapping", "qualtrix")
    assert unknown.status == 2
    assert "Did you mean 'qualtrics'" in unknown.err
    absent = textcx("ingest", str(FILES / "netigate_sv.xlsx"), "--table", "Web")
    assert absent.status == 1
    assert "It has: Butik, Webb." in absent.err
