"""Article: what a page of a magazine, paper or company says, without what stands on all of its pages."""

from collections.abc import Iterator
from typing import Any

import justext
from lxml.etree import LxmlError

from crawlers.page import Page
from crawlers.pages.linked_data import Thing, things_of
from crawlers.pages.reviews import readable_time
from ingest.raw import RawRecord

_STOPWORDS = {
    "sv": "Swedish", "da": "Danish", "nb": "Norwegian_Bokmal", "no": "Norwegian_Bokmal", "nn": "Norwegian_Nynorsk",
    "fi": "Finnish", "en": "English",
}  # fmt: skip
_LEAST_CHARACTERS = 200
_SUFFIXES = ("Article", "Posting", "Report")


def read_article(page: Page, *, kind: str, most_characters: int, voice: str) -> RawRecord | None:
    """Return the article of a page, or None where it has none.

    Args:
        page: In HTML.
        kind: The source kind of the record.
        most_characters: Of its text; what is longer ends with a whole paragraph before. 0: all.
        voice: Whose it is.
    """
    thing = next((one for one in _all_things(page) if any(name.endswith(_SUFFIXES) for name in one.types)), None)
    text = _first("\n\n".join(_paragraphs(page, thing.text("articleBody") if thing else None)), most_characters)
    if not text:
        return None
    title = (thing and thing.text("headline", "name")) or _meta(page, "og:title") or _text(page, "//h1") or None
    author = (thing and thing.text("author")) or _meta(page, "author", "article:author")
    published = (thing and thing.text("datePublished")) or _meta(page, "article:published_time", "date")
    fields: dict[str, Any] = {
        "kind": "article",
        "source": page.host,
        "title": title or _text(page, "//title"),
        "text": text,
        "language": page.language,
        "author": author,
        "voice": voice,
        "published_at": readable_time(published) or readable_time(page.html.xpath("//time/@datetime").get()),
        "url": page.canonical_url,
    }
    return RawRecord(
        source_kind=kind,
        scope=page.host,
        native_id=page.canonical_url,
        place=page.canonical_url[:150],
        fields={name: value for name, value in fields.items() if value},
        collected_at=page.fetched_at,
    )


def _all_things(page: Page) -> Iterator[Thing]:
    for top in things_of(page):
        yield top
        yield from top.things("mainEntity", "mainEntityOfPage")


def _paragraphs(page: Page, body: str | None) -> list[str]:
    """Return the text's paragraphs: as the page itself declares it, unless what it shows is more than a few words."""
    declared = [part.strip() for part in (body or "").split("\n") if part.strip()]
    if sum(map(len, declared)) >= _LEAST_CHARACTERS:
        return declared
    stopwords = justext.get_stoplist(_STOPWORDS.get(page.language or "", "English"))
    try:
        found = justext.justext(page.text, stopwords)
    except (LxmlError, ValueError, AssertionError):  # a page without anything in it
        return declared
    shown = [one.text.strip() for one in found if not one.is_boilerplate and not one.is_heading]
    if sum(map(len, shown)) < _LEAST_CHARACTERS:
        parts = page.html.xpath("(//article|//main)[1]//p").xpath("string()").getall()
        shown = [words for part in parts if (words := _words(part))]
    return shown if sum(map(len, shown)) >= _LEAST_CHARACTERS else declared


def _first(text: str, most: int) -> str:
    """Return the first paragraphs that fit, or as much of the first as does, whole words."""
    if not most or len(text) <= most:
        return text
    cut = text[:most]
    return cut.rpartition("\n\n")[0] or cut.rpartition(" ")[0] or cut


def _meta(page: Page, *names: str) -> str | None:
    for name in names:
        found = page.html.xpath("//meta[@property=$name or @name=$name]/@content", name=name).get()
        if found and found.strip():
            return found.strip()
    return None


def _text(page: Page, path: str) -> str | None:
    return _words(page.html.xpath(path).xpath("string()").get()) or None


def _words(text: str | None) -> str:
    return " ".join((text or "").split())
