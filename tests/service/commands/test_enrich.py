"""textcx enrich: one line out for each line in."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.app import create_app
from service.enriched_lines import LONGEST_LINE_BYTES
from textcx.settings import Settings

Textcx = Callable[..., Any]


def written(folder: Path, *lines: bytes) -> str:
    (folder / "texts.jsonl").write_bytes(b"\n".join(lines))
    return "texts.jsonl"


def read(done: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.out.splitlines()]


def test_each_line_has_its_answer_in_its_place(textcx: Textcx, tmp_path: Path) -> None:
    lines = (
        b'\xef\xbb\xbf{"id": "a", "text": "Snabb leverans"}',
        b"",
        b'{"id": 7, "text": "D\xc3\xa5rlig kundeservice", "language": "da", "kind": null}\r',
        b"not JSON",
        b'{"id": "b"}',
        b"[1]",
        b'{"id": "c", "text": "\\ud800"}',
        b'{"id": "d", "text": "x", "id": "e"}',
        b"\xff\xfe",
        b'{"id": "f", "text": ""}',
        b"   ",
    )
    done = textcx("enrich", written(tmp_path, *lines))
    results = read(done)
    assert done.status == 3
    assert len(results) == len(lines)
    assert [one["id"] for one in results] == ["a", None, 7, None, "b", None, None, None, None, "f", None]
    assert [one["line"] for one in results if "error" in one] == [2, 4, 5, 6, 7, 8, 9, 11]
    for one in results:
        expected = {"id", "line", "error"} if "error" in one else set(results[0])
        assert one.keys() == expected
    assert results[0]["touchpoints"][0]["id"] == "delivery"
    assert results[2]["sentiment"]["polarity"] == "negative"
    assert results[9]["sentiment"] is None


def test_without_a_bad_line_the_status_is_0_and_an_empty_file_has_no_answer(textcx: Textcx, tmp_path: Path) -> None:
    assert textcx("enrich", written(tmp_path, b'{"text": "ok"}')).status == 0
    assert textcx("enrich", written(tmp_path, b'{"text": "ok"}\n')).status == 0
    done = textcx("enrich", written(tmp_path, b""))
    assert (done.status, done.out, done.err) == (0, "", "")


def test_the_answers_are_those_of_the_api(textcx: Textcx, tmp_path: Path) -> None:
    documents = [
        {"id": "1", "text": "Leveransen var sen och kundtjänsten svarar aldrig."},
        {"id": 2, "text": "😀 Hurtig levering!", "language": "da", "context": "How was it?"},
        {"text": ""},
    ]
    file = written(tmp_path, *(json.dumps(one).encode() for one in documents))
    by_line = read(textcx("enrich", file))
    with TestClient(create_app(Settings(data=tmp_path / "other")), "http://localhost") as client:
        answer = client.post("/v1/enrich", json={"documents": documents}).json()
    assert by_line == [{**one, "model": answer["model"]["version"]} for one in answer["results"]]


def test_a_text_too_long_to_be_analysed_whole_says_so(textcx: Textcx, tmp_path: Path) -> None:
    edge, longer = ("Snabb leverans. " * 4096 + more for more in ("", "x"))
    lines = (json.dumps({"text": text}).encode() for text in (edge, longer))
    at_edge, cut = read(textcx("enrich", written(tmp_path, *lines)))
    assert "truncated" not in at_edge
    assert cut["truncated"] is True
    assert cut["touchpoints"] == at_edge["touchpoints"]


def test_a_line_too_long_to_be_held_is_one_line_still(textcx: Textcx, tmp_path: Path) -> None:
    frame = len(b'{"text": ""}')
    at_edge = b'{"text": "' + b"a" * (LONGEST_LINE_BYTES - frame - 1) + b'"}'
    longer = b'{"text": "' + b"a" * (LONGEST_LINE_BYTES - frame) + b'"}'
    far_longer = b'{"text": "' + b"a" * 3 * LONGEST_LINE_BYTES + b'"}'
    done = textcx("enrich", written(tmp_path, at_edge, longer, far_longer, b'{"id": "after", "text": "ok"}'))
    results = read(done)
    assert done.status == 3
    assert [one.get("error", {}).get("code") for one in results] == [None, "too-large", "too-large", None]
    assert [results[1]["line"], results[2]["line"], results[3]["id"]] == [2, 3, "after"]


def test_order_is_kept_over_many_batches(textcx: Textcx, tmp_path: Path) -> None:
    lines = [b"bad" if number % 100 == 99 else b'{"id": %d, "text": "ok"}' % number for number in range(1000)]
    results = read(textcx("enrich", written(tmp_path, *lines)))
    assert [one["line"] - 1 if "error" in one else one["id"] for one in results] == list(range(1000))


def test_a_long_file_is_answered_alike_by_one_process_and_by_several(
    textcx: Textcx, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.commands.enrich._ALONE", 1)
    said = ("Snabb leverans men dyrt", "Hurtig levering", "Hidas toimitus!", "Never again", "Ikke bra, aldri igjen")
    lines = [
        b"bad" if number % 400 == 399 else json.dumps({"id": number, "text": f"{said[number % 5]} {number}"}).encode()
        for number in range(1400)
    ]
    lines[-1] = b'{"text": "ok", "stars": 4}'
    file = written(tmp_path, *lines)
    alone, several = textcx("enrich", file, "--workers", "1"), textcx("enrich", file, "--workers", "2")
    assert (several.status, several.err) == (3, "textcx: keys not used: stars\n")
    assert (alone.status, alone.err, alone.out) == (several.status, several.err, several.out)
    assert [one["line"] for one in read(several) if "error" in one] == [400, 800, 1200]
    assert len(read(several)) == len(lines)


def test_keys_that_mean_nothing_here_are_named(textcx: Textcx, tmp_path: Path) -> None:
    done = textcx("enrich", written(tmp_path, b'{"text": "ok", "stars": 4}', b'{"text": "ok", "lang": "sv"}'))
    assert done.status == 0
    assert done.err == "textcx: keys not used: lang, stars\n"


def test_answers_go_into_a_file(textcx: Textcx, tmp_path: Path) -> None:
    file = written(tmp_path, b'{"text": "ok"}')
    assert textcx("enrich", file, "--output", "out.jsonl", "--json").out == ""
    assert json.loads((tmp_path / "out.jsonl").read_bytes())["language"]


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("absent.jsonl",), 1, "absent.jsonl cannot be read"),
        (("packed.jsonl.gz",), 1, "zcat packed.jsonl.gz"),
        ((".",), 1, "cannot be read"),
        (("texts.jsonl", "--output", "texts.jsonl"), 2, "the file that is read"),
        (("texts.jsonl", "--output", "no/such/folder"), 2, "cannot be written"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(
    textcx: Textcx, tmp_path: Path, arguments: tuple[str, ...], status: int, said: str
) -> None:
    (tmp_path / "packed.jsonl.gz").write_bytes(b"\x1f\x8b\x08\x00")
    written(tmp_path, b'{"text": "ok"}')
    done = textcx("enrich", *arguments)
    assert done.status == status
    assert said in done.err
    assert (tmp_path / "texts.jsonl").read_bytes() == b'{"text": "ok"}'
