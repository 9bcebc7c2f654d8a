"""Language identification: sv, da, nb, nn, fi or en, another language by its code, or `und` where it is unsure."""

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache

import regex
from py3langid.langid import MODEL_FILE
from py3langid.langid import LanguageIdentifier as _Identifier

from textcx.words import LANGUAGES, UNKNOWN_LANGUAGE, Lemmas, words_of

VERSION = "langid-4"
_LABELS = {"no": "nb"}
"""py3langid's `no` was learned from texts of which nearly all are Bokmål."""
_OTHERS = (
    "ar", "bs", "cs", "de", "el", "es", "et", "fa", "fo", "fr", "he", "hi", "hr", "hu", "is", "it", "ja", "ko", "lt",
    "lv", "nl", "pl", "pt", "ro", "ru", "se", "so", "sq", "sr", "th", "tr", "uk", "vi", "zh",
)  # fmt: skip
"""What else people write here; without them a German text would have to be one of ours."""
_SURE_OF_ANOTHER = 0.9
"""A text is only left unjudged for its language when that is plain: short texts of ours look like many others."""
_SURE = 0.5
_DECLARED_WEIGHT = 8.0
"""How much likelier a declared language is. Sources are right far more often than not, but a shop's Danish page has
Swedish customers. Chosen on the development part of nordic-lid with one declaration in ten made wrong."""
_SHORT_WORDS = 12
"""Up to so many words a dictionary knows more than letters do: "Snabb leverans" is Swedish."""
_KNOWN_WEIGHT = 4.0
_MOST_COUNTED_WORDS = 6
"""How much likelier each word that a language's dictionary holds makes it. Chosen on the development part of
nordic-lid: of texts under 20 letters 17 % instead of 29 % stay without a language, and 96 % of the others are right."""
_FEWEST_WORDS = 6
_KNOWN_SHARE = 0.8
_KNOWN_LEAD = 0.2
_DECLARED_LAG = 0.1
_SURE_BY_WORDS = 0.999
"""A dictionary that knows so much of a text, and so much more than any other, decides alone, ten times as fast: half of
the texts of nordic-lid with six or more words, 99.9 % of them rightly."""
_MOST_WORDS = 40
_UNSEEN = 1e-3
_LENGTHENED = re.compile(r"([^\W\d_])\1{2,}")
"""Letters that people repeat: no dictionary knows "aaaaldrig"."""
_NO_LETTERS = regex.compile(r"[^\p{L}\p{M}'’]+")
_LONGEST = 160
"""Code points that are looked at; more adds nothing but time."""


def is_lengthened(text: str) -> bool:
    """Tell whether somebody repeated letters: "sååå bra"."""
    return _LENGTHENED.search(text) is not None


class LanguageIdentifier:
    """Tells languages by their dictionaries where that is plain, else by py3langid, limited to those that occur here.

    Args:
        lemmas: The dictionaries of our languages.
    """

    def __init__(self, lemmas: Lemmas) -> None:
        self._lemmas = lemmas

    def identify(self, text: str, *, declared: str | None = None) -> tuple[str, float]:
        """Return the code and its probability; `und` for a text without letters or where nothing is likely.

        Args:
            text: The text.
            declared: What its source says; a hint, not an order. `no` counts as `nb`.
        """
        text = _LENGTHENED.sub(r"\1", text)
        words = [word for word in words_of(text).surfaces[:_MOST_WORDS] if word.isalpha()]
        known = _known(Counter(map(self._lemmas.languages_of, words)))
        hint = _LABELS.get(declared or "", declared)
        plain = _plain(known, len(words), hint)
        if plain is not None:
            return plain, _SURE_BY_WORDS
        letters = _NO_LETTERS.sub(" ", text[:_LONGEST])
        if not letters.strip():
            return UNKNOWN_LANGUAGE, 0.0
        shares = {_LABELS.get(code, code): float(share) for code, share in _model().rank(letters)}
        likeliest = max(shares, key=shares.__getitem__)
        if likeliest not in LANGUAGES and shares[likeliest] >= _SURE_OF_ANOTHER and hint not in LANGUAGES:
            return likeliest, round(min(1.0, shares[likeliest]), 3)
        weights = _weights(known, len(words), hint)
        return _among_ours({code: (shares[code] + _UNSEEN) * weight for code, weight in weights.items()})


@cache
def _model() -> _Identifier:
    """Return py3langid's model, one for a process: it takes half a second, and plain texts need none."""
    model = _Identifier.from_model_file(MODEL_FILE, norm_probs=True)
    model.set_languages([*_OTHERS, *_LABELS, *(set(LANGUAGES) - set(_LABELS.values()))])
    return model


def _known(words_of_languages: Mapping[tuple[str, ...], int]) -> Counter[str]:
    """Return how many words each dictionary knows, from how many words each set of them knows."""
    known: Counter[str] = Counter()
    for languages, words in words_of_languages.items():
        for language in languages:
            known[language] += words
    return known


def _plain(known: Mapping[str, int], words: int, hint: str | None) -> str | None:
    """Return the language whose dictionary knows nearly all words and far more than any other, or None.

    The declared language need not lead: it is enough that none leads before it.
    """
    if words < _FEWEST_WORDS:
        return None
    best, second = sorted(LANGUAGES, key=lambda code: known.get(code, 0))[:-3:-1]
    if hint in LANGUAGES:
        is_declared = known.get(hint, 0) >= max(_KNOWN_SHARE * words, known[best] - _DECLARED_LAG * words)
        return hint if is_declared else None
    lead = known.get(best, 0) - known.get(second, 0)
    return best if known.get(best, 0) >= _KNOWN_SHARE * words and lead >= _KNOWN_LEAD * words else None


def _weights(known: Mapping[str, int], words: int, hint: str | None) -> dict[str, float]:
    """Return how much likelier declaration and dictionary make each of our languages."""
    weights = {code: _DECLARED_WEIGHT if code == hint else 1.0 for code in LANGUAGES}
    if 0 < words <= _SHORT_WORDS:
        counted = min(words, _MOST_COUNTED_WORDS) / words
        for code in LANGUAGES:
            weights[code] *= _KNOWN_WEIGHT ** (known.get(code, 0) * counted)
    return weights


def _among_ours(weighted: Mapping[str, float]) -> tuple[str, float]:
    code = max(weighted, key=weighted.__getitem__)
    total = sum(weighted.values())
    share = round(weighted[code] / total, 3) if total else 0.0
    return (code, share) if share >= _SURE else (UNKNOWN_LANGUAGE, share)
