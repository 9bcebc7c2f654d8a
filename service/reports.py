"""Reports: what became of a run, and which records were set aside, as JSON."""

from typing import Any

from ingest.outcome import RunReport
from ingest.quarantine import Quarantine, QuarantinedRecord
from ingest.reasons import read_reason
from ingest.runs import Runs


def report_as_dict(report: RunReport) -> dict[str, Any]:
    """Return a run's report as plain JSON values."""
    return {
        "run": report.run,
        "source": report.source,
        "state": report.state,
        "read": report.read,
        "outcomes": dict(report.outcomes),
        "pending": report.pending,
        "adds_up": report.adds_up,
        "remarks": dict(report.remarks),
        "note": report.note,
    }


def latest_runs(runs: Runs, *, limit: int) -> dict[str, Any]:
    """Return the latest runs, newest first, as plain JSON values."""
    return {"runs": [report_as_dict(report) for report in runs.latest(limit=limit)]}


def set_aside(quarantine: Quarantine, *, limit: int, after: int = 0) -> dict[str, Any]:
    """Return how many records are set aside, and some of them by number, as plain JSON values."""
    records = quarantine.list(limit=limit, after=after)
    return {"total": quarantine.count(), "records": [set_aside_as_dict(record) for record in records]}


def set_aside_as_dict(record: QuarantinedRecord) -> dict[str, Any]:
    """Return a record of the quarantine as plain JSON values; of what it holds, nothing."""
    reason = read_reason(record.reason, place=record.place)
    return {
        "number": record.number,
        "run": record.run,
        "place": record.place,
        "reason": record.reason,
        "kind": reason and reason.kind,
        "named": dict(reason.named) if reason else {},
        "attempts": reason and reason.attempts,
        "can_retry": record.can_retry,
        "set_aside_at": record.set_aside_at.isoformat(),
    }
