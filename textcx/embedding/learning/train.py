"""Train: from a teacher, texts, dictionaries and lines to the folder of a static embedding.

1. English words learn from the teacher: each begins where the teacher puts it alone, then sentences are pulled to where
   the teacher puts them.
2. Words of other languages go where their translations are.
3. A word of several languages is the mean of what it is in each, by how often it is written there.
4. Lines that say the same are tied, while English sentences stay with the teacher.
5. The words are pressed into a table of hashed rows.
"""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from textcx.embedding.base import Embedding, Vectors
from textcx.embedding.learning.bags import Bags, Learner, batches
from textcx.embedding.learning.bridge import Edge, carry_over
from textcx.embedding.learning.dictd import Entry
from textcx.embedding.learning.sources import Line, Text
from textcx.embedding.learning.table import fit_table, packed_table
from textcx.embedding.static import ABOUT_FILE, TABLE_FILE, version_of, words_of_meaning
from textcx.words import Lemmas

Word = tuple[str, str]
"""A language and a word of it."""
Report = Callable[[str], None]
_ENGLISH = "en"
_COMMON = 1e-3
"""Share of a text's words from which a word counts half (Arora et al., ICLR 2017)."""
_FEWEST = 2
_GLOSSARY_WEIGHT = 4.0
_LEMMA_WEIGHT = 0.5
_PART_WEIGHT = 0.1
"""A compound's parts speak where there is nothing better."""
_RARE = 3e-6
_MOST_IMPORTANT = 300
"""Where rows are shared, frequent words have their way: this many times that of a word rarer than `_RARE`."""
_FILLERS = 200
"""So many of the most frequent words of a language that no source explains count for nothing."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What is learned from.

    Attributes:
        texts: In any of the languages; English ones are shown to the teacher.
        lines: Sentences that mean the same.
        glossary: Words that mean the same.
        entries: Of dictionaries.
    """

    texts: Sequence[Text]
    lines: Sequence[Line]
    glossary: Sequence[Line]
    entries: Sequence[Entry] = ()


@dataclass(frozen=True, slots=True)
class Recipe:
    """How it is learned.

    Attributes:
        dimensions: Length of a vector.
        bits: Logarithm of the table's rows.
        batch: Sentences that are learned at once.
        teacher_rounds: How often the teacher's sentences are gone through.
        line_rounds: How often the lines are.
        seed: Of everything that is left to chance.
    """

    dimensions: int = 128
    bits: int = 17
    batch: int = 256
    teacher_rounds: int = 6
    line_rounds: int = 60
    seed: int = 0


@dataclass
class _Vocabulary:
    """Words of each language, numbered, with how often they were met."""

    numbers: dict[Word, int] = field(default_factory=dict)
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    glossary: set[Word] = field(default_factory=set)

    def add(self, language: str, word: str) -> int:
        return self.numbers.setdefault((language, word), len(self.numbers))

    def is_met(self, language: str, word: str, *, often: int = 1) -> bool:
        """Say whether the texts have a word so often, or the glossary has it; of the dictionaries' many are odd."""
        return self.counts.get(language, Counter())[word] >= often or (language, word) in self.glossary

    def share(self, language: str, word: str) -> float:
        counted = self.counts.get(language, Counter())
        return (counted[word] + 0.1) / max(1, counted.total())


