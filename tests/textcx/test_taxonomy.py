"""The taxonomies that ship, and those that a company writes."""

from pathlib import Path

import pytest

from textcx.configs import configs_folder
from textcx.errors import TaxonomyError
from textcx.touchpoints import Taxonomy, check_taxonomy, read_taxonomy
from textcx.words import Lemmas

SHIPPED = configs_folder() / "touchpoints"
LABEL_LANGUAGES = {"sv", "da", "nb", "fi", "en"}
GOOD_TERMS = 25


@pytest.fixture(scope="module")
def lemmas() -> Lemmas:
    return Lemmas()


@pytest.fixture(scope="module")
def generic() -> Taxonomy:
    return read_taxonomy(SHIPPED / "generic.yaml", folder=SHIPPED)


@pytest.fixture(scope="module")
def telecom() -> Taxonomy:
    return read_taxonomy(SHIPPED / "telecom.yaml", folder=SHIPPED)


def test_the_generic_taxonomy_has_the_nineteen_touchpoints_of_the_journey(generic: Taxonomy) -> None:
    assert generic.stages == ("discover", "buy", "receive", "use", "support", "stay")
    by_stage = {stage: [one.id for one in generic.touchpoints if one.stage == stage] for stage in generic.stages}
    assert by_stage == {
        "discover": ["advertising", "reputation", "website", "app", "store", "assortment"],
        "buy": ["price", "checkout", "staff"],
        "receive": ["delivery", "setup"],
        "use": ["product", "information", "billing"],
        "support": ["customer_service", "returns"],
        "stay": ["loyalty", "cancellation", "privacy"],
    }


def test_every_generic_touchpoint_has_its_labels_and_terms_in_five_languages(generic: Taxonomy) -> None:
    for point in generic.touchpoints:
        assert point.label.keys() >= LABEL_LANGUAGES
        few = {language for language in LABEL_LANGUAGES if len(set(point.terms_in(language))) < GOOD_TERMS}
        assert few == set(), point.id
        assert set(point.terms_in("nn")) > set(point.terms_in("nb")), point.id


@pytest.mark.parametrize("name", ["generic", "telecom"])
def test_a_taxonomy_that_ships_has_a_clean_bill(name: str, lemmas: Lemmas) -> None:
    assert [str(finding) for finding in check_taxonomy(SHIPPED / f"{name}.yaml", lemmas=lemmas)] == []


def test_a_company_draws_its_own_map_from_the_generic_one(telecom: Taxonomy, generic: Taxonomy) -> None:
    own = {"coverage", "roaming", "outages", "router", "number_porting"}
    assert {one.id for one in telecom.touchpoints} == {one.id for one in generic.touchpoints} | own
    assert telecom.stages == generic.stages
    assert (generic.stage_of("app"), telecom.stage_of("app")) == ("discover", "use")
    assert telecom.stage_of("roaming") == telecom.stage_of("product") == "use"
    assert telecom.ancestors("number_porting") == ("setup",)
    assert telecom.ancestors("product") == ()
    price = {one.id: one for one in telecom.touchpoints}["price"]
    assert {"pris", "månadspris"} <= set(price.terms_in("sv"))


def test_a_label_that_is_not_there_falls_back_to_the_nearest_language(generic: Taxonomy) -> None:
    delivery = {one.id: one for one in generic.touchpoints}["delivery"]
    assert [delivery.label_in(code) for code in ("fi", "nn", "de")] == ["Toimitus", "Levering", "Delivery"]


@pytest.mark.parametrize("ask", ["stage_of", "ancestors"])
def test_a_touchpoint_that_is_not_there_is_an_error_that_lists_the_known_ones(generic: Taxonomy, ask: str) -> None:
    with pytest.raises(TaxonomyError, match="'delivry'.*delivery"):
        getattr(generic, ask)("delivry")


MINE = """\
name: mine
version: "1"
stages: [before, after]
touchpoints:
  - id: toilets
    stage: before
    label: {sv: Toaletter, da: Toiletter, nb: Toaletter, fi: Vessat, en: Toilets}
    terms:
      en: [toilet, restroom, washroom, bathroom, urinal]
  - id: lift
    stage: after
    label: {sv: Hiss, da: Elevator, nb: Heis, fi: Hissi, en: Lift}
    terms:
      en: [lift, elevator, escalator, stairs, staircase]
"""


