"""Opposed: emotions that no customer expresses in a text that is surely praise, or surely blame.

Heads of emotions and of sentiment are learned apart, and strong words of praise ("never", "at last", "crazy") are often
those of anger. Of 6,458 labelled texts of customers none that is angry is positive, and none that is glad is negative.
"""

from collections.abc import Mapping
from typing import Any

from textcx.model.card import EMOTIONS

OPPOSED = {"anger": "positive", "disgust": "positive", "joy": "negative"}
"""By emotion, the sentiment of a text that rules it out. Neutral and mixed texts rule out none."""
_SURE = 0.7
"""How confident of the sentiment one must be. By folds of labelled texts a lower limit takes as much as it gives."""


def without_opposed(shares: Mapping[int, float], sentiment: Mapping[str, Any]) -> Mapping[int, float]:
    """Return the emotions that a text may have.

    Args:
        shares: How likely each emotion is, by its number.
        sentiment: Of the text, with `polarity` and `confidence`.
    """
    if not shares or sentiment["confidence"] <= _SURE:
        return shares
    polarity = sentiment["polarity"]
    return {number: share for number, share in shares.items() if OPPOSED.get(EMOTIONS[number]) != polarity}
