"""textcx sources: made with a look at the first records, listed, checked, paused."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest.testing.stage import WebStage, load_stage

Textcx = Callable[..., Any]


@pytest.fixture
def shop() -> Iterator[WebStage]:
    with load_stage("app_store")() as stage:
        assert isinstance(stage, WebStage)
        for number in range(1, 6):
            stage.world.write(str(number), f"Recension {number}: appen startar inte efter uppdateringen.", rating=2)
        yield stage


def told(stage: WebStage) -> list[str]:
    pairs = {"base_url": stage.url, "app": "4711", "countries": "se", "pages": "2", "brand": "Hyllbo"}
    return [one for key, value in pairs.items() for one in ("--set", f"{key}={value}")] + [
        "--set",
        "allow_private=true",
    ]


def test_a_source_is_made_after_a_look_at_its_first_three_records(textcx: Textcx, shop: WebStage) -> None:
    done = textcx("sources", "add", "app_store", "--name", "reviews", *told(shop))
    assert done.status == 0, done.err
    assert done.out.count('"text": "Recension') == 3
    assert "May be stored: text, title, author as a pseudonym" in done.out
    assert '"brand": "Hyllbo"' in done.out
    assert Path(".textcx/sources/reviews.yaml").stat().st_mode & 0o777 == 0o600
    (listed,) = json.loads(textcx("sources", "list", "--json").out)
    assert (listed["name"], listed["state"], listed["mentions"]) == ("reviews", "new", 0)
    assert textcx("sources", "add", "app_store", "--name", "reviews", *told(shop)).status == 2


def test_what_cannot_be_used_is_said_with_the_way_out_and_nothing_is_kept(textcx: Textcx, shop: WebStage) -> None:
    unknown = textcx("sources", "add", "app_shop")
    assert "app_store" in unknown.err
    wrong = textcx("sources", "add", "app_store", "--set", "app=hyllbo")
    assert "settings.app" in wrong.err
    assert "hyllbo" not in wrong.err
    odd = textcx("sources", "add", "app_store", "--set", "shop=1")
    assert "countries" in odd.err
    private = textcx("sources", "add", "app_store", *told(shop)[:-2])
    assert "allow_private" in private.err
    missing = textcx("sources", "add", "youtube", "--set", "key=env:TEXTCX_TEST_NO_SUCH_KEY", "--set", "videos=v1")
    assert "TEXTCX_TEST_NO_SUCH_KEY" in missing.err
    assert {one.status for one in (unknown, wrong, odd, missing)} == {2}
    assert private.status == 1
    assert json.loads(textcx("sources", "list", "--json").out) == []


def test_a_source_is_checked_and_tried_without_storing_anything(textcx: Textcx, shop: WebStage) -> None:
    textcx("sources", "add", "app_store", *told(shop))
    assert "answers" in textcx("sources", "check", "app_store").out
    assert textcx("sources", "test", "app_store").out.count('"text"') == 3
    shop.plan("failure", times=50)
    broken = textcx("sources", "check", "app_store")
    assert broken.status == 1
    assert "503" in broken.err
    assert textcx("search", "appen", "--json").out.count('"mention"') == 0


def test_a_paused_source_keeps_its_file_as_it_is(textcx: Textcx, shop: WebStage) -> None:
    textcx("sources", "add", "app_store", *told(shop))
    path = Path(".textcx/sources/app_store.yaml")
    path.write_text("# ours\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    before = path.read_text(encoding="utf-8")
    textcx("sources", "pause", "app_store")
    assert json.loads(textcx("sources", "list", "--json").out)[0]["state"] == "paused"
    textcx("sources", "resume", "app_store")
    assert path.read_text(encoding="utf-8") == before


def test_a_file_that_cannot_be_used_is_listed_with_the_reason(textcx: Textcx) -> None:
    folder = Path(".textcx/sources")
    folder.mkdir(parents=True)
    (folder / "shop.yaml").write_text("connector: app_store\nevery: often\n", encoding="utf-8")
    (listed,) = json.loads(textcx("sources", "list", "--json").out)
    assert listed["state"] == "unreadable"
    assert "every" in listed["note"]


def test_all_kinds_of_places_are_listed_with_their_settings(textcx: Textcx) -> None:
    kinds = {one["name"]: one for one in json.loads(textcx("sources", "connectors", "--json").out)}
    assert {"app_store", "trustpilot", "youtube"} <= kinds.keys()
    assert "description" in kinds["app_store"]["settings"]["properties"]["app"]


def test_a_source_is_removed_and_one_of_its_name_begins_anew(textcx: Textcx, shop: WebStage) -> None:
    textcx("sources", "add", "app_store", *told(shop))
    removed = textcx("sources", "remove", "app_store")
    assert removed.status == 0, removed.err
    assert json.loads(textcx("sources", "list", "--json").out) == []
    assert textcx("sources", "remove", "app_store").status == 2
    assert textcx("sources", "add", "app_store", *told(shop)).status == 0
