"""`textcx search`: find mentions by words, fields and meaning."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from service.commands.options import AsJson, Data, Since, Timezone, Until, open_workshop
from service.commands.screen import console, print_json, print_table
from service.questions.meaning import Mode
from textcx.store.base import Sort

_SHOWN_CHARACTERS = 160
_COLUMNS = ("published", "brand", "lang", "sentiment", "touchpoints", "text")


def search(
    query: Annotated[str, typer.Argument(help='e.g. "leverans* touchpoint:delivery/negative -lang:en stars:<=2"')] = "",
    since: Since = None,
    until: Until = None,
    sort: Annotated[str | None, typer.Option(help="newest, oldest or relevance  [default: newest]")] = None,
    mode: Annotated[str, typer.Option(help="words, meaning (in any language) or both")] = "words",
    limit: Annotated[int, typer.Option(help="How many to show, 1 to 200.")] = 10,
    facets: Annotated[str, typer.Option(help="Count by these dimensions, e.g. brand,lang.")] = "",
    data: Data = None,
    timezone: Timezone = None,
    as_json: AsJson = False,
) -> None:
    """Find mentions: the exact number, the newest first, the words found in [brackets]."""
    workshop = open_workshop(data)
    questions = workshop.questions
    order: Sort | None = sort  # type: ignore[assignment]  # checked by `search`, which lists the known ones
    way: Mode = mode  # type: ignore[assignment]  # likewise
    answer = questions.search(
        query,
        since=since,
        until=until,
        sort=order,
        limit=limit,
        facets=[facet for facet in facets.split(",") if facet],
        mode=way,
        timezone=timezone,
    )
    if as_json:
        print_json(answer)
        return
    if mode == "words":
        print_table(f"{answer['total']:,} mentions", _COLUMNS, [_row(hit) for hit in answer["hits"]])
    else:
        print_ranked(f"{answer['total']:,} mentions by {mode}", answer["hits"])
    for field, values in answer["facets"].items():
        counts = ", ".join(f"{one['value']} {one['count']:,}" for one in values[:20])
        console().print(f"{field}: {counts}", markup=False)


def print_ranked(title: str, hits: Sequence[dict[str, Any]]) -> None:
    """Print hits by meaning: how near each is, how it was found, and how many near copies stand behind it."""
    rows = [
        (f"{hit['score']:.3f}", "+".join(hit["found_by"]), str(len(hit["copies"]) or "-"), *_row(hit)) for hit in hits
    ]
    print_table(title, ("score", "found by", "copies", *_COLUMNS), rows)


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
