"""`textcx report`: one page that needs nothing else, with the numbers of the API."""

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from service.assembly import Workshop
from service.cli import command_line
from service.dashboard.languages import language
from textcx.settings import Settings
from textcx.testing import NOON, a_mention, annotated


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("report") / "data"
    workshop = Workshop(Settings(data=data))
    workshop.store.attach_indexer()
    workshop.store.put(
        [
            annotated(
                a_mention(f"{words} {number}", name=f"{brand} {number}", brand=brand, version=number + 1),
                sentiment=polarity,
                touchpoints=[f"receive:delivery/{polarity}"],
            )
            for brand, words, polarity in (
                ("Hyllbo", "Sen <b>leverans</b>", "negative"),
                ("Klarvik", "Snabb!", "positive"),
            )
            for number in range(12)
        ]
    )
    workshop.store.refresh()
    workshop.close()
    return data


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    output = folder.parent / "report.html"
    output.unlink(missing_ok=True)
    found = CliRunner().invoke(command_line(), ["report", "--data", str(folder), "--output", str(output), *arguments])
    return found.exit_code, output.read_text(encoding="utf-8") if output.exists() else ""


def answer(folder: Path, *arguments: str) -> dict[str, object]:
    found = CliRunner().invoke(command_line(), [*arguments, "--data", str(folder), "--json"])
    return dict(json.loads(found.stdout))


def test_the_report_needs_nothing_else_and_runs_nothing(folder: Path) -> None:
    status, html = run(folder)
    assert status == 0
    assert not re.search(r"<script|<link|<img|<iframe|\ssrc=|url\(|@import|\sstyle=|\son[a-z]+=", html)
    style = re.search(r"<style>(.*?)</style>", html, re.S)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in html


def test_the_report_has_the_numbers_of_the_command_line(folder: Path) -> None:
    _, html = run(folder)
    total = answer(folder, "breakdown", "--measure", "net_sentiment", "--by", "brand")["total"]
    assert isinstance(total, dict)
    say = language("en").number
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
    assert f"Net sentiment {say(total['value'], 'points', is_signed=True)}" in text
    assert f"{say(total['low'], 'points')} – {say(total['high'], 'points')} · n = {total['n']}" in text
    assert html.count("<svg") >= 3


def test_the_report_lets_customers_speak_as_they_wrote(folder: Path) -> None:
    _, html = run(folder)
    assert "Sen &lt;b&gt;leverans&lt;/b&gt;" in html
    assert html.count("<blockquote") == 6


def test_the_report_is_of_a_brand_a_time_and_in_a_language(folder: Path) -> None:
    _, html = run(folder, "--brand", "Klarvik", "--from", "2026-03-01", "--to", "2026-03-31", "--language", "sv")
    assert '<html lang="sv">' in html
    assert "Klarvik" in html
    assert "leverans&lt;" not in html
    assert f"{NOON.day} mars 2026" in html
    assert "1 mars 2026 – 31 mars 2026" in html


def test_a_time_without_mentions_says_so(folder: Path) -> None:
    status, html = run(folder, "--from", "2020-01-01", "--to", "2020-02-01")
    assert status == 0
    assert "Nothing was found" in html


@pytest.mark.parametrize("wrong", [["--language", "xx"], ["--from", "monday"], ["--period", "5y"], ["stars:many"]])
def test_what_is_wrong_is_said(folder: Path, wrong: list[str]) -> None:
    found = CliRunner().invoke(command_line(), ["report", "--data", str(folder), *wrong])
    assert found.exit_code != 0
