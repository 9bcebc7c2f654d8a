"""The lexicons that ship: whole, free of contradictions, licensed, and right about plain sentences."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from textcx.configs import configs_folder
from textcx.model.lexical import LexicalAnalysis
from textcx.model.lexicon import EVERY_LANGUAGE, Lexicon, read_lexicon
from textcx.model.sentiment import summarize
from textcx.terms import Form, Piece, parse_term
from textcx.words import LANGUAGES, UNKNOWN_LANGUAGE, Lemmas

FOLDER = configs_folder() / "lexicons"
FULL_LANGUAGES = tuple(language for language in LANGUAGES if language != "nn")
EMOTIONS = {"joy", "anger", "sadness", "fear", "disgust", "surprise"}
LISTS = sorted(FOLDER.glob("*/*.tsv"))


@pytest.fixture(scope="module")
def lemmas() -> Lemmas:
    return Lemmas()


@pytest.fixture(scope="module")
def analysis(lemmas: Lemmas) -> LexicalAnalysis:
    return LexicalAnalysis(FOLDER, lemmas)


def file_of(name: str) -> dict[str, dict[str | int, list[str]]]:
    content = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content


def compared(term: str, language: str, lemmas: Lemmas) -> tuple[Piece, ...]:
    """Return a term as it is compared with a text: two terms that are equal here are one."""
    return tuple(
        piece if piece.form in (Form.EXACT, Form.PREFIX) else Piece(lemmas.lemma(piece.word, language), Form.LEMMA)
        for piece in parse_term(term).pieces
    )


def entries(path: Path) -> Iterator[tuple[str, float]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            word, _, strength = line.partition("\t")
            yield word, float(strength)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_all_that_judging_needs(language: str) -> None:
    lexicon = read_lexicon(FOLDER, language)
    assert isinstance(lexicon, Lexicon)
    assert lexicon.language == language
    assert set(lexicon.emotions) == EMOTIONS
    assert len(lexicon.negations) >= 12
    assert len(lexicon.contrasts) >= 10
    assert lexicon.conjunctions


@pytest.mark.parametrize("language", FULL_LANGUAGES)
def test_a_language_holds_the_words_it_promises(language: str) -> None:
    file = file_of(language)
    assert sum(len(terms) for strength, terms in file["sentiment"].items() if strength) >= 900
    assert min(len(terms) for terms in file["emotions"].values()) >= 40
    assert len(file["intensifiers"]) >= 25


def test_nynorsk_adds_words_of_its_own_and_has_those_of_bokmal() -> None:
    nynorsk = read_lexicon(FOLDER, "nn")
    assert sum(map(len, file_of("nn")["sentiment"].values())) >= 100
    assert set(read_lexicon(FOLDER, "nb").strengths) < set(nynorsk.strengths)


@pytest.mark.parametrize("name", [*LANGUAGES, EVERY_LANGUAGE])
def test_no_term_stands_twice_with_two_strengths(name: str, lemmas: Lemmas) -> None:
    language = UNKNOWN_LANGUAGE if name == EVERY_LANGUAGE else name
    strengths: dict[tuple[Piece, ...], set[str | int]] = defaultdict(set)
    for strength, terms in file_of(name)["sentiment"].items():
        for term in terms:
            strengths[compared(term, language, lemmas)].add(strength)
    assert {term: found for term, found in strengths.items() if len(found) > 1} == {}


@pytest.mark.parametrize("name", [*LANGUAGES, EVERY_LANGUAGE])
def test_no_term_of_an_emotion_stands_twice(name: str, lemmas: Lemmas) -> None:
    language = UNKNOWN_LANGUAGE if name == EVERY_LANGUAGE else name
    for terms in file_of(name)["emotions"].values():
        distinct = [compared(term, language, lemmas) for term in terms]
        assert len(distinct) == len(set(distinct))


@pytest.mark.parametrize("path", LISTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_free_list_says_origin_licence_and_match_and_holds_single_words(path: Path) -> None:
    head = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    assert any("https://" in line for line in head)
    assert any("Apache License" in line or "MIT License" in line or "CC BY-SA" in line for line in head)
    assert head[-1] in ("# match: exact", "# match: lemma")
    assert [word for word, strength in entries(path) if not word or " " in word or not -5 <= strength <= 5] == []
    assert [file.name for file in path.parent.iterdir() if file.name in ("LICENSE", "ATTRIBUTION.md")]


def test_every_free_list_is_named_in_readme_and_used_by_a_language() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    used = {name for language in LANGUAGES for name in file_of(language)["lists"]}
    assert {f"{path.parent.name}/{path.name}" for path in LISTS} == used
    assert [path.parent.name for path in LISTS if path.parent.name not in readme] == []


SENTENCES = [
    ("sv", "positive", "Mycket nöjd med köpet, allt fungerade som det skulle."),
    ("sv", "positive", "Inga problem alls, paketet kom i tid."),
    ("sv", "positive", "Kan varmt rekommendera butiken!"),
    ("sv", "positive", "Först krånglade det, men de löste problemet och bemötandet var fantastiskt."),
    ("sv", "positive", "Inget att klaga på."),
    ("sv", "negative", "Inte alls nöjd."),
    ("sv", "negative", "Fick aldrig något svar, aldrig igen."),
    ("sv", "negative", "Bra hemsida, men kundtjänsten är värdelös och leveransen blev försenad."),
    ("sv", "negative", "Appen krånglar och ingen svarar."),
    ("sv", "negative", "Rekommenderar jag inte till någon."),
    ("sv", "negative", "Rena bluffen, pengarna i sjön."),
    ("sv", "neutral", "Vi har öppet på söndag."),
    ("da", "positive", "Hurtig levering og god service, kan kun anbefales."),
    ("da", "positive", "Der er ikke en finger at sætte på noget."),
    ("da", "positive", "Aldrig haft problemer med dem."),
    ("da", "positive", "Det var dyrt, men maden var fantastisk og betjeningen i top."),
    ("da", "positive", "Tusind tak for hjælpen!"),
    ("da", "negative", "Varen virker ikke, og de svarer ikke på mine mails."),
    ("da", "negative", "Ikke særlig tilfreds."),
    ("da", "negative", "Fin hjemmeside, men elendig kundeservice og ødelagte varer."),
    ("da", "negative", "Det er svindel, hold jer væk."),
    ("da", "negative", "Jeg er virkelig skuffet og vred."),
    ("da", "negative", "Spild af tid og penge."),
    ("da", "neutral", "Butikken ligger i Odense."),
    ("nb", "positive", "Kjempefornøyd, dette anbefales på det varmeste."),
    ("nb", "positive", "Ingen problemer, montøren var hyggelig og dyktig."),
    ("nb", "positive", "Aldri blitt skuffet."),
    ("nb", "positive", "Litt dyrt, men helt fantastisk mat og utmerket service."),
    ("nb", "positive", "Alt gikk knirkefritt."),
    ("nb", "negative", "Appen funker ikke og kundeservice svarer aldri."),
    ("nb", "negative", "Slett ikke fornøyd."),
    ("nb", "negative", "Fin butikk, men elendig oppfølging og ubrukelig nettside."),
    ("nb", "negative", "Ikke et øre verdt."),
    ("nb", "negative", "Styr unna, dette er svindel."),
    ("nb", "negative", "Jeg er redd for å bruke kortet mitt der."),
    ("nb", "neutral", "Hotellet ligger ved fjorden."),
    ("nn", "positive", "Svært nøgd, tilrår dei gjerne."),
    ("nn", "positive", "Utan problem og med eit smil."),
    ("nn", "negative", "Eg er vonbroten, dei svarar ikkje."),
    ("nn", "negative", "Ikkje nøgd, handlar aldri her igjen."),
    ("fi", "positive", "Suosittelen lämpimästi, palvelu oli ystävällistä."),
    ("fi", "positive", "Ei mitään valittamista."),
    ("fi", "positive", "Toimii loistavasti, kiitos paljon!"),
    ("fi", "positive", "Vähän kallista, mutta laatu on erinomaista ja henkilökunta ihanaa."),
    ("fi", "positive", "Ei ongelmia, kaikki sujui helposti."),
    ("fi", "negative", "Laite ei toimi eikä kukaan vastaa."),
    ("fi", "negative", "En suosittele kenellekään."),
    ("fi", "negative", "Nopea toimitus, mutta tuote on surkea ja asiakaspalvelu töykeä."),
    ("fi", "negative", "Rahat hukkaan, en enää koskaan."),
    ("fi", "negative", "Täysi huijaus, pysykää kaukana."),
    ("fi", "negative", "Suuri pettymys."),
    ("fi", "neutral", "Kauppa on Turussa."),
    ("en", "positive", "Highly recommend, everything went smoothly."),
    ("en", "positive", "No problems at all, they were very helpful."),
    ("en", "positive", "I can't recommend them enough."),
    ("en", "positive", "A bit expensive, but the food was excellent and the staff were lovely."),
    ("en", "positive", "Not bad at all."),
    ("en", "negative", "I would not recommend this shop to anyone."),
    ("en", "negative", "Don't waste your time."),
    ("en", "negative", "Nice website, but the delivery was terrible and nobody answers."),
    ("en", "negative", "It stopped working after two days and I never got a reply."),
    ("en", "negative", "Total rip-off, avoid."),
    ("en", "negative", "I am very disappointed and angry."),
    ("en", "neutral", "The shop is in Leeds."),
    ("sv", "neutral", "Hur lång tid tar leveransen?"),
    ("da", "neutral", "Hvor lang er leveringstiden?"),
    ("nb", "neutral", "Hvor lang tid tar det?"),
    ("fi", "neutral", "Kuinka pitkä toimitusaika on?"),
    ("en", "neutral", "How long does delivery take?"),
    ("sv", "mixed", "Personalen var fantastisk. Maten var vidrig."),
    ("da", "mixed", "Personalet var fantastisk. Maden var ulækker."),
    ("nb", "mixed", "Betjeningen var fantastisk. Maten var motbydelig."),
    ("fi", "mixed", "Henkilökunta oli ihana. Ruoka oli kamalaa."),
    ("en", "mixed", "The staff were wonderful. The food was horrible."),
    ("en", "negative", "Three weeks now 😡"),
    ("fi", "positive", "👍🏽"),
]


@pytest.mark.parametrize(("language", "polarity", "text"), SENTENCES, ids=lambda value: str(value)[:40])
def test_a_plain_sentence_is_judged_as_people_read_it(
    language: str, polarity: str, text: str, analysis: LexicalAnalysis
) -> None:
    judgements = analysis.judge(text, language)
    assert judgements is not None
    assert summarize(judgements).polarity == polarity


STRONGER = [
    ("sv", "Bra mat.", "Väldigt bra mat."),
    ("sv", "Lite dålig mat.", "Dålig mat."),
    ("da", "God mad.", "Rigtig god mad."),
    ("nb", "Litt skuffet.", "Skuffet."),
    ("fi", "Huono ruoka.", "Erittäin huono ruoka."),
    ("en", "A bit slow.", "Extremely slow."),
]


@pytest.mark.parametrize(("language", "weaker", "stronger"), STRONGER)
def test_words_of_degree_strengthen_and_weaken(
    language: str, weaker: str, stronger: str, analysis: LexicalAnalysis
) -> None:
    scores = [summarize(analysis.judge(text, language) or ()).score for text in (weaker, stronger)]
    assert 0 < abs(scores[0]) < abs(scores[1])
    assert (scores[0] > 0) == (scores[1] > 0)


FELT = [
    ("sv", "Jag är så besviken.", {"sadness"}),
    ("sv", "Är rasande, detta är en skandal.", {"anger"}),
    ("da", "Jeg blev positivt overrasket.", {"surprise"}),
    ("da", "Hun var dejlig, tusind tak.", {"joy"}),
    ("nb", "Jeg er redd for hva som skjer med opplysningene mine.", {"fear"}),
    ("nb", "Det lå et hårstrå i maten, æsj.", {"disgust"}),
    ("nn", "Eg er vonbroten og lei meg.", {"sadness"}),
    ("fi", "Olen todella vihainen.", {"anger"}),
    ("fi", "Pelkään, että tietoni ovat väärissä käsissä.", {"fear"}),
    ("en", "The room was filthy and it stinks.", {"disgust"}),
    ("en", "I am not angry.", set()),
    ("sv", "Butiken ligger i Lund.", set()),
]


@pytest.mark.parametrize(("language", "text", "emotions"), FELT)
def test_an_emotion_is_found_where_it_is_said(
    language: str, text: str, emotions: set[str], analysis: LexicalAnalysis
) -> None:
    assert {emotion["name"] for emotion in analysis.emotions(text, language, ())} == emotions
