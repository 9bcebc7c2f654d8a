"""Source report: sources, how they are doing, and what was read of them, as plain JSON values."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from service.assembly import Workshop
from textcx.errors import ConfigError

if TYPE_CHECKING:
    from ingest.connector import Gap
    from ingest.history import Reading
    from ingest.source_file import Source

_READINGS = 50


def all_sources(workshop: Workshop, *, now: datetime) -> list[dict[str, Any]]:
    """Return all sources and how they are doing; one whose file cannot be used says why."""
    return [_described(workshop, name, now=now) for name in workshop.sources.names()]


def one_source(workshop: Workshop, name: str, *, now: datetime) -> dict[str, Any]:
    """Return a source, how it is doing, its latest readings and what cannot be had of it.

    Raises:
        NotFoundError: There is no such source.
    """
    found = _described(workshop, name, now=now)
    readings = workshop.history.readings(name, limit=_READINGS)
    gaps = workshop.history.gaps(name)
    return found | {"readings": [reading_as_dict(one) for one in readings], "gaps": [_gap(one) for one in gaps]}


def reading_as_dict(reading: "Reading") -> dict[str, Any]:
    """Return a reading as plain JSON values."""
    return {
        "run": reading.run,
        "source": reading.source,
        "kind": reading.kind,
        "state": reading.state,
        "started_at": _time(reading.started_at),
        "ended_at": _time(reading.ended_at),
        "from": _time(reading.window.since),
        "to": _time(reading.window.until),
        "given": reading.given,
        "new": reading.fresh,
        "erased": reading.deleted,
        "engagement_changes": reading.observed,
        "note": reading.note,
    }


def engagement_of(workshop: Workshop, mention: str) -> list[dict[str, Any]]:
    """Return the series of a mention's counts, oldest first."""
    return [{"at": _time(one.at), **one.counts} for one in workshop.engagement.of(mention)]


def source_figures(workshop: Workshop, *, now: datetime) -> Iterator[tuple[str, str, str, float]]:
    """Give each figure of each source: its metric, what that means, the source, the value."""
    for one in all_sources(workshop, now=now):
        last_new = one["last_new_at"] and datetime.fromisoformat(one["last_new_at"])
        for metric, meaning, value in (
            ("textcx_source_lag_seconds", "since a source's last complete reading began", one["lag_seconds"]),
            ("textcx_source_silent", "1 where a source gives nothing new and used to", float(one["is_silent"])),
            ("textcx_source_failures", "readings in a row that failed", one["failures"]),
            ("textcx_source_mentions", "mentions a source is known to have", one["mentions"]),
            (
                "textcx_source_last_new_age_seconds",
                "since a source gave something new",
                (now - last_new).total_seconds() if last_new else None,
            ),
        ):
            if value is not None:
                yield metric, meaning, one["name"], float(value)


def _described(workshop: Workshop, name: str, *, now: datetime) -> dict[str, Any]:
    try:
        source = workshop.sources.read(name)
    except ConfigError as error:
        return {**_OF_UNREADABLE, "name": name, "note": str(error), "mentions": workshop.met.count(name)}
    from ingest.condition import condition_of

    condition = condition_of(source, workshop.history, now=now)
    last = next(iter(workshop.history.readings(name, limit=1)), None)
    return {
        "name": name,
        "connector": source.spec.name,
        "title": source.spec.title,
        "brand": source.file.brand,
        "state": condition.state,
        "is_silent": condition.is_silent,
        "failures": condition.failures,
        "every_seconds": None if source.spec.is_sent else source.every.total_seconds(),
        "lag_seconds": _seconds(condition.lag),
        "next_at": _time(condition.next_at),
        "covers_from": _time(condition.covers_from),
        "covers_to": _time(condition.covers_to),
        "last_new_at": _time(condition.last_new_at),
        "expected_within_seconds": _seconds(condition.expected_within),
        "mentions": workshop.met.count(name),
        "last_reading": reading_as_dict(last) if last else None,
        "note": last.note if last else None,
        "terms": _terms(source),
    }


_OF_UNREADABLE: dict[str, Any] = {
    "name": "",
    "connector": None,
    "title": None,
    "brand": None,
    "state": "unreadable",
    "is_silent": False,
    "failures": 0,
    "every_seconds": None,
    "lag_seconds": None,
    "next_at": None,
    "covers_from": None,
    "covers_to": None,
    "last_new_at": None,
    "expected_within_seconds": None,
    "mentions": 0,
    "last_reading": None,
    "note": None,
    "terms": None,
}
"""What is said of a source whose file cannot be used."""


def _terms(source: "Source") -> dict[str, Any]:
    terms = source.spec.terms
    return {
        "stored": terms.stored,
        "kept_days": source.keeps.days if source.keeps else None,
        "refreshed_days": terms.refresh_days,
        "shown": terms.shown,
        "is_official": terms.is_official,
        "page": terms.page,
    }


def _gap(gap: "Gap") -> dict[str, Any]:
    return {"reason": gap.reason, "from": _time(gap.since), "to": _time(gap.until)}


def _time(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _seconds(period: timedelta | None) -> float | None:
    return None if period is None else period.total_seconds()
