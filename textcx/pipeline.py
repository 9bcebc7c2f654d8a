"""Pipeline: the components that analyse texts, from `configs/pipelines/`, checked when it is built.

The one module that imports spaCy, and only for a pipeline with a component that is none of ours: half a second, each
start of a server or a worker would wait for it. Where torch is installed,
spaCy would import it too (6.7 s and 586 MB), so it is hidden meanwhile; no component of ours needs it. So is spaCy's
own command line, which is half of its import.
"""

import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar, cast

from pydantic import Field, ValidationError

from textcx.annotation import Annotations, Values
from textcx.configs import configs_folder
from textcx.document import Document
from textcx.errors import AnalysisError, ConfigError, UnknownNameError
from textcx.mention import Frozen
from textcx.settings import Settings
from textcx.validation import first_fault

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

    from textcx.components.base import TextComponent
    from textcx.components.makers import LineUp

LONGEST_TEXT = 65_536
"""Code points of a text that are analysed; what lies behind can be searched, and the annotations say `truncated`."""
_BATCH_TEXTS = 256
_ZONE_TEXTS = 20_000
_COMMAND_LINE = "spacy.cli.info"
_OUR_WORDS = "words"
_DECLARED = "textcx_declared"
_KIND = "textcx_kind"
_LANGUAGE = "textcx_language"
_PARTS = ("language", "sentiment", "emotions", "signals", "touchpoints", "opinions", "topics")
_LISTS = frozenset({"emotions", "signals", "touchpoints", "opinions", "topics"})
_GREETINGS = {
    "sv": "Hej, det var en mycket trevlig butik",
    "da": "Hej, det var en meget hyggelig butik",
    "nb": "Hei, det var en veldig hyggelig butikk",
    "nn": "Hei, det var ein veldig hyggeleg butikk, ikkje sant",
    "fi": "Hei, se oli oikein mukava kauppa",
    "en": "Hello, that was a very nice shop",
    "de": "Guten Tag, das war ein sehr netter Laden",
}
"""A text for all that is loaded when it is first needed: of each language, and of one that is none of ours."""
_UNJUDGED = {"code": "und", "confidence": 0.0}
_Answer = TypeVar("_Answer")


class _File(Frozen):
    components: tuple[str, ...] = Field(min_length=1)
    weights: str = ""
    tokenizer: str = _OUR_WORDS
    settings: Mapping[str, Mapping[str, Any]] = Field(default_factory=dict)


