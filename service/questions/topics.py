"""TopicQuestions: the topics there are, one of them in full, those that grow, and what sets some mentions apart."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from itertools import islice
from typing import Any, Literal

from service.questions.questions import Questions
from service.questions.topic_evidence import drift_of, proposed_touchpoint
from textcx.annotation import AnnotatedMention
from textcx.errors import RequestError
from textcx.query.comparison import Counted, false_discovery, shares_differ
from textcx.query.estimates import SMALLEST_READABLE_N, wilson
from textcx.query.interval import IntervalName
from textcx.topics.changes import Change
from textcx.topics.distinctive import Distinction, distinctions
from textcx.topics.keywords import StopWords, Vocabulary
from textcx.topics.registry import Registry, Topic
from textcx.words import LANGUAGES, Lemmas

HealthInterval = Literal["day", "month", "year"]
MOST_ROWS = 200
_SPREADS = ("touchpoint", "sentiment", "brand", "lang")
_MOST_CHANCE = 0.05
_MOST_TEXTS = 20_000
"""Of how many mentions of each side the words are counted: the newest."""
_NEWEST = 200
_SHOWN_EVIDENCE = 5
_MOST_INTERVALS = 60
_DATE = {"day": 10, "month": 7, "year": 4}
"""How many characters of a time name an interval."""


class TopicQuestions:
    """Answers what people ask of topics, by the same store and queries as all other questions.

    Args:
        questions: Answers everything else.
        registry: Gives the topics as they are now.
        lemmas: Lemmas of all languages.
        stop_words: Words that say nothing, by language.
    """

    def __init__(
        self, questions: Questions, registry: Callable[[], Registry], *, lemmas: Lemmas, stop_words: StopWords
    ) -> None:
        self._questions = questions
        self._registry = registry
        self._lemmas = lemmas
        self._stop_words = stop_words

    def topics(self, q: str = "", *, since: str | None = None, until: str | None = None) -> dict[str, Any]:
        """Return the live topics with their shares of a query's mentions, and the share without a topic.

        Raises:
            RequestError: The query or a date is not one that can be answered.
        """
        registry = self._registry()
        found = self._questions.breakdown("share_of_voice", by="topic", q=q, since=since, until=until, limit=MOST_ROWS)
        rows = {row["key"]: row for row in found["rows"]}
        topics = sorted(registry.live(), key=lambda topic: -rows.get(topic.id, {"mentions": 0})["mentions"])
        total = found["total"]["mentions"]
        return {
            "version": registry.version,
            "topics": [{**described(topic), **_share(rows.get(topic.id), total)} for topic in topics],
            "without": _without(found["missing"], total),
            "mentions": total,
        }

    def topic(self, name: str, *, interval: IntervalName = "month") -> dict[str, Any]:
        """Return a topic in full: its lineage, how its mentions spread, its touchpoint with the evidence, its drift.

        Raises:
            NotFoundError: There is no such topic.
        """
        registry = self._registry()
        topic = registry.find(name)
        about: dict[str, Any] = {**described(topic), "lineage": [_event(one) for one in topic.lineage]}
        if topic.state != "live":
            return about
        q = f"topic:{topic.id}"
        spreads = {by: self._questions.breakdown("volume", by=by, q=q) for by in _SPREADS}
        newest = self._questions.search(q, limit=_NEWEST)
        representatives = (self._questions.mention(one) for one in topic.birth.representatives)
        return {
            **about,
            "mentions": newest["total"],
            "spread": {by: _counts(spread) for by, spread in spreads.items()},
            "trend": self._questions.trends("volume", interval=interval, q=q)["series"],
            "touchpoint": {"confirmed": topic.touchpoint, "proposed": self._proposed(q, spreads["touchpoint"])},
            "drift": drift_of(topic.newest.nearness, [one["annotations"]["topics"] for one in newest["hits"]]),
            "representatives": [_text(one) for one in representatives if one is not None],
        }

    def health(
        self, q: str = "", *, since: str | None = None, until: str | None = None, interval: HealthInterval = "month"
    ) -> dict[str, Any]:
        """Return the share without a topic per interval, and the drift of each live topic.

        A share that grows, or topics that drift, say that people speak of something new: time to propose topics. A
        topic whose words stand in fewer than half of its first mentions (`covered`) has hardly a subject.

        Raises:
            RequestError: The query or a date is not one that can be answered.
        """
        trend = self._questions.trends("volume", interval=interval, q=q, since=since, until=until)
        points = [point for series in trend["series"] for point in series["points"]][-_MOST_INTERVALS:]
        topics = []
        for topic in self._registry().live()[:MOST_ROWS]:
            hits = self._questions.search(
                f"({q}) topic:{topic.id}" if q.strip() else f"topic:{topic.id}", limit=_NEWEST
            )
            found = [one["annotations"]["topics"] for one in hits["hits"]]
            told = {"id": topic.id, "label": topic.label, "covered": topic.birth.covered}
            topics.append({**told, "drift": drift_of(topic.newest.nearness, found)})
        return {
            "interval": interval,
            "share_without_topic": [self._without(point["start"][: _DATE[interval]], q) for point in points],
            "topics": topics,
        }

    def _without(self, period: str, q: str) -> dict[str, Any]:
        found = self._questions.breakdown("share_of_voice", by="topic", q=q, since=period, until=period)
        return {"start": period, **_without(found["missing"], found["total"]["mentions"])}

    def emerging(self, *, recent: str, before: str, q: str = "", limit: int = 20) -> dict[str, Any]:
        """Return the topics whose share grew from the mentions of one query to those of another, beyond chance first.

        Args:
            recent: A query, such as `published:2026-03`.
            before: What it is held against, such as `published:2025-12..2026-02`.
            q: What both have in common.
            limit: How many topics.

        Raises:
            RequestError: A query or the limit is not one that can be answered.
        """
        _check_limit(limit)
        registry = self._registry()
        found = self._questions.compare("share_of_voice", a=before, b=recent, by="topic", q=q, limit=MOST_ROWS)
        rows = []
        for row in found["rows"]:
            difference = row["difference"]
            topic = registry.topics.get(row["key"])
            grew = (difference["value"] or 0) > 0
            is_sure = grew and (difference["q"] if difference["q"] is not None else 1) <= _MOST_CHANCE
            is_readable = row["b"]["mentions"] >= SMALLEST_READABLE_N
            label = topic.label if topic else row["key"]
            if grew:
                shown = {"id": row["key"], "label": label, "before": row["a"], "recent": row["b"]}
                rows.append({**shown, "difference": difference, "is_emerging": is_sure and is_readable})
        rows.sort(key=lambda row: (not row["is_emerging"], -row["difference"]["value"]))
        return {"topics": rows[:limit], "omitted": max(0, len(rows) - limit), "notes": found["notes"]}

    def distinctive(self, q: str, *, against: str = "", limit: int = 20) -> dict[str, Any]:
        """Return the words, in each language by itself, and the topics that set a query's mentions apart.

        Args:
            q: The mentions.
            against: What they are held against; without it all others.
            limit: How many words a language, and how many topics.

        Raises:
            RequestError: A query is wrong, or the limit out of range.
        """
        _check_limit(limit)
        if not q.strip():
            raise RequestError("Say with a query which mentions are to be set apart.")
        rest = f"-({q})" if not against.strip() else f"({against}) -({q})"
        vocabulary = Vocabulary(self._lemmas, self._stop_words)
        its, other = (vocabulary.counts(self._texts(query)) for query in (q, rest))
        words = {
            language: [
                {**asdict(one), "word": vocabulary.shown(language, one.word)}
                for one in distinctions(its[language], other[language])[:limit]
                if _is_sure(one)
            ]
            for language in LANGUAGES
            if its.get(language) and other.get(language)
        }
        return {
            "words": {language: found for language, found in words.items() if found},
            "topics": self._distinctive_topics(q, rest)[:limit],
            "texts_counted_at_most": _MOST_TEXTS,
        }

    def _proposed(self, q: str, spread: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the touchpoint that stands out among a topic's mentions, with some that speak of it."""
        proposed = proposed_touchpoint(spread, self._questions.breakdown("volume", by="touchpoint"))
        if proposed is None:
            return None
        found = self._questions.search(f"{q} touchpoint:{proposed['id']}", limit=_SHOWN_EVIDENCE)["hits"]
        return {**proposed, "evidence": [_evidence(hit, proposed["id"]) for hit in found]}

    def _distinctive_topics(self, q: str, rest: str) -> list[dict[str, Any]]:
        registry = self._registry()
        sides = [self._questions.breakdown("volume", by="topic", q=query, limit=MOST_ROWS) for query in (q, rest)]
        counts = [{row["key"]: row["mentions"] for row in side["rows"]} for side in sides]
        totals = [side["total"]["mentions"] for side in sides]
        if not all(totals):
            return []
        rows = []
        for key in counts[0]:
            difference = shares_differ(
                Counted(counts[1].get(key, 0), totals[1]), Counted(counts[0].get(key, 0), totals[0])
            )
            rows.append((key, difference))
        q_values = false_discovery([difference.p for _, difference in rows])
        found = [
            {"id": key, "label": registry.topics[key].label if key in registry.topics else key,
             "mentions": counts[0][key], **asdict(difference), "q": chance}
            for (key, difference), chance in zip(rows, q_values, strict=True)
            if (difference.value or 0) > 0 and chance is not None and chance <= _MOST_CHANCE
        ]  # fmt: skip
        return sorted(found, key=lambda row: -row["value"])

    def _texts(self, q: str) -> Iterator[tuple[str, str]]:
        """Give the newest mentions' texts with their languages."""
        for one in islice(self._questions.export(q), _MOST_TEXTS):
            yield one.mention.text, one.annotations.language.code


