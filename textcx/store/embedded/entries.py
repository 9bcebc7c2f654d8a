"""Entries: a mention as a document of the tantivy index."""

from collections.abc import Iterable

import tantivy

from textcx.annotation import AnnotatedMention
from textcx.mention import Mention
from textcx.store.embedded.tokens import Tokens
from textcx.store.facts import facts_of, text_language


def entry_of(
    annotated: AnnotatedMention, replies: Iterable[Mention], tokens: Tokens, *, row: int | None = None
) -> tantivy.Document:
    """Return what the index holds of a mention with these replies, and with this row in the vector file."""
    facts = facts_of(annotated, replies)
    language = text_language(annotated.annotations)
    entry = tantivy.Document()
    entry.add_text("id", facts.id)
    entry.add_integer("version", facts.version)
    entry.add_integer("key", facts.key)
    if facts.seconds is not None:
        entry.add_integer("seconds", facts.seconds)
    if row is not None:
        entry.add_integer("row", row)
    for name, values in facts.keywords.items():
        for value in values:
            entry.add_text(name, value)
    for name, number in facts.numbers.items():
        entry.add_float(name, number)
    entry.add_text("text", tokens.of_text(annotated.mention.text, language))
    if annotated.mention.title:
        entry.add_text("title", tokens.of_text(annotated.mention.title, language))
    return entry
