"""Keywords: the words that set topics apart, told for each language by itself.

Class-based TF-IDF (Grootendorst 2022, "BERTopic: Neural topic modeling with a class-based TF-IDF procedure",
arXiv:2203.05794): a word's share of its topic, times log(1 + words a topic on average / how often it occurs in all).
Counted in one language at a time, else the largest language's words would win in every topic. Words are lemmas. A word
that is hardly more usual in a topic than elsewhere says nothing of it, however often it is written; and of the telling
words those are shown that stand in the same texts (`textcx.topics.coherence`).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log

from textcx.topics.coherence import Together, coherent
from textcx.words import Lemmas, surfaces_of

MOST_KEYWORDS = 10
_MOST_CANDIDATES = 30
_FEWEST_TEXTS = 3
"""A word of fewer texts may be somebody's name."""
_LEAST_SHARE = 0.04
"""Of a topic's texts that have a word: a word that few of many have is no name for them."""
_LEAST_RATIO = 2.0
"""How many times as usual a word is in its topic than in all of them."""
_FEWEST_KEYWORDS = 3
"""Where fewer words are so telling, the next ones follow: a store may have one topic alone."""
_SHORTEST = 2
"""As EU, or a party or a model of two letters."""
_MOST_TEXT_WORDS = 300

StopWords = Callable[[str], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Read:
    """The words of a text that say what it is about, each once.

    Attributes:
        language: What it is written in.
        lemmas: Its words.
        forms: How each is written there.
    """

    language: str
    lemmas: tuple[str, ...]
    forms: tuple[str, ...]


class Vocabulary:
    """Reads the words that say what texts are about: no stop words, numbers or signs; all forms of one as one.

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
            read = self._read(text, language)
            found[language].update(read.lemmas)
            for lemma, form in zip(read.lemmas, read.forms, strict=True):
                self._forms[language, lemma][form] += 1
        return found

    def read(self, texts: Iterable[tuple[str, str]]) -> list[Read]:
        """Return the words of texts.

        Args:
            texts: Each with its language.
        """
        return [self._read(text, language) for text, language in texts]

    def shown(self, language: str, lemma: str) -> str:
        """Return the form in which people wrote a counted word most: lemmas are made for finding, not to be read."""
        return _usual_form(self._forms[language, lemma], lemma)

    def _read(self, text: str, language: str) -> Read:
        stop_words, found = self._stop_words(language), dict[str, str]()
        for surface in dict.fromkeys(surfaces_of(text)[:_MOST_TEXT_WORDS]):
            if len(surface) >= _SHORTEST and surface[0].isalpha() and surface not in stop_words:
                lemma = self._lemmas.lemma(surface, language)
                if lemma not in stop_words:
                    found.setdefault(lemma, surface)
        return Read(language, tuple(found), tuple(found.values()))


def keywords(topics: Sequence[Sequence[Read]]) -> list[dict[str, tuple[str, ...]]]:
    """Return for each topic its words by language, the most telling first; the language with most words first.

    A word is shown in the form that the topic's texts have most.

    Args:
        topics: The texts of each.
    """
    found: list[dict[str, tuple[str, ...]]] = [{} for _ in topics]
    for language in sorted({text.language for texts in topics for text in texts}):
        spoken = [[text for text in texts if text.language == language] for texts in topics]
        for of_topic, words in zip(found, _in_one_language(spoken), strict=True):
            if words:
                of_topic[language] = words
    return [_largest_first(words, texts) for words, texts in zip(found, topics, strict=True)]


def covered(texts: Sequence[Read], words: Mapping[str, Sequence[str]]) -> float:
    """Return the share of a topic's texts that have one of its words, in any form: a topic has a subject where most do.

    Args:
        texts: Of the topic.
        words: By language, as `keywords` gave them.
    """
    lemmas = {
        (text.language, form): lemma for text in texts for lemma, form in zip(text.lemmas, text.forms, strict=True)
    }
    wanted = {
        language: {lemmas.get((language, form), form) for form in of_language}
        for language, of_language in words.items()
    }
    return sum(not wanted.get(text.language, set()).isdisjoint(text.lemmas) for text in texts) / max(1, len(texts))


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


def _largest_first(words: Mapping[str, tuple[str, ...]], texts: Iterable[Read]) -> dict[str, tuple[str, ...]]:
    sizes: Counter[str] = Counter()
    for text in texts:
        sizes[text.language] += len(text.lemmas)
    return {language: words[language] for language in sorted(words, key=lambda one: -sizes[one])}


def _in_one_language(topics: Sequence[Sequence[Read]]) -> list[tuple[str, ...]]:
    counted = [Counter(lemma for text in texts for lemma in text.lemmas) for texts in topics]
    in_all: Counter[str] = Counter()
    for counts in counted:
        in_all.update(counts)
    average = in_all.total() / max(1, len(topics))
    weighed = [_weights(counts, in_all, average) for counts in counted]
    telling = [
        _telling(counts, weights, in_all, texts=len(texts))
        for counts, weights, texts in zip(counted, weighed, topics, strict=True)
    ]
    wanted = {word for words in telling for word in words}
    together = Together((text.lemmas for texts in topics for text in texts), wanted)
    found = []
    for texts, words, weights in zip(topics, telling, weighed, strict=True):
        forms: dict[str, Counter[str]] = {word: Counter() for word in words}
        for text in texts:
            for lemma, form in zip(text.lemmas, text.forms, strict=True):
                if lemma in forms:
                    forms[lemma][form] += 1
        chosen = coherent(words, weights, together, most=MOST_KEYWORDS)
        found.append(tuple(_usual_form(forms[word], word) for word in chosen))
    return found


def _weights(counts: Mapping[str, int], in_all: Mapping[str, int], average: float) -> dict[str, float]:
    total = sum(counts.values())
    return {
        word: count / total * log(1 + average / in_all[word])
        for word, count in counts.items()
        if count >= _FEWEST_TEXTS
    }


def _telling(
    counts: Mapping[str, int], weights: Mapping[str, float], in_all: Counter[str], *, texts: int
) -> tuple[str, ...]:
    total, all_together = sum(counts.values()), in_all.total()
    order = sorted(weights, key=lambda word: (-weights[word], word))
    telling = [
        word
        for word in order
        if counts[word] / total >= _LEAST_RATIO * in_all[word] / all_together and counts[word] >= _LEAST_SHARE * texts
    ]
    return tuple(telling[:_MOST_CANDIDATES] if len(telling) >= _FEWEST_KEYWORDS else order[:_FEWEST_KEYWORDS])


def _usual_form(forms: Mapping[str, int], lemma: str) -> str:
    return min(forms, key=lambda form: (-forms[form], len(form), form), default=lemma)
