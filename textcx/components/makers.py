"""Makers: how each of our components is made, whether by spaCy, of whose pipelines it then is one, or without it.

Nothing heavy is imported before a component is made. What a component needs of earlier ones and what it gives stands
beside its maker, in `MAKERS`; `textcx.pipeline` checks it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textcx.model.lexical import LexicalAnalysis
    from textcx.model.trained import TrainedAnalysis
    from textcx.touchpoints import Taxonomy

_LANGUAGE = "doc._.textcx_language"
_DEFAULTS = {"configs": None, "taxonomy": "generic", "weights": ""}
_TRAINED_DEFAULTS = {**_DEFAULTS, "weights": "full"}


@dataclass(frozen=True, slots=True)
class Maker:
    """How a component is made; the names of its settings are spaCy's.

    Attributes:
        make: Makes it: given whatever holds the `components` made before, its name and its settings.
        default_config: Its settings.
        requires: What must be known before it.
        assigns: What is known after it.
    """

    make: Callable[..., Any]
    default_config: Mapping[str, Any]
    requires: Sequence[str] = ()
    assigns: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class LineUp:
    """Components in their order, without spaCy; of its pipelines it has what is asked of them here.

    Attributes:
        components: Their names and they themselves.
    """

    components: list[tuple[str, Any]] = field(default_factory=list)

    def get_factory_meta(self, name: str) -> Maker:
        """Return what is known of a component that is not made yet."""
        return MAKERS[name]

    def add_pipe(self, name: str, *, config: Mapping[str, Any]) -> None:
        """Make a component and put it behind the others."""
        maker = MAKERS[name]
        self.components.append((name, maker.make(self, name, **{**maker.default_config, **config})))


def make_language(nlp: Any, name: str, configs: str | None, taxonomy: str, weights: str) -> Any:  # noqa: ARG001
    """Return the component that tells the language: by trained weights if they are named, else by dictionaries."""
    if weights:
        from textcx.components.trained import TrainedLanguageComponent

        return TrainedLanguageComponent(_shared_trained(nlp, configs, taxonomy, weights))
    from textcx.components.language import LanguageComponent
    from textcx.words import shared_lemmas

    return LanguageComponent(shared_lemmas())


def make_sentiment(
    nlp: Any, name: str, configs: str | None, taxonomy: str, weights: str, second: dict[str, Any] | None
) -> Any:
    """Return the component that judges the whole text.

    Args:
        nlp: The pipeline.
        name: The component's name.
        configs: The folder of configurations, if not ours.
        taxonomy: The touchpoints.
        weights: The trained weights; the lexicons judge without any.
        second: A model that judges what these are unsure of: `sentiment` and what begins so, as under `[model]` in
            `configs/textcx.toml`.
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

    model = TransformerSentiment(
        second["sentiment"].partition(":")[2],
        labels=second.get("sentiment_labels") or (),
        precision=second.get("sentiment_precision") or "",
    )
    return SecondTierComponent(first, model, below=second.get("sentiment_below", 1.0))


def make_touchpoints(nlp: Any, name: str, configs: str | None, taxonomy: str, weights: str) -> Any:
    """Return the component that finds the touchpoints of a taxonomy, named as in `configs/touchpoints/`."""
    if weights:
        return _trained(nlp, name, configs, taxonomy, weights)
    from textcx.components.touchpoints import TouchpointsComponent

    return TouchpointsComponent(_shared_analysis(nlp, configs), _taxonomy(configs, taxonomy))


def make_emotions(nlp: Any, name: str, configs: str | None, taxonomy: str, weights: str) -> Any:
    """Return the component that finds emotions."""
    if weights:
        return _trained(nlp, name, configs, taxonomy, weights)
    from textcx.components.emotions import EmotionsComponent

    return EmotionsComponent(_shared_analysis(nlp, configs))


def make_signals(nlp: Any, name: str, configs: str | None, taxonomy: str, weights: str) -> Any:
    """Return the component that finds signals; only trained weights know them."""
    return _trained(nlp, name, configs, taxonomy, weights)


def make_opinions(nlp: Any, name: str, configs: str | None, taxonomy: str, weights: str) -> Any:
    """Return the component that finds opinions; only trained weights know them."""
    return _trained(nlp, name, configs, taxonomy, weights)


def make_topics(nlp: Any, name: str, data: str | None, embedding: str) -> Any:  # noqa: ARG001
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


def _trained(nlp: Any, name: str, configs: str | None, taxonomy: str, weights: str) -> Any:
    from textcx.components.base import OPINIONS, SIGNALS, TOUCHPOINTS
    from textcx.components.trained import TrainedComponent

    analysis = _shared_trained(nlp, configs, taxonomy, weights)
    by_words = f"{analysis.version} {analysis.lexicon_version} {analysis.taxonomy_version}"
    version = by_words if name in (TOUCHPOINTS, OPINIONS) else analysis.version
    if name == SIGNALS:
        version = f"{analysis.version} {analysis.lexicon_version}"
    return TrainedComponent(name, analysis, version=version)


def _ours(nlp: Any) -> list[Any]:
    """Return the components of a pipeline; of one that asks another first, that other."""
    return [getattr(component, "first", component) for _, component in nlp.components]


def _shared_trained(nlp: Any, configs: str | None, taxonomy: str, weights: str) -> "TrainedAnalysis":
    """Return the analysis of a component that the pipeline has already, or else a new one."""
    from textcx.components.trained import TrainedComponent
    from textcx.model.trained import TrainedAnalysis
    from textcx.model.weight_files import weight_file

    held = (component.analysis for component in _ours(nlp) if isinstance(component, TrainedComponent))
    found = next(held, None)
    return found or TrainedAnalysis(
        weight_file(weights, _folder(configs)), _taxonomy(configs, taxonomy), _shared_analysis(nlp, configs)
    )


def _shared_analysis(nlp: Any, configs: str | None) -> "LexicalAnalysis":
    """Return the analysis of a component that the pipeline has already, or else a new one."""
    from textcx.components.base import LexicalComponent
    from textcx.model.lexical import LexicalAnalysis
    from textcx.words import shared_lemmas

    for component in _ours(nlp):
        if isinstance(component, LexicalComponent):
            return component.analysis
    return LexicalAnalysis(_folder(configs) / "lexicons", shared_lemmas())


MAKERS: Mapping[str, Maker] = {
    "textcx_language": Maker(make_language, _DEFAULTS, assigns=[_LANGUAGE]),
    "textcx_sentiment": Maker(make_sentiment, {**_DEFAULTS, "second": None}, [_LANGUAGE], ["doc._.textcx_sentiment"]),
    "textcx_touchpoints": Maker(make_touchpoints, _DEFAULTS, [_LANGUAGE], ["doc._.textcx_touchpoints"]),
    "textcx_emotions": Maker(make_emotions, _DEFAULTS, [_LANGUAGE], ["doc._.textcx_emotions"]),
    "textcx_signals": Maker(make_signals, _TRAINED_DEFAULTS, [_LANGUAGE], ["doc._.textcx_signals"]),
    "textcx_opinions": Maker(make_opinions, _TRAINED_DEFAULTS, [_LANGUAGE], ["doc._.textcx_opinions"]),
    "textcx_topics": Maker(make_topics, {"data": None, "embedding": "static"}, assigns=["doc._.textcx_topics"]),
}
"""By name, all of ours; what nobody but spaCy makes is in `factories.py` alone."""
