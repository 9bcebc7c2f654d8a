"""A dictionary for packed mentions is learned from samples as varied as what is stored, always the same."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from service.benchmark import dictionary
from service.benchmark.dictionary import main, samples
from textcx.annotation import AnnotatedMention, Annotations, LanguageTag, Values
from textcx.document import Document
from textcx.store.embedded.packing import learn_dictionary, pack


class Constant:
    """Says the same of every text."""

    def annotate_values(self, documents: Sequence[Document]) -> list[Values]:
        said = Annotations(language=LanguageTag(code="sv", confidence=0.9), said_by={"language": "constant 1"})
        return [said.model_dump(mode="json") for _ in documents]

    def annotate(self, documents: Sequence[Document]) -> list[Annotations]:
        return [Annotations.model_validate(one) for one in self.annotate_values(documents)]


def test_samples_hold_what_each_kind_of_source_has() -> None:
    found = [one.mention for one in samples(Constant(), count=40)]
    assert len(found) == 50
    assert {"review", "survey_answer", "ticket", "reply", "post"} <= {one.kind for one in found}
    for name in ("asked", "reference", "subject", "attributes", "thread", "reply_to", "engagement", "redactions"):
        assert any(getattr(one, name) for one in found), name


def test_the_dictionary_is_the_same_each_time_and_holds_what_mentions_have_in_common(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dictionary, "build_pipeline", lambda _: Constant())
    files = tmp_path / "one", tmp_path / "two"
    for file in files:
        main([str(file), "--mentions", "400"])
    learned = files[0].read_bytes()
    assert learned == files[1].read_bytes()
    assert len(learned) <= 8_192
    assert b'"measure":"stars"' in learned


def test_models_and_plain_values_teach_the_same() -> None:
    plain = list(samples(Constant(), count=200))
    models = [AnnotatedMention(mention=a, annotations=Annotations.model_validate(b)) for a, b in plain]
    assert learn_dictionary(plain, size_bytes=2_000) == learn_dictionary(models, size_bytes=2_000)
    assert list(map(pack, plain)) == list(map(pack, models))
