"""SecondOpinion: where the table is unsure what is said of a touchpoint, words of praise and blame beside it decide.

Measured on the development part of touchpoints-gold: polarity of touchpoints found .837 alone, .862 together.
"""

from collections.abc import Sequence

from textcx.model.lexical import LexicalAnalysis
from textcx.model.subjects import Asked, Said
from textcx.model.touchpoints import TouchpointTerms
from textcx.touchpoints import Taxonomy

_UNSURE = 0.7
"""A score of the table nearer to 0 than this may be overruled."""
_PLAIN = 0.3
"""A score of words that is at least this far from 0 may overrule it."""


class SecondOpinion:
    """Judges touchpoints by lexicon.

    Args:
        lexical: The lexicons.
        taxonomy: The touchpoints in force.
    """

    def __init__(self, lexical: LexicalAnalysis, taxonomy: Taxonomy) -> None:
        self._lexical = lexical
        self._terms = TouchpointTerms(taxonomy, lexical.lemmas)

    def settle(self, text: str, language: str, asked: Sequence[Asked], said: Sequence[Said]) -> list[Said]:
        """Return what is said of the touchpoints of a text; what the table is sure of stays as it is."""
        if not any(map(_is_unsure, said)):
            return list(said)
        found = {one["id"]: one for one in self._judge(text, language)}
        settled = []
        for question, one in zip(asked, said, strict=True):
            by_words = found.get(question.touchpoint)
            if by_words is None or not _is_unsure(one) or abs(float(str(by_words["score"]))) < _PLAIN:
                settled.append(one)
            else:
                settled.append(Said(str(by_words["polarity"]), float(str(by_words["score"])), one.clause))
        return settled

    def _judge(self, text: str, language: str) -> tuple[dict[str, object], ...]:
        judgements = self._lexical.judge(text, language) or ()
        return self._terms.find(self._lexical.read(text, language), judgements)


def _is_unsure(said: Said) -> bool:
    """Tell whether words may overrule the table; that nothing is praised or blamed it knows better than they do."""
    return said.polarity != "neutral" and abs(said.score) < _UNSURE
