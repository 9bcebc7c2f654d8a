"""The language of a text, in `Doc._.textcx_language`: `code` and `confidence`."""

from typing import Any

from spacy.tokens import Doc

from textcx.components.base import DECLARED, LANGUAGE, TextComponent, add_extension, text_of
from textcx.model.language import VERSION, LanguageIdentifier


class LanguageComponent(TextComponent):
    """Identifies the language; a declared one (`Doc._.textcx_declared`) is a hint.

    Args:
        identifier: Tells languages.
    """

    def __init__(self, identifier: LanguageIdentifier) -> None:
        super().__init__(LANGUAGE, VERSION)
        add_extension(DECLARED)
        self._identifier = identifier

    def annotate(self, doc: Doc) -> Any:
        """Return the language of a document."""
        code, confidence = self._identifier.identify(text_of(doc), declared=doc._.get(DECLARED))
        return {"code": code, "confidence": confidence}