def learn(sources: Sources, teacher: Embedding, recipe: Recipe, *, lemmas: Lemmas, report: Report) -> "Learned":
    """Return words of all languages with their vectors."""
    random = np.random.default_rng(recipe.seed)
    english = [one.text for one in sources.texts if one.language == _ENGLISH]
    english += [line[_ENGLISH] for line in sources.lines if _ENGLISH in line]
    report(f"teacher: {len(english):,} English texts")
    shown = teacher.vectors(english)
    middle, axes = _axes(shown, recipe.dimensions)
    wanted = _unit(np.asarray((shown - middle) @ axes, np.float32))
    vocabulary, edges = _vocabulary(sources, lemmas)
    report(f"words: {len(vocabulary.numbers):,}, with {len(edges):,} neighbours")
    vectors = np.zeros((len(vocabulary.numbers), recipe.dimensions), np.float32)
    own = _met(vocabulary, _ENGLISH)
    alone = teacher.vectors([word for word, _ in own])
    common = np.array([_COMMON / (_COMMON + vocabulary.share(_ENGLISH, word)) for word, _ in own], np.float32)
    places = np.array([number for _, number in own])
    vectors[places] = _unit((alone - alone.mean(axis=0)) @ axes) * common[:, None]
    split = [words_of_meaning(text) for text in english]
    bags, kept = Bags.of(split, dict(own))
    _pull(Learner(vectors, rate=0.03), bags, wanted[kept], recipe, random, report)
    is_known = np.zeros(len(vectors), np.bool_)
    is_known[places] = True
    has = carry_over(vectors, is_known, edges)
    report(f"words with a vector: {int(has.sum()):,}")
    learned = _merged(vocabulary, vectors, has)
    _tie(learned, sources.lines, (split, wanted), recipe, random, report)
    return learned


@dataclass(frozen=True, slots=True)
class Learned:
    """Words, each once whatever its language, with their vectors and how much each counts."""

    numbers: dict[str, int]
    vectors: Vectors
    counts: Vectors


def write(learned: Learned, recipe: Recipe, folder: Path, *, name: str) -> str:
    """Press the words into a table and write the embedding's folder; return its version."""
    words = list(learned.numbers)
    packed = packed_table(fit_table(words, learned.vectors, learned.counts, bits=recipe.bits))
    version = version_of(packed.tobytes())
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / TABLE_FILE, packed)
    about = {"name": name, "version": version, "words": len(words), "seed": recipe.seed}
    (folder / ABOUT_FILE).write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    return version


def _vocabulary(sources: Sources, lemmas: Lemmas) -> tuple[_Vocabulary, list[Edge]]:
    vocabulary = _Vocabulary()
    for one in sources.texts:
        vocabulary.counts.setdefault(one.language, Counter()).update(words_of_meaning(one.text))
    for line in sources.lines:
        for language, text in line.items():
            vocabulary.counts.setdefault(language, Counter()).update(words_of_meaning(text))
    for language, counted in vocabulary.counts.items():
        for word, count in counted.items():
            if count >= _FEWEST:
                vocabulary.add(language, word)
    edges: list[Edge] = []
    for language, phrase, other, translation, weight in sources.entries:
        _translate(
            vocabulary, edges, (language, words_of_meaning(phrase)), (other, words_of_meaning(translation)), weight
        )
    for line in sources.glossary:
        of = {language: words_of_meaning(text) for language, text in line.items()}
        vocabulary.glossary.update((language, word) for language, words in of.items() for word in words)
        for language, words in of.items():
            for other, meant in of.items():
                if other != language:
                    for word in words:
                        number = vocabulary.add(language, word)
                        share = _GLOSSARY_WEIGHT / len(meant)
                        edges += [(number, vocabulary.add(other, one), share) for one in meant]
    for language, word in list(vocabulary.numbers):
        lemma = lemmas.lemma(word, language)
        if language == _ENGLISH:
            continue
        if lemma != word:
            edges.append((vocabulary.add(language, word), vocabulary.add(language, lemma), _LEMMA_WEIGHT))
        for part in lemmas.parts(word, language) or ():
            edges.append((vocabulary.add(language, word), vocabulary.add(language, part), _PART_WEIGHT))
    return vocabulary, edges


def _met(vocabulary: _Vocabulary, language: str) -> list[tuple[str, int]]:
    """Return the words of a language that are met often enough to be shown to the teacher."""
    return [
        (word, number)
        for (of, word), number in vocabulary.numbers.items()
        if of == language and vocabulary.is_met(of, word, often=_FEWEST)
    ]


