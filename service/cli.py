"""The command `textcx`: reads flags and settings, hands on, and turns errors into words and an exit status.

Exit status: 0 done; 1 failed; 2 wrong use or configuration; 3 done, but some records were set aside.
"""

import sys

import typer

from service.assembly import ease_garbage_collector
from service.commands import (
    backup,
    bench,
    compare,
    demo,
    doctor,
    enrich,
    evaluate,
    explain,
    export,
    forget,
    ingest,
    keys,
    measures,
    quarantine,
    queries,
    reannotate,
    report,
    run,
    search,
    serve,
    similar,
    sources,
    store,
    topics,
    touchpoints,
    train,
    train_embedding,
)
from textcx.errors import ConfigError, RequestError, TextCXError

app = typer.Typer(
    name="textcx",
    help="What customers say, by touchpoint and over time, with its uncertainty.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command(name="demo")(demo.demo)
app.command(name="ingest")(ingest.ingest)
app.command(name="enrich")(enrich.enrich)
app.command(name="search")(search.search)
app.command(name="similar")(similar.similar)
app.command(name="trends")(measures.trends)
app.command(name="breakdown")(measures.breakdown)
app.command(name="compare")(compare.compare)
app.command(name="explain")(explain.explain)
app.command(name="export")(export.export)
app.command(name="forget")(forget.forget)
app.command(name="backup")(backup.backup)
app.command(name="restore")(backup.restore)
app.command(name="run")(run.run)
app.command(name="report")(report.report)
app.command(name="serve")(serve.serve)
app.command(name="doctor")(doctor.doctor)
app.command(name="reannotate")(reannotate.reannotate)
app.command(name="evaluate")(evaluate.evaluate)
app.command(name="train-embedding", hidden=True)(train_embedding.train_embedding)  # `train embedding`, as it was named
app.command(name="bench")(bench.bench)
app.add_typer(touchpoints.app, name="touchpoints")
app.add_typer(topics.app, name="topics")
app.add_typer(train.app, name="train")
app.add_typer(keys.app, name="keys")
app.add_typer(queries.app, name="queries")
app.add_typer(sources.app, name="sources")
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(store.app, name="store")


def main() -> None:
    """Run the command line."""
    ease_garbage_collector()
    try:
        app()
    except TextCXError as error:
        sys.stderr.write(f"textcx: {error}\n")
        sys.exit(2 if isinstance(error, ConfigError | RequestError) else 1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone, as in `textcx search x | head`
        sys.exit(0)


if __name__ == "__main__":
    main()
