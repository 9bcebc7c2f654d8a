"""The touchpoints a text speaks of, in `Doc._.textcx_touchpoints`: id, stage, polarity, score and evidence of each."""

from typing import Any

from spacy.tokens import Doc

from textcx.components.base import TOUCHPOINTS, LexicalComponent, language_of, text_of
from textcx.model.lexical import LexicalAnalysis
from textcx.model.touchpoints import TouchpointTerms
from textcx.touchpoints import Taxonomy


class TouchpointsComponent(LexicalComponent):
    """Finds touchpoints by the terms of a taxonomy, with the polarity of their clauses.

    Args:
        analysis: The shared analysis.
        taxonomy: The touchpoints in force.
    """

    def __init__(self, analysis: LexicalAnalysis, taxonomy: Taxonomy) -> None:
        version = f"terms-1 {taxonomy.name} {taxonomy.version} {analysis.version}"
        super().__init__(TOUCHPOINTS, version, analysis)
        self._terms = TouchpointTerms(taxonomy, analysis.lemmas)

    def annotate(self, doc: Doc) -> Any:
        """Return the touchpoints of a document."""
        text, language = text_of(doc), language_of(doc)
        return self._terms.find(self.analysis.read(text, language), self.analysis.judge(text, language) or ())
