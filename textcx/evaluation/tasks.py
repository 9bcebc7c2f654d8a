"""Tasks: the rows of the scorecard. Each names a set, what is asked of it, the figure, and what we promised."""

from dataclasses import dataclass

from textcx.mention import Kind


@dataclass(frozen=True, slots=True)
class Task:
    """A row of the scorecard.

    Attributes:
        name: Its name.
        source: The file, without part and ending: `SET/FILE.PART.jsonl.gz` in the folder of data.
        asks: A question of `textcx.evaluation.questions`.
        figure: The figure that counts, of `textcx.evaluation.hits`.
        domain: Which texts these are: a figure holds for such texts and no others.
        kind: The mention's kind, told to the analysis, where all texts have one.
        must: What the figure must reach.
        aim: What we aim at.
        lowest: What it must reach in each language of FIVE, or None.
    """

    name: str
    source: str
    asks: str
    figure: str
    domain: str
    kind: Kind | None = None
    must: float | None = None
    aim: float | None = None
    lowest: float | None = None


FIVE = ("sv", "da", "en", "nb", "fi")
CALIBRATED = (
    "trustpilot-sv", "trustpilot-da", "norec-sentence", "us-airline-tweets", "tweeteval-sentiment", "xed-polarity-fi",
)  # fmt: skip
"""Rows whose mean calibration error is the scorecard's."""
_GOLD = "touchpoints-gold/touchpoints"
_GOLD_TEXTS = "reviews, survey comments and posts; those in Norwegian and Finnish were written for the purpose"
_RESTAURANTS = "sentences of English restaurant reviews"

TASKS: tuple[Task, ...] = (
    Task(
        "trustpilot-sv",
        "trustpilot-sv/sentiment",
        "sentiment",
        "macro_f1",
        "Swedish Trustpilot reviews",
        "review",
        must=0.69,
        aim=0.75,
    ),
    Task(
        "trustpilot-da",
        "trustpilot-da/sentiment",
        "sentiment",
        "macro_f1",
        "Danish Trustpilot reviews",
        "review",
        must=0.69,
        aim=0.75,
    ),
    Task(
        "norec-sentence",
        "norec-sentence/sentiment",
        "sentiment",
        "macro_f1",
        "sentences of Norwegian newspaper reviews",
        "article",
        must=0.60,
        aim=0.66,
    ),
    Task(
        "us-airline-tweets",
        "us-airline-tweets/sentiment",
        "sentiment",
        "macro_f1",
        "English tweets to airlines",
        "post",
        must=0.75,
        aim=0.79,
    ),
    Task(
        "tweeteval-sentiment",
        "tweeteval-sentiment/sentiment",
        "sentiment",
        "macro_recall",
        "English tweets",
        "post",
        must=0.63,
        aim=0.68,
    ),
    Task(
        "xed-polarity-fi",
        "xed-polarity/sentiment.fi",
        "sentiment",
        "macro_f1",
        "lines of Finnish film subtitles",
        must=0.61,
        aim=0.66,
    ),
    Task(
        "goemotions",
        "goemotions/emotion",
        "emotions",
        "macro_f1",
        "English Reddit comments",
        "comment",
        must=0.59,
        aim=0.64,
    ),
    Task(
        "brighter-swe",
        "brighter-swe/emotion",
        "emotions",
        "macro_f1",
        "Swedish reviews, forum posts and subtitles",
        must=0.46,
        aim=0.54,
    ),
    Task(
        "nordic-lid",
        "nordic-lid/lid",
        "language",
        "macro_recall",
        "news, web, subtitles, reviews and posts",
        must=0.965,
        aim=0.985,
    ),
    Task("mams-acsa-found", "mams-acsa/absa", "found", "accuracy", _RESTAURANTS, "review", must=0.5),
    Task(
        "mams-acsa", "mams-acsa/absa", "polarity where found", "accuracy", _RESTAURANTS, "review", must=0.68, aim=0.78
    ),
    Task("touchpoints", _GOLD, "touchpoints", "micro_f1", _GOLD_TEXTS, must=0.74, aim=0.83, lowest=0.66),
    Task("touchpoint-pairs", _GOLD, "pairs", "micro_f1", _GOLD_TEXTS, must=0.63, aim=0.74, lowest=0.49),
    Task("signals", _GOLD, "signals", "micro_f1", _GOLD_TEXTS, must=0.58, aim=0.74),
    Task("touchpoint-emotions", _GOLD, "emotions", "micro_f1", _GOLD_TEXTS, must=0.68, aim=0.80),
    Task("overall", _GOLD, "overall", "accuracy", _GOLD_TEXTS, must=0.80, aim=0.87),
    Task(
        "skytrax-ba",
        "skytrax-ba/reviews",
        "recommended",
        "macro_f1",
        "English reviews of one airline",
        "review",
        must=0.82,
        aim=0.90,
    ),
    Task(
        "opinions-no", "norec-fine/absa", "opinions", "micro_f1", "sentences of Norwegian newspaper reviews", "article"
    ),
    Task("opinions-en", "mams-atsa/absa", "opinions", "micro_f1", _RESTAURANTS, "review"),
)
_OWN = {
    "sentiment": "macro_f1", "overall": "accuracy", "emotions": "micro_f1", "signals": "micro_f1",
    "touchpoints": "micro_f1", "pairs": "micro_f1", "recommended": "macro_f1", "language": "macro_recall",
}  # fmt: skip


def own_tasks(name: str) -> tuple[Task, ...]:
    """Return the rows of a file of one's own: all that can be asked; what the file does not label has no row."""
    return tuple(Task(asks, name, asks, figure, "texts of one's own") for asks, figure in _OWN.items())
