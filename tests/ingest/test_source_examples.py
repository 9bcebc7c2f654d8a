"""The examples in configs/sources are such as their connectors accept."""

import pytest
import yaml

from ingest.connector import Registry
from textcx.configs import configs_folder


@pytest.mark.parametrize("name", Registry().names())
def test_example_of_connector_is_accepted(name: str) -> None:
    path = configs_folder() / "sources" / f"{name}.yaml"
    example = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert example["connector"] == name
    Registry().load(name).spec.settings.model_validate(example["settings"])
