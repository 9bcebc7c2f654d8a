"""What a taxonomy must hold to be used (errors), and what its author may have overlooked (warnings)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import regex

from textcx.errors import TaxonomyError
from textcx.taxonomy_file import Draft, Entry
from textcx.terms import TermIndex, parse_term
from textcx.words import LANGUAGES, Lemmas, split_words

LABEL_LANGUAGES = ("sv", "da", "nb", "fi", "en")
"""Every label is given in these; `nn` falls back to `nb`."""
FEW_TERMS = 5
_ID = regex.compile(r"[a-z][a-z0-9_]*")


def errors(draft: Draft) -> Iterator[str]:
    """Yield each contradiction: file, key and the way out."""
    file = draft.file
    if not draft.stages:
        yield f"{file}: stages: none given. List the stages of the journey in order."
    if not draft.entries:
        yield f"{file}: touchpoints: none given. Write at least one."
    known = {entry.id: entry for entry in draft.entries}
    seen: set[str] = set()
    for entry in draft.entries:
        place = f"{file}: touchpoints.{entry.id}"
        if entry.id in seen:
            yield f"{place}: this id stands twice. Rename one; to add terms to an extended touchpoint use `add`."
        seen.add(entry.id)
        yield from _entry_errors(entry, draft, known, place)
    yield from _shared_terms(draft, known)


def _entry_errors(entry: Entry, draft: Draft, known: Mapping[str, Entry], place: str) -> Iterator[str]:
    if not _ID.fullmatch(entry.id):
        yield f"{place}.id: an id is small letters, digits and _, a letter first (for example store_toilets)."
    for language in LABEL_LANGUAGES:
        if language not in entry.label:
            yield f"{place}.label: no label in {language}. Labels are needed in {', '.join(LABEL_LANGUAGES)}."
    if entry.parent is not None and entry.parent not in known:
        yield f"{place}.parent: there is no touchpoint {entry.parent!r}. Known: {', '.join(sorted(known))}."
    elif is_in_circle(entry.id, known):
        yield f"{place}.parent: the parents run in a circle. Take `parent` away from one of them."
    elif (stage := stage_of(entry, known)) not in draft.stages:
        wrong = "no stage" if stage is None else f"unknown stage {stage!r}"
        yield f"{place}.stage: {wrong}. Stages: {', '.join(draft.stages)}."
    for key, words in (("label", entry.label), ("terms", entry.terms), ("except", entry.except_)):
        for language in words:
            if language not in LANGUAGES:
                yield f"{place}.{key}.{language}: unknown language. Known: {', '.join(LANGUAGES)}."
    for key, phrases in (("terms", entry.terms), ("except", entry.except_)):
        for language, some in phrases.items():
            yield from _notation_errors(some, f"{place}.{key}.{language}")


def _notation_errors(terms: Sequence[str], place: str) -> Iterator[str]:
    for term in terms:
        try:
            parse_term(term)
        except TaxonomyError as error:
            yield f"{place}: {error}."


def stage_of(entry: Entry, known: Mapping[str, Entry]) -> str | None:
    """Return the stage of an entry, its own or the nearest parent's."""
    while entry.stage is None and entry.parent in known:
        entry = known[entry.parent]
    return entry.stage


def parents_of(identifier: str, known: Mapping[str, Entry]) -> Iterator[str]:
    """Yield the parents of a touchpoint, the nearest first; a circle is walked once."""
    seen = {identifier}
    parent = known[identifier].parent
    while parent is not None and parent in known:
        yield parent
        if parent in seen:
            return
        seen.add(parent)
        parent = known[parent].parent


def is_in_circle(identifier: str, known: Mapping[str, Entry]) -> bool:
    """Tell whether the parents of a touchpoint never end."""
    parents = list(parents_of(identifier, known))
    return len(parents) != len(set(parents)) or identifier in parents