def write(folder: Path, text: str, *, name: str = "mine.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_taxonomy_can_stand_alone(tmp_path: Path, lemmas: Lemmas) -> None:
    path = write(tmp_path, MINE)
    assert check_taxonomy(path, lemmas=lemmas) == []
    assert [one.id for one in read_taxonomy(path, folder=tmp_path).touchpoints] == ["toilets", "lift"]


def test_the_version_changes_with_any_word_and_with_nothing_else(tmp_path: Path) -> None:
    def version(text: str) -> str:
        return read_taxonomy(write(tmp_path, text), folder=tmp_path).version

    first = version(MINE)
    assert first.startswith("1+")
    assert version("# a comment\n" + MINE) == first
    assert version(MINE.replace("escalator", "paternoster")) != first
    assert version(MINE.replace("stage: after", "stage: before")) != first


EXTENDING = 'name: mine\nversion: "1"\nextends: generic\n'
OTHER_STAGE = """\
  - id: {id}
    parent: {parent}
    label: {{sv: a, da: a, nb: a, fi: a, en: a}}
    terms: {{en: [one, two, three, four, five]}}
"""

BROKEN = {
    "no YAML": ("name: [", ["line ", "Correct the YAML"]),
    "a key twice": (
        MINE.replace("    stage: before\n", "    stage: before\n    stage: after\n"),
        ["line 7", "'stage'"],
    ),
    "a list as a key": (MINE + "[a, b]: c\n", ["line 15", "key"]),
    "empty file": ("", ["the file"]),
    "unknown key": (MINE + "colour: red\n", ["colour", "unknown key", "extends, move, name"]),
    "unknown key inside": (
        MINE.replace("    stage: before\n", "    stage: before\n    term: x\n"),
        ["touchpoints.toilets.term", "unknown key", "examples, except, id, label, parent, stage, terms"],
    ),
    "unknown key in add": (EXTENDING + "add: {price: {label: x}}\n", ["add.price.label", "examples, except, terms"]),
    "no name": (MINE.replace("name: mine\n", ""), ["name", "missing"]),
    "no label": (
        MINE.replace("    label: {sv: Hiss, da: Elevator, nb: Heis, fi: Hissi, en: Lift}\n", ""),
        ["touchpoints.lift.label", "missing"],
    ),
    "a label without one language": (MINE.replace(", fi: Hissi", ""), ["touchpoints.lift.label", "fi", "needed"]),
    "yes for a word": (MINE.replace("urinal]", "on]"), ["touchpoints.toilets.terms.en", "quotes"]),
    "a number for the version": (MINE.replace('"1"', "1"), ["version", "quotes"]),
    "an unknown language": (MINE.replace("      en: [lift", "      se: [lift"), ["lift.terms.se", "sv, da, nb"]),
    "no stages": (MINE.replace("stages: [before, after]\n", ""), ["stages", "List the stages"]),
    "a stage twice": (MINE.replace("[before, after]", "[before, after, before]"), ["stages", "'before' stands twice"]),
    "an unknown stage": (MINE.replace("stage: after", "stage: late"), ["lift.stage", "'late'", "before, after"]),
    "no stage": (MINE.replace("    stage: after\n", ""), ["lift.stage", "no stage", "before, after"]),
    "no touchpoints": (MINE.partition("touchpoints")[0], ["touchpoints", "at least one"]),
    "an id twice": (MINE.replace("id: lift", "id: toilets"), ["touchpoints.toilets", "twice", "Rename"]),
    "a bad id": (MINE.replace("id: lift", "id: The Lift"), ["touchpoints.The Lift.id", "small letters"]),
    "an unknown parent": (
        MINE + OTHER_STAGE.format(id="bidet", parent="toilet"),
        ["touchpoints.bidet.parent", "'toilet'", "toilets"],
    ),
    "its own parent": (MINE + OTHER_STAGE.format(id="bidet", parent="bidet"), ["bidet.parent", "circle"]),
    "parents in a circle": (
        MINE + OTHER_STAGE.format(id="one", parent="two") + OTHER_STAGE.format(id="two", parent="one"),
        ["touchpoints.one.parent", "circle", "Take `parent` away"],
    ),
    "a bad term": (MINE.replace("urinal]", "ur*inal]"), ["toilets.terms.en", "'ur*inal'", "end of a word"]),
    "a bad exception": (MINE + "    except: {en: [li*]}\n", ["lift.except.en", "'li*'", "at least 3 letters"]),
    "a term of two touchpoints": (
        MINE.replace("lift, elevator", "lift, Toilet"),
        ["touchpoints.lift.terms.en", "'toilet'", "'toilets'", "longer phrase"],
    ),
    "a base that is not there": (
        EXTENDING.replace("generic", "genric"),
        ["extends", "genric.yaml", "correct the name"],
    ),
    "itself as a base": (EXTENDING.replace("generic", "mine"), ["extends", "circle"]),
    "a change without a base": (MINE + "move: {lift: before}\n", ["move", "extends: NAME"]),
    "an unknown one moved": (EXTENDING + "move: {lift: use}\n", ["move.lift", "no such touchpoint", "delivery"]),
    "an unknown one added to": (EXTENDING + "add: {lift: {terms: {en: [lift]}}}\n", ["add.lift", "delivery"]),
    "moved to nowhere": (EXTENDING + "move: {app: useful}\n", ["touchpoints.app.stage", "'useful'", "discover"]),
    "a term of the base": (
        EXTENDING + "touchpoints:\n" + OTHER_STAGE.format(id="vans", parent="product").replace("one", "courier"),
        ["touchpoints.vans.terms.en", "'courier'", "'delivery'"],
    ),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_taxonomy_says_file_key_and_way_out(fault: str, tmp_path: Path) -> None:
    text, parts = BROKEN[fault]
    path = write(tmp_path, text)
    findings = check_taxonomy(path, folder=SHIPPED)
    assert all(finding.is_error for finding in findings)
    message = str(findings[0])
    assert message.startswith("error: mine.yaml")
    assert [part for part in parts if part not in message] == []
    with pytest.raises(TaxonomyError, match=r"^mine\.yaml"):
        read_taxonomy(path, folder=SHIPPED)


def test_a_file_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(TaxonomyError, match=r"nowhere\.yaml cannot be read"):
        read_taxonomy(tmp_path / "nowhere.yaml", folder=SHIPPED)
    path = tmp_path / "old.yaml"
    path.write_bytes("name: Kött".encode("latin-1"))
    with pytest.raises(TaxonomyError, match=r"old\.yaml is not written in UTF-8"):
        read_taxonomy(path, folder=SHIPPED)


def test_with_many_errors_the_first_is_told_and_how_to_see_the_others(tmp_path: Path) -> None:
    path = write(tmp_path, MINE.replace("id: lift", "id: The Lift").replace("stage: before", "stage: soon"))
    with pytest.raises(TaxonomyError, match=r"1 more: textcx touchpoints check mine\.yaml"):
        read_taxonomy(path, folder=SHIPPED)
    assert len(check_taxonomy(path)) == 2


DOUBTFUL = {
    "few terms": (MINE.replace(", stairs, staircase", ""), ["lift.terms.en", "only 3"]),
    "no terms": (MINE.replace("      en: [lift, elevator, escalator, stairs, staircase]", "      {}"), ["never found"]),
    "two forms of a word": (MINE.replace("staircase", "lifts"), ["'lifts'", "'lift'", "one of them is enough"]),
    "a form of another's word": (
        MINE.replace("staircase", "toilets"),
        ["touchpoints.lift.terms.en", "'toilets'", "'toilet' of 'toilets'", "==WORD"],
    ),
    "a term excluded": (MINE + "    except: {en: [lifts]}\n", ["lift.terms.en", "'lift'", "never match"]),
    "a missed example": (
        MINE + "    examples: {en: [The lift was out of order., The doors jammed.]}\n",
        ["lift.examples.en", "example 2", "add a term"],
    ),
    "a compound read as its beginning": (
        MINE.replace("      en: [toilet", "      fi: [tuntihinta, wc, vessa, käymälä, pesuhuone]\n      en: [toilet"),
        ["toilets.terms.fi", "'tuntihinta'", "'tunti'", "==tuntihinta or tuntihinta*"],
    ),
}


@pytest.mark.parametrize("doubt", DOUBTFUL)
def test_a_doubtful_taxonomy_can_be_used_but_is_warned_of(doubt: str, tmp_path: Path, lemmas: Lemmas) -> None:
    text, parts = DOUBTFUL[doubt]
    path = write(tmp_path, text)
    (finding,) = check_taxonomy(path, lemmas=lemmas)
    assert not finding.is_error
    assert [part for part in ("warning: mine.yaml", *parts) if part not in str(finding)] == []
    assert read_taxonomy(path, folder=tmp_path).name == "mine"


def test_a_child_may_share_a_term_with_its_parent(tmp_path: Path, lemmas: Lemmas) -> None:
    child = OTHER_STAGE.format(id="bidet", parent="toilets").replace("one", "toilet")
    assert check_taxonomy(write(tmp_path, MINE + child), lemmas=lemmas) == []


def test_a_grandchild_has_the_stage_of_its_nearest_ancestor_that_has_one(tmp_path: Path) -> None:
    family = OTHER_STAGE.format(id="bidet", parent="toilets") + OTHER_STAGE.format(id="tap", parent="bidet").replace(
        "one, two, three, four, five", "tap"
    )
    taxonomy = read_taxonomy(write(tmp_path, MINE + family), folder=tmp_path)
    assert taxonomy.ancestors("tap") == ("bidet", "toilets")
    assert taxonomy.stage_of("tap") == "before"


def test_a_taxonomy_beside_the_file_goes_before_the_shipped_one(tmp_path: Path) -> None:
    write(tmp_path, MINE, name="generic.yaml")
    taxonomy = read_taxonomy(write(tmp_path, EXTENDING), folder=SHIPPED)
    assert [one.id for one in taxonomy.touchpoints] == ["toilets", "lift"]
