import math
import re
from collections.abc import Mapping
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textcx.annotation import Polarity
from textcx.errors import IndexVersionError, UnknownNameError
from textcx.query.measure import Measure
from textcx.query.measures import MEASURE_BY_ID, MEASURES, find_measure
from textcx.query.tally import Difference, Estimate, Moments, Needs, Tally

PAGE = Path(__file__).parents[3] / "textcx" / "query" / "MEASURES.md"
RANGES = {
    "net_sentiment": (-100, 100),
    "positive_share": (0, 1),
    "negative_share": (0, 1),
    "average_stars": (1, 5),
    "nps": (-100, 100),
    "csat": (0, 1),
    "nki": (0, 100),
    "ces": (1, 5),
    "emotion_share": (0, 1),
    "reply_rate": (0, 1),
    "rating_text_mismatch": (0, 1),
    "engagement": (0, math.inf),
}
ON_SCALES = ("average_stars", "ces")
COUNTED = {
    "net_sentiment": get_args(Polarity),
    "positive_share": get_args(Polarity),
    "negative_share": get_args(Polarity),
    "nps": ("promoter", "passive", "detractor"),
    "csat": ("top", "rest"),
    "emotion_share": ("expressed", "none"),
    "reply_rate": ("yes", "no"),
    "rating_text_mismatch": ("mismatch", "match"),
}


def moments(*values: float) -> Moments:
    return Moments(count=len(values), total=sum(values), squares=sum(value * value for value in values))


def estimate(name: str, **tally: object) -> Estimate:
    counts: Mapping[str, int] = tally.pop("counts", {})  # type: ignore[assignment]
    sums: Mapping[str, Moments] = tally.pop("moments", {})  # type: ignore[assignment]
    return find_measure(name).estimate(Tally(mentions=100, counts=counts, moments=sums))


def test_the_table_holds_the_measures_of_the_design() -> None:
    names = (
        "volume net_sentiment positive_share negative_share emotion_share average_stars ces consistency reply_rate "
        "reply_time rating_text_mismatch nps csat nki share_of_voice engagement"
    )
    assert sorted(measure.id for measure in MEASURES) == sorted(names.split())
    assert len({measure.formula_id for measure in MEASURES}) == len(MEASURES) == len(MEASURE_BY_ID)


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.id)
def test_every_measure_has_a_row_that_tells_the_truth_on_the_page(measure: Measure) -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith(f"| `{measure.id}` |")]
    assert len(rows) == 1
    cells = [cell.strip() for cell in rows[0].strip("|").split("|")]
    assert [cells[1], cells[3], cells[4]] == [measure.unit, measure.interval, f"`{measure.formula_id}`"]
    assert len(cells[2]) > 10


def test_the_page_lists_no_measure_that_is_not_there() -> None:
    listed = re.findall(r"^\| `(\w+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert listed == [measure.id for measure in MEASURES]


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.id)
def test_a_measure_is_frozen_and_its_formula_has_a_version(measure: Measure) -> None:
    assert re.fullmatch(r"[a-z-]+-\d+", measure.formula_id)
    assert measure.label
    assert measure.formula
    assert measure.source
    with pytest.raises(FrozenInstanceError):
        measure.label = "other"  # type: ignore[misc]


def test_what_each_measure_needs_added_up() -> None:
    assert {measure.id: measure.needs for measure in MEASURES} == {
        "volume": Needs(),
        "net_sentiment": Needs(counts="sentiment", judgements=True),
        "positive_share": Needs(counts="sentiment", judgements=True),
        "negative_share": Needs(counts="sentiment", judgements=True),
        "average_stars": Needs(moments="stars", scale="stars_scale"),
        "nps": Needs(counts="nps_group"),
        "csat": Needs(counts="csat_box"),
        "nki": Needs(moments="nki"),
        "share_of_voice": Needs(),
        "emotion_share": Needs(counts="feeling"),
        "ces": Needs(moments="ces", scale="ces_scale"),
        "consistency": Needs(counts="sentiment", judgements=True),
        "reply_rate": Needs(counts="answered"),
        "reply_time": Needs(moments="reply_log_hours"),
        "rating_text_mismatch": Needs(counts="rating_text"),
        "engagement": Needs(moments="engagement"),
    }
    assert [measure.id for measure in MEASURES if measure.counts_judgements] == [
        "net_sentiment",
        "positive_share",
        "negative_share",
        "consistency",
    ]


