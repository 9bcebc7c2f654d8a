"""Words before a number that say what it is: an order's, a person's, a telephone's."""

import regex

_NUMBER_WORD = r"(?:nummer(?:et)?|numret|number|numero\p{L}*|num|nr|no|id|kod|kode|code|koodi)"
_CONNECTING = rf"(?:\s?[.:#=,(]|\s(?:{_NUMBER_WORD}|är|er|is|was|var|on|oli|med|with|min|mitt|my)\b){{0,4}}\s*\Z"
_ORDER = regex.compile(
    r"\b(?:\p{L}*(?:order|ordre|beställning|bestilling|tilau[sk]\p{L}*|track(?:ing)?|spår(?:ning)?|sporing|seuranta|kolli|"
    r"sändning|lähetys|booking|bokning|varau[sk]\p{L}*|faktura|lasku\p{L}*|invoice|ticket|ärende|referen[cs]e?|ocr)"
    rf"(?:en|et|n|s)?(?:\s?-?{_NUMBER_WORD}\b)?"
    r"|\p{L}*(?:art(?:ikel)?|vare|tuote|product|serie|serial|model|modell|konto|account|avtals?|aftale|avtale|police|"
    r"policy|kund(?:e|en)?|asiakas|customer|member|medlems?|sags?|saks?|case|ref|pakke|paket|försäkrings?|bestnr)"
    rf"\.?\s?-?{_NUMBER_WORD})\b{_CONNECTING}",
    regex.IGNORECASE,
)
"""The first group says enough by itself ("order 123"), the second with a word for number ("customer no. 123")."""
_PERSON = regex.compile(
    r"\b(?:cpr\w*|person(?:al)?\W?(?:num|id|nr)\w*|pers\W?nr|pnr|fødsels\w*|födelse\w*|henkilö\w*|hetu\w*|ssn|sotu\w*)"
    r"\b[^\n\d]{0,20}\Z",
    regex.IGNORECASE,
)
_PHONE = regex.compile(
    r"\b(?:tel|tlf|tfn|telefon\w*|phone\w*|mobil\w*|mobile|mob|cell|ring|ringa|ringde|ringer|ringe|call|called|sms\w*|"
    r"swish\w*|vipps\w*|mobilepay|whatsapp|puh|puhelin\w*|soita|soittakaa|soitto\w*|kännykkä\w*|"
    r"(?:mitt|mit|min|my|på|minun)\s(?:nummer|nr|number|numero\w*))\b[^\n\d]{0,20}\Z",
    regex.IGNORECASE,
)
_REACH = 60
"""Code points before a number that are looked at."""


def names_an_order(text: str, start: int) -> bool:
    """Say whether the words before a place announce an order, a parcel, an invoice, a case or an article."""
    return bool(_ORDER.search(text, max(0, start - _REACH), start))


def names_a_person(text: str, start: int) -> bool:
    """Say whether the words before a place announce a national number."""
    return bool(_PERSON.search(text, max(0, start - _REACH), start))


def names_a_phone(text: str, start: int) -> bool:
    """Say whether the words before a place announce a telephone number."""
    return bool(_PHONE.search(text, max(0, start - _REACH), start))
