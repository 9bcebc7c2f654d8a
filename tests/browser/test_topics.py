"""The forms of the topics: each shows what it would do, does it when told to, and leaves its trace."""

import json
import re
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
SEEDS = {
    "Late parcels": ["my parcel is late again", "leveransen är försenad", "pakken kom for sent", "toimitus myöhästyi"],
    "Billing errors": ["wrong amount on my bill", "fel på fakturan igen", "feil på regningen", "virhe laskussa"],
    "Broken app": ["the app crashes", "appen kraschar", "appen går ned hele tiden", "sovellus kaatuu"],
}


def asked(address: str, body: dict[str, Any] | None = None) -> Any:
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(address, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


@pytest.fixture(scope="module")
def base(copied: Path, tmp_path_factory: pytest.TempPathFactory, start: Callable[..., Any]) -> Iterator[str]:
    """A service of its own, whose topics these tests change: three that are made by examples, and proposals."""
    process, address = start(copied, tmp_path_factory.mktemp("log") / "topics.log")
    for label, phrases in SEEDS.items():
        asked(f"{address}/v1/topics", {"kind": "seed", "label": label, "phrases": phrases, "preview": False})
    for _ in range(600):
        if all(topic["mentions"] for topic in asked(f"{address}/v1/topics")["topics"]):
            break
        time.sleep(0.1)
    yield address
    process.terminate()
    process.wait(timeout=30)


def leads_to(page: Page, heading: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)


def test_a_topic_is_renamed_once_it_was_shown_what_that_does(opened: Open, base: str) -> None:
    page = opened("/topics?period=all")
    page.get_by_role("link", name="Late parcels", exact=True).first.click()
    leads_to(page, "Late parcels")
    page.get_by_label("New name").fill("Parcels that come late")
    page.get_by_role("button", name="Rename").click()
    leads_to(page, "What this would do")
    expect(page.locator("main")).to_contain_text("No mention changes its topic.")
    page.get_by_role("link", name="Leave it").click()
    page.get_by_role("link", name="Late parcels", exact=True).first.click()
    leads_to(page, "Late parcels")
    page.get_by_label("New name").fill("Parcels that come late")
    page.keyboard.press("Enter")
    leads_to(page, "What this would do")
    page.get_by_role("button", name="Do it").press("Enter")
    leads_to(page, "Done")
    assert "Parcels that come late" in [topic["label"] for topic in asked(f"{base}/v1/topics")["topics"]]


def test_two_topics_become_one_and_the_old_name_leads_on(opened: Open) -> None:
    page = opened("/topics?period=all")
    page.get_by_role("link", name="Broken app", exact=True).first.click()
    leads_to(page, "Broken app")
    old = page.url
    page.get_by_label("Merge into").select_option(label="Billing errors")
    page.get_by_role("button", name="Merge").click()
    leads_to(page, "What this would do")
    expect(page.locator("main li")).to_have_text(re.compile(r"Broken app → Billing errors: \d+ mentions"))
    page.get_by_role("button", name="Do it").click()
    leads_to(page, "Done")
    page.goto(old)
    expect(page.locator("main .next")).to_contain_text("This topic is no more")
    page.locator("main .next").get_by_role("link", name="Billing errors").click()
    leads_to(page, "Billing errors")


def test_topics_are_proposed_once_it_was_said_what_that_looks_through(opened: Open, base: str) -> None:
    page = opened("/topics?period=all", locale="sv-SE")
    page.get_by_role("button", name="Hitta nya ämnen").click()
    leads_to(page, "Vad detta skulle göra")
    expect(page.locator("main")).to_contain_text(re.compile(r"\d+ omnämnanden utan ämne gås igenom"))
    assert asked(f"{base}/v1/topics/proposals")["proposals"] == [], "it was only said"
    page.get_by_role("button", name="Gör det").press("Enter")
    expect(page.locator(".proposal").first).to_be_visible(timeout=60_000)
    assert page.locator(".proposal").count() == len(asked(f"{base}/v1/topics/proposals")["proposals"])
    page.get_by_role("button", name="Hitta nya ämnen").click()
    expect(page.locator("main")).to_contain_text("ersätts av de nya")


def test_a_proposal_is_accepted_under_a_name_of_ones_own(opened: Open, base: str) -> None:
    if not asked(f"{base}/v1/topics/proposals")["proposals"]:
        asked(f"{base}/v1/topics/proposals", {"sample": 1000})
    page = opened("/topics?period=all")
    proposal = page.locator(".proposal").first
    proposal.locator("input[name=label]").fill("Found by itself")
    proposal.get_by_role("button", name="Accept").click()
    leads_to(page, "What this would do")
    expect(page.locator("main li").first).to_contain_text("no topic → Found by itself")
    page.get_by_role("button", name="Do it").click()
    leads_to(page, "Done")
    page.get_by_role("link", name="Topics", exact=True).last.click()
    expect(page.locator(".card table th", has_text="Found by itself").first).to_be_visible()
    assert "Found by itself" in [topic["label"] for topic in asked(f"{base}/v1/topics")["topics"]]


def test_how_well_the_topics_fit_comes_after_the_page(opened: Open) -> None:
    page = opened("/topics?period=all")
    figure = page.locator("#without")
    expect(figure.get_by_role("heading")).to_have_text("Share without a topic over time")
    expect(page.locator("#health table th", has_text="Billing errors").first).to_be_visible()
    with page.expect_download() as download:
        figure.get_by_role("link", name="CSV").click()
    assert download.value.suggested_filename == "textcx-without.csv"