def test_an_unknown_measure_is_told_with_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match=r"Did you mean 'nps'.*volume"):
        find_measure("npss")


def test_volume_counts_all_mentions_and_has_no_interval() -> None:
    found = find_measure("volume").estimate(Tally(mentions=12))
    assert found == Estimate(value=12.0, low=None, high=None, n=12, mentions=12, is_small=False)


def test_no_mentions_is_a_volume_of_nought() -> None:
    assert find_measure("volume").estimate(Tally(mentions=0)).value == 0.0


def test_net_sentiment_counts_neutral_and_mixed_among_the_judged() -> None:
    found = estimate("net_sentiment", counts={"positive": 20, "negative": 10, "neutral": 6, "mixed": 4})
    assert found.value == 25.0
    assert (found.low, found.high) == pytest.approx((-1.3638, 47.8754), abs=1e-3)
    assert (found.n, found.mentions, found.is_small) == (40, 100, False)


def test_judgements_about_a_touchpoint_may_be_more_than_its_mentions() -> None:
    tally = Tally(mentions=10, counts={"positive": 8, "negative": 4}, judgements=True)
    found = find_measure("net_sentiment").estimate(tally)
    assert found.value == pytest.approx(100 / 3)
    assert (found.n, found.mentions) == (12, 10)


def test_the_shares_have_wilson_intervals() -> None:
    counts = {"positive": 8, "negative": 1, "mixed": 1}
    positive, negative = estimate("positive_share", counts=counts), estimate("negative_share", counts=counts)
    assert positive.value == 0.8
    assert negative.value == 0.1
    # Wilson's interval of 8 and of 1 in 10, as in any table of it
    assert (positive.low, positive.high) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert (negative.low, negative.high) == pytest.approx((0.0179, 0.4042), abs=1e-4)


def test_nps_is_promoters_minus_detractors_of_all_answers() -> None:
    found = estimate("nps", counts={"promoter": 20, "passive": 10, "detractor": 10})
    assert found.value == 25.0
    assert (found.low, found.high) == pytest.approx((-1.3638, 47.8754), abs=1e-3)


def test_promoters_alone_are_100_with_an_interval_that_ends_there() -> None:
    found = estimate("nps", counts={"promoter": 30})
    assert (found.value, found.high) == (100.0, 100.0)
    # 30.75/33 - 0.75/33 = 0.909091; 1.959964 x sqrt((0.954545 - 0.826446) / 33) = 0.122114
    assert found.low == pytest.approx(78.6977, abs=1e-3)


def test_csat_is_the_share_of_the_top_boxes() -> None:
    found = estimate("csat", counts={"top": 8, "rest": 2})
    assert found.value == 0.8
    assert (found.low, found.high) == pytest.approx((0.4902, 0.9433), abs=1e-4)


def test_stars_are_averaged_on_the_scale_asked() -> None:
    measure, tally = find_measure("average_stars"), Tally(mentions=5, moments={"1-5": moments(3, 4, 4, 5)})
    found = measure.estimate(tally)
    assert found.value == 4.0
    # sd = sqrt(2/3), t(3) = 3.1824: 4 -+ 1.2992, cut at 5
    assert (found.low, found.high) == pytest.approx((2.7008, 5.0), abs=1e-4)
    assert measure.scale_of(tally) == "1-5"


