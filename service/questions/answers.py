"""Answers: what was found and estimated, as plain JSON values."""

from typing import Any

from textcx.query.explanation import explain
from textcx.query.measure import Measure
from textcx.query.tally import Difference, Estimate
from textcx.store.base import Hit, Page


def described(measure: Measure, by: str | None) -> dict[str, Any]:
    """Return what one must know of a measure to read its values."""
    counts_judgements = measure.counts_judgements and by in ("touchpoint", "stage")
    return {
        "id": measure.id,
        "label": measure.label,
        "formula": measure.formula_id,
        "unit": measure.unit,
        "counts": "judgement" if counts_judgements else "mention",
        "interval": measure.interval,
    }


def explained(measure: Measure) -> dict[str, Any]:
    """Return how a measure is made, for people to read."""
    return {
        "id": measure.id,
        "label": measure.label,
        "unit": measure.unit,
        "formula": measure.formula_id,
        "explanation": measure.formula,
        "interval": measure.interval,
        "comparison": measure.comparison,
        "better": measure.better,
        "explained": dict(explain(measure)),
    }


def estimated(estimate: Estimate) -> dict[str, Any]:
    """Return a value with what one needs to trust it."""
    return {
        "value": estimate.value,
        "low": estimate.low,
        "high": estimate.high,
        "n": estimate.n,
        "mentions": estimate.mentions,
        "is_small": estimate.is_small,
    }


def differing(difference: Difference, q: float | None) -> dict[str, Any]:
    """Return a difference with its interval, its p, and its q among those shown together."""
    return {"value": difference.value, "low": difference.low, "high": difference.high, "p": difference.p, "q": q}


def found_hit(hit: Hit) -> dict[str, Any]:
    """Return a hit; keys of the company's own systems are left out."""
    return {
        "mention": hit.annotated.mention.model_dump(mode="json", exclude={"reference"}, exclude_none=True),
        "annotations": hit.annotated.annotations.model_dump(mode="json"),
        "score": hit.score,
        "highlights": {
            field: [{"start": start, "end": end} for start, end in spans] for field, spans in hit.highlights.items()
        },
    }


def paged(page: Page) -> dict[str, Any]:
    """Return a page of hits."""
    return {
        "total": page.total,
        "hits": [found_hit(hit) for hit in page.hits],
        "facets": {
            field: [{"value": one.value, "count": one.count} for one in values] for field, values in page.facets.items()
        },
        "next_cursor": page.next_cursor,
    }
