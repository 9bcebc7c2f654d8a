"""Index: the addresses that a feed or sitemap lists, and what it says of their last change."""

import zlib
from collections.abc import Iterable, Iterator
from io import BytesIO

import feedparser
from lxml import etree

from crawlers.link import Link, read_url
from crawlers.page import Page, fits
from textcx.errors import SourceUnreadableError

_GZIP = b"\x1f\x8b"
_FEED_ROOTS = frozenset({"rss", "feed", "RDF"})
_MOST_NESTED = "sitemap"


def is_index(page: Page, *, most_bytes: int) -> bool:
    """Say whether a page is a feed or sitemap: what it is, not what it calls itself.

    Raises:
        SourceUnreadableError: It is packed, and too large or broken.
    """
    return _root(_unpacked(page.body, most_bytes)) is not None


def read_index(page: Page, patterns: Iterable[str], *, most_bytes: int) -> tuple[Link, ...]:
    """Return what a feed or sitemap lists: further sitemaps as of the kind "index", all that fits as "page".

    Args:
        page: The feed or sitemap.
        patterns: Of paths, with or without queries.
        most_bytes: Of what is packed.

    Raises:
        SourceUnreadableError: It is neither, lists nothing, or is packed and too large or broken.
    """
    body = _unpacked(page.body, most_bytes)
    root = _root(body)
    if root is None:
        raise SourceUnreadableError("a page is neither a feed nor a sitemap")
    links = list(_feed(page, body) if root in _FEED_ROOTS else _sitemap(page, body))
    if not links:
        raise SourceUnreadableError("a feed or sitemap lists no pages")
    wanted = tuple(patterns)
    return tuple(
        link
        for link in links
        if link.kind == "index" or fits(link.url, wanted) or fits(link.url.partition("?")[0], wanted)
    )


def _feed(page: Page, body: bytes) -> Iterator[Link]:
    parsed = feedparser.parse(BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
    for entry in parsed.entries:
        url = read_url(page.url, entry.get("link") or "")
        if url:
            said = (dict.get(entry, name) for name in ("updated", "published", "id"))
            yield Link(url, "page", next(filter(None, said), "listed"))


def _sitemap(page: Page, body: bytes) -> Iterator[Link]:
    found: dict[str, str] = {}
    for _, element in etree.iterparse(
        BytesIO(body), recover=True, resolve_entities=False, no_network=True, events=("end",), huge_tree=False
    ):
        name = _local(element.tag)
        if name in ("loc", "lastmod"):
            if _local(element.getparent().tag) in ("url", "sitemap"):
                found[name] = (element.text or "").strip()
        elif name in ("url", "sitemap"):
            url = read_url(page.url, found.get("loc", ""))
            if url and found.get("loc"):
                is_nested = name == _MOST_NESTED
                yield Link(url, "index" if is_nested else "page", None if is_nested else found.get("lastmod"))
            found = {}
            element.clear()


def _root(body: bytes) -> str | None:
    """Return the name of an index's outermost element, or None if it is no index."""
    try:
        for _, element in etree.iterparse(
            BytesIO(body[:65_536]), recover=True, resolve_entities=False, no_network=True, events=("start",)
        ):
            name = _local(element.tag)
            return name if name in _FEED_ROOTS | {"urlset", "sitemapindex"} else None
    except etree.XMLSyntaxError:
        pass
    return None


def _unpacked(body: bytes, most_bytes: int) -> bytes:
    if not body.startswith(_GZIP):
        return body.lstrip()
    unpacking = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        found = unpacking.decompress(body, most_bytes)
    except zlib.error:
        raise SourceUnreadableError("a packed page is broken") from None
    if not unpacking.eof:
        raise SourceUnreadableError(f"a packed page has more than {most_bytes} bytes (most_bytes), or breaks off")
    return found.lstrip()


def _local(tag: object) -> str:
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
