"""Factories: how spaCy makes our components, so that `nlp.add_pipe("textcx_sentiment")` works in anyone's pipeline.

spaCy loads this module for its entry points whenever it makes a pipeline, so it imports nothing heavy, and it is the
one place where a decorator acts at import. `requires` and `assigns` are checked by `textcx.pipeline`.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spacy.language import Language

if TYPE_CHECKING:
    from textcx.model.lexical import LexicalAnalysis
    from textcx.model.trained import TrainedAnalysis
    from textcx.touchpoints import Taxonomy
    from textcx.words import Lemmas

_LANGUAGE = "doc._.textcx_language"
_DEFAULTS = {"configs": None, "taxonomy": "generic", "weights": ""}
_TRAINED_DEFAULTS = {**_DEFAULTS, "weights": "full"}


def make_tokenizer() -> Callable[[Language], Any]:
    """Return what makes the tokenizer whose tokens are our words."""

    def make(nlp: Language) -> Any:
        from textcx.components.tokenizer import WordTokenizer

        return WordTokenizer(nlp.vocab)

    return make


@Language.factory(
    "textcx_language",
    default_config=_DEFAULTS,
    assigns=[_LANGUAGE],
)
def make_language(nlp: Language, name: str, configs: str | None, taxonomy: str, weights: str) -> Any:  # noqa: ARG001
    """Return the component that tells the language: by trained weights if they are named, else by dictionaries."""
    if weights:
        from textcx.components.trained import TrainedLanguageComponent

        return TrainedLanguageComponent(_shared_trained(nlp, configs, taxonomy, weights))
    from textcx.components.language import LanguageComponent

    return LanguageComponent(_shared_lemmas(nlp))


@Language.factory(
    "textcx_sentiment",
    default_config={**_DEFAULTS, "second": None},
    requires=[_LANGUAGE],
    assigns=["doc._.textcx_sentiment"],
)
def make_sentiment(
    nlp: Language, name: str, configs: str | None, taxonomy: str, weights: str, second: dict[str, Any] | None
) -> Any:
    """Return the component that judges the whole text.

    Args:
        nlp: The pipeline.
        name: The component's name.
        configs: The folder of configurations, if not ours.
        taxonomy: The touchpoints.
        weights: The trained weights; the lexicons judge without any.
        second: A model that judges what these are unsure of: `sentiment`, `sentiment_below` and `sentiment_labels`, as
            under `[model]` in `configs/textcx.toml`.
    """
    from textcx.components.sentiment import SentimentComponent

    first: Any = (
        _trained(nlp, name, configs, taxonomy, weights)
        if weights
        else SentimentComponent(_shared_analysis(nlp, configs))
    )
    if not second or not second["sentiment"]:
        return first
    from textcx.components.second_tier import SecondTierComponent
    from textcx.model.transformer import TransformerSentiment

    model = TransformerSentiment(second["sentiment"].partition(":")[2], labels=second.get("sentiment_labels") or ())
    return SecondTierComponent(first, model, below=second.get("sentiment_below", 1.0))


@Language.factory(
    "textcx_touchpoints", default_config=_DEFAULTS, requires=[_LANGUAGE], assigns=["doc._.textcx_touchpoints"]
)
def make_touchpoints(nlp: Language, name: str, configs: str | None, taxonomy: str, weights: str) -> Any:
    """Return the component that finds the touchpoints of a taxonomy, named as in `configs/touchpoints/`."""
    if weights:
        return _trained(nlp, name, configs, taxonomy, weights)
    from textcx.components.touchpoints import TouchpointsComponent

    return TouchpointsComponent(_shared_analysis(nlp, configs), _taxonomy(configs, taxonomy))


@Language.factory("textcx_emotions", default_config=_DEFAULTS, requires=[_LANGUAGE], assigns=["doc._.textcx_emotions"])
def make_emotions(nlp: Language, name: str, configs: str | None, taxonomy: str, weights: str) -> Any:
    """Return the component that finds emotions."""
    if weights:
        return _trained(nlp, name, configs, taxonomy, weights)
    from textcx.components.emotions import EmotionsComponent

    return EmotionsComponent(_shared_analysis(nlp, configs))


@Language.factory(
    "textcx_signals", default_config=_TRAINED_DEFAULTS, requires=[_LANGUAGE], assigns=["doc._.textcx_signals"]
)
def make_signals(nlp: Language, name: str, configs: str | None, taxonomy: str, weights: str) -> Any:
    """Return the component that finds signals; only trained weights know them."""
    return _trained(nlp, name, configs, taxonomy, weights)


@Language.factory(
    "textcx_opinions", default_config=_TRAINED_DEFAULTS, requires=[_LANGUAGE], assigns=["doc._.textcx_opinions"]
)
def make_opinions(nlp: Language, name: str, configs: str | None, taxonomy: str, weights: str) -> Any:
    """Return the component that finds opinions; only trained weights know them."""
    return _trained(nlp, name, configs, taxonomy, weights)


@Language.factory(
    "textcx_topics", default_config={"data": None, "embedding": "static"}, assigns=["doc._.textcx_topics"]
)
def make_topics(nlp: Language, name: str, data: str | None, embedding: str) -> Any:  # noqa: ARG001
    """Return the component that assigns texts to the topics of a data folder's registry."""
    from textcx.components.topics import TopicsComponent
    from textcx.embedding.choice import open_embedding

    return TopicsComponent(Path(data) if data else None, lambda: open_embedding(embedding))


