"""The component that the README shows works in spaCy, just as it stands there."""

import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import spacy
from spacy.language import Language

README = Path(__file__).parents[3] / "textcx" / "README.md"
NAME = "textcx.components.loudness"


def test_the_example_of_a_component_judges(monkeypatch: pytest.MonkeyPatch) -> None:
    section = README.read_text(encoding="utf-8").split("## How to add a component\n")[1].split("\n## ")[0]
    component, factory = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    module = ModuleType(NAME)
    exec(compile(component, NAME, "exec"), module.__dict__)
    monkeypatch.setitem(sys.modules, NAME, module)
    exec(compile(factory, "factories", "exec"), {"Language": Language, "Any": Any})
    nlp = spacy.blank("sv")
    nlp.add_pipe("textcx_loudness")
    doc, empty = nlp.pipe(["USEL service", "..."])
    assert doc._.textcx_loudness == {"share": 4 / 11}
    assert empty._.textcx_loudness is None
