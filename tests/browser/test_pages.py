"""Every page in a real browser: opened in both widths, usable by keyboard, without a fault of accessibility."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
Settle = Callable[[Page], None]
WIDTHS = (360, 1600)

AXE = (Path(__file__).parent / "axe.min.js").read_text(encoding="utf-8")
PAGES = (
    "/",
    "/?period=12m&measure=volume",
    "/explore?q=leverans*&period=all",
    "/journey?period=all",
    "/journey?by=brand&period=12m",
    "/compare?period=12m",
    "/compare?by=period&period=90d",
    "/emotions?period=all",
    "/topics?period=all",
    "/try",
    "/sources",
    "/measures",
)
SERIOUS = ("serious", "critical")


def until(page: Page, script: str) -> None:
    """Wait until an expression holds; the policy forbids the browser's own way of waiting."""
    for _ in range(100):
        if page.evaluate(script):
            return
        page.wait_for_timeout(50)
    raise AssertionError(script)


def faults(page: Page) -> list[Any]:
    """What axe finds that keeps people out."""
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        (one["id"], [node["html"][:160] for node in one["nodes"][:3]], one["nodes"][0]["failureSummary"][:300])
        for one in found["violations"]
        if one["impact"] in SERIOUS
    ]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", PAGES)
def test_a_page_opens_fits_and_keeps_nobody_out(opened: Open, path: str, width: int) -> None:
    page = opened(path, width=width)
    expect(page.locator("h1")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width, "nothing sticks out"
    here = page.locator("nav.pages [aria-current]").bounding_box()
    assert here is not None
    assert 0 <= here["x"] <= width - here["width"], "the page's own name is in sight"
    assert faults(page) == []
    page.wait_for_load_state("networkidle")  # until then whatever it asks for later is heard of, too


def test_the_first_visit_tells_the_readers_zone(opened: Open) -> None:
    page = opened("/explore?period=all", is_first=True)
    expect(page.locator("body")).to_have_attribute("data-zone", "Europe/Stockholm")


def test_a_mention_opens_from_its_hit(opened: Open, settle: Settle) -> None:
    page = opened("/explore?q=kind:reply&period=all")
    page.get_by_role("link", name="Thread and details").first.click()
    expect(page.get_by_role("heading", name="Mention", exact=True)).to_be_visible()
    assert page.locator("article.hit").count() > 1, "what it answers is there"
    settle(page)
    assert faults(page) == []


def test_own_dates_take_the_place_of_a_period(opened: Open) -> None:
    page = opened("/explore")
    page.locator("#from").fill("2026-01-01")
    page.locator("#to").fill("2026-03-31")
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url("**from=2026-01-01&to=2026-03-31**")
    expect(page.locator("main .over").first).to_contain_text("1 Jan 2026 – 31 Mar 2026")
    page.locator("#period").select_option("all")
    page.wait_for_url("**period=all**")
    assert page.locator("#from").input_value() == ""


def test_a_query_is_completed_by_keyboard_and_a_wrong_one_explained(opened: Open) -> None:
    page = opened("/explore?period=all", expects=200)
    field = page.locator("#q")
    field.focus()
    field.press_sequentially("sentim")
    expect(page.locator("#q-list li").first).to_be_visible()
    field.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant")
    expect(page.locator("#q-list .help").first).to_have_text("polarity of the whole text")
    field.press("Enter")
    assert field.input_value().startswith("sentiment:")
    expect(page.locator("#q-list li", has_text="negative")).to_be_visible()
    field.press("Escape")
    expect(page.locator("#q-list")).to_be_hidden()
    field.fill("sentiment:negative")
    field.press("Enter")
    page.wait_for_url("**q=sentiment%3Anegative**")
    assert page.locator("article.hit").count() > 0
    wrong = opened("/explore?q=stars%3Amany", expects=400)
    expect(wrong.locator("#q-trouble mark")).to_have_text("m")
    expect(wrong.locator("#q")).to_have_attribute("aria-invalid", "true")
    assert faults(wrong) == []


def test_a_query_is_explained_while_it_is_typed_in_the_readers_language(opened: Open) -> None:
    page = opened("/explore?period=all", locale="sv-SE")
    field, said = page.locator("#q"), page.locator("#q-trouble")
    field.focus()
    field.press_sequentially("leverans ")
    field.press_sequentially("sent")
    expect(page.locator("#q-list .help").first).to_have_text("hela textens tonläge")
    expect(page.locator("#q-list [lang=en]")).to_have_count(0)
    field.press_sequentially("iment:")
    expect(said).to_contain_text("Inte klart än: sentiment: behöver ett värde")
    expect(field).to_have_attribute("aria-invalid", "false")
    field.press_sequentially("negativt")
    expect(said).to_contain_text("sentiment har inget värde negativt. Menade du negative?")
    expect(said.locator("mark")).to_have_text("n")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_be_focused()
    assert said.get_attribute("aria-live") == "polite"
    assert page.evaluate("document.getElementById('q').selectionStart") == len("leverans sentiment:negativt")
    assert faults(page) == []
    field.press("Backspace")
    field.press_sequentially("e")
    expect(said).to_be_empty()
    expect(field).to_have_attribute("aria-invalid", "false")
    assert page.url.endswith("/explore?period=all"), "nothing was sent"


def test_every_control_of_explore_does_what_it_says(opened: Open) -> None:
    page = opened("/explore?q=kind%3Areview&period=all")
    total = page.locator("main h2", has_text="mentions").inner_text()
    page.locator("#sort").select_option("oldest")
    page.wait_for_url("**sort=oldest**")
    page.locator("#marks").select_option("off")
    page.wait_for_url("**marks=off**")
    expect(page.locator("article mark.negative")).to_have_count(0)
    page.get_by_role("link", name="Next page").click()
    page.wait_for_url("**cursor=**")
    assert page.locator("main h2", has_text="mentions").inner_text() == total
    page.get_by_role("link", name="First page").click()
    until(page, "!location.search.includes('cursor')")
    page.locator(".facets a", has_text="negative").first.click()
    expect(page.locator(".chip")).to_have_count(1)
    with page.expect_download() as download:
        page.get_by_role("link", name="All hits as CSV").click()
    assert download.value.suggested_filename == "mentions.csv"
    page.locator("#q").fill("sen leverans")
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url("**q=sen%20leverans**")
    page.locator("#mode").select_option("meaning")
    page.wait_for_url("**mode=meaning**")
    expect(page.locator("#sort")).to_have_count(0)


def test_every_tool_of_a_chart_does_what_it_says(opened: Open) -> None:
    page = opened("/?period=12m")
    figure = page.locator("#trend")
    assert figure.locator("canvas").count() == 1, "drawn by ECharts"
    figure.get_by_text("Table", exact=True).click()
    assert figure.locator("tbody tr").count() >= 12
    for name, ending in (("CSV", "csv"), ("Picture", "svg")):
        with page.expect_download() as download:
            figure.get_by_role("link", name=name).click()
        assert download.value.suggested_filename == f"textcx-trend.{ending}"
    figure.get_by_role("link", name="Link", exact=True).click()
    expect(page.locator(".toast")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert re.search(r"from=\d{4}-\d\d-\d\d&to=\d{4}-\d\d-\d\d.*timezone=Europe%2FStockholm.*#trend$", copied)
    again = opened("/" + copied.split("/", 3)[3])
    rows = "Array.from(document.querySelectorAll('#trend tbody tr'), (row) => row.textContent)"
    assert again.evaluate(rows) == page.evaluate(rows)
    figure.locator("tbody a").first.click()
    page.wait_for_url("**/explore?**")


def test_the_journey_leads_to_the_mentions(opened: Open) -> None:
    page = opened("/journey?period=all")
    box = page.locator("a.touchpoint", has_text="Billing")
    assert box.locator(".score").inner_text()
    box.click()
    page.wait_for_url("**/explore?**touchpoint%3Abilling**")
    assert page.locator("article.hit").count() > 0
    page.go_back()
    page.locator("#by").select_option("brand")
    page.wait_for_url("**by=brand**")
    assert page.locator("table.heat tbody tr").count() > 5


def test_brands_are_chosen_and_compared(opened: Open) -> None:
    page = opened("/compare?period=all")
    page.locator("#b").select_option("Klarvik")
    page.wait_for_url("**b=Klarvik**")
    expect(page.locator("#rows h2")).to_contain_text("Klarvik")
    page.locator("#measure").select_option("average_stars")
    page.wait_for_url("**measure=average_stars**")
    page.locator("#by").select_option("lang")
    page.wait_for_url("**by=lang**")
    assert "b=Klarvik" not in page.url


def test_a_text_of_ones_own_is_analysed(opened: Open) -> None:
    page = opened("/try")
    page.locator("#text").fill("Leveransen var sen och kundtjänsten svarar aldrig. Uselt!")
    page.get_by_role("button", name="Analyse").click()
    expect(page.locator("#result")).to_be_visible(timeout=60_000)
    expect(page.locator("#result .judged li", has_text="Delivery")).to_contain_text("negative")
    assert page.locator("#result mark.negative").count() > 0
    expect(page.locator("#result pre").first).to_contain_text("POST /v1/enrich")
    assert faults(page) == []


def test_an_emotion_is_chosen(opened: Open) -> None:
    page = opened("/emotions?period=all")
    page.locator("#emotion").select_option("joy")
    page.wait_for_url("**emotion=joy**")
    expect(page.get_by_role("heading", name="Touchpoints in mentions with joy")).to_be_visible()
    expect(page.locator("main .next")).to_contain_text("Joy: read the")
    assert "keep=" not in page.url
    for chart in ("where", "trend"):
        assert page.locator(f"#{chart} canvas").count() == 1, "drawn by ECharts"
        assert page.locator(f"#{chart} tbody tr").count() > 3
    page.locator("#period").select_option("12m")
    page.wait_for_url("**period=12m**")
    assert "emotion=joy" in page.url, "what was chosen goes along"
    assert page.locator("#trend tbody tr").count() > 3


def test_the_reader_chooses_language_and_zone(opened: Open, settle: Settle) -> None:
    page = opened("/explore?period=all", locale="de-DE")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.locator("#language").select_option("sv")
    expect(page.locator("html")).to_have_attribute("lang", "sv")
    expect(page.get_by_role("heading", level=1)).to_have_text("Utforska")
    stockholm = page.locator("article time").first.inner_text()
    page.locator("#zone").select_option("Europe/Helsinki")
    expect(page.locator("body")).to_have_attribute("data-zone", "Europe/Helsinki")
    settle(page)
    assert page.locator("article time").first.inner_text() != stockholm


@pytest.mark.parametrize("locale", ["sv-SE", "da-DK", "nb-NO", "fi-FI"])
def test_pages_are_whole_in_the_readers_language(opened: Open, locale: str) -> None:
    page = opened("/?period=12m", width=360, locale=locale)
    expect(page.locator("html")).to_have_attribute("lang", locale[:2])
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert "Overview" not in page.locator("body").inner_text()


def test_without_scripts_the_charts_are_there_as_pictures(opened: Open, browser: Browser, base: str) -> None:
    context = browser.new_context(base_url=base, java_script_enabled=False)
    page = context.new_page()
    page.goto("/?period=12m")
    assert page.locator("#trend svg").count() == 1
    context.close()
