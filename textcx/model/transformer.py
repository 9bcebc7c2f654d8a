"""TransformerSentiment: what a transformers model says of the polarity of texts; by hub name or from a local folder.

The one module that imports torch, and only when the first text is judged: a process that forks workers loads nothing.
"""

import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, get_args

import numpy as np

from textcx.annotation import Polarity
from textcx.errors import ConfigError, MissingExtraError
from textcx.model.card import POLARITIES, Numbers

_MOST_TOKENS = 512
"""Of one text; what lies behind is not read. Most models have learned no more positions."""
_BATCH_TOKENS = 8192
"""Of one pass, padding included: about 300 MB for a model of base size."""
_READ_AT_ONCE = 1 << 20
_SETTING = "[model] sentiment"
_NAMES = (("neg", "negative"), ("neu", "neutral"), ("pos", "positive"), ("mix", "mixed"))
_OF_STARS = {"1": "negative", "2": "negative", "3": "neutral", "4": "positive", "5": "positive"}
_STARS = re.compile(r"([1-5]) stars?")


class TransformerSentiment:
    """Judges by a model for sequence classification, in batches of texts of like length.

    Args:
        name: A local folder, or a name on the hub, `NAME@REVISION` for a fixed one.
        labels: The polarity that each label of the model means, in its order, where its own names do not tell.
        precision: `float32` or `bfloat16`; else the latter on a GPU that multiplies it.

    Raises:
        MissingExtraError: torch or transformers is not installed.
        ConfigError: There is no such model, it is no classifier, or its labels do not tell what they mean.
    """

    def __init__(self, name: str, *, labels: Sequence[str] = (), precision: str = "") -> None:
        missing = [package for package in ("torch", "transformers") if find_spec(package) is None]
        if missing:
            raise MissingExtraError(
                f"{_SETTING} needs {' and '.join(missing)}. Install it: pip install 'textcx[models]'."
            )
        self._name, _, revision = (name, "", "") if Path(name).is_dir() else name.partition("@")
        self._revision = revision or None
        self._precision = precision
        config = self._read_config()
        classifies = any("ForSequenceClassification" in one for one in config.architectures or ())
        if not classifies or config.num_labels < 2:
            raise ConfigError(f"{_SETTING}: {name!r} does not classify texts. Fine-tune it for sentiment first.")
        names = [str(config.id2label[number]) for number in range(config.num_labels)]
        self._meaning = np.zeros((len(names), len(POLARITIES)))
        for number, polarity in enumerate(_polarities(names, labels)):
            self._meaning[number, POLARITIES.index(polarity)] = 1
        self._most_tokens = min(_MOST_TOKENS, getattr(config, "max_position_embeddings", None) or _MOST_TOKENS)
        self._loaded: tuple[int, Any, Any, str] | None = None
        self.version = " ".join(
            filter(None, (f"transformers:{Path(self._name).name}", self._fingerprint(config), precision))
        )

    def shares(self, texts: Sequence[str]) -> Numbers:
        """Return the probability of negative, neutral, positive and mixed for each text, a row a text."""
        import torch

        tokenizer, model, device = self._load()
        limit = min(self._most_tokens, tokenizer.model_max_length)
        encoded = tokenizer(list(texts), truncation=True, max_length=limit)["input_ids"]
        found = np.zeros((len(texts), len(POLARITIES)))
        for batch in _batches([len(one) for one in encoded]):
            padded = tokenizer.pad({"input_ids": [encoded[row] for row in batch]}, return_tensors="pt").to(device)
            with torch.inference_mode():
                logits = model(input_ids=padded["input_ids"], attention_mask=padded["attention_mask"]).logits
            found[batch] = torch.softmax(logits.double(), dim=-1).cpu().numpy() @ self._meaning
        return found

    def _load(self) -> tuple[Any, Any, str]:
        """Return tokenizer, model and device, loaded once a process: a GPU cannot be carried into a fork."""
        if self._loaded is None or self._loaded[0] != os.getpid():
            import torch
            from transformers import AutoModelForSequenceClassification, AutoTokenizer
            from transformers.utils import logging

            logging.disable_progress_bar()
            device = "cuda" if torch.cuda.is_available() else "cpu"
            is_fast = device == "cuda" and torch.cuda.is_bf16_supported()
            kind = getattr(torch, self._precision or ("bfloat16" if is_fast else "float32"))
            tokenizer = AutoTokenizer.from_pretrained(self._name, revision=self._revision)
            model = AutoModelForSequenceClassification.from_pretrained(self._name, revision=self._revision, dtype=kind)
            self._loaded = (os.getpid(), tokenizer, model.to(device).eval(), device)
        return self._loaded[1:]

    def _read_config(self) -> Any:
        from transformers import AutoConfig

        try:
            return AutoConfig.from_pretrained(self._name, revision=self._revision)
        except (OSError, ValueError) as error:
            raise ConfigError(
                f"{_SETTING}: there is no model {self._name!r}, neither as a folder nor to be fetched by that name."
            ) from error

    def _fingerprint(self, config: Any) -> str:
        """Return what changes with the model: the hub's commit, or a hash of the folder's files."""
        folder = Path(self._name)
        if not folder.is_dir():
            return str(getattr(config, "_commit_hash", None) or self._revision or "unknown revision")[:10]
        digest = hashlib.sha256()
        for path in sorted(folder.iterdir()):
            if path.suffix in (".json", ".txt", ".model", ".safetensors", ".bin"):
                digest.update(path.name.encode("utf-8"))
                with path.open("rb") as file:
                    while part := file.read(_READ_AT_ONCE):
                        digest.update(part)
        return digest.hexdigest()[:10]


def _polarities(names: Sequence[str], given: Sequence[str]) -> list[str]:
    """Return what each label means: as given, or as its name says."""
    if given:
        if len(given) != len(names):
            raise ConfigError(
                f"[model] sentiment_labels names {len(given)} polarities, but the model has {len(names)} labels: "
                f"{', '.join(names)}."
            )
        return list(given)
    found = [_meant_by(name.lower()) for name in names]
    if None in found:
        raise ConfigError(
            f"{_SETTING}: the model's labels {', '.join(names)} do not tell what they mean. Say it in their order by "
            f"[model] sentiment_labels, each one of {', '.join(get_args(Polarity))}."
        )
    return [one for one in found if one is not None]


def _meant_by(name: str) -> str | None:
    stars = _STARS.fullmatch(name)
    if stars:
        return _OF_STARS[stars[1]]
    return next((polarity for start, polarity in _NAMES if name.startswith(start)), None)


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Give the rows of each pass, shortest texts first, so that little is padding."""
    batch: list[int] = []
    for row in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and (len(batch) + 1) * lengths[row] > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch
