"""The polarity of the whole text, in `Doc._.textcx_sentiment`: polarity, score, confidence, evidence; or None."""

from typing import Any

from spacy.tokens import Doc

from textcx.components.base import SENTIMENT, LexicalComponent, language_of, text_of
from textcx.model.lexical import LexicalAnalysis
from textcx.model.sentiment import summarize


class SentimentComponent(LexicalComponent):
    """Judges by the lexicon of the text's language.

    Args:
        analysis: The shared analysis.
    """

    def __init__(self, analysis: LexicalAnalysis) -> None:
        super().__init__(SENTIMENT, analysis.version, analysis)

    def annotate(self, doc: Doc) -> Any:
        """Return the sentiment of a document, or None where it cannot be judged."""
        judgements = self.analysis.judge(text_of(doc), language_of(doc))
        if judgements is None:
            return None
        whole = summarize(judgements)
        return {
            "polarity": whole.polarity,
            "score": whole.score,
            "confidence": whole.confidence,
            "evidence": [{"start": start, "end": end} for start, end in whole.evidence],
        }
