"""Wish: which posts of a stream are wanted, in the words that a search of the same network takes."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import regex

_TERMS = regex.compile(r'"([^"]*)"|(\S+)')
_WILD = "*"
_DOMAIN = "domain:"


@dataclass(frozen=True)
class Wish:
    """Terms that all must stand in a post.

    Attributes:
        words: Words and phrases, as patterns for a text.
        tags: Without #, in small letters.
        domains: Of pages that it links to; a domain holds those below it.
    """

    words: tuple[str, ...]
    tags: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()

    @cached_property
    def _patterns(self) -> "tuple[regex.Pattern[str], ...]":
        return tuple(regex.compile(word, regex.IGNORECASE) for word in self.words)

    def holds(self, text: str, *, tags: Collection[str] = (), links: Collection[str] = ()) -> bool:
        """Say whether a post is wanted.

        Args:
            text: Its words.
            tags: Its hashtags without #, in small letters; those in the text need not be among them.
            links: Addresses that it links to.

        Example:
            >>> wish = read_wish('"rea hos" acme* #rea domain:acme.example')
            >>> wish.holds("Stor rea hos Acmes butik #Rea", links=["https://www.acme.example/rea"])
            True
            >>> wish.holds("Stor rea hos Acmes butik #Rea", links=["https://notacme.example"])
            False
        """
        if not all(pattern.search(text) for pattern in self._patterns):
            return False
        if not all(tag in tags or _stands_as_tag(tag, text) for tag in self.tags):
            return False
        return all(any(_is_within(link, domain) for link in links) for domain in self.domains)


def read_wish(written: str) -> Wish:
    """Return a wish of words, a "phrase", word* (and its endings), #tags and domain:acme.example; all must be met.

    Raises:
        ValueError: It has none of these, or a term that only a search knows.
    """
    words, tags, domains = list[str](), list[str](), list[str]()
    for phrase, term in _TERMS.findall(written):
        small = term.lower()
        if phrase.split():
            words.append(_pattern(r"\s+".join(regex.escape(word) for word in phrase.split())))
        elif small.startswith("#") and len(small) > 1:
            tags.append(small[1:])
        elif small.startswith(_DOMAIN) and len(small) > len(_DOMAIN):
            domains.append(small.removeprefix(_DOMAIN).strip("/"))
        elif ":" in small or small.startswith("-"):
            raise ValueError(f"a stream cannot be asked for {term[:40]!r}; only for words, phrases, #tags and domain:")
        elif any(character.isalnum() for character in small):
            is_wild = small.endswith(_WILD)
            words.append(_pattern(regex.escape(small.rstrip(_WILD)), ending=r"\w*" if is_wild else ""))
    if not (words or tags or domains):
        raise ValueError('it has no word; write words, a "phrase", #tags or domain:acme.example')
    return Wish(tuple(words), tuple(tags), tuple(domains))


def check_wish(written: str) -> str:
    """Return a wish as it was written, if it can be read: for settings.

    Raises: as `read_wish`.
    """
    read_wish(written)
    return written


def as_search(written: str) -> str:
    """Return a wish as a search takes it, which knows no endings of words: it finds more than was wished for.

    Example:
        >>> as_search('acme* "rea hos" #rea')
        'acme "rea hos" #rea'
    """
    terms = (f'"{phrase}"' if phrase else term.rstrip(_WILD) for phrase, term in _TERMS.findall(written))
    return " ".join(filter(None, terms))


def _pattern(inner: str, *, ending: str = "") -> str:
    return rf"(?<!\w){inner}{ending}(?!\w)"


def _stands_as_tag(tag: str, text: str) -> bool:
    return regex.search(rf"[#＃]{regex.escape(tag)}(?!\w)", text, regex.IGNORECASE) is not None


def _is_within(link: Any, domain: str) -> bool:
    try:
        host = (urlsplit(link).hostname or "").lower() if isinstance(link, str) else ""
    except ValueError:
        return False
    return host == domain or host.endswith(f".{domain}")