class Pipeline:
    """Analyses documents.

    Args:
        nlp: A spaCy pipeline whose components set `Doc._.textcx_...`, or our components alone.
        zone_texts: After how many texts spaCy forgets the words it met.
    """

    def __init__(self, nlp: "Language | LineUp", *, zone_texts: int = _ZONE_TEXTS) -> None:
        from textcx.components.base import TextComponent

        self._nlp = cast("Language", nlp)  # where it is none, all are ours and it is not asked
        components = [component for _, component in nlp.components]
        are_ours = all(isinstance(component, TextComponent) for component in components)
        self._ours = cast("list[TextComponent]", components) if are_ours else None
        self._text_components = [component for component in components if isinstance(component, TextComponent)]
        self._are_proven = are_ours and all(component.is_proven for component in self._text_components)
        self._zone_texts = zone_texts
        self._zone = ExitStack()
        self._texts_in_zone = 0
        versions = {name: getattr(component, "version", "") for name, component in nlp.components}
        self._said_by = {
            part: f"textcx_{part} {versions[f'textcx_{part}']}" for part in _PARTS if f"textcx_{part}" in versions
        }
        self._names = {part: f"textcx_{part}" for part in self._said_by}
        digest = sha256(repr(sorted(versions.items())).encode("utf-8")).hexdigest()
        self.version = f"textcx-{digest[:10]}"
        """One word for the versions of all components, models and lexicons: equal versions give equal answers."""

    @property
    def parts(self) -> frozenset[str]:
        """Return the fields of annotations that its components judge."""
        return frozenset(self._said_by)

    def annotate(self, documents: Sequence[Document]) -> list[Annotations | AnalysisError]:
        """Return one answer per document, in order; a document that fails spoils no other.

        Raises:
            ConfigError: A lexicon, read when its language is first met, is missing or wrong.
        """
        return self._answers(documents, self._annotations)

    def annotate_values(self, documents: Sequence[Document]) -> list[Values | AnalysisError]:
        """Return the same as plain values, for those who write them down at once: in less time.

        Raises:
            ConfigError: As `annotate`.
        """
        return self._answers(documents, self._values)

    def _answers(
        self, documents: Sequence[Document], make: Callable[[Mapping[str, Any], Document], _Answer]
    ) -> list[_Answer | AnalysisError]:
        answers: list[_Answer | AnalysisError] = []
        for first in range(0, len(documents), _BATCH_TEXTS):
            batch = documents[first : first + _BATCH_TEXTS]
            try:
                answers += self._annotate(batch, make)
            except ConfigError:
                raise  # a broken lexicon is no fault of the texts
            except Exception:  # noqa: BLE001 - any component may fail in its own way; which text did it is found out below
                answers += [self._annotate_alone(document, make) for document in batch]
        return answers

    def warm_up(self) -> None:
        """Load what is loaded when a language is first met, for all languages and for what is none of ours."""
        for language, text in _GREETINGS.items():
            known: dict[str, Any] = {_DECLARED: language, _KIND: None, _LANGUAGE: {"code": language, "confidence": 1.0}}
            for component in self._text_components:
                known[component.name] = component.warm_up(text, known)

    def _annotate(
        self, documents: Sequence[Document], make: Callable[[Mapping[str, Any], Document], _Answer]
    ) -> list[_Answer]:
        texts = [document.text[:LONGEST_TEXT] for document in documents]
        for component in self._text_components:
            component.prepare(texts)
        findings = self._by_spacy(documents) if self._ours is None else self._directly(texts, documents)
        return [make(found, document) for found, document in zip(findings, documents, strict=True)]

    def _annotate_alone(
        self, document: Document, make: Callable[[Mapping[str, Any], Document], _Answer]
    ) -> _Answer | AnalysisError:
        try:
            return self._annotate([document], make)[0]
        except Exception as error:  # noqa: BLE001 - as above; the text itself must not reach the message
            return AnalysisError(f"the analysis failed: {type(error).__name__}")

    def _directly(self, texts: Sequence[str], documents: Sequence[Document]) -> Sequence[Mapping[str, Any]]:
        """Return what our components find: the same as in spaCy, without the documents that only others need."""
        known: list[dict[str, Any]] = [{_DECLARED: one.language, _KIND: one.kind} for one in documents]
        for component in self._ours or ():
            for one, found in zip(known, component.judge_all(texts, known), strict=True):
                one[component.name] = found
        return known

    def _by_spacy(self, documents: Sequence[Document]) -> Iterator[Mapping[str, Any]]:
        self._enter_zone(len(documents))
        for doc in self._nlp.pipe((self._make_doc(document) for document in documents), batch_size=_BATCH_TEXTS):
            yield {name: doc._.get(name) for name in self._names.values()}

    def _make_doc(self, document: Document) -> "Doc":
        doc = self._nlp.make_doc(document.text[:LONGEST_TEXT])
        doc._.set(_DECLARED, document.language)
        if doc.has_extension(_KIND):
            doc._.set(_KIND, document.kind)
        return doc

    def _enter_zone(self, texts: int) -> None:
        """Let spaCy forget the words it met every now and then: it keeps each for ever, and making one is slow."""
        self._texts_in_zone += texts
        if self._texts_in_zone > self._zone_texts:
            self._zone.close()
            self._texts_in_zone = texts
        if self._texts_in_zone == texts:
            self._zone.enter_context(self._nlp.memory_zone())

    def _annotations(self, found: Mapping[str, Any], document: Document) -> Annotations:
        judged = self._judged(found)
        return Annotations.model_validate({**judged, **self._about(judged, document)})

    def _values(self, found: Mapping[str, Any], document: Document) -> Values:
        if not self._are_proven:
            return self._annotations(found, document).model_dump(mode="json")
        judged = self._judged(found)
        values = {part: list(judged.get(part, ())) if part in _LISTS else judged.get(part) for part in _PARTS}
        return {**values, **self._about(judged, document)}

    def _judged(self, found: Mapping[str, Any]) -> dict[str, Any]:
        judged = {part: value for part, name in self._names.items() if (value := found[name]) is not None}
        if not judged.get("language"):
            judged["language"] = _UNJUDGED
        return judged

    def _about(self, judged: Mapping[str, Any], document: Document) -> dict[str, Any]:
        """Return who judged, and how much of the text."""
        said_by = {part: self._said_by[part] for part, value in judged.items() if value or part not in _LISTS}
        return {"said_by": said_by, "truncated": len(document.text) > LONGEST_TEXT}


