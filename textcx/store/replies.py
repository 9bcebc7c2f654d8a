"""Replies: which mention of a brand answers which mention of a customer, and how long the customer waited.

Replies are no joins at query time: a store notes with each reply what it answers, and indexes the answered mention
anew when a reply comes, changes or goes. So it does not matter which of the two comes first.
"""

import math
from collections.abc import Iterable

from textcx.mention import Kind, Mention

ANSWERABLE: tuple[Kind, ...] = ("review", "post", "comment", "reply", "ticket")
"""What a brand can answer where it stands; nobody answers a survey answer or an article there."""
_TIMED = (None, "second", "minute")
_SHORTEST_SECONDS = 60.0
_SECONDS_AN_HOUR = 3600.0


def answered_id(mention: Mention) -> str | None:
    """Return the id of the mention that this one answers for the brand, or None: what it replies to, else its thread's.

    Whether that mention is a customer's, and stored at all, is another question.
    """
    if mention.voice != "brand":
        return None
    answered = mention.reply_to or mention.thread
    return answered if answered != mention.id else None


def is_answerable(voice: str, kind: str) -> bool:
    """Say whether it means anything that nobody answered: not where the brand speaks, or nobody can answer."""
    return voice != "brand" and kind in ANSWERABLE


def reply_facts(mention: Mention, replies: Iterable[Mention]) -> tuple[str | None, float | None]:
    """Return whether a mention was answered, `yes` or `no`, and the logarithm of the hours to its first reply.

    Args:
        mention: Neither fact is known of one that the brand wrote itself or that cannot be answered.
        replies: Stored mentions whose `answered_id` is this mention's; one about another brand is no reply. The hours
            are unknown unless both times are known to the minute, and the reply came after.
    """
    if not is_answerable(mention.voice, mention.kind):
        return None, None
    true_replies = [reply for reply in replies if _is_same_brand(mention, reply)]
    waited = [seconds for reply in true_replies if (seconds := _seconds_between(mention, reply)) is not None]
    if not waited:
        return ("yes" if true_replies else "no"), None
    return "yes", math.log(max(min(waited), _SHORTEST_SECONDS) / _SECONDS_AN_HOUR)


def _is_same_brand(mention: Mention, reply: Mention) -> bool:
    return mention.brand is None or reply.brand is None or mention.brand.casefold() == reply.brand.casefold()


def _seconds_between(mention: Mention, reply: Mention) -> float | None:
    if mention.published_at is None or reply.published_at is None:
        return None
    if mention.published_at_precision not in _TIMED or reply.published_at_precision not in _TIMED:
        return None
    seconds = (reply.published_at - mention.published_at).total_seconds()
    return seconds if seconds >= 0 else None
