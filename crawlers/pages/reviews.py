"""Reviews: what people say on a page that publishes reviews as schema.org's Review, with the answers to them."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from crawlers.link import host_of, read_url
from crawlers.page import Page, first_page
from crawlers.pages.linked_data import Thing, things_of
from ingest.item import counts
from ingest.raw import RawRecord, digest
from ingest.times import read_time
from textcx.errors import SourceUnreadableError, UnreadableRecordError

_REVIEWS = frozenset({"Review", "UserReview", "CriticReview", "EmployerReview"})
_PROPERTIES = ("review", "reviews")
_PLACES = frozenset({"Organization", "Place", "Hotel", "Restaurant", "Store", "Corporation", "LodgingBusiness"})
_BUSINESS = re.compile(r"Business$|Store$|Restaurant$|Shop$|Hotel$")
_COMPANIES = frozenset({"Organization", "Corporation", "LocalBusiness", "Brand", "OnlineStore", "Store"})
_NAMED_FRAGMENT = re.compile(r"\d{4}|[0-9a-f]{8}", re.IGNORECASE)
_LEAST_WITHOUT_WORDS = 3
_MOST_STARS, _FEWEST_STARS = 5.0, 1.0
_NUMBER = re.compile(r"\s*(-?\d+(?:[.,]\d+)?)\s*(?:/\s*(\d+))?\s*\Z")


@dataclass(frozen=True, slots=True)
class _Told:
    """A review with what it is about."""

    review: Thing
    subject: Thing | None
    words: str
    title: str | None
    author: str | None
    date: str | None

    @property
    def same(self) -> tuple[str, str, str]:
        """What two descriptions of one review have in common."""
        return " ".join(self.words.split()), self.author or "", self.date or ""


def read_reviews(page: Page, *, kind: str, own_names: frozenset[str], product_brand: bool) -> list[RawRecord]:
    """Return the reviews of a page, each once however often it is described, and the answers to them.

    Args:
        page: In HTML.
        kind: The source kind of the records.
        own_names: Names, folded, under which the company answers.
        product_brand: Whether the brand that the page gives a product counts as the review's.

    Raises:
        SourceUnreadableError: There are reviews, and none has words: they must stand elsewhere now.
    """
    told = _once(_reviews(page))
    if len(told) >= _LEAST_WITHOUT_WORDS and not any(one.words or one.title for one in told):
        raise SourceUnreadableError(f"{len(told)} reviews of a page have no words")
    names = _names(page, told)
    records = []
    met: Counter[bytes] = Counter()
    for one, name in zip(told, names, strict=True):
        fields = _fields(page, one, product_brand=product_brand)
        content = digest([fields["subject"], *one.same])
        records.append(replace(_record(page, kind, name, fields), content=content, occurrence=met[content]))
        records += _answers(page, kind, one, name, fields, own_names)
        met[content] += 1
    return records


def _once(found: Iterable[_Told]) -> list[_Told]:
    """Return each review once: a page may describe it in several ways, and equal words of unknown people all count."""
    by_syntax: dict[tuple[str, str, str], dict[str, list[_Told]]] = {}
    for one in found:
        by_syntax.setdefault(one.same, {}).setdefault(one.review.syntax, []).append(one)
    kept = []
    for (_, author, date), ways in by_syntax.items():
        most = max(ways.values(), key=len)
        kept += most[:1] if author or date else most
    return kept


def _reviews(page: Page) -> Iterator[_Told]:
    seen: set[int] = set()

    def walk(thing: Thing, subject: Thing | None, *, is_review: bool) -> Iterator[_Told]:
        if id(thing.raw) in seen:
            return
        seen.add(id(thing.raw))
        is_review = bool(thing.types & _REVIEWS) or (is_review and not thing.types)
        if is_review:
            about = next(thing.things("itemReviewed"), subject)
            yield _told(thing, about)
        for name in thing.raw:
            if not name.startswith("@") and name != "itemReviewed":
                about = subject if is_review or not (thing.types or thing.text("name")) else thing
                for inner in thing.things(name):
                    yield from walk(inner, about, is_review=name in _PROPERTIES)
        for inner in thing.things("itemReviewed"):
            yield from walk(inner, None, is_review=False)

    for top in things_of(page):
        yield from walk(top, None, is_review=False)


def _told(review: Thing, subject: Thing | None) -> _Told:
    words = review.text("reviewBody", "description", "text") or ""
    title = review.text("name", "headline")
    if not words and title:
        words, title = title, None
    author = next((name for value in review.values("author", "creator") if (name := _name(value))), None)
    date = review.text("datePublished", "dateCreated", "dateModified")
    return _Told(review, subject, words, None if title == words else title, author, date)


def _name(value: Any) -> str | None:
    return value.text("name") if isinstance(value, Thing) else value.strip() or None


def _names(page: Page, told: list[_Told]) -> list[str | None]:
    """Return a name for each review that stays the same wherever and however often it is shown, or None."""
    urls = Counter(read_url(page.url, url) for one in told if (url := one.review.text("url")))
    guessed = Counter(name for one in told if (name := _guessed_name(page, one)))
    names: list[str | None] = []
    for one in told:
        named = _given_name(page, one, urls)
        guess = _guessed_name(page, one)
        names.append(named or (guess if guess and guessed[guess] == 1 else None))
    repeated = {name for name, count in Counter(names).items() if count > 1}
    return [None if name in repeated else name for name in names]


def _given_name(page: Page, one: _Told, urls: Counter[str | None]) -> str | None:
    identifier = next(one.review.values("identifier"), None)
    if isinstance(identifier, Thing):
        identifier = identifier.text("value", "name")
    if identifier:
        return identifier
    if one.review.id:
        head, _, fragment = one.review.id.partition("#")
        if _NAMED_FRAGMENT.search(fragment):
            return f"#{fragment}"
        url = read_url(page.url, head) if head else None
        if url and url not in (page.url, page.canonical_url):
            return url
    url = read_url(page.url, one.review.text("url") or "#")
    fragment = (one.review.text("url") or "").partition("#")[2]
    if _NAMED_FRAGMENT.search(fragment):
        return f"#{fragment}"
    return url if url and urls[url] == 1 and url not in (page.url, page.canonical_url) else None


def _guessed_name(page: Page, one: _Told) -> str | None:
    """Return a name made of what no edit changes: whom it is of, when, and about what."""
    if not one.author or not one.date:
        return None
    subject = one.subject.text("name", "sku") if one.subject else None
    parts = [subject or first_page(page.canonical_url), one.author, one.date]
    return sha256("\0".join(" ".join(part.split()).casefold() for part in parts).encode()).hexdigest()[:24]


def _fields(page: Page, one: _Told, *, product_brand: bool) -> dict[str, Any]:
    likes = one.review.text("upvoteCount")
    for statistic in one.review.things("interactionStatistic"):
        if "LikeAction" in (statistic.text("interactionType") or "") or any(
            "LikeAction" in kind.types for kind in statistic.things("interactionType")
        ):
            likes = statistic.text("userInteractionCount")
    brand = one.subject.text("brand") if one.subject and product_brand else None
    return {
        "kind": "review",
        "source": page.host,
        "text": one.words,
        "title": one.title,
        "language": one.review.text("inLanguage"),
        "ratings": _ratings(one.review),
        "published_at": readable_time(one.date),
        "author": one.author,
        "voice": "press" if "CriticReview" in one.review.types else "customer",
        "subject": _subject(one.subject),
        "engagement": counts(likes=likes, replies=one.review.text("commentCount")),
        "url": _shown_at(page, one),
        **({"brand": brand} if brand else {}),
    }


def _shown_at(page: Page, one: _Told) -> str:
    """Return where people find a review, the same on whichever page it was read: on the first of a list."""
    url = read_url(page.url, one.review.text("url") or "")
    return first_page(url if url and host_of(url) == page.host else page.canonical_url)


def _answers(
    page: Page, kind: str, one: _Told, name: str | None, fields: dict[str, Any], own_names: frozenset[str]
) -> Iterator[RawRecord]:
    """Give the answers to a review; without a name of its own it cannot be referred to, and they stand alone."""
    for number, answer in enumerate(one.review.things("comment", "comments", "responseComment")):
        words = answer.text("text", "description", "commentText", "reviewBody")
        if not words:
            continue
        writer = next(answer.values("author", "creator"), None)
        writer_name = _name(writer) if writer else None
        is_own = (isinstance(writer, Thing) and bool(writer.types & _COMPANIES)) or (
            writer_name is not None and writer_name.casefold() in own_names
        )
        made = {
            "kind": "reply",
            "source": page.host,
            "text": words,
            "published_at": readable_time(answer.text("dateCreated", "datePublished")),
            "author": writer_name,
            "voice": "brand" if is_own else "unknown",
            "subject": fields["subject"],
            "reply_to": name,
            "thread": name,
            "url": fields["url"],
        }
        yield _record(page, kind, f"{name}/answer/{number + 1}" if name else None, made)


def _record(page: Page, kind: str, name: str | None, fields: dict[str, Any]) -> RawRecord:
    kept = {key: value for key, value in fields.items() if value or key == "text"}
    return RawRecord(
        source_kind=kind,
        scope=page.host,
        native_id=name,
        place=f"{page.url[:150]} {kept['kind']}",
        fields=kept,
        collected_at=page.fetched_at,
    )


def _subject(thing: Thing | None) -> dict[str, str]:
    if thing is None or not (name := thing.text("name")):
        return {}
    if not (thing.types & _PLACES or any(_BUSINESS.search(kind) for kind in thing.types)):
        return {"product": name[:200]}
    address = next(thing.things("address"), None)
    country = (address.text("addressCountry") or "") if address else ""
    return {"location": name[:200], **({"country": country.upper()} if re.fullmatch(r"[A-Za-z]{2}", country) else {})}


def _ratings(review: Thing) -> list[dict[str, Any]]:
    """Return the rating, where value and scale are clear: without a scale 5 is the best only if it is no more."""
    for given in review.values("reviewRating", "rating"):
        rating = given if isinstance(given, Thing) else None
        written = (rating.text("ratingValue") or "") if rating else str(given)
        match = _NUMBER.match(written)
        if match is None:
            continue
        value = _number(match[1])
        best = _number(match[2] or (rating.text("bestRating") if rating else None))
        worst = _number(rating.text("worstRating") if rating else None)
        if value is None or (best is None and value > _MOST_STARS):
            continue
        highest = best or _MOST_STARS
        lowest = worst if worst is not None else min(_FEWEST_STARS, max(0.0, value))
        if lowest < highest and lowest <= value <= highest:
            return [{"measure": "stars", "value": value, "lowest": lowest, "highest": highest}]
    return []


def _number(written: str | None) -> float | None:
    match = _NUMBER.match(written or "")
    return float(match[1].replace(",", ".")) if match else None


def readable_time(written: str | None) -> str | None:
    """Return a time that can be read for certain, or None: a date is never guessed."""
    try:
        read_time(written or "")
    except UnreadableRecordError:
        return None
    return written