def _shared_terms(draft: Draft, known: Mapping[str, Entry]) -> Iterator[str]:
    """Yield terms that two touchpoints claim, unless one is the other's ancestor."""
    owners: dict[tuple[str, str], list[str]] = defaultdict(list)
    for entry in draft.entries:
        for language, terms in entry.terms.items():
            for term in {term.lower() for term in terms}:
                owners[language, term].append(entry.id)
    for (language, term), claimants in owners.items():
        for place, one in enumerate(claimants):
            for other in claimants[place + 1 :]:
                if one != other and other not in parents_of(one, known) and one not in parents_of(other, known):
                    yield (
                        f"{draft.file}: touchpoints.{other}.terms.{language}: {term!r} is a term of {one!r} too. "
                        "Keep it in one of them, or write a longer phrase."
                    )


def warnings(draft: Draft, lemmas: Lemmas) -> Iterator[str]:
    """Yield what can be used but is probably not meant."""
    for entry in draft.entries:
        for language, terms in entry.terms.items():
            place = f"{draft.file}: touchpoints.{entry.id}.terms.{language}"
            if len(set(terms)) < FEW_TERMS and language != "nn":
                yield f"{place}: only {len(set(terms))} terms; with fewer than {FEW_TERMS} much is missed."
            yield from _repetitions(terms, language, lemmas, place)
            for term in terms:
                if term.lower() in {phrase.lower() for phrase in entry.except_.get(language, ())}:
                    yield f"{place}: {term!r} can never match, for it stands under `except` too."
    yield from _same_lemmas(draft, lemmas)
    yield from _missed_examples(draft, lemmas)


def _lemma_key(term: str, language: str, lemmas: Lemmas) -> tuple[object, ...]:
    return tuple(
        (lemmas.lemma(word, language) if form.name in ("LEMMA", "WHOLE") else word, form)
        for word, form in parse_term(term).pieces
    )


def _repetitions(terms: Sequence[str], language: str, lemmas: Lemmas, place: str) -> Iterator[str]:
    first: dict[tuple[object, ...], str] = {}
    for term in terms:
        earlier = first.setdefault(_lemma_key(term, language, lemmas), term)
        if earlier is not term:
            yield f"{place}: {term!r} matches the same words as {earlier!r}; one of them is enough."


def _same_lemmas(draft: Draft, lemmas: Lemmas) -> Iterator[str]:
    """Yield terms of two touchpoints that differ in letters but not in lemmas: both would be found."""
    owners: dict[tuple[object, ...], tuple[str, str]] = {}
    known = {entry.id: entry for entry in draft.entries}
    for entry in draft.entries:
        for language, terms in entry.terms.items():
            for term in terms:
                owner, other = owners.setdefault((language, *_lemma_key(term, language, lemmas)), (entry.id, term))
                family = {owner, *parents_of(owner, known)} | {entry.id, *parents_of(entry.id, known)}
                if owner != entry.id and other.lower() != term.lower() and len(family) > 1:
                    related = owner in parents_of(entry.id, known) or entry.id in parents_of(owner, known)
                    if not related:
                        yield (
                            f"{draft.file}: touchpoints.{entry.id}.terms.{language}: {term!r} matches the same words as "
                            f"{other!r} of {owner!r}; write ==WORD or a longer phrase."
                        )


def _missed_examples(draft: Draft, lemmas: Lemmas) -> Iterator[str]:
    """Yield examples that the touchpoint's own terms do not find."""
    for entry in draft.entries:
        for language, examples in entry.examples.items():
            terms = {entry.id: (*entry.terms.get(language, ()), *(entry.terms.get("nb", ()) if language == "nn" else ()))}
            index = TermIndex(language, terms=terms, exclusions={}, lemmas=lemmas)
            for number, example in enumerate(examples, start=1):
                words = split_words(example)
                if not index.find(words, [lemmas.lemma(word.surface, language) for word in words]):
                    yield (
                        f"{draft.file}: touchpoints.{entry.id}.examples.{language}: no term is found in example "
                        f"{number}; add a term for it."
                    )
