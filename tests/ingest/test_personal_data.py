"""What is personal in a text is found however it is typed; order numbers, dates and amounts are not."""

import random
import time
from datetime import date

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from stdnum import iban, luhn
from stdnum.dk import cpr
from stdnum.fi import hetu
from stdnum.no import fodselsnummer

from ingest.personal_data import find_personal_data, replace_personal_data

WORDS = (
    *(
        "jag",
        "ringde",
        "och",
        "fick",
        "inget",
        "svar",
        "på",
        "väldigt",
        "länge",
        "ville",
        "ikke",
        "tage",
        "imod",
        "den",
    ),
    *(
        "mikään",
        "ei",
        "toimi",
        "hyvä",
        "the",
        "parcel",
        "came",
        "late",
        "😡",
        "5",
        "1",
        "2026",
        "kl",
        "14.30",
        "«nei»",
        "…",
    ),
    *("(ja)", "æøå", "12,50", "kr", "👩\u200d👧", "100%"),
)
DASHES = st.sampled_from(["-", "–", "\u2011", "\u2212", " ", "\u00a0", " - ", " – ", ""])


def kinds(text: str) -> list[str]:
    return [found.kind for found in find_personal_data(text)]


@st.composite
def birth_dates(draw: st.DrawFn) -> date:
    return draw(st.dates(date(1925, 1, 1), date(2009, 12, 31)))


@st.composite
def swedish_numbers(draw: st.DrawFn) -> str:
    born = draw(birth_dates())
    day = born.day + 60 * draw(st.booleans())  # every second one a samordningsnummer
    digits = f"{born:%y%m}{day:02d}{draw(st.integers(0, 999)):03d}"
    digits += luhn.calc_check_digit(digits)
    century = draw(st.sampled_from(["", f"{born.year // 100}"]))
    return century + digits[:6] + draw(DASHES) + digits[6:]


@st.composite
def danish_numbers(draw: st.DrawFn) -> str:
    digits = f"{draw(birth_dates()):%d%m%y}{draw(st.integers(0, 9999)):04d}"
    assume(cpr.is_valid(digits) and cpr.checksum(digits) == 0)
    return digits[:6] + draw(DASHES) + digits[6:]


@st.composite
def norwegian_numbers(draw: st.DrawFn) -> str:
    born = draw(birth_dates())
    day = born.day + 40 * draw(st.booleans())  # every second one a D-number
    digits = f"{day:02d}{born:%m%y}{draw(st.integers(0, 999)):03d}"
    digits += fodselsnummer.calc_check_digit1(digits)
    digits += fodselsnummer.calc_check_digit2(digits)
    assume(fodselsnummer.is_valid(digits))
    return digits[:6] + draw(DASHES) + draw(st.sampled_from([digits[6:], f"{digits[6:9]} {digits[9:]}"]))


@st.composite
def finnish_numbers(draw: st.DrawFn) -> str:
    born = draw(birth_dates())
    number = f"{born:%d%m%y}{draw(st.integers(2, 999)):03d}"
    check = "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(number) % 31]
    signs = "-–YXWVU" if born.year < 2000 else "ABCDEF"
    written = number[:6] + draw(st.sampled_from(signs)) + number[6:] + check
    assume(hetu.is_valid(written.replace("–", "-"), allow_temporary=True))
    return draw(st.sampled_from([written, written.lower()]))


@st.composite
def phone_numbers(draw: st.DrawFn) -> str:
    seven, eight = draw(st.integers(2_000_000, 9_999_999)), draw(st.integers(20_000_000, 99_999_999))
    a, b, c = f"{seven}"[:3], f"{seven}"[3:5], f"{seven}"[5:]
    two = [f"{eight}"[at : at + 2] for at in (0, 2, 4, 6)]
    mobile = draw(st.sampled_from(["70", "72", "73", "76"]))
    return draw(
        st.sampled_from(
            [
                f"0{mobile}{seven}", f"0{mobile}-{a} {b} {c}", f"0{mobile} {a} {b} {c}", f"0{mobile}/{a} {b} {c}",
                f"+46{mobile}{seven}", f"+46 {mobile} {a} {b} {c}", f"+46 (0){mobile} {a} {b} {c}",
                f"0046 {mobile} {a} {b} {c}", f"(0{mobile}) {a} {b} {c}", f"0{mobile}.{a}.{b}.{c}",
                f"+45 {' '.join(two)}", f"+45{eight}", f"+47 4{two[0][1]}{two[1][0]} {two[2]} {two[3]}0",
                f"+358 40 {seven}", f"040 {seven}", f"050-{seven}",
            ]
        )
    )  # fmt: skip


@st.composite
def card_numbers(draw: st.DrawFn) -> str:
    prefix = draw(st.sampled_from(["4571", "4", "5355", "2221", "5019", "6799"]))
    digits = prefix + "".join(
        draw(st.lists(st.sampled_from("0123456789"), min_size=15 - len(prefix), max_size=15 - len(prefix)))
    )
    digits += luhn.calc_check_digit(digits)
    between = draw(st.sampled_from(["", " ", "-", "\u00a0", "–"]))
    return between.join(digits[at : at + 4] for at in range(0, 16, 4))


