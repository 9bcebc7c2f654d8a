"""Forum: topics and posts as Discourse gives them in JSON (`/latest.json`, `/t/ID.json`)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

from parsel import Selector

from crawlers.link import Found, Id, Link, read_url
from crawlers.page import Page
from ingest.item import Item, counts, items_of, read_item
from ingest.raw import RawRecord
from textcx.errors import SourceUnreadableError

TOPICS, TOPIC, POSTS = "topics", "topic", "posts"
"""Kinds of pages: a list of topics, a topic's first posts, and its further posts."""
_POSTS_AT_ONCE = 20
_REGULAR = 1
_LIKE = 2
_OTHERS_WORDS = "//aside | //*[contains(@class, 'lightbox')]//*[contains(@class, 'meta')] | //svg"


def read_topics(page: Page, *, base: str, fresh: timedelta) -> Found:
    """Return the topics of a list, and its next page.

    Args:
        page: `/latest.json`.
        base: Where the forum begins, with a slash at its end.
        fresh: Topics that were active so lately are read each time: an edit in their midst changes nothing of the list.

    Raises:
        SourceUnreadableError: It is no such list.
    """
    whole = Item(page.json)
    listed = items_of(whole.get("topic_list"), "topics")
    links = [link for one in listed if (link := _topic_link(one, page, base, fresh)) is not None]
    if listed and not links:
        raise SourceUnreadableError("topics of a list have no id")
    more = whole.text("topic_list", "more_topics_url")
    following = read_url(page.url, _as_json(more)) if more else None
    return Found(links=(*links, *([Link(following, TOPICS)] if following and following != page.url and listed else [])))


def read_posts(page: Page, *, kind: str, base: str, own_accounts: frozenset[str], staff_is_brand: bool) -> Found:
    """Return the posts of a topic's page, and its further pages.

    Args:
        page: `/t/ID.json`, with `page=N` after the first.
        kind: The source kind of the records.
        base: Where the forum begins.
        own_accounts: Whose posts are the brand's, folded.
        staff_is_brand: Whether the forum is the brand's own, and so what its staff writes.

    Raises:
        SourceUnreadableError: It is no topic.
    """
    topic = Item(page.json)
    number, title = str(topic.get("id")), topic.text("title")
    posts = items_of(topic.get("post_stream"), "posts")
    gone: list[Id] = []

    def read(post: Item) -> Iterator[RawRecord]:
        name = f"{number}/{post.need_id('post_number')}"
        if post.get("user_deleted") or post.get("deleted_at") or post.get("hidden"):
            gone.append((page.host, name))
        elif post.get("post_type") in (_REGULAR, None):
            yield _post(post, name, title)

    def _post(post: Item, name: str, title: str | None) -> RawRecord:
        is_first = post.need_id("post_number") == "1"
        account = post.text("username")
        is_own = (account or "").casefold() in own_accounts or (staff_is_brand and bool(post.get("staff")))
        place = f"t/{topic.text('slug') or '-'}/{name}"
        fields = {
            "kind": "post" if is_first else "reply",
            "source": page.host,
            "title": title if is_first else None,
            "text": own_words(post.need("cooked")),
            "author": account,
            "voice": "brand" if is_own else "unknown",
            "published_at": post.text("created_at"),
            "reply_to": None if is_first else f"{number}/{post.get('reply_to_post_number') or 1}",
            "thread": f"{number}/1",
            "engagement": counts(likes=_likes(post), replies=post.get("reply_count"), views=post.get("reads")),
            "url": urljoin(base, place),
        }
        return RawRecord(
            source_kind=kind,
            scope=page.host,
            native_id=name,
            place=place[:150],
            fields={key: value for key, value in fields.items() if value is not None},
            collected_at=page.fetched_at,
        )

    records = tuple(
        record for post in posts for record in read_item(post, read, place=f"topic {number} post {post.get('id')}")
    )
    return Found(records, tuple(_further(topic, page)), tuple(gone))


def own_words(cooked: str) -> str:
    """Return a post without what it quotes of others.

    Example:
        >>> own_words('<aside class="quote"><blockquote>Dyrt!</blockquote></aside><p>Nej, <b>billigt</b>.</p>')
        '<p>Nej, <b>billigt</b>.</p>'
    """
    if "<aside" not in cooked and "<svg" not in cooked and "lightbox" not in cooked:
        return cooked.strip()
    selector = Selector(text=f"<div>{cooked}</div>", type="html")
    selector.xpath(_OTHERS_WORDS).drop()
    return "".join(selector.xpath("/html/body/div/node()").getall()).strip()


def _topic_link(one: Item, page: Page, base: str, fresh: timedelta) -> Link | None:
    number = one.get("id")
    if not isinstance(number, int):
        return None
    bumped = one.text("bumped_at") or one.text("last_posted_at") or ""
    stamp = "/".join([bumped, str(one.get("posts_count")), str(one.get("like_count"))])
    at = one.time("bumped_at")
    if at is not None and page.fetched_at - at < fresh:
        stamp += page.fetched_at.strftime("/%Y-%m-%dT%H:%M")
    return Link(urljoin(base, f"t/{number}.json"), TOPIC, stamp)


def _further(topic: Item, page: Page) -> Iterator[Link]:
    """Give a topic's further pages, asked for again whenever its first page is."""
    if page.kind != TOPIC:
        return
    stream = topic.get("post_stream", "stream")
    many = len(stream) if isinstance(stream, list) else topic.get("posts_count") or 0
    stamp = page.fetched_at.isoformat()
    for number in range(2, -(-many // _POSTS_AT_ONCE) + 1):
        url = read_url(page.url, f"{urlsplit(page.url).path}?page={number}")
        if url:
            yield Link(url, POSTS, stamp)


def _likes(post: Item) -> Any:
    actions = post.get("actions_summary")
    if not isinstance(actions, list):
        return post.get("like_count")
    return next((one.get("count", 0) for one in actions if isinstance(one, dict) and one.get("id") == _LIKE), 0)


def _as_json(url: str) -> str:
    """Return the address of the list that a page for people is of."""
    path, mark, query = url.partition("?")
    return url if path.endswith(".json") else f"{path}.json{mark}{query}"
