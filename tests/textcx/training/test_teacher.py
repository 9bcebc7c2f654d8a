"""A teacher: what it says of texts without labels changes a head; its labels hold no text and lie outside."""

import gzip
import json
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.textcx.tiny_model import tiny_model
from textcx.errors import ConfigError, MissingExtraError, UnknownNameError
from textcx.training.corpus import Corpus, read_corpus, training_rows
from textcx.training.features import feature_matrix
from textcx.training.general import THREE, General, train_general
from textcx.training.lessons import Lesson, texts_to_judge
from textcx.training.soft_labels import read_soft_labels
from textcx.training.solver import Matrix, softmax
from textcx.training.sources import DataSets
from textcx.training.teacher import Teacher
from textcx.training.teaching import make_soft_labels, taught_of

HAS_TORCH = all(find_spec(name) for name in ("torch", "transformers"))
PRAISE, BLAME = ("strålande", "vakkert", "morsomt"), ("kjedelig", "stygt", "slapt")
NEW_PRAISE, NEW_BLAME = "bravissimo", "makkverk"
THINGS = ("filmen", "boken", "albumet", "spillet", "serien", "konserten")
NO_LABEL = [f"{thing} er {word} denne gangen" for thing in THINGS for word in (NEW_PRAISE, NEW_BLAME)]


