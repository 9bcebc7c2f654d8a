"""Cues: words and pairs of words that tell of a signal, as features that all cues of a signal share.

So a rare cue speaks as loudly as the common ones. The table pays nothing for them: what they weigh is folded into the
rows of words and pairs.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sparse
import yaml

from textcx.errors import ConfigError
from textcx.model.ngrams import Keys, hash_words, pair_keys, tokens_of, word_key
from textcx.training.features import Lexis, Run, length_of
from textcx.training.solver import Matrix

FILE = "cues.yaml"
_ANY_ENDING = "*"
_SCALE = 0.5
"""How strongly a cue counts before training, against n-grams."""
Terms = Mapping[str, Sequence[str]]
"""By signal, its cues of all languages."""


@dataclass(frozen=True, slots=True)
class Cues:
    """Cues as features.

    Attributes:
        keys: Sorted keys of words and pairs.
        columns: A row a key; two columns a signal, one for words and one for pairs.
    """

    keys: Keys
    columns: Matrix

    def features(self, lexis: Lexis, runs: Sequence[Run]) -> Any:
        """Return a CSR matrix with a row for each run: how often the cues of each column occur, by its length."""
        keys, owner = lexis.keys_of(runs)
        if not len(self.keys):
            return sparse.csr_matrix(np.zeros((len(runs), self.columns.shape[1]), np.float32))
        places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        known = self.keys[places] == keys
        shape = (len(runs), len(self.keys))
        counted = sparse.csr_matrix((np.ones(known.sum(), np.float32), (owner[known], places[known])), shape=shape)
        return (sparse.diags(1 / length_of(runs)) @ counted @ sparse.csr_matrix(self.columns)).astype(np.float32)


NO_CUES = Cues(np.zeros(0, np.uint32), np.zeros((0, 0), np.float32))


def read_cues(folder: Path) -> Terms:
    """Return the cues of `cues.yaml` in a folder; none where there is no such file.

    Raises:
        ConfigError: The file is no mapping of signals to languages to terms of one or two words.
    """
    path = folder / FILE
    if not path.is_file():
        return {}
    try:
        read = yaml.safe_load(path.read_text(encoding="utf-8"))
        found = {name: [term for terms in languages.values() for term in terms] for name, languages in read.items()}
    except (yaml.YAMLError, AttributeError, TypeError) as error:
        raise ConfigError(f"{path.name} holds no cues by signal and language: {type(error).__name__}.") from error
    for name, terms in found.items():
        for term in terms:
            if not isinstance(term, str) or not 1 <= len(_words_of(term)) <= 2:
                raise ConfigError(f"{path.name} holds `{term}` under {name}; a cue is one word or two.")
    return found


def build_cues(lexis: Lexis, terms: Terms) -> Cues:
    """Return cues as features; a cue with any ending stands for all words of the texts that begin so."""
    words = sorted(lexis.words)
    columns: dict[int, set[int]] = {}
    for number, some in enumerate(terms.values()):
        for term in some:
            for key, is_pair in _keys_of(term, words):
                columns.setdefault(key, set()).add(2 * number + is_pair)
    keys = np.array(sorted(columns), dtype=np.uint32)
    found = np.zeros((len(keys), 2 * len(terms)), np.float32)
    for row, key in enumerate(keys.tolist()):
        found[row, list(columns[key])] = _SCALE
    return Cues(keys, found)


def _words_of(term: str) -> list[str]:
    return tokens_of(term.removesuffix(_ANY_ENDING)).words


def _keys_of(term: str, words: Sequence[str]) -> Iterator[tuple[int, bool]]:
    """Give the keys of a term, and whether each is that of a pair."""
    of_term = _words_of(term)
    if len(of_term) == 2:
        first, second = hash_words(of_term)
        yield int(pair_keys(np.array([first]), np.array([second]))[0]), True
    elif not term.endswith(_ANY_ENDING):
        yield word_key(of_term[0]), False
    else:
        for place in range(bisect_left(words, of_term[0]), len(words)):
            if not words[place].startswith(of_term[0]):
                return
            yield word_key(words[place]), False