def described(topic: Topic) -> dict[str, Any]:
    """Return what a topic is, as JSON values."""
    birth = topic.birth
    return {
        "id": topic.id,
        "label": topic.label,
        "state": topic.state,
        "into": list(topic.into),
        "parent": topic.parent,
        "is_pinned": topic.is_pinned,
        "touchpoint": topic.touchpoint,
        "origin": birth.origin,
        "born_at": topic.born_at.isoformat(),
        "keywords": {language: list(words) for language, words in birth.keywords.items()},
        "phrases": list(birth.phrases),
        "embedding": topic.newest.embedding,
    }


def _share(row: Mapping[str, Any] | None, total: int) -> dict[str, Any]:
    if row is None:
        return {"mentions": 0, "share": 0.0 if total else None, "low": None, "high": None}
    return {"mentions": row["mentions"], "share": row["value"], "low": row["low"], "high": row["high"]}


def _without(missing: int, total: int) -> dict[str, Any]:
    low, high = wilson(missing, total) if total else (None, None)
    return {"mentions": missing, "share": missing / total if total else None, "low": low, "high": high, "n": total}


def _event(change: Change) -> dict[str, Any]:
    named = {"into": change.into, "label": change.label, "touchpoint": change.touchpoint}
    births = [birth.id for birth in change.births]
    return {
        "number": change.number,
        "at": change.at.isoformat(),
        "kind": change.kind,
        "reason": change.reason,
        "topic": change.topic,
        "births": births,
        **{name: value for name, value in named.items() if value is not None},
    }


def _counts(breakdown: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"value": row["key"], "mentions": row["mentions"]} for row in breakdown["rows"]]


def _text(one: AnnotatedMention) -> dict[str, Any]:
    return {"id": one.mention.id, "text": one.mention.text, "language": one.annotations.language.code}


def _evidence(hit: Mapping[str, Any], touchpoint: str) -> dict[str, Any]:
    """Return the words by which a mention was said to speak of a touchpoint."""
    mention = hit["mention"]
    tags = (one for one in hit["annotations"]["touchpoints"] if one["id"] == touchpoint)
    words = [mention["text"][at["start"] : at["end"]] for tag in tags for at in tag["evidence"]]
    return {"id": mention["id"], "words": words}


def _is_sure(one: Distinction) -> bool:
    return one.z > 0 and one.q <= _MOST_CHANCE


def _check_limit(limit: int) -> None:
    if not 1 <= limit <= MOST_ROWS:
        raise RequestError(f"limit {limit} is out of range; it must lie between 1 and {MOST_ROWS}.")
