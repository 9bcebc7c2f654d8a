"""The emotions a text expresses, in `Doc._.textcx_emotions`: `name`, `score`, `evidence`, `touchpoint` each."""

from typing import Any

from textcx.components.base import EMOTIONS, LANGUAGE, TOUCHPOINTS, Known, LexicalComponent, code_of
from textcx.model.lexical import LexicalAnalysis


class EmotionsComponent(LexicalComponent):
    """Finds emotions by lexicon; where touchpoints were found before, each says which one it is about.

    Args:
        analysis: The shared analysis.
    """

    def __init__(self, analysis: LexicalAnalysis) -> None:
        super().__init__(EMOTIONS, needs=(LANGUAGE, TOUCHPOINTS), version=analysis.version, analysis=analysis)

    def judge(self, text: str, known: Known) -> Any:
        """Return the emotions of a text."""
        return self.analysis.emotions(text, code_of(known), known.get(TOUCHPOINTS) or ())
