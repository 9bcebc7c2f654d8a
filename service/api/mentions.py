"""/v1/mentions: take mentions in, show one, erase one."""

import time
from datetime import UTC, datetime
from threading import Semaphore
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse
from pydantic import Field, ValidationError
from starlette.exceptions import HTTPException

from ingest.intake import Intake
from ingest.normalize import normalize
from ingest.outcome import RunReport
from ingest.raw import RawRecord
from ingest.redact import redact
from service.assembly import Workshop
from service.body import body_schema, json_body
from service.deps import CallerDep, LimitsDep, MentionWaitersDep, WorkshopDep
from service.limits import Limits
from service.reports import report_as_dict
from service.scopes import may
from textcx.errors import NotFoundError, RecordError
from textcx.mention import Asked, Engagement, Frozen, Kind, Rating, Reference, ShortText, Subject, Voice
from textcx.validation import first_fault

router = APIRouter(tags=["mentions"])
_WAIT_SECONDS = 30.0
_POLL_SECONDS = 0.05


class IncomingMention(Frozen):
    """A mention as a caller sends it; `id`, `reply_to`, `thread` and `repost_of` are ids of the caller's source."""

    id: ShortText | None = None
    revision: Annotated[str, Field(max_length=64)] | None = None
    kind: Kind = "comment"
    source: ShortText
    brand: ShortText | None = None
    title: str | None = None
    text: str = ""
    language: str | None = None
    ratings: tuple[Rating, ...] = ()
    published_at: str | None = None
    author: Annotated[str, Field(max_length=500)] | None = None
    voice: Voice = "unknown"
    asked: Asked | None = None
    reference: Reference | None = None
    subject: Subject | None = None
    attributes: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")], ShortText] = Field(default_factory=dict)
    reply_to: ShortText | None = None
    thread: ShortText | None = None
    repost_of: ShortText | None = None
    engagement: Engagement | None = None
    url: str | None = None


class IncomingMentions(Frozen):
    """A batch of mentions; each is validated by itself, so that one spoils no other."""

    mentions: tuple[Any, ...]


class _Described(Frozen):
    mentions: Annotated[tuple[IncomingMention, ...], Field(max_length=Limits().mentions)]


@router.post("/mentions", status_code=202, openapi_extra=body_schema(_Described))
def take_mentions(
    batch: Annotated[IncomingMentions, Depends(json_body(IncomingMentions))],
    workshop: WorkshopDep,
    limits: LimitsDep,
    waiters: MentionWaitersDep,
    wait: Annotated[Literal["searchable"] | None, Query()] = None,
) -> JSONResponse:
    """Take mentions in: answered when the inbox has them on disk; refused ones by index and reason."""
    if len(batch.mentions) > limits.mentions:
        raise HTTPException(413, f"{len(batch.mentions)} mentions; at most {limits.mentions} in one request.")
    records, refused = [], []
    for index, raw in enumerate(batch.mentions):
        try:
            record = _read(raw, index)
            normalize(redact(record, workshop.secret), version=0)
        except RecordError as error:
            refused.append({"index": index, "reason": str(error)})
        else:
            records.append(record)
    run = workshop.runs.start("api")
    Intake(workshop.inbox, workshop.runs, workshop.secret).take_now(run, records)
    report = _wait(workshop, run, waiters) if wait else workshop.runs.report(run)
    return JSONResponse(
        {"batch": run, "accepted": len(records), "refused": refused, "run": report_as_dict(report)}, status_code=202
    )


@router.get("/mentions/{identifier}")
def show_mention(identifier: str, workshop: WorkshopDep, caller: CallerDep) -> dict[str, Any]:
    """Show a stored mention with its annotations and what said them; its `reference` to a key with `cases` only."""
    found = workshop.questions.mention(identifier)
    if found is None:
        raise NotFoundError("There is no mention with this id.")
    hidden = set() if may(caller.scopes, "cases") else {"reference"}
    return {
        "mention": found.mention.model_dump(mode="json", exclude=hidden, exclude_none=True),
        "annotations": found.annotations.model_dump(mode="json"),
    }


@router.delete("/mentions/{identifier}", status_code=204)
def erase_mention(identifier: str, workshop: WorkshopDep) -> None:
    """Erase a mention for good, also one that waits or is set aside; read again, it does not come back."""
    erased = workshop.erasure.forget([identifier])
    if not erased.mentions and not erased.records:
        raise NotFoundError("There is no mention with this id.")


def _read(raw: dict[str, Any], index: int) -> RawRecord:
    try:
        mention = IncomingMention.model_validate(raw)
    except ValidationError as error:
        raise _Refused(first_fault(error)) from None
    fields = mention.model_dump(exclude={"id", "revision"}, exclude_none=True, exclude_defaults=True)
    return RawRecord(
        source_kind="api",
        scope=mention.source,
        native_id=mention.id,
        place=f"mention {index}",
        fields={**fields, "kind": mention.kind},
        collected_at=datetime.now(UTC),
        source_revision=mention.revision,
    )


class _Refused(RecordError):
    """A mention whose fields are not as described."""


def _wait(workshop: Workshop, run: str, waiters: Semaphore) -> RunReport:
    """Return the run's report when its mentions are searchable, or as it stands after half a minute.

    Each waiter holds a thread, so there are few; one too many gets the report as it stands at once.
    """
    deadline = time.monotonic() + _WAIT_SECONDS
    if not waiters.acquire(blocking=False):
        return workshop.runs.report(run)
    try:
        while time.monotonic() < deadline:
            report = workshop.runs.report(run)
            if report.is_done:
                workshop.store.refresh(timeout_seconds=max(0.1, deadline - time.monotonic()))
                return report
            time.sleep(_POLL_SECONDS)
    finally:
        waiters.release()
    return workshop.runs.report(run)
