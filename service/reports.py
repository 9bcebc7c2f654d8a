"""Reports: what became of a run, as JSON and as words."""

from typing import Any

from ingest.outcome import RunReport


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
