"""Runs: each reading of a source, with counts that add up."""

import secrets
from typing import Literal

from ingest.inbox_file import NOW
from ingest.outcome import OUTCOMES, REMARKS, Outcome, RunReport
from ingest.redact import redact_text
from textcx.database import Database
from textcx.errors import NotFoundError


class Runs:
    """Starts, ends and reports runs in the inbox's file."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def start(self, source: str) -> str:
        """Open a run over a source and return its id; a person's address in a file's name is redacted."""
        run = secrets.token_hex(6)
        with self._database.transaction() as connection:
            connection.execute(
                f"INSERT INTO run(id, source, state, started_at) VALUES (?, ?, 'reading', {NOW})",
                (run, redact_text(source)),
            )
        return run

    def end(self, run: str, *, state: Literal["complete", "failed"] = "complete", note: str | None = None) -> None:
        """Say that reading has ended, and why if it broke off."""
        with self._database.transaction() as connection:
            connection.execute("UPDATE run SET state = ?, note = ? WHERE id = ?", (state, note, run))

    def report(self, run: str) -> RunReport:
        """Return what became of a run's records, as of now.

        Raises:
            NotFoundError: There is no such run.
        """
        connection = self._database.connection
        connection.execute("BEGIN")  # one snapshot: otherwise a record may end between the two counts
        try:
            row = connection.execute("SELECT source, state, read, note FROM run WHERE id = ?", (run,)).fetchone()
            if row is None:
                raise NotFoundError(f"There is no run {run!r}. `textcx sources runs` lists the runs.")
            counts = dict(connection.execute("SELECT name, count FROM tally WHERE run = ?", (run,)).fetchall())
            pending = connection.execute("SELECT count(*) FROM entry WHERE run = ?", (run,)).fetchone()[0]
        finally:
            connection.execute("COMMIT")
        source, state, read, note = row
        return RunReport(
            run=run,
            source=source,
            state=state,
            read=read,
            outcomes={outcome: counts.get(outcome, 0) for outcome in OUTCOMES},
            remarks={remark: counts.get(remark, 0) for remark in REMARKS},
            pending=pending,
            note=note,
        )

    def latest(self, *, limit: int = 20) -> tuple[RunReport, ...]:
        """Return the latest runs, newest first."""
        rows = self._database.connection.execute("SELECT id FROM run ORDER BY rowid DESC LIMIT ?", (limit,)).fetchall()
        return tuple(self.report(run) for (run,) in rows)

    def outcomes(self) -> dict[Outcome, int]:
        """Return how many records ended how, over all runs."""
        rows = dict(self._database.connection.execute("SELECT name, sum(count) FROM tally GROUP BY name").fetchall())
        return {outcome: int(rows.get(outcome, 0)) for outcome in OUTCOMES}
