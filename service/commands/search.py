"""`textcx search`: find mentions by words and fields."""

from typing import Annotated, Any

import typer

from service.commands.options import AsJson, Data, Since, Timezone, Until, open_workshop
from service.commands.screen import console, print_json, print_table
from textcx.store.base import Sort

_SHOWN_CHARACTERS = 160


def search(
    query: Annotated[str, typer.Argument(help='e.g. "leverans* touchpoint:delivery/negative -lang:en stars:<=2"')] = "",
    since: Since = None,
    until: Until = None,
    sort: Annotated[str, typer.Option(help="newest, oldest or relevance")] = "newest",
    limit: Annotated[int, typer.Option(help="How many to show, 1 to 200.")] = 10,
    facets: Annotated[str, typer.Option(help="Count by these dimensions, e.g. brand,lang.")] = "",
    data: Data = None,
    timezone: Timezone = None,
    as_json: AsJson = False,
) -> None:
    """Find mentions: the exact number, the newest first, the words found in [brackets]."""
    workshop = open_workshop(data)
    questions = workshop.questions
    order: Sort = sort  # type: ignore[assignment]  # checked by `search`, which lists the known ones
    answer = questions.search(
        query,
        since=since,
        until=until,
        sort=order,
        limit=limit,
        facets=[facet for facet in facets.split(",") if facet],
        timezone=timezone,
    )
    if as_json:
        print_json(answer)
        return
    rows = [_row(hit) for hit in answer["hits"]]
    print_table(
        f"{answer['total']:,} mentions", ("published", "brand", "lang", "sentiment", "touchpoints", "text"), rows
    )
    for field, values in answer["facets"].items():
        counts = ", ".join(f"{one['value']} {one['count']:,}" for one in values[:20])
        console().print(f"{field}: {counts}", markup=False)


def _row(hit: dict[str, Any]) -> tuple[str, ...]:
    mention, annotations = hit["mention"], hit["annotations"]
    sentiment = annotations["sentiment"]
    return (
        mention.get("published_at", "-")[:10],
        mention.get("brand", "-"),
        annotations["language"]["code"],
        sentiment["polarity"] if sentiment else "-",
        " ".join(f"{one['id']}/{one['polarity']}" for one in annotations["touchpoints"]) or "-",
        _marked(mention.get("text", ""), hit["highlights"].get("text", [])),
    )


def _marked(text: str, spans: list[dict[str, int]]) -> str:
    """Return the text around its first highlight, with highlights in [brackets]."""
    begin = max(0, spans[0]["start"] - _SHOWN_CHARACTERS // 2) if spans else 0
    end = begin + _SHOWN_CHARACTERS
    parts, position = ["…" if begin else ""], begin
    for span in spans:
        if span["start"] >= position and span["end"] <= end:
            parts += [text[position : span["start"]], "[", text[span["start"] : span["end"]], "]"]
            position = span["end"]
    parts += [text[position:end], "…" if end < len(text) else ""]
    return " ".join("".join(parts).split())