def test_stars_on_several_scales_are_moved_to_the_most_frequent_one() -> None:
    from scipy import stats

    measure = find_measure("average_stars")
    tally = Tally(mentions=5, moments={"1-5": moments(3, 4, 5), "0-10": moments(0, 10)})
    found = measure.estimate(tally)
    assert measure.scale_of(tally) == "1-5"
    assert found.value == pytest.approx((3 + 4 + 5 + 1 + 5) / 5)
    low, high = stats.t.interval(0.95, 4, loc=3.6, scale=stats.sem([3, 4, 5, 1, 5]))
    assert (found.low, found.high) == pytest.approx((low, min(high, 5)), abs=1e-9)
    assert found.n == 5


def test_of_equally_frequent_scales_the_narrower_is_taken() -> None:
    measure = find_measure("average_stars")
    tally = Tally(mentions=2, moments={"1-10": moments(10), "1-6": moments(6), "0-100": moments()})
    assert measure.scale_of(tally) == "1-6"
    assert measure.estimate(tally).value == pytest.approx(6.0)


def test_buckets_that_are_compared_stand_on_one_scale() -> None:
    measure = find_measure("average_stars")
    january = Tally(mentions=3, moments={"1-5": moments(4, 4, 5)})
    february = Tally(mentions=2, moments={"0-10": moments(5, 10)})
    scale = measure.scale_of(january, february)
    assert scale == "1-5"
    assert measure.estimate(february, scale=scale).value == pytest.approx(4.0)
    assert measure.estimate(february).value == 7.5
    assert measure.estimate(Tally(mentions=1), scale=scale).value is None


def test_only_stars_and_effort_have_a_scale_to_tell() -> None:
    tally = Tally(mentions=3, counts={"promoter": 3}, moments={"1-5": moments(4)})
    assert [measure.id for measure in MEASURES if measure.scale_of(tally) is not None] == ["average_stars", "ces"]
    assert find_measure("average_stars").scale_of(Tally(mentions=3)) is None
    assert find_measure("nps").estimate(tally, scale="1-5").value == 100.0


def test_a_scale_that_is_none_asks_for_a_rebuild_of_the_index() -> None:
    with pytest.raises(IndexVersionError):
        estimate("average_stars", moments={"five": moments(4, 5)})


def test_nki_is_a_mean_with_a_t_interval_from_0_to_100() -> None:
    found = estimate("nki", moments={"": moments(50, 60, 70)})
    assert found.value == 60.0
    # sd = 10, t(2) = 4.3027: 60 -+ 24.841
    assert (found.low, found.high) == pytest.approx((35.159, 84.841), abs=1e-3)
    assert estimate("nki", moments={"": moments(0, 100)}).low == 0.0
    assert estimate("nki", moments={"": moments(0, 100)}).high == 100.0


def test_share_of_voice_is_the_share_of_the_whole_with_wilsons_interval() -> None:
    found = find_measure("share_of_voice").estimate(Tally(mentions=8, whole=Tally(mentions=10)))
    assert (found.value, found.n, found.mentions) == (0.8, 10, 8)
    assert (found.low, found.high) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    silent = find_measure("share_of_voice").estimate(Tally(mentions=0, whole=Tally(mentions=10)))
    assert (silent.value, silent.n) == (0.0, 10), "nobody spoke of it, and that is a value"
    assert find_measure("share_of_voice").estimate(Tally(0, whole=Tally(0))).value is None


def test_the_share_of_one_emotion_is_of_all_judged() -> None:
    whole = Tally(mentions=100, counts={"expressed": 60, "none": 30})
    anger = Tally(mentions=20, counts={"expressed": 20}, whole=whole)
    assert find_measure("emotion_share").estimate(anger).value == pytest.approx(20 / 90)
    assert find_measure("emotion_share").estimate(whole).value == pytest.approx(60 / 90)


