"""Pages by keyboard alone: everything that can be used is reached, shows that it is, and works."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
MOST_STEPS = 900

WATCH = """() => {
  window.reached = new Set();
  window.unmarked = [];
  document.addEventListener("focusin", (event) => {
    const element = event.target;
    const isMarked = getComputedStyle(element).outlineStyle !== "none";
    if (!reached.has(element) && !isMarked) unmarked.push(element.outerHTML.slice(0, 120));
    reached.add(element);
  });
}"""
LEFT = """() => {
  const usable = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  const shown = Array.from(document.querySelectorAll(usable)).filter((one) => !one.disabled && one.checkVisibility());
  return shown.filter((one) => !reached.has(one)).map((one) => one.outerHTML.slice(0, 120));
}"""


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.textContent.trim().slice(0, 30)"))


@pytest.mark.parametrize(
    "path", ["/explore?q=kind:reply&period=all", "/journey?period=all&by=brand", "/compare?period=12m", "/topics"]
)
def test_all_that_can_be_used_is_reached_and_marked(opened: Open, path: str) -> None:
    page = opened(path)
    page.evaluate(WATCH)
    for step in range(MOST_STEPS):
        page.keyboard.press("Tab")
        if step % 8 == 0 and page.evaluate("Array.from(reached).some((one) => one.id === 'zone')"):
            break
    assert page.evaluate("unmarked") == []
    assert page.evaluate(LEFT) == []


def test_a_page_is_walked_by_keyboard_alone(opened: Open) -> None:
    page = opened("/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to content")
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    reached = set()
    for _ in range(80):
        page.keyboard.press("Tab")
        name = page.evaluate("document.activeElement.id || document.activeElement.textContent.trim().slice(0, 30)")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", name
        reached.add(name)
        if name == "zone":
            break
    assert {"q", "period", "from", "to", "Apply", "Brand", "measure", "interval", "Table", "CSV", "zone"} <= reached
    menu = page.locator("details.menu summary").first
    menu.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".chip")).to_have_count(1)
    page.locator("details.menu summary").first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator("details.menu[open]")).to_have_count(0)


def test_explore_is_used_by_keyboard_alone(opened: Open) -> None:
    page = opened("/explore?period=all")
    page.locator("#q").focus()
    page.keyboard.type("kind:review")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=kind%3Areview**")
    page.locator(".facets summary", has_text="Source").focus()
    page.keyboard.press("Enter")
    page.locator(".facets details[open] a", has_text="review").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".chip")).to_have_count(1)
    page.locator("#sort").focus()
    page.keyboard.press("ArrowDown")
    page.wait_for_url("**sort=oldest**")
    assert focused(page) == "sort", "who has chosen goes on from there"
    page.get_by_role("link", name="Thread and details").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/mention/**")
    expect(page.get_by_role("heading", name="Mention", exact=True)).to_be_visible()


def test_the_journey_is_used_by_keyboard_alone(opened: Open) -> None:
    page = opened("/journey?period=all")
    page.locator("#by").focus()
    page.keyboard.press("ArrowDown")
    page.wait_for_url("**by=**")
    assert focused(page) == "by"
    page.locator(".table-view summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".table-view tbody")).to_be_visible()
    page.locator("table.heat tbody a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/explore?**")


def test_values_are_compared_by_keyboard_alone(opened: Open) -> None:
    page = opened("/compare?period=all")
    page.locator("#measure").focus()
    page.keyboard.press("ArrowDown")
    page.wait_for_url("**measure=negative_share**")
    assert focused(page) == "measure"
    page.locator("#b").focus()
    before = page.locator("#b").input_value()
    page.keyboard.press("ArrowDown")
    page.wait_for_url("**&b=**")
    expect(page.locator("#b")).not_to_have_value(before)
    expect(page.locator("#rows h2")).to_contain_text(page.locator("#b").input_value())
    page.locator("#rows tbody a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/explore?**")
