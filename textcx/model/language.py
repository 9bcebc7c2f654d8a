"""Language identification: sv, da, nb, nn, fi or en, another language by its code, or `und` where it is unsure."""

from collections.abc import Mapping
from functools import cached_property

from py3langid.langid import MODEL_FILE
from py3langid.langid import LanguageIdentifier as _Identifier

from textcx.words import LANGUAGES, UNKNOWN_LANGUAGE

VERSION = "langid-1"
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
_LONGEST = 240
"""Code points that are looked at; more adds nothing but time."""


class LanguageIdentifier:
    """Tells the language of a text by py3langid, limited to the languages that occur here."""

    def identify(self, text: str, *, declared: str | None = None) -> tuple[str, float]:
        """Return the code and its probability; `und` for a text without letters or where nothing is likely.

        Args:
            text: The text.
            declared: What its source says; a hint, not an order. `no` counts as `nb`.
        """
        if not any(character.isalpha() for character in text[:_LONGEST]):
            return UNKNOWN_LANGUAGE, 0.0
        hint = _LABELS.get(declared or "", declared)
        shares = {_LABELS.get(code, code): float(share) for code, share in self._model.rank(text[:_LONGEST])}
        likeliest = max(shares, key=shares.__getitem__)
        if likeliest not in LANGUAGES and shares[likeliest] >= _SURE_OF_ANOTHER and hint not in LANGUAGES:
            return likeliest, round(shares[likeliest], 3)
        return _among_ours(shares, hint)

    @cached_property
    def _model(self) -> _Identifier:
        model = _Identifier.from_model_file(MODEL_FILE, norm_probs=True)
        model.set_languages([*_OTHERS, *_LABELS, *(set(LANGUAGES) - set(_LABELS.values()))])
        return model


def _among_ours(shares: Mapping[str, float], hint: str | None) -> tuple[str, float]:
    weighted = {code: shares[code] * (_DECLARED_WEIGHT if code == hint else 1.0) for code in LANGUAGES}
    code = max(weighted, key=weighted.__getitem__)
    total = sum(weighted.values())
    share = weighted[code] / total if total else 0.0
    return (code, round(share, 3)) if share >= _SURE else (UNKNOWN_LANGUAGE, round(share, 3))
