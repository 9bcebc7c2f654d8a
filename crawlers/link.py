"""Link: a page that may be asked for, and the one form in which its address is written."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from w3lib.url import canonicalize_url

from ingest.raw import RawRecord, Unreadable

Id = tuple[str, str]
"""Scope and native id of a record."""
_TRACKING = ("utm_", "fbclid", "gclid", "msclkid", "mc_eid", "srsltid")
_LONGEST_URL = 2000


@dataclass(frozen=True, slots=True)
class Link:
    """A page that may be asked for.

    Attributes:
        url: Whole, without a fragment.
        kind: What it is to its spider: "page", "topic"...
        stamp: What the site says of its last change, in whatever form: as long as it says the same, the page is not
            asked for again. None: it is asked for in each round.
    """

    url: str
    kind: str = "page"
    stamp: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a page holds.

    Attributes:
        records: What people wrote there.
        links: What leads on.
        gone: Records that the page itself says were taken away.
    """

    records: tuple[RawRecord | Unreadable, ...] = ()
    links: tuple[Link, ...] = ()
    gone: tuple[Id, ...] = ()


def read_url(base: str, written: str) -> str | None:
    """Return a link's address, whole and in one form for all ways to write it, or None if it is none of the web.

    Example:
        >>> read_url("https://shop.example/p/1", "../q?b=2&utm_source=x&a=1#reviews")
        'https://shop.example/q?a=1&b=2'
    """
    try:
        parts = urlsplit(urljoin(base, written.strip()))
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return None
        kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not pair[0].startswith(_TRACKING)]
        url = canonicalize_url(parts._replace(query=urlencode(kept)).geturl())
    except ValueError:
        return None
    return url if len(url) <= _LONGEST_URL else None


def host_of(url: str) -> str:
    """Return the site of an address, with its port.

    Example:
        >>> host_of("https://Shop.example:8443/p/1")
        'shop.example:8443'
    """
    return urlsplit(url).netloc.lower()
