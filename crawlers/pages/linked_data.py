"""Linked data: the things that a page describes in schema.org's words, be it as JSON-LD, microdata or RDFa.

Pages are written by hand and by plug-ins that nobody tests, so each script is read by itself, as JSON, as JSON with
faults, or as JavaScript, and one that cannot be read spoils no other.
"""

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import chompjs
import orjson

from crawlers.page import Page
from crawlers.pages.marked_up import MICRODATA, RDFA, marked_things

_WRAPPED = re.compile(
    r"^\s*(?://\s*)?(?:<!\[CDATA\[|<!--[^\n]*?(?:-->)?(?=\s*[\[{\n]))|(?://\s*)?(?:\]\](?:>|&gt;)|-->)\s*;?\s*$"
)
_REFERENCE = frozenset({"@id"})
_DEEPEST = 40
Raw = Mapping[str, Any]
Syntax = Literal["json-ld", "microdata", "rdfa"]


@dataclass(frozen=True, eq=False)
class Thing:
    """Something that a page describes.

    Attributes:
        raw: As in JSON-LD; property names without their vocabulary.
        named: All things of the page that have an id, by it, for those that only refer to them.
        syntax: In which way the page describes it.
    """

    raw: Raw
    named: Mapping[str, Raw]
    syntax: Syntax

    @cached_property
    def types(self) -> frozenset[str]:
        """What it is: names of schema.org's types."""
        return frozenset(_short(one) for one in _list(self.raw.get("@type")) if isinstance(one, str))

    @property
    def id(self) -> str | None:
        """What it is called in the page's data, if that is a name at all."""
        found = self.raw.get("@id")
        return found if isinstance(found, str) and found and not found.startswith("_:") else None

    def values(self, *names: str) -> Iterator["str | Thing"]:
        """Give the values of the first of these properties that has any."""
        for name in names:
            found = [value for one in _list(self.raw.get(name)) if (value := self._value(one)) is not None]
            if found:
                yield from found
                return

    def things(self, *names: str) -> Iterator["Thing"]:
        """Give those values that are things."""
        yield from (value for value in self.values(*names) if isinstance(value, Thing))

    def text(self, *names: str) -> str | None:
        """Return the first value of the first of these properties as text; of a thing its name."""
        for name in names:
            for value in self.values(name):
                found = value.strip() if isinstance(value, str) else value.text("name", "@value")
                if found:
                    return found
        return None

    def _value(self, one: Any) -> "str | Thing | None":
        if isinstance(one, Mapping):
            if "@value" in one:
                return self._value(one["@value"])
            if set(one) <= _REFERENCE:
                one = self.named.get(str(one.get("@id")))
            return Thing(one, self.named, self.syntax) if one else None
        if isinstance(one, bool) or one is None:
            return None
        return one if isinstance(one, str) else str(one)


def things_of(page: Page) -> list[Thing]:
    """Return the things that a page describes at its top; others stand in their properties."""
    tops: list[tuple[Syntax, Raw]] = [("json-ld", one) for one in _json_ld(page)]
    tops += [("microdata", one) for one in _microdata(page)]
    tops += [("rdfa", one) for one in _rdfa(page)]
    named: dict[str, Raw] = {}
    for _, one in tops:
        _collect(one, named, 0)
    return [Thing(one, named, syntax) for syntax, one in tops]


def _json_ld(page: Page) -> Iterator[Raw]:
    scripts = page.html.xpath("//script[contains(translate(@type, 'LDJSON', 'ldjson'), 'ld+json')]")
    for script in scripts:
        for value in _parse("".join(script.xpath("./text()").getall())):
            yield from _tops(_bare(value, 0))


def _parse(written: str) -> list[Any]:
    """Return what a script holds, however it is written."""
    text = _WRAPPED.sub("", _WRAPPED.sub("", written.strip())).strip().rstrip(";").strip()
    if not text:
        return []
    try:
        return [orjson.loads(text)]
    except orjson.JSONDecodeError:
        pass
    try:
        return [json.loads(text, strict=False)]
    except (ValueError, RecursionError):
        pass
    try:
        return list(chompjs.parse_js_objects(written, loader_kwargs={"strict": False}))
    except (ValueError, RecursionError, StopIteration):
        return []


def _tops(value: Any) -> Iterator[Raw]:
    for one in _list(value):
        if isinstance(one, Mapping):
            graph = one.get("@graph")
            if graph is not None:
                yield from _tops(graph)
            if set(one) - {"@graph", "@context", "@id"}:
                yield one


def _bare(value: Any, depth: int) -> Any:
    """Return a value with short property names, its texts without entities; what nests for ever is cut."""
    if isinstance(value, str):
        return html.unescape(value) if "&" in value else value
    if depth > _DEEPEST:
        return None
    if isinstance(value, list):
        return [_bare(one, depth + 1) for one in value]
    if isinstance(value, dict):
        return {name if name.startswith("@") else _short(name): _bare(one, depth + 1) for name, one in value.items()}
    return value


def _microdata(page: Page) -> Iterator[Raw]:
    if "itemscope" in page.text:
        yield from (_bare(one, 0) for one in marked_things(page.html.root, MICRODATA, page.url))


def _rdfa(page: Page) -> Iterator[Raw]:
    if "typeof=" in page.text:
        yield from (_bare(one, 0) for one in marked_things(page.html.root, RDFA, page.url))


def _collect(value: Any, named: dict[str, Raw], depth: int) -> None:
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for one in value:
            _collect(one, named, depth + 1)
    elif isinstance(value, dict):
        identifier = value.get("@id")
        if isinstance(identifier, str) and len(value) > len(named.get(identifier, ())) and set(value) != _REFERENCE:
            named[identifier] = value
        for one in value.values():
            _collect(one, named, depth + 1)


def _short(name: str) -> str:
    """Return the last part of a name.

    Example:
        >>> _short("http://schema.org/reviewBody"), _short("schema:Review"), _short("name")
        ('reviewBody', 'Review', 'name')
    """
    return re.split(r"[/#:]", name.rstrip("/"))[-1]


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
