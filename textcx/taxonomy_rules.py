"""What a taxonomy must hold to be used (errors), and what its author may have overlooked (warnings)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import combinations

import regex

from textcx.errors import TaxonomyError
from textcx.taxonomy_file import Draft, Entry
from textcx.terms import Form, Piece, TermIndex, parse_term
from textcx.words import LANGUAGES, Lemmas, surfaces_of

LABEL_LANGUAGES = ("sv", "da", "nb", "fi", "en")
"""Every label is given in these; `nn` falls back to `nb`."""
FEW_TERMS = 5
_LONGEST_ENDING = 3
"""Letters that an ending of inflection may have; where a lemma drops more, it has probably dropped a word."""
_ID = regex.compile(r"[a-z][a-z0-9_]*")


def errors(draft: Draft) -> Iterator[str]:
    """Yield each contradiction: file, key and the way out."""
    file = draft.file
    if not draft.stages:
        yield f"{file}: stages: none given. List the stages of the journey in order."
    for stage in sorted({stage for stage in draft.stages if draft.stages.count(stage) > 1}):
        yield f"{file}: stages: {stage!r} stands twice. Take one away."
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
    elif entry.id in parents_of(entry.id, known):
        yield f"{place}.parent: the parents run in a circle. Take `parent` away from one of them."
    elif (stage := stage_of(entry, known)) not in draft.stages:
        wrong = "no stage" if stage is None else f"unknown stage {stage!r}"
        yield f"{place}.stage: {wrong}. Stages: {', '.join(draft.stages)}."
    named = {"label": entry.label, "terms": entry.terms, "except": entry.except_, "examples": entry.examples}
    for key, words in named.items():
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
    line = (entry, *(known[parent] for parent in parents_of(entry.id, known)))
    return next((one.stage for one in line if one.stage is not None), None)


def parents_of(identifier: str, known: Mapping[str, Entry]) -> Iterator[str]:
    """Yield the parents of a touchpoint, the nearest first; a circle is walked once."""
    seen: set[str] = set()
    parent = known[identifier].parent
    while parent is not None and parent in known and parent not in seen:
        yield parent
        seen.add(parent)
        parent = known[parent].parent


def _are_related(one: str, other: str, known: Mapping[str, Entry]) -> bool:
    """Tell whether two touchpoints are the same, or one divides the other: then a term may stand in both."""
    return one == other or other in parents_of(one, known) or one in parents_of(other, known)


def _shared_terms(draft: Draft, known: Mapping[str, Entry]) -> Iterator[str]:
    owners: dict[tuple[str, str], list[str]] = defaultdict(list)
    for entry in draft.entries:
        for language, terms in entry.terms.items():
            for term in {term.lower(): None for term in terms}:
                owners[language, term].append(entry.id)
    for (language, term), claimants in owners.items():
        for one, other in combinations(claimants, 2):
            if not _are_related(one, other, known):
                yield (
                    f"{draft.file}: touchpoints.{other}.terms.{language}: {term!r} is a term of {one!r} too. "
                    "Keep it in one of them, or write a longer phrase."
                )


def warnings(draft: Draft, lemmas: Lemmas) -> Iterator[str]:
    """Yield what can be used but is probably not meant."""
    known = {entry.id: entry for entry in draft.entries}
    claims: dict[tuple[object, ...], tuple[str, str]] = {}
    for entry in draft.entries:
        place = f"{draft.file}: touchpoints.{entry.id}"
        if not any(entry.terms.values()) and not any(entry.examples.values()):
            yield f"{place}.terms: there are none and no examples either, so it is never found."
        for language, terms in entry.terms.items():
            if len(set(terms)) < FEW_TERMS and language != "nn":
                yield f"{place}.terms.{language}: only {len(set(terms))}; with fewer than {FEW_TERMS} much is missed."
            excluded = {_key(phrase, language, lemmas) for phrase in entry.except_.get(language, ())}
            for term in terms:
                key = _key(term, language, lemmas)
                owner, twin = claims.setdefault((language, key), (entry.id, term))
                about = f"{place}.terms.{language}: {term!r}"
                if owner == entry.id and twin is not term:
                    yield f"{about} matches the same words as {twin!r}; one of them is enough."
                elif not _are_related(owner, entry.id, known):
                    yield f"{about} matches the same words as {twin!r} of {owner!r}; write ==WORD or a longer phrase."
                if key in excluded:
                    yield f"{about} can never match, for its words stand under `except` too."
                yield from _surprises(term, language, lemmas, about)
        yield from _missed_examples(entry, place, lemmas)
    from textcx.taxonomy_examples import doubtful_examples  # loads numpy, which a search needs not

    are_related = partial(_are_related, known=known)
    for owner, language, number, other in doubtful_examples(draft.entries, are_related, LABEL_LANGUAGES):
        yield (
            f"{draft.file}: touchpoints.{owner}.examples.{language}: example {number} sounds more like {other!r}; "
            "write one that tells them apart."
        )


def _key(term: str, language: str, lemmas: Lemmas) -> tuple[Piece, ...]:
    """Return what a term is compared by; terms with the same key match the same words."""
    return tuple(
        Piece(lemmas.lemma(word, language), form) if form in (Form.LEMMA, Form.WHOLE) else Piece(word, form)
        for word, form in parse_term(term).pieces
    )


def _surprises(term: str, language: str, lemmas: Lemmas, about: str) -> Iterator[str]:
    """Yield a term whose lemma is only its beginning: Finnish "tuntihinta" is taken for a form of "tunti"."""
    word, form = parse_term(term).pieces[0]
    lemma = lemmas.lemma(word, language)
    is_single = term.lower().lstrip("=") == word and form is not Form.EXACT
    if is_single and word.startswith(lemma) and len(word) - len(lemma) > _LONGEST_ENDING:
        yield f"{about} is read as a form of {lemma!r}; write =={word} or {word}* if that is not meant."


def _missed_examples(entry: Entry, place: str, lemmas: Lemmas) -> Iterator[str]:
    """Yield examples that the touchpoint's own terms do not find."""
    for language, examples in entry.examples.items():
        fallback = entry.terms.get("nb", ()) if language == "nn" else ()
        terms = {entry.id: (*entry.terms.get(language, ()), *fallback)}
        index = TermIndex(language, terms=terms, exclusions={}, lemmas=lemmas)
        for number, example in enumerate(examples if any(terms.values()) else (), start=1):
            if not index.find(surfaces_of(example)):
                yield f"{place}.examples.{language}: no term is found in example {number}; add a term for it."
