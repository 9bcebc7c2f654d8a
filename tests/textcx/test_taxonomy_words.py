"""The words of the generic taxonomy: an ordinary sentence about each touchpoint, in each language, is understood."""

import pytest

from textcx.configs import configs_folder
from textcx.terms import TermIndex
from textcx.touchpoints import Taxonomy, read_taxonomy
from textcx.words import Lemmas, surfaces_of

SPOKEN_OF = {
    "advertising": {
        "sv": "Reklamen lovade något helt annat.",
        "da": "Reklamen lovede noget helt andet.",
        "nb": "De lokker med en kampanje som ikke finnes.",
        "fi": "Mainoksessa luvattiin aivan muuta.",
        "en": "Not what the advert promised.",
    },
    "reputation": {
        "sv": "Ett oseriöst företag, rena lurendrejeriet.",
        "da": "Et useriøst firma, ren svindel.",
        "nb": "Et useriøst firma som lurer folk.",
        "fi": "Täysin epäluotettava firma.",
        "en": "A dishonest company, what a scam.",
    },
    "website": {
        "sv": "Hemsidan hänger sig hela tiden.",
        "da": "Hjemmesiden er uoverskuelig.",
        "nb": "Nettsiden krasjer hver gang jeg søker.",
        "fi": "Verkkosivujen haku ei löydä mitään.",
        "en": "Their website is a maze.",
    },
    "app": {
        "sv": "Appen kraschar efter uppdateringen.",
        "da": "Jeres app logger mig ud hver dag.",
        "nb": "Appen henger etter siste oppdatering.",
        "fi": "Sovellus kaatuilee joka päivä.",
        "en": "The app keeps crashing.",
    },
    "store": {
        "sv": "Lång kö och trånga provrum.",
        "da": "Der var koldt i venteværelset og ingen parkering.",
        "nb": "Butikken var skitten.",
        "fi": "Myymälä oli ahdas ja jono pitkä.",
        "en": "The waiting room was crowded.",
    },
    "assortment": {
        "sv": "Sortimentet är magert och allt är slutsåld vara.",
        "da": "Lille udvalg, og det meste er udsolgt.",
        "nb": "Dårlig utvalg, alltid utsolgt.",
        "fi": "Valikoima on suppea.",
        "en": "Everything I wanted was out of stock.",
    },
    "price": {
        "sv": "Alldeles för dyrt.",
        "da": "Alt for dyrt.",
        "nb": "Altfor dyrt for det du får.",
        "fi": "Aivan liian kallis.",
        "en": "Overpriced for what you get.",
    },
    "checkout": {
        "sv": "Det gick inte att betala med Swish.",
        "da": "Det var nemt at bestille, og MobilePay virkede.",
        "nb": "Handlekurven ble tom da jeg skulle betale med Vipps.",
        "fi": "Ostoskori tyhjeni ennen maksamista.",
        "en": "My card was declined at checkout.",
    },
    "staff": {
        "sv": "Montören tog av sig skorna.",
        "da": "Ekspedienten gad ikke kigge op.",
        "nb": "Montøren var en hyggelig kar.",
        "fi": "Myyjä tunsi tuotteet.",
        "en": "Our waiter forgot us.",
    },
    "delivery": {
        "sv": "Paketet låg i regnet utanför dörren.",
        "da": "Pakken lå i regnen foran døren.",
        "nb": "Pakken ligger fortsatt på hentestedet.",
        "fi": "Paketti jätettiin sateeseen.",
        "en": "The parcel was left in the rain.",
    },
    "setup": {
        "sv": "Installationen tog fem minuter.",
        "da": "Opsætningen tog fem minutter.",
        "nb": "Monteringen tok fem minutter.",
        "fi": "Käyttöönotto kesti viisi minuuttia.",
        "en": "Installation took five minutes.",
    },
    "product": {
        "sv": "Kvaliteten är usel, den gick sönder direkt.",
        "da": "Kvaliteten er elendig, den gik i stykker.",
        "nb": "Kvaliteten er elendig, den er allerede ødelagt.",
        "fi": "Laatu on surkea, se hajosi heti.",
        "en": "The quality is poor and the battery dies.",
    },
    "information": {
        "sv": "Bruksanvisningen är obegriplig.",
        "da": "Vi fik ingen besked, kun en uklar sms om det.",
        "nb": "Ingen sa ifra, ikke et ord om forsinkelsen.",
        "fi": "Käyttöohje puuttui eikä kukaan kertonut mitään.",
        "en": "No explanation and no announcement.",
    },
    "billing": {
        "sv": "Fakturan stämmer aldrig.",
        "da": "Regningen passer aldrig.",
        "nb": "Regningen stemmer aldri.",
        "fi": "Lasku ei täsmää koskaan.",
        "en": "They charged me twice.",
    },
    "customer_service": {
        "sv": "Kundtjänsten svarar inte.",
        "da": "Kundeservice svarer ikke.",
        "nb": "Kundeservice svarer ikke.",
        "fi": "Asiakaspalvelu ei vastaa.",
        "en": "Customer service never replied.",
    },
    "returns": {
        "sv": "Jag väntar på återbetalningen.",
        "da": "Jeg venter på at få pengene retur.",
        "nb": "Jeg venter på å få pengene tilbake.",
        "fi": "Odotan rahojen palautusta.",
        "en": "Still no refund.",
    },
    "loyalty": {
        "sv": "Bonuspoängen försvann.",
        "da": "Mine bonuspoint forsvandt.",
        "nb": "Bonuspoengene forsvant.",
        "fi": "Kanta-asiakkaana en saa mitään.",
        "en": "My loyalty card is worth nothing.",
    },
    "cancellation": {
        "sv": "Uppsägningstiden är tre månader.",
        "da": "Det er umuligt at opsige abonnementet.",
        "nb": "Det er umulig å si opp abonnementet.",
        "fi": "Irtisanominen on tehty mahdottomaksi.",
        "en": "It took an hour to cancel my subscription.",
    },
    "privacy": {
        "sv": "De säljer mina uppgifter vidare.",
        "da": "De deler mine oplysninger uden samtykke.",
        "nb": "Opplysningene mine ble lekket i en datalekkasje.",
        "fi": "Henkilötietoni vuotivat tietomurrossa.",
        "en": "My personal data was leaked.",
    },
}
LANGUAGES = ("sv", "da", "nb", "fi", "en")


