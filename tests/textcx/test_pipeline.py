"""The pipeline as the settings name it: its order is checked, answers hold in any company, a bad text harms none."""

import json
import subprocess
import sys
from pathlib import Path
from shutil import copytree

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc

from textcx.annotation import Annotations
from textcx.configs import configs_folder
from textcx.document import Document
from textcx.errors import AnalysisError, ConfigError, UnknownNameError
from textcx.pipeline import LONGEST_TEXT, Pipeline, build_pipeline
from textcx.settings import Settings

TEXTS = (
    "Snabb leverans, men kundtjänsten svarar aldrig. 😡",
    "Utrolig flink montør, alt ble gjort på en time!",
    "Varen kom aldrig frem, og jeg er virkelig vred.",
    "Toimitus myöhästyi viikon, mutta tuote on loistava.",
    "The new app keeps crashing, what a disappointment.",
    "",
    "12345 !!!",
    "Die Lieferung kam viel zu spät und war kaputt.",
)


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return build_pipeline(Settings())


def annotate(pipeline: Pipeline, *texts: str) -> list[Annotations]:
    answers = pipeline.annotate([Document(text) for text in texts])
    assert all(isinstance(answer, Annotations) for answer in answers)
    return [answer for answer in answers if isinstance(answer, Annotations)]


def configs_with(tmp_path: Path, pipeline_toml: str) -> Settings:
    folder = tmp_path / "configs"
    copytree(configs_folder(), folder)
    (folder / "pipelines" / "own.toml").write_text(pipeline_toml, encoding="utf-8")
    return Settings(config_dir=folder, pipeline="own")


def test_each_text_gets_its_language_and_what_said_it(pipeline: Pipeline) -> None:
    answers = annotate(pipeline, *TEXTS)
    assert [one.language.code for one in answers[:6]] == ["sv", "nb", "da", "fi", "en", "und"]
    assert answers[0].said_by.keys() >= {"language", "sentiment", "touchpoints", "opinions"}
    assert answers[0].said_by["sentiment"].startswith("textcx_sentiment table-1 full+")


@pytest.mark.parametrize("name", ["default", "lexicon"])
def test_plain_values_are_those_of_the_models(name: str) -> None:
    some = build_pipeline(Settings(pipeline=name))
    documents = [Document(text, kind=kind) for text in TEXTS for kind in (None, "review")]
    models = [one.model_dump_json() for one in some.annotate(documents) if isinstance(one, Annotations)]
    values = [one for one in some.annotate_values(documents) if isinstance(one, dict)]
    assert [json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in values] == models
    assert len(values) == len(documents)


def test_what_is_not_judged_is_null_and_says_nobody_said_it(pipeline: Pipeline) -> None:
    for answer in annotate(pipeline, "", "   ", "Die Lieferung kam viel zu spät und war kaputt."):
        assert answer.sentiment is None
        assert answer.touchpoints == ()
        assert "sentiment" not in answer.said_by


def test_signs_are_judged_in_any_language(pipeline: Pipeline) -> None:
    angry, glad = annotate(pipeline, "😡😡", "❤️")
    assert angry.sentiment is not None
    assert glad.sentiment is not None
    assert (angry.sentiment.polarity, glad.sentiment.polarity) == ("negative", "positive")


def test_a_declared_language_helps_where_the_text_is_too_short(pipeline: Pipeline) -> None:
    alone, declared = pipeline.annotate([Document("Mycket dyrt"), Document("Mycket dyrt", language="sv")])
    assert isinstance(declared, Annotations)
    assert declared.language.code == "sv"
    assert isinstance(alone, Annotations)
    assert alone.language.confidence <= declared.language.confidence


def test_the_answer_is_the_same_in_any_batch_and_order(pipeline: Pipeline) -> None:
    together = annotate(pipeline, *TEXTS, *reversed(TEXTS))
    alone = [annotate(pipeline, text)[0] for text in TEXTS]
    assert together == alone + alone[::-1]


@pytest.mark.parametrize("weights", ["full", ""])
def test_beside_components_of_others_ours_say_the_same(tmp_path: Path, weights: str) -> None:
    parts = ["language", "sentiment", "touchpoints", "emotions", *(["signals", "opinions"] if weights else [])]
    ours = [f"textcx_{part}" for part in parts]
    alone = f'components = {json.dumps(ours)}\nweights = "{weights}"'
    beside = f'components = {json.dumps([ours[0], "sentencizer", *ours[1:]])}\nweights = "{weights}"'
    without, within = (
        build_pipeline(configs_with(tmp_path / name, toml)) for name, toml in (("without", alone), ("within", beside))
    )
    assert annotate(within, *TEXTS) == annotate(without, *TEXTS)


def test_the_explainable_tier_is_a_pipeline_of_its_own() -> None:
    answer = annotate(build_pipeline(Settings(pipeline="lexicon", weights="full")), TEXTS[0])[0]
    assert answer.said_by["sentiment"].startswith("textcx_sentiment lexicon-1+")


