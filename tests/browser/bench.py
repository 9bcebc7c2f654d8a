"""How fast each page is with many mentions, measured by the browser: `python bench.py [MENTIONS | DATA] [PAGE...]`.

One client, so many new mentions or a data folder that has them, all pages or those named, `TEXTCX_BENCH_ROUNDS` rounds.

Paint: from the request to the first frame, which has all words, numbers and charts as the server drew them, in a
browser without anything kept. Drawn: to the frame in which the charts can be asked. Interaction: from a choice on the
page to the frame that shows its answer. A figure over its goal ends in exit status 1.
"""

import os
import sys
from collections.abc import Collection
from math import ceil
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from conftest import CHROMIUM, start
from playwright.sync_api import Browser, sync_playwright
from screenshots import TOPICS, run

from ingest.connectors.file import FileConnector
from service.assembly import Workshop
from service.benchmark.corpus import write_corpus
from service.commands.ingest import run_source
from textcx.configs import configs_folder
from textcx.settings import Settings

ROUNDS = int(os.environ.get("TEXTCX_BENCH_ROUNDS", "20"))
PAINT_GOAL_MS, INTERACTION_GOAL_MS = 1000, 300
WRITING_MS = 1500
"""What it takes at least to paste a text and to read it over."""
PAGES: dict[str, tuple[str, str]] = {
    "overview": ("/?period=12m", "#measure"),
    "overview, all": ("/?period=all", "#interval"),
    "explore": ("/explore?q=leverans*&period=all", "#sort"),
    "journey": ("/journey?period=all", "#by"),
    "compare": ("/compare?period=all", "#measure"),
    "emotions": ("/emotions?period=all", "#emotion"),
    "topics": ("/topics?period=all", "#period"),
    "sources": ("/sources", ""),
    "measures": ("/measures", ""),
    "try": ("/try", "text"),
}
TRY = """async ([text]) => {
  document.getElementById("text").value = text;
  const drawn = new Promise((done) => document.addEventListener("textcx:drawn", done, { once: true }));
  const began = performance.now();
  document.querySelector("form.card button.primary").click();
  await drawn;
  if (!document.getElementById("result")) throw new Error("no answer");
  return performance.now() - began;
}"""
TEXTS = (
    "Leveransen var sen och kundtjänsten svarar aldrig, jag är besviken. Priset är däremot bra.",
    "Delivery was late, but customer service solved it all in five minutes. I will come back!",
    "Toimitus myöhästyi taas, mutta asiakaspalvelu auttoi nopeasti ja ystävällisesti.",
    "Appen går ned hele tiden, og regningen var forkert to måneder i træk.",
)
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
DRAWN = "performance.getEntriesByName('textcx-drawn')[0].startTime"
CHOOSE = """async ([selector]) => {
  const field = document.querySelector(selector);
  const values = Array.from(field.options, (option) => option.value);
  const other = values[(values.indexOf(field.value) + 1) % Math.min(values.length, 4)];
  const began = performance.now();
  const drawn = new Promise((done) => document.addEventListener("textcx:drawn", done, { once: true }));
  field.value = other;
  field.dispatchEvent(new Event("change", { bubbles: true }));
  await drawn;
  return performance.now() - began;
}"""


def p95(times: list[float]) -> float:
    return sorted(times)[ceil(len(times) * 0.95) - 1]


def measure(browser: Browser, base: str, names: Collection[str]) -> bool:
    """Print the median and the 95th percentile of each page; say whether all reach their goals."""
    is_good = True
    print(f"{'milliseconds, p50 and p95':<26}{'paint':>12}{'drawn':>14}{'interaction':>14}")  # noqa: T201
    for name in names:
        address, control = PAGES[name]
        paints, drawn, interactions = [], [], []
        for number in range(ROUNDS):
            context = browser.new_context(base_url=base, timezone_id="UTC", viewport={"width": 1600, "height": 900})
            page = context.new_page()
            page.goto(address)
            page.wait_for_load_state("networkidle")
            paints.append(float(page.evaluate(PAINTED)))
            drawn.append(float(page.evaluate(DRAWN)))
            if control == "text":
                page.wait_for_timeout(WRITING_MS)
                interactions.append(float(page.evaluate(TRY, [TEXTS[number % len(TEXTS)]])))
            elif control:
                interactions.append(float(page.evaluate(CHOOSE, [control])))
            context.close()
        cells = [f"{median(times):.0f} {p95(times):.0f}" if times else "" for times in (paints, drawn, interactions)]
        is_good = is_good and p95(paints) <= PAINT_GOAL_MS
        is_good = is_good and (not interactions or p95(interactions) <= INTERACTION_GOAL_MS)
        print(f"{name:<26}{cells[0]:>12}{cells[1]:>14}{cells[2]:>14}")  # noqa: T201
    print(f"goals for p95: paint {PAINT_GOAL_MS}, interaction {INTERACTION_GOAL_MS}")  # noqa: T201
    return is_good


def fill(folder: Path, mentions: int) -> Path:
    write_corpus(folder / "corpus.csv", configs_folder() / "demo", count=mentions)
    workshop = Workshop(Settings(data=folder / "data"))
    source = FileConnector(folder / "corpus.csv", mapped={}, fixed={}).read()
    run_source(workshop, "corpus", source, shows_progress=False)
    workshop.close()
    for label, *phrases in TOPICS:
        run("topics", "seed", label, *phrases, "--yes", "--data", str(folder / "data"))
    return folder / "data"


def main(wanted: str, names: Collection[str]) -> int:
    with TemporaryDirectory() as name:
        data = fill(Path(name), int(wanted)) if wanted.isdecimal() else Path(wanted)
        process, base = start(data, Path(name) / "log")
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
                is_good = measure(browser, base, names or PAGES)
                browser.close()
        finally:
            process.terminate()
            process.wait(timeout=30)
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "100000", sys.argv[2:]))