@pytest.fixture(scope="module")
def lemmas() -> Lemmas:
    return Lemmas()


@pytest.fixture(scope="module")
def generic() -> Taxonomy:
    folder = configs_folder() / "touchpoints"
    return read_taxonomy(folder / "generic.yaml", folder=folder)


@pytest.fixture(scope="module")
def indexes(generic: Taxonomy, lemmas: Lemmas) -> dict[str, TermIndex]:
    return {
        language: TermIndex(
            language,
            terms={point.id: point.terms_in(language) for point in generic.touchpoints},
            exclusions={point.id: point.exclusions_in(language) for point in generic.touchpoints},
            lemmas=lemmas,
        )
        for language in (*LANGUAGES, "nn")
    }


def spoken_of(text: str, language: str, indexes: dict[str, TermIndex]) -> set[str]:
    return {one.owner for one in indexes[language].find(surfaces_of(text))}


def test_every_touchpoint_has_its_sentences(generic: Taxonomy) -> None:
    assert list(SPOKEN_OF) == [point.id for point in generic.touchpoints]
    assert all(tuple(sentences) == LANGUAGES for sentences in SPOKEN_OF.values())


@pytest.mark.parametrize("touchpoint", SPOKEN_OF)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_touchpoint_is_found_in_an_ordinary_sentence(
    touchpoint: str, language: str, indexes: dict[str, TermIndex]
) -> None:
    found = spoken_of(SPOKEN_OF[touchpoint][language], language, indexes)
    assert touchpoint in found
    assert len(found) <= 2


@pytest.mark.parametrize("touchpoint", ["price", "delivery", "billing", "customer_service", "returns", "cancellation"])
def test_nynorsk_is_served_by_bokmal_and_its_own_words(touchpoint: str, indexes: dict[str, TermIndex]) -> None:
    own = {
        "price": "Altfor dyrt, det kostar skjorta.",
        "delivery": "Leveringa er forseinka, og eg ventar framleis.",
        "billing": "Rekninga stemmer aldri.",
        "customer_service": "Kundesenteret svarar ikkje.",
        "returns": "Eg fekk ikkje pengane tilbake.",
        "cancellation": "Eg ville seie opp abonnementet.",
    }
    assert touchpoint in spoken_of(own[touchpoint], "nn", indexes)
