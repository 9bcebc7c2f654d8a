"""Schema: the fields of the tantivy index, its analyzers, and the version of both."""

from functools import cache
from importlib.metadata import version
from pathlib import Path

import tantivy

from textcx.store.embedded.tokens import EMPTY
from textcx.store.facts import KEYWORDS, NUMBERS

_SCHEMA_VERSION = 4
"""Raised whenever fields, facts or tokens change."""
_FOLDED = "folded"
_TOKENS = "tokens"


@cache  # reading a package's version takes a millisecond, and every search asks
def index_version() -> str:
    """Return the version that an index must have been written with; other lemmas are other tokens."""
    return f"{_SCHEMA_VERSION} simplemma-{version('simplemma')}"


@cache
def index_schema() -> tantivy.Schema:
    """Return the schema: keywords folded for search and as written in their column, numbers, and two texts."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("version", "key", "seconds"):
        builder.add_integer_field(name, indexed=True, fast=True)
    builder.add_integer_field("row", fast=True)  # in the vector file
    for name in KEYWORDS:
        builder.add_text_field(name, fast=True, tokenizer_name=_FOLDED, index_option="basic")
    for name in NUMBERS:
        builder.add_float_field(name, indexed=True, fast=True)
    for name in ("text", "title"):
        builder.add_text_field(name, tokenizer_name=_TOKENS, index_option="position")
    return builder.build()


def create_index(folder: Path | None) -> tantivy.Index:
    """Make an empty index in a folder, or in memory."""
    if folder is None:
        return _with_analyzers(tantivy.Index(index_schema()))
    folder.mkdir(parents=True, mode=0o700)
    return _with_analyzers(tantivy.Index(index_schema(), path=str(folder), reuse=False))


def open_index(folder: Path) -> tantivy.Index:
    """Open the index of a folder; raises tantivy's ValueError where there is none that it can read."""
    return _with_analyzers(tantivy.Index.open(str(folder)))


@cache
def folding() -> tantivy.TextAnalyzer:
    """Return the analyzer that keyword values are compared by: whole and in lower case."""
    return tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.raw()).filter(tantivy.Filter.lowercase()).build()


def _with_analyzers(index: tantivy.Index) -> tantivy.Index:
    as_written = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.raw()).build()
    words = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
    index.register_tokenizer(_FOLDED, folding())
    index.register_fast_field_tokenizer(_FOLDED, as_written)  # columns and index look theirs up by the same name
    # A dropped word leaves its position empty, so that the slots stay where they are.
    index.config_reader(reload_policy="manual")  # no thread that watches the folder: a search looks for itself
    index.register_tokenizer(_TOKENS, words.filter(tantivy.Filter.custom_stopword([EMPTY])).build())
    return index
