"""E-mail addresses, also with the at sign and the dots spelled so that programs shall not see them."""

import re
from collections.abc import Iterator

import regex

from ingest.recognizers.shadow import Span

_LONGEST_LOCAL_PART = 254
_MAYBE_AT = re.compile(r"[@%\\&(\[{<]")
_AT = regex.compile(
    r"@|%40|\\u0040|&(?:amp;)?(?:#0*64|#x0*40|commat);"
    r"|\s?[(\[{<]\s?(?:@|at|a|ät|snabel-?a|krøllalfa|alfakrøll|miuku(?:mauku)?)\s?[)\]}>]\s?",
    regex.IGNORECASE,
)
_DOT = r"(?:\.|\s?[(\[{]\s?(?:\.|dot|punkt|punktum|prik|prikk|piste)\s?[)\]}]\s?)"
_LOCAL_PART = regex.compile(r"(?r)[\p{L}\p{N}\p{M}._%+'’\-]+")  # read backwards, from the at sign
_DOMAIN = regex.compile(
    rf"(?:[\p{{L}}\p{{N}}][\p{{L}}\p{{N}}\-]{{0,62}}{_DOT}){{1,8}}\p{{L}}{{2,24}}", regex.IGNORECASE
)


def mail_addresses(text: str) -> Iterator[Span]:
    """Give where the e-mail addresses stand."""
    position = 0
    for at in _AT.finditer(text) if _MAYBE_AT.search(text) else ():
        earliest = max(position, at.start() - _LONGEST_LOCAL_PART)
        local = _LOCAL_PART.match(text, earliest, at.start())
        domain = local and _DOMAIN.match(text, at.end())
        if local and domain:
            position = domain.end()
            yield local.start(), position
