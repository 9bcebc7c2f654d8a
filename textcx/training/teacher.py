"""Teacher: a transformer that is tuned on labelled texts and then says of others what holds, with probabilities."""

import os
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from textcx.errors import ConfigError, MissingExtraError
from textcx.training.lessons import Lesson
from textcx.training.solver import Matrix

_MOST_TOKENS = 128
_BATCH_TEXTS = 32
_TEXTS_AT_ONCE = 128
_BUCKET_BATCHES = 50
"""So many batches are sorted by length together: little is padding, and their order stays one of chance."""
_WARM_UP = 0.06
_DECAY = 0.01
_STEEPEST = 1.0


class Teacher:
    """A model for sequence classification that learns one lesson; on a GPU in bfloat16 where there is one.

    Args:
        model: A local folder, or a name on the hub, `NAME@REVISION` for a fixed one.
        epochs: How often it sees each text.
        rate: The highest learning rate.
        seed: Of what is left to chance.

    Raises:
        MissingExtraError: torch or transformers is not installed.
    """

    def __init__(self, model: str, *, epochs: int = 3, rate: float = 5e-5, seed: int = 0) -> None:
        missing = [package for package in ("torch", "transformers") if find_spec(package) is None]
        if missing:
            raise MissingExtraError(f"A teacher needs {' and '.join(missing)}. Install: pip install 'textcx[models]'.")
        self._name, _, revision = (model, "", "") if Path(model).is_dir() else model.partition("@")
        self._revision = revision or None
        self._epochs = epochs
        self._rate = rate
        self._seed = seed
        self._tokenizer: Any = None
        self._model: Any = None
        self._exclusive = True

    def learn(self, lesson: Lesson) -> None:
        """Tune the model on a lesson, anew from what it was; its word vectors stay as they are.

        Raises:
            ConfigError: There is no such model.
        """
        import torch

        self._load(lesson)
        chance = np.random.default_rng(self._seed)
        ids = self._encoded(lesson.texts)
        tuned = [one for one in self._model.parameters() if one.requires_grad]
        optimizer = torch.optim.AdamW(tuned, lr=self._rate, weight_decay=_DECAY)
        steps = self._epochs * -(-len(ids) // _BATCH_TEXTS)
        warm = max(1, int(_WARM_UP * steps))
        pace = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min((step + 1) / warm, 1 - step / (steps + 1)))
        loss_of = torch.nn.CrossEntropyLoss() if lesson.exclusive else torch.nn.BCEWithLogitsLoss()
        self._model.train()
        for _ in range(self._epochs):
            for batch in _shuffled(ids, chance):
                wanted = torch.from_numpy(lesson.targets[batch]).to(self._model.device)
                loss = loss_of(self._logits([ids[row] for row in batch]), wanted)
                optimizer.zero_grad()
                loss.backward()
                torch.nn.utils.clip_grad_norm_(tuned, _STEEPEST)
                optimizer.step()
                pace.step()
        self._model.eval()

    def shares(self, texts: Sequence[str]) -> Matrix:
        """Return the probability of each output of the lesson, a row a text."""
        import torch

        ids = self._encoded(texts)
        order = sorted(range(len(ids)), key=lambda row: len(ids[row]))
        found: list[Any] = [None] * len(ids)
        for first in range(0, len(order), _TEXTS_AT_ONCE):
            batch = order[first : first + _TEXTS_AT_ONCE]
            with torch.inference_mode():
                logits = self._logits([ids[row] for row in batch])
                judged = torch.softmax(logits, dim=-1) if self._exclusive else torch.sigmoid(logits)
            for row, values in zip(batch, judged.cpu().numpy(), strict=True):
                found[row] = values
        return np.array(found, dtype=np.float32)

    def _load(self, lesson: Lesson) -> None:
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        import torch
        from transformers import AutoModelForSequenceClassification, AutoTokenizer
        from transformers.utils import logging

        logging.disable_progress_bar()
        torch.manual_seed(self._seed)
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(self._name, revision=self._revision)
            model = AutoModelForSequenceClassification.from_pretrained(
                self._name, revision=self._revision, num_labels=len(lesson.outputs), ignore_mismatched_sizes=True
            )
        except (OSError, ValueError) as error:
            raise ConfigError(
                f"--model: there is no model {self._name!r}, neither as a folder nor to be fetched by that name."
            ) from error
        for one in model.get_input_embeddings().parameters():
            one.requires_grad = False
        self._model = model.float().to("cuda" if torch.cuda.is_available() else "cpu")
        self._exclusive = lesson.exclusive

    def _encoded(self, texts: Sequence[str]) -> list[list[int]]:
        most = min(_MOST_TOKENS, self._tokenizer.model_max_length)
        encoded: list[list[int]] = self._tokenizer(list(texts), truncation=True, max_length=most)["input_ids"]
        return encoded

    def _logits(self, ids: Sequence[list[int]]) -> Any:
        import torch

        padded = self._tokenizer.pad({"input_ids": list(ids)}, return_tensors="pt").to(self._model.device)
        is_small = self._model.device.type == "cuda" and torch.cuda.is_bf16_supported()
        with torch.autocast(self._model.device.type, torch.bfloat16, enabled=is_small):
            logits = self._model(input_ids=padded["input_ids"], attention_mask=padded["attention_mask"]).logits
        return logits.float()


def _shuffled(ids: Sequence[list[int]], chance: np.random.Generator) -> Iterator[list[int]]:
    """Give batches of rows of like length, in an order of chance."""
    order = chance.permutation(len(ids)).tolist()
    many = _BATCH_TEXTS * _BUCKET_BATCHES
    for first in range(0, len(order), many):
        bucket = sorted(order[first : first + many], key=lambda row: len(ids[row]))
        starts = np.arange(0, len(bucket), _BATCH_TEXTS)
        for start in chance.permutation(starts).tolist():
            yield bucket[start : start + _BATCH_TEXTS]
