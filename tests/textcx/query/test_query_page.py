"""Whatever people are shown as a query is one."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from textcx.configs import configs_folder
from textcx.query.fields import FIELDS, FieldOfQuery
from textcx.query.limits import DEEPEST, LARGEST_GAP, LONGEST_QUERY, MOST_CLAUSES, SHORTEST_PREFIX
from textcx.query.operators import OPERATORS
from textcx.query.text import query_text
from textcx.query.tree import And, AnyOf, InField, Near, Not, Or, Query

PAGE = (Path(__file__).parents[3] / "textcx" / "query" / "README.md").read_text(encoding="utf-8")
BENCH = (configs_folder() / "bench" / "queries.txt").read_text(encoding="utf-8").splitlines()
ZONE = ZoneInfo("Europe/Stockholm")
Ask = Callable[[str], Query]


def rows(section: str) -> list[list[str]]:
    table = PAGE.split(f"## {section}\n")[1].split("\n## ")[0]
    return [re.split(r" ?\| ?", line.strip("| ")) for line in table.splitlines() if line.startswith("| ")][1:]


@pytest.mark.parametrize("text", [*(field.example for field in FIELDS), *(one.example for one in OPERATORS)])
def test_the_examples_of_the_tables_are_queries(ask: Ask, text: str) -> None:
    ask(text)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_the_example_of_a_field_asks_by_that_field(ask: Ask, field: FieldOfQuery) -> None:
    assert getattr(ask(field.example), "field", None) == field.name


def test_the_page_has_the_tables_as_they_are() -> None:
    operators = [[f"`{one.form}`", one.help, f"`{one.example}`"] for one in OPERATORS]
    assert rows("Operators") == operators
    fields = {field.name: (field.help, f"`{field.example}`") for field in FIELDS}
    assert {name.strip("`"): (means, example) for name, means, _, example in rows("Fields")} == fields
    values = {name.strip("`"): known for name, _, known, _ in rows("Fields")}
    assert all(values[field.name] == ", ".join(field.values) for field in FIELDS if field.values)


def test_the_page_names_the_limits() -> None:
    limits = PAGE.split("## Limits\n")[1].split("\n## ")[0]
    for limit in (f"{LONGEST_QUERY:,}", MOST_CLAUSES, f"{DEEPEST} deep", f"up to {LARGEST_GAP}", SHORTEST_PREFIX):
        assert str(limit) in limits


def test_the_twenty_questions_of_the_page_are_queries(ask: Ask) -> None:
    questions = rows("Twenty questions")
    assert len(questions) == 20
    for _, query in questions:
        ask(query.strip("`"))


def test_the_other_queries_of_the_page_are_queries(ask: Ask) -> None:
    ask(PAGE.split("```")[1].strip())
    for span in re.findall(r"`([^`]+)`", PAGE.split("## Fields")[1].split("## Limits")[0]):
        if ":" in span and "NAME" not in span and "T10:30" not in span:
            ask(span)


def test_the_benchmark_asks_two_hundred_different_queries(ask: Ask) -> None:
    assert len(BENCH) == len({line.lower() for line in BENCH}) == 200
    for line in BENCH:
        assert ask(query_text(ask(line), timezone=ZONE)) == ask(line)


def test_the_benchmark_asks_by_every_field_and_operator(ask: Ask) -> None:
    asked: Counter[str] = Counter()
    for line in BENCH:
        for node in nodes(ask(line)):
            asked[type(node).__name__] += 1
            asked[getattr(node, "field", "").partition(".")[0]] += 1
            if isinstance(node, Near):
                asked["ordered" if node.ordered else "unordered"] += 1
    kinds = {"And", "Or", "Not", "Near", "AnyOf", "InField", "Word", "Exact", "Prefix", "Phrase", "Keyword"}
    kinds |= {"NumberRange", "DateRange", "Everything", "ordered", "unordered", "attr"}
    assert {name for name in kinds | {field.name for field in FIELDS} if not asked[name]} == set()
    assert {one.word for one in OPERATORS if one.word and not any(one.word in line for line in BENCH)} == set()


def nodes(query: Query | AnyOf) -> Iterator[object]:
    yield query
    match query:
        case And(children) | Or(children):
            inner: tuple[Query | AnyOf, ...] = children
        case Not(child):
            inner = (child,)
        case Near(left, right):
            inner = (left, right)
        case AnyOf(operands):
            inner = operands
        case InField(_, operand):
            inner = (operand,)
        case _:
            inner = ()
    for one in inner:
        yield from nodes(one)
