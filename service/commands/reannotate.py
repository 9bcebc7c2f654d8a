"""`textcx reannotate`: the present model and taxonomy applied to what is stored."""

import sys
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from service.commands.options import AsJson, Data, open_workshop
from service.commands.screen import console, number, print_json, print_table
from textcx.errors import ConflictError

if TYPE_CHECKING:  # loaded when something is analysed
    from service.reannotation.preview import Preview
    from service.reannotation.progress_file import Progress
    from textcx.query.tally import Estimate

_SAMPLE_MENTIONS = 2000


def reannotate(
    query: Annotated[str, typer.Argument(help="Only what this query finds; everything without one.")] = "",
    preview: Annotated[
        bool, typer.Option("--preview", help="Show each measure before and after; write nothing.")
    ] = False,
    sample: Annotated[
        int, typer.Option("--sample", min=0, help="How many mentions the preview looks at; 0 is all.")
    ] = _SAMPLE_MENTIONS,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Analyse stored mentions again, with the model and the taxonomy that are in force now.

    Cut off, the same command goes on where it was. What people corrected stays, what was erased stays erased, and what
    a source changes meanwhile wins. Each trend says which models judged each of its intervals.
    """
    workshop = open_workshop(data)
    tree = workshop.questions.query(query)
    if preview:
        from service.reannotation.preview import preview as look

        found = look(workshop.store, workshop.build_pipeline(), tree, most=sample)
        workshop.close()
        if as_json:
            print_json(asdict(found))
        else:
            _show_preview(found)
        return
    from ingest.lock import FileLock
    from service.indexer import Indexer
    from service.reannotation.progress_file import ProgressFile
    from service.reannotation.reannotation import Reannotation

    folder = workshop.settings.data
    with FileLock(folder / "reannotation.lock") as alone, Indexer(workshop) as indexer, _bar(as_json=as_json) as bar:
        if not alone.take():
            raise ConflictError("Another `textcx reannotate` works on this data folder. Wait until it is done.")

        def wait(seconds: float) -> None:
            indexer.check()
            time.sleep(seconds)

        task = bar.add_task("analysing", total=None)
        work = Reannotation(workshop.store, workshop.build_pipeline(), workshop.inbox, ProgressFile(folder), sleep=wait)
        start = work.begin(query)
        done = work.run(tree, start, show=lambda now, total: bar.update(task, completed=now.seen, total=total))
        workshop.store.refresh()
    workshop.close()
    _show(done, resumed=start.seen, as_json=as_json)


def _show(done: "Progress", *, resumed: int, as_json: bool) -> None:
    if as_json:
        print_json({**done.model_dump(exclude={"cursor"}), "resumed_after": resumed})
        return
    went_on = f" It went on after {resumed:,} of an earlier try." if resumed else ""
    failed = f" On {done.failed:,} the analysis failed; they stay as they were." if done.failed else ""
    console().print(
        f"{done.seen:,} mentions analysed again by {done.model}: {done.changed:,} judged otherwise, "
        f"{done.written:,} written.{went_on}{failed}",
        markup=False,
    )


def _show_preview(found: "Preview") -> None:
    share = f" ({100 * found.changed / found.looked_at:.1f} %)" if found.looked_at else ""
    console().print(
        f"{found.looked_at:,} of {found.total:,} mentions looked at: {found.changed:,}{share} would be judged "
        "otherwise. Nothing was written.",
        markup=False,
    )
    if found.fields:
        fields = ", ".join(f"{name} {count:,}" for name, count in found.fields.items())
        console().print(f"Of these, {fields}.", markup=False)
    if found.failed:
        console().print(f"On {found.failed:,} the analysis fails; they would stay as they are.")
    rows = [
        (line.measure, line.of, *_cells(line.before, line.unit), *_cells(line.after, line.unit)) for line in found.lines
    ]
    if rows and found.looked_at:
        print_table("Measures", ("measure", "touchpoint", "before", "n", "after", "n"), rows)


def _cells(estimate: "Estimate", unit: str) -> tuple[str, str]:
    return number(estimate.value, unit), str(estimate.n)


def _bar(*, as_json: bool) -> Bar:
    columns: list[Any] = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()]
    return Bar(*columns, transient=True, disable=as_json or not sys.stderr.isatty())
