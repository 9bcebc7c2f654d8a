"""Word cases: what text operands find, by one scene of short texts."""

from collections.abc import Mapping

from textcx.annotation import AnnotatedMention
from textcx.query.tree import And, AnyOf, Everything, Exact, InField, Near, Not, Or, Phrase, Prefix, Word
from textcx.testing.builders import a_mention, annotated
from textcx.testing.store_suite.check import QueryCase
from textcx.words import LONGEST_WORD

_LONG = "å" * (LONGEST_WORD + 20)
_TEXTS = {
    "form": ("sv", "Leveransen kom i tid."),
    "base": ("sv", "Ingen leverans alls, ingen alls."),
    "compound": ("sv", "Leveranstiden var lång."),
    "verb": ("sv", "De levererar aldrig, men kundtjänsten svarar."),
    "upper": ("sv", "LEVERANSEN KOM FÖR SENT!"),
    "unknown": ("und", "Leveransen kom i tid."),
    "foreign": ("de", "Die Lieferung kam zu spät, leverans."),
    "danish": ("da", "Leveringen kom i går."),
    "norwegian": ("nn", "Leveringa kom i går."),
    "finnish": ("fi", "Toimitusaika oli pitkä, asiakaspalvelu ei vastannut."),
    "english": ("en", "The deliveries were late, I don’t know why."),
    "mail": ("sv", "Skriv via e-mail 😀 eller ring, 👍🏽 4,5 av 5."),
    "long": ("sv", f"Ett {_LONG} ord."),
    "odd": ("sv", "under_score a.b* (x|y) naïve naı̈ve C++ 100%"),
    "empty": ("sv", ""),
    "gap0": ("sv", "sen paket"),
    "gap2": ("sv", "sen a b paket"),
    "gap10": ("sv", "sen a b c d e f g h i j paket"),
    "turned": ("sv", "paket a sen"),
    "twice": ("sv", "sen a sen"),
    "nested": ("sv", "inte alls bra"),
}
_TITLES = {"titled": ("sv", "Sen leverans", "Bra."), "split": ("sv", "sen", "paket")}


def word_scene() -> Mapping[str, AnnotatedMention]:
    """Return mentions whose words differ and whose facts do not."""
    scene = {
        name: annotated(a_mention(text, name=name), language=language) for name, (language, text) in _TEXTS.items()
    }
    for name, (language, title, text) in _TITLES.items():
        scene[name] = annotated(a_mention(text, name=name, title=title), language=language)
    return scene


_ALL = " ".join([*_TEXTS, *_TITLES])
_SEN, _PAKET = Word("sen"), Word("paket")
_LEVERANS = "form base compound upper titled foreign"


def _all_but(names: str) -> str:
    return " ".join(name for name in _ALL.split() if name not in names.split())


