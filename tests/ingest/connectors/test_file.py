"""A file becomes raw records: the same ones whenever it is read again, and more of them when it has grown."""

import gzip
import json
import tracemalloc
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from ingest.connectors.file import FileConnector
from ingest.mapping import read_fixed, read_map
from ingest.normalize import normalize
from ingest.raw import RawRecord
from ingest.redact import redact
from ingest.secret import Secret
from textcx.errors import SourceUnreadableError
from textcx.mention import Mention

SECRET = Secret(b"k" * 32)


def connector(path: Path, *, mapped: Iterable[str] = (), fixed: Iterable[str] = ()) -> FileConnector:
    return FileConnector(path, mapped=read_map(mapped), fixed=read_fixed(fixed))


def mentions(path: Path, **more: Any) -> list[Mention]:
    records = [record for record in connector(path, **more).read() if isinstance(record, RawRecord)]
    return [normalize(redact(record, SECRET), version=0) for record in records]


def ids(path: Path, **more: Any) -> list[str]:
    return [mention.id for mention in mentions(path, **more)]


def written(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_a_swedish_export_from_a_spreadsheet_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "omdömen.csv"
    path.write_bytes(
        "Kommentar;Betyg;Datum\r\nSen leverans, dålig hjälp;1,5;01.11.2026\r\nÖver förväntan!;5;02.11.2026\r\n".encode(
            "cp1252"
        )
    )
    late, good = mentions(path)
    assert late.text == "Sen leverans, dålig hjälp"
    assert (late.ratings[0].value, late.ratings[0].highest) == (1.5, 5)
    assert str(late.published_at) == "2026-11-01 00:00:00+00:00"
    assert late.published_at_precision == "day"
    assert (late.source, late.kind, good.text) == ("omdömen", "review", "Över förväntan!")


def test_rows_in_our_own_form_are_taken_as_they_are(tmp_path: Path) -> None:
    row = {
        "id": 1, "text": "Bra", "source": "q1", "kind": "survey_answer", "voice": "customer", "published_at": "2026-01",
        "ratings": [{"measure": "nps", "value": 9, "lowest": 0, "highest": 10}], "subject": {"product": "Soffa"},
        "attributes": {"segment": "new"}, "engagement": {"likes": 2}, "asked": {"question": "Hur gick det?"},
        "reference": {"system": "crm", "id": "C-1"}, "user": {"nested": "ignored"},
    }  # fmt: skip
    [mention] = mentions(written(tmp_path / "own.jsonl", json.dumps(row)))
    assert (mention.ratings[0].measure, mention.subject.product if mention.subject else None) == ("nps", "Soffa")
    assert mention.asked is not None
    assert mention.reference is not None
    assert (mention.kind, mention.voice, mention.attributes) == ("survey_answer", "customer", {"segment": "new"})
    assert mention.author is None
    assert connector(tmp_path / "own.jsonl").columns.unused == ("user.nested",)


def test_a_column_of_plain_words_is_no_nested_field_of_ours(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "text,reference,attributes,ratings", "Bra,A-17,röd,5")
    [mention] = mentions(path)
    assert (mention.reference, mention.attributes, mention.ratings) == (None, {}, ())


def test_answers_without_a_text_are_kept(tmp_path: Path) -> None:
    assert [
        mention.ratings[0].value for mention in mentions(written(tmp_path / "a.csv", "nps,Kommentar", "9,", "3,Sen"))
    ] == [9, 3]
    rated = json.dumps({"ratings": [{"measure": "stars", "value": 4, "lowest": 1, "highest": 5}]})
    assert mentions(written(tmp_path / "b.jsonl", rated))[0].ratings[0].value == 4


@pytest.mark.parametrize(
    ("lines", "new"),
    [
        (["id,text", "1,Bra", "2,Bra", "3,Uselt"], 0),
        (["text", "Bra", "Bra", "Uselt"], 2),
        (["text,author,date", "Bra,a,2026-01-01", "Bra,b,2026-01-01", "Uselt,a,2026-01-02"], 1),
        (["text,author", "Bra,a", "Bra,a", "Uselt,b"], 2),
    ],
)
def test_a_second_or_grown_file_gives_the_same_records_and_equal_words_stay_apart(
    tmp_path: Path, lines: list[str], new: int
) -> None:
    path = written(tmp_path / "reviews.csv", *lines)
    first = ids(path)
    assert len(set(first)) == 3
    assert ids(path) == first
    packed = tmp_path / "reviews.csv.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert ids(packed) == first
    grown = ids(written(path, *lines, lines[1], lines[-1].replace("Uselt", "Toppen")))
    assert grown[:3] == first
    assert len(set(grown) - set(first)) == new


def test_the_same_author_time_and_text_is_the_same_mention(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "text,author,date", "Bra,a,2026-01-01", "Bra,a,2026-01-01")
    assert len(set(ids(path))) == 1


def test_setting_a_brand_later_makes_no_new_mentions_and_another_source_does(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "text,stars", "Bra,5", "Bra,5", "Uselt,1")
    assert ids(path) == ids(path, fixed=["brand=Hyllbo", "kind=survey_answer"])
    assert not set(ids(path)) & set(ids(path, fixed=["source=other"]))


def test_ids_of_two_sources_do_not_meet(tmp_path: Path) -> None:
    one = ids(written(tmp_path / "one.csv", "id,text", "1,Bra"))
    other = ids(written(tmp_path / "other.csv", "id,text", "1,Bra"))
    assert one != other
    assert ids(tmp_path / "one.csv", fixed=["source=x"]) == ids(tmp_path / "other.csv", fixed=["source=x"])


def test_a_told_order_of_dates_keeps_their_precision(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "text,date", "Bra,03/04/2026", "Fint,03/04/2026 14:30")
    day, minute = mentions(path, mapped=["published_at=date:dmy"])
    assert (str(day.published_at), day.published_at_precision) == ("2026-04-03 00:00:00+00:00", "day")
    assert (str(minute.published_at), minute.published_at_precision) == ("2026-04-03 14:30:00+00:00", "minute")


def test_an_ambiguous_column_of_dates_is_asked_about_before_anything_is_read(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "text,date", "Bra,03/04/2026")
    with pytest.raises(SourceUnreadableError, match="--map published_at=date:dmy"):
        connector(path)


def test_a_rating_column_of_another_scale_is_read_by_its_column(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "text,rating,rating_max", "Bra,7,10")
    assert (mentions(path)[0].ratings[0].value, mentions(path)[0].ratings[0].highest) == (7, 10)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["text,stars"], "holds no record: a header is all there is"),
        (["{broken", "{broken too"], "holds no record: line 1 is no JSON"),
        (["Åsikt;Nr", "Bra;1"], "no column is known to hold the text"),
    ],
)
def test_a_file_without_records_says_why(tmp_path: Path, lines: list[str], message: str) -> None:
    with pytest.raises(SourceUnreadableError, match=message):
        connector(written(tmp_path / "a.csv", *lines))


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    def peak(rows: int) -> int:
        path = tmp_path / f"{rows}.csv"
        with path.open("w") as file:
            file.write("text,stars\n")
            file.writelines(f"Mening nummer {number} om leveransen,4\n" for number in range(rows))
        one = connector(path)
        tracemalloc.start()
        assert sum(1 for _ in one.read()) == rows
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    small = peak(1_000)
    assert peak(8_000) < small + 2**20


