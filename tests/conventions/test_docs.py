"""Documentation is held to the code: what it names exists, and what exists is named."""

import doctest
import importlib
import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from textcx import annotation, mention
from textcx.annotation import Annotations
from textcx.mention import Mention
from textcx.query.fields import FIELDS
from textcx.query.measures import MEASURES
from textcx.settings import ModelSettings, Settings

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path for path in ROOT.rglob("*.md") if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
)
MODULES_WITH_EXAMPLES = sorted(
    str(path.relative_to(ROOT).with_suffix("")).replace("/", ".")
    for package in ("textcx", "ingest", "service")
    for path in (ROOT / package).rglob("*.py")
    if ">>>" in path.read_text(encoding="utf-8")
)


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", MODULES_WITH_EXAMPLES)
def test_the_examples_of_docstrings_hold(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


@pytest.mark.parametrize("model", [Mention, Annotations], ids=lambda model: model.__name__)
def test_every_field_of_a_type_is_explained_and_every_explained_field_exists(model: type[BaseModel]) -> None:
    section = page("textcx/README.md").split(f"### {model.__name__}\n")[1].split("\n### ")[0].split("\n## ")[0]
    explained = set(re.findall(r"^\| `(\w+)`", section, re.MULTILINE))
    assert explained == set(model.model_fields)


@pytest.mark.parametrize("module", [mention, annotation], ids=lambda module: module.__name__)
def test_every_type_that_is_stored_is_named(module: object) -> None:
    text = page("textcx/README.md")
    names = {name for name, value in vars(module).items() if isinstance(value, type) and issubclass(value, BaseModel)}
    assert {name for name in names - {"Frozen", "BaseModel"} if f"`{name}`" not in text} == set()


def test_the_settings_file_has_every_key_with_its_default() -> None:
    text = page("configs/textcx.toml")
    found = dict(re.findall(r"^(?:# )?([a-z_]+) = (.+)$", text, re.MULTILINE))
    fields = {**Settings.model_fields, **ModelSettings.model_fields}
    del fields["model"]  # the table whose keys are those of ModelSettings
    assert found.keys() == fields.keys()
    for name, field in fields.items():
        if f"\n{name} = " in text and field.default is not None:
            assert found[name].strip('"') == str(field.default)


def test_every_measure_has_its_row() -> None:
    text = page("textcx/query/MEASURES.md")
    assert [measure.id for measure in MEASURES if f"`{measure.id}`" not in text] == []


def test_every_field_of_the_query_language_has_its_row() -> None:
    text = page("textcx/query/README.md")
    assert [field.name for field in FIELDS if f"`{field.name}" not in text] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(path: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))
    assert [target for target in targets if not (path.parent / target).exists()] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_named_in_a_package_page_exist(path: Path) -> None:
    if path.name != "README.md" or path.parent == ROOT:
        return
    names = re.findall(r"^\| (`[^|]+`) \|", path.read_text(encoding="utf-8"), re.MULTILINE)
    modules = [name for cell in names for name in re.findall(r"`([\w/]+\.py)`", cell)]
    assert [name for name in modules if not (path.parent / name).exists()] == []


def test_every_route_is_named_in_the_page_of_the_service() -> None:
    from service.api import ROUTERS

    text = page("service/README.md")
    paths = {route.path for router in ROUTERS for route in router.routes}  # type: ignore[attr-defined]
    assert [path for path in paths if "/v1" + path.replace("{identifier}", "{id}") not in text] == []


def test_every_module_of_a_package_is_on_its_map() -> None:
    for package in ("ingest", "service"):
        text = page(f"{package}/README.md")
        modules = {path.name for path in (ROOT / package).glob("*.py")} - {"__init__.py"}
        assert {name for name in modules if f"`{name}`" not in text} == set()
