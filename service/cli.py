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
_COMMANDS: Mapping[str, str] = {
    "demo": "demo:demo",
    "ingest": "ingest:ingest",
    "enrich": "enrich:enrich",
    "search": "search:search",
    "similar": "similar:similar",
    "trends": "measures:trends",
    "breakdown": "measures:breakdown",
    "compare": "compare:compare",
    "explain": "explain:explain",
    "export": "export:export",
    "forget": "forget:forget",
    "backup": "backup:backup",
    "restore": "backup:restore",
    "run": "run:run",
    "report": "report:report",
    "serve": "serve:serve",
    "doctor": "doctor:doctor",
    "reannotate": "reannotate:reannotate",
    "evaluate": "evaluate:evaluate",
    "train-embedding": "train_embedding:train_embedding",
    "bench": "bench:bench",
}
"""Name of a command -> its module in `service.commands` and the function there."""
_GROUPS = ("touchpoints", "topics", "train", "keys", "queries", "sources", "quarantine", "store")
"""Modules of `service.commands` whose `app` holds several commands."""
_HIDDEN = frozenset({"train-embedding"})
"""Old names: `train embedding` is what it is called now."""


def command_line(asked: str | None = None) -> typer.Typer:
    """Return the command line; if the command asked for is one of ours, with that one alone, which is loaded sooner."""
    app = typer.Typer(
        name="textcx",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback(help=_HELP)(lambda: None)  # also where there is but one command, it is named
    is_ours = asked in _COMMANDS or asked in _GROUPS
    for name, place in _COMMANDS.items():
        if name == asked or not is_ours:
            module, _, function = place.partition(":")
            loaded = import_module(f"service.commands.{module}")
            app.command(name=name, hidden=name in _HIDDEN)(getattr(loaded, function))
    for name in _GROUPS:
        if name == asked or not is_ours:
            app.add_typer(import_module(f"service.commands.{name}").app, name=name)
    return app


def main() -> None:
    """Run the command line."""
    ease_garbage_collector()
    try:
        command_line(sys.argv[1] if len(sys.argv) > 1 else None)()
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
