"""Generated site: shops of products with reviews, as many pages as wanted, that counts what it is asked."""

from collections import Counter
from urllib.parse import urlsplit

import orjson

from ingest.testing.source_server import Reply, Request

ROBOTS = b"User-agent: *\nDisallow: /account/\nDisallow: /*?sort=\n"
REVIEWS_A_PAGE = 5
_LINKS_A_LIST = 50
_HTML = {"Content-Type": "text/html; charset=utf-8"}


class GeneratedSite:
    """Answers as a shop with `count` pages: lists that lead to products, each with reviews on two pages.

    Every page also leads to what robots.txt forbids, and the second page of a product repeats a review of the first.

    Args:
        count: Pages that may be read, robots.txt not among them.

    Attributes:
        asked: How often each page was asked for.
    """

    def __init__(self, count: int) -> None:
        self.products = (count * _LINKS_A_LIST) // (2 * _LINKS_A_LIST + 1)
        self.lists = -(-self.products // _LINKS_A_LIST)
        self.asked: Counter[str] = Counter()

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return 2 * self.products + self.lists

    @property
    def reviews(self) -> set[str]:
        """The texts of all reviews."""
        return {_words(product, number) for product in range(self.products) for number in range(2 * REVIEWS_A_PAGE - 1)}

    @property
    def forbidden(self) -> list[str]:
        """What was asked for that robots.txt forbids."""
        return [path for path in self.asked if path.startswith("/account/") or "?sort=" in path]

    def answer(self, request: Request) -> Reply:
        """Answer."""
        path = request.path + "".join(f"?{name}={value}" for name, value in request.query.items())
        self.asked[path] += 1
        if request.path == "/robots.txt":
            return Reply(ROBOTS, headers={"Content-Type": "text/plain"})
        kind, _, written = urlsplit(request.path).path.strip("/").partition("/")
        number, page = int(written or 0), int(request.query.get("page", "1"))
        if kind == "list" and number == 0 and page <= self.lists:
            first = (page - 1) * _LINKS_A_LIST
            shown = range(first, min(first + _LINKS_A_LIST, self.products))
            return _page("".join(f'<a href="/product/{one}">{one}</a>' for one in shown), page, self.lists)
        if kind == "product" and number < self.products and page <= 2:
            first = (page - 1) * (REVIEWS_A_PAGE - 1)
            reviews = [_review(number, one) for one in range(first, first + REVIEWS_A_PAGE)]
            data = orjson.dumps({"@type": "Product", "name": f"Hylla {number}", "review": reviews}).decode()
            return _page(f'<script type="application/ld+json">{data}</script>', page, 2)
        return Reply(b"no such page", status=404, headers=_HTML)


def _page(content: str, page: int, last: int) -> Reply:
    following = f'<a rel="next" href="?page={page + 1}">more</a>' if page < last else ""
    temptations = '<a href="/account/orders">orders</a> <a href="/product/1?sort=new">new</a>'
    filler = "<p>Fri frakt i hela landet, och öppet köp i sextio dagar.</p>" * 100
    body = f'<html lang="sv"><title>Hyllbo</title>{temptations}{content}{following}{filler}</html>'
    return Reply(body.encode(), headers=_HTML)


def _review(product: int, number: int) -> dict[str, object]:
    return {
        "@type": "Review",
        "author": {"@type": "Person", "name": f"kund {product}-{number}"},
        "datePublished": f"2026-10-{number + 1:02d}",
        "reviewBody": _words(product, number),
        "reviewRating": {"@type": "Rating", "ratingValue": number % 5 + 1},
    }


def _words(product: int, number: int) -> str:
    return f"Hylla {product} fick jag hem som kund {number}, och den står rakt."
