"""Lexicon: the words of one language that praise, blame, negate, strengthen or turn, read from `configs/lexicons/`.

The files and their notation are explained in `configs/lexicons/README.md`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import Field, ValidationError

from textcx.annotation import EmotionName
from textcx.errors import ConfigError, TaxonomyError
from textcx.mention import Frozen
from textcx.safe_yaml import SafeLoader
from textcx.terms import parse_term
from textcx.validation import first_fault
from textcx.words import surfaces_of

Strength = Annotated[float, Field(ge=-5, le=5)]
_KEPT = 16
"""Files of which a process keeps what they say, by their content."""
EVERY_LANGUAGE = "emoji"
"""The file of signs that mean the same in all languages."""


class _File(Frozen):
    language: str | None = None
    extends: str | None = None
    lists: tuple[str, ...] = ()
    negations: tuple[str, ...] = ()
    intensifiers: Mapping[str, Annotated[float, Field(gt=0, le=3)]] = Field(default_factory=dict)
    contrasts: tuple[str, ...] = ()
    conjunctions: tuple[str, ...] = ()
    sentiment: Mapping[Strength, tuple[str, ...]] = Field(default_factory=dict)
    emotions: Mapping[EmotionName, tuple[str, ...]] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of one language. Terms are in the notation of `textcx.terms`.

    Attributes:
        language: The code of the language.
        version: A hash of the content.
        negations: Words that turn what comes after them.
        intensifiers: Words that strengthen (above 1) or weaken (below 1) the next word of praise or blame.
        contrasts: Words that open a clause which outweighs what went before.
        conjunctions: Words that join two clauses of equal weight.
        strengths: Terms with their strength, -5 to 5; 0 silences a term of a list.
        listed: Terms of the free word lists, which hold where `strengths` says nothing.
        emotions: Terms of each emotion.
    """

    language: str
    version: str
    negations: tuple[str, ...]
    intensifiers: Mapping[str, float]
    contrasts: tuple[str, ...]
    conjunctions: tuple[str, ...]
    strengths: Mapping[str, float]
    listed: Mapping[str, float]
    emotions: Mapping[EmotionName, tuple[str, ...]]

    def __hash__(self) -> int:
        """Return the hash of its version, which tells its content."""
        return hash((self.language, self.version))


def read_lexicon(folder: Path, language: str) -> Lexicon:
    """Return the lexicon of a language, with what it extends and the signs that all languages share.

    Raises:
        ConfigError: A file is missing or wrong; the message names file, key and what is accepted.
    """
    own = _read(folder, language)
    names = [EVERY_LANGUAGE, *([own.extends] if own.extends else []), language]
    files = [own if name == language else _read(folder, name) for name in dict.fromkeys(names)]
    listed: dict[str, float] = {}
    for name in (name for file in files for name in file.lists):
        listed.update(_read_list(folder / name))
    lexicon = Lexicon(
        language=language,
        version="",
        negations=_joined([file.negations for file in files]),
        intensifiers={term: factor for file in files for term, factor in file.intensifiers.items()},
        contrasts=_joined([file.contrasts for file in files]),
        conjunctions=_joined([file.conjunctions for file in files]),
        strengths={term: strength for file in files for strength, some in file.sentiment.items() for term in some},
        listed=listed,
        emotions=_joined_emotions(files),
    )
    digest = sha256(repr(lexicon).encode("utf-8")).hexdigest()
    return Lexicon(**{name: getattr(lexicon, name) for name in Lexicon.__slots__} | {"version": digest[:8]})


def _joined(parts: Sequence[Sequence[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(term for part in parts for term in part))


def _joined_emotions(files: Sequence[_File]) -> dict[EmotionName, tuple[str, ...]]:
    names = dict.fromkeys(name for file in files for name in file.emotions)
    return {name: _joined([file.emotions.get(name, ()) for file in files]) for name in names}


def _read(folder: Path, name: str) -> _File:
    path = folder / f"{name}.yaml"
    return _parsed(path.name, _text_of(path, path.name))


def _text_of(path: Path, name: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"lexicons/{name} cannot be read: {error}") from error


@lru_cache(maxsize=_KEPT)
def _parsed(name: str, content: str) -> _File:
    """Return what a file says; the signs are part of each language, and each pipeline of a process reads the same."""
    try:
        file = _File.model_validate(yaml.load(content, Loader=SafeLoader))  # noqa: S506 - safe
        for term in _terms(file):
            parse_term(term)
    except yaml.YAMLError as error:
        raise ConfigError(f"lexicons/{name} cannot be read: {error}") from error
    except ValidationError as error:
        raise ConfigError(f"lexicons/{name}: {first_fault(error)}.") from None
    except TaxonomyError as error:
        raise ConfigError(f"lexicons/{name}: {error}.") from error
    return file


def _terms(file: _File) -> Iterator[str]:
    for some in (file.negations, file.intensifiers, *file.sentiment.values(), *file.emotions.values()):
        yield from some


def _read_list(path: Path) -> Mapping[str, float]:
    """Return the terms of a word list: `word<TAB>strength`, after `#` lines that say how its words are matched."""
    name = f"{path.parent.name}/{path.name}"
    return _parsed_list(name, _text_of(path, name))


@lru_cache(maxsize=_KEPT)
def _parsed_list(name: str, content: str) -> Mapping[str, float]:
    lines = content.splitlines()
    mark = "=" if "# match: lemma" in lines else "=="
    terms: dict[str, float] = {}
    for number, line in enumerate(lines, start=1):
        if not line or line.startswith("#"):
            continue
        word, _, strength = line.partition("\t")
        try:
            terms[(mark if word.isalpha() or len(surfaces_of(word)) == 1 else "") + word] = float(strength)
        except ValueError as error:
            raise ConfigError(f"lexicons/{name} line {number}: no strength after a tab.") from error
    return terms
