"""Touchpoints that a company adds by examples alone: found by what texts mean, in whatever language they are."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from textcx.configs import configs_folder
from textcx.model.lexical import LexicalAnalysis
from textcx.model.trained import TrainedAnalysis
from textcx.model.weight_files import weight_file
from textcx.touchpoints import read_taxonomy
from textcx.words import shared_lemmas

SHIPPED = configs_folder() / "touchpoints"
OWN = """\
name: own
version: "1"
extends: generic
touchpoints:
  - id: sauna
    stage: use
    label: {sv: Bastu, da: Sauna, nb: Badstue, fi: Sauna, en: Sauna}
    examples:
      sv: [Bastun var kall., Underbar bastu med utsikt., Bastun på gymmet är trasig., Det var trångt i bastun.]
  - id: breakfast
    stage: use
    label: {sv: Frukost, da: Morgenmad, nb: Frokost, fi: Aamiainen, en: Breakfast}
    examples:
      sv: [Frukosten var fantastisk., Dålig frukost utan färskt bröd., Frukostbuffén tog slut tidigt., God frukost.]
"""


def analysis_of(folder: Path, text: str) -> TrainedAnalysis:
    path = folder / "own.yaml"
    path.write_text(text, encoding="utf-8")
    lexical = LexicalAnalysis(configs_folder() / "lexicons", shared_lemmas())
    return TrainedAnalysis(weight_file("full", configs_folder()), read_taxonomy(path, folder=SHIPPED), lexical)


@pytest.fixture(scope="module")
def analysis(tmp_path_factory: pytest.TempPathFactory) -> TrainedAnalysis:
    return analysis_of(tmp_path_factory.mktemp("own"), OWN)


def touchpoints(analysis: TrainedAnalysis, language: str, text: str) -> Mapping[str, Mapping[str, Any]]:
    (found,) = analysis.find([text], [language], [None])
    return {one["id"]: one for one in found["touchpoints"]}


ALIKE = [
    ("sv", "Bastun luktade illa.", "sauna", "negative"),
    ("fi", "Hotellin sauna oli likainen.", "sauna", "negative"),
    ("en", "The sauna was closed.", "sauna", "negative"),
    ("fi", "Aamiainen oli erinomainen.", "breakfast", "positive"),
    ("da", "Morgenmaden var fantastisk.", "breakfast", "positive"),
    ("nb", "Frokosten var elendig.", "breakfast", "negative"),
    ("en", "The breakfast was wonderful.", "breakfast", "positive"),
]


@pytest.mark.parametrize(("language", "text", "touchpoint", "polarity"), ALIKE)
def test_what_means_the_same_is_found_in_any_language(
    language: str, text: str, touchpoint: str, polarity: str, analysis: TrainedAnalysis
) -> None:
    found = touchpoints(analysis, language, text)
    assert found[touchpoint]["polarity"] == polarity


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fi", "Paketti tuli myöhässä."),
        ("da", "Kundeservice svarer aldrig."),
        ("en", "Great shoes, fast delivery."),
        ("sv", "Jättebra!"),
        ("sv", "Varan var trasig och kall att ta i."),
        ("nb", "👍"),
    ],
)
def test_what_means_something_else_is_not_found(language: str, text: str, analysis: TrainedAnalysis) -> None:
    assert not {"sauna", "breakfast"} & touchpoints(analysis, language, text).keys()


def test_the_words_that_weigh_most_are_the_evidence(analysis: TrainedAnalysis) -> None:
    text = "Huone oli siisti, mutta aamiainen oli huono."
    (span,) = touchpoints(analysis, "fi", text)["breakfast"]["evidence"]
    assert text[span["start"] : span["end"]] == "aamiainen"


def test_a_text_has_the_same_answer_in_any_batch(analysis: TrainedAnalysis) -> None:
    texts, languages = [text for _, text, _, _ in ALIKE], [language for language, *_ in ALIKE]
    together = analysis.find(texts * 40, languages * 40, [None] * 40 * len(texts))
    alone = [analysis.find([text], [language], [None])[0] for text, language in zip(texts, languages, strict=True)]
    assert list(together) == alone * 40


def test_other_examples_are_another_version(analysis: TrainedAnalysis, tmp_path: Path) -> None:
    other = analysis_of(tmp_path, OWN.replace("Bastun var kall., ", ""))
    assert other.taxonomy_version != analysis.taxonomy_version


def test_a_child_counts_for_its_parents(tmp_path: Path) -> None:
    child = analysis_of(tmp_path, OWN.replace("  - id: breakfast\n", "  - id: breakfast\n    parent: sauna\n"))
    found = touchpoints(child, "da", "Morgenmaden var fantastisk.")
    assert found["sauna"]["evidence"] == found["breakfast"]["evidence"]


def test_without_examples_of_other_touchpoints_nothing_is_guessed(tmp_path: Path) -> None:
    alone = analysis_of(tmp_path, OWN.replace("extends: generic", "stages: [use]"))
    assert touchpoints(alone, "fi", "Aamiainen oli erinomainen.") == {}


def test_where_heads_know_all_touchpoints_no_embedding_is_opened(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse() -> None:
        raise AssertionError

    monkeypatch.setattr("textcx.model.likeness.StaticEmbedding", refuse)
    plain = analysis_of(tmp_path, OWN[: OWN.index("touchpoints:")])
    assert "delivery" in touchpoints(plain, "en", "Great shoes, fast delivery.")
