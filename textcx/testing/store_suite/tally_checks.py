"""Tally checks: what measures need, added up by hand."""

import math
from collections.abc import Mapping
from functools import partial

from textcx.query.measure import Measure
from textcx.query.measures import (
    AVERAGE_STARS,
    CES,
    CSAT,
    EMOTION_SHARE,
    NET_SENTIMENT,
    NKI,
    NPS,
    RATING_TEXT_MISMATCH,
    VOLUME,
)
from textcx.query.tally import Moments, Tally
from textcx.query.tree import Everything
from textcx.testing.store_suite.check import Check, Stores, same
from textcx.testing.store_suite.field_cases import field_scene

_CLOSE = 1e-9


def alike(found: Mapping[str, Tally], expected: Mapping[str, Tally], about: str) -> None:
    """Check that tallies are the same: counts exactly, sums to nine digits.

    Raises:
        AssertionError: They are not.
    """
    same(sorted(found), sorted(expected), f"values {about}")
    for value, tally in expected.items():
        place = f"{value!r} {about}"
        counts = (found[value].mentions, dict(found[value].counts), found[value].judgements)
        same(counts, (tally.mentions, dict(tally.counts), tally.judgements), f"counts of {place}")
        same(sorted(found[value].moments), sorted(tally.moments), f"scales of {place}")
        for scale, moments in tally.moments.items():
            other = found[value].moments[scale]
            same(other.count, moments.count, f"ratings of {place} on {scale}")
            for name in ("total", "squares"):
                sums = getattr(other, name), getattr(moments, name)
                if not math.isclose(*sums, rel_tol=_CLOSE, abs_tol=_CLOSE):
                    same(*sums, f"{name} of {place} on {scale}")


def _judged(mentions: int, **counts: int) -> Tally:
    return Tally(mentions, counts, judgements=True)


def _counts_judgements_by_touchpoint(stores: Stores) -> None:
    found = stores.showing(field_scene).breakdown(Everything(), NET_SENTIMENT.needs, by="touchpoint")
    expected = {
        "delivery": _judged(4, negative=1, neutral=1, positive=1, mixed=1),
        "customer_service": _judged(1, negative=1),
        "price": _judged(1, positive=1),
        "setup": _judged(1, negative=1),
        "odd:na/me": _judged(1, negative=1),
    }
    alike(found.rows, expected, "by touchpoint")
    whole = Tally(7, {"negative": 1, "neutral": 1, "positive": 1, "mixed": 1})
    alike({"": found.total}, {"": whole}, "of all mentions")
    same(found.missing, 2, "mentions without a touchpoint")


def _counts_judgements_by_stage(stores: Stores) -> None:
    found = stores.showing(field_scene).breakdown(Everything(), NET_SENTIMENT.needs, by="stage")
    expected = {
        "receive": _judged(4, negative=2, neutral=1, positive=1, mixed=1),
        "support": _judged(1, negative=1),
        "buy": _judged(1, positive=1),
        "us/e": _judged(1, negative=1),
    }
    alike(found.rows, expected, "by stage")


def _counts_mentions_by_touchpoint(stores: Stores) -> None:
    found = stores.showing(field_scene).breakdown(Everything(), NPS.needs, by="touchpoint")
    expected = {
        "delivery": Tally(4, {"detractor": 1, "passive": 1, "promoter": 2}),
        "customer_service": Tally(1, {"detractor": 1}),
        "price": Tally(1, {"promoter": 1}),
        "setup": Tally(1, {"promoter": 1}),
        "odd:na/me": Tally(1),
    }
    alike(found.rows, expected, "by touchpoint")


def _adds_up(measure: Measure, expected: Tally, stores: Stores) -> None:
    store = stores.showing(field_scene)
    found = store.breakdown(Everything(), measure.needs, by="lang")
    alike({"": found.total}, {"": expected}, f"of {measure.id}")
    undivided = store.breakdown(Everything(), measure.needs)
    alike({"": undivided.total}, {"": expected}, f"of {measure.id}, undivided")
    same((undivided.rows, undivided.missing), ({}, 0), f"rows of {measure.id}, undivided")


_TOTALS = (
    (VOLUME, Tally(7)),
    (NPS, Tally(7, {"detractor": 1, "passive": 1, "promoter": 2})),
    (CSAT, Tally(7, {"rest": 1, "top": 1})),
    (CES, Tally(7, moments={"1-7": Moments(1, 2.5, 6.25)})),
    (EMOTION_SHARE, Tally(7, {"expressed": 2, "none": 2})),
    (RATING_TEXT_MISMATCH, Tally(7, {"match": 4})),
    (NKI, Tally(7, moments={"": Moments(1, 200 / 3, (200 / 3) ** 2)})),
    (
        AVERAGE_STARS,
        Tally(7, moments={"1-5": Moments(3, 9.5, 38.25), "0-10": Moments(1, 8.0, 64.0), "-2-2": Moments(1, 0.0, 0.0)}),
    ),
)


def _divides_by_an_attribute(stores: Stores) -> None:
    found = stores.showing(field_scene).breakdown(Everything(), AVERAGE_STARS.needs, by="attr.Region")
    expected = {
        "North": Tally(1, moments={"1-5": Moments(1, 1.0, 1.0)}),
        "NORTH": Tally(1, moments={"1-5": Moments(1, 5.0, 25.0)}),
        "south": Tally(1, moments={"1-5": Moments(1, 3.5, 12.25)}),
        "north/west": Tally(1, moments={"-2-2": Moments(1, 0.0, 0.0)}),
    }
    alike(found.rows, expected, "by region")
    same(found.missing, 3, "mentions without a region")


TALLY_CHECKS = (
    Check("counts judgements by touchpoint", _counts_judgements_by_touchpoint),
    Check("counts judgements by stage, each of several", _counts_judgements_by_stage),
    Check("counts mentions by touchpoint where a measure wants mentions", _counts_mentions_by_touchpoint),
    *(Check(f"adds up {measure.id}", partial(_adds_up, measure, total)) for measure, total in _TOTALS),
    Check("divides by an attribute", _divides_by_an_attribute),
)
