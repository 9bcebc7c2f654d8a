"""Signing in with a key, in a real browser that judges the cookie as people's browsers do."""

import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from service.assembly import Workshop
from textcx.settings import Settings

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory, start: Callable[..., Any]) -> Iterator[tuple[str, str]]:
    folder: Path = tmp_path_factory.mktemp("guarded")
    workshop = Workshop(Settings(data=folder / "data"))
    _, key = workshop.keys.add("reader", scopes=("read",), requests_per_minute=1000, now=datetime.now(UTC))
    workshop.close()
    process: subprocess.Popen[bytes]
    process, base = start(folder / "data", folder / "log")
    yield base, key
    process.terminate()
    process.wait(timeout=30)


def test_a_key_pasted_once_opens_the_pages_until_signing_out(browser: Browser, guarded: tuple[str, str]) -> None:
    base, key = guarded
    context = browser.new_context(base_url=base, locale="en-GB")
    page = context.new_page()
    page.goto("/explore?q=sen")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.get_by_label("Key").fill("textcx_wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("not known")
    page.get_by_label("Key").fill(key)
    page.keyboard.press("Enter")
    page.wait_for_url("**/explore?q=sen")
    expect(page.get_by_role("heading", level=1)).to_have_text("Explore")
    cookie = next(one for one in context.cookies() if one["name"].startswith("__Host-"))
    assert (cookie["httpOnly"], cookie["secure"], cookie["sameSite"]) == (True, True, "Strict")
    page.locator("#q").focus()
    page.locator("#q").press_sequentially("bran")
    expect(page.locator("#q-list li").first).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto("/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    context.close()
