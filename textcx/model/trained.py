"""TrainedAnalysis: all that the table says of texts, with evidence; each text is scored once for all components."""

from collections.abc import Sequence
from pathlib import Path
from threading import RLock

from textcx.model.card import load_weights
from textcx.model.emotion_layer import EmotionLayer
from textcx.model.findings import Findings, Judges, Means
from textcx.model.language import LanguageIdentifier, is_lengthened
from textcx.model.lexical import LexicalAnalysis
from textcx.model.likeness import Likeness
from textcx.model.scored import score_texts
from textcx.model.second_opinion import SecondOpinion
from textcx.model.sentiment import summarize
from textcx.model.shape_layer import ShapeLayer
from textcx.model.shapes import read_shapes
from textcx.model.signals import Signals
from textcx.model.taxonomy_terms import TaxonomyTerms
from textcx.model.term_places import TermPlaces
from textcx.touchpoints import Taxonomy
from textcx.words import LANGUAGES, UNKNOWN_LANGUAGE

_KEPT_TEXTS = 512
_SURE = 0.95
"""Less sure of a language than this, the table asks whether the text is in another than ours."""
_LIKELY = 0.4
"""Less sure still, it leaves it to the dictionaries."""
_DECLARED_WEIGHT = 8.0
"""How much likelier a declared language is; as for the dictionaries."""
_BOKMAL = {"no": "nb"}


class TrainedAnalysis:
    """Analyses texts by a weight file, and by terms what it does not know.

    Args:
        weights: `full.weights` or another file that `textcx train` made.
        taxonomy: The touchpoints in force.
        lexical: Judges texts of signs alone, in any language; its lemmas find terms.
    """

    def __init__(self, weights: Path, taxonomy: Taxonomy, lexical: LexicalAnalysis) -> None:
        self._weights = load_weights(weights)
        self._lexical = lexical
        self._identifier = LanguageIdentifier(lexical.lemmas)
        terms = TaxonomyTerms(taxonomy, lexical.lemmas)
        card, shapes = self._weights.card, read_shapes(lexical.folder)
        likeness = Likeness(taxonomy, card.touchpoints)
        self._means = Means(
            weights=self._weights,
            taxonomy=terms,
            terms=TermPlaces(terms),
            likeness=likeness,
            opinion=SecondOpinion(lexical, terms),
            layer=ShapeLayer(card, shapes),
            signals=Signals(card, shapes.groups),
            emotions=EmotionLayer(card),
        )
        self._scored: dict[str, tuple[Judges, int]] = {}
        self._found: dict[_Question, Findings] = {}
        self._prepared: list[str] = []
        self._asked: _Asked = ([], [], [])
        self._answers: Sequence[Findings] = ()
        self._lock = RLock()  # what is kept of texts and words is one for all threads
        self.version = self._weights.card.version
        self.lexicon_version = lexical.version
        self.taxonomy_version = " ".join(filter(None, (taxonomy.name, taxonomy.version, likeness.version)))

    def prepare(self, texts: Sequence[str]) -> None:
        """Score texts in one pass, so that the questions that follow are answered sooner; the answers are the same."""
        with self._lock:
            if texts == self._prepared:  # as each component of a pipeline asks anew; the same objects, so quick
                return
            new = [text for text in dict.fromkeys(texts) if text not in self._scored]
            if len(self._scored) + len(new) > _KEPT_TEXTS:
                self._scored.clear()
                self._found.clear()
                new = list(dict.fromkeys(texts))
            if new:
                self._score(new)
            self._prepared = list(texts)

    def _score(self, texts: Sequence[str]) -> None:
        batch = score_texts(self._weights.table, self._weights.card.bias, texts)
        judges = Judges(self._means, batch)
        self._scored.update((text, (judges, number)) for number, text in enumerate(texts))

    def languages(self, texts: Sequence[str], declared: Sequence[str | None]) -> list[tuple[str, float]]:
        """Return the language of each text and its probability, as `LanguageIdentifier.identify` does."""
        with self._lock:
            self.prepare(texts)
            return [self._language(text, said) for text, said in zip(texts, declared, strict=True)]

    def _language(self, text: str, declared: str | None) -> tuple[str, float]:
        if not any(map(str.isalpha, text)):
            return self._identifier.identify(text, declared=declared)
        judges, number = self._scored[text]
        names, shares = self._weights.card.languages, judges.languages[number]
        hint = _BOKMAL.get(declared, declared) if declared else None
        if hint in names:
            shares = shares.copy()
            shares[names.index(hint)] *= _DECLARED_WEIGHT
        most = max(shares)
        code, share = names[shares.index(most)], round(most / sum(shares), 3)
        if code in LANGUAGES and share >= _SURE:
            return code, share
        by_words = self._identifier.identify(text, declared=declared)
        if by_words[0] not in (*LANGUAGES, UNKNOWN_LANGUAGE):
            return by_words
        if code not in LANGUAGES and by_words[0] in LANGUAGES and is_lengthened(text):
            return by_words  # "neeeever" is of no language to the table
        if code not in LANGUAGES:
            return UNKNOWN_LANGUAGE, share
        return (code, share) if share >= _LIKELY else by_words

    def find(self, texts: Sequence[str], languages: Sequence[str], kinds: Sequence[str | None]) -> Sequence[Findings]:
        """Return `sentiment`, `touchpoints`, `emotions`, `signals` and `opinions` of texts.

        Where the language is none of ours nothing is judged, except signs, which mean the same everywhere.
        """
        asked = (list(texts), list(languages), list(kinds))
        with self._lock:
            if asked != self._asked:  # each component of a pipeline asks for all and takes its part
                self._answer(texts, languages, kinds)
                self._answers = [self._found[question] for question in zip(*asked, strict=True)]
                self._asked = asked
            return self._answers

    def _answer(self, texts: Sequence[str], languages: Sequence[str], kinds: Sequence[str | None]) -> None:
        self.prepare(texts)
        by_judges: dict[Judges, list[_Question]] = {}
        for question in dict.fromkeys(zip(texts, languages, kinds, strict=True)):
            if question not in self._found:
                text, language, _ = question
                judges, number = self._scored[text]
                if language in LANGUAGES and judges.text(number).tokens.words:
                    by_judges.setdefault(judges, []).append(question)
                else:
                    self._found[question] = self._by_signs(text, language)
        for judges, some in by_judges.items():
            numbers = [self._scored[text][1] for text, _, _ in some]
            findings = judges.find(numbers, [language for _, language, _ in some], [kind for _, _, kind in some])
            self._found.update(zip(some, findings, strict=True))

    def _by_signs(self, text: str, language: str) -> Findings:
        judgements = self._lexical.judge(text, language)
        sentiment = None
        if judgements is not None:
            whole = summarize(judgements)
            evidence = [{"start": start, "end": end} for start, end in whole.evidence]
            sentiment = {
                "polarity": whole.polarity, "score": whole.score, "confidence": whole.confidence, "evidence": evidence,
            }  # fmt: skip
        emotions = self._lexical.emotions(text, language, ()) if judgements is not None else ()
        return {"sentiment": sentiment, "touchpoints": (), "emotions": emotions, "signals": (), "opinions": ()}


_Question = tuple[str, str, str | None]
"""A text, its language, and the mention's kind."""
_Asked = tuple[list[str], list[str], list[str | None]]
"""The same of many texts."""
