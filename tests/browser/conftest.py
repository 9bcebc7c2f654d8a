"""A real browser over a real server with the demonstration in it: Debian's Chromium, driven by Playwright."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from shutil import which

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

CHROMIUM = which("chromium")


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder: the one that is named by TEXTCX_BROWSER_DATA, else a new one with the demonstration."""
    named = os.environ.get("TEXTCX_BROWSER_DATA")
    if named:
        return Path(named)
    made = tmp_path_factory.mktemp("browser") / "data"
    subprocess.run([sys.executable, "-m", "service.cli", "demo", "--data", str(made)], check=True, capture_output=True)
    return made


@pytest.fixture(scope="session")
def copied(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of that folder, for tests that change what is in it."""
    made = tmp_path_factory.mktemp("copied") / "data"
    shutil.copytree(folder, made)
    return made


@pytest.fixture(scope="session", name="start")
def start_fixture() -> Callable[[Path, Path], tuple[subprocess.Popen[bytes], str]]:
    return start


def start(folder: Path, log: Path) -> tuple[subprocess.Popen[bytes], str]:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "service.cli", "serve", "--data", str(folder), "--port", str(port)]
    with log.open("wb") as file:
        process = subprocess.Popen(command, stdout=file, stderr=file)
    base = f"http://localhost:{port}"
    for _ in range(600):
        with suppress(OSError), urllib.request.urlopen(f"{base}/healthz", timeout=1):
            return process, base
        time.sleep(0.1)
    process.kill()
    raise AssertionError(log.read_text())


@pytest.fixture(scope="session")
def base(folder: Path, copied: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    assert copied.exists(), "copied before anybody writes"
    process, address = start(folder, tmp_path_factory.mktemp("log") / "serve.log")
    yield address
    process.terminate()
    process.wait(timeout=30)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is not installed: apt-get install chromium")
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


Open = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, base: str) -> Iterator[Open]:
    """Opens pages, as somebody who was here before; at the end none may have complained, or asked anybody else."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(
        path: str, *, width: int = 1600, locale: str = "en-GB", expects: int = 200, is_first: bool = False
    ) -> Page:
        context = browser.new_context(
            base_url=base,
            viewport={"width": width, "height": 900},
            locale=locale,
            timezone_id="Europe/Stockholm",
            reduced_motion="reduce",
        )
        contexts.append(context)
        if not is_first:  # whose first page is loaded twice
            context.add_cookies([{"name": "textcx_zone", "value": "Europe/Stockholm", "url": base}])
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = context.new_page()
        allowed = "" if expects == 200 else f"status of {expects}"
        page.on(
            "console",
            lambda message: (
                complaints.append(message.text)
                if message.type in ("error", "warning") and not (allowed and allowed in message.text)
                else None
            ),
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: (complaints.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on(
            "request",
            lambda request: (
                None if request.url.startswith((base, "data:", "blob:")) else complaints.append(f"asked {request.url}")
            ),
        )
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == expects, path
        expect(page.locator("body")).to_have_attribute("data-zone", "Europe/Stockholm")
        settle(page)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints, complaints


@pytest.fixture(scope="session", name="settle")
def settle_fixture() -> Callable[[Page], None]:
    return settle


def settle(page: Page) -> None:
    """Wait until the page has come to rest: it is drawn, and asks for nothing more."""
    page.wait_for_load_state("load")
    expect(page.locator("html")).to_have_attribute("data-ready", "yes")
    expect(page.locator(".htmx-request")).to_have_count(0)
