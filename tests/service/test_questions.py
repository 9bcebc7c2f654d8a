"""Trends, breakdowns and comparisons as plain values, over mentions written down here, at a time that stands still."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service.questions import Questions
from textcx.annotation import AnnotatedMention, Polarity
from textcx.configs import configs_folder
from textcx.errors import QuerySyntaxError, RequestError
from textcx.mention import Engagement
from textcx.query.measures import MEASURES
from textcx.testing import ListStore, a_mention, a_rating, annotated
from textcx.touchpoints import Taxonomy, read_taxonomy
from textcx.words import Lemmas

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
Ask = Callable[[Sequence[AnnotatedMention]], Questions]


@pytest.fixture(scope="module")
def taxonomy() -> Taxonomy:
    folder = configs_folder() / "touchpoints"
    return read_taxonomy(folder / "generic.yaml", folder=folder)


@pytest.fixture(scope="module")
def ask(taxonomy: Taxonomy) -> Ask:
    def about(mentions: Sequence[AnnotatedMention]) -> Questions:
        store = ListStore(Lemmas())
        store.put(mentions)
        return Questions(store, taxonomy, timezone="Europe/Stockholm", clock=lambda: NOW)

    return about


def said(
    at: str | None,
    sentiment: Polarity | None = None,
    *,
    name: str,
    brand: str | None = "Hyllbo",
    source: str = "reviewsite",
    touchpoints: Sequence[str] = (),
    nps: float | None = None,
) -> AnnotatedMention:
    ratings = () if nps is None else (a_rating("nps", nps, lowest=0, highest=10),)
    published_at = datetime.fromisoformat(at) if at else None
    return annotated(
        a_mention(name=name, brand=brand, source=source, published_at=published_at, ratings=ratings),
        sentiment=sentiment,
        touchpoints=touchpoints,
    )


def opinions(prefix: str, at: str, **counts: int) -> list[AnnotatedMention]:
    return [
        said(at, polarity, name=f"{prefix}-{polarity}-{number}")  # type: ignore[arg-type]
        for polarity, count in counts.items()
        for number in range(count)
    ]


def points(answer: dict[str, Any], *names: str) -> list[Any]:
    (series,) = answer["series"]
    return [point[names[0]] if len(names) == 1 else tuple(point[name] for name in names) for point in series["points"]]


def test_a_point_says_when_its_interval_is_not_over_yet(ask: Ask) -> None:
    mentions = [said("2026-01-10T12:00Z", name="a"), said("2026-03-14T12:00Z", name="b")]
    answer = ask(mentions).trends()
    assert points(answer, "start", "n", "incomplete") == [
        ("2026-01-01T00:00:00+01:00", 1, False),
        ("2026-02-01T00:00:00+01:00", 0, False),
        ("2026-03-01T00:00:00+01:00", 1, True),
    ]


def test_a_window_is_shown_to_its_ends_and_the_intervals_it_cuts_are_marked(ask: Ask) -> None:
    mentions = [said("2025-11-20T12:00Z", name="a"), said("2025-12-24T12:00Z", name="b")]
    answer = ask(mentions).trends(since="2025-10-15", until="2026-01-20")
    assert [start[:7] for start in points(answer, "start")] == ["2025-10", "2025-11", "2025-12", "2026-01"]
    assert points(answer, "n") == [0, 1, 1, 0]
    assert points(answer, "incomplete") == [True, False, False, True]
    whole_months = ask(mentions).trends(since="2025-10", until="2025-12")
    assert points(whole_months, "incomplete") == [False, False, False]


def test_a_window_without_mentions_is_all_empty_intervals(ask: Ask) -> None:
    answer = ask([said("2024-01-10T12:00Z", name="a")]).trends(since="2025-Q1", until="2025-Q2", interval="quarter")
    assert points(answer, "n", "value") == [(0, 0.0), (0, 0.0)]
    none = ask([]).trends("nps", since="2025-01-06", until="2025-01-12", interval="day")
    assert points(none, "n", "value") == [(0, None)] * 7


def test_a_window_that_reaches_into_the_future_ends_with_the_running_interval(ask: Ask) -> None:
    answer = ask([said("2026-02-10T12:00Z", name="a")]).trends(since="2026-02", until="2026-12")
    assert points(answer, "incomplete") == [False, True]
    later = ask([said("2026-05-10T12:00Z", name="dated ahead")]).trends(since="2026-02", until="2026-12")
    assert points(later, "n", "incomplete") == [(0, False), (0, True), (0, True), (1, True)]
    ahead = ask([]).trends(since="2027-01", until="2027-12")
    assert points(ahead, "incomplete") == [True]


def test_without_a_window_a_trend_goes_from_the_first_mention_to_the_last(ask: Ask) -> None:
    mentions = [said("2025-01-10T12:00Z", name="a"), said("2025-02-14T12:00Z", name="b"), said(None, name="c")]
    answer = ask(mentions).trends()
    assert (points(answer, "n"), answer["undated"]) == ([1, 1], 1)
    assert ask([said(None, name="c")]).trends()["series"] == []


@pytest.mark.parametrize(
    ("zone", "counts"),
    [("UTC", [2, 1]), ("Europe/Stockholm", [1, 2]), ("Asia/Kathmandu", [1, 2]), ("America/St_Johns", [3])],
)
def test_a_day_is_a_day_of_the_zone_asked(ask: Ask, zone: str, counts: list[int]) -> None:
    times = ("2026-01-31T17:30Z", "2026-01-31T23:10Z", "2026-02-01T01:30Z")
    mentions = [said(at, name=at) for at in times]
    answer = ask(mentions).trends(interval="month", timezone=zone)
    assert (points(answer, "n"), answer["timezone"]) == (counts, zone)


def test_weeks_start_on_the_day_asked(ask: Ask) -> None:
    mentions = [said("2026-03-07T12:00Z", name="saturday"), said("2026-03-08T12:00Z", name="sunday")]
    by_iso = ask(mentions).trends(interval="week")
    assert points(by_iso, "start", "n") == [("2026-03-02T00:00:00+01:00", 2)]
    by_sunday = ask(mentions).trends(interval="week", week_starts="sunday")
    assert points(by_sunday, "start", "n") == [("2026-03-01T00:00:00+01:00", 1), ("2026-03-08T00:00:00+01:00", 1)]


def test_the_hour_that_comes_twice_is_two_points(ask: Ask) -> None:
    mentions = [said("2025-10-26T00:30Z", name="a"), said("2025-10-26T01:30Z", name="b")]
    answer = ask(mentions).trends(interval="hour")
    assert points(answer, "start", "n") == [("2025-10-26T02:00:00+02:00", 1), ("2025-10-26T02:00:00+01:00", 1)]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"since": "2026-03", "until": "2026-01"}, "from 2026-03 lies after to 2026-01"),
        ({"since": "soon"}, "from must be a date"),
        ({"timezone": "right/UTC"}, "IANA"),
        ({"timezone": "localtime"}, "IANA"),
        ({"week_starts": "friday"}, "monday, sunday"),
        ({"measure": "share_of_voice"}, "share_of_voice needs by"),
        ({"measure": "consistency"}, "consistency needs by"),
        ({"since": "2020", "until": "2026", "interval": "day"}, "ask by week"),
    ],
)
def test_what_cannot_be_answered_is_told_with_the_way_out(ask: Ask, asked: dict[str, Any], words: str) -> None:
    with pytest.raises(RequestError, match=words):
        ask([]).trends(**asked)


def test_share_of_voice_is_of_all_mentions_interval_by_interval(ask: Ask) -> None:
    mentions = [
        *(said("2026-01-10T12:00Z", name=f"a{at}", brand="Hyllbo") for at in range(3)),
        said("2026-01-11T12:00Z", name="b", brand="Klarvik"),
        said("2026-02-10T12:00Z", name="c", brand="Klarvik"),
        said("2026-02-11T12:00Z", name="d", brand=None),
    ]
    answer = ask(mentions).trends("share_of_voice", by="brand")
    values = {
        series["key"]["brand"]: [(one["value"], one["n"], one["mentions"]) for one in series["points"]]
        for series in answer["series"]
    }
    assert values == {"Hyllbo": [(0.75, 4, 3), (0.0, 2, 0)], "Klarvik": [(0.25, 4, 1), (0.5, 2, 1)]}
    rows = ask(mentions).breakdown("share_of_voice", by="brand", limit=1)
    assert [(row["key"], row["value"]) for row in rows["rows"]] == [("Hyllbo", 0.5)]
    assert (rows["other"]["value"], rows["other"]["n"], rows["missing"]) == (pytest.approx(2 / 6), 6, 1)


def test_a_brand_that_fell_silent_has_a_share_of_nought_in_a_comparison(ask: Ask) -> None:
    mentions = [
        said(f"2026-0{month}-10T12:00Z", name=f"{brand}{month}{at}", brand=brand)
        for brand, months in (("Hyllbo", (1, 2)), ("Klarvik", (1,)))
        for month in months
        for at in range(12)
    ]
    answer = ask(mentions).compare("share_of_voice", a="published:2026-01", b="published:2026-02", by="brand")
    rows = {row["key"]: row for row in answer["rows"]}
    assert [(rows["Klarvik"][side]["value"], rows["Klarvik"][side]["n"]) for side in "ab"] == [(0.5, 24), (0.0, 12)]
    assert rows["Klarvik"]["difference"]["reading"] == "lower"


def test_emotions_are_shares_of_all_that_were_judged(ask: Ask) -> None:
    mentions = [
        annotated(a_mention(name="a"), sentiment="negative", emotions=["anger", "sadness"]),
        annotated(a_mention(name="b"), sentiment="negative", emotions=["anger"]),
        annotated(a_mention(name="c"), sentiment="neutral"),
        annotated(a_mention(name="d"), sentiment="positive", emotions=["joy"]),
        annotated(a_mention(name="e")),
    ]
    rows = ask(mentions).breakdown("emotion_share", by="emotion")
    assert {row["key"]: (row["value"], row["n"]) for row in rows["rows"]} == {
        "anger": (0.5, 4),
        "sadness": (0.25, 4),
        "joy": (0.25, 4),
    }
    assert (rows["total"]["value"], rows["total"]["n"]) == (0.75, 4)
    by_brand = ask(mentions).breakdown("emotion_share", by="brand")["rows"]
    assert [(row["value"], row["n"]) for row in by_brand] == [(0.75, 4)]
    (march,) = ask(mentions).trends("emotion_share", by="emotion", q="emotion:anger")["series"][0]["points"]
    assert march["value"] == 1.0


def test_consistency_is_the_spread_between_months_in_a_breakdown_and_between_places_in_a_trend(ask: Ask) -> None:
    months = ("2025-11-10T12:00Z", "2025-12-10T12:00Z", "2026-01-10T12:00Z")
    steady = [one for at in months for one in opinions(f"s{at}", at, positive=8, negative=4)]
    moody = [
        one.model_copy(update={"mention": one.mention.model_copy(update={"brand": "Klarvik"})})
        for at, counts in zip(months, ((12, 0), (0, 12), (12, 0)), strict=True)
        for one in opinions(f"m{at}", at, positive=counts[0], negative=counts[1])
    ]
    rows = ask([*steady, *moody]).breakdown("consistency", by="brand")
    found = {row["key"]: row for row in rows["rows"]}
    assert found["Hyllbo"]["value"] == 0.0
    assert found["Hyllbo"]["low"] is None, "months that are quite alike tell of no spread at all"
    assert found["Klarvik"]["value"] > 60
    assert found["Klarvik"]["n"] == 36
    trend = ask([*steady, *moody]).trends("consistency", by="brand")
    assert [series["key"] for series in trend["series"]] == [{}]
    assert points(trend, "n") == [24, 24, 24]
    assert points(trend, "value")[1] > points(trend, "value")[0]
    both = ask([*steady, *moody]).compare("consistency", a="brand:Hyllbo", b="brand:Klarvik")
    assert both["total"]["difference"]["value"] == found["Klarvik"]["value"]
    assert both["total"]["difference"]["p"] is None


def test_the_rest_of_a_breakdown_of_consistency_is_added_up_month_by_month(ask: Ask) -> None:
    mentions = [
        said(
            f"2026-0{month}-10T12:00Z",
            "positive" if month == 1 else "negative",
            name=f"{brand}{month}{at}",
            brand=brand,
        )
        for brand, count in (("Hyllbo", 5), ("Klarvik", 4), ("Fjellmobil", 3))
        for month in (1, 2)
        for at in range(count)
    ]
    rows = ask(mentions).breakdown("consistency", by="brand", limit=1)
    assert (rows["other"]["n"], rows["other"]["value"], rows["total"]["n"]) == (14, pytest.approx(100), 24)


def replied() -> list[AnnotatedMention]:
    noon = datetime(2026, 1, 10, 12, tzinfo=UTC)
    asked = [
        annotated(a_mention(name=f"q{at}", kind="post", source=source, published_at=noon))
        for at, source in enumerate(("forum", "forum", "forum", "reviewsite"))
    ]
    answers = [
        annotated(
            a_mention(
                name=f"r{at}",
                kind="reply",
                source="forum",
                voice="brand",
                reply_to=f"q{at}",
                published_at=noon + timedelta(hours=hours),
            )
        )
        for at, hours in enumerate((1, 4))
    ]
    return [*asked, *answers]


def test_replies_count_in_the_sources_where_the_brand_was_heard(ask: Ask) -> None:
    answer = ask(replied()).breakdown("reply_rate", by="source")
    assert [(row["key"], row["value"], row["n"]) for row in answer["rows"]] == [("forum", pytest.approx(2 / 3), 3)]
    assert answer["notes"] == ["Counted in the sources where voice brand was heard: forum."]
    hours = ask(replied()).trends("reply_time")
    assert points(hours, "value", "n") == [(pytest.approx(2.0), 2)]


def test_where_no_reply_is_ever_collected_none_seen_is_not_none_given(ask: Ask) -> None:
    answer = ask(replied()[:4]).trends("reply_rate", since="2026-01", until="2026-01")
    assert points(answer, "value", "n") == [(None, 0)]
    assert "rather than 0" in answer["notes"][0]
    assert ask(replied()[:4]).breakdown("reply_time", by="source")["total"]["value"] is None


def test_a_number_of_interactions_that_a_source_does_not_give_is_absent_not_0(ask: Ask) -> None:
    given = (Engagement(likes=4, replies=2), Engagement(likes=0), Engagement(views=700), None)
    mentions = [annotated(a_mention(name=str(at), engagement=one)) for at, one in enumerate(given)]
    total = ask(mentions).breakdown("engagement", by="brand")["total"]
    assert (total["value"], total["n"], total["mentions"]) == (3.0, 2, 4)


@pytest.mark.parametrize("measure", [one.id for one in MEASURES])
def test_every_measure_is_asked_in_all_ways_alike(ask: Ask, measure: str) -> None:
    questions = ask([*replied(), *opinions("x", "2026-02-02T12:00Z", positive=3, negative=2)])
    for answer in (
        questions.trends(measure, by="brand"),
        questions.breakdown(measure, by="source"),
        questions.compare(measure, a="published:2026-01", b="published:2026-02", by="brand"),
    ):
        assert answer["measure"]["id"] == measure
        rows = list(answer.get("rows", ())) + [
            point for series in answer.get("series", ()) for point in series["points"]
        ]
        assert rows
        for row in rows:
            for value in (row["a"], row["b"]) if "a" in row else (row,):
                assert value.keys() >= {"value", "low", "high", "n", "mentions", "is_small"}
                assert value["low"] is None or value["low"] <= value["value"] <= value["high"]


def test_two_periods_are_compared_after_less_before(ask: Ask) -> None:
    before = opinions("before", "2026-01-10T12:00Z", positive=30, negative=5, neutral=5)
    after = opinions("after", "2026-02-10T12:00Z", positive=20, negative=10, neutral=10)
    answer = ask([*before, *after]).compare(a="published:2026-01", b="published:2026-02")
    total = answer["total"]
    assert (total["a"]["value"], total["b"]["value"], total["difference"]["value"]) == (62.5, 25.0, -37.5)
    # the same samples as worked by hand in test_comparison
    assert total["difference"]["low"] == pytest.approx(-67.4791, abs=1e-3)
    assert total["difference"]["p"] == pytest.approx(0.03594, abs=1e-4)
    assert total["difference"]["reading"] == "worse"
    assert (answer["rows"], answer["overlap"], answer["notes"]) == ([], 0, [])
    assert answer["measure"]["comparison"] == "adjusted Wald"


def test_rows_of_a_comparison_have_a_q_that_allows_for_their_number(ask: Ask) -> None:
    from scipy import stats

    mentions = []
    for brand, after in (("Hyllbo", 2), ("Klarvik", 9), ("Fjellmobil", 10), ("Molnbo", 8)):
        for month, good in ((1, 10), (2, after)):
            mentions += [
                said(f"2026-0{month}-10T12:00Z", name=f"{brand}{month}{at}", brand=brand, nps=10 if at < good else 0)
                for at in range(12)
            ]
    mentions.append(said("2026-02-10T12:00Z", name="alone", brand="Nykomlingen", nps=9))
    answer = ask(mentions).compare("nps", a="published:2026-01", b="published:2026-02", by="brand")
    rows = {row["key"]: row for row in answer["rows"]}
    assert list(rows)[-1] == "Nykomlingen", "the most frequent first"
    p_values = [row["difference"]["p"] for row in answer["rows"] if row["difference"]["p"] is not None]
    q_values = [row["difference"]["q"] for row in answer["rows"] if row["difference"]["q"] is not None]
    assert len(p_values) == 4
    assert q_values == pytest.approx(list(stats.false_discovery_control(p_values)))
    assert {key: row["difference"]["reading"] for key, row in rows.items()} == {
        "Hyllbo": "worse",
        "Klarvik": "unclear",
        "Fjellmobil": "unclear",
        "Molnbo": "unclear",
        "Nykomlingen": "too few",
    }
    assert rows["Nykomlingen"]["difference"]["value"] is None
    few = ask(mentions).compare("nps", a="published:2026-01", b="published:2026-02", by="brand", limit=2)
    assert (len(few["rows"]), few["omitted"]) == (2, 3)


def test_brands_are_compared_by_the_judgements_about_each_touchpoint(ask: Ask) -> None:
    mentions = [
        said(
            "2026-01-10T12:00Z",
            "neutral",
            name=f"{brand}{polarity}{at}",
            brand=brand,
            touchpoints=[f"receive:delivery/{polarity}"],
        )
        for brand, polarity in (("Hyllbo", "positive"), ("Klarvik", "negative"))
        for at in range(12)
    ]
    (row,) = ask(mentions).compare(a="brand:Hyllbo", b="brand:Klarvik", by="touchpoint")["rows"]
    assert (row["key"], row["a"]["value"], row["b"]["value"]) == ("delivery", 100, -100)
    assert row["difference"]["reading"] == "worse"


def test_what_both_have_in_common_is_asked_once_and_mentions_of_both_are_told(ask: Ask) -> None:
    mentions = [*opinions("a", "2026-01-10T12:00Z", positive=2), *opinions("b", "2026-02-10T12:00Z", negative=1)]
    answer = ask(mentions).compare("volume", q="sentiment:positive", a="", b="published:2026-01")
    assert (answer["total"]["a"]["value"], answer["total"]["b"]["value"], answer["overlap"]) == (2.0, 2.0, 2)
    assert answer["notes"] == ["2 mentions are in both a and b; the intervals suppose that none is."]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("brand:Hyllbo", "brand:Klarvik"),
        ("brand:HYLLBO", "brand:hyllbo"),
        ("-brand:Hyllbo", "brand:Hyllbo"),
        ("published:2026-01", "published:2026-02"),
        ("published:2026-01", "published:2026-01-15..2026-02"),
        ("published:<2026-02", "brand:Hyllbo published:2026-01"),
        ("lang:no", "lang:sv"),
        ("source:(reviewsite OR forum)", "source:reviewsite"),
        ("touchpoint:delivery", "touchpoint:returns"),
        ("", "brand:Hyllbo"),
    ],
)
def test_mentions_of_both_are_counted_or_told_to_be_none_from_the_queries_alone(ask: Ask, a: str, b: str) -> None:
    questions = ask(
        [
            said(f"2026-{month:02}-15T12:00:00+01:00", name=f"{brand}-{month}", brand=brand, touchpoints=touchpoints)
            for brand in ("Hyllbo", "Klarvik")
            for month in (1, 2)
            for touchpoints in (["receive:delivery/negative", "support:returns/negative"],)
        ]
    )
    found = questions.compare(a=a, b=b)["overlap"]
    assert found == questions.search(f"({a or '*'}) ({b or '*'})")["total"]


def test_a_wrong_query_of_a_comparison_says_which_it_is(ask: Ask) -> None:
    with pytest.raises(QuerySyntaxError, match=r"^b: .*position 6") as caught:
        ask([]).compare(a="brand:x", b="brand:")
    assert caught.value.position == 6
    with pytest.raises(RequestError, match="share_of_voice needs by"):
        ask([]).compare("share_of_voice", a="brand:x", b="brand:y")


def test_the_company_speaks_only_where_the_query_names_it(ask: Ask) -> None:
    answer = ask(replied()).breakdown("volume", by="voice")
    assert [(row["key"], row["n"]) for row in answer["rows"]] == [("customer", 4)]
    theirs = ask(replied()).breakdown("volume", by="voice", q="voice:brand OR kind:post")
    assert theirs["total"]["n"] == 6
