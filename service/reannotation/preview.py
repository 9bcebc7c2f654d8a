"""Preview: what a re-analysis would change, measure by measure, old beside new; nothing is written."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from service.reannotation.reannotation import Analysis, Pair, analyse_again
from textcx.annotation import AnnotatedMention
from textcx.query.measures import EMOTION_SHARE, NEGATIVE_SHARE, NET_SENTIMENT, POSITIVE_SHARE, RATING_TEXT_MISMATCH
from textcx.query.tally import Estimate, Tally
from textcx.query.tree import Query
from textcx.store.base import MentionStore
from textcx.store.facts import Facts, facts_of, read_judgement

_AT_ONCE = 256
_WHOLE = (NET_SENTIMENT, POSITIVE_SHARE, NEGATIVE_SHARE, EMOTION_SHARE, RATING_TEXT_MISMATCH)
"""The measures that rest on what the analysis says."""


@dataclass(frozen=True, slots=True)
class Line:
    """A measure before and after; `of` names the touchpoint, or is empty for all mentions."""

    measure: str
    unit: str
    of: str
    before: Estimate
    after: Estimate


@dataclass(frozen=True, slots=True)
class Preview:
    """What would change.

    Attributes:
        total: Mentions that the query finds.
        looked_at: Mentions of the sample.
        changed: Of these, how many would be judged otherwise in any field.
        fields: For each field, in how many.
        failed: On how many the analysis fails; these would stay as they are.
        lines: The measures.
    """

    total: int
    looked_at: int
    changed: int
    fields: dict[str, int]
    failed: int
    lines: tuple[Line, ...]


def preview(store: MentionStore, analysis: Analysis, query: Query, *, most: int) -> Preview:
    """Return what a re-analysis would change, over at most so many mentions, evenly spread over time; 0 is all."""
    total = store.count(query)
    step = -(-total // most) if most and total > most else 1
    chosen = (one for place, one in enumerate(store.export(query)) if place % step == 0)
    pairs = [pair for pair in _pairs(analysis, chosen) if pair.fresh is not None]
    before = [facts_of(pair.stored) for pair in pairs]
    after = [facts_of(_fresh(pair)) for pair in pairs]
    otherwise = [pair.judged_otherwise(analysis.parts) for pair in pairs]
    fields = Counter(field for some in otherwise for field in some)
    looked_at = -(-total // step)
    return Preview(
        total=total,
        looked_at=looked_at,
        changed=sum(bool(some) for some in otherwise),
        fields=dict(sorted(fields.items())),
        failed=max(0, looked_at - len(pairs)),
        lines=(*_whole(before, after), *_touchpoints(before, after)),
    )


def _pairs(analysis: Analysis, mentions: Iterator[AnnotatedMention]) -> Iterator[Pair]:
    batch: list[AnnotatedMention] = []
    for one in mentions:
        batch.append(one)
        if len(batch) == _AT_ONCE:
            yield from analyse_again(analysis, batch)
            batch = []
    yield from analyse_again(analysis, batch)


def _fresh(pair: Pair) -> AnnotatedMention:
    return pair.stored if pair.fresh is None else AnnotatedMention(mention=pair.stored.mention, annotations=pair.fresh)


def _whole(before: Sequence[Facts], after: Sequence[Facts]) -> Iterator[Line]:
    for measure in _WHOLE:
        old, new = (measure.estimate(_tally(facts, str(measure.needs.counts))) for facts in (before, after))
        yield Line(measure.id, measure.unit, "", old, new)


def _tally(facts: Sequence[Facts], field: str) -> Tally:
    return Tally(len(facts), dict(Counter(value for one in facts for value in one.keywords.get(field, ()))))


def _touchpoints(before: Sequence[Facts], after: Sequence[Facts]) -> Iterator[Line]:
    """Give net sentiment of the judgements about each touchpoint, most frequent first."""
    old, new = _judgements(before), _judgements(after)
    sizes = {
        name: sum(old.get(name, Counter()).values()) + sum(new.get(name, Counter()).values()) for name in old | new
    }
    for name in sorted(sizes, key=lambda one: (-sizes[one], one)):
        one, other = (_about(counts.get(name, Counter())) for counts in (old, new))
        yield Line(NET_SENTIMENT.id, NET_SENTIMENT.unit, name, one, other)


def _judgements(facts: Sequence[Facts]) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for token in (token for one in facts for token in one.keywords.get("judgement", ())):
        _, touchpoint, polarity = read_judgement(token)
        found.setdefault(touchpoint, Counter())[polarity] += 1
    return found


def _about(counts: Counter[str]) -> Estimate:
    return NET_SENTIMENT.estimate(Tally(sum(counts.values()), dict(counts), judgements=True))
