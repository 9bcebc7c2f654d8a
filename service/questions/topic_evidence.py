"""Evidence about a topic: which touchpoint its mentions speak of more than others do, and how far it has drifted."""

from collections.abc import Mapping, Sequence
from typing import Any

from service.questions.answers import differing
from textcx.query.comparison import Counted, false_discovery, means_differ, shares_differ
from textcx.query.estimates import SMALLEST_READABLE_N
from textcx.query.tally import Moments
from textcx.topics.changes import Nearness

_MOST_CHANCE = 0.05


def proposed_touchpoint(its: Mapping[str, Any], everywhere: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the touchpoint that a topic's mentions speak of most beyond what all mentions do, with its evidence.

    None where there are too few mentions, or none stands out beyond chance.

    Args:
        its: Breakdown by touchpoint of the topic's mentions.
        everywhere: Of all mentions.
    """
    n, of_all = its["total"]["mentions"], everywhere["total"]["mentions"]
    if n < SMALLEST_READABLE_N or of_all <= n:
        return None
    usual = {row["key"]: row["mentions"] for row in everywhere["rows"]}
    rows = []
    for row in its["rows"]:
        elsewhere = Counted(usual.get(row["key"], row["mentions"]) - row["mentions"], of_all - n)
        rows.append((row["key"], row["mentions"], shares_differ(elsewhere, Counted(row["mentions"], n))))
    q_values = false_discovery([difference.p for *_, difference in rows])
    found = [
        {
            "id": key,
            "mentions": mentions,
            "of": n,
            "share": mentions / n,
            "more_than_elsewhere": differing(difference, q),
        }
        for (key, mentions, difference), q in zip(rows, q_values, strict=True)
        if (difference.value or 0) > 0 and q is not None and q <= _MOST_CHANCE
    ]
    return max(found, key=lambda one: one["more_than_elsewhere"]["value"], default=None)


def drift_of(born: Nearness, newest: Sequence[Sequence[Mapping[str, Any]]]) -> dict[str, Any]:
    """Return how near the newest mentions lie to the centroid, and how much less than those it was born of.

    A negative difference, surely under 0, says that people speak of it in other words than they did.

    Args:
        born: How near its first mentions lay.
        newest: The topics of each of the newest mentions.
    """
    scores = [float(topic["score"]) for topics in newest for topic in topics]
    now = Moments(len(scores), sum(scores), sum(score * score for score in scores))
    difference = None
    if scores and born.count:
        squares = born.deviation**2 * (born.count - 1) + born.count * born.mean**2
        then = Moments(born.count, born.count * born.mean, squares)
        difference = differing(found := means_differ(then, now, width=1.0), found.p)
    return {
        "nearness_at_birth": born.mean if born.count else None,
        "nearness": sum(scores) / len(scores) if scores else None,
        "n": len(scores),
        "difference": difference,
    }
