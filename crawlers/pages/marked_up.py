"""Marked up: things that the elements of a page describe, as microdata or as RDFa Lite, the two ways of schema.org.

Microdata is read by the HTML standard's section "Microdata to JSON", RDFa by the W3C's "RDFa Lite 1.1": types,
properties, values and references by name. Each element is looked at once, so a page takes time as it is long.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from lxml.etree import _Element as Element

_DEEPEST = 40
_LINKS: Mapping[str, str] = {
    **dict.fromkeys(("audio", "embed", "iframe", "img", "source", "track", "video"), "src"),
    **dict.fromkeys(("a", "area", "link"), "href"),
    "object": "data",
}
_WRITTEN: Mapping[str, str] = {"meta": "content", "data": "value", "meter": "value", "time": "datetime"}
_BLOCKS = frozenset(
    {
        *("address", "article", "blockquote", "br", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr"),
        *("li", "ol", "p", "pre", "section", "table", "td", "tr", "ul"),
    }
)
_UNREAD = frozenset({"script", "style", "template", "noscript"})


@dataclass(frozen=True, slots=True)
class Manner:
    """How a page says it: names of attributes.

    Attributes:
        scope: Makes an element a thing.
        types: Says what it is.
        names: Says of which property an element is a value.
        ids: Name the thing, or refer to one; the first that is there.
        content: Says the value in place of the text, or empty.
    """

    scope: str
    types: str
    names: str
    ids: tuple[str, ...]
    content: str = ""


MICRODATA = Manner("itemscope", "itemtype", "itemprop", ("itemid",))
RDFA = Manner("typeof", "typeof", "property", ("resource", "about"), "content")


def marked_things(root: Element, manner: Manner, url: str) -> Iterator[dict[str, Any]]:
    """Give the things at the top of a page, as JSON-LD has them; those inside stand in their properties.

    Args:
        root: Of the page.
        manner: Microdata or RDFa.
        url: Of the page, against which its links are read.
    """
    page = _Page(manner, url, {one.get("id", ""): one for one in root.iter() if isinstance(one.tag, str)})
    stack = [root]
    while stack:
        element = stack.pop()
        if not isinstance(element.tag, str):
            continue
        if page.is_thing(element) and not element.get(manner.names):
            yield page.thing(element, 0)
            stack += reversed(page.unclaimed(element))
        else:
            stack += reversed(list(element))


@dataclass(frozen=True, slots=True)
class _Page:
    manner: Manner
    url: str
    by_id: Mapping[str, Element]

    def is_thing(self, element: Element) -> bool:
        return element.get(self.manner.scope) is not None

    def thing(self, element: Element, depth: int) -> dict[str, Any]:
        made: dict[str, Any] = {}
        if types := (element.get(self.manner.types) or "").split():
            made["@type"] = types
        if name := self._named(element):
            made["@id"] = name
        for inner in self._inside(element):
            value = self._value(inner, depth + 1)
            for name in (inner.get(self.manner.names) or "").split():
                if value is not None:
                    made.setdefault(name, []).append(value)
        return made

    def unclaimed(self, element: Element) -> list[Element]:
        """Return the things inside that are no value of it: they stand at the top, too."""
        found = []
        stack = list(element)
        while stack:
            one = stack.pop()
            if not isinstance(one.tag, str):
                continue
            if self.is_thing(one) and not one.get(self.manner.names):
                found.append(one)
            else:
                stack += list(one)
        return found

    def _inside(self, element: Element) -> Iterator[Element]:
        """Give the elements that are values of a thing, in order; those of `itemref` after its own."""
        seen: set[Element] = {element}
        references = (element.get("itemref") or "").split() if self.manner is MICRODATA else []
        stack = [self.by_id[one] for one in reversed(references) if one in self.by_id] + list(reversed(list(element)))
        while stack:
            one = stack.pop()
            if not isinstance(one.tag, str) or one in seen:
                continue
            seen.add(one)
            if one.get(self.manner.names):
                yield one
            if not self.is_thing(one):
                stack += reversed(list(one))

    def _value(self, element: Element, depth: int) -> Any:
        manner, tag = self.manner, str(element.tag).lower()
        if self.is_thing(element):
            return self.thing(element, depth) if depth <= _DEEPEST else None
        if manner.content and element.get(manner.content) is not None:
            return element.get(manner.content)
        if manner is RDFA and (name := self._named(element)):
            return {"@id": name}
        if tag in _LINKS and element.get(_LINKS[tag]):
            return urljoin(self.url, element.get(_LINKS[tag], "").strip())
        if tag in _WRITTEN and element.get(_WRITTEN[tag]) is not None:
            return element.get(_WRITTEN[tag])
        return text_of(element)

    def _named(self, element: Element) -> str | None:
        for name in self.manner.ids:
            if found := (element.get(name) or "").strip():
                return found if found.startswith("_:") else urljoin(self.url, found)
        return None


def text_of(element: Element) -> str:
    """Return what an element shows, a line for each block, without scripts and styles."""
    parts: list[str] = []
    stack: list[Element | str] = [element]
    while stack:
        one = stack.pop()
        if isinstance(one, str):
            parts.append(one)
            continue
        inner: Sequence[Element] = list(one) if isinstance(one.tag, str) and one.tag not in _UNREAD else []
        line = "\n" if isinstance(one.tag, str) and one.tag in _BLOCKS else ""
        stack += [one.tail or "", line] if one is not element else []
        stack += reversed(inner)
        is_read = isinstance(one.tag, str) and one.tag not in _UNREAD
        parts += [line, (one.text or "").replace("\n", " ") if is_read else ""]
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)
