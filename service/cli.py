"""The command `textcx`: reads flags and settings, hands on, and turns errors into words and an exit status.

Exit status: 0 done; 1 failed; 2 wrong use or configuration; 3 done, but some records were set aside.
"""

import sys
from collections.abc import Mapping
from importlib import import_module

import typer

from service.assembly import ease_garbage_collector
from textcx.errors import ConfigError, RequestError, TextCXError

_HELP = "What customers say, by touchpoint and over time, with its uncertainty."
_COMMANDS: Mapping[str, tuple[str, str]] = {
    "demo": ("demo:demo", "Load about 1,000 made-up mentions to try things on."),
    "ingest": ("ingest:ingest", "Read a file of reviews, comments or survey answers."),
    "enrich": ("enrich:enrich", "Analyse texts: one line out for each line in."),
    "search": ("search:search", "Find mentions by words, fields or meaning."),
    "similar": ("similar:similar", "Find the mentions most like one, in all languages."),
    "trends": ("measures:trends", "Show a measure over time, with its interval."),
    "breakdown": ("measures:breakdown", "Show a measure per brand, touchpoint, language, ..."),
    "compare": ("compare:compare", "Compare two periods, brands or segments."),
    "explain": ("explain:explain", "Say how a measure is made."),
    "export": ("export:export", "Write mentions with their annotations to a file."),
    "forget": ("forget:forget", "Erase mentions, or a person's, for good."),
    "backup": ("backup:backup", "Write the data folder into one file."),
    "restore": ("backup:restore", "Make a data folder of a backup."),
    "run": ("run:run", "Read sources: what is new, changed and gone."),
    "report": ("report:report", "Write a page for those who open no dashboard."),
    "serve": ("serve:serve", "Serve the dashboard and the API."),
    "doctor": ("doctor:doctor", "Check settings, data folder, index and pipeline."),
    "reannotate": ("reannotate:reannotate", "Analyse stored mentions again, by a new model."),
    "evaluate": ("evaluate:evaluate", "Score the analysis against labelled texts."),
    "train-embedding": ("train_embedding:train_embedding", "The old name of `train embedding`."),
    "bench": ("bench:bench", "Measure speed and memory beside what we promise."),
}
"""Name of a command -> its module in `service.commands` and the function there; and what it does, in a few words."""
_GROUPS: Mapping[str, str] = {
    "touchpoints": "The touchpoints of the customer journey.",
    "topics": "Topics: find them, name them, change them.",
    "train": "Train the table that judges texts, the embedding, or a teacher.",
    "keys": "API keys: make one, list them, revoke one.",
    "queries": "Saved queries: list them, save one, drop one.",
    "sources": "Places that are read by themselves.",
    "quarantine": "Records set aside: list, retry or drop them.",
    "store": "The store: set up, verify, rebuild, move.",
}
"""Modules of `service.commands` whose `app` holds several commands; and what they are about."""
_HIDDEN = frozenset({"train-embedding"})


def command_line(*names: str) -> typer.Typer:
    """Return the command line with these commands; with all, where none is named."""
    app = _empty()
    for name in names or (*_COMMANDS, *_GROUPS):
        if name in _GROUPS:
            app.add_typer(import_module(f"service.commands.{name}").app, name=name, short_help=_GROUPS[name])
        else:
            place, summary = _COMMANDS[name]
            module, _, function = place.partition(":")
            run = getattr(import_module(f"service.commands.{module}"), function)
            app.command(name=name, short_help=summary, hidden=name in _HIDDEN)(run)
    return app


def overview() -> typer.Typer:
    """Return a command line that tells of all commands and has none: for help, and for names that are none of ours."""
    app = _empty()
    for name, summary in [*((name, summary) for name, (_, summary) in _COMMANDS.items()), *_GROUPS.items()]:
        app.command(name=name, short_help=summary, hidden=name in _HIDDEN)(lambda: None)
    return app


def _empty() -> typer.Typer:
    app = typer.Typer(
        name="textcx",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback(help=_HELP)(lambda: None)  # also where there is but one command, it is named
    return app


def main() -> None:
    """Run the command line."""
    ease_garbage_collector()
    try:
        asked = sys.argv[1] if len(sys.argv) > 1 else ""
        (command_line(asked) if asked in _COMMANDS or asked in _GROUPS else overview())()
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
