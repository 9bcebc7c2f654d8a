"""`textcx topics`: what customers talk about that no taxonomy foresaw, found, named and kept."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.commands.options import AsJson, Data, Since, Until, open_workshop
from service.commands.screen import console, number, print_json, print_table
from service.commands.topic_changes import Asked, change, progress_bar

if TYPE_CHECKING:
    from service.topics.plan import Plan

app = typer.Typer(help="Topics: find them, name them, change them, see them grow.", no_args_is_help=True)
Topic = Annotated[str, typer.Argument(help="Its id or its label.")]
Query = Annotated[str, typer.Argument(help="Which mentions; all if not given.")]
Limit = Annotated[int, typer.Option(help="How many to show.")]
Sample = Annotated[int, typer.Option(min=20, help="From at most so many mentions.")]
_SHOWN_WORDS = 6


@app.command("list")
def list_topics(
    query: Query = "", since: Since = None, until: Until = None, data: Data = None, as_json: AsJson = False
) -> None:
    """List the topics with their shares, and the share without a topic."""
    answer = open_workshop(data).topic_questions.topics(query, since=since, until=until)
    if as_json:
        print_json(answer)
        return
    rows = [_row(topic) for topic in answer["topics"]]
    without = answer["without"]
    rows.append(("", "no topic", *_share(without), "", ""))
    header = ("id", "label", "mentions", "share", "low", "high", "touchpoint", "keywords")
    print_table(f"{len(rows) - 1:,} topics, version {answer['version']}", header, rows)


@app.command()
def show(topic: Topic, data: Data = None, as_json: AsJson = False) -> None:
    """Show a topic: its words, mentions, touchpoint, spread, drift, and what was done to it."""
    answer = open_workshop(data).topic_questions.topic(topic)
    if as_json:
        print_json(answer)
        return
    out = console()
    pinned = ", pinned" if answer["is_pinned"] else ""
    out.print(f"{answer['id']} {answer['label']} ({answer['state']}{pinned}, {answer['origin']})", markup=False)
    for language, words in answer["keywords"].items():
        out.print(f"  {language}: {', '.join(words)}", markup=False)
    for event in answer["lineage"]:
        more = " ".join(str(event[name]) for name in ("label", "into", "touchpoint") if event.get(name))
        out.print(f"  {event['at'][:10]} {event['kind']} {more} {event['reason']}".rstrip(), markup=False)
    if answer["state"] != "live":
        return
    for by, values in answer["spread"].items():
        shown = ", ".join(f"{one['value']} {one['mentions']:,}" for one in values[:_SHOWN_WORDS])
        out.print(f"  {by}: {shown or '-'}", markup=False)
    out.print(f"  touchpoint: {_touchpoint(answer['touchpoint'])}", markup=False)
    drift = answer["drift"]
    if drift["difference"] and drift["difference"]["value"] is not None:
        difference = drift["difference"]
        ends = f"{number(difference['low'], '')} to {number(difference['high'], '')}"
        out.print(f"  drift: {difference['value']:+.2f} in nearness ({ends}, n = {drift['n']})", markup=False)
    for one in answer["representatives"]:
        out.print(f"  - {one['text'][:200]}", markup=False)


@app.command()
@change
def fit(
    asked: Asked,
    engine: Annotated[
        str,
        typer.Option(
            help="BERTopic with centroids (PCA, k-means) or density (UMAP, HDBSCAN); plain: without BERTopic."
        ),
    ] = "centroids",
    sample: Sample = 100_000,
) -> "Plan":
    """Find topics among the mentions that have none. Topics there are keep their ids."""
    from service.topics.finding import finder

    return asked.editor.found(finder(engine), most=sample, reason=asked.reason, progress=asked.progress)


@app.command()
def propose(
    sample: Sample = 100_000,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Propose topics for the mentions that have none; `accept` makes them topics. Nothing else is changed."""
    from service.topics.finding import by_centroids
    from service.topics.plan import born

    workshop = open_workshop(data)
    with progress_bar(is_shown=not as_json) as progress:
        proposals = workshop.topic_editor.propose(by_centroids, most=sample, progress=progress)
    if as_json:
        print_json([born(one) for one in proposals])
        return
    rows = [(one.id, one.label, f"{one.mentions:,}", _words(one.keywords)) for one in proposals]
    print_table(
        f"{len(rows):,} proposals", ("id", "label", "mentions", "keywords"), rows, note="textcx topics accept ID"
    )


