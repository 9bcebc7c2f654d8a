"""Meaning: hits by what they mean, alone or together with those by words, and hits like a mention.

Near copies are one hit, which names the others. The list ends after the nearest 200: what lies further down is near
nothing, and the list is made anew for each page.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from service.questions.answers import found_hit
from textcx.annotation import AnnotatedMention
from textcx.query.fields import ATTRIBUTE_PREFIX
from textcx.query.meaning import Meant
from textcx.query.tree import Query
from textcx.store.base import LARGEST_PAGE, Hit, MentionStore
from textcx.store.cursor import read_relevance_cursor, relevance_cursor
from textcx.store.facts import attribute_token, facts_of

Mode = Literal["words", "meaning", "both"]
LEAST_NEARNESS = 0.3
"""Cosine below which a text is no hit: 93 in 100 pairs of paraphrases reach it, 3 in 100 of unrelated texts."""
_RANK_SMOOTHING = 60
"""Of reciprocal rank fusion (Cormack, Clarke and Buettcher, SIGIR 2009)."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A hit with its score and how it was found.

    Attributes:
        hit: The mention.
        score: The cosine, or what reciprocal rank fusion makes of both ranks.
        found_by: `words`, `meaning`, or both.
        copies: Ids of its near copies further down.
    """

    hit: Hit
    score: float
    found_by: tuple[str, ...]
    copies: tuple[str, ...] = ()


def by_meaning(store: MentionStore, meant: Meant) -> list[Ranked]:
    """Return the mentions nearest to what a query means."""
    return _grouped(_near(store, meant.scope, meant.text))


def by_both(store: MentionStore, query: Query, meant: Meant) -> list[Ranked]:
    """Return the mentions that a query finds by words and those nearest to what it means, by both ranks."""
    by_words = store.search(query, sort="relevance", limit=LARGEST_PAGE).hits
    gathered: dict[str, Ranked] = {}
    for way, hits in (("words", by_words), ("meaning", [one.hit for one in _near(store, meant.scope, meant.text)])):
        for rank, hit in enumerate(hits, start=1):
            before = gathered.get(_id(hit)) or Ranked(hit, 0.0, ())
            score = before.score + 1 / (_RANK_SMOOTHING + rank)
            gathered[_id(hit)] = replace(before, score=score, found_by=(*before.found_by, way))
    return _grouped(sorted(gathered.values(), key=lambda one: -one.score))


def like(store: MentionStore, mention: AnnotatedMention, scope: Query) -> tuple[list[Ranked], tuple[str, ...]]:
    """Return the mentions most like one, and the ids of its near copies among them."""
    from textcx.embedding.base import text_of  # numpy comes with it, which a search for words can do without

    own = _original(mention)
    near = _near(store, scope, text_of(mention.mention))
    copies = [one for one in near if _original(one.hit.annotated) == own]
    others = _grouped([one for one in near if _original(one.hit.annotated) != own])
    return others, tuple(_id(one.hit) for one in copies if _id(one.hit) != mention.mention.id)


def ranked_page(
    ranked: Sequence[Ranked], kind: str, *, limit: int, cursor: str | None = None, facets: Sequence[str] = ()
) -> dict[str, Any]:
    """Return a page of such a list; facets count the whole list.

    Args:
        ranked: The list.
        kind: What its cursors are for.
        limit: How many hits.
        cursor: `next_cursor` of the page before.
        facets: Dimensions.

    Raises:
        QuerySyntaxError: The cursor is of another list.
    """
    first = read_relevance_cursor(cursor, kind=kind)
    end = first + limit
    return {
        "total": len(ranked),
        "hits": [
            {**found_hit(one.hit), "score": one.score, "found_by": list(one.found_by), "copies": list(one.copies)}
            for one in ranked[first:end]
        ],
        "facets": {field: _facet(ranked, field) for field in facets},
        "next_cursor": relevance_cursor(end, kind=kind) if end < len(ranked) else None,
    }


def _near(store: MentionStore, scope: Query, text: str) -> list[Ranked]:
    hits = store.nearest(scope, text, limit=LARGEST_PAGE)
    return [Ranked(hit, hit.score, ("meaning",)) for hit in hits if hit.score and hit.score >= LEAST_NEARNESS]


def _grouped(ranked: Sequence[Ranked]) -> list[Ranked]:
    """Return the list with near copies gathered at the first of them."""
    groups: dict[str, list[Ranked]] = {}
    for one in ranked:
        groups.setdefault(_original(one.hit.annotated), []).append(one)
    return [replace(first, copies=tuple(_id(one.hit) for one in others)) for first, *others in groups.values()]


def _original(annotated: AnnotatedMention) -> str:
    mention = annotated.mention
    return mention.repost_of or mention.copy_of or mention.id


def _id(hit: Hit) -> str:
    return hit.annotated.mention.id


def _facet(ranked: Sequence[Ranked], field: str) -> list[dict[str, Any]]:
    counts: Counter[str] = Counter()
    for one in ranked:
        counts.update(_values(one.hit.annotated, field))
    return [{"value": value, "count": count} for value, count in sorted(counts.items(), key=lambda at: (-at[1], at[0]))]


def _values(annotated: AnnotatedMention, field: str) -> Sequence[str]:
    keywords = facts_of(annotated).keywords
    if not field.startswith(ATTRIBUTE_PREFIX):
        return keywords.get(field, ())
    opening = attribute_token(field.removeprefix(ATTRIBUTE_PREFIX), "")
    return [held.removeprefix(opening) for held in keywords.get("attr", ()) if held.startswith(opening)]