WORD_CASES = (
    QueryCase("a word in all its forms, in compounds and titles", Word("leverans"), _LEVERANS),
    QueryCase("a word asked in another form", Word("leveransens"), "form base compound upper titled"),
    QueryCase("a word without regard to case", Word("LEVERANS"), _LEVERANS),
    QueryCase(
        "in a text of unknown language the form itself", Word("leveransen"), "form base compound upper titled unknown"
    ),
    QueryCase("the last part of a compound", Word("tid"), "form compound unknown"),
    QueryCase("a compound asked in another form", Word("leveranstider"), "compound"),
    QueryCase("the first part of a Swedish compound", Word("kund"), "verb"),
    QueryCase("a Danish word in Danish texts, and its like in Norwegian ones", Word("levering"), "danish norwegian"),
    QueryCase("the first part of a Finnish compound", Word("toimitus"), "finnish"),
    QueryCase("the last part of a Finnish compound", Word("palvelu"), "finnish"),
    QueryCase("an English plural", Word("delivery"), "english"),
    QueryCase("a verb, which is another word than its noun", Word("leverera"), "verb"),
    QueryCase("an emoji", Word("😀"), "mail"),
    QueryCase("an emoji with its skin tone", Word("👍🏽"), "mail"),
    QueryCase("an emoji of another skin tone not", Word("👍🏿"), ""),
    QueryCase("a word with a hyphen as two words in a row", Word("e-mail"), "mail"),
    QueryCase("a word with a typographic apostrophe", Word("don't"), "english"),
    QueryCase("a number with a decimal comma as two words in a row", Word("4,5"), "mail"),
    QueryCase("a word of no text", Word("zebra"), ""),
    QueryCase("nothing where a word has no letter", Word("..."), ""),
    QueryCase("nothing where a word is empty", Word(""), ""),
    QueryCase("nothing where a word is half a character", Word("\ud83d"), ""),
    QueryCase("a very long word by its first 100 letters", Word(_LONG[:LONGEST_WORD] + "xyz"), "long"),
    QueryCase("a very long word not by fewer letters", Word(_LONG[: LONGEST_WORD - 1]), ""),
    QueryCase("a word with an underscore", Word("under_score"), "odd"),
    QueryCase("a surface", Exact("leveransen"), "form upper unknown"),
    QueryCase("a surface without regard to case", Exact("LEVERANS"), "base titled foreign"),
    QueryCase("a surface, no compound", Exact("tid"), "form unknown"),
    QueryCase("a surface of two words in a row", Exact("e-mail"), "mail"),
    QueryCase("a surface with an apostrophe", Exact("don't"), "english"),
    QueryCase("nothing where a surface has no letter", Exact("!"), ""),
    QueryCase("a very long surface", Exact(_LONG), "long"),
    QueryCase("a prefix", Prefix("lever"), "form base compound verb upper unknown foreign danish norwegian titled"),
    QueryCase("a prefix without regard to case", Prefix("LEVERANST"), "compound"),
    QueryCase("a prefix that is a whole word", Prefix("leverans"), "form base compound upper unknown foreign titled"),
    QueryCase("a prefix after a hyphen", Prefix("e-ma"), "mail"),
    QueryCase("a prefix whose dot is no letter", Prefix("a.b*"), "odd gap2 gap10"),
    QueryCase("a prefix whose letters mean nothing else", Prefix("(x|y"), "odd"),
    QueryCase("a prefix with a mark", Prefix("naï"), "odd"),
    QueryCase("nothing where a prefix has no letter", Prefix("??"), ""),
    QueryCase("a prefix longer than a word", Prefix(_LONG + "z"), "long"),
    QueryCase("a phrase by lemmas", Phrase(("leverans", "komma", "i")), "form"),
    QueryCase("a phrase in its order alone", Phrase(("kom", "leveransen")), ""),
    QueryCase("a phrase without gaps", Phrase(("leveransen", "i")), ""),
    QueryCase("a phrase of one word, no compound", Phrase(("tid",)), "form unknown"),
    QueryCase("a phrase with a hyphen in it", Phrase(("via", "e-mail", "eller")), ""),
    QueryCase("a phrase over an emoji", Phrase(("e-mail", "😀", "eller")), "mail"),
    QueryCase("a phrase whose words were not split", Phrase(("Leveransen kom", "i tid!")), "form unknown"),
    QueryCase("a phrase with a word twice", Phrase(("sen", "a", "sen")), "twice"),
    QueryCase("a phrase that never goes on from title to text", Phrase(("leverans", "bra")), ""),
    QueryCase("nothing where a phrase is empty", Phrase(()), ""),
    QueryCase("a phrase by the lemmas of one language", Phrase(("leveringen", "komme")), "danish"),
    QueryCase("NEAR/0 in both orders", Near(_SEN, _PAKET, 0), "gap0"),
    QueryCase("NEAR/1", Near(_SEN, _PAKET, 1), "gap0 turned"),
    QueryCase("NEAR/2", Near(_SEN, _PAKET, 2), "gap0 gap2 turned"),
    QueryCase("NEAR/9 not at ten", Near(_SEN, _PAKET, 9), "gap0 gap2 turned"),
    QueryCase("NEAR/10", Near(_SEN, _PAKET, 10), "gap0 gap2 turned gap10"),
    QueryCase("ONEAR the left one first", Near(_SEN, _PAKET, 2, ordered=True), "gap0 gap2"),
    QueryCase("ONEAR turned", Near(_PAKET, _SEN, 2, ordered=True), "turned"),
    QueryCase("NEAR of a word with itself twice", Near(_SEN, _SEN, 5), "twice"),
    QueryCase("NEAR never of one word with itself", Near(Prefix("pak"), _PAKET, 5), ""),
    QueryCase("NEAR of phrases that overlap not", Near(Phrase(("inte", "alls")), Phrase(("alls", "bra")), 5), ""),
    QueryCase("NEAR of phrases side by side", Near(Phrase(("inte", "alls")), Exact("bra"), 0), "nested"),
    QueryCase(
        "NEAR of a group by its longer member",
        Near(AnyOf((Word("inte"), Phrase(("inte", "alls")))), Word("bra"), 0, ordered=True),
        "nested",
    ),
    QueryCase(
        "NEAR of a group by its member that ends earlier",
        Near(Word("inte"), AnyOf((Phrase(("alls", "bra")), Word("bra"))), 0, ordered=True),
        "nested",
    ),
    QueryCase("NEAR of two groups", Near(AnyOf((_SEN, Word("x"))), AnyOf((_PAKET, Word("zebra"))), 1), "gap0 turned"),
    QueryCase("NEAR with the part of a compound", Near(Word("tid"), Word("lång"), 1), "compound"),
    QueryCase("NEAR with a prefix", Near(Prefix("lever"), Exact("kom"), 0), "form upper unknown danish norwegian"),
    QueryCase("NEAR with two prefixes", Near(Prefix("lev"), Prefix("alls"), 0), "base"),
    QueryCase("NEAR never across title and text", Near(_SEN, _PAKET, 10, ordered=True), "gap0 gap2 gap10"),
    QueryCase("nothing where an operand of NEAR has no letter", Near(_SEN, Word("-"), 5), ""),
    QueryCase("nothing where a group of NEAR is empty", Near(AnyOf(()), _SEN, 5), ""),
    QueryCase("a word of the text alone", InField("text", Word("leverans")), "form base compound upper foreign"),
    QueryCase("a word of the title alone", InField("title", Word("leverans")), "titled"),
    QueryCase("a surface of the title", InField("title", Exact("sen")), "titled split"),
    QueryCase("a prefix of the title", InField("title", Prefix("lev")), "titled"),
    QueryCase("a phrase of the title", InField("title", Phrase(("sen", "leverans"))), "titled"),
    QueryCase("NEAR in the title", InField("title", Near(Word("leverans"), _SEN, 3)), "titled"),
    QueryCase("all of these", And((_SEN, _PAKET)), "gap0 gap2 gap10 turned split"),
    QueryCase("any of these", Or((_PAKET, Word("tid"))), "gap0 gap2 gap10 turned split form compound unknown"),
    QueryCase("all but this", Not(Or((_SEN, _PAKET))), _all_but("gap0 gap2 gap10 turned twice split titled")),
    QueryCase("these but not that", And((_SEN, Not(_PAKET))), "twice titled"),
    QueryCase("exclusions alone", And((Not(_SEN), Not(_PAKET))), _all_but("gap0 gap2 gap10 turned twice split titled")),
    QueryCase(
        "an exclusion among alternatives",
        Or((Not(Word("leverans")), Word("tid"))),
        _all_but("base upper titled foreign"),
    ),
    QueryCase("an exclusion of an exclusion", Not(Not(_PAKET)), "gap0 gap2 gap10 turned split"),
    QueryCase(
        "some of these and some of those",
        And((Or((_SEN, Word("bra"))), Or((_PAKET, Word("inte"))))),
        "gap0 gap2 gap10 turned split nested",
    ),
    QueryCase("everything", Everything(), _ALL),
    QueryCase("all of none is everything", And(()), _ALL),
    QueryCase("any of none is nothing", Or(()), ""),
    QueryCase("all but everything is nothing", Not(Everything()), ""),
    QueryCase("all but what no text has", Not(Word("zebra")), _ALL),
    QueryCase("what is not NEAR", And((_SEN, Not(Near(_SEN, _PAKET, 2)))), "gap10 twice split titled"),
)
