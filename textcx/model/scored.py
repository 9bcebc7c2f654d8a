"""Scored texts: tokens, clauses and the scores of all heads, for many texts in one pass of the table."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from textcx.model.clauses import clause_starts
from textcx.model.ngrams import Hashes, Tokens, tokens_of
from textcx.model.table import Scores, Table, WordSums, run_sums


class Scored(NamedTuple):
    """A text as the table sees it.

    Attributes:
        text: The text.
        tokens: Its tokens.
        starts: Index of the first token of each clause.
        clauses: Scores, a row a clause.
    """

    text: str
    tokens: Tokens
    starts: Sequence[int]
    clauses: Scores

    def clause_tokens(self, clause: int) -> range:
        """Return the indices of the tokens of a clause."""
        last = self.starts[clause + 1] if clause + 1 < len(self.starts) else len(self.tokens)
        return range(self.starts[clause], last)

    def strongest_clause(self, column: int) -> int:
        """Return the clause that says most of a column."""
        return int(self.clauses[:, column].argmax())

    def clause_span(self, clause: int) -> dict[str, int]:
        """Return where a clause stands in the text."""
        tokens = self.clause_tokens(clause)
        return {"start": self.tokens.starts[tokens[0]], "end": self.tokens.ends[tokens[-1]]}


@dataclass(frozen=True, slots=True)
class Batch:
    """Texts scored together.

    Attributes:
        texts: Each text.
        scores: A row a clause, text by text, then a row a text.
        wholes: The rows of the texts.
        clauses: The rows of the clauses.
        firsts: The row of each text's first clause.
        ends: Index of the first token of each clause among those of all texts, and after the last one.
        hashes: The hash of each token of all texts.
        begins: Index of the first token of each text.
        adds: What each token adds, unscaled.
        scales: What `adds` is multiplied with.
    """

    texts: Sequence[Scored]
    scores: Scores
    wholes: Scores
    clauses: Scores
    firsts: NDArray[np.int64]
    ends: NDArray[np.int64]
    hashes: Hashes
    begins: Sequence[int]
    adds: WordSums
    scales: Scores

    def clauses_of(self, chosen: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the rows of the clauses of some texts, text by text, and how many each text has."""
        sizes = np.array([len(self.texts[number].starts) for number in chosen.tolist()], dtype=np.int64)
        if len(chosen) == len(self.texts) == 1:  # a text alone, which is to be quick
            return np.arange(len(self.clauses)), sizes
        return ranges(self.firsts.take(chosen), sizes), sizes

    def peaks(self, columns: slice, chosen: NDArray[np.int64]) -> Scores:
        """Return the highest score of any clause, column by column, a row a chosen text."""
        rows, sizes = self.clauses_of(chosen)
        return np.asarray(np.maximum.reduceat(self.clauses[rows, columns], sizes.cumsum() - sizes, axis=0))


def ranges(firsts: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return firsts[0], firsts[0] + 1, ... of sizes[0] numbers, then those of firsts[1], and so on."""
    ends: NDArray[np.int64] = sizes.cumsum()
    places: NDArray[np.int64] = (firsts - (ends - sizes)).repeat(sizes)
    places += np.arange(len(places))
    return places


def score_texts(table: Table, bias: Scores, texts: Sequence[str]) -> Batch:
    """Return the scores of texts; those of one do not depend on the others.

    Args:
        table: Adds up.
        bias: Of each column.
        texts: The texts.
    """
    tokens = list(map(tokens_of, texts))
    starts = list(map(clause_starts, texts, tokens))
    words: list[str] = []
    runs: list[int] = []
    begins = []
    for some, first in zip(tokens, starts, strict=True):
        begin = len(words)
        begins.append(begin)
        runs += [begin + start for start in first] if len(first) > 1 else [begin]
        words += some.words
    sums = table.sums(words, runs, begins)
    clause_ends = np.array([0, *accumulate(map(len, starts))], dtype=np.int64)
    firsts = clause_ends[:-1]
    sizes = np.concatenate((sums.ends[1:] - sums.ends[:-1], [len(some.words) for some in tokens]))
    scores = np.concatenate((sums.runs, run_sums(sums.runs, clause_ends)), dtype=np.float32, casting="same_kind")
    scores *= table.scales
    scores /= np.sqrt(np.maximum(sizes, 1)).astype(np.float32)[:, None]
    scores += bias
    clauses, wholes = scores[: len(runs)], scores[len(runs) :]
    found = [
        Scored(
            text,
            some,
            first,
            clauses[clause : clause + len(first)],
        )
        for text, some, first, clause in zip(texts, tokens, starts, firsts.tolist(), strict=True)
    ]
    return Batch(found, scores, wholes, clauses, firsts, sums.ends, sums.hashes, begins, sums.words, table.scales)
