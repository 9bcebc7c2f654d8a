"""Soft labels: what a teacher says of texts of the sets, by a hash of each; their folder lies outside the project."""

import gzip
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
import orjson

from textcx.errors import ConfigError
from textcx.training.solver import Matrix

_CARD = "card.json"
_HASH_DIGITS = 20
_DECIMALS = 4
_FIELDS = frozenset({"text", "head", "shares"})


@dataclass(frozen=True, slots=True)
class TeacherCard:
    """Where soft labels come from.

    Attributes:
        model: The model that was tuned, by name or the name of its folder.
        licence: Its licence, in the words of who made the labels.
        open_only: Whether it was tuned on free sets alone; only then may the open weights learn from it.
        seed: Of the tuning.
        sets: For each head, the sets that it was tuned on.
        outputs: For each head, what its probabilities are of.
        packages: Versions of the libraries.
    """

    model: str
    licence: str
    open_only: bool
    seed: int
    sets: Mapping[str, Sequence[str]]
    outputs: Mapping[str, Sequence[str]]
    packages: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SoftLabels:
    """What a teacher said: for each head and hash of a text, the probability of each output."""

    card: TeacherCard
    shares: Mapping[str, Mapping[str, Sequence[float]]]

    def of(self, head: str, texts: Sequence[str]) -> tuple[list[str], Matrix]:
        """Return those of the texts that were judged for a head, once each, and their probabilities."""
        known = self.shares.get(head, {})
        found = {text: known[key] for text in dict.fromkeys(texts) if (key := text_hash(text)) in known}
        shape = (len(found), len(self.card.outputs.get(head, ())))
        return list(found), np.array(list(found.values()), dtype=np.float32).reshape(shape)


def text_hash(text: str) -> str:
    """Return what stands for a text in the files."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH_DIGITS]


def write_head(folder: Path, head: str, texts: Sequence[str], shares: Matrix) -> None:
    """Write what was said for one head; the same labels give the same bytes."""
    lines = [
        orjson.dumps({"text": text_hash(text), "head": head, "shares": [round(share, _DECIMALS) for share in row]})
        for text, row in zip(texts, shares.tolist(), strict=True)
    ]
    _file_of(folder, head).write_bytes(gzip.compress(b"\n".join([*lines, b""]), mtime=0))


def write_card(folder: Path, card: TeacherCard) -> None:
    """Write where the labels come from; a folder without it counts as unfinished."""
    (folder / _CARD).write_bytes(orjson.dumps(asdict(card), option=orjson.OPT_INDENT_2))


def read_soft_labels(folder: Path) -> SoftLabels:
    """Return the soft labels of a folder.

    Raises:
        ConfigError: It holds no card, or a line that is no soft label of a head of the card.
    """
    try:
        card = TeacherCard(**orjson.loads((folder / _CARD).read_bytes()))
    except (OSError, TypeError, orjson.JSONDecodeError) as error:
        message = f"{folder} holds no soft labels: {_CARD} is missing or another. Make them: textcx train teacher."
        raise ConfigError(message) from error
    shares: dict[str, dict[str, Sequence[float]]] = {head: {} for head in card.outputs}
    for path in (_file_of(folder, head) for head in card.outputs):
        try:
            lines = gzip.decompress(path.read_bytes()).splitlines()
        except (OSError, EOFError) as error:
            raise ConfigError(f"{path.name} cannot be read as soft labels: {error}") from error
        for number, line in enumerate(lines, start=1):
            key, head, values = _label(line, f"Line {number} of {path.name}", card)
            shares[head][key] = values
    return SoftLabels(card, shares)


def _file_of(folder: Path, head: str) -> Path:
    return folder / f"{head.replace(' ', '-')}.jsonl.gz"


def _label(line: bytes, place: str, card: TeacherCard) -> tuple[str, str, Sequence[float]]:
    try:
        label = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise ConfigError(f"{place} is no JSON: {error}.") from error
    if not isinstance(label, dict) or label.keys() != _FIELDS:
        raise ConfigError(f"{place} is no soft label; it holds `text` (a hash), `head` and `shares`.")
    head, values = label["head"], label["shares"]
    if head not in card.outputs:
        raise ConfigError(f"{place} is of the head {head!r}; the card knows {', '.join(card.outputs)}.")
    names = card.outputs[head]
    is_share = isinstance(values, list) and all(isinstance(one, int | float) and 0 <= one <= 1 for one in values)
    if not is_share or len(values) != len(names):
        raise ConfigError(f"{place} needs {len(names)} probabilities, of {', '.join(names)}.")
    return str(label["text"]), head, values