@app.command()
@change
def accept(
    asked: Asked,
    proposals: Annotated[list[str], typer.Argument(help="Ids of proposals, or all.")],
    label: Annotated[str | None, typer.Option(help="What the topic is to be called.")] = None,
) -> "Plan":
    """Make topics of proposals."""
    chosen = [one.id for one in asked.editor.file.proposals()] if proposals == ["all"] else proposals
    return asked.editor.accept(chosen, label=label, reason=asked.reason)


@app.command()
@change
def seed(
    asked: Asked,
    label: Annotated[str, typer.Argument(help="What the topic is called.")],
    phrases: Annotated[list[str], typer.Argument(help="3 to 20 phrases as customers write them, in any languages.")],
) -> "Plan":
    """Make a topic of a label and some phrases."""
    return asked.editor.seed(label, phrases, reason=asked.reason)


@app.command()
@change
def rename(asked: Asked, topic: Topic, label: Annotated[str, typer.Argument(help="Its new label.")]) -> "Plan":
    """Give a topic another label; its id stays."""
    return asked.editor.rename(topic, label, reason=asked.reason)


@app.command()
@change
def merge(asked: Asked, topic: Topic, into: Annotated[str, typer.Argument(help="The topic it goes into.")]) -> "Plan":
    """Make a topic's mentions those of another."""
    return asked.editor.merge(topic, into, reason=asked.reason)


@app.command()
@change
def split(asked: Asked, topic: Topic, pieces: Annotated[int, typer.Option(help="Into how many.")] = 2) -> "Plan":
    """Divide a topic by what its mentions say."""
    return asked.editor.split(topic, pieces=pieces, reason=asked.reason)


@app.command()
@change
def retire(asked: Asked, topic: Topic) -> "Plan":
    """End a topic: its mentions have none then, nor have those that would come to it."""
    return asked.editor.retire(topic, reason=asked.reason)


@app.command()
@change
def pin(
    asked: Asked, topic: Topic, off: Annotated[bool, typer.Option("--off", help="Take the pin away.")] = False
) -> "Plan":
    """Keep a topic from being merged, split or retired."""
    return asked.editor.pin(topic, is_pinned=not off, reason=asked.reason)


@app.command("map")
@change
def map_topic(
    asked: Asked,
    topic: Topic,
    touchpoint: Annotated[str, typer.Argument(help="Id of a touchpoint; none takes it away.")],
) -> "Plan":
    """Confirm the touchpoint that a topic belongs to; `show` proposes one."""
    return asked.editor.map(topic, None if touchpoint == "none" else touchpoint, reason=asked.reason)


@app.command()
@change
def carry(asked: Asked) -> "Plan":
    """Take all topics along to another embedding, after `embedding` was set anew or came with a new version."""
    return asked.editor.carry(reason=asked.reason, progress=asked.progress)


@app.command()
@change
def undo(asked: Asked) -> "Plan":
    """Take the last change back."""
    return asked.editor.undo(reason=asked.reason)


@app.command()
def assign(data: Data = None, as_json: AsJson = False) -> None:
    """Give all stored mentions the topic they would have if they came today; goes on where it was cut off."""
    from service.erasure import follow

    workshop = open_workshop(data)
    with progress_bar(is_shown=not as_json) as progress:
        moved = workshop.topic_editor.reassign(progress=progress)
    follow(workshop)
    if as_json:
        print_json({"moved": moved})
    else:
        console().print(f"{moved:,} mentions have another topic than before.")


