"""Ready mappings are data that is checked, and survey questions are known by their words in five languages."""

from pathlib import Path

import pytest

from ingest.ready_mapping import read_ready
from textcx.configs import configs_folder
from textcx.errors import ConfigError, UnknownNameError

FOLDER = configs_folder() / "mappings"
READY = read_ready(FOLDER)


def test_each_mapping_is_named_in_the_readme_and_recognizes_its_own_columns() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert {"qualtrics", "surveymonkey", "limesurvey", "netigate", "trustpilot", "app_store"} <= READY.mappings.keys()
    for name, mapping in READY.mappings.items():
        assert f"`{name}`" in readme
        assert READY.choose(None, mapping.recognized_by) is mapping
        assert READY.choose(name, []) is mapping


def test_a_field_is_filled_from_the_first_column_that_is_there() -> None:
    mapping = READY.mappings["surveymonkey"]
    assert mapping.mapped(["Start Date", "Respondent ID"])["published_at"].column == "Start Date"
    assert mapping.mapped(["Start Date", "End Date"])["published_at"].column == "End Date"
    assert READY.mappings["trustpilot"].mapped(["stars"])["stars"].scale == (1, 5)


@pytest.mark.parametrize(
    ("field", "question"),
    [
        ("nps", "How likely are you to recommend Hyllbo to a friend or colleague?"),
        ("nps", "Hur troligt är det att du skulle rekommendera oss?"),
        ("nps", "Hvor sandsynligt er det, at du vil anbefale os?"),
        ("nps", "Hvor sannsynlig er det at du vil anbefale oss?"),
        ("nps", "Kuinka todennäköisesti suosittelisit meitä ystävällesi?"),
        ("csat", "Overall, how satisfied are you with your visit?"),
        ("csat", "Hur nöjd är du med besöket?"),
        ("csat", "Hvor tilfreds er du med dit besøg?"),
        ("csat", "Hvor fornøyd er du med hjelpen?"),
        ("csat", "Kuinka tyytyväinen olet palveluun?"),
        ("ces", "How easy was it to get help?"),
        ("ces", "Hur enkelt var det att få hjälp?"),
        ("ces", "Hvor let var det at få hjælp?"),
        ("ces", "Kuinka helppoa asiointi oli?"),
        ("nki_expectation", "Hur väl uppfyllde vi dina förväntningar?"),
        ("nki_ideal", "Tänk dig ett ideal. Hur nära det perfekta företaget är vi?"),
        ("text", "What is the main reason for your score?"),
        ("text", "Vad är den främsta anledningen till att du rekommenderar oss?"),
        ("text", "Hvad kan vi gøre bedre?"),
        ("text", "Hva kan vi forbedre?"),
        ("text", "Mitä voisimme parantaa?"),
        (None, "Vilken butik besökte du?"),
        (None, "How did you hear about us?"),
    ],
)
def test_questions_are_known_by_their_words(field: str | None, question: str) -> None:
    assert READY.field_asked(question) == field
    assert READY.field_asked(question.upper()) == field


def test_an_unknown_mapping_and_a_wrong_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'qualtrics'"):
        READY.choose("qualtrix", [])
    (tmp_path / "odd.yaml").write_text("title: x\nmade_by: y\nrecognized_by: [a]\nfields: {txt: [b]}\n")
    with pytest.raises(ConfigError, match=r"odd\.yaml: --map txt: there is no such field"):
        read_ready(tmp_path)
