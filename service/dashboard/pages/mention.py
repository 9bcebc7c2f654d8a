"""Mention: one mention in full: why it was judged so, what it answers, and what is like it."""

from typing import Any

from fastapi.responses import Response

from service.dashboard.hits import Hit, hit_of
from service.dashboard.rendering import show
from service.dashboard.visit import Visit
from textcx.annotation import AnnotatedMention
from textcx.errors import NotFoundError
from textcx.mention import is_mention_id

_DEEPEST = 4
"""Answers further down stand no further in, for they would have no room."""
_MOST_SIMILAR = 5


def page(visit: Visit) -> Response:
    """Show a mention with its thread and what is like it."""
    annotated = _stored(visit, visit.request.path_params["identifier"])
    if annotated is None:
        raise NotFoundError("There is no mention with this id.")
    hit = _hit(visit, annotated)
    return show(
        visit,
        "mention.html",
        hit=hit,
        **_thread(visit, annotated),
        similar=_similar(visit, hit),
        said_by=sorted(annotated.annotations.said_by.items()),
    )


def _stored(visit: Visit, identifier: str | None) -> AnnotatedMention | None:
    return visit.questions.mention(identifier) if identifier and is_mention_id(identifier) else None


def _hit(visit: Visit, annotated: AnnotatedMention) -> Hit:
    mention = annotated.mention.model_dump(mode="json", exclude={"reference"}, exclude_none=True)
    return hit_of(visit, {"mention": mention, "annotations": annotated.annotations.model_dump(mode="json")})


def _thread(visit: Visit, annotated: AnnotatedMention) -> dict[str, Any]:
    """Return the mentions of the thread, each with how far in it stands, unless the mention stands alone."""
    found = visit.questions.thread(annotated.mention.id) or {"mentions": [], "is_whole": True}
    rows = [(min(row["depth"], _DEEPEST), hit_of(visit, row)) for row in found["mentions"]]
    return {"thread": rows if len(rows) > 1 else [], "is_whole_thread": found["is_whole"]}


def _similar(visit: Visit, hit: Hit) -> list[Hit]:
    """Return the mentions that mean most nearly the same, in whatever language."""
    answer = visit.questions.similar(hit.mention["id"], limit=_MOST_SIMILAR)
    return [hit_of(visit, one) for one in answer["hits"]] if answer else []
