"""Reports: what became of a run, and which records were set aside, as JSON."""

from typing import Any

from ingest.outcome import RunReport
from ingest.quarantine import QuarantinedRecord


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


def set_aside_as_dict(record: QuarantinedRecord) -> dict[str, Any]:
    """Return a record of the quarantine as plain JSON values; of what it holds, nothing."""
    return {
        "number": record.number,
        "run": record.run,
        "place": record.place,
        "reason": record.reason,
        "can_retry": record.can_retry,
        "set_aside_at": record.set_aside_at.isoformat(),
    }
