"""`textcx demo`: the made-up mentions that ship with textcx, to look around with."""

from service.commands.ingest import print_report, run_source
from service.commands.options import AsJson, Data, open_workshop
from service.commands.screen import console, print_json
from service.reports import report_as_dict


def demo(data: Data = None, as_json: AsJson = False) -> None:
    """Load about 1,000 made-up mentions of three invented brands; a second time adds nothing."""
    from ingest.connectors.demo import read_demo
    from textcx.configs import configs_folder

    workshop = open_workshop(data)
    folder = configs_folder(workshop.settings.config_dir) / "demo"
    report = run_source(workshop, "the demonstration", read_demo(folder), shows_progress=not as_json)
    if as_json:
        print_json(report_as_dict(report))
        return
    print_report(report)
    console().print('Try: textcx search "leverans* touchpoint:delivery/negative"', markup=False)
    workshop.close()
