"""Page: one answer of a site as page objects get it, and which of its links lead on."""

import codecs
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import orjson
from parsel import Selector
from w3lib.encoding import html_to_unicode

from crawlers.link import Link, host_of, read_url
from textcx.errors import SourceUnreadableError

_PAGING = frozenset({"page", "p", "pg", "sida", "side", "sivu", "start", "offset", "reviewpage", "reviews_page"})
_OUR_NAME = "textcx:"


@dataclass(frozen=True)
class Page:
    """One answer of a site.

    Attributes:
        url: Where it came from in the end.
        kind: As its `Link` said.
        body: Unpacked.
        headers: By name in small letters.
        fetched_at: When.
    """

    url: str
    kind: str
    body: bytes
    headers: Mapping[str, str]
    fetched_at: datetime

    @property
    def host(self) -> str:
        """The site."""
        return host_of(self.url)

    @cached_property
    def text(self) -> str:
        """The body as text: in the encoding that it declares if it can be that, else in Windows-1252."""
        encoding, text = html_to_unicode(self.headers.get("content-type"), self.body, auto_detect_fun=_usual_encoding)
        if codecs.lookup(encoding).name == "utf-8" and "\ufffd" in text and _usual_encoding(self.body) != "utf-8":
            return self.body.decode("cp1252", "replace")
        return str(text)

    @cached_property
    def html(self) -> Selector:
        """The body as a tree; one of endless depth is cut."""
        return Selector(text=self.text.replace("\x00", "") or "<html/>", base_url=self.url, type="html")

    @cached_property
    def json(self) -> Any:
        """The body as JSON.

        Raises:
            SourceUnreadableError: It is none.
        """
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            raise SourceUnreadableError("a page is no JSON") from None

    @cached_property
    def canonical_url(self) -> str:
        """What the page calls itself, if that is of the same site; else its address, without what tells of the way."""
        named = self.html.css("link[rel=canonical]::attr(href)").get()
        url = read_url(self.url, named) if named else None
        return url if url and host_of(url) == self.host else read_url(self.url, self.url) or self.url

    @cached_property
    def language(self) -> str | None:
        """The language that the page declares, as two letters."""
        declared = (self.html.xpath("/html/@lang").get() or "").strip().lower().replace("_", "-").partition("-")[0]
        return declared if len(declared) == 2 and declared.isalpha() else None

    @cached_property
    def reserves(self) -> frozenset[str]:
        """What the page forbids: "records" (no index, no archive, reserved for no text mining) and "links"."""
        words = [self.headers.get("x-robots-tag", ""), f"tdm:{self.headers.get('tdm-reservation', '')}"]
        for name in ("robots", "textcx", "tdm-reservation"):
            marks = self.html.xpath(
                "//meta[translate(@name, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz') = $name]/@content",
                name=name,
            ).getall()
            words += [f"tdm:{mark}" if name == "tdm-reservation" else mark for mark in marks]
        said = {
            word.strip().lower().removeprefix(_OUR_NAME).strip()
            for line in words
            for word in line.replace(";", ",").split(",")
        }
        reserved: set[str] = set()
        if said & {"noindex", "noarchive", "none", "tdm:1"}:
            reserved.add("records")
        if said & {"nofollow", "none"}:
            reserved.add("links")
        return frozenset(reserved)


def follow(page: Page, patterns: Iterable[str]) -> tuple[Link, ...]:
    """Return the links of a page that lead on: to its next pages, and to those of the site that fit a pattern.

    Args:
        page: In HTML.
        patterns: Of path and query, with `*` for anything: "/products/*".
    """
    if "links" in page.reserves:
        return ()
    wanted = tuple(patterns)
    found: dict[str, None] = {}
    written: set[str] = set()
    for anchor in page.html.css("a[href], link[rel~=next][href]"):
        marks = (anchor.attrib.get("rel") or "").lower().split()
        if "nofollow" in marks or (anchor.attrib["href"] in written and not marks):
            continue
        written.add(anchor.attrib["href"])
        url = read_url(page.url, anchor.attrib["href"])
        if url is None or host_of(url) != page.host or url == page.url:
            continue
        if fits(url, wanted) or "next" in marks or _is_paging(page.url, url):
            found[url] = None
    return tuple(Link(url) for url in found)


def fits(url: str, patterns: Iterable[str]) -> bool:
    """Say whether the path and query of an address fit one of the patterns.

    A pattern without a question mark is one of paths: how a list is sorted or filtered makes no other page of it.

    Example:
        >>> fits("https://shop.example/products/4?page=2", ["/products/*"])
        True
        >>> fits("https://shop.example/products/?sort=price", ["/products/*"])
        False
    """
    parts = urlsplit(first_page(url))
    place = parts.path + (f"?{parts.query}" if parts.query else "")
    return any(fnmatchcase(place, pattern) and ("?" in pattern or not parts.query) for pattern in patterns)


def first_page(url: str) -> str:
    """Return the address of a list's first page.

    Example:
        >>> first_page("https://shop.example/products/4?page=2&size=xl")
        'https://shop.example/products/4?size=xl'
    """
    parts = urlsplit(url)
    kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0].lower() not in _PAGING]
    return urlunsplit(parts._replace(query=urlencode(kept)))


def _is_paging(base: str, url: str) -> bool:
    """Say whether an address is the same page with another page number."""
    return base != url and first_page(base) == first_page(url)


def _usual_encoding(body: bytes) -> str:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"
