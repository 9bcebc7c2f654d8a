"""Thread: all that was said around a mention: what it answers, what answers it, and so on, in the order of a talk."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import Any

from textcx.annotation import AnnotatedMention
from textcx.mention import Mention
from textcx.query.tree import Keyword, Or
from textcx.store.base import LARGEST_PAGE, MentionStore

LONGEST_THREAD = 200
_ASKED_AT_ONCE = 100
_FIRST = datetime.min.replace(tzinfo=UTC)


def thread_of(store: MentionStore, mention: AnnotatedMention) -> dict[str, Any]:
    """Return the thread of a mention, as JSON values; `is_whole` is false where it is longer than what is shown."""
    found, absent = _above(store, mention)
    is_whole = _gather(store, found, {*found, *absent})
    rows = [
        {
            "mention": one.mention.model_dump(mode="json", exclude={"reference"}, exclude_none=True),
            "annotations": one.annotations.model_dump(mode="json"),
            "depth": depth,
            "answers": _answered(one.mention, found),
        }
        for depth, one in _in_order(found)
    ]
    return {"id": mention.mention.id, "mentions": rows, "is_whole": is_whole}


def _above(store: MentionStore, mention: AnnotatedMention) -> tuple[dict[str, AnnotatedMention], set[str]]:
    """Return a mention with all above it by id, and the ids above that are not stored."""
    found, absent = {mention.mention.id: mention}, set[str]()
    wanted = _names_above(mention.mention)
    while wanted and len(found) < LONGEST_THREAD:
        name = wanted.pop()
        if name in found or name in absent:
            continue
        one = store.get(name)
        if one is None:
            absent.add(name)
        else:
            found[name] = one
            wanted += _names_above(one.mention)
    return found, absent


def _gather(store: MentionStore, found: dict[str, AnnotatedMention], names: Collection[str]) -> bool:
    """Add all that stands below these mentions, generation by generation; say whether that is all."""
    asked = set[str]()
    while coming := sorted(set(names) - asked):
        asked.update(coming)
        for first in range(0, len(coming), _ASKED_AT_ONCE):
            query = Or(tuple(Keyword("thread", name) for name in coming[first : first + _ASKED_AT_ONCE]))
            page = store.search(query, sort="oldest", limit=LARGEST_PAGE)
            for hit in page.hits:
                if len(found) >= LONGEST_THREAD and hit.annotated.mention.id not in found:
                    return False
                found.setdefault(hit.annotated.mention.id, hit.annotated)
            if page.next_cursor:
                return False
        names = [*found, *(name for one in found.values() for name in _names_above(one.mention))]
    return True


def _in_order(found: dict[str, AnnotatedMention]) -> Iterable[tuple[int, AnnotatedMention]]:
    """Give each mention with its depth, below what it answers, the earlier first."""
    below: dict[str | None, list[AnnotatedMention]] = defaultdict(list)
    for one in found.values():
        below[_answered(one.mention, found)].append(one)
    for some in below.values():
        some.sort(key=lambda one: (one.mention.published_at or _FIRST, one.mention.id), reverse=True)
    while beginnings := below.pop(None, None) or _in_a_circle(below):
        waiting = [(0, one) for one in beginnings]
        while waiting:
            depth, one = waiting.pop()
            yield depth, one
            waiting += [(depth + 1, answer) for answer in below.pop(one.mention.id, [])]


def _in_a_circle(below: dict[str | None, list[AnnotatedMention]]) -> list[AnnotatedMention]:
    """Take out one of those that answer one another in a circle, which has no beginning; none where all are out."""
    left = [some for some in below.values() if some]
    return [left[0].pop()] if left else []


def _answered(mention: Mention, found: Collection[str]) -> str | None:
    """Return the id of what a mention answers among those found."""
    return next((name for name in reversed(_names_above(mention)) if name in found), None)


def _names_above(mention: Mention) -> list[str]:
    """Return what a mention says it stands below: its thread, and before all what it replies to, which comes last."""
    return [name for name in (mention.thread, mention.reply_to) if name is not None and name != mention.id]
