"""A source's file that cannot be used: the message names the key, what is wanted there, and never what stood there."""

from pathlib import Path
from typing import Any

import pytest

from ingest.connector import Registry
from ingest.source_file import Sources
from textcx.errors import ConfigError


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    return Sources(tmp_path / "sources", Registry())


def fault(sources: Sources, settings: dict[str, Any]) -> str:
    with pytest.raises(ConfigError) as caught:
        sources.check("mine", {"connector": "zendesk", "settings": settings})
    return str(caught.value)


def test_what_is_missing_is_described(sources: Sources) -> None:
    assert "mine.yaml: settings.base_url" in fault(sources, {"base_url": 7})
    assert "Wanted: " in fault(sources, {"base_url": "https://acme.zendesk.com"})


def test_a_secret_in_the_file_is_refused_with_the_way_out_and_not_repeated(sources: Sources) -> None:
    said = fault(sources, {"base_url": "https://acme.zendesk.com", "token": "hemligt-1234"})
    assert "{env: NAME} or {file: PATH}" in said
    assert "hemligt" not in said
