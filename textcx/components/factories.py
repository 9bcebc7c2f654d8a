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
    from textcx.words import Lemmas

_LANGUAGE = "doc._.textcx_language"


def make_tokenizer() -> Callable[[Language], Any]:
    """Return what makes the tokenizer whose tokens are our words."""

    def make(nlp: Language) -> Any:
        from textcx.components.tokenizer import WordTokenizer

        return WordTokenizer(nlp.vocab)

    return make


@Language.factory("textcx_language", assigns=[_LANGUAGE])
def make_language(nlp: Language, name: str) -> Any:  # noqa: ARG001 - spaCy gives it
    """Return the component that tells the language."""
    from textcx.components.language import LanguageComponent

    return LanguageComponent(_shared_lemmas(nlp))


@Language.factory(
    "textcx_sentiment", default_config={"configs": None}, requires=[_LANGUAGE], assigns=["doc._.textcx_sentiment"]
)
def make_sentiment(nlp: Language, name: str, configs: str | None) -> Any:  # noqa: ARG001
    """Return the component that judges the whole text. `configs` is the folder of configurations, if not ours."""
    from textcx.components.sentiment import SentimentComponent

    return SentimentComponent(_shared_analysis(nlp, configs))


@Language.factory(
    "textcx_touchpoints",
    default_config={"configs": None, "taxonomy": "generic"},
    requires=[_LANGUAGE],
    assigns=["doc._.textcx_touchpoints"],
)
def make_touchpoints(nlp: Language, name: str, configs: str | None, taxonomy: str) -> Any:  # noqa: ARG001
    """Return the component that finds the touchpoints of a taxonomy, named as in `configs/touchpoints/`."""
    from textcx.components.touchpoints import TouchpointsComponent
    from textcx.touchpoints import read_taxonomy

    folder = _folder(configs) / "touchpoints"
    return TouchpointsComponent(
        _shared_analysis(nlp, configs), read_taxonomy(folder / f"{taxonomy}.yaml", folder=folder)
    )


@Language.factory(
    "textcx_emotions", default_config={"configs": None}, requires=[_LANGUAGE], assigns=["doc._.textcx_emotions"]
)
def make_emotions(nlp: Language, name: str, configs: str | None) -> Any:  # noqa: ARG001
    """Return the component that finds emotions."""
    from textcx.components.emotions import EmotionsComponent

    return EmotionsComponent(_shared_analysis(nlp, configs))


def _folder(configs: str | None) -> Path:
    from textcx.configs import configs_folder

    return configs_folder(Path(configs) if configs else None)


def _shared_analysis(nlp: Language, configs: str | None) -> "LexicalAnalysis":
    """Return the analysis of a component that the pipeline has already, or else a new one."""
    from textcx.components.base import LexicalComponent
    from textcx.model.lexical import LexicalAnalysis

    for _, component in nlp.components:
        if isinstance(component, LexicalComponent):
            return component.analysis
    return LexicalAnalysis(_folder(configs) / "lexicons", _shared_lemmas(nlp))


def _shared_lemmas(nlp: Language) -> "Lemmas":
    """Return the dictionaries that a component of the pipeline has already, or else new ones."""
    from textcx.words import Lemmas

    held = (getattr(component, "lemmas", None) for _, component in nlp.components)
    return next((lemmas for lemmas in held if isinstance(lemmas, Lemmas)), None) or Lemmas()
