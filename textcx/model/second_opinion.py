"""SecondOpinion: where the table is unsure, words of praise and blame, and what turns them round, decide.

Measured on the development part of touchpoints-gold: polarity of touchpoints found .837 alone, .862 together. A short
text with a negation ("inte sen") has hardly more n-grams than the word that is negated; there the words are right
seven times in eight where the table is not sure.
"""

from collections.abc import Collection, Mapping, Sequence

from textcx.model.card import POLARITIES
from textcx.model.lexical import LexicalAnalysis
from textcx.model.reading import ClauseJudgement, Reading
from textcx.model.sentiment import summarize
from textcx.model.subjects import Asked, Said
from textcx.model.taxonomy_terms import TaxonomyTerms
from textcx.model.term_places import TermsOfText
from textcx.model.touchpoints import SENTENCE_END, PolarityOfTerms, TouchpointTerms

_UNSURE = 0.7
"""A score of the table nearer to 0 than this may be overruled."""
_PLAIN = 0.3
"""A score of words that is at least this far from 0 may overrule it."""


_SHORT_WORDS = 8
_LONGEST_SHORT = 100
_SURE = 0.95
"""A confidence of the table from which a negation does not overrule it."""
_SURE_OF_FINNISH = 0.6
"""The same in Finnish, where the lexicon reads fewer negations rightly (subtitles: 4 of 15 against the table's 11)."""
_TURNED = 0.6
"""The share of what the words say, where they overrule it."""
_QUESTION_WORDS = 10
"""Of 114 such questions in the training part of touchpoints-gold 112 ask for an answer, and 107 are neutral."""


class SecondOpinion:
    """Judges touchpoints and short texts by lexicon.

    Args:
        lexical: The lexicons.
        terms: Of the touchpoints in force.
    """

    def __init__(self, lexical: LexicalAnalysis, terms: TaxonomyTerms) -> None:
        self._lexical = lexical
        self._terms = TouchpointTerms(terms)

    def of(self, text: str, language: str, terms: TermsOfText) -> "ByWords":
        """Return what is said of a text by its words, found out when it is first asked for.

        Args:
            text: The text.
            language: Its language.
            terms: Its words, and the terms among them.
        """
        return ByWords(self._lexical, self._terms, text, language, terms)


class ByWords:
    """What the lexicons say of one text."""

    def __init__(
        self, lexical: LexicalAnalysis, touchpoints: TouchpointTerms, text: str, language: str, terms: TermsOfText
    ) -> None:
        self._lexical = lexical
        self._touchpoints = touchpoints
        self._text = text
        self._language = language
        self._terms = terms
        self._kept: tuple[Reading, Sequence[ClauseJudgement]] | None = None
        self.is_question = _is_question(text, len(terms.words))
        """The text is short and one question, which people then put to the company."""

    def settle(self, asked: Sequence[Asked], said: Sequence[Said]) -> list[Said]:
        """Return what is said of the touchpoints of the text; what the table is sure of stays as it is."""
        if not said:
            return []
        if self.is_question and self._only_asks():
            return [Said("neutral", 0.0, one.clause) if _is_unsure(one, _SURE) else one for one in said]
        limit = max(_UNSURE, _sure_of(self._language)) if self._is_turned() else _UNSURE
        named = self._terms.clauses
        doubted = {
            question.touchpoint
            for question, one in zip(asked, said, strict=True)
            if question.touchpoint in named and _is_unsure(one, limit)
        }
        if not doubted:
            return list(said)
        by_words = self._polarities(doubted)
        settled = []
        for question, one in zip(asked, said, strict=True):
            other = by_words.get(question.touchpoint)
            if other is None or not _is_unsure(one, limit) or abs(other.score) < _PLAIN:
                settled.append(one)
            else:
                settled.append(Said(other.polarity, other.score, one.clause))
        return settled

    def turn(self, polarities: Sequence[float]) -> Sequence[float]:
        """Return the probabilities of polarities of the text, by its words where it only asks or is turned round.

        Args:
            polarities: Of negative, neutral, positive and mixed, as the table says.
        """
        if self.is_question and self._only_asks():
            return polarities if max(polarities) >= _SURE else _at_least(polarities, "neutral")
        if max(polarities) >= _sure_of(self._language) or not self._is_turned():
            return polarities
        said = summarize(self._judge()[1]).polarity
        return _at_least(polarities, said) if said in ("positive", "negative") else polarities

    def _only_asks(self) -> bool:
        """Tell whether a question is about a touchpoint, without a word of praise or blame."""
        return bool(self._terms.found) and not any(judged.positive or judged.negative for judged in self._judge()[1])

    def _is_turned(self) -> bool:
        """Tell whether the text is short and a negation turns its words round."""
        if len(self._text) > _LONGEST_SHORT or self._text.count(" ") >= _SHORT_WORDS:
            return False
        return any(judged.is_turned for judged in self._judge()[1])

    def _polarities(self, touchpoints: Collection[str]) -> Mapping[str, PolarityOfTerms]:
        reading, judgements = self._judge()
        is_same = reading.words is self._terms.words  # no smiley among them, and no lengthened word
        found = self._terms.found if is_same else None
        return self._touchpoints.polarities(reading, judgements, touchpoints, found=found)

    def _judge(self) -> tuple[Reading, Sequence[ClauseJudgement]]:
        """Return the text's clauses and what is said in each; every second text is never asked."""
        if self._kept is None:
            reading = self._lexical.read_words(self._text, self._language, self._terms.words)
            self._kept = reading, self._lexical.judge_reading(reading) or ()
        return self._kept


def _is_question(text: str, words: int) -> bool:
    if words > _QUESTION_WORDS or not (text := text.strip()).endswith("?"):
        return False
    return not SENTENCE_END.search(text.rstrip("?"))


def _at_least(polarities: Sequence[float], polarity: str) -> Sequence[float]:
    """Return the probabilities with at least a certain share for one, the others in proportion."""
    side = POLARITIES.index(polarity)
    if polarities[side] >= _TURNED:
        return polarities
    others = [one * (1 - _TURNED) / (1 - polarities[side]) for one in polarities]
    others[side] = _TURNED
    return others


def _sure_of(language: str) -> float:
    return _SURE_OF_FINNISH if language == "fi" else _SURE


def _is_unsure(said: Said, limit: float) -> bool:
    """Tell whether words may overrule the table; that nothing is praised or blamed it knows better than they do."""
    return said.polarity != "neutral" and abs(said.score) < limit
