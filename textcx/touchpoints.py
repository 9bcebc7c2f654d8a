"""Touchpoints: the named places where a customer meets a brand, and the taxonomy that lists them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from hashlib import sha256
from pathlib import Path

from textcx.errors import TaxonomyError
from textcx.taxonomy_file import Draft, Entry, read_draft
from textcx.taxonomy_rules import errors, parents_of, stage_of, warnings
from textcx.words import Lemmas

_HASH_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Touchpoint:
    """A place where a customer meets a brand.

    Attributes:
        id: Its name in data and queries; never changed once in use.
        stage: The stage of the journey that it lies on.
        label: Its name for people, by language.
        terms: The words that name it, by language, in the notation of `textcx.terms`.
        exclusions: Phrases that hold a term and are no mention of it, by language.
        examples: Phrases that speak of it, by language; where no head knows it, what means the same is found.
        parent: The touchpoint that this one divides, or None.
    """

    id: str
    stage: str
    label: Mapping[str, str]
    terms: Mapping[str, tuple[str, ...]]
    exclusions: Mapping[str, tuple[str, ...]]
    examples: Mapping[str, tuple[str, ...]]
    parent: str | None = None

    def terms_in(self, language: str) -> tuple[str, ...]:
        """Return the terms for texts of a language; Nynorsk has those of Bokmål too."""
        return _with_fallback(self.terms, language)

    def exclusions_in(self, language: str) -> tuple[str, ...]:
        """Return the phrases that are no mention, for texts of a language."""
        return _with_fallback(self.exclusions, language)

    def phrases(self) -> list[str]:
        """Return its examples in all languages."""
        return [text for texts in self.examples.values() for text in texts]

    def label_in(self, language: str) -> str:
        """Return the label in a language, or else in the nearest one there is."""
        return self.label.get(language) or (self.label["nb"] if language == "nn" else self.label["en"])


def _with_fallback(words: Mapping[str, tuple[str, ...]], language: str) -> tuple[str, ...]:
    if language == "nn":
        return (*words.get("nb", ()), *words.get("nn", ()))
    return words.get(language, ())


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """The touchpoints in force.

    Attributes:
        name: Its name.
        version: The author's version and a hash of the content, so that no two contents share one.
        stages: The stages of the journey in order.
        touchpoints: The touchpoints in the order of the file.
    """

    name: str
    version: str
    stages: tuple[str, ...]
    touchpoints: tuple[Touchpoint, ...]
    _ancestors: Mapping[str, tuple[str, ...]] = field(repr=False)

    def __hash__(self) -> int:
        """Return the hash of its version, which tells its content."""
        return hash((self.name, self.version))

    def stage_of(self, identifier: str) -> str:
        """Return the stage of a touchpoint.

        Raises:
            TaxonomyError: There is no such touchpoint.
        """
        for point in self.touchpoints:
            if point.id == identifier:
                return point.stage
        raise self._unknown(identifier)

    def ancestors(self, identifier: str) -> tuple[str, ...]:
        """Return the parent of a touchpoint, the parent's parent, and so on.

        Raises:
            TaxonomyError: There is no such touchpoint.
        """
        if identifier not in self._ancestors:
            raise self._unknown(identifier)
        return self._ancestors[identifier]

    def are_related(self, one: str, other: str) -> bool:
        """Tell whether two touchpoints are the same, or one divides the other.

        Raises:
            TaxonomyError: There is no such touchpoint.
        """
        return one == other or one in self.ancestors(other) or other in self.ancestors(one)

    def _unknown(self, identifier: str) -> TaxonomyError:
        known = ", ".join(point.id for point in self.touchpoints)
        return TaxonomyError(f"{self.name}: there is no touchpoint {identifier!r}. Known: {known}.")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check has to say about a taxonomy file; an error keeps it from being used."""

    message: str
    is_error: bool

    def __str__(self) -> str:
        return f"{'error' if self.is_error else 'warning'}: {self.message}"


def read_taxonomy(path: Path, *, folder: Path) -> Taxonomy:
    """Return the taxonomy of a file, with what it extends.

    Args:
        path: The file.
        folder: Where the taxonomies lie that it may extend, besides its own folder.

    Raises:
        TaxonomyError: The file cannot be read or contradicts itself; says file, key and the way out.
    """
    draft = read_draft(path, folder=folder)
    faults = list(errors(draft))
    if faults:
        more = f" ({len(faults) - 1} more: textcx touchpoints check {path.name})" if len(faults) > 1 else ""
        raise TaxonomyError(faults[0] + more)
    return _build(draft)


def check_taxonomy(path: Path, *, folder: Path | None = None, lemmas: Lemmas | None = None) -> list[Finding]:
    """Return all that is wrong or doubtful in a taxonomy file, in words; an empty list is a clean bill.

    Args:
        path: The file.
        folder: Where the taxonomies lie that it may extend, besides its own folder.
        lemmas: Lemmas if some are loaded already; loading them takes a second.
    """
    try:
        draft = read_draft(path, folder=folder or path.parent)
    except TaxonomyError as error:
        return [Finding(str(error), is_error=True)]
    faults = [Finding(message, is_error=True) for message in errors(draft)]
    if faults:
        return faults
    return [Finding(message, is_error=False) for message in warnings(draft, lemmas or Lemmas())]


def _build(draft: Draft) -> Taxonomy:
    known = {entry.id: entry for entry in draft.entries}
    points = tuple(_build_touchpoint(entry, known) for entry in draft.entries)
    names = [field.name for field in fields(Touchpoint)]  # `asdict` copies each word: it takes ten times as long
    plain = [{name: getattr(point, name) for name in names} for point in points]
    content = json.dumps([draft.stages, plain], ensure_ascii=False, sort_keys=True)
    digest = sha256(content.encode("utf-8")).hexdigest()[:_HASH_DIGITS]
    ancestors = {identifier: tuple(parents_of(identifier, known)) for identifier in known}
    return Taxonomy(draft.name, f"{draft.version}+{digest}", draft.stages, points, ancestors)


def _build_touchpoint(entry: Entry, known: Mapping[str, Entry]) -> Touchpoint:
    return Touchpoint(
        id=entry.id,
        stage=stage_of(entry, known) or "",
        label=dict(entry.label),
        terms=dict(entry.terms),
        exclusions=dict(entry.except_),
        examples=dict(entry.examples),
        parent=entry.parent,
    )
