"""ListStore: a store that keeps mentions in a dictionary and answers by looking at each of them.

The double for tests that need a store, and what the property tests hold the real ones to.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from textcx.annotation import AnnotatedMention, Storable, modelled
from textcx.embedding.base import text_of
from textcx.mention import Mention
from textcx.query.tally import Moments, Needs, Tally
from textcx.query.tree import Query
from textcx.store.base import BreakdownTallies, Bucket, FacetValue, Hit, Page, Person, Sort, TrendTallies
from textcx.store.bounds import border_seconds, check_dimension, check_nearest, check_needs, check_page, check_query
from textcx.store.cursor import After, read_relevance_cursor, read_time_cursor, relevance_cursor, time_cursor
from textcx.store.facts import Facts, attribute_token, facts_of
from textcx.store.highlights import highlights
from textcx.store.replies import answered_id
from textcx.store.vectors import OpenEmbedding, eight_bits, opened, vectors_of
from textcx.testing.evaluator import Evaluator, Read
from textcx.words import Lemmas


@dataclass(frozen=True, slots=True)
class _Kept:
    annotated: AnnotatedMention
    facts: Facts
    read: Read


class ListStore:
    """A MentionStore in memory. Under `relevance` all scores are 1, and the order is that of `newest`.

    Args:
        lemmas: Lemmas and compound parts.
        embedding: Makes the vectors for `nearest`.
    """

    def __init__(self, lemmas: Lemmas, *, embedding: OpenEmbedding | None = None) -> None:
        self._lemmas = lemmas
        self._embedding = embedding
        self._evaluator = Evaluator(lemmas)
        self._stored: dict[str, _Kept] = {}
        self._erased: set[str] = set()
        self._refused: set[Person] = set()
        self._replies: dict[str, set[str]] = defaultdict(set)
        self._found_before: dict[Query, list[_Kept]] = {}

    def put(self, mentions: Sequence[Storable]) -> int:
        """See MentionStore."""
        self._found_before.clear()
        kept = 0
        for one in mentions:
            stored = self._stored.get(one.mention.id)
            if self.refused([one.mention]) or (stored and stored.facts.version >= one.mention.version):
                continue
            self._take_away(one.mention.id)
            self._keep(modelled(one))
            kept += 1
        return kept

    def get(self, identifier: str) -> AnnotatedMention | None:
        """See MentionStore."""
        stored = self._stored.get(identifier)
        return stored.annotated if stored else None

    def search(
        self,
        query: Query,
        *,
        sort: Sort = "newest",
        limit: int = 20,
        cursor: str | None = None,
        facets: Sequence[str] = (),
    ) -> Page:
        """See MentionStore."""
        check_page(sort, limit)
        found = self._found(query, newest_first=sort != "oldest")
        first = _first(found, sort, cursor)
        shown = found[first : first + limit]
        score = 1.0 if sort == "relevance" else None
        return Page(
            total=len(found),
            hits=tuple(Hit(one.annotated, score, highlights(query, one.annotated, self._lemmas)) for one in shown),
            facets={field: _facet(found, field) for field in facets},
            next_cursor=_cursor(sort, shown[-1], first + limit) if shown and first + limit < len(found) else None,
        )

    def nearest(self, query: Query, text: str, *, limit: int) -> tuple[Hit, ...]:
        """See MentionStore."""
        check_nearest(limit)
        embedding = opened(self._embedding)
        found = self._found(query)
        rows = vectors_of(embedding, [text_of(one.annotated.mention) for one in found]).astype(float)
        (sought,) = eight_bits(embedding.vectors([text])).astype(float)
        hits = [
            Hit(one.annotated, float(row @ sought / (math.hypot(*row) * math.hypot(*sought))))
            for one, row in zip(found, rows, strict=True)
            if row.any() and sought.any()
        ]
        return tuple(sorted(hits, key=lambda hit: -(hit.score or 0))[:limit])

    def count(self, query: Query) -> int:
        """See MentionStore."""
        return len(self._found(query))

    def trend(self, query: Query, needs: Needs, *, borders: Sequence[datetime], by: str | None = None) -> TrendTallies:
        """See MentionStore."""
        seconds = border_seconds(borders)
        found = self._found(query)
        buckets = []
        for start, end in zip(seconds, seconds[1:], strict=False):
            inside = [one for one in found if _is_between(one, start, end)]
            sources = Counter(value for one in inside for value in _values(one, "source"))
            models = Counter(value for one in inside for value in _values(one, "model"))
            buckets.append(Bucket(_divided(inside, needs, by), dict(sources), dict(models)))
        undated = sum(one.facts.seconds is None for one in found)
        return TrendTallies(tuple(buckets), undated)

    def breakdown(self, query: Query, needs: Needs, *, by: str | None = None) -> BreakdownTallies:
        """See MentionStore."""
        found = self._found(query)
        rows = _divided(found, needs, by) if by else {}
        missing = sum(not _values(one, by) for one in found) if by else 0
        return BreakdownTallies(rows, _tally(found, needs), missing)

    def published_range(self, query: Query) -> tuple[datetime, datetime] | None:
        """See MentionStore."""
        seconds = [one.facts.seconds for one in self._found(query) if one.facts.seconds is not None]
        if not seconds:
            return None
        return datetime.fromtimestamp(min(seconds), UTC), datetime.fromtimestamp(max(seconds), UTC)

    def export(self, query: Query) -> Iterator[AnnotatedMention]:
        """See MentionStore."""
        return iter([one.annotated for one in self._found(query)])

    def forget(self, identifiers: Sequence[str]) -> int:
        """See MentionStore."""
        self._found_before.clear()
        self._erased.update(identifiers)
        return sum(self._take_away(identifier) for identifier in identifiers)

    def mentions_of(self, person: Person) -> list[str]:
        """See MentionStore."""
        return [one.facts.id for one in self._stored.values() if person in _people(one.annotated.mention)]

    def refuse(self, people: Sequence[Person]) -> None:
        """See MentionStore."""
        self._refused.update(people)

    def refused(self, mentions: Sequence[Mention]) -> frozenset[str]:
        """See MentionStore."""
        return frozenset(one.id for one in mentions if one.id in self._erased or self._refused & _people(one))

    def refresh(self, *, timeout_seconds: float = 60.0) -> None:  # noqa: ARG002
        """See MentionStore."""

    def close(self) -> None:
        """See MentionStore."""

    def _keep(self, one: AnnotatedMention) -> None:
        self._stored[one.mention.id] = self._judged(one)
        answered = answered_id(one.mention)
        if answered is not None:
            self._replies[answered].add(one.mention.id)
            self._judge_anew(answered)

    def _take_away(self, identifier: str) -> bool:
        stored = self._stored.pop(identifier, None)
        answered = answered_id(stored.annotated.mention) if stored else None
        if answered is not None:
            self._replies[answered].discard(identifier)
            self._judge_anew(answered)
        return stored is not None

    def _judge_anew(self, identifier: str) -> None:
        if identifier in self._stored:
            self._stored[identifier] = self._judged(self._stored[identifier].annotated)

    def _judged(self, one: AnnotatedMention) -> _Kept:
        facts = facts_of(one, self._replies_to(one.mention.id))
        return _Kept(one, facts, self._evaluator.read(one, facts))

    def _replies_to(self, identifier: str) -> list[Mention]:
        return [self._stored[reply].annotated.mention for reply in self._replies[identifier]]

    def _found(self, query: Query, *, newest_first: bool = True) -> list[_Kept]:
        check_query(query)
        found = self._found_before.get(query)
        if found is None:
            matches = self._evaluator.matcher(query)
            found = [one for one in self._stored.values() if matches(one.read)]
            found.sort(key=lambda one: one.facts.id)
            self._found_before = {query: found}  # a test asks the same in several ways, one after the other
        return sorted(found, key=lambda one: one.facts.key, reverse=newest_first)


def _people(mention: Mention) -> set[Person]:
    people = {Person(author=mention.author), Person(reference=mention.reference)}
    return {person for person in people if person.is_somebody}


def _first(found: Sequence[_Kept], sort: Sort, cursor: str | None) -> int:
    """Return how many of the hits come up to the last one shown, which may itself be gone by now."""
    if sort == "relevance":
        return read_relevance_cursor(cursor)
    after = read_time_cursor(cursor, sort)
    if after is None:
        return 0
    sign = -1 if sort == "newest" else 1
    places = [(sign * one.facts.key, one.facts.id) for one in found]
    return sum(place <= (sign * after.key, after.id) for place in places)


def _cursor(sort: Sort, last: _Kept, shown: int) -> str:
    if sort == "relevance":
        return relevance_cursor(shown)
    return time_cursor(sort, After(last.facts.key, last.facts.id))


def _is_between(one: _Kept, start: int, end: int) -> bool:
    return one.facts.seconds is not None and start <= one.facts.seconds < end


def _values(one: _Kept, field: str) -> tuple[str, ...]:
    keywords = one.facts.keywords
    if not field.startswith("attr."):
        return keywords.get(field, ())
    opening = attribute_token(field.removeprefix("attr."), "")
    return tuple(held.removeprefix(opening) for held in keywords.get("attr", ()) if held.startswith(opening))


def _facet(found: Iterable[_Kept], field: str) -> tuple[FacetValue, ...]:
    check_dimension(field)
    counts = Counter(value for one in found for value in _values(one, field))
    return tuple(FacetValue(value, count) for value, count in sorted(counts.items(), key=lambda at: (-at[1], at[0])))


def _divided(found: Sequence[_Kept], needs: Needs, by: str | None) -> dict[str, Tally]:
    check_needs(needs)
    if by is None:
        return {"": _tally(found, needs)}
    check_dimension(by)
    groups: dict[str, list[_Kept]] = defaultdict(list)
    for one in found:
        for value in _values(one, by):
            groups[value].append(one)
    tallies = {}
    for value, having in groups.items():
        if needs.judgements and by in ("touchpoint", "stage"):
            counts = Counter(polarity for one in having for polarity in _polarities(one, by, value))
            tallies[value] = Tally(len(having), dict(counts), _moments(having, needs), judgements=True)
        else:
            tallies[value] = _tally(having, needs)
    return tallies


def _polarities(one: _Kept, by: str, value: str) -> list[str]:
    """Return how a mention judges a touchpoint, or the touchpoints of a stage; of several on one, the first."""
    first = {judgement.id: judgement for judgement in reversed(one.annotated.annotations.touchpoints)}.values()
    return [judged.polarity for judged in first if value == (judged.id if by == "touchpoint" else judged.stage)]


def _tally(found: Sequence[_Kept], needs: Needs) -> Tally:
    counts = Counter(value for one in found for value in _values(one, needs.counts)) if needs.counts else {}
    return Tally(len(found), dict(counts), _moments(found, needs))


def _moments(found: Sequence[_Kept], needs: Needs) -> dict[str, Moments]:
    numbers: dict[str, list[float]] = {}
    for one in found:
        number = one.facts.numbers.get(needs.moments or "")
        if number is not None:
            for scale in _values(one, needs.scale) if needs.scale else ("",):
                numbers.setdefault(scale, []).append(number)
    return {
        scale: Moments(len(given), sum(given), sum(number * number for number in given))
        for scale, given in numbers.items()
    }
