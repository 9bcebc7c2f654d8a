"""Keywords: the words that set topics apart, told for each language by itself.

Class-based TF-IDF (Grootendorst 2022, "BERTopic: Neural topic modeling with a class-based TF-IDF procedure",
arXiv:2203.05794): a word's share of its topic, times log(1 + words a topic on average / how often it occurs in all).
Counted in one language at a time, else the largest language's words would win in every topic. Words are lemmas. A word
that is hardly more usual in a topic than elsewhere says nothing of it, however often it is written.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import log

from textcx.words import Lemmas, surfaces_of

MOST_KEYWORDS = 10
_FEWEST_TEXTS = 3
"""A word of fewer texts may be somebody's name."""
_LEAST_RATIO = 2.0
"""How many times as usual a word is in its topic than in all of them."""
_FEWEST_KEYWORDS = 3
"""Where fewer words are so telling, the next ones follow: a store may have one topic alone."""
_SHORTEST = 3
_MOST_TEXT_WORDS = 300

StopWords = Callable[[str], frozenset[str]]
Counts = Mapping[str, Mapping[str, int]]
"""By language, how many texts have a word."""


class Vocabulary:
    """Counts the words that say what texts are about: no stop words, numbers or signs; all forms of one as one.

    Args:
        lemmas: Lemmas of all languages.
        stop_words: Those of a language.
    """

    def __init__(self, lemmas: Lemmas, stop_words: StopWords) -> None:
        self._lemmas = lemmas
        self._stop_words = stop_words
        self._forms: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)

    def counts(self, texts: Iterable[tuple[str, str]]) -> dict[str, Counter[str]]:
        """Return by language in how many texts each lemma stands.

        Args:
            texts: Each with its language.
        """
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for text, language in texts:
            found[language].update(self._words(text, language))
        return found

    def shown(self, language: str, lemma: str) -> str:
        """Return the form in which people wrote a word most: lemmas are made for finding, and not to be read."""
        forms = self._forms[language, lemma]
        return min(forms, key=lambda form: (-forms[form], len(form), form), default=lemma)

    def _words(self, text: str, language: str) -> set[str]:
        stop_words, found = self._stop_words(language), set()
        for surface in set(surfaces_of(text)[:_MOST_TEXT_WORDS]):
            if len(surface) >= _SHORTEST and surface[0].isalpha() and surface not in stop_words:
                lemma = self._lemmas.lemma(surface, language)
                if lemma not in stop_words:
                    found.add(lemma)
                    self._forms[language, lemma][surface] += 1
        return found


def keywords(topics: Sequence[Counts], vocabulary: Vocabulary) -> list[dict[str, tuple[str, ...]]]:
    """Return for each topic its words by language, the most telling first; the language with most words first.

    Args:
        topics: What the vocabulary counted in each.
        vocabulary: Knows the forms in which they were written.
    """
    in_all: dict[str, Counter[str]] = defaultdict(Counter)
    for topic in topics:
        for language, counts in topic.items():
            in_all[language].update(counts)
    average = {language: sum(counts.values()) / max(1, len(topics)) for language, counts in in_all.items()}
    return [
        {
            language: tuple(vocabulary.shown(language, word) for word in words)
            for language, counts in sorted(topic.items(), key=lambda item: -sum(item[1].values()))
            if (words := _telling(counts, in_all[language], average[language]))
        }
        for topic in topics
    ]


def label_of(words: Mapping[str, Sequence[str]], taken: set[str]) -> str:
    """Return a name of the first words in its largest language that no other topic has."""
    first = next(iter(words.values()), ())
    for count in range(3, len(first) + 1):
        label = ", ".join(first[:count])[:80]
        if label not in taken:
            return label
    base = ", ".join(first[:3])[:70] or "topic"
    number = 2
    while (label := base if base not in taken else f"{base} {number}") in taken:
        number += 1
    return label


def _telling(counts: Mapping[str, int], in_all: Counter[str], average: float) -> tuple[str, ...]:
    total, all_together = sum(counts.values()), in_all.total()
    known = [word for word, count in counts.items() if count >= _FEWEST_TEXTS]
    weights = {word: counts[word] / total * log(1 + average / in_all[word]) for word in known}
    order = sorted(known, key=lambda word: (-weights[word], word))
    telling = [word for word in order if counts[word] / total >= _LEAST_RATIO * in_all[word] / all_together]
    return tuple(telling[:MOST_KEYWORDS] if len(telling) >= _FEWEST_KEYWORDS else order[:_FEWEST_KEYWORDS])
