"""What a score means: NPS group, CSAT box, NKI index, whether it fits its text, and the name of its scale.

A store calls these once, when it indexes a mention; so a measure only counts, and both engines count alike.
"""

import re
from functools import lru_cache
from typing import Literal

from textcx.annotation import Polarity
from textcx.errors import IndexVersionError

NpsGroup = Literal["promoter", "passive", "detractor"]
CsatBox = Literal["top", "rest"]
RatingAndText = Literal["mismatch", "match"]
Answer = tuple[float, float, float]
"""A score with its scale: value, lowest, highest."""

TOP_BOXES = {3: 1, 5: 2, 7: 2, 10: 2}
"""By the number of points of a satisfaction scale, how many of them count as satisfied."""

_OUTER_QUARTER = 0.25
_NUMBER = r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?"
_SCALE_NAME = re.compile(rf"({_NUMBER})-({_NUMBER})")


def nps_group(value: float, lowest: float, highest: float) -> NpsGroup | None:
    """Return the group of an answer to "how likely are you to recommend us?".

    Only the scale from 0 to 10 is NPS (Reichheld 2003, "The One Number You Need to Grow"); an answer on another
    scale, or one between two points, belongs to no group and is not counted.

    Example:
        >>> nps_group(9, 0, 10), nps_group(7, 0, 10), nps_group(6, 0, 10), nps_group(5, 1, 5)
        ('promoter', 'passive', 'detractor', None)
    """
    if (lowest, highest) != (0, 10) or not _is_whole(value):
        return None
    if value >= 9:
        return "promoter"
    return "passive" if value >= 7 else "detractor"


def csat_box(value: float, lowest: float, highest: float) -> CsatBox | None:
    """Return whether an answer about satisfaction lies in the top boxes.

    On 5, 7 and 10 points the two highest are the top, as survey tools report it (QuestionPro's help, "CSAT": 9 and
    10 of 10; Pisano's glossary, "Top 2 Box": 4 and 5 of 5). On 3 points it is the highest alone: the points are
    negative, neutral and positive (Refiner's help, "CSAT"), and the neutral one is no satisfied customer. The number
    of points counts, not where they begin: -1 to 1 is a scale of three. Other scales have no agreed rule; an answer
    on one, or between two points, is not counted.

    Example:
        >>> csat_box(4, 1, 5), csat_box(2, 1, 3), csat_box(9, 1, 10), csat_box(90, 0, 100)
        ('top', 'rest', 'top', None)
    """
    steps = highest - lowest
    if not _is_whole(steps) or not _is_whole(value - lowest):
        return None
    top_boxes = TOP_BOXES.get(round(steps) + 1)
    if top_boxes is None:
        return None
    return "top" if value > highest - top_boxes else "rest"


def nki_index(satisfaction: Answer | None, expectation: Answer | None, ideal: Answer | None) -> float | None:
    """Return the customer satisfaction index (Swedish: nöjd-kund-index) of one answer, 0 to 100.

    The plain mean of three items, each rescaled to 0 to 100: satisfaction as a whole, against what was expected, and
    against an ideal (Fornell 1992, "A National Customer Satisfaction Barometer"). National barometers weigh the items
    by a model fitted to all their answers; equal weights need no model, and stay the same from one month to the next.
    None unless all three were answered, since a mean of other items is another index.

    Example:
        >>> nki_index((10, 1, 10), (7, 1, 10), (4, 1, 10)), nki_index((10, 1, 10), None, (4, 1, 10))
        (66.66666666666667, None)
    """
    if satisfaction is None or expectation is None or ideal is None:
        return None
    items = (satisfaction, expectation, ideal)
    return sum(100 * (value - lowest) / (highest - lowest) for value, lowest, highest in items) / 3


def rating_and_text(rating: Answer, polarity: Polarity) -> RatingAndText:
    """Return whether a rating and the text beside it contradict one another.

    They do where the rating lies in the lowest quarter of its scale and the text is positive, or in the highest
    quarter and the text is negative: 1 or 2 of 5 stars, 4 or 5. What lies between contradicts nothing, nor does a
    text that is neutral or mixed.

    Example:
        >>> rating_and_text((2, 1, 5), "positive"), rating_and_text((3, 1, 5), "positive")
        ('mismatch', 'match')
    """
    value, lowest, highest = rating
    share = (value - lowest) / (highest - lowest)
    is_low, is_high = share <= _OUTER_QUARTER, share >= 1 - _OUTER_QUARTER
    return "mismatch" if (is_low and polarity == "positive") or (is_high and polarity == "negative") else "match"


def scale_name(lowest: float, highest: float) -> str:
    """Return the name of a rating scale, as it is indexed and shown.

    Example:
        >>> scale_name(1.0, 5.0), scale_name(-2, 2), scale_name(0, 2.5)
        ('1-5', '-2-2', '0-2.5')
    """
    # 15 digits keep every scale anyone asks on apart; + 0.0 makes -0.0 the 0 it is.
    return f"{lowest + 0.0:.15g}-{highest + 0.0:.15g}"


@lru_cache(maxsize=1_000)
def scale_ends(name: str) -> tuple[float, float]:
    """Return lowest and highest of a scale named by `scale_name`.

    Raises:
        IndexVersionError: It is no such name, so the index was not written by this version.

    Example:
        >>> scale_ends("1-5"), scale_ends("-2-2")
        ((1.0, 5.0), (-2.0, 2.0))
    """
    found = _SCALE_NAME.fullmatch(name)
    if found is None or not float(found[1]) < float(found[2]):
        message = f"The index holds ratings on a scale named {name!r}, which is none: run `textcx store rebuild`."
        raise IndexVersionError(message)
    return float(found[1]), float(found[2])


def _is_whole(number: float) -> bool:
    return float(number).is_integer()
