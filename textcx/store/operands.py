"""Operands: text operands of a query brought to the words that the tokenizer makes of them.

A caller may write `e-mail`, which is two words to us: then the operand asks for both, next to one another.
"""

from collections.abc import Iterable

from textcx.query.tree import AnyOf, Exact, Phrase, Prefix, Word
from textcx.words import split_words

SingleOperand = Word | Exact | Prefix | Phrase
TEXT_FIELDS = ("text", "title")


def written_words(operand: SingleOperand) -> tuple[str, ...]:
    """Return the words of an operand as they would stand in the index; none if it holds no letter or digit.

    Example:
        >>> written_words(Word("E-mail")), written_words(Phrase(("Inte", "bra!"))), written_words(Exact("..."))
        (('e', 'mail'), ('inte', 'bra'), ())
    """
    match operand:
        case Word(word) | Exact(word):
            written: Iterable[str] = (word,)
        case Prefix(prefix):
            written = (prefix,)
        case Phrase(words):
            written = words
    return tuple(word.surface for text in written for word in split_words(text))


def single_operands(operand: SingleOperand | AnyOf) -> tuple[SingleOperand, ...]:
    """Return the operands of an OR-group, or the operand itself."""
    return operand.operands if isinstance(operand, AnyOf) else (operand,)
