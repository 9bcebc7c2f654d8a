"""Where configurations are looked for."""

from pathlib import Path

import pytest

from textcx.configs import configs_folder
from textcx.errors import ConfigError


def test_the_folder_that_ships_is_found() -> None:
    assert (configs_folder() / "touchpoints" / "generic.yaml").is_file()


def test_a_folder_given_goes_before_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "textcx.toml").touch()
    monkeypatch.setenv("TEXTCX_CONFIG_DIR", str(tmp_path / "one"))
    assert configs_folder() == tmp_path / "one"
    assert configs_folder(tmp_path / "two") == tmp_path / "two"


def test_a_folder_that_holds_no_configurations_is_an_error_that_says_where_it_looked(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"holds no textcx\.toml"):
        configs_folder(tmp_path)
