"""TextComponent: a judgement of a text, given what is known of it, and the door by which spaCy asks for it."""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from textcx.model.lexical import LexicalAnalysis

if TYPE_CHECKING:
    from spacy.tokens import Doc

DECLARED = "textcx_declared"
"""`Doc._` extension: the language that the text's source or caller declares, or None."""
KIND = "textcx_kind"
"""`Doc._` extension: the kind of the mention (review, post, ...), or None."""
LANGUAGE = "textcx_language"
SENTIMENT = "textcx_sentiment"
TOUCHPOINTS = "textcx_touchpoints"
EMOTIONS = "textcx_emotions"
SIGNALS = "textcx_signals"
OPINIONS = "textcx_opinions"
TOPICS = "textcx_topics"
_TEXT = "textcx_text"
Known = Mapping[str, Any]
"""What is known of a text: by the name of the component that found it, and what was declared."""


class TextComponent:
    """A step of the pipeline.

    What it finds lies in `Doc._` under its name, as plain dicts and tuples (spaCy writes them to bytes and hands them
    between processes), and its evidence in the span group of that name.

    Args:
        name: The extension that it sets.
        needs: The extensions that it reads.
        version: What said it, for `said_by`.
    """

    name: str
    needs: tuple[str, ...]
    version: str
    is_proven = False
    """All that it gives is held against `textcx.annotation` by a test, so that nobody need check it text by text."""

    def __init__(self, name: str, *, needs: tuple[str, ...], version: str) -> None:
        self.name = name
        self.needs = needs
        self.version = version
        if "spacy" in sys.modules:  # else nobody asks for them, and its import takes as long as all of ours
            for one in (name, *needs):
                add_extension(one)

    def prepare(self, texts: Sequence[str]) -> None:
        """Get ready for texts that will be judged next, if that is faster for many at once; it changes no answer."""

    def judge(self, text: str, known: Known) -> Any:
        """Return what is found in a text; plain values only, None where it cannot be judged."""
        raise NotImplementedError

    def warm_up(self, text: str, known: Known) -> Any:
        """Judge a text so that what its language needs is loaded, as far as processes forked later can share it."""
        return self.judge(text, known)

    def judge_all(self, texts: Sequence[str], known: Sequence[Known]) -> list[Any]:
        """Return what is found in each text; a component that is faster with many at once overrides this."""
        return [self.judge(text, one) for text, one in zip(texts, known, strict=True)]

    def __call__(self, doc: "Doc") -> "Doc":
        """Annotate one document."""
        self._put(doc, self.judge(_text_of(doc), {name: doc._.get(name) for name in self.needs}))
        return doc

    def _put(self, doc: "Doc", found: Any) -> None:
        doc._.set(self.name, found)
        if isinstance(found, tuple):
            doc.spans[self.name] = _spans(doc, found)

    def pipe(self, docs: "Iterable[Doc]", *, batch_size: int = 256) -> "Iterator[Doc]":
        """Annotate documents, many at once."""
        rest = iter(docs)
        while batch := list(islice(rest, batch_size)):
            texts = [_text_of(doc) for doc in batch]
            self.prepare(texts)
            known = [{name: doc._.get(name) for name in self.needs} for doc in batch]
            for doc, found in zip(batch, self.judge_all(texts, known), strict=True):
                self._put(doc, found)
            yield from batch


class LexicalComponent(TextComponent):
    """A component that works by the lexicons, shared with its neighbours.

    Args:
        name: The extension that it sets.
        needs: The extensions that it reads.
        version: What said it.
        analysis: The shared analysis.
    """

    def __init__(self, name: str, *, needs: tuple[str, ...], version: str, analysis: LexicalAnalysis) -> None:
        super().__init__(name, needs=needs, version=version)
        self.analysis = analysis


def add_extension(name: str) -> None:
    """Make `Doc._.NAME` exist; None where nothing was judged."""
    from spacy.tokens import Doc

    if not Doc.has_extension(name):
        Doc.set_extension(name, default=None)


def code_of(known: Known) -> str:
    """Return the code that the language component found."""
    return str(known[LANGUAGE]["code"])


def _text_of(doc: "Doc") -> str:
    """Return the text of a document. spaCy joins it from its tokens at each call, which costs more than we do."""
    text = doc.user_data.get(_TEXT)
    if text is None:
        text = doc.user_data[_TEXT] = doc.text
    return str(text)


def _spans(doc: "Doc", found: tuple[dict[str, Any], ...]) -> list[Any]:
    """Return the evidence as spans of spaCy's tokens, labelled with the id or name of what it shows."""
    return [
        span
        for one in found
        for place in one.get("evidence", ())
        if (
            span := doc.char_span(
                place["start"], place["end"], label=str(one.get("id") or one.get("name")), alignment_mode="expand"
            )
        )
        is not None
    ]
