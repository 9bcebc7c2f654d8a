"""Files as people have them, in five languages' habits, are read as they are or refused with a command that works.

They were made with LibreOffice, pandas, openpyxl and by hand (`tests/data/files/README.md`).
"""

import io
import random
import shlex
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from ingest.connectors.file import FileConnector
from ingest.mapping import read_fixed, read_map
from ingest.normalize import normalize
from ingest.raw import RawRecord
from ingest.ready_mapping import read_ready
from ingest.redact import redact
from ingest.secret import Secret
from textcx.configs import configs_folder
from textcx.errors import SourceUnreadableError, TextCXError
from textcx.mention import Mention

FILES = Path(__file__).parents[1] / "data" / "files"
READY = read_ready(configs_folder() / "mappings")
SECRET = Secret(b"k" * 32)


def connector(name: str, **more: Any) -> FileConnector:
    return FileConnector(FILES / name, mapped={}, fixed={}, ready=READY, **more)


def mentions(one: FileConnector) -> list[Mention]:
    records = list(one.read())
    assert all(isinstance(record, RawRecord) for record in records)
    return [normalize(redact(record, SECRET), version=0) for record in records if isinstance(record, RawRecord)]


def read(name: str) -> list[Mention]:
    return mentions(connector(name))


def as_suggested(name: str, position: int = 0) -> list[Mention]:
    """Run the command that a refusal suggests, as a shell would take it apart."""
    with pytest.raises(SourceUnreadableError) as caught:
        connector(name)
    command = str(caught.value).split("textcx ingest ")[position + 1].partition(" or ")[0]
    path, *options = shlex.split(command)
    given = dict(zip(options[::2], options[1::2], strict=False))
    told = read_map([given["--map"]] if "--map" in given else [])
    return mentions(
        FileConnector(Path(path), mapped=told, fixed=read_fixed([]), table=given.get("--table"), ready=READY)
    )


def ratings(mention: Mention) -> dict[str, tuple[float, float, float]]:
    return {one.measure: (one.value, one.lowest, one.highest) for one in mention.ratings}


def day(mention: Mention) -> str:
    return "" if mention.published_at is None else mention.published_at.date().isoformat()


@pytest.mark.parametrize("path", sorted(FILES.glob("*.*")), ids=lambda path: path.name)
def test_every_file_here_is_read_or_refused_with_a_command_that_works(path: Path) -> None:
    if path.suffix == ".md":
        assert all(one.name in path.read_text(encoding="utf-8") for one in FILES.glob("*.*") if one != path)
        return
    try:
        found = read(path.name)
    except SourceUnreadableError:
        found = as_suggested(path.name)
    assert len(found) >= 2
    assert any(mention.text for mention in found)
    assert all(mention.published_at or path.name == "åsikter_sv.csv" for mention in found)
    assert len({mention.id for mention in found}) == len(found)


@pytest.mark.parametrize(
    ("name", "text", "measure", "score", "published_on"),
    [
        ("omdömen_sv.csv", "Snabb leverans, men lådan var buckig.", "stars", (4.5, 1, 5), "2026-11-01"),
        ("svar_sv.csv", "Appen är långsam på morgonen.", "stars", (2.5, 1, 5), "2026-11-01"),
        ("anmeldelser_da.csv", "Pakken kom for sent, men kundeservice var sød.", "stars", (3, 1, 5), "2026-11-05"),
        ("besvarelser_da.xlsx", "Hurtig hjælp i butikken.", "csat", (5, 1, 5), "2026-11-01"),
        ("undersøkelse_nb.xlsx", "Hjelpsomme folk i butikken.", "stars", (5, 1, 5), "2026-11-01"),
        ("palaute_fi.txt", "Toimitus oli nopea ja pakkaus ehjä.", "stars", (5, 1, 5), "2026-11-01"),
        ("trustpilot_fi.json", "Laskutus meni pieleen kahdesti.", "stars", (2, 1, 5), "2026-11-01"),
        ("app_store_nb.json", "Appen henger hver gang jeg betaler.", "stars", (1, 1, 5), "2026-11-01"),
        ("reviews_en.json", "The app keeps logging me out.", "stars", (2, 1, 5), "2026-11-01"),
        ("reviews_pandas.csv.gz", "Great sofa, slow delivery.", "stars", (4, 1, 5), "2026-11-01"),
        ("reviews_pandas.parquet", "Great sofa, slow delivery.", "stars", (4, 1, 5), "2026-11-01"),
        ("limesurvey_da.csv", "God dækning på landet.", "nps", (9, 0, 10), "2026-11-01"),
        ("qualtrics_sv.csv", "Bra hylla,\noch enkel att montera.", "nps", (10, 0, 10), "2026-11-01"),
        ("surveymonkey_en.xlsx", "Friendly staff and fair prices.", "csat", (5, 1, 5), "2026-11-01"),
    ],
)
def test_words_scores_and_days_are_those_of_the_file(
    name: str, text: str, measure: str, score: tuple[float, float, float], published_on: str
) -> None:
    first = read(name)[0]
    assert (first.text, ratings(first)[measure], day(first)) == (text, score, published_on)