def test_the_typical_reply_time_is_a_geometric_mean_with_the_interval_of_its_logarithms() -> None:
    from scipy import stats

    hours = [0.5, 1, 2, 8, 48]
    found = estimate("reply_time", moments={"": moments(*map(math.log, hours))})
    assert found.value == pytest.approx(stats.gmean(hours))
    low, high = stats.t.interval(0.95, 4, loc=np.mean(np.log(hours)), scale=stats.sem(np.log(hours)))
    assert (found.low, found.high) == pytest.approx((math.exp(low), math.exp(high)))


def test_the_interval_of_reply_times_keeps_its_promise_where_that_of_a_mean_would_not() -> None:
    from scipy import stats

    chance = np.random.default_rng(11)
    times = chance.lognormal(mean=1.0, sigma=1.5, size=(4_000, 30))
    logs, typical, usual = np.log(times), math.exp(1.0), math.exp(1.0 + 1.5**2 / 2)
    held = [
        low <= typical <= high
        for row in logs[:1_000]
        for low, high in [_ends(estimate("reply_time", moments={"": moments(*map(float, row))}))]
    ]
    assert 0.93 < np.mean(held) < 0.97
    low, high = stats.t.interval(0.95, 29, loc=times.mean(axis=1), scale=stats.sem(times, axis=1))
    assert np.mean((low <= usual) & (usual <= high)) < 0.9, "which is why the mean is not what we show"


def test_engagement_is_the_mean_of_what_sources_give_and_never_below_nought() -> None:
    found = estimate("engagement", moments={"": moments(0, 0, 0, 30)})
    assert (found.value, found.low, found.n) == (7.5, 0.0, 4)
    assert found.high == pytest.approx(7.5 + 3.182446 * 15 / 2, abs=1e-4)


def test_consistency_is_the_spread_between_groups_beyond_chance() -> None:
    months = [(30, 10, 10), (10, 10, 30), (20, 10, 20)]
    groups = tuple(Tally(50, {"positive": plus, "neutral": other, "negative": minus}) for plus, other, minus in months)
    found = find_measure("consistency").estimate(Tally(150, groups=groups))
    assert found.value == pytest.approx(38.190357, abs=1e-5)
    assert (found.n, found.mentions, found.high) == (150, 150, 100.0)
    assert find_measure("consistency").estimate(Tally(50, groups=groups[:1])).value is None


@pytest.mark.parametrize(
    ("name", "first", "second", "expected"),
    [
        ("volume", {}, {}, Difference(0.0)),
        ("nps", {"promoter": 20, "passive": 10, "detractor": 10}, {"promoter": 30, "passive": 5, "detractor": 5}, 37.5),
        ("csat", {"top": 48, "rest": 32}, {"top": 56, "rest": 14}, 0.2),
        ("nps", {"promoter": 20}, {}, Difference(None)),
        ("csat", {}, {"top": 3}, Difference(None)),
    ],
)
def test_a_difference_is_the_second_less_the_first(
    name: str, first: dict[str, int], second: dict[str, int], expected: Difference | float
) -> None:
    found = find_measure(name).difference(Tally(9, counts=first), Tally(9, counts=second))
    if isinstance(expected, Difference):
        assert found == expected
        return
    assert found.value == pytest.approx(expected)
    assert found.low is not None
    assert found.high is not None
    assert found.low < expected < found.high
    assert found.p is not None
    assert found.p < 0.05


def test_a_difference_of_stars_stands_on_the_scale_most_ratings_of_both_were_given_on() -> None:
    from scipy import stats

    before = Tally(4, moments={"1-5": moments(2, 3, 3, 4)})
    after = Tally(3, moments={"0-10": moments(5, 7.5, 10)})
    found = find_measure("average_stars").difference(before, after)
    expected = stats.ttest_ind([3, 4, 5], [2, 3, 3, 4], equal_var=False)
    assert found.value == pytest.approx(1.0)
    assert found.p == pytest.approx(expected.pvalue)
    assert found.low == pytest.approx(expected.confidence_interval().low)


