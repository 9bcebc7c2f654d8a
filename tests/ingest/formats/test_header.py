"""The lines that name columns are told from those that hold answers."""

import json
from typing import Any

import pytest

from ingest.formats.header import read_header
from ingest.formats.row import Line, Row
from ingest.raw import Unreadable


def rows(*lines: list[Any], has_preface: bool = False) -> list[Row | Unreadable]:
    numbered = (Line(f"line {number}", list(cells)) for number, cells in enumerate(lines, 1))
    return list(read_header(numbered, has_preface=has_preface))


def cells(*lines: list[Any], has_preface: bool = False) -> list[dict[str, Any]]:
    return [row.cells for row in rows(*lines, has_preface=has_preface) if isinstance(row, Row)]


def test_one_line_is_the_usual_header() -> None:
    assert cells(["Text", "Betyg"], ["Bra", "5"]) == [{"Text": "Bra", "Betyg": "5"}]


def test_merged_headings_stand_before_those_below_them() -> None:
    found = cells(
        ["Butik", None, "Leverans", None, "Datum"],
        ["Betyg", "Kommentar", "Betyg", "Kommentar", None],
        [4, "Fin.", 2, "Sen.", "2026-11-01"],
    )
    assert found == [
        {
            "Butik / Betyg": 4, "Butik / Kommentar": "Fin.", "Leverans / Betyg": 2, "Leverans / Kommentar": "Sen.",
            "Datum": "2026-11-01",
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    "lines",
    [
        [["Text", "Betyg"], ["Bra service", "Fem"]],
        [["Text", "", "Betyg"], ["Bra", "x", "5"], ["Sen", "y", "1"]],
        [["", "Text", "Betyg"], ["a", "Bra", "fem"], ["b", "Sen", "ett"]],
        [["Text", "Betyg"], ["Svar", "5"]],
        [["Text"], ["Svar"], ["Bra"]],
        [["Text", "Betyg"], ["Svar", None], ["Bra", 5]],
    ],
)
def test_a_first_answer_is_no_header(lines: list[list[Any]]) -> None:
    assert len(cells(*lines)) == len(lines) - 1


@pytest.mark.parametrize("word", ["Open-Ended Response", "Öppet svar", "Avoin vastaus"])
def test_the_second_line_of_surveymonkey_is_read_in_its_languages(word: str) -> None:
    found = cells(["Respondent ID", "Why?", "Which?", None], [None, word, "App", "Shop"], [1, "Slow.", "App", None])
    assert found == [{"Respondent ID": 1, "Why?": "Slow.", "Which? / App": "App", "Which? / Shop": None}]


def test_questions_with_one_column_each_have_no_gaps_above() -> None:
    found = cells(
        ["Respondent ID", "End Date", "Why?"], [None, None, "Open-Ended Response"], [1, "2026-11-01", "Slow."]
    )
    assert found == [{"Respondent ID": 1, "End Date": "2026-11-01", "Why?": "Slow."}]


@pytest.mark.parametrize("has_questions", [True, False])
def test_the_lines_of_qualtrics_give_names_and_questions(has_questions: bool) -> None:  # noqa: FBT001
    ids = [json.dumps({"ImportId": name}) for name in ("QID1", "QID2_TEXT")]
    questions = [["Hur nöjd är du?", "Varför?"]] if has_questions else []
    [row] = rows(["Q1", "Q2"], *questions, ids, ["5", "Snabbt."])
    assert isinstance(row, Row)
    assert row.cells == {"Q1": "5", "Q2": "Snabbt."}
    assert row.questions == ({"Q1": "Hur nöjd är du?", "Q2": "Varför?"} if has_questions else {})


def test_titles_above_a_sheet_s_table_are_left_out() -> None:
    table = [["Text", "Betyg"], ["Bra", 5]]
    assert cells(["Hösten 2026"], ["Butik Umeå", None], *table, has_preface=True) == [{"Text": "Bra", "Betyg": 5}]
    assert cells(["Text"], ["Bra"], has_preface=True) == [{"Text": "Bra"}]


def test_broken_lines_keep_their_place_and_cells_beyond_the_header_are_named() -> None:
    broken = Unreadable("line 1", "line 1 is longer than it may be", "")
    found = list(read_header(iter([broken, Line("line 2", ["a"]), Line("line 3", ["x", "y"], "x,y")])))
    assert found == [broken, Unreadable("line 3", "line 3 has 2 cells, the header 1", "x,y")]
