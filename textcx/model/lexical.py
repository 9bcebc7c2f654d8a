"""LexicalAnalysis: reading, sentiment and emotions by lexicon, each language built when it is first met.

Components of a pipeline share one, so that a text is read and judged once for all of them.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from textcx.model.emotions import LexiconEmotions
from textcx.model.lexicon import EVERY_LANGUAGE, read_lexicon
from textcx.model.reader import Reader
from textcx.model.reading import ClauseJudgement, Reading
from textcx.model.sentiment import LexiconSentiment
from textcx.words import LANGUAGES, UNKNOWN_LANGUAGE, Lemmas, Words

_Part = TypeVar("_Part")
_KEPT_LANGUAGES = 16
_KEPT = 4
"""A text goes through all components of a pipeline before the next one does."""


class LexicalAnalysis:
    """Analyses texts by the lexicons of a folder.

    Args:
        folder: `configs/lexicons`.
        lemmas: Lemmas of all languages.
    """

    def __init__(self, folder: Path, lemmas: Lemmas) -> None:
        self.lemmas = lemmas
        self.folder = folder
        self._lexicon = _built_once(lambda language: read_lexicon(folder, language))
        self._sentiment = _built_once(lambda language: _sentiment_of(self._lexicon(language), lemmas))
        self._emotions = _built_once(lambda language: _emotions_of(self._lexicon(language), lemmas))
        self._reader = Reader(self._lexicon)
        self.judge = lru_cache(maxsize=_KEPT)(self._judge)

    @property
    def version(self) -> str:
        """Return a version that changes with any word of the lexicons."""
        digest = sha256()
        for path in sorted(self.folder.rglob("*")):
            if path.suffix in (".yaml", ".tsv"):
                digest.update(path.name.encode() + path.read_bytes())
        return f"lexicon-1+{digest.hexdigest()[:8]}"

    def read(self, text: str, language: str) -> Reading:
        """Return the text's words and clauses."""
        return self._reader.read(text, language)

    def read_words(self, text: str, language: str, words: Words) -> Reading:
        """Return the same of a text whose words are known, which is kept by nobody."""
        return self._reader.read_words(text, language, words)

    def _judge(self, text: str, language: str) -> tuple[ClauseJudgement, ...] | None:
        """Return what is said in each clause, or None where it cannot be judged: no words, or an unknown language.

        Signs such as 😡 mean the same everywhere, so a text of nothing else is judged by them.
        """
        return self.judge_reading(self.read(text, language))

    def judge_reading(self, reading: Reading) -> tuple[ClauseJudgement, ...] | None:
        """Return the same of a text that was read."""
        if not reading.words:
            return None
        if reading.language != UNKNOWN_LANGUAGE:
            return self._sentiment(reading.language).judge(reading)
        judgements = self._sentiment(EVERY_LANGUAGE).judge(reading)
        is_signs_only = not any(character.isalpha() for character in reading.text)
        return judgements if is_signs_only and any(judged.evidence for judged in judgements) else None

    def emotions(
        self, text: str, language: str, touchpoints: Sequence[Mapping[str, object]]
    ) -> tuple[dict[str, object], ...]:
        """Return the emotions of a text, with the touchpoint each is about."""
        reading = self.read(text, language)
        judge = language if language in LANGUAGES else EVERY_LANGUAGE
        return self._emotions(judge).find(reading, touchpoints)


_sentiment_of = lru_cache(maxsize=_KEPT_LANGUAGES)(LexiconSentiment)
_emotions_of = lru_cache(maxsize=_KEPT_LANGUAGES)(LexiconEmotions)
"""Kept by what the lexicon says: the pipelines of a process have the same, and each takes a while to build."""


def _built_once(build: Callable[[str], _Part]) -> Callable[[str], _Part]:
    built: dict[str, _Part] = {}

    def of(name: str) -> _Part:
        if name not in built:
            built[name] = build(name)
        return built[name]

    return of
