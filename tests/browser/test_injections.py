"""Whatever people write is shown as what it is: no text runs as a script, asks anybody, or breaks a page."""

import json
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from subprocess import Popen
from typing import Any, cast
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from service.assembly import Workshop
from textcx.annotation import (
    AnnotatedMention,
    Annotations,
    Emotion,
    LanguageTag,
    Opinion,
    Sentiment,
    Span,
    TopicTag,
    TouchpointJudgement,
)
from textcx.mention import Asked, Engagement, Mention, Subject
from textcx.settings import Settings
from textcx.testing import NOON, id_of

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
Settle = Callable[[Page], None]
_CALLS = ("window.__ran=1", "alert(1)", "fetch('https://evil.example/')")
_SHAPES = (
    '<script>{}</script>', '</script><script>{}</script>', '<img src=x onerror="{}">', '<svg onload="{}">',
    '"><script>{}</script>', "' onmouseover='{}' x='", '" autofocus onfocus="{}" x="', 'javascript:{}',
    '<a href="javascript:{}">x</a>', '<iframe srcdoc="<script>{}</script>">', '<body onload="{}">',
    '<details open ontoggle="{}">', "<style>@import'javascript:{}'</style>", '<math><mi xlink:href="javascript:{}">',
    '<form action="javascript:{}"><button>x</button></form>', '<object data="javascript:{}">',
    '<!--<img src="--><img src=x onerror="{}">', '<div hx-on:load="{}">x</div>',
    '<div hx-get="/" hx-trigger="load" hx-on::after-request="{}">x</div>', '{{{{ {} }}}}', '${{{}}}', '<%= {} %>',
    '</textarea><script>{}</script>', '</title><script>{}</script>', '<template><script>{}</script></template>',
    '{{% {} %}}', '&lt;script&gt;{}&lt;/script&gt;', '\u202e<script>{}</script>', '<scr\x00ipt>{}</script>',
    '<meta http-equiv="refresh" content="0;url=javascript:{}">', '<base href="https://evil.example/">{}',
    '<link rel=stylesheet href="https://evil.example/{}">', '<input onfocus="{}" autofocus>',
    '<video><source onerror="{}">', '<marquee onstart="{}">x</marquee>', ']]><script>{}</script>', '\\"-{}-\\"',
    "'-{}-'", '`${{{}}}`', '<svg><script>{}</script></svg>', '<svg><animate onbegin="{}" attributeName=x>',
    '<x onclick="{}" tabindex=1>', '<img src=`x` onerror=`{}`>', '<a href="data:text/html,<script>{}</script>">x</a>',
    '<embed src="javascript:{}">', '<div style="background:url(javascript:{})">',
    '<button formaction="javascript:{}">', '<portal src="javascript:{}">',
    '<noscript><p title="</noscript><img src=x onerror={}>">', '{{rich|{}}}',
)  # fmt: skip
TEXTS = [shape.format(call).replace("\x00", "") for shape in _SHAPES for call in _CALLS]
ADDRESSES = ("/", "/explore?period=all", "/journey?period=all&by=brand", "/compare?period=all", "/emotions?period=all",
             "/sources", "/topics?period=all")  # fmt: skip


def mention(number: int, text: str) -> AnnotatedMention:
    """A mention with this text in every field that is shown, past all that cleans texts on their way in."""
    short, words = text[:200], f"{text} The delivery was late, terrible! {text}"
    one = Mention(
        id=id_of(f"hostile {number}"),
        revision="1",
        version=number + 1,
        kind="review",
        source=short,
        brand=short,
        title=text,
        text=words,
        published_at=NOON - timedelta(hours=number),
        collected_at=NOON,
        author=text[:64],
        voice="customer",
        subject=Subject(product=short, location=short, country=short, app_version=short),
        asked=Asked(question=text, touchpoint=short),
        attributes={"segment": short, short[:100]: short},
        reply_to=id_of(f"hostile {number - 1}") if number % 5 else None,
        url=text if number % 2 else f"https://example.com/{quote(text)}",
        engagement=Engagement(likes=number),
    )
    everything = (Span(start=0, end=len(words)),)
    return AnnotatedMention(
        mention=one,
        annotations=Annotations(
            language=LanguageTag(code="en", confidence=0.9),
            sentiment=Sentiment(polarity="negative", score=-0.5, confidence=0.9, evidence=everything),
            emotions=(Emotion(name="anger", score=0.8, evidence=everything),),
            touchpoints=(
                TouchpointJudgement(id="delivery", stage="receive", polarity="negative", score=-1, evidence=everything),
                TouchpointJudgement(id=short, stage=short, polarity="positive", score=1, evidence=everything),
            ),
            opinions=(Opinion(aspect=text, polarity="negative", start=0, end=len(text)),),
            topics=(TopicTag(id=short, label=short, score=0.9),),
            said_by={"sentiment": text, short: text},
        ),
    )