def _write(data: Path, place: str, lines: Sequence[dict[str, Any]], part: str = "train") -> None:
    path = data / f"{place}.{part}.jsonl.gz"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress("\n".join(json.dumps(line) for line in lines).encode()))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return sets of sentences with labels, and of an article without."""
    folder = tmp_path / "data"
    labelled = [
        {"text": f"{thing} er {word}", "lang": "no", "label": label, "source": "norec-sentence"}
        for label, words in (("positive", PRAISE), ("negative", BLAME), ("neutral", ("norsk", "ny")))
        for word in words
        for thing in THINGS
    ]
    _write(folder, "norec-sentence/sentiment", labelled)
    article = ". ".join(one.capitalize() for one in NO_LABEL) + ". " + "Kort. " * 3
    _write(folder, "norec-docs-sample/unlabelled", [{"text": article, "lang": "no", "source": "norec-docs-sample"}])
    _write(folder, "nordic-lid/lid", [{"text": "filmen er norsk", "lang": "nb", "source": "nordic-lid"}])
    (tmp_path / "own").mkdir()
    return folder


class Knowing:
    """A teacher that knows the words which no label holds."""

    def __init__(self) -> None:
        self.learned: list[Lesson] = []

    def learn(self, lesson: Lesson) -> None:
        self.learned.append(lesson)

    def shares(self, texts: Sequence[str]) -> Matrix:
        praise = np.array([0.02, 0.03, 0.95], np.float32)
        return np.array([praise if NEW_PRAISE in text.lower() else praise[::-1] for text in texts])


def make(data: Path, target: Path, teacher: Any, *, open_only: bool = False, heads: Sequence[str] = ("press",)) -> None:
    make_soft_labels(
        data,
        data.parent / "own",
        target,
        teacher,
        model="tiny",
        licence="made for this test",
        heads=heads,
        most=1000,
        open_only=open_only,
        seed=0,
        say=lambda _: None,
    )


def trained(data: Path, target: Path | None) -> tuple[Corpus, General]:
    """Return what is learned of the sets, with a teacher and without one."""
    corpus = read_corpus(data, data.parent / "own", open_only=False)
    taught = taught_of(read_soft_labels(target), corpus.rows, open_only=False) if target else {}
    return corpus, train_general(corpus, taught)


def judged(data: Path, target: Path | None, *texts: str) -> list[str]:
    """Return what the head for press then says of texts."""
    corpus, general = trained(data, target)
    runs = [corpus.lexis.read(text) for text in texts]
    head = general.heads["press"]
    scores = feature_matrix(corpus.lexis, general.vocabulary, corpus.vectors, runs) @ head.of_features + head.bias
    return [THREE[place] for place in softmax(scores).argmax(axis=1)]


def test_a_head_learns_from_a_teacher_what_no_label_told_it(data: Path, tmp_path: Path) -> None:
    make(data, tmp_path / "soft", Knowing())
    texts = (f"Forestillingen er {NEW_PRAISE}", f"Forestillingen er {NEW_BLAME}")
    assert judged(data, tmp_path / "soft", *texts) == ["positive", "negative"]
    assert judged(data, None, *texts) != ["positive", "negative"]
    assert judged(data, tmp_path / "soft", "filmen er morsomt", "boken er slapt") == ["positive", "negative"]


def test_the_other_heads_are_what_they_are_without_it(data: Path, tmp_path: Path) -> None:
    make(data, tmp_path / "soft", Knowing())
    (_, alone), (_, taught) = trained(data, None), trained(data, tmp_path / "soft")
    assert np.array_equal(alone.vocabulary.keys, taught.vocabulary.keys)
    changed = [name for name, head in alone.heads.items() if not np.array_equal(head.bias, taught.heads[name].bias)]
    assert changed == ["press"]


def test_it_learns_what_has_labels_and_judges_what_has_none_by_sentences(data: Path, tmp_path: Path) -> None:
    teacher = Knowing()
    make(data, tmp_path / "soft", teacher)
    (lesson,) = teacher.learned
    assert (lesson.sets, lesson.outputs, len(lesson.texts)) == (("norec-sentence/sentiment",), THREE, 48)
    rows = training_rows(data, data.parent / "own", DataSets(data))
    texts = texts_to_judge(rows, "press")
    assert [text.rstrip(".").lower() for text in texts] == NO_LABEL
    found, shares = read_soft_labels(tmp_path / "soft").of("press", [*texts, *texts, "noe annet"])
    assert found == texts
    assert shares[0].tolist() == pytest.approx([0.02, 0.03, 0.95])


def test_labels_hold_hashes_and_a_card_but_no_texts(data: Path, tmp_path: Path) -> None:
    make(data, tmp_path / "soft", Knowing())
    written = gzip.decompress((tmp_path / "soft" / "press.jsonl.gz").read_bytes()).decode()
    assert len(written.splitlines()) == len(NO_LABEL)
    assert NEW_PRAISE not in written
    card = json.loads((tmp_path / "soft" / "card.json").read_text(encoding="utf-8"))
    assert (card["model"], card["licence"]) == ("tiny", "made for this test")
    assert card["sets"] == {"press": ["norec-sentence/sentiment"]}
    first = (tmp_path / "soft" / "press.jsonl.gz").read_bytes()
    make(data, tmp_path / "again", Knowing())
    assert (tmp_path / "again" / "press.jsonl.gz").read_bytes() == first


def test_texts_of_development_parts_are_not_learned_from(data: Path, tmp_path: Path) -> None:
    held = f"{THINGS[0]} er {PRAISE[0]}"
    line = {"text": held, "lang": "no", "label": "positive", "source": "norec-sentence"}
    _write(data, "norec-sentence/sentiment", [line], part="dev")
    teacher = Knowing()
    make(data, tmp_path / "soft", teacher)
    assert held not in teacher.learned[0].texts


def test_open_weights_refuse_a_teacher_that_learned_from_sets_that_are_not_free(data: Path, tmp_path: Path) -> None:
    rows = training_rows(data, data.parent / "own", DataSets(data, open_only=True))
    make(data, tmp_path / "full", Knowing())
    with pytest.raises(ConfigError, match="--weights open"):
        taught_of(read_soft_labels(tmp_path / "full"), rows, open_only=True)
    make(data, tmp_path / "open", Knowing(), open_only=True)
    assert len(taught_of(read_soft_labels(tmp_path / "open"), rows, open_only=True)["press"].texts) == len(NO_LABEL)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", r"Line 1 of press\.jsonl\.gz is no JSON"),
        ('{"text": "a", "shares": [1]}', r"Line 1 of press\.jsonl\.gz is no soft label"),
        ('{"text": "a", "head": "moods", "shares": [1]}', "'moods'; the card knows press"),
        ('{"text": "a", "head": "press", "shares": [0.5, 0.5]}', "needs 3 probabilities, of negative, neutral"),
        ('{"text": "a", "head": "press", "shares": [0.5, 2, 0.5]}', "needs 3 probabilities"),
    ],
)
def test_a_line_that_is_no_soft_label_is_named(data: Path, tmp_path: Path, line: str, message: str) -> None:
    make(data, tmp_path / "soft", Knowing())
    (tmp_path / "soft" / "press.jsonl.gz").write_bytes(gzip.compress(line.encode()))
    with pytest.raises(ConfigError, match=message):
        read_soft_labels(tmp_path / "soft")


def test_a_folder_without_a_card_and_a_head_that_is_not_there_are_errors(data: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="textcx train teacher"):
        read_soft_labels(tmp_path)
    with pytest.raises(UnknownNameError, match="Did you mean 'press'"):
        make(data, tmp_path / "soft", Knowing(), heads=["pres"])
    with pytest.raises(ConfigError, match="--head tweets: the sets of --data hold no texts"):
        make(data, tmp_path / "soft", Knowing(), heads=["tweets"])
    assert not (tmp_path / "soft").exists()


@pytest.mark.skipif(HAS_TORCH, reason="torch is here")
def test_without_the_extra_the_message_names_it() -> None:
    with pytest.raises(MissingExtraError, match=r"torch.*textcx\[models\]"):
        Teacher("somewhere")


@pytest.mark.slow
@pytest.mark.models
def test_a_real_model_is_tuned_and_judges_words_that_it_knows_to_be_alike(data: Path, tmp_path: Path) -> None:
    model = _tiny_model(tmp_path / "model")
    make(data, tmp_path / "soft", Teacher(str(model), epochs=40, rate=0.005))
    soft = read_soft_labels(tmp_path / "soft")
    rows = training_rows(data, data.parent / "own", DataSets(data))
    texts, shares = soft.of("press", texts_to_judge(rows, "press"))
    assert texts
    for text, row in zip(texts, shares.tolist(), strict=True):
        assert row.index(max(row)) == (2 if NEW_PRAISE in text.lower() else 0), (text, row)
    make(data, tmp_path / "again", Teacher(str(model), epochs=40, rate=0.005))
    _, again = read_soft_labels(tmp_path / "again").of("press", texts)
    assert np.allclose(again, shares, atol=1e-3)


def _tiny_model(folder: Path) -> Path:
    """Return a small model that has not learned to judge, but puts words near those that mean the same."""
    import torch

    others = sorted({*" ".join(NO_LABEL).split(), *THINGS, "norsk", "ny"} - {NEW_PRAISE, NEW_BLAME})
    tokenizer, model, numbers = tiny_model([*PRAISE, NEW_PRAISE, *BLAME, NEW_BLAME, *others])
    with torch.no_grad():
        vectors = model.get_input_embeddings().weight
        for known, new in ((PRAISE, NEW_PRAISE), (BLAME, NEW_BLAME)):
            for word in (*known, new):
                vectors[numbers[word]] = vectors[numbers[known[0]]]
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