def test_a_survey_s_row_is_one_mention_with_its_scores_and_its_other_comments_reply() -> None:
    first, comment, silent, other, last = read("qualtrics_sv.csv")
    assert ratings(first) == {"nps": (10, 0, 10), "csat": (5, 1, 5)}
    assert first.asked is not None
    assert first.asked.question == "Vad är den främsta anledningen till ditt betyg?"
    assert (comment.text, comment.ratings, comment.reply_to) == ("Ring innan ni kommer.", (), first.id)
    assert comment.asked is not None
    assert comment.asked.question == "Vad kan vi göra bättre med leveransen?"
    assert (comment.published_at, comment.language, comment.kind) == (first.published_at, "sv", "survey_answer")
    assert (silent.text, ratings(silent)["nps"][0], other.reply_to) == ("", 3, silent.id)
    assert (last.text, ratings(last)) == ("", {"nps": (8, 0, 10)})


def test_nothing_about_the_respondent_is_taken_along() -> None:
    for name in ("qualtrics_sv.csv", "surveymonkey_en.xlsx", "app_store_nb.json", "trustpilot_fi.json"):
        written = " ".join(mention.model_dump_json() for mention in read(name))
        assert not any(one in written for one in ("192.0.2", "@example", "eksempel", "Esimerkki"))


def test_hidden_rows_and_other_sheets_are_stated() -> None:
    one = connector("undersøkelse_nb.xlsx")
    assert [mention.text for mention in mentions(one)][1] == "Måtte vente lenge i kassen."
    assert dict(one.remarks) == {"Hidden rows, read like the others": 1}
    assert one.shape.not_read == ("Gamle svar",)


def test_an_ambiguous_day_is_asked_about_in_both_forms() -> None:
    name = "feedback_dates_en.csv"
    with pytest.raises(SourceUnreadableError, match=r"may be day/month or month/day") as caught:
        connector(name)
    assert "--map published_at=Date:dmy" in str(caught.value)
    assert str(caught.value).endswith("--map published_at=Date:mdy")
    assert [day(mention) for mention in as_suggested(name, 0)] == ["2026-04-03", "2026-04-05"]
    assert [day(mention) for mention in as_suggested(name, 1)] == ["2026-03-04", "2026-05-04"]


def test_a_suggestion_keeps_what_was_said_before() -> None:
    with pytest.raises(SourceUnreadableError, match="textcx ingest a --set brand=Acme --map published_at=Date:dmy"):
        connector("feedback_dates_en.csv", command="textcx ingest a --set brand=Acme")


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Return bytes, some of them changed, lost or repeated; those of a workbook mostly inside one of its parts."""
    if content.startswith(b"PK") and chance.random() < 0.8:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        changed = chance.choice(list(parts))
        parts[changed] = damaged(parts[changed], chance)
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            for name, part in parts.items():
                archive.writestr(name, part)
        return file.getvalue()
    broken = bytearray(content)
    for _ in range(chance.choice([1, 2, 5, 20])):
        place = chance.randrange(len(broken) or 1)
        cut = chance.randrange(len(broken) or 1)
        broken[place : place + chance.randrange(20)] = chance.choice(
            [b"", b"<", b"{", b"]", b"9" * 30, bytes(3), content[cut : cut + 40]]
        )
    return bytes(broken)


def test_damage_of_any_kind_is_named_or_set_aside(tmp_path: Path) -> None:
    chance = random.Random(4)
    paths = [path for path in sorted(FILES.glob("*.*")) if path.suffix != ".md"]
    for _ in range(20):
        for path in paths:
            broken = tmp_path / path.name
            broken.write_bytes(damaged(path.read_bytes(), chance))
            with suppress(SourceUnreadableError):
                for record in FileConnector(broken, mapped={}, fixed={}, ready=READY).read():
                    if isinstance(record, RawRecord):
                        with suppress(TextCXError):
                            normalize(redact(record, SECRET), version=0)
