"""Field cases: what keywords, attributes, numbers and dates find, by one scene of mentions whose facts differ."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone

from textcx.annotation import AnnotatedMention
from textcx.query.tree import And, DateRange, Keyword, Not, NumberRange, Or, Query
from textcx.testing.builders import a_mention, a_rating, annotated, id_of
from textcx.testing.store_suite.check import QueryCase

_FEBRUARY = datetime(2026, 2, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)


def field_scene() -> Mapping[str, AnnotatedMention]:
    """Return mentions whose facts differ and whose words do not matter."""
    return {
        "sad": annotated(
            a_mention(
                name="sad",
                author="a2kx7",
                country="SE",
                published_at=_FEBRUARY - timedelta(milliseconds=1),
                ratings=[
                    a_rating("stars", 1),
                    a_rating("nps", 0, lowest=0, highest=10),
                    a_rating("csat", 1, highest=7),
                ],
                attributes={"region": "North", "segment": "private"},
            ),
            sentiment="negative",
            emotions=["anger", "sadness"],
            signals=["leaves", "effort_hard"],
            touchpoints=["receive:delivery/negative", "support:customer_service/negative"],
            topics=["t1"],
        ),
        "glad": annotated(
            a_mention(
                name="glad",
                brand="HYLLBO",
                source="Forum",
                kind="post",
                voice="prospect",
                country="FI",
                published_at=_FEBRUARY,
                ratings=[a_rating("stars", 5), a_rating("nps", 10, lowest=0, highest=10), a_rating("csat", 5)],
                attributes={"Region": "NORTH", "två ord": "å ä ö"},
            ),
            language="fi",
            sentiment="positive",
            emotions=["joy"],
            signals=["recommends"],
            touchpoints=["buy:price/positive", "receive:delivery/positive"],
            topics=["t1", "t17"],
        ),
        "mild": annotated(
            a_mention(
                name="mild",
                brand="Åby & Söner",
                source="survey",
                kind="survey_answer",
                voice="unknown",
                reply_to="bare",
                thread="sad",
                published_at=_FEBRUARY + timedelta(hours=1),
                ratings=[
                    a_rating("stars", 3.5),
                    a_rating("nps", 7, lowest=0, highest=10),
                    a_rating("ces", 2.5, highest=7),
                    a_rating("nki_satisfaction", 10, highest=10),
                    a_rating("nki_expectation", 7, highest=10),
                    a_rating("nki_ideal", 4, highest=10),
                ],
                attributes={"region": "south"},
            ),
            language="nb",
            sentiment="neutral",
            touchpoints=["receive:delivery/neutral"],
        ),
        "torn": annotated(
            a_mention(
                name="torn",
                brand="Klarvik",
                kind="comment",
                voice="brand",
                published_at=datetime(1969, 12, 31, 23, 59, 59, 500_000, tzinfo=UTC),
                ratings=[
                    a_rating("stars", 8, lowest=0, highest=10),
                    a_rating("stars", 2),
                    a_rating("nps", 9, lowest=0, highest=10),
                ],
                attributes={"a=b": "c=d", "(x|y)": ".*", "rad\nbryt": "ja\nnej"},
            ),
            language="nn",
            sentiment="mixed",
            touchpoints=["receive:delivery/mixed", "receive:setup/negative", "receive:delivery/positive"],
        ),
        "press": annotated(
            a_mention(
                name="press",
                brand="ΟΔΟΣ",
                kind="article",
                voice="press",
                published_at=datetime(2150, 1, 1, tzinfo=UTC),
                ratings=[a_rating("stars", -0.0, lowest=-2, highest=2), a_rating("nki_ideal", 4)],
                attributes={"a": "b=c", "region": "north/west"},
            ),
            language="en",
            touchpoints=["us/e:odd:na/me/negative"],
            topics=["t:1/2"],
        ),
        "staff": annotated(
            a_mention(name="staff", brand="İzmir", kind="ticket", voice="employee", published_at=None), language="da"
        ),
        "bare": annotated(
            a_mention(name="bare", brand=None, kind="reply", published_at=None, reply_to="sad"), language="und"
        ),
    }


_ALL = "sad glad mild torn press staff bare"


def _number(field: str, low: float | None = None, high: float | None = None) -> Query:
    return NumberRange(field, low, high)


def _published(start: datetime | None = None, end: datetime | None = None) -> Query:
    return DateRange("published", start, end)


KEYWORD_CASES = (
    QueryCase("a brand", Keyword("brand", "Klarvik"), "torn"),
    QueryCase("a brand without regard to case", Keyword("brand", "hyllbo"), "sad glad"),
    QueryCase("a brand with letters of the North", Keyword("brand", "åby & söner"), "mild"),
    QueryCase("a brand in part not", Keyword("brand", "Hyll"), ""),
    QueryCase("a brand with a sigma at its end, in either form", Keyword("brand", "οδοσ"), "press"),
    QueryCase("a brand with a sigma at its end, written so", Keyword("brand", "ΟΔΟΣ"), "press"),
    QueryCase("a brand with a Turkish capital", Keyword("brand", "İZMIR"), "staff"),
    QueryCase("a brand without it is another", Keyword("brand", "izmir"), ""),
    QueryCase("a brand of nobody", Keyword("brand", ""), ""),
    QueryCase("nothing where a brand is half a character", Keyword("brand", "x\udc00"), ""),
    QueryCase("a source", Keyword("source", "forum"), "glad"),
    QueryCase("a kind", Keyword("kind", "survey_answer"), "mild"),
    QueryCase("a voice", Keyword("voice", "brand"), "torn"),
    QueryCase("a language", Keyword("lang", "FI"), "glad"),
    QueryCase("an unknown language", Keyword("lang", "und"), "bare"),
    QueryCase("Norwegian in both its forms", Keyword("lang", "no"), "mild torn"),
    QueryCase("Norwegian in capitals", Keyword("lang", "NO"), "mild torn"),
    QueryCase("one form of Norwegian", Keyword("lang", "nn"), "torn"),
    QueryCase("a sentiment", Keyword("sentiment", "mixed"), "torn"),
    QueryCase("no sentiment is not neutral", Keyword("sentiment", "neutral"), "mild"),
    QueryCase("an emotion among several", Keyword("emotion", "sadness"), "sad"),
    QueryCase("a signal among several", Keyword("signal", "effort_hard"), "sad"),
    QueryCase("a touchpoint", Keyword("touchpoint", "delivery"), "sad glad mild torn"),
    QueryCase("a touchpoint judged so", Keyword("touchpoint", "delivery/negative"), "sad"),
    QueryCase("a touchpoint judged neutral", Keyword("touchpoint", "DELIVERY/neutral"), "mild"),
    QueryCase("a touchpoint judged twice by its first judgement", Keyword("touchpoint", "delivery/mixed"), "torn"),
    QueryCase("a touchpoint judged twice not by its second", Keyword("touchpoint", "delivery/positive"), "glad"),
    QueryCase("a touchpoint with odd letters", Keyword("touchpoint", "odd:na/me"), "press"),
    QueryCase("a touchpoint with odd letters judged so", Keyword("touchpoint", "odd:na/me/negative"), "press"),
    QueryCase("a touchpoint by half its name not", Keyword("touchpoint", "odd:na"), ""),
    QueryCase("a stage", Keyword("stage", "receive"), "sad glad mild torn"),
    QueryCase("a stage of which something is judged so", Keyword("stage", "receive/negative"), "sad torn"),
    QueryCase("a stage with odd letters judged so", Keyword("stage", "us/e/negative"), "press"),
    QueryCase("a topic among several", Keyword("topic", "t17"), "glad"),
    QueryCase("a topic with odd letters", Keyword("topic", "T:1/2"), "press"),
    QueryCase("a country", Keyword("country", "se"), "sad"),
    QueryCase("an author", Keyword("author", "a2kx7"), "sad"),
    QueryCase("a thread, its first mention and what replies", Keyword("thread", id_of("sad")), "sad mild bare"),
    QueryCase("a thread in capitals", Keyword("thread", id_of("sad").upper()), "sad mild bare"),
    QueryCase("a mention and what answers it", Keyword("thread", id_of("bare")), "mild bare"),
    QueryCase("a thread of one", Keyword("thread", id_of("glad")), "glad"),
    QueryCase("a thread of no mention", Keyword("thread", "sad"), ""),
    QueryCase("a thread that is half a character", Keyword("thread", "\ud800"), ""),
    QueryCase("an attribute, name and value without regard to case", Keyword("attr.REGION", "north"), "sad glad"),
    QueryCase("an attribute's value in part not", Keyword("attr.region", "nor"), ""),
    QueryCase("an attribute's value with a slash", Keyword("attr.region", "north/west"), "press"),
    QueryCase("another attribute", Keyword("attr.segment", "private"), "sad"),
    QueryCase("an attribute nobody has", Keyword("attr.size", "north"), ""),
    QueryCase("an attribute with blanks", Keyword("attr.två ord", "Å Ä Ö"), "glad"),
    QueryCase("an attribute with equals signs", Keyword("attr.a=b", "c=d"), "torn"),
    QueryCase("an attribute that would read the same", Keyword("attr.a", "b=c=d"), ""),
    QueryCase("an attribute with an equals sign in its value", Keyword("attr.a", "b=c"), "press"),
    QueryCase("an attribute that looks like a pattern", Keyword("attr.(x|y)", ".*"), "torn"),
    QueryCase("an attribute of which the pattern would be true", Keyword("attr.x", "north"), ""),
    QueryCase("an attribute with line ends", Keyword("attr.rad\nbryt", "ja\nnej"), "torn"),
    QueryCase("an attribute that is half a character", Keyword("attr.\ud800", "x"), ""),
    QueryCase("all but a keyword", Not(Keyword("kind", "review")), "glad mild torn press staff bare"),
    QueryCase(
        "keywords together",
        And((Keyword("brand", "hyllbo"), Or((Keyword("country", "FI"), Keyword("country", "NO"))))),
        "glad",
    ),
)

NUMBER_CASES = (
    QueryCase("stars from", _number("stars", 5), "glad torn"),
    QueryCase("stars up to", _number("stars", None, 1), "sad press"),
    QueryCase("stars between, both ends counted", _number("stars", 1, 3.5), "sad mild"),
    QueryCase("stars above", NumberRange("stars", low=1, includes_low=False), "glad mild torn"),
    QueryCase("stars below", NumberRange("stars", high=5, includes_high=False), "sad mild press"),
    QueryCase("stars strictly between", NumberRange("stars", 1, 5, includes_low=False, includes_high=False), "mild"),
    QueryCase("these stars", _number("stars", 3.5, 3.5), "mild"),
    QueryCase("stars on their own scale, of several the first", _number("stars", 8, 8), "torn"),
    QueryCase("any stars", _number("stars"), "sad glad mild torn press"),
    QueryCase(
        "any stars, whatever the open ends say",
        NumberRange("stars", None, None, False, False),
        "sad glad mild torn press",
    ),
    QueryCase("no stars", Not(_number("stars")), "staff bare"),
    QueryCase("zero from below and above", _number("stars", 0.0, 0.0), "press"),
    QueryCase("zero with a sign", _number("stars", -0.0, -0.0), "press"),
    QueryCase("no number between these", _number("stars", 4, 2), ""),
    QueryCase("promoters", _number("nps", 9, 10), "glad torn"),
    QueryCase("detractors", NumberRange("nps", high=7, includes_high=False), "sad"),
    QueryCase("satisfaction on its own scale", _number("csat", None, 4), "sad"),
    QueryCase("effort", _number("ces", 2, 3), "mild"),
    QueryCase("an index of three answers", _number("nki", 66.6, 66.7), "mild"),
    QueryCase("an index only where all three were answered", _number("nki"), "mild"),
)

DATE_CASES = (
    QueryCase("from an instant", _published(_FEBRUARY), "glad mild press"),
    QueryCase("up to an instant, not counted", _published(None, _FEBRUARY), "sad torn"),
    QueryCase("a second", _published(_FEBRUARY, _FEBRUARY + _SECOND), "glad"),
    QueryCase(
        "an instant given in another zone",
        _published(_FEBRUARY.astimezone(timezone(timedelta(hours=2)))),
        "glad mild press",
    ),
    QueryCase(
        "an instant within a second counts from the next",
        _published(_FEBRUARY - timedelta(microseconds=500)),
        "glad mild press",
    ),
    QueryCase("before 1970", _published(None, datetime(1970, 1, 1, tzinfo=UTC)), "torn"),
    QueryCase("after 2106", _published(datetime(2106, 3, 1, tzinfo=UTC)), "press"),
    QueryCase("no time between these", _published(_FEBRUARY, _FEBRUARY), ""),
    QueryCase("times in the wrong order", _published(_FEBRUARY + _SECOND, _FEBRUARY), ""),
    QueryCase("any date", _published(), "sad glad mild torn press"),
    QueryCase("no date", Not(_published()), "staff bare"),
    QueryCase("a date excluded, the undated kept", Not(_published(_FEBRUARY)), "sad torn staff bare"),
)
