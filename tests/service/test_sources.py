"""Sources over HTTP and in a backup, and the questions that make one."""

import io
from pathlib import Path
from typing import Any

import pytest
import yaml
from fastapi.testclient import TestClient

from service.app import create_app
from service.assembly import Workshop
from service.backup import opened_backup, write_backup
from service.source_settings import ask_settings, read_told
from textcx.configs import configs_folder
from textcx.errors import ConfigError
from textcx.settings import Settings

FILE = {"connector": "app_store", "brand": "Hyllbo", "expects_within": "2d", "settings": {"app": "4711"}}


def workshop_with(folder: Path, **files: dict[str, Any]) -> Workshop:
    (folder / "sources").mkdir(parents=True)
    for name, file in files.items():
        (folder / "sources" / f"{name}.yaml").write_text(yaml.safe_dump(file), encoding="utf-8")
    return Workshop(Settings(data=folder))


def test_a_source_says_how_it_is_doing_and_what_may_be_kept(tmp_path: Path) -> None:
    workshop = workshop_with(tmp_path, shop=FILE, broken={"connector": "app_store"})
    with TestClient(create_app(workshop.settings, workshop=workshop), "http://localhost") as client:
        broken, shop = client.get("/v1/sources").json()["sources"]
        assert (broken["name"], broken["state"]) == ("broken", "unreadable")
        assert "settings.app" in broken["note"]
        assert broken.keys() == shop.keys()
        assert (shop["state"], shop["brand"], shop["expected_within_seconds"]) == ("new", "Hyllbo", 2 * 86_400)
        assert shop["terms"]["stored"].startswith("text")
        assert client.get("/v1/sources/shop").json()["readings"] == []
        assert client.get("/v1/sources/..%2Fsecret").status_code == 404
        assert client.get("/v1/sources/Shop").status_code == 404


def test_a_backup_has_the_files_of_sources_and_no_other_file_beside_them(tmp_path: Path) -> None:
    workshop = workshop_with(tmp_path / "data", shop=FILE)
    assert workshop.store
    assert workshop.inbox
    (tmp_path / "data/sources/notes.txt").write_text("no", encoding="utf-8")
    workshop.close()
    write_backup(tmp_path / "data", tmp_path / "backup", with_secret=True)
    restored = tmp_path / "restored"
    restored.mkdir()
    with opened_backup(tmp_path / "backup") as backup:
        backup.check()
        backup.unpack(restored)
    assert Workshop(Settings(data=restored)).sources.read("shop").file.brand == "Hyllbo"
    assert [path.name for path in (restored / "sources").iterdir()] == ["shop.yaml"]


def test_each_setting_is_asked_for_again_until_it_can_be_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = Workshop(Settings(data=tmp_path)).connectors.load("youtube").spec
    answers = ["Hyllbo", "", "my-secret-key", "env:YOUTUBE_KEY", "v1, v2", "", "UCown", "ninety", "14"]
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(answers) + "\n"))
    values = ask_settings(spec, read_told(spec, []))
    assert values == {
        "connector": "youtube",
        "brand": "Hyllbo",
        "settings": {
            "key": {"env": "YOUTUBE_KEY"},
            "videos": ["v1", "v2"],
            "own_channels": ["UCown"],
            "full_every_days": "14",
        },
    }
    out = capsys.readouterr()
    assert "Where the API key lies" in out.out
    assert out.err.count("\n") >= 2
    Workshop(Settings(data=tmp_path)).sources.check("videos", values)


def test_what_is_told_keeps_the_form_that_its_setting_has(tmp_path: Path) -> None:
    spec = Workshop(Settings(data=tmp_path)).connectors.load("app_store").spec
    told = ["app=4711", "countries=[se, dk]", "pages=3", "every=2h", "allow_private=true", "base_url=http://localhost"]
    values = read_told(spec, told)
    assert values["settings"]["app"] == "4711"
    assert list(values["settings"]["countries"]) == ["se", "dk"]
    assert values["allow_private"] is True
    with pytest.raises(ConfigError, match="KEY=VALUE"):
        read_told(spec, ["app"])


@pytest.mark.parametrize("path", sorted((configs_folder() / "sources").glob("*.yaml")), ids=lambda path: path.stem)
def test_the_example_of_a_source_can_be_used_as_it_stands(path: Path, tmp_path: Path) -> None:
    values = yaml.safe_load(path.read_text(encoding="utf-8"))
    source = Workshop(Settings(data=tmp_path)).sources.check(path.stem, values)
    assert source.spec.name == values["connector"]


def test_every_kind_of_place_has_an_example() -> None:
    from ingest.connector import SENDERS

    examples = {path.stem for path in (configs_folder() / "sources").glob("*.yaml")}
    assert {"folder", *SENDERS} <= examples