def _folder(configs: str | None) -> Path:
    from textcx.configs import configs_folder

    return configs_folder(Path(configs) if configs else None)


def _taxonomy(configs: str | None, name: str) -> "Taxonomy":
    from textcx.touchpoints import read_taxonomy

    folder = _folder(configs) / "touchpoints"
    return read_taxonomy(folder / f"{name}.yaml", folder=folder)


def _trained(nlp: Language, name: str, configs: str | None, taxonomy: str, weights: str) -> Any:
    from textcx.components.base import OPINIONS, SIGNALS, TOUCHPOINTS
    from textcx.components.trained import TrainedComponent

    analysis = _shared_trained(nlp, configs, taxonomy, weights)
    by_words = f"{analysis.version} {analysis.lexicon_version} {analysis.taxonomy_version}"
    version = by_words if name in (TOUCHPOINTS, OPINIONS) else analysis.version
    if name == SIGNALS:
        version = f"{analysis.version} {analysis.lexicon_version}"
    return TrainedComponent(name, analysis, version=version)


def _ours(nlp: Language) -> list[Any]:
    """Return the components of a pipeline; of one that asks another first, that other."""
    return [getattr(component, "first", component) for _, component in nlp.components]


def _shared_trained(nlp: Language, configs: str | None, taxonomy: str, weights: str) -> "TrainedAnalysis":
    """Return the analysis of a component that the pipeline has already, or else a new one."""
    from textcx.components.trained import TrainedComponent
    from textcx.model.trained import TrainedAnalysis
    from textcx.model.weight_files import weight_file

    held = (component.analysis for component in _ours(nlp) if isinstance(component, TrainedComponent))
    found = next(held, None)
    return found or TrainedAnalysis(
        weight_file(weights, _folder(configs)), _taxonomy(configs, taxonomy), _shared_analysis(nlp, configs)
    )


def _shared_analysis(nlp: Language, configs: str | None) -> "LexicalAnalysis":
    """Return the analysis of a component that the pipeline has already, or else a new one."""
    from textcx.components.base import LexicalComponent
    from textcx.model.lexical import LexicalAnalysis

    for component in _ours(nlp):
        if isinstance(component, LexicalComponent):
            return component.analysis
    return LexicalAnalysis(_folder(configs) / "lexicons", _shared_lemmas(nlp))


def _shared_lemmas(nlp: Language) -> "Lemmas":
    """Return the dictionaries that a component of the pipeline has already, or else new ones."""
    from textcx.words import Lemmas

    held = (getattr(component, "lemmas", None) for component in _ours(nlp))
    return next((lemmas for lemmas in held if isinstance(lemmas, Lemmas)), None) or Lemmas()
