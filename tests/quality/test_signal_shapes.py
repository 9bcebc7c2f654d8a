"""The shapes that ship: own sentences in which a group must be found, and others like them in which it must not."""

import pytest

from textcx.annotation import SignalName
from textcx.configs import configs_folder
from textcx.model.ngrams import tokens_of
from textcx.model.shapes import Shapes, read_shapes
from textcx.training.customers import SIGNALS

HOLD = {
    "recommends": [
        "Kan varmt rekommenderas till alla med trädgård",
        "Prøv dem, de er søde og dygtige",
        "Anbefales til hele gjengen",
        "Suosittelen lämpimästi kaikille naapureille",
        "Give them a chance, you will like it",
    ],
    "warns_against": [
        "Jag kan inte på något sätt rekommendera firman",
        "Gå langt udenom det værksted",
        "Styr for all del unna denne kjeden",
        "Älkää missään nimessä tilatko täältä",
        "Please don't ever buy this vacuum",
    ],
    "will_return": [
        "Vi handlar så gärna här igen",
        "Jeg bestiller helt sikkert igen til foråret",
        "Her kommer vi garantert tilbake",
        "Tilaan näiltä jatkossakin",
        "We will definitely be back next summer",
    ],
    "leaves": [
        "Kommer aldrig att boka här igen",
        "Jeg handler ikke i den butik igen",
        "Aldri i livet igjen",
        "En tilaa teiltä enää",
        "I will never ever use them again",
    ],
    "expectation_exceeded": [
        "Paketet kom snabbare än jag hade väntat",
        "Det gik meget hurtigere end lovet",
        "Maten var langt bedre enn vi trodde",
        "Palvelu ylitti odotukset",
        "The room was far better than we expected",
    ],
    "expectation_met": [
        "Allt kom precis som utlovat",
        "Varen er som beskrevet",
        "Montøren kom akkurat som avtalt",
        "Tuote vastasi hyvin kuvausta",
        "Arrived as described and well packed",
    ],
    "expectation_missed": [
        "Det var inte alls som på bilden",
        "De lovede levering fredag men den kom tirsdag",
        "De lovet svar samme dag, men ingenting kom",
        "Lupasivat soittaa mutta kukaan ei soittanut",
        "It was supposed to arrive on Monday",
    ],
    "effort_easy": [
        "Enkelt att boka om tiden",
        "Det var nemt at finde rundt",
        "Å bytte passord var en lek",
        "Tilaaminen onnistui helposti",
        "Signing up took two clicks",
    ],
    "effort_hard": [
        "Fick ringa tre gånger innan någon svarade",
        "Jeg måtte selv hente den på centralen",
        "Måtte gjennom fire skjemaer for å klage",
        "Jouduin soittamaan viisi kertaa",
        "We had to chase them every single week",
    ],
    "asks_for_answer": [
        "Hur lång är garantin egentligen",
        "Hvornår kommer min pakke",
        "Kan dere sende til Svalbard",
        "Milloin kauppa aukeaa",
        "@acme can you check my order",
    ],
    "suggests": [
        "Ni borde ha fler storlekar",
        "Det kunne være rart med en bænk",
        "Skulle ønske dere hadde åpent på søndager",
        "Olisi kiva jos appi muistaisi salasanan",
        "There should be a handrail by the door",
    ],
    "contrast": [
        "Gott kaffe men hårda stolar",
        "God mad, dog lidt kold",
        "Fin hytte, derimot altfor dyr",
        "Ruoka oli hyvää, tosin kylmää",
        "Lovely view, however the bed creaks",
    ],
    "relief": [
        "Har inget att klaga på",
        "Ikke en finger at sætte på noget",
        "Alt gikk uten problemer",
        "Ei moittimista",
        "Could not fault the driver",
    ],
}
LACK = {
    "leaves": ["Handlar gärna här igen", "Jeg kommer igen i morgen", "Tilaan uudestaan", "Happy to be back again"],
    "will_return": ["Aldrig mer", "Ikke flere penge til dem", "En osta enää", "Done with this shop"],
    "warns_against": [
        "Rekommenderar starkt",
        "Anbefales på det varmeste",
        "Suosittelen kaikille",
        "Highly recommended",
    ],
    "expectation_exceeded": ["Som väntat", "Helt som lovet", "Kuten sovittiin", "Exactly as promised"],
    "asks_for_answer": ["De kan sina saker", "Her er det rent", "Täällä on siistiä", "We can see the lake"],
}


@pytest.fixture(scope="module")
def shapes() -> Shapes:
    return read_shapes(configs_folder() / "lexicons")


def groups(shapes: Shapes, text: str) -> set[str]:
    return {shapes.groups[group] for group in shapes.places(tokens_of(text).words)}


def test_each_signal_has_a_group_of_shapes(shapes: Shapes) -> None:
    names: tuple[SignalName, ...] = SIGNALS  # type: ignore[assignment]
    assert set(names) <= set(shapes.groups)


@pytest.mark.parametrize(("group", "text"), [(group, text) for group, texts in HOLD.items() for text in texts])
def test_a_sentence_holds_the_shape_of_its_group(shapes: Shapes, group: str, text: str) -> None:
    assert group in groups(shapes, text)


@pytest.mark.parametrize(("group", "text"), [(group, text) for group, texts in LACK.items() for text in texts])
def test_a_sentence_like_it_does_not(shapes: Shapes, group: str, text: str) -> None:
    assert group not in groups(shapes, text)
