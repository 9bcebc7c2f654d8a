"""Documents: a mention as the engine indexes it, and the mention read back."""

from collections.abc import Mapping, Sequence
from typing import Any

from textcx.annotation import AnnotatedMention, Storable
from textcx.errors import StoreUnavailableError
from textcx.mention import Mention
from textcx.store.elastic.mapping import VECTOR_FIELD, folded_field, slot_field
from textcx.store.elastic.tokens import aligned
from textcx.store.embedded.tokens import Tokens
from textcx.store.facts import facts_of_values, folded, language_of_words, values_of
from textcx.store.vectors import EightBits


def document(
    one: Storable, replies: Sequence[Mention], tokens: Tokens, *, vector: EightBits | None = None
) -> dict[str, Any]:
    """Return what is indexed of a mention: its facts, its words, and itself.

    Args:
        one: The mention.
        replies: The stored mentions that answer it.
        tokens: Makes the words that an index holds.
        vector: Its vector, where the index takes it; one that is all 0 is left out.
    """
    plain = values_of(one)
    facts = facts_of_values(plain, replies)
    found: dict[str, Any] = {"id": facts.id, "version": facts.version, "key": facts.key, **facts.numbers}
    found["annotated"] = plain
    if facts.seconds is not None:
        found["seconds"] = facts.seconds
    for name, values in facts.keywords.items():
        found[name] = list(values)
        found[folded_field(name)] = [folded(value) for value in values]
    if vector is not None and vector.any():
        found[VECTOR_FIELD] = vector.tolist()
    language = language_of_words(plain["annotations"]["language"]["code"])
    for field, text in (("text", one.mention.text), ("title", one.mention.title or "")):
        if text:
            slots = aligned(tokens, text, language)
            found |= {slot_field(field, slot): words for slot, words in slots.items()}
    return found


def read_source(source: Mapping[str, Any]) -> AnnotatedMention:
    """Return the mention of a document.

    Raises:
        StoreUnavailableError: Another version of textcx wrote it.
    """
    try:
        return AnnotatedMention.model_validate(source["annotated"])
    except (KeyError, ValueError):  # the cause would quote the customer's words
        message = "A stored mention cannot be read: a later version of textcx wrote it. Use that one."
        raise StoreUnavailableError(message) from None
