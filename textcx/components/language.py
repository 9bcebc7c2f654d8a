"""The language of a text, in `Doc._.textcx_language`: `code` and `confidence`."""

from typing import Any

from spacy.tokens import Doc

from textcx.components.base import DECLARED, LANGUAGE, TextComponent, add_extension, text_of
from textcx.model.language import VERSION, LanguageIdentifier
from textcx.words import Lemmas


class LanguageComponent(TextComponent):
    """Identifies the language; a declared one (`Doc._.textcx_declared`) is a hint.

    Args:
        lemmas: The dictionaries of our languages, which its neighbours share.
    """

    def __init__(self, lemmas: Lemmas) -> None:
        super().__init__(LANGUAGE, VERSION)
        add_extension(DECLARED)
        self.lemmas = lemmas
        self._identifier = LanguageIdentifier(lemmas)

    def annotate(self, doc: Doc) -> Any:
        """Return the language of a document."""
        code, confidence = self._identifier.identify(text_of(doc), declared=doc._.get(DECLARED))
        return {"code": code, "confidence": confidence}
