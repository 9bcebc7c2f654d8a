"""The language of a text, in `Doc._.textcx_language`: `code` and `confidence`."""

from typing import Any

from textcx.components.base import DECLARED, LANGUAGE, Known, TextComponent
from textcx.model.language import VERSION, LanguageIdentifier
from textcx.words import Lemmas


class LanguageComponent(TextComponent):
    """Identifies the language; a declared one (`Doc._.textcx_declared`) is a hint.

    Args:
        lemmas: The dictionaries of our languages, which its neighbours share.
    """

    def __init__(self, lemmas: Lemmas) -> None:
        super().__init__(LANGUAGE, needs=(DECLARED,), version=VERSION)
        self._identifier = LanguageIdentifier(lemmas)

    def judge(self, text: str, known: Known) -> Any:
        """Return the language of a text."""
        code, confidence = self._identifier.identify(text, declared=known[DECLARED])
        return {"code": code, "confidence": confidence}
