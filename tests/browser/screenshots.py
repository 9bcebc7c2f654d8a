"""Pictures of the dashboard over the made-up mentions of the demonstration: `python screenshots.py FOLDER`."""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from conftest import CHROMIUM, start
from playwright.sync_api import sync_playwright

WIDE, NARROW = (1280, 800), (360, 740)
PAGES = {
    "overview": "/?period=12m",
    "explore": "/explore?q=leverans*&period=all",
    "journey": "/journey?period=all",
    "compare": "/compare?period=all",
    "emotions": "/emotions?period=all",
    "topics": "/topics?period=all",
    "try": "/try",
    "sources": "/sources",
    "measures": "/measures",
}
TOPICS = (
    ("Late parcels", "my parcel is late again", "leveransen är försenad", "pakken kom for sent", "toimitus myöhästyi"),
    ("Cancelled flights", "my flight was cancelled", "flyget ställdes in", "flyet ble kansellert", "lento peruttiin"),
    ("Billing errors", "wrong amount on my bill", "fel på fakturan igen", "feil på regningen", "virhe laskussa"),
)


def run(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "service.cli", *arguments], check=True, capture_output=True)


def main(target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as name:
        data = Path(name) / "data"
        run("demo", "--data", str(data))
        for label, *phrases in TOPICS:
            run("topics", "seed", label, *phrases, "--yes", "--data", str(data))
        process, base = start(data, Path(name) / "log")
        try:
            take(base, target)
        finally:
            process.terminate()
            process.wait(timeout=30)


def take(base: str, target: Path) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for size, ending in ((WIDE, ""), (NARROW, "-narrow")):
            context = browser.new_context(
                base_url=base,
                viewport={"width": size[0], "height": size[1]},
                locale="en-GB",
                timezone_id="Europe/Stockholm",
                color_scheme="light",
            )
            page = context.new_page()
            for name, address in PAGES.items():
                page.goto(address)
                page.wait_for_load_state("networkidle")
                if name == "try":
                    page.get_by_role("button", name="Analyse").click()
                    page.locator("#result").wait_for(timeout=60_000)
                page.wait_for_timeout(400)
                page.screenshot(path=target / f"{name}{ending}.png")
            context.close()
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
