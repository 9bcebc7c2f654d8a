"""Words before a number that say what it is: an order's, a person's, a telephone's."""

import regex

_ORDER = regex.compile(
    r"\b\p{L}*(?:order|ordre|best[äi]ll(?:nings|ings)?|tilau[sk]\p{L}*|track(?:ing)?|spår(?:nings|ings)?|sporing[s]?|"
    r"seuranta|kolli|sänd(?:nings|ings)?|pakke|paket|lähetys|book(?:ing)?|bok(?:nings|ings)|varau[sk]\p{L}*|faktura|"
    r"lasku\p{L}*|invoice|ref|referen[cs]\p{L}*|ärende|sags?|saks?|case|ticket|kund(?:e|en)?|asiakas|customer|ocr|"
    r"art(?:ikel)?|vare|tuote|product|serie|serial|model[l]?|konto|avtal[s]?|aftale|avtale|police|policy|försäkrings)"
    r"(?:en|et|n|s|e)?(?:\s?-?(?:nummer(?:et)?|numret|number|numero\p{L}*|num|nr|no|id|kod|code|koodi)\b)?"
    r"(?:\s?[.:#=,(]|\s(?:nummer|numret|number|numero|nr|no|id|är|er|is|was|var|on|oli|med|with|min|mitt|my)\b){0,4}\s*\Z",
    regex.IGNORECASE,
)
_PERSON = regex.compile(
    r"\b(?:cpr\w*|person(?:al)?\W?(?:num|id|nr|n°)\w*|pers\W?nr|pnr|fødsels\w*|födelse\w*|henkilö\w*|hetu\w*|ssn|sotu\w*)"
    r"\b[^\n\d]{0,20}\Z",
    regex.IGNORECASE,
)
_PHONE = regex.compile(
    r"(?:\b(?:tel|tlf|tfn|telefon\w*|phone\w*|mobil\w*|mobile|mob|cell|ring|ringa|ringde|ringer|ringe|call|called|sms\w*|"
    r"swish\w*|vipps\w*|mobilepay|whatsapp|puh|puhelin\w*|soita|soittakaa|soitto\w*|kännykkä\w*|"
    r"(?:mitt|mit|min|my|på|minun)\s(?:nummer|nr|number|numero\w*))\b[^\n\d]{0,20})\Z",
    regex.IGNORECASE,
)
_REACH = 60


def names_an_order(text: str, start: int) -> bool:
    """Say whether the words before a place announce an order, a parcel, an invoice, a case or an article."""
    return bool(_ORDER.search(text, max(0, start - _REACH), start))


def names_a_person(text: str, start: int) -> bool:
    """Say whether the words before a place announce a national number."""
    return bool(_PERSON.search(text, max(0, start - _REACH), start))


def names_a_phone(text: str, start: int) -> bool:
    """Say whether the words before a place announce a telephone number."""
    return bool(_PHONE.search(text, max(0, start - _REACH), start))
