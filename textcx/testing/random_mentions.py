"""Random mentions: sentences of our own in five languages with facts drawn at random, rare and odd ones too.

The same seed gives the same mentions. They make no sense as customers' words, and need not: they are there so that
two engines can be asked the same.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TypeVar, get_args

from textcx.annotation import AnnotatedMention, EmotionName, Polarity, SignalName
from textcx.mention import Engagement, Kind, Rating, Voice
from textcx.testing.builders import a_mention, a_rating, annotated

_T = TypeVar("_T")

SENTENCES: Mapping[str, tuple[str, ...]] = {
    "sv": (
        "Leveransen kom två dagar för sent.",
        "Leveranstiden stämde inte alls med vad de lovade.",
        "Kundtjänsten svarade snabbt och vänligt!",
        "Priserna har gått upp, men priset är ändå bra.",
        "Inte bra, inte bra alls: jag byter operatör.",
        "Jag mejlade kundtjänst via e-mail och fick svar efter tre veckor 😡",
        "Appen kraschar varje gång jag öppnar fakturan.",
        "Personalen i butiken var trevlig, men kön var lång.",
    ),
    "da": (
        "Leveringen kom for sent, og pakken var våd.",
        "Leveringstiden var kort, meget kort.",
        "Kundeservice svarede ikke på min mail.",
        "Prisen er god, og varerne er endnu bedre 😀",
        "Jeg får aldrig svar, aldrig nogensinde.",
        "Butikken ligger godt, men åbningstiderne er dårlige.",
    ),
    "nb": (
        "Leveringen tok tre uker, og ingen svarte på e-post.",
        "Kundeservicen var hyggelig og løste alt på fem minutter.",
        "Prisene er for høye for det man får.",
        "Dekningen på hytta er dårlig, veldig dårlig.",
        "Appen virker ikke etter siste oppdatering.",
    ),
    "nn": (
        "Eg fekk ikkje svar frå kundeservice på tre veker.",
        "Leveringa kom tidleg, og alt var i orden.",
        "Prisane er høge, men varene er gode.",
    ),
    "fi": (
        "Toimitus myöhästyi kaksi viikkoa eikä kukaan vastannut.",
        "Toimitusaika oli lyhyt ja tuote hyvä.",
        "Asiakaspalvelu vastasi nopeasti ja ystävällisesti 👍🏽",
        "Hinnat nousivat taas, hinta ei vastaa laatua.",
        "En saanut vastausta, en suosittele kenellekään.",
    ),
    "en": (
        "The delivery was late and the box was wet.",
        "I don't get an answer, I don't get my money back.",
        "Great prices, great staff, I will be back!",
        "Customer service answered my e-mail within 5 minutes.",
        "The app crashes, the app is slow, and the app's help is useless.",
        "Not bad at all, not at all.",
    ),
}
TOUCHPOINTS = (
    "receive:delivery", "receive:setup", "buy:price", "buy:staff", "support:customer_service", "use:product",
    "use:odd/name", "us:e:billing",
)  # fmt: skip
BRANDS = ("Hyllbo", "HYLLBO", "Klarvik", "Fjellmobil", "Åby & Söner", "A/B: c=d%", "ΟΔΟΣ", "İzmir", None)
SOURCES = ("reviewsite", "survey", "forum", "Forum")
COUNTRIES = ("SE", "DK", "NO", "FI", None)
AUTHORS = ("a2kx7", "b91", None)
TOPICS = ("t1", "t2", "t17")
ATTRIBUTES = (
    ("region", "north"), ("Region", "North"), ("region", "south"), ("segment", "private"), ("a=b", "c=d"),
    ("a", "b=c"), ("channel/web", "100 %"), ("(x|y)", ".*"), ("två ord", "å ä ö"), ("rad\nbryt", "ja\nnej"),
)  # fmt: skip
_ANSWERED = 120
_MODELS: tuple[Mapping[str, str], ...] = (
    {},
    {"sentiment": "textcx_sentiment lexicon-1"},
    {"sentiment": "b 2", "emotions": "a 1", "signals": "b 2"},
)
_STOCKHOLM_CHANGES = (datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2025, 10, 26, 1, tzinfo=UTC))
TIMES = (
    *(change + timedelta(minutes=30 * step) for change in _STOCKHOLM_CHANGES for step in range(-4, 5)),
    *(datetime(2025, 12, 31, 22, tzinfo=UTC) + timedelta(hours=step) for step in range(5)),
    *(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=9 * step, seconds=step) for step in range(16)),
    datetime(2026, 2, 28, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(1969, 12, 31, 23, 59, 59, 500_000, tzinfo=UTC),
    datetime(2150, 1, 1, tzinfo=UTC),
)
"""When random mentions were published: often at the same instant, around changes of the clock and of the year, and
before 1970 and after 2106, where paging keys end."""


def random_mentions(count: int, *, seed: int) -> list[AnnotatedMention]:
    """Return so many mentions, named by their number."""
    chance = Random(seed)
    return [_a_random_mention(chance, str(number)) for number in range(count)]


def _a_random_mention(chance: Random, name: str) -> AnnotatedMention:
    language = chance.choice(list(SENTENCES))
    text = " ".join(chance.choice(SENTENCES[language]) for _ in range(chance.choice((0, 1, 1, 2, 2, 3, 5))))
    kinds: tuple[Kind, ...] = get_args(Kind)
    voices: tuple[Voice, ...] = get_args(Voice)
    polarities: tuple[Polarity | None, ...] = (*get_args(Polarity), None)
    emotions: tuple[EmotionName, ...] = get_args(EmotionName)
    signals: tuple[SignalName, ...] = get_args(SignalName)
    mention = a_mention(
        text.upper() if chance.random() < 0.05 else text,
        name=name,
        title=chance.choice(SENTENCES[language]) if chance.random() < 0.3 else None,
        kind=chance.choice(kinds),
        source=chance.choice(SOURCES),
        brand=chance.choice(BRANDS),
        voice=chance.choice(voices),
        author=chance.choice(AUTHORS),
        country=chance.choice(COUNTRIES),
        published_at=None if chance.random() < 0.1 else chance.choice(TIMES),
        ratings=_random_ratings(chance),
        attributes=dict(_some(chance, ATTRIBUTES, most=3)),
        reply_to=_another(chance) if chance.random() < 0.4 else None,
        thread=_another(chance) if chance.random() < 0.2 else None,
        engagement=_random_engagement(chance) if chance.random() < 0.5 else None,
    )
    return annotated(
        mention,
        language=chance.choice(("und", "de")) if chance.random() < 0.1 else language,
        sentiment=chance.choice(polarities),
        emotions=_some(chance, emotions, most=2),
        signals=_some(chance, signals, most=2),
        touchpoints=[f"{touchpoint}/{chance.choice(get_args(Polarity))}" for touchpoint in _touchpoints(chance)],
        topics=_some(chance, TOPICS, most=2),
        said_by=chance.choice(_MODELS),
    )


def _another(chance: Random) -> str:
    # Of few, so that some are answered more than once; some are never stored, and some answer themselves.
    return str(chance.randint(0, _ANSWERED))


def _random_engagement(chance: Random) -> Engagement:
    counts = [chance.choice((None, 0, 1, 7, 2_000)) for _ in range(4)]
    return Engagement(likes=counts[0], replies=counts[1], reposts=counts[2], views=counts[3])


def _touchpoints(chance: Random) -> list[str]:
    # Now and then one is judged twice: the first judgement counts.
    some = _some(chance, TOUCHPOINTS, most=4)
    return [*some, *some[:1]] if chance.random() < 0.1 else some


def _random_ratings(chance: Random) -> list[Rating]:
    ratings = []
    if chance.random() < 0.5:
        lowest, highest = chance.choice(((1, 5), (1, 5), (0, 10), (-2, 2)))
        ratings.append(a_rating("stars", chance.randint(lowest, highest), lowest=lowest, highest=highest))
    if chance.random() < 0.1:
        ratings.append(a_rating("stars", 3.5))  # a second one of a measure never counts
    if chance.random() < 0.3:
        ratings.append(a_rating("nps", chance.randint(0, 10), lowest=0, highest=10))
    if chance.random() < 0.3:
        highest = chance.choice((3, 5, 7, 10, 100))
        ratings.append(a_rating("csat", chance.randint(1, highest), highest=highest))
    if chance.random() < 0.2:
        ratings.append(a_rating("ces", chance.choice((1, 2.5, 7)), highest=7))
    if chance.random() < 0.3:
        ratings += [a_rating("nki_satisfaction", chance.randint(1, 10), highest=10), a_rating("nki_ideal", 5)]
        if chance.random() < 0.8:
            ratings.append(a_rating("nki_expectation", chance.randint(1, 7), highest=7))
    return ratings


def _some(chance: Random, values: Sequence[_T], *, most: int) -> list[_T]:
    return chance.sample(values, chance.randint(0, most))
