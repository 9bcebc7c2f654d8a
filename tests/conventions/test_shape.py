"""What a linter does not know: lengths, names, logs, versions."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("textcx", "ingest", "crawlers", "service")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
LONGEST_MODULE_LINES = 400
FORBIDDEN_NAMES = {"utils", "helpers", "helper", "common", "manager", "misc", "csv", "email", "http", "queue", "types"}


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_a_module_is_short_enough_to_be_read() -> None:
    lines = {relative(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert {path: count for path, count in lines.items() if count > LONGEST_MODULE_LINES} == {}


def test_a_module_is_named_after_what_it_holds() -> None:
    assert [relative(path) for path in MODULES if path.stem in FORBIDDEN_NAMES] == []


def test_a_module_says_what_it_holds() -> None:
    trees = ((path, ast.parse(path.read_text(encoding="utf-8"))) for path in MODULES)
    assert [relative(path) for path, tree in trees if not ast.get_docstring(tree)] == []


def test_the_changelog_speaks_of_the_version_that_ships() -> None:
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    version = re.search(r'^version = "(.+)"', pyproject, re.MULTILINE)
    changelog = re.search(r"^## (\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert version is not None
    assert changelog is not None
    assert changelog[1] == version[1]


def test_no_folder_of_tests_hides_a_package() -> None:
    assert not list((ROOT / "tests").rglob("__init__.py"))


def test_importing_the_command_line_loads_nothing_heavy() -> None:
    import subprocess
    import sys

    code = (
        "import sys, service.cli; service.cli.command_line();"
        "heavy = {'spacy', 'fastapi', 'uvicorn', 'tantivy', 'py3langid', 'thinc', 'torch', 'phonenumbers',"
        "'openpyxl', 'ijson', 'pyarrow', 'numpy'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert result.stdout.strip() == "[]"
