"""`textcx backup` and `textcx restore`: a data folder as one file, and back."""

from pathlib import Path
from typing import Annotated

import typer

from service.commands.options import AsJson, Data, open_workshop
from service.commands.screen import console, print_json


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write; it must not be there yet.")],
    without_secret: Annotated[
        bool, typer.Option("--without-secret", help="Leave secret.key out: you keep it elsewhere, for it is needed.")
    ] = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Write the data folder into one file, also while `textcx serve` or `ingest` works on it.

    All that was acknowledged before is in it. The secret is in it too, for without it forgotten authors would be taken
    in again after a restore: keep the file as safe as the data folder itself.
    """
    from service.backup import SECRET, write_backup

    settings = open_workshop(data).settings
    folder = settings.data
    manifest = write_backup(folder, file, with_secret=not without_secret)
    if as_json:
        print_json({"file": str(file), **manifest.model_dump(mode="json")})
        return
    parts = ", ".join(f"{name} ({part.bytes:,} bytes)" for name, part in manifest.files.items())
    console().print(f"{file} holds {parts}.", markup=False)
    if settings.store == "elastic":
        console().print("The mentions themselves are in Elasticsearch: take a snapshot of it at the same time.")
    if without_secret:
        console().print(f"Keep {folder / SECRET} elsewhere: nothing can be restored without it.", markup=False)


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `textcx backup` wrote.")],
    secret: Annotated[
        Path | None, typer.Option("--secret", help="secret.key, where the backup was made without it.")
    ] = None,
    tombstones: Annotated[
        Path | None,
        typer.Option("--tombstones", help="The old data folder: what was forgotten there stays forgotten here."),
    ] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Make a data folder of a backup; the folder must be empty or absent, and checksums are compared first.

    What was forgotten after the backup was made is in it again: --tombstones takes that from the old data folder.
    """
    from service.restoration import restore as restore_backup

    settings = open_workshop(data).settings
    restored = restore_backup(file, settings, secret=secret, tombstones=tombstones)
    if as_json:
        print_json(
            {
                "begun_at": restored.begun_at.isoformat(),
                "mentions": restored.mentions,
                "waiting": restored.waiting,
                "erased_again": restored.erased_again,
            }
        )
        return
    out = console()
    out.print(
        f"{restored.mentions:,} mentions as of {restored.begun_at:%Y-%m-%d %H:%M} UTC are in {settings.data}; "
        f"{restored.waiting:,} records wait for analysis by the next `textcx ingest` or `serve`.",
        markup=False,
    )
    if tombstones is None:
        out.print("What was forgotten after that is in it again, unless you restore with --tombstones OLD_DATA_DIR.")
    else:
        out.print(f"{restored.erased_again:,} that were forgotten after that are erased again.")
