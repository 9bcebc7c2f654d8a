"""`textcx touchpoints`: the taxonomy in force, and a check of one's own."""

from pathlib import Path
from typing import Annotated

import typer

from service.commands.options import AsJson, Data, open_workshop
from service.commands.screen import console, print_json, print_table
from textcx.configs import configs_folder
from textcx.touchpoints import check_taxonomy

app = typer.Typer(help="The touchpoints of the customer journey.", no_args_is_help=True)


@app.command("list")
def list_touchpoints(data: Data = None, as_json: AsJson = False) -> None:
    """List the touchpoints in force."""
    taxonomy = open_workshop(data).taxonomy
    if as_json:
        print_json([{"id": one.id, "stage": one.stage, "parent": one.parent} for one in taxonomy.touchpoints])
        return
    rows = [(one.id, one.stage, one.parent or "-", one.label.get("en", "-")) for one in taxonomy.touchpoints]
    print_table(f"{taxonomy.name} {taxonomy.version}", ("id", "stage", "parent", "label"), rows)


@app.command()
def check(file: Annotated[Path, typer.Argument(help="A taxonomy file.")]) -> None:
    """Check a taxonomy file, which may extend a shipped one. Exit status 2: it cannot be used as it is."""
    shipped = configs_folder(open_workshop(None).settings.config_dir) / "touchpoints"
    findings = check_taxonomy(file, folder=shipped)
    for finding in findings:
        console().print(str(finding), markup=False)
    if any(finding.is_error for finding in findings):
        raise typer.Exit(2)
    console().print(f"{file.name} can be used.", markup=False)