def test_weights_are_chosen_by_the_setting_and_unknown_ones_name_the_known() -> None:
    with pytest.raises(UnknownNameError, match="full"):
        build_pipeline(Settings(weights="fulll"))


def test_a_text_longer_than_is_analysed_says_so(pipeline: Pipeline) -> None:
    exact, longer = annotate(pipeline, "bra " * (LONGEST_TEXT // 4), "bra " * (LONGEST_TEXT // 4) + "!")
    assert not exact.truncated
    assert longer.truncated


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_answered_and_evidence_lies_inside_it(pipeline: Pipeline, text: str) -> None:
    answer = annotate(pipeline, text)[0]
    spans = [span for one in (*answer.touchpoints, *answer.emotions) for span in one.evidence]
    spans += answer.sentiment.evidence if answer.sentiment else ()
    assert all(0 <= span.start < span.end <= len(text) for span in spans)


def test_words_of_texts_that_are_done_are_forgotten() -> None:
    nlp = spacy.blank("xx")
    nlp.add_pipe("textcx_language")
    nlp.add_pipe("sentencizer")  # a component of spaCy's needs its documents
    pipeline = Pipeline(nlp, zone_texts=500)
    before = len(nlp.vocab.strings)
    for batch in range(20):
        pipeline.annotate([Document(f"word{batch}x{number} is one") for number in range(100)])
    assert len(nlp.vocab.strings) < before + 1000


def test_equal_configurations_have_equal_versions_and_another_word_another(tmp_path: Path, pipeline: Pipeline) -> None:
    assert build_pipeline(Settings()).version == pipeline.version
    changed = configs_with(tmp_path, 'components = ["textcx_language", "textcx_sentiment"]')
    lexicon = tmp_path / "configs" / "lexicons" / "sv.yaml"
    assert changed.config_dir is not None
    one = build_pipeline(changed).version
    lexicon.write_text(lexicon.read_text(encoding="utf-8") + "\n# another\n", encoding="utf-8")
    assert build_pipeline(changed).version != one


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ('components = ["textcx_sentiment", "textcx_language"]', "needs ['doc._.textcx_language']"),
        ('components = ["textcx_mood"]', "There is no component 'textcx_mood'"),
        ("components = []", "components"),
        ('components = ["textcx_language"]\ncolour = 1', "colour"),
        ("components = [", "cannot be read"),
        ('components = ["textcx_language"]\ntokenizer = "no"', "tokenizer"),
    ],
)
def test_a_pipeline_that_cannot_work_refuses_to_start(tmp_path: Path, toml: str, words: str) -> None:
    with pytest.raises(ConfigError) as refused:
        build_pipeline(configs_with(tmp_path, toml))
    assert words in str(refused.value)


def test_an_unknown_pipeline_lists_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match="Known: default, lexicon"):
        build_pipeline(Settings(pipeline="defualt"))


def test_a_broken_lexicon_is_an_error_of_the_configuration_not_of_the_texts(tmp_path: Path) -> None:
    settings_ = configs_with(tmp_path, 'components = ["textcx_language", "textcx_sentiment"]')
    (tmp_path / "configs" / "lexicons" / "sv.yaml").write_text("sentiment: {9: [bra]}\n", encoding="utf-8")
    broken = build_pipeline(settings_)
    with pytest.raises(ConfigError, match=r"lexicons/sv\.yaml: sentiment\.9"):
        broken.annotate([Document("Snabb leverans, men kundtjänsten svarar aldrig.")])


def test_a_component_that_fails_on_one_text_spoils_no_other_and_tells_none_of_its_words() -> None:
    build_pipeline(Settings())  # makes the extensions known

    @Language.component("fails_on_canary")
    def fails(doc: Doc) -> Doc:
        if "canary" in doc.text:
            raise ValueError(doc.text)
        return doc

    nlp = spacy.blank("xx")
    nlp.add_pipe("textcx_language")
    nlp.add_pipe("fails_on_canary")
    good, bad, also_good = Pipeline(nlp).annotate(
        [Document("Helt ok butik"), Document("a canary sings"), Document("Not bad at all, really")]
    )
    assert isinstance(good, Annotations)
    assert isinstance(also_good, Annotations)
    assert isinstance(bad, AnalysisError)
    assert str(bad) == "the analysis failed: ValueError"
    first, second = Pipeline(nlp).annotate_values([Document("Helt ok butik"), Document("a canary sings")])
    assert first == good.model_dump(mode="json")
    assert isinstance(second, AnalysisError)


def test_spacy_is_imported_for_components_of_others_alone_and_then_without_torch(tmp_path: Path) -> None:
    beside = configs_with(tmp_path, 'components = ["textcx_language", "sentencizer"]')
    code = (
        "import sys; from pathlib import Path; from textcx.pipeline import build_pipeline;"
        "from textcx.settings import Settings; build_pipeline(Settings()).warm_up(); assert 'spacy' not in sys.modules;"
        f"build_pipeline(Settings(config_dir=Path({str(beside.config_dir)!r}), pipeline={beside.pipeline!r}));"
        "assert 'spacy' in sys.modules; assert 'torch' not in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
