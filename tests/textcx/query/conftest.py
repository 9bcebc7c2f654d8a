"""The query language with the shipped taxonomy, in Stockholm's time."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest

from textcx.configs import configs_folder
from textcx.query.grammar import parse
from textcx.query.tree import Query
from textcx.touchpoints import Taxonomy, read_taxonomy

SAVED = {"late_delivery": "touchpoint:delivery/negative (sen OR försenad*)", "both": "query:late_delivery lang:sv"}


@pytest.fixture(scope="session")
def taxonomy() -> Taxonomy:
    folder = configs_folder() / "touchpoints"
    return read_taxonomy(folder / "generic.yaml", folder=folder)


@pytest.fixture(scope="session")
def ask(taxonomy: Taxonomy) -> Callable[[str], Query]:
    touchpoints = [touchpoint.id for touchpoint in taxonomy.touchpoints]
    zone = ZoneInfo("Europe/Stockholm")
    return lambda text: parse(text, touchpoints=touchpoints, stages=taxonomy.stages, timezone=zone, saved=SAVED)
