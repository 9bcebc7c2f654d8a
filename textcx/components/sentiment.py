"""The polarity of the whole text, in `Doc._.textcx_sentiment`: polarity, score, confidence, evidence; or None."""

from typing import Any

from textcx.components.base import LANGUAGE, SENTIMENT, Known, LexicalComponent, code_of
from textcx.model.lexical import LexicalAnalysis
from textcx.model.sentiment import summarize


class SentimentComponent(LexicalComponent):
    """Judges by the lexicon of the text's language.

    Args:
        analysis: The shared analysis.
    """

    def __init__(self, analysis: LexicalAnalysis) -> None:
        super().__init__(SENTIMENT, needs=(LANGUAGE,), version=analysis.version, analysis=analysis)

    def judge(self, text: str, known: Known) -> Any:
        """Return the sentiment of a text, or None where it cannot be judged."""
        judgements = self.analysis.judge(text, code_of(known))
        if judgements is None:
            return None
        whole = summarize(judgements)
        return {
            "polarity": whole.polarity,
            "score": whole.score,
            "confidence": whole.confidence,
            "evidence": [{"start": start, "end": end} for start, end in whole.evidence],
        }
