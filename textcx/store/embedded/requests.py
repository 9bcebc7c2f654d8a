"""Requests: what a measure needs as a tantivy aggregation, and its answer as tallies.

Nothing is approximate: values are counted over whole columns, and an answer that was cut is refused.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from textcx.query.fields import ATTRIBUTE_PREFIX
from textcx.query.tally import Moments, Needs, Tally
from textcx.store.bounds import TooMuchError, check_dimension, check_needs
from textcx.store.embedded.escape import starts_with_regex
from textcx.store.facts import attribute_token, read_judgement

_MOST_VALUES = 65_000
"""tantivy's own limit of buckets in an answer."""
_JUDGED = ("touchpoint", "stage")
_MEMO_JUDGEMENTS = 10_000
"""A trend meets the same few tokens again in each of its intervals."""
_ALL = "all"
_COUNTS = "counts"
_SCALES = "scales"
_MOMENTS = "moments"
_JUDGEMENTS = "judgements"


@dataclass(frozen=True, slots=True)
class Dimension:
    """A keyword field that divides mentions.

    Attributes:
        field: The index's field.
        opening: What its values begin with, cut off again: the attribute's name, or nothing.
        starts_with: Makes the engine's regular expression for "begins so".
    """

    field: str
    opening: str = ""
    starts_with: Callable[[str], str] = starts_with_regex

    def request(self, inner: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the aggregation that counts each value, with more to add up for each."""
        terms: dict[str, Any] = {"field": self.field, "size": _MOST_VALUES}
        if self.opening:
            terms["include"] = self.starts_with(self.opening)
        return {"terms": terms, "aggs": dict(inner)} if inner else {"terms": terms}

    def read(self, answer: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
        """Return the bucket of each value.

        Raises:
            TooMuchError: Values were left out.
        """
        if answer.get("sum_other_doc_count"):
            raise TooMuchError
        begun = len(self.opening)  # asked for so, each value begins with it
        return {bucket["key"][begun:]: bucket for bucket in answer["buckets"]}

    def counts(self, answer: Mapping[str, Any]) -> dict[str, int]:
        """Return how many mentions have each value."""
        return {value: bucket["doc_count"] for value, bucket in self.read(answer).items()}


def dimension(name: str, starts_with: Callable[[str], str] = starts_with_regex) -> Dimension:
    """Return the dimension of this name.

    Args:
        name: A dimension of `textcx.query.fields`.
        starts_with: See Dimension.

    Raises:
        RequestError: Mentions cannot be divided by it.
    """
    check_dimension(name)
    if name.startswith(ATTRIBUTE_PREFIX):
        return Dimension("attr", attribute_token(name.removeprefix(ATTRIBUTE_PREFIX), ""), starts_with)
    return Dimension(name)


_JUDGED_TOKENS = Dimension("judgement")
_read_judgement = lru_cache(maxsize=_MEMO_JUDGEMENTS)(read_judgement)


class TallyRequest:
    """Asks what a measure needs, for each value of a dimension or for all mentions together.

    Args:
        needs: What the measure needs.
        by: The dimension's name, or None.
        starts_with: See Dimension.
        only_scale: The scale of all ratings asked about, where that is known: then it is not asked for again.

    Raises:
        RequestError: There is no such dimension, or no such column to add up.
    """

    def __init__(
        self,
        needs: Needs,
        by: str | None,
        starts_with: Callable[[str], str] = starts_with_regex,
        *,
        only_scale: str | None = None,
    ) -> None:
        check_needs(needs)
        self._counts = Dimension(needs.counts) if needs.counts else None
        self._scales = Dimension(needs.scale) if needs.scale and only_scale is None else None
        self._only_scale = only_scale or ""
        self._moments = needs.moments
        self._by = dimension(by, starts_with) if by else None
        self._judged = by if by in _JUDGED and needs.judgements else None

    def request(self) -> dict[str, Any]:
        """Return the aggregations."""
        if self._judged == "touchpoint" and not self._moments:
            return {_JUDGEMENTS: _JUDGED_TOKENS.request()}
        inner = {} if self._judged else self._count_request()
        inner |= self._moments_request()
        if self._by is None:
            return inner
        request = {_ALL: self._by.request(inner)}
        return request | {_JUDGEMENTS: _JUDGED_TOKENS.request()} if self._judged else request

    def tallies(self, mentions: int, answer: Mapping[str, Any]) -> dict[str, Tally]:
        """Return the tally of each value, or of all mentions under "".

        Args:
            mentions: How many mentions the answer is about.
            answer: What tantivy added up for `request`.
        """
        if self._by is None:
            return {"": self._tally(mentions, answer)}
        buckets = self._by.read(answer[_ALL]) if _ALL in answer else {}
        if self._judged is None:
            return {value: self._tally(bucket["doc_count"], bucket) for value, bucket in buckets.items()}
        tallies = {}
        for value, counts in self._judgements(answer.get(_JUDGEMENTS)).items():
            bucket = buckets.get(value, {})
            # A mention judges a touchpoint once, so the judgements of one are its mentions; a stage may have several.
            count = bucket.get("doc_count", sum(counts.values()))
            tallies[value] = Tally(count, counts, self._read_moments(bucket) if bucket else {}, judgements=True)
        return tallies

    def _count_request(self) -> dict[str, Any]:
        return {_COUNTS: self._counts.request()} if self._counts else {}

    def _moments_request(self) -> dict[str, Any]:
        if self._moments is None:
            return {}
        moments = {_MOMENTS: {"extended_stats": {"field": self._moments}}}
        return {_SCALES: self._scales.request(moments)} if self._scales else moments

    def _tally(self, mentions: int, answer: Mapping[str, Any]) -> Tally:
        counts = self._counts.counts(answer[_COUNTS]) if self._counts and _COUNTS in answer else {}
        return Tally(mentions, counts, self._read_moments(answer))

    def _read_moments(self, answer: Mapping[str, Any]) -> dict[str, Moments]:
        if self._scales is not None and _SCALES in answer:
            by_scale = {scale: bucket[_MOMENTS] for scale, bucket in self._scales.read(answer[_SCALES]).items()}
        else:
            by_scale = {self._only_scale: answer[_MOMENTS]} if _MOMENTS in answer else {}
        return {
            scale: Moments(stats["count"], stats["sum"], stats["sum_of_squares"])
            for scale, stats in by_scale.items()
            if stats["count"]
        }

    def _judgements(self, answer: Mapping[str, Any] | None) -> dict[str, dict[str, int]]:
        counts: dict[str, dict[str, int]] = {}
        for token, count in _JUDGED_TOKENS.counts(answer).items() if answer else ():
            stage, touchpoint, polarity = _read_judgement(token)
            of_value = counts.setdefault(stage if self._judged == "stage" else touchpoint, {})
            of_value[polarity] = of_value.get(polarity, 0) + count
        return counts
