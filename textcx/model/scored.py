"""Scored texts: tokens, clauses and the scores of all heads, for many texts in one pass of the table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from textcx.model.clauses import clause_starts
from textcx.model.ngrams import Hashes, Tokens, tokens_of
from textcx.model.table import Scores, Table, run_sums

_NOTHING = ""


class Scored(NamedTuple):
    """A text as the table sees it.

    Attributes:
        text: The text.
        tokens: Its tokens.
        starts: Index of the first token of each clause.
        clauses: Scores, a row a clause.
        whole: Scores of the text.
        words: What each token adds, unscaled.
        hashes: The hash of each token.
        scales: What `words` is multiplied with.
    """

    text: str
    tokens: Tokens
    starts: Sequence[int]
    clauses: Scores
    whole: Scores
    words: NDArray[np.int32]
    hashes: Hashes
    scales: Scores

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
        wholes: Scores, a row a text.
        clauses: Scores, a row a clause, text by text.
        firsts: The row of each text's first clause.
    """

    texts: Sequence[Scored]
    wholes: Scores
    clauses: Scores
    firsts: NDArray[np.int64]

    def peaks(self, columns: slice) -> Scores:
        """Return the highest score of any clause, column by column, a row a text."""
        return np.asarray(np.maximum.reduceat(self.clauses[:, columns], self.firsts, axis=0))


def score_texts(table: Table, bias: Scores, texts: Sequence[str]) -> Batch:
    """Return the scores of texts; those of one do not depend on the others.

    Args:
        table: Adds up.
        bias: Of each column.
        texts: The texts.
    """
    tokens = [tokens_of(text) for text in texts]
    starts = [clause_starts(text, some) for text, some in zip(texts, tokens, strict=True)]
    words: list[str] = []
    runs: list[int] = []
    places = []
    for some, first in zip(tokens, starts, strict=True):
        place = len(words)
        places.append(place)
        runs += [place + start for start in first] if len(first) > 1 else [place]
        words += some.words
        runs.append(len(words))  # the separator is a run of its own
        words.append(_NOTHING)
    sums = table.sums(words, runs)
    clauses_of = np.array([len(first) for first in starts], dtype=np.int64)
    firsts = clauses_of.cumsum() - clauses_of
    is_clause = np.ones(len(runs), dtype=bool)
    is_clause[(clauses_of + 1).cumsum() - 1] = False
    of_clauses = sums.runs[is_clause]
    begins = np.array([*runs, len(words)], dtype=np.int64)
    lengths = (begins[1:] - begins[:-1])[is_clause]
    clauses = _by_length(of_clauses, lengths, table.scales, bias)
    whole_sums = run_sums(of_clauses, firsts)
    sizes = np.array([len(some) for some in tokens], dtype=np.int64)
    wholes = _by_length(whole_sums, sizes, table.scales, bias)
    found = [
        Scored(
            text,
            some,
            first,
            clauses[clause : clause + len(first)],
            wholes[number],
            sums.words[place : place + len(some)],
            sums.hashes[place : place + len(some)],
            table.scales,
        )
        for number, (text, some, first, clause, place) in enumerate(
            zip(texts, tokens, starts, firsts.tolist(), places, strict=True)
        )
    ]
    return Batch(found, wholes, clauses, firsts)


def _by_length(sums: NDArray[np.int32], sizes: NDArray[np.int64], scales: Scores, bias: Scores) -> Scores:
    lengths = np.sqrt(np.maximum(sizes, 1)).astype(np.float32)
    scores = sums.astype(np.float32)
    scores *= scales
    scores /= lengths[:, None]
    scores += bias
    return scores