def _translate(
    vocabulary: _Vocabulary,
    edges: list[Edge],
    one: tuple[str, Sequence[str]],
    other: tuple[str, Sequence[str]],
    weight: float,
) -> None:
    for (language, words), (source, meant) in ((one, other), (other, one)):
        if len(words) == 1 and meant:
            number = vocabulary.add(language, words[0])
            edges += [(number, vocabulary.add(source, word), weight / len(meant)) for word in meant]


def _axes(shown: Vectors, dimensions: int) -> tuple[Vectors, Vectors]:
    """Return the middle of the teacher's vectors and the axes along which they differ most."""
    middle = shown.mean(axis=0)
    _, _, turned = np.linalg.svd(np.cov((shown - middle).T).astype(np.float32))
    return middle, np.ascontiguousarray(turned[:dimensions].T)


def _pull(
    learner: Learner, bags: Bags, wanted: Vectors, recipe: Recipe, random: np.random.Generator, report: Report
) -> None:
    for number in range(recipe.teacher_rounds):
        wrong = [learner.pull(bags.pick(some), wanted[some]) for some in batches(len(bags), recipe.batch, random)]
        report(f"teacher, round {number + 1}: {np.mean(wrong):.3f}")


def _merged(vocabulary: _Vocabulary, vectors: Vectors, has: NDArray[np.bool_]) -> Learned:
    """Return the words that are met, each once: the mean of what it is in the languages, by how often it is there."""
    fillers = {
        (language, word) for language, counted in vocabulary.counts.items() for word, _ in counted.most_common(_FILLERS)
    }
    gathered: dict[str, list[tuple[float, int]]] = {}
    for (language, word), number in vocabulary.numbers.items():
        is_met = vocabulary.is_met(language, word)
        if (is_met and has[number]) or (language, word) in fillers:
            gathered.setdefault(word, []).append((vocabulary.share(language, word), number))
    merged = np.zeros((len(gathered), vectors.shape[1]), np.float32)
    counts = np.zeros(len(gathered), np.float32)
    for place, meant in enumerate(gathered.values()):
        shares = np.array([share for share, _ in meant])
        merged[place] = (shares / shares.sum()) @ vectors[[number for _, number in meant]]
        counts[place] = shares.max()
    importance = np.clip(counts / _RARE, 1, _MOST_IMPORTANT)
    return Learned({word: place for place, word in enumerate(gathered)}, merged, importance.astype(np.float32))


def _tie(
    learned: Learned,
    lines: Sequence[Line],
    english: tuple[Sequence[Sequence[str]], Vectors],
    recipe: Recipe,
    random: np.random.Generator,
    report: Report,
) -> None:
    learner = Learner(learned.vectors, rate=0.01)
    texts, wanted = english
    bags, kept = Bags.of(texts, learned.numbers)
    wanted = wanted[kept]
    split = [{language: words_of_meaning(text) for language, text in line.items()} for line in lines]
    for number in range(recipe.line_rounds):
        wrong = []
        for some in batches(len(split), min(recipe.batch, len(split)), random):
            pairs = [random.permutation(sorted(split[place]))[:2] for place in some]
            ones = [split[place][one] for place, (one, _) in zip(some, pairs, strict=True)]
            others = [split[place][other] for place, (_, other) in zip(some, pairs, strict=True)]
            both = [
                (one, other)
                for one, other in zip(ones, others, strict=True)
                if any(word in learned.numbers for word in one) and any(word in learned.numbers for word in other)
            ]
            first, _ = Bags.of([one for one, _ in both], learned.numbers)
            second, _ = Bags.of([other for _, other in both], learned.numbers)
            wrong.append(learner.tie(first, second))
        stay = random.integers(0, len(bags), min(recipe.batch, len(bags)))
        learner.pull(bags.pick(stay), wanted[stay])
        if number % 20 == 19:
            report(f"lines, round {number + 1}: {np.mean(wrong):.3f}")


def _unit(vectors: Vectors) -> Vectors:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9), np.float32)
