"""Gathering: stored mentions with their vectors, all of them or a sample where there are very many."""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from textcx.annotation import AnnotatedMention
from textcx.embedding.base import Embedding, Vectors
from textcx.mention import Mention
from textcx.pipeline import LONGEST_TEXT
from textcx.query.tree import Query
from textcx.store.base import MentionStore
from textcx.topics.grouping import Usual

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""
_AT_ONCE = 512
_BEGINNING = 1_000
"""Of how many characters of a text its words are told: 100,000 texts must fit into memory."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """Mentions with the vectors of their texts.

    Attributes:
        ids: Of the mentions.
        texts: How their texts begin.
        languages: What they are written in.
        stored: For each the topic that is stored, by the id of its birth.
        vectors: Of the texts.
        usual: What they have in common with all that were gathered.
        of: How many mentions there were to choose from.
    """

    ids: tuple[str, ...]
    texts: tuple[str, ...]
    languages: tuple[str, ...]
    stored: tuple[str | None, ...]
    vectors: Vectors
    usual: Usual
    of: int

    def only(self, rows: Iterable[int]) -> "Gathered":
        """Return some of them."""
        chosen = [int(row) for row in rows]
        return Gathered(
            tuple(self.ids[row] for row in chosen),
            tuple(self.texts[row] for row in chosen),
            tuple(self.languages[row] for row in chosen),
            tuple(self.stored[row] for row in chosen),
            self.vectors[chosen],
            self.usual.only(np.array(chosen, np.int64)),
            self.of,
        )


def nothing_done(_what: str, _done: int, _of: int) -> None:
    """Show no progress."""


def gather(
    store: MentionStore, embedding: Embedding, query: Query, *, most: int, progress: Progress = nothing_done
) -> Gathered:
    """Return the mentions of a query, a sample without favour where there are more than `most`.

    Always the same sample of the same mentions (Vitter 1985, "Random Sampling with a Reservoir", algorithm R).
    """
    kept = _Sample(most, embedding)
    total = max(store.count(query), 1)
    for batch in in_batches(store.export(query)):
        kept.add(batch)
        progress("Reading", min(kept.seen, total), total)
    return kept.gathered()


class _Sample:
    """What was read so far, or a sample of it: vectors and the beginnings of texts, never the mentions themselves."""

    def __init__(self, most: int, embedding: Embedding) -> None:
        self.seen = 0
        self._most = most
        self._embedding = embedding
        self._chance = random.Random(0)
        self._told: list[tuple[str, str, str, str | None]] = []
        self._vectors: list[Vectors] = []

    def add(self, batch: Sequence[AnnotatedMention]) -> None:
        places: dict[int, int] = {}
        for row in range(len(batch)):
            place = self.seen if self.seen < self._most else self._chance.randrange(self.seen + 1)
            if place < self._most:
                places[place] = row
            self.seen += 1
        chosen = sorted(places)
        vectors = self._embedding.vectors([topic_text(batch[places[place]].mention) for place in chosen])
        for place, vector in zip(chosen, vectors, strict=True):
            one = batch[places[place]]
            stored = next((topic.id for topic in one.annotations.topics), None)
            told = (one.mention.id, one.mention.text[:_BEGINNING], one.annotations.language.code, stored)
            if place < len(self._told):
                self._told[place], self._vectors[place] = told, vector.copy()  # else the whole batch would stay
            else:
                self._told.append(told)
                self._vectors.append(vector.copy())

    def gathered(self) -> Gathered:
        ids, texts, languages, stored = zip(*self._told, strict=True) if self._told else ((), (), (), ())
        none = np.zeros((0, self._embedding.dimensions), np.float32)
        vectors = np.stack(self._vectors) if self._vectors else none
        return Gathered(ids, texts, languages, stored, vectors, Usual.of_languages(vectors, languages), self.seen)


def topic_text(mention: Mention) -> str:
    """Return the text whose topic is told: the same that the pipeline sees when a mention comes."""
    return mention.text[:LONGEST_TEXT]


def in_batches(mentions: Iterable[AnnotatedMention]) -> Iterator[list[AnnotatedMention]]:
    """Give mentions some hundreds at a time."""
    remaining = iter(mentions)
    while some := list(islice(remaining, _AT_ONCE)):
        yield some