def test_a_difference_of_reply_times_is_in_hours_and_its_p_that_of_the_logarithms() -> None:
    from scipy import stats

    before, after = ([math.log(hours) for hours in some] for some in ([1, 2, 4, 3, 2], [10, 20, 30, 12, 9]))
    found = find_measure("reply_time").difference(
        Tally(5, moments={"": moments(*before)}), Tally(5, moments={"": moments(*after)})
    )
    assert found.value == pytest.approx(stats.gmean(np.exp(after)) - stats.gmean(np.exp(before)))
    assert found.p == pytest.approx(stats.ttest_ind(after, before, equal_var=False).pvalue)
    assert found.low is not None
    assert found.low > 0
    alone = find_measure("reply_time").difference(Tally(1, moments={"": moments(0.0)}), Tally(1))
    assert alone == Difference(None)


def test_a_difference_of_spreads_has_an_interval_and_no_p() -> None:
    even = tuple(Tally(50, {"positive": 20 + at, "negative": 20 - at, "neutral": 10}) for at in (-4, 0, 4, 2))
    odd = tuple(Tally(50, {"positive": 20 + at, "negative": 20 - at, "neutral": 10}) for at in (-18, 0, 18, 9))
    found = find_measure("consistency").difference(Tally(200, groups=even), Tally(200, groups=odd))
    assert found.value is not None
    assert found.value > 30
    assert found.low is not None
    assert found.p is None


@pytest.mark.parametrize("name", ["average_stars", "nki", "ces", "engagement"])
def test_a_single_rating_has_a_value_but_no_interval(name: str) -> None:
    found = estimate(name, moments={"1-5" if name in ON_SCALES else "": moments(4)})
    assert (found.value, found.low, found.high, found.n, found.is_small) == (4.0, None, None, 1, True)


@pytest.mark.parametrize("name", [name for name in MEASURE_BY_ID if name != "volume"])
def test_where_nothing_was_judged_there_is_no_value(name: str) -> None:
    nothing = Estimate(value=None, low=None, high=None, n=0, mentions=100, is_small=True)
    empty = Tally(mentions=100, counts={"positive": 0}, moments={"1-5": moments(), "": moments()}, whole=Tally(0))
    assert find_measure(name).estimate(Tally(mentions=100, whole=Tally(0))) == nothing
    assert find_measure(name).estimate(empty) == nothing


@pytest.mark.parametrize(("n", "is_small"), [(9, True), (10, False)])
def test_under_ten_a_value_is_too_small_to_read(n: int, is_small: bool) -> None:
    assert estimate("nps", counts={"promoter": n - 3, "passive": 3}).is_small is is_small
    assert find_measure("volume").estimate(Tally(mentions=n)).is_small is is_small


@pytest.mark.parametrize("name", COUNTED)
@given(data=st.data())
def test_a_share_or_difference_lies_in_its_interval_and_the_interval_on_its_scale(
    name: str, data: st.DataObject
) -> None:
    counts = {value: data.draw(st.integers(0, 300)) for value in COUNTED[name]}
    _lies_in_its_interval(name, estimate(name, counts=counts))


@pytest.mark.parametrize("name", ["average_stars", "nki", "ces", "engagement"])
@given(values=st.lists(st.integers(1, 5).map(float), max_size=60))
def test_a_mean_lies_in_its_interval_and_the_interval_on_its_scale(name: str, values: list[float]) -> None:
    key = "1-5" if name in ON_SCALES else ""
    _lies_in_its_interval(name, estimate(name, moments={key: moments(*values)}))


def _lies_in_its_interval(name: str, found: Estimate) -> None:
    lowest, highest = RANGES[name]
    assert (found.value is None) is (found.n == 0)
    assert (found.low is None) is (found.high is None)
    if found.value is not None:
        assert lowest <= found.value <= highest
        if found.low is not None and found.high is not None:
            assert lowest <= found.low <= found.value <= found.high <= highest


def _ends(found: Estimate) -> tuple[float, float]:
    assert found.low is not None
    assert found.high is not None
    return found.low, found.high