def until_found(address: str, count: int) -> None:
    for _ in range(300):
        with urllib.request.urlopen(f"{address}/v1/search?limit=1") as answer:
            if json.load(answer)["total"] == count:
                return
        time.sleep(0.1)
    raise AssertionError("the index does not follow")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, start: Callable[..., Any]) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("hostile")
    workshop = Workshop(Settings(data=folder / "data"))
    assert workshop.store.put([mention(*one) for one in enumerate(TEXTS)]) == len(TEXTS) >= 150
    for text in TEXTS[::8]:
        workshop.runs.end(workshop.runs.start(text), state="failed", note=text)
    workshop.close()
    process, address = cast("tuple[Popen[bytes], str]", start(folder / "data", folder / "log"))
    until_found(address, len(TEXTS))
    yield address
    process.terminate()
    process.wait(timeout=30)


_MADE = "script iframe object embed base link style meta marquee math template [onerror] [onload] [ontoggle]"


def calm(page: Page) -> None:
    """Nothing ran, nothing was made of it, and the layout holds."""
    page.wait_for_timeout(100)
    assert page.evaluate("window.__ran === undefined")
    made = ", ".join(f"main {one}" for one in (*_MADE.split(), "[hx-get='/']"))
    assert page.locator(made).count() == 0
    links = page.evaluate("Array.from(document.querySelectorAll('a[href]'), (link) => link.protocol)")
    assert set(links) <= {"http:", "https:"}
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("width", [360, 1600])
@pytest.mark.parametrize("address", ADDRESSES)
def test_no_text_runs_on_a_page(opened: Open, address: str, width: int) -> None:
    page = opened(address, width=width)
    calm(page)
    if width == 1600 and page.locator("details.menu summary").count():
        for menu in page.locator("details.menu summary").all():
            menu.click()
        calm(page)


def test_no_text_runs_deep_in_the_list(opened: Open, settle: Settle) -> None:
    page = opened("/explore?period=all")
    seen = 0
    while True:
        calm(page)
        seen += page.locator("article.hit").count()
        following = page.locator("nav.paging a.button")
        if not following.count():
            break
        link = following.get_attribute("href") or ""
        following.click()
        page.wait_for_url(f"**{link}")
        settle(page)
    assert seen == len(TEXTS)


def test_no_text_runs_where_it_is_shown_in_full(opened: Open) -> None:
    page = opened(f"/mention/{id_of('hostile 1')}")
    for number in range(0, len(TEXTS), 3):
        page.goto(f"/mention/{id_of(f'hostile {number}')}")
        expect(page.locator("article.hit").first).to_contain_text(" ".join(TEXTS[number].split())[:40])
        calm(page)


@pytest.mark.parametrize("text", TEXTS[::15])
def test_no_text_runs_from_an_address(opened: Open, settle: Settle, text: str) -> None:
    page = opened(f"/?measure={quote(text)}", expects=400)
    calm(page)
    for path in (f"/explore?f={quote('brand:' + text)}", f"/compare?a={quote(text)}&by=brand"):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200
        settle(page)
        calm(page)


def test_no_text_runs_where_a_query_is_explained(opened: Open) -> None:
    page = opened("/explore")
    for text in TEXTS[::15]:
        page.locator("#q").fill("")
        with page.expect_response("**/query?**"):
            page.locator("#q").press_sequentially(f"lang:{text[:60]}")
        calm(page)