def build_pipeline(settings: Settings) -> Pipeline:
    """Build the pipeline that the settings name.

    Raises:
        ConfigError: The file is missing or wrong, a component is not known, or needs what no earlier one gives.
        TaxonomyError: The taxonomy contradicts itself.
    """
    folder = configs_folder(settings.config_dir)
    file = _read(folder / "pipelines" / f"{settings.pipeline}.toml")
    nlp = _blank(file, settings.pipeline)
    known: set[str] = set()
    defaults: dict[str, Any] = {"configs": str(folder), "taxonomy": settings.taxonomy, "data": str(settings.data)}
    defaults["weights"] = (settings.weights or file.weights) if file.weights else ""
    defaults["embedding"] = settings.embedding
    defaults["second"] = settings.model.model_dump()
    for name in file.components:
        meta = nlp.get_factory_meta(name)
        missing = [need for need in meta.requires if need not in known]
        if missing:
            raise ConfigError(
                f"pipelines/{settings.pipeline}.toml: component {name!r} needs {missing}, but only {sorted(known)} is "
                "known at that point. Put the component that gives it before."
            )
        known.update(meta.assigns)
        given = {key: value for key, value in defaults.items() if key in (meta.default_config or {})}
        nlp.add_pipe(name, config={**given, **file.settings.get(name, {})})
    return Pipeline(nlp)


def _blank(file: _File, pipeline: str) -> "Language | LineUp":
    """Return a pipeline without components: of spaCy, where one of them is none of ours or has settings of its own."""
    from textcx.components.makers import MAKERS, LineUp

    if file.tokenizer == _OUR_WORDS and not file.settings and MAKERS.keys() >= set(file.components):
        return LineUp()
    with _spacy_alone():
        import spacy
    nlp = _blank_of_spacy(spacy, file.tokenizer, pipeline)
    for name in file.components:
        if not nlp.has_factory(name):
            raise UnknownNameError("component", name, (one for one in nlp.factory_names if "textcx" in one))
    return nlp


def _blank_of_spacy(spacy: Any, tokenizer: str, pipeline: str) -> "Language":
    """Return a spaCy pipeline with our words or a language's rules for its tokens."""
    if tokenizer == _OUR_WORDS:
        config = {"nlp": {"tokenizer": {"@tokenizers": "textcx_words"}}}
        return cast("Language", spacy.blank("xx", config=config))
    try:
        return cast("Language", spacy.blank(tokenizer))
    except ImportError as error:
        message = (
            f"pipelines/{pipeline}.toml: tokenizer: spaCy has no rules for {tokenizer!r}; {_OUR_WORDS!r} are ours."
        )
        raise ConfigError(message) from error


def _read(path: Path) -> _File:
    try:
        return _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        known = sorted(one.stem for one in path.parent.glob("*.toml"))
        raise UnknownNameError("pipeline", path.stem, known) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"pipelines/{path.name} cannot be read: {error}") from error
    except ValidationError as error:
        raise ConfigError(f"pipelines/{path.name}: {first_fault(error)}.") from None


@contextmanager
def _spacy_alone() -> Iterator[None]:
    """Keep an import of spaCy from finding torch and from loading spaCy's command line, if they are not there yet."""
    command_line = ModuleType(_COMMAND_LINE)
    command_line.__dict__["info"] = lambda *values, **options: import_module(_COMMAND_LINE).info(*values, **options)
    # None is Python's own way to say: not to be had.
    hidden = {
        name: one for name, one in {"torch": None, _COMMAND_LINE: command_line}.items() if name not in sys.modules
    }
    sys.modules.update(cast("dict[str, ModuleType]", hidden))
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
