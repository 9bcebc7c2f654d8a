"""Data sets: where the texts come from that the analysis was trained and measured on, and what their licences allow."""

from dataclasses import dataclass
from typing import Literal

Use = Literal["A", "A?", "B", "B?", "C", "mixed"]
"""A: free, with attribution. B: not for commerce; texts stay inside. C: no licence stated; texts stay inside."""


@dataclass(frozen=True, slots=True)
class DataSet:
    """A public set of labelled texts.

    Attributes:
        name: Name of its folder.
        languages: Codes; `no` where Bokmål and Nynorsk are not told apart.
        holds: Its texts, for people.
        licence: As its origin states it.
        use: What that allows.
        origin: Where it comes from.
        is_open: Its training part is in the `open` weights too.
    """

    name: str
    languages: str
    holds: str
    licence: str
    use: Use
    origin: str
    is_open: bool = False


_XED = "Helsinki-NLP/XED (Öhman, Pàmies, Kajava, Tiedemann 2020)"
_NOREC = "CC BY-NC 4.0; models made from it may be used commercially"
_NONE = "none stated"

DATA_SETS: tuple[DataSet, ...] = (
    DataSet("trustpilot-sv", "sv", "reviews", _NONE, "C", "TeaElming/trustpilot-scraper"),
    DataSet("swedish-sentiment-small", "sv", "reviews", _NONE, "C", "timpal0l/swedish-sentiment"),
    DataSet("swe-sentiment-emoji", "sv", "tweets and comments with emoji", "use allowed, no formal licence", "C",
            "lovisaberggren/swe-sentiment-dataset"),
    DataSet("absabank-imm", "sv", "editorials and forum posts on immigration", "CC BY 4.0", "A",
            "spraakbanken/SuperLim-2", is_open=True),
    DataSet("brighter-swe", "sv", "reviews, forum posts and subtitles", "stated as CC BY 4.0 and as research only", "C",
            "emotion-analysis-project/SemEval2025-Task11"),
    DataSet("trustpilot-da", "da", "reviews", _NONE, "C",
            "Kofoedsan/Python-TrustpilotPredict, TheAgns/ExamProjectDataScience"),
    DataSet("da-social-political", "da", "comments on politics", "CC BY-NC-SA 4.0", "B",
            "steffan267/Sentiment-Analysis-on-Danish-Social-Media"),
    DataSet("norec-sentence", "no", "sentences of newspaper reviews", _NOREC, "B", "ltgoslo/norec_sentence",
            is_open=True),
    DataSet("norec-fine", "no", "sentences of newspaper reviews", _NOREC, "B", "ltgoslo/norec_fine", is_open=True),
    DataSet("norec-docs-sample", "no", "newspaper reviews without labels", _NOREC, "B", "ltgoslo/norec", is_open=True),
    DataSet("xed-polarity", "fi en sv da no", "lines of film subtitles", "CC BY 4.0", "A", _XED, is_open=True),
    DataSet("xed-annotated", "en fi", "lines of film subtitles", "CC BY 4.0", "A", _XED, is_open=True),
    DataSet("xed-projected", "sv da no fi", "lines of film subtitles", "CC BY 4.0", "A", _XED, is_open=True),
    DataSet("fi-ylilauta-topics", "fi", "forum posts without sentiment", "MIT; rights of the posts not discussed", "A?",
            "spyysalo/finnish-sentiment"),
    DataSet("scandisent-mt", "en", "machine translations of Nordic reviews", "none in the repository", "C",
            "timpal0l/ScandiSent"),
    DataSet("trustpilot-en-petinsurance", "en", "reviews", _NONE, "C", "dgazeyreyn/trustpilot-pet-insurance-reviews"),
    DataSet("skytrax-ba", "en", "reviews of one airline", _NONE, "C", "nlahri/BritishAirwaysRatings"),
    DataSet("skytrax-lounge-seat", "en", "reviews of lounges and seats", "CC0 1.0 by the collector", "A?",
            "quankiquanki/skytrax-reviews-dataset"),
    DataSet("us-airline-tweets", "en", "tweets to airlines", "not stated in the copy", "B?",
            "AyushDhatwalia/Twitter-Airline-Sentiment"),
    DataSet("tweeteval-sentiment", "en", "tweets", "no restriction stated; SemEval-2017 CC BY 3.0", "A",
            "cardiffnlp/tweeteval, SemEval-2017 task 4", is_open=True),
    DataSet("tweeteval-emotion", "en", "tweets", "no restriction stated; SemEval terms not in the copy", "C",
            "cardiffnlp/tweeteval"),
    DataSet("vader-icwsm14", "en", "tweets and product reviews", "MIT", "A",
            "cjhutto/vaderSentiment (Hutto and Gilbert 2014)", is_open=True),
    DataSet("goemotions", "en", "Reddit comments", "Apache-2.0", "A", "GoEmotions (Demszky et al. 2020)", is_open=True),
    DataSet("brighter-eng", "en", "Reddit comments", "stated as CC BY 4.0 and as research only", "C",
            "emotion-analysis-project/SemEval2025-Task11"),
    DataSet("mams-acsa", "en", "sentences of restaurant reviews", "Apache-2.0", "A", "MAMS (Jiang et al. 2019)",
            is_open=True),
    DataSet("mams-atsa", "en", "sentences of restaurant reviews", "Apache-2.0", "A", "MAMS (Jiang et al. 2019)",
            is_open=True),
    DataSet("acos-restaurant", "en", "sentences of restaurant reviews", _NONE, "C", "ACOS (Cai, Xia and Yu 2021)"),
    DataSet("semeval14-restaurants", "en", "sentences of restaurant reviews", "terms of the task", "C",
            "SemEval-2014 task 4"),
    DataSet("semeval16-restaurants", "en", "sentences of restaurant reviews", "terms of the task", "C",
            "SemEval-2016 task 5"),
    DataSet("nordic-lid", "sv da nb nn fi en is", "news, web, subtitles, reviews and posts", "mixed, by source",
            "mixed", "Universal Dependencies, Leipzig, XED, norbench, SuperLim and the review sets above",
            is_open=True),
    DataSet("configs/training", "sv da nb nn fi en",
            "reviews, survey answers and posts, written for the purpose; labels of 2,640 texts of the sets above",
            "that of textcx", "A", "ships with textcx; labelled by a large language model", is_open=True),
    DataSet("touchpoints-gold", "sv da nb nn fi en", "reviews, survey comments and posts",
            "written rows free, others as their set", "mixed",
            "texts of the sets above and texts written for the purpose, labelled by a large language model",
            is_open=True),
    DataSet("multilingual-e5-small", "no",
            "none: a transformer that judged 24,000 sentences of the sets above without a label",
            "MIT", "A", "intfloat/multilingual-e5-small (Wang et al. 2024), tuned on norec-sentence", is_open=True),
)  # fmt: skip
