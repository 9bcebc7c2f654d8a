"""The emotions a text expresses, in `Doc._.textcx_emotions`: `name`, `score`, `evidence`, `touchpoint` each."""

from typing import Any

from spacy.tokens import Doc

from textcx.components.base import EMOTIONS, TOUCHPOINTS, LexicalComponent, add_extension, language_of, text_of
from textcx.model.lexical import LexicalAnalysis


class EmotionsComponent(LexicalComponent):
    """Finds emotions by lexicon; where touchpoints were found before, each says which one it is about.

    Args:
        analysis: The shared analysis.
    """

    def __init__(self, analysis: LexicalAnalysis) -> None:
        super().__init__(EMOTIONS, analysis.version, analysis)
        add_extension(TOUCHPOINTS)

    def annotate(self, doc: Doc) -> Any:
        """Return the emotions of a document."""
        return self.analysis.emotions(text_of(doc), language_of(doc), doc._.get(TOUCHPOINTS) or ())