@st.composite
def account_numbers(draw: st.DrawFn) -> str:
    country, length = draw(st.sampled_from([("SE", 20), ("DK", 14), ("FI", 14), ("NO", 11), ("DE", 18)]))
    rest = "".join(draw(st.lists(st.sampled_from("0123456789"), min_size=length, max_size=length)))
    digits = country + iban.calc_check_digits(f"{country}00{rest}") + rest
    written = draw(st.sampled_from([digits, " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))]))
    return draw(st.sampled_from([written, written.lower()]))


@st.composite
def mail_addresses(draw: st.DrawFn) -> str:
    at = draw(
        st.sampled_from(
            [
                "@",
                "@",
                "＠",
                "%40",
                "&#64;",
                "&#x40;",
                "&commat;",
                "&amp;#64;",
                "(at)",
                " (at) ",
                "[at]",
                " [snabel-a] ",
                "\\u0040",
                "(a)",
            ]
        )
    )
    dot = draw(st.sampled_from([".", ".", "[dot]", " (punkt) "]))
    name = draw(st.from_regex(r"[a-zåäöøæ][a-z0-9._+\-]{0,20}[a-z0-9]", fullmatch=True))
    host = draw(st.from_regex(r"[a-z0-9]{1,12}(-[a-z0-9]{1,5})?", fullmatch=True))
    return f"{name}{at}{host}{dot}{draw(st.sampled_from(['se', 'dk', 'no', 'fi', 'com', 'example']))}"


@st.composite
def sentences(draw: st.DrawFn) -> str:
    words = st.sampled_from(WORDS)
    return " ".join(draw(st.lists(words, max_size=8)))


PERSONAL = {
    "personal_number": swedish_numbers() | danish_numbers() | norwegian_numbers() | finnish_numbers(),
    "phone": phone_numbers(),
    "card": card_numbers(),
    "iban": account_numbers(),
    "email": mail_addresses(),
}


@pytest.mark.parametrize("kind", PERSONAL)
def test_nothing_personal_survives_wherever_it_stands(kind: str) -> None:
    @given(sentences(), PERSONAL[kind], sentences())
    def holds(before: str, personal: str, after: str) -> None:
        text, places = replace_personal_data(f"{before} {personal}, {after}".strip())
        assert personal.strip() not in text
        digits = "".join(filter(str.isdecimal, personal))
        left = "".join(filter(str.isdecimal, text))
        assert len(digits) < 6 or digits not in left
        assert places, text
        for place in places:
            assert text[place.start : place.end] == f"[{place.kind}]"

    holds()


@pytest.mark.parametrize("kind", ["card", "iban", "email", "personal_number"])
def test_it_is_called_by_its_name(kind: str) -> None:
    found = kinds(f"Skriv till mig: {random_one(kind)}!")
    assert found == [kind]


def random_one(kind: str) -> str:
    return {
        "card": "4571 2345 6789 0112",
        "iban": "SE45 5000 0000 0583 9825 7466",
        "email": "anna.svensson@example.com",
        "personal_number": "811218-9876",
    }[kind]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("SE45 5000 0000 0583 9825 7466 tack på förhand", "iban"),
        ("Konto NO93 8601 1117 947 og ring", "iban"),
        ("mitt personnummer är 19811218-9876.", "personal_number"),
        ("pnr:811218–9876", "personal_number"),
        ("född 1981-12-18-9876", "personal_number"),
        ("samordningsnummer 701063-2391", "personal_number"),
        ("över hundra: 121212+1212", "personal_number"),
        ("HETU 131052-308T", "personal_number"),
        ("hetuni on 131052A308T", "personal_number"),
        ("cpr 010190-1234", "personal_number"),
        ("Ring mig på 070-123 45 67", "phone"),
        ("tlf 91 23 45 67", "phone"),
        ("tlf91234567", "phone"),
        ("Tlf.98 76 54 32", "phone"),
        ("Mit nummer er 28123456", "phone"),
        ("call me on (866) 509-0165", "phone"),
        ("Jag kunde nås på 0701234567", "phone"),
        ("postnummer 12345 0701234567", "phone"),
        ("2026-01-15 070-1234567", "phone"),
        ("puh. 050 561 7944", "phone"),
        ("0505617944 on numeroni", "phone"),
        ("(070-123 45 67)", "phone"),
        ("skriv til mette (at) hyllbo.example", "email"),
    ],
)
def test_one_thing_is_found_in_it(text: str, kind: str) -> None:
    assert kinds(text) == [kind]


def test_two_beside_each_other_are_both_found() -> None:
    assert kinds("070-1234567/0707654321") == ["phone", "phone"]
    assert kinds("0701234567,0707654321") == ["phone", "phone"]
    assert kinds("811218-9876 811218-9876") == ["personal_number", "personal_number"]
    assert kinds("7 4571 2345 6789 0112 anna@example.com") == ["card", "email"]


@pytest.mark.parametrize(
    "text",
    [
        "Order 4471-20931 kom aldrig",
        "Ordernummer: 8112189876",
        "Ordre nr. 12345678, kundenr 98765432",
        "ordrenr er 83361221",
        "Tilausnumero 0401234567 puuttuu",
        "order no. 0701234567",
        "Min order är 0812345678",
        "Kundnummer 0701234567",
        "Tracking 0037 0730 2512 3456 7890 12",
        "kollinummer 00370730251234567890",
        "Sporingsnummer LA123456789NO",
        "ärende 2024-0811218-9876x",
        "referens 4571234567890112",
        "123-4567890-1234567",
        "AB-0701234567 och 0701234567kr",
        "EAN 7310500144511, IMEI 356938035643809",
        "organisationsnummer 556016-0680",
        "Beställde 2026-01-15 kl. 14:30, kom 01.02.2026",
        "den 03/07 2015 eller 03.03. 2020 eller d.06.03.2021",
        "09 / 01-2021 og 08-03/2018 og 05/01-22",
        "sent 2026-01-15T10:00:00Z and 10/23/2022",
        "öppet 08.00-16.00, lördag 0900-1500, 09.15 - 13.00",
        "mellan 2019-2021 och 2019 2021",
        "12 345 678 kr, $1,064.28 (31% mer), 1.299,00",
        "betalade 1,040.12 2024 och sen 1,064.28 2024-25",
        "10 20 30 40 50 60",
        "version 10.15.7.1234 build 20260115",
        "100000 200000 300000",
        "@hyllbo svarade aldrig, kl 8@9",
        "DK 2100 København, 00180 Helsinki",
        "http://hyllbo.example/p/12345678?v=2",
    ],
)
def test_what_is_not_personal_survives(text: str) -> None:
    assert find_personal_data(text) == []


@given(
    st.sampled_from(
        [
            "order",
            "Ordernummer",
            "ordrenr.",
            "tilausnumero",
            "Order no",
            "kolli",
            "faktura nr",
            "kundnr",
            "ref.nr",
            "booking",
        ]
    ),
    st.sampled_from([" ", ": ", " #", " är ", " er "]),
    st.from_regex(r"[0-9]{5,14}", fullmatch=True),
)
@example("order", " ", "8112189876")
def test_an_order_number_survives_behind_its_word(word: str, between: str, number: str) -> None:
    text = f"Hej, {word}{between}{number} har inte kommit"
    assert replace_personal_data(text)[0] == text


@given(st.dates(date(1990, 1, 1), date(2035, 12, 31)), st.times(), sentences())
def test_dates_and_times_survive(day: date, clock: object, rest: str) -> None:
    for written in (
        f"{day:%Y-%m-%d}",
        f"{day:%d.%m.%Y}",
        f"{day:%d/%m/%Y}",
        f"{day:%d-%m-%Y}",
        f"{day.day}.{day.month}. {day.year}",
    ):
        text = f"Kom {written} kl. {clock:%H:%M}, {rest}"
        assert written in replace_personal_data(text)[0]


def test_of_numbers_without_a_word_hardly_any_is_taken_for_personal() -> None:
    chance = random.Random(7)
    for digits, most_share in ((7, 0), (8, 0), (9, 0), (10, 0.02), (11, 0.01), (13, 0), (15, 0.01)):
        numbers = [str(chance.randrange(10 ** (digits - 1), 10**digits)) for _ in range(500)]
        assert sum(bool(kinds(f"Varan {number} saknas")) for number in numbers) <= most_share * 500


@given(st.text(), st.sampled_from(["anna@example.com", "811218-9876", "+46 70 123 45 67"]), st.text())
def test_places_say_where_the_marks_stand(before: str, personal: str, after: str) -> None:
    text, places = replace_personal_data(f"{before} {personal} {after}")
    for place in places:
        assert text[place.start : place.end] == f"[{place.kind}]"


PIECES = (
    *(
        "0",
        "1 ",
        "0 ",
        "07 ",
        "1-",
        "@",
        "a@",
        "a@b.",
        "(a",
        "4 ",
        "4571 ",
        "SE45 ",
        "010190-",
        "5019",
        "+",
        "+4",
        "a",
        " ",
    ),
    *("0701234567 ", "811218-9876 ", "4571234567890112 ", "a@b.se ", "2026-01-15 ", "٣", "\u200b0"),
)


@pytest.mark.parametrize("piece", PIECES)
def test_no_text_takes_more_than_time_in_proportion(piece: str) -> None:
    text = piece * (30_000 // len(piece))
    began = time.thread_time()
    find_personal_data(text)
    assert time.thread_time() - began < 1.5
