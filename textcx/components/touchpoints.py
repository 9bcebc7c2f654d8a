"""The touchpoints a text speaks of, in `Doc._.textcx_touchpoints`: id, stage, polarity, score and evidence of each."""

from typing import Any

from textcx.components.base import LANGUAGE, TOUCHPOINTS, Known, LexicalComponent, code_of
from textcx.model.lexical import LexicalAnalysis
from textcx.model.taxonomy_terms import TaxonomyTerms
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
        super().__init__(TOUCHPOINTS, needs=(LANGUAGE,), version=version, analysis=analysis)
        self._terms = TouchpointTerms(TaxonomyTerms(taxonomy, analysis.lemmas))

    def judge(self, text: str, known: Known) -> Any:
        """Return the touchpoints of a text."""
        language = code_of(known)
        return self._terms.find(self.analysis.read(text, language), self.analysis.judge(text, language) or ())
