"""No cell of an export is a formula to a spreadsheet, and reading it back gives the text as it was."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.inert_cells import inert, read_inert

STARTS = ("=", "+", "-", "@", "\t", "\r")
HOSTILE = (
    '=HYPERLINK("http://example.org","klicka")',
    "+46 70 123",
    "-1+1",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "' =1",
    "bra;=1+1",
    "bra\n=1+1",
    "bra\n- dyr frakt",
    "''=1",
)


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_spreadsheet_would_calculate_is_inert_and_comes_back(text: str, delimiter: str) -> None:
    cell = inert(text, delimiter=delimiter)
    assert not cell.startswith(STARTS)
    assert read_inert(cell, delimiter=delimiter) == text


@pytest.mark.parametrize("text", ["", "5,- for frakt", "a=b", "kim@example", "'t is goed", "rock 'n' roll", "A - B"])
def test_ordinary_texts_stay_as_they_are(text: str) -> None:
    assert inert(text, delimiter=",") == text
    assert read_inert(text, delimiter=",") == text


@given(st.text(alphabet=st.sampled_from("=+-@＝\t\r\n'\",; aå")), st.sampled_from([",", ";", "\t"]))
def test_every_text_comes_back(text: str, delimiter: str) -> None:
    cell = inert(text, delimiter=delimiter)
    assert not cell.startswith(STARTS)
    assert read_inert(cell, delimiter=delimiter) == text


@pytest.mark.parametrize(("delimiter", "other"), [(",", ";"), (";", ",")])
@pytest.mark.parametrize("text", HOSTILE)
def test_a_file_split_at_the_other_delimiter_is_inert_too(text: str, delimiter: str, other: str) -> None:
    file = io.StringIO()
    cells = ["a", text.replace(";", other), "b"]
    csv.writer(file, delimiter=delimiter).writerow([inert(cell, delimiter=delimiter) for cell in cells])
    pieces = [piece for line in file.getvalue().splitlines() for piece in line.split(other)]
    assert [piece for piece in pieces if piece.lstrip(' "').startswith(STARTS)] == []
