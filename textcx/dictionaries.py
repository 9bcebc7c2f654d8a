"""Dictionaries of lemmas: simplemma's, as tries that are made once a machine and then opened in milliseconds.

simplemma ships them compressed; unpacking all six takes seconds and 60 MB in every process. A trie is read from
the user's cache folder (`XDG_CACHE_HOME`), looked up in a third of a microsecond, and shared by all data folders:
it holds nothing but the dictionary.
"""

import os
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from platformdirs import user_cache_path
from simplemma.strategies.dictionaries.dictionary_factory import DictionaryFactory
from simplemma.strategies.dictionaries.stream_dictionary_factory import StreamDictionaryFactory
from simplemma.strategies.dictionaries.trie_dictionary_factory import TrieDictionaryFactory


class CachedTries(DictionaryFactory):
    """Dictionaries from the cache folder, each made when it is first asked for.

    Args:
        folder: Where the tries lie; one process may make them while others read.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._tries = TrieDictionaryFactory(disk_cache_dir=str(folder))
        self._opened: dict[str, Mapping[str, str]] = {}
        self._holds: dict[str, Callable[[object], bool]] = {}

    def get_dictionary(self, lang: str) -> Mapping[str, str]:
        """Return the dictionary of a language; unpacked into memory where the cache cannot be written."""
        if lang not in self._opened:
            self._opened[lang] = self._open(lang)
        return self._opened[lang]

    def holder(self, lang: str) -> Callable[[object], bool]:
        """Return what tells whether the dictionary of a language holds a word: of a trie itself, which is in C."""
        if lang not in self._holds:
            opened = self.get_dictionary(lang)
            self._holds[lang] = getattr(opened, "_trie", opened).__contains__
        return self._holds[lang]

    def _open(self, lang: str) -> Mapping[str, str]:
        name = f"{lang}.dic"
        if not (self._folder / name).exists():
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                with TemporaryDirectory(dir=self._folder) as making:
                    TrieDictionaryFactory(disk_cache_dir=making).get_dictionary(lang)
                    os.replace(Path(making) / name, self._folder / name)  # noqa: PTH105 - whole or not at all
            except OSError:
                return StreamDictionaryFactory().get_dictionary(lang)
        return self._tries.get_dictionary(lang)


def open_dictionaries(folder: Path | None = None) -> CachedTries:
    """Return the dictionaries of the installed simplemma, from the user's cache folder unless another is given."""
    return CachedTries((folder or user_cache_path("textcx")) / f"simplemma-{version('simplemma')}")
