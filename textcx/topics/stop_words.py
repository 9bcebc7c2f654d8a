"""Stop words: words that say nothing of what a text is about, as spaCy lists them."""

import runpy
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

_LISTS = {"sv": "sv", "da": "da", "nb": "nb", "nn": "nb", "fi": "fi", "en": "en"}
_MORE = {
    "nn": "eg meg du deg han ho henne det me vi oss de dykk dei deira ikkje kva kven kvar korleis kvifor når nokon "
    "noko nokre ein ei eit vere er var vore har hadde hatt bli vart blir blei vil ville kan kunne skal skulle berre "
    "mykje meir mest òg også då så frå til om etter utan mellom sidan sjølv kvarandre anna andre denne dette desse",
    "en": "don't doesn't didn't isn't wasn't aren't won't can't couldn't wouldn't it's i'm i've i'd i'll you're that's "
    "they're we're there's got get gets getting really just like would could also im dont ive didnt cant",
    "sv": "mycket bara nån nåt väldigt ju får fick gör gjorde göra ta tar se ja",
    "da": "meget bare godt gør får fik lige helt altså ikke se ja",
    "nb": "veldig bare mye får fikk gjør litt se ja",
    "fi": "todella ihan myös jos niin että koska kun vaan vielä aina",
}
"""Words that those lists leave out; of Nynorsk there is no list."""


@lru_cache(maxsize=8)
def stop_words(language: str) -> frozenset[str]:
    """Return the stop words of a language; none where we know of none.

    Read from the file alone: importing spaCy would take seconds.
    """
    spec, name = find_spec("spacy"), _LISTS.get(language)
    if name is None or spec is None or spec.origin is None:
        return frozenset()
    listed = runpy.run_path(str(Path(spec.origin).parent / "lang" / name / "stop_words.py"))["STOP_WORDS"]
    return frozenset(listed) | frozenset(_MORE.get(language, "").split())