@app.command()
def health(
    query: Query = "", since: Since = None, until: Until = None,
    interval: Annotated[str, typer.Option(help="day, month or year.")] = "month",
    data: Data = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Show the share without a topic over time, and how far each topic has drifted since it was born."""
    from service.topics.finding import check_choice

    chosen: Any = check_choice("interval", interval, ("day", "month", "year"))
    answer = open_workshop(data).topic_questions.health(query, since=since, until=until, interval=chosen)
    if as_json:
        print_json(answer)
        return
    rows = [(one["start"], f"{one['n']:,}", *_share(one)[1:]) for one in answer["share_without_topic"]]
    print_table("Share without a topic", ("from", "mentions", "share", "low", "high"), rows)
    drifts = [
        (one["id"], one["label"], number(one["covered"], "share"), *_drift(one["drift"])) for one in answer["topics"]
    ]
    note = (
        "Covered: the share of its first mentions that have one of its words; under half, it has hardly a subject. "
        "Drift: nearness of the newest mentions to the topic's middle, less that of its first: under 0, in other words."
    )
    print_table("Topics", ("id", "label", "covered", "n", "drift", "low", "high"), drifts, note=note)


@app.command()
def emerging(
    recent: Annotated[str, typer.Option(help="A query for the recent mentions, e.g. published:2026-03.")],
    before: Annotated[str, typer.Option(help="What they are held against, e.g. published:2025-12..2026-02.")],
    query: Query = "", limit: Limit = 20, data: Data = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Show the topics whose share grew; * where by more than chance."""
    answer = open_workshop(data).topic_questions.emerging(recent=recent, before=before, q=query, limit=limit)
    if as_json:
        print_json(answer)
        return
    rows = [_growth(row) for row in answer["topics"]]
    header = ("", "id", "label", "before", "recent", "difference", "low", "high", "q")
    note = "*: beyond chance: q, corrected for how many topics were looked at, is at most 0.05, and n at least 10."
    print_table("Topics whose share grew", header, rows, note=note)


@app.command()
def distinctive(
    query: Annotated[str, typer.Argument(help="The mentions to be set apart.")],
    against: Annotated[str, typer.Option(help="A query; all others if not given.")] = "",
    limit: Limit = 15, data: Data = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Show the words and topics that set some mentions apart from the others, each language by itself."""
    answer = open_workshop(data).topic_questions.distinctive(query, against=against, limit=limit)
    if as_json:
        print_json(answer)
        return
    rows = [
        (language, one["word"], f"{one['first']:,}", f"{one['second']:,}", f"{one['ratio']:.1f}", f"{one['low']:.1f}",
         f"{one['high']:.1f}", f"{one['q']:.3f}")
        for language, words in answer["words"].items() for one in words
    ]  # fmt: skip
    header = ("", "word", "mentions", "others", "odds ratio", "low", "high", "q")
    print_table("Words (log-odds with an informative Dirichlet prior)", header, rows)
    topics = [(one["id"], one["label"], f"{one['mentions']:,}", number(one["value"], "share"), f"{one['q']:.3f}")
              for one in answer["topics"]]  # fmt: skip
    print_table("Topics", ("id", "label", "mentions", "share more", "q"), topics)


def _row(topic: dict[str, Any]) -> tuple[str, ...]:
    touchpoint = topic["touchpoint"] or ""
    return topic["id"], topic["label"], *_share(topic), touchpoint, _words(topic["keywords"])


def _share(row: dict[str, Any]) -> tuple[str, ...]:
    return f"{row['mentions']:,}", *(number(row[name], "share") for name in ("share", "low", "high"))


def _drift(drift: dict[str, Any]) -> tuple[str, ...]:
    difference = drift["difference"] or {}
    return f"{drift['n']:,}", *(number(difference.get(name), "") for name in ("value", "low", "high"))


def _words(keywords: Any) -> str:
    return "; ".join(f"{language}: {', '.join(words[:_SHOWN_WORDS])}" for language, words in keywords.items())


def _touchpoint(found: dict[str, Any]) -> str:
    if found["confirmed"]:
        return f"{found['confirmed']} (confirmed)"
    proposed = found["proposed"]
    if proposed is None:
        return "none stands out"
    share = number(proposed["share"], "share")
    more = number(proposed["more_than_elsewhere"]["value"], "share")
    return f"{proposed['id']} proposed: in {share} of its mentions, {more} more than elsewhere"


def _growth(row: dict[str, Any]) -> tuple[str, ...]:
    shares = (number(row[side]["value"], "share") for side in ("before", "recent"))
    ends = (number(row["difference"][name], "share") for name in ("value", "low", "high"))
    q = row["difference"]["q"]
    return "*" if row["is_emerging"] else "", row["id"], row["label"], *shares, *ends, "-" if q is None else f"{q:.3f}"
