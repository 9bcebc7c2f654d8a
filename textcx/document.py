"""Document: a text inside the pipeline, before anything is said about it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Document:
    """A text to be analysed; made from a mention, or from a caller's request to enrich.

    Attributes:
        text: The text as stored or sent; offsets in the answer refer to it.
        language: The language declared by the source or caller, or None.
        kind: The mention's kind where known.
        context: The question or the post that the text answers, if any.
    """

    text: str
    language: str | None = None
    kind: str | None = None
    context: str | None = None
