"""Settings: a flag beats the environment, which beats the file, which beats the default; a wrong one is named."""

from pathlib import Path

import pytest

from textcx.errors import ConfigError
from textcx.settings import read_settings


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("TEXTCX_PORT", "TEXTCX_WORKERS", "TEXTCX_MODEL__SENTIMENT_BELOW"):
        monkeypatch.delenv(name, raising=False)
    path = tmp_path / "textcx.toml"
    path.write_text("port = 8001\nworkers = 1\n\n[model]\nsentiment_below = 0.5\n", encoding="utf-8")
    return path


def test_flag_before_environment_before_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (read_settings(file, {}).port, read_settings(file, {}).host) == (8001, "127.0.0.1")
    monkeypatch.setenv("TEXTCX_PORT", "8002")
    monkeypatch.setenv("textcx_workers", "3")
    assert (read_settings(file, {}).port, read_settings(file, {}).workers) == (8002, 3)
    assert read_settings(file, {"port": 8003}).port == 8003


def test_the_environment_reaches_into_a_section(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_settings(file, {}).model.sentiment_below == 0.5
    monkeypatch.setenv("TEXTCX_MODEL__SENTIMENT_BELOW", "0.9")
    monkeypatch.setenv("TEXTCX_MODEL__SENTIMENT_LABELS", '["negative", "positive"]')
    model = read_settings(file, {}).model
    assert (model.sentiment_below, model.sentiment_labels) == (0.9, ("negative", "positive"))


def test_a_wrong_setting_is_named_wherever_it_stands(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXTCX_PORT", "70000")
    with pytest.raises(ConfigError, match="'port'"):
        read_settings(file, {})
    monkeypatch.delenv("TEXTCX_PORT")
    file.write_text("prot = 8001\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="'prot'"):
        read_settings(file, {})


def test_a_folder_without_a_file_has_the_defaults(tmp_path: Path) -> None:
    assert read_settings(tmp_path / "textcx.toml", {"data": tmp_path}).data == tmp_path
