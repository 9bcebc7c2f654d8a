"""The address is the state of a page: what was chosen is there again by back, forward and a link."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


def test_the_state_of_a_page_is_in_its_address_through_back_and_forward(opened: Open) -> None:
    page = opened("/?period=12m")
    page.locator("summary", has_text="Brand").click()
    page.locator(".menu[open] a", has_text="Klarvik").click()
    expect(page.locator(".chip")).to_contain_text("Klarvik")
    page.locator("#measure").select_option("negative_share")
    expect(page.get_by_role("heading", name="Share negative over time")).to_be_visible()
    page.locator("#interval").select_option("quarter")
    page.wait_for_url("**interval=quarter**")
    page.locator("nav.pages").get_by_text("Journey").click()
    page.wait_for_url("**/journey**")
    expect(page.locator(".chip")).to_contain_text("Klarvik")
    page.go_back()
    expect(page.get_by_role("heading", name="Share negative over time")).to_be_visible()
    assert page.locator("#interval").input_value() == "quarter"
    address = page.url
    page.go_forward()
    page.wait_for_url("**/journey**")
    again = opened("/" + address.split("/", 3)[3])
    assert again.locator("#measure").input_value() == "negative_share"
    assert again.locator("#period").input_value() == "12m"
    expect(again.locator(".chip")).to_contain_text("Klarvik")
    again.locator(".chip").click()
    expect(again.locator(".chip")).to_have_count(0)


@pytest.mark.parametrize(
    ("path", "field", "value"),
    [
        ("/", "#measure", "volume"),
        ("/explore?period=all", "#sort", "oldest"),
        ("/journey?period=all", "#by", "brand"),
        ("/compare?period=all", "#measure", "average_stars"),
        ("/emotions?period=all", "#emotion", "joy"),
        ("/topics", "#period", "12m"),
        ("/?period=12m", "#interval", "week"),
    ],
)
def test_what_was_chosen_is_there_again_by_back_and_forward(opened: Open, path: str, field: str, value: str) -> None:
    page = opened(path)
    address, before = page.url, page.locator(field).input_value()
    page.locator(field).select_option(value)
    page.wait_for_url(lambda url: url != address)
    chosen = page.url
    page.go_back()
    page.wait_for_url(address)
    expect(page.locator(field)).to_have_value(before)
    page.go_forward()
    page.wait_for_url(chosen)
    expect(page.locator(field)).to_have_value(value)


@pytest.mark.parametrize("name", ["Try it", "Sources and runs", "Measures", "Topics"])
def test_pages_without_a_choice_are_there_again_by_back_and_forward(opened: Open, name: str) -> None:
    page = opened("/explore?q=sen&period=all")
    page.locator("nav.pages").get_by_text(name).click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(name)
    page.go_back()
    expect(heading).to_have_text("Explore")
    assert page.locator("#q").input_value() == "sen"
    page.go_forward()
    expect(heading).to_have_text(name)


def test_a_mention_is_left_and_found_again(opened: Open) -> None:
    page = opened("/explore?q=kind:reply&period=all")
    page.get_by_role("link", name="Thread and details").nth(1).click()
    page.wait_for_url("**/mention/**")
    text = page.locator("article.hit .text").first.inner_text()
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Explore")
    page.go_forward()
    expect(page.locator("article.hit .text").first).to_have_text(text)
