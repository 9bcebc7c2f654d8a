"""Factories: how spaCy comes to our components, so that `nlp.add_pipe("textcx_sentiment")` works in anyone's pipeline.

spaCy loads this module for its entry points whenever it makes a pipeline, so it imports nothing heavy, and it is the
one place where a decorator acts at import. How they are made stands in `makers.py`.
"""

from collections.abc import Callable
from typing import Any

from spacy.language import Language

from textcx.components.makers import (
    MAKERS,
    make_emotions,
    make_language,
    make_opinions,
    make_sentiment,
    make_signals,
    make_topics,
    make_touchpoints,
)

__all__ = [
    "make_emotions",
    "make_language",
    "make_opinions",
    "make_sentiment",
    "make_signals",
    "make_tokenizer",
    "make_topics",
    "make_touchpoints",
]

for _name, _maker in MAKERS.items():
    Language.factory(
        _name, default_config=dict(_maker.default_config), requires=_maker.requires, assigns=_maker.assigns
    )(_maker.make)


def make_tokenizer() -> Callable[[Language], Any]:
    """Return what makes the tokenizer whose tokens are our words."""

    def make(nlp: Language) -> Any:
        from textcx.components.tokenizer import WordTokenizer

        return WordTokenizer(nlp.vocab)

    return make
