"""Teaching: soft labels are made once, by a teacher tuned for each head, and found again when a table is trained."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Protocol

import numpy as np

from textcx.errors import ConfigError
from textcx.training.corpus import training_rows
from textcx.training.lessons import Lesson, lesson_of, texts_to_judge
from textcx.training.rows import Row
from textcx.training.soft_labels import SoftLabels, TeacherCard, write_card, write_head
from textcx.training.solver import Matrix
from textcx.training.sources import DataSets
from textcx.training.taught import Taught


class Judge(Protocol):
    """What is needed of a teacher."""

    def learn(self, lesson: Lesson) -> None:
        """Learn a lesson and forget the one before."""
        ...

    def shares(self, texts: Sequence[str]) -> Matrix:
        """Return the probability of each output of the lesson, a row a text."""
        ...


def make_soft_labels(
    data: Path,
    own: Path,
    target: Path,
    teacher: Judge,
    *,
    model: str,
    licence: str,
    heads: Sequence[str],
    most: int,
    open_only: bool,
    seed: int,
    say: Callable[[str], None],
) -> None:
    """Tune a teacher for each head, and write what it says of the texts without a label for it.

    Args:
        data: Holds the data sets; their development parts are neither learned from nor judged.
        own: Holds the texts written for this project.
        target: The folder to write.
        teacher: Learns and judges.
        model: Its name, for the card.
        licence: Its licence, for the card.
        heads: Names of the heads.
        most: Judge no more texts for a head than these, chosen by chance.
        open_only: Read only class A and what is free for models.
        seed: Of that choice, and of the teacher.
        say: Is told what has been done.

    Raises:
        ConfigError: No such head or model, or no labelled texts for a head.
    """
    rows = training_rows(data, own, DataSets(data, open_only=open_only))
    lessons = {head: lesson_of(rows, head) for head in heads}
    unlabelled = {head: texts_to_judge(rows, head) for head in heads}
    for head in heads:
        if not lessons[head].texts or not unlabelled[head]:
            raise ConfigError(f"--head {head}: the sets of --data hold no texts for it, with a label or without one.")
    target.mkdir(parents=True, exist_ok=True)
    for head, lesson in lessons.items():
        texts = unlabelled[head]
        if len(texts) > most:
            chosen = np.random.default_rng(seed).choice(len(texts), most, replace=False)
            texts = [texts[place] for place in sorted(chosen.tolist())]
        say(f"{head}: {len(lesson.texts):,} labelled texts to learn from, {len(texts):,} to judge")
        teacher.learn(lesson)
        write_head(target, head, texts, teacher.shares(texts))
        say(f"{head}: judged")
    sets = {head: lesson.sets for head, lesson in lessons.items()}
    outputs = {head: lesson.outputs for head, lesson in lessons.items()}
    write_card(target, TeacherCard(model, licence, open_only, seed, sets, outputs, _packages()))


def taught_of(soft: SoftLabels, rows: Mapping[str, Sequence[Row]], *, open_only: bool) -> dict[str, Taught]:
    """Return what a teacher said of the texts that training reads, by head.

    Raises:
        ConfigError: It knows another head than ours, or learned from sets that the open weights may not use.
    """
    if open_only and not soft.card.open_only:
        raise ConfigError("The teacher learned from sets that are not free: make its labels with --weights open too.")
    found = {}
    for head, outputs in soft.card.outputs.items():
        if tuple(outputs) != lesson_of(rows, head).outputs:
            raise ConfigError(f"The teacher's labels of {head} are of {', '.join(outputs)}: make them anew.")
        found[head] = Taught(*soft.of(head, texts_to_judge(rows, head)))
    return found


def _packages() -> dict[str, str]:
    found = {}
    for name in ("torch", "transformers"):
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found