def test_further_comments_reply_to_their_answer_also_without_ids(tmp_path: Path) -> None:
    lines = ["nps,Kommentar,Kommentar leverans", "9,Bra hjälp,Kom i tid", "2,,Kom för sent", ",,Kom aldrig fram", "7,,"]
    path = written(tmp_path / "a.csv", *lines)
    answer, comment, silent, reply, lone, score = mentions(path)
    assert (answer.text, comment.text, comment.reply_to) == ("Bra hjälp", "Kom i tid", answer.id)
    assert (silent.text, silent.ratings[0].value, reply.reply_to) == ("", 2, silent.id)
    assert (lone.text, lone.reply_to) == ("Kom aldrig fram", None)
    assert (score.text, score.ratings[0].value) == ("", 7)
    assert not any(one.ratings for one in (comment, reply, lone))
    assert ids(path) == [one.id for one in (answer, comment, silent, reply, lone, score)]
    other = Secret(b"x" * 32)
    records = [one for one in connector(path).read() if isinstance(one, RawRecord)]
    assert not {redact(one, other).id for one in records} & set(ids(path))


def test_a_further_comment_can_be_told(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "id,text,Övrigt", "1,Bra hjälp,Mer te")
    assert len(mentions(path)) == 1
    answer, comment = mentions(path, mapped=["comment.rest=Övrigt"])
    assert (comment.text, comment.reply_to) == ("Mer te", answer.id)
    assert comment.asked is not None
    assert comment.asked.question == "Övrigt"
