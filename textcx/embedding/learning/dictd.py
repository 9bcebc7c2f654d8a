"""Dictd: dictionaries in the format of the dict server, such as FreeDict's (`freedict-swe-eng.index`, `.dict.dz`)."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

from textcx.errors import ConfigError

_LANGUAGES = {"swe": "sv", "dan": "da", "nor": "nb", "nob": "nb", "nno": "nn", "fin": "fi", "eng": "en"}
_NAME = re.compile(r"(?:^|-)([a-z]{3})-([a-z]{3})$")
_DIGITS = {
    digit: place for place, digit in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
}
_SENSE = re.compile(r"^\s*\d+\.\s*")
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]|<[^>]*>|\{[^}]*\}|/[^/]*/")
_MOST_WORDS = 3
"""A longer translation explains and does not translate."""
_MOST_SENSES = 4

Entry = tuple[str, str, str, str, float]
"""A word and a translation with their languages, and how much the pair counts: 1 over the word's translations."""


def dictionary_entries(folder: Path) -> Iterator[Entry]:
    """Give the entries of all dictionaries of a folder between two of our languages.

    Raises:
        ConfigError: A dictionary cannot be read.
    """
    for index in sorted(folder.glob("*.index")):
        named = _NAME.search(index.stem)
        if named and named[1] in _LANGUAGES and named[2] in _LANGUAGES:
            try:
                yield from _entries(index, _LANGUAGES[named[1]], _LANGUAGES[named[2]])
            except (OSError, ValueError, KeyError) as error:
                raise ConfigError(f"{index.name} is no dictionary of the dict server: {error}.") from error


def _entries(index: Path, source: str, target: str) -> Iterator[Entry]:
    packed = index.with_suffix(".dict.dz")
    content = gzip.decompress(packed.read_bytes()) if packed.exists() else index.with_suffix(".dict").read_bytes()
    for line in index.read_text(encoding="utf-8").splitlines():
        word, begin, length = line.split("\t")[:3]
        if word.startswith("00"):  # about the dictionary
            continue
        start = _number(begin)
        translations = _translations(content[start : start + _number(length)].decode("utf-8", "replace"))
        for translation in translations:
            yield source, word, target, translation, 1 / len(translations)


def _translations(article: str) -> list[str]:
    """Return the translations of an article, whose senses are numbered, or which has one; explanations are left out."""
    lines = [line for line in article.splitlines()[1:] if line.strip()]
    senses = [line for line in lines if _SENSE.match(line)][:_MOST_SENSES] or lines[:1]
    found: dict[str, None] = {}
    for line in senses:
        for part in re.split(r"[,;]", _ASIDE.sub(" ", _SENSE.sub("", line))):
            words = part.lower().split()
            if 0 < len(words) <= _MOST_WORDS:
                found[" ".join(words)] = None
    return list(found)


def _number(written: str) -> int:
    value = 0
    for digit in written:
        value = value * 64 + _DIGITS[digit]
    return value
