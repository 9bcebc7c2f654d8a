"""The demonstration's data: what `textcx demo` shows must be there, hang together and be made up."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean
from typing import get_args

import pytest

from ingest.connectors.demo import MARK, SOURCE_KIND, read_demo
from ingest.near_copies import LEAST_RESEMBLANCE, resemblance, sketch
from ingest.normalize import normalize
from ingest.personal_data import find_personal_data
from ingest.raw import RawRecord
from ingest.redact import redact
from ingest.secret import Secret
from textcx.configs import configs_folder
from textcx.errors import SourceUnreadableError
from textcx.mention import Kind, Mention, RatingMeasure, Voice, mention_id

BRANDS = {"Klarvik", "Hyllbo", "Nordvind Air"}
LANGUAGES = {"sv", "da", "nb", "fi", "en"}
FIRST, LAST = datetime(2025, 5, 1, tzinfo=UTC), datetime(2026, 10, 31, 23, 59, tzinfo=UTC)
COPIES = {"nordvind-0213": {"nordvind-0215", "nordvind-0216"}}
"""The one text that people copied instead of reposting it: a call to refuse the vouchers."""
SHORT_WORDS = 3
"""Customers do say "Bra!" twice."""


@pytest.fixture(scope="module")
def records() -> dict[str, RawRecord]:
    found = list(read_demo(configs_folder() / "demo"))
    assert all(isinstance(record, RawRecord) for record in found)
    by_id = {str(record.native_id): record for record in found if isinstance(record, RawRecord)}
    assert len(by_id) == len(found)
    return by_id


@pytest.fixture(scope="module")
def mentions(records: Mapping[str, RawRecord]) -> dict[str, Mention]:
    secret = Secret(bytes(32))
    return {name: normalize(redact(record, secret), version=1) for name, record in records.items()}


def id_in_store(record: RawRecord, native_id: str) -> str:
    return mention_id(SOURCE_KIND, record.scope, native_id)


def stars(mentions: Iterable[Mention], brand: str, first: str, last: str) -> float:
    """Return the mean of the stars a brand got between two days."""
    return mean(
        rating.value
        for mention in mentions
        for rating in mention.ratings
        if mention.brand == brand and rating.measure == "stars" and mention.published_at
        if first <= mention.published_at.date().isoformat() <= last
    )


def test_there_are_about_a_thousand_mentions_of_three_invented_brands(mentions: Mapping[str, Mention]) -> None:
    counts = Counter(mention.brand for mention in mentions.values())
    assert set(counts) == BRANDS
    assert 950 <= counts.total() <= 1100
    assert min(counts.values()) >= 300


def test_an_id_is_used_once_and_names_its_file(
    records: Mapping[str, RawRecord], mentions: Mapping[str, Mention]
) -> None:
    assert {name for name, record in records.items() if not name.startswith(f"{record.scope}-")} == set()
    assert len({mention.id for mention in mentions.values()}) == len(records)


def test_every_mention_says_that_it_is_made_up(mentions: Mapping[str, Mention]) -> None:
    assert {mention.attributes.get(MARK[0]) for mention in mentions.values()} == {MARK[1]}


def test_all_five_languages_are_spoken_and_both_forms_of_norwegian(mentions: Mapping[str, Mention]) -> None:
    counts = Counter(mention.language for mention in mentions.values())
    assert set(counts) == {*LANGUAGES, "nn"}
    assert min(counts[language] for language in LANGUAGES) >= 100
    assert counts["nn"] > 5
    for brand in BRANDS:
        assert {mention.language for mention in mentions.values() if mention.brand == brand} == set(counts)


@pytest.mark.parametrize("brand", sorted(BRANDS))
def test_each_of_eighteen_months_has_mentions_of_each_brand(mentions: Mapping[str, Mention], brand: str) -> None:
    times = [mention.published_at for mention in mentions.values() if mention.brand == brand and mention.published_at]
    assert min(times) >= FIRST
    assert max(times) <= LAST
    assert len({(time.year, time.month) for time in times}) == 18


def test_some_mentions_of_each_brand_have_no_date(mentions: Mapping[str, Mention]) -> None:
    undated = Counter(mention.brand for mention in mentions.values() if mention.published_at is None)
    assert set(undated) == BRANDS
    assert undated.total() < len(mentions) / 50


def test_all_kinds_voices_and_several_sources_occur(mentions: Mapping[str, Mention]) -> None:
    assert {mention.kind for mention in mentions.values()} == set(get_args(Kind))
    assert {mention.voice for mention in mentions.values()} == set(get_args(Voice)) - {"unknown"}
    assert len({mention.source for mention in mentions.values()}) >= 6


def test_most_mentions_are_by_customers_and_only_a_brand_speaks_for_itself(mentions: Mapping[str, Mention]) -> None:
    voices = Counter(mention.voice for mention in mentions.values())
    assert voices["customer"] > 0.8 * voices.total()
    authors = {mention.author for mention in mentions.values() if mention.voice == "brand"}
    assert authors.isdisjoint(mention.author for mention in mentions.values() if mention.voice != "brand")


def test_scores_of_every_measure_occur_each_on_one_scale(mentions: Mapping[str, Mention]) -> None:
    scales = defaultdict(set)
    for mention in mentions.values():
        for rating in mention.ratings:
            scales[rating.measure].add((rating.lowest, rating.highest))
            assert rating.value.is_integer()
    assert set(scales) == set(get_args(RatingMeasure)) - {"other"}
    assert {measure: len(ends) for measure, ends in scales.items() if len(ends) > 1} == {}


def test_survey_answers_carry_scores_and_the_question_and_only_they_do(mentions: Mapping[str, Mention]) -> None:
    for mention in mentions.values():
        is_answer = mention.kind == "survey_answer"
        assert (mention.asked is not None) == is_answer
        assert {rating.measure for rating in mention.ratings} <= (
            {"stars"} if not is_answer else set(get_args(RatingMeasure))
        )
        if mention.asked:
            assert mention.ratings
            assert (mention.asked.occasion == "relation") == (mention.asked.touchpoint is None)


def test_a_mention_has_a_text_unless_it_has_a_score(mentions: Mapping[str, Mention]) -> None:
    wordless = [mention for mention in mentions.values() if not mention.text]
    assert wordless
    assert [mention for mention in wordless if not mention.ratings] == []


def test_what_is_replied_to_or_reposted_is_there_and_came_before(
    records: Mapping[str, RawRecord], mentions: Mapping[str, Mention]
) -> None:
    links = 0
    for name, record in records.items():
        for link in ("reply_to", "repost_of"):
            parent = record.fields.get(link)
            if parent is None:
                continue
            links += 1
            assert getattr(mentions[name], link) == id_in_store(record, parent)
            before, after = mentions[parent].published_at, mentions[name].published_at
            assert before is None or after is None or before < after, name
    assert links > 100


def test_a_thread_is_named_after_the_mention_that_began_it(records: Mapping[str, RawRecord]) -> None:
    def beginning(name: str) -> str:
        parent = records[name].fields.get("reply_to") or records[name].fields.get("repost_of")
        return beginning(parent) if parent else name

    for name, record in records.items():
        begun_by = beginning(name)
        assert record.fields.get("thread") == (None if begun_by == name else begun_by), name


def test_the_companies_answer_in_threads_and_are_answered(
    records: Mapping[str, RawRecord], mentions: Mapping[str, Mention]
) -> None:
    for brand in BRANDS:
        replies = [
            name for name, one in mentions.items() if one.brand == brand and one.voice == "brand" and one.reply_to
        ]
        answered = {record.fields.get("reply_to") for record in records.values()}
        assert len(replies) >= 10
        assert answered.intersection(replies)


def test_texts_are_repeated_only_by_reposts_and_declared_copies(
    records: Mapping[str, RawRecord], mentions: Mapping[str, Mention]
) -> None:
    seen: dict[str, str] = {}
    copies = defaultdict(set)
    for name, mention in mentions.items():
        if mention.repost_of or len(mention.text.split()) <= SHORT_WORDS:
            continue
        first = seen.setdefault(mention.text.casefold(), name)
        if first != name:
            copies[first].add(name)
    assert dict(copies) == COPIES
    reposted = [record for record in records.values() if record.fields.get("repost_of")]
    assert sum(mentions[record.fields["repost_of"]].text == record.fields["text"] for record in reposted) >= 10


def test_no_text_is_another_with_words_exchanged(mentions: Mapping[str, Mention]) -> None:
    """Resemblance is that of `copy_of`, at half its threshold: texts from a mould would share most three-word runs."""
    declared = {name for first, others in COPIES.items() for name in (first, *others)}
    sketches = {
        name: hashes
        for name, one in mentions.items()
        if name not in declared and not one.repost_of and (hashes := sketch(one.text))
    }
    names_by_hash = defaultdict(list)
    for name, hashes in sketches.items():
        for number in hashes:
            names_by_hash[number].append(name)
    pairs = {(one, other) for names in names_by_hash.values() for one in names for other in names if one < other}
    alike = [pair for pair in pairs if resemblance(*(sketches[name] for name in pair)) >= LEAST_RESEMBLANCE / 2]
    assert alike == []


def test_openings_and_titles_are_not_of_a_mould(mentions: Mapping[str, Mention]) -> None:
    own = [one for one in mentions.values() if not one.repost_of]
    openings = Counter(" ".join(one.text.casefold().split()[:4]) for one in own if len(one.text.split()) > 4)
    titles = Counter(one.title.casefold() for one in own if one.title)
    assert {opening for opening, count in openings.items() if count > 3} == set()
    assert {title for title, count in titles.items() if count > 1} == set()


def test_personal_data_is_there_and_nothing_of_it_survives(
    records: Mapping[str, RawRecord], mentions: Mapping[str, Mention]
) -> None:
    planted = {
        str(record.fields["text"])[found.start : found.end]
        for record in records.values()
        for found in find_personal_data(str(record.fields.get("text", "")))
    }
    assert {one.kind for mention in mentions.values() for one in mention.redactions} >= {"email", "phone"}
    stored = "\n".join(mention.model_dump_json() for mention in mentions.values())
    assert [value for value in planted if value in stored] == []
    assert [one.id for one in mentions.values() if find_personal_data(f"{one.title or ''}\n{one.text}")] == []
    assert "example.com" not in stored
    assert "example.org" not in stored


def test_authors_are_pseudonyms_and_some_come_back(
    records: Mapping[str, RawRecord], mentions: Mapping[str, Mention]
) -> None:
    handles = {str(record.fields["author"]) for record in records.values()}
    assert handles.isdisjoint(mention.author for mention in mentions.values())
    brands_by_handle = defaultdict(set)
    for record in records.values():
        brands_by_handle[record.fields["author"]].add(record.fields["brand"])
    assert sum(len(brands) > 1 for brands in brands_by_handle.values()) >= 10


@pytest.mark.parametrize(
    "kept",
    ["order 4471-20931", "Ordre 4471-31177", "tilaus 4471-30518", "förfallodag 2026-02-28", "den 3. september 2026",
     "booking 8812-40277", "KX-2026-11874", "kl 06.50", "6.11.2025 klo 14", "24-08-2026"],
)  # fmt: skip
def test_order_numbers_and_dates_survive(mentions: Mapping[str, Mention], kept: str) -> None:
    assert any(kept in mention.text for mention in mentions.values())


def test_a_country_is_where_the_place_lies(mentions: Mapping[str, Mention]) -> None:
    countries = defaultdict(set)
    for mention in mentions.values():
        if mention.subject and mention.subject.location and mention.subject.country:
            countries[mention.subject.location].add(mention.subject.country)
    assert {place: found for place, found in countries.items() if len(found) > 1} == {}


@pytest.mark.parametrize(
    ("brand", "before", "during", "after"),
    [
        ("Klarvik", ("2026-01-01", "2026-03-08"), ("2026-03-09", "2026-03-12"), ("2026-04-01", "2026-05-31")),
        ("Hyllbo", ("2025-10-01", "2025-11-19"), ("2025-11-21", "2026-01-15"), ("2026-02-01", "2026-03-31")),
        ("Nordvind Air", ("2026-01-01", "2026-02-28"), ("2026-03-01", "2026-04-19"), ("2026-06-01", "2026-08-31")),
    ],
)
def test_the_incident_of_each_brand_and_its_recovery_show_in_the_stars(
    mentions: Mapping[str, Mention],
    brand: str,
    before: tuple[str, str],
    during: tuple[str, str],
    after: tuple[str, str],
) -> None:
    at_worst = stars(mentions.values(), brand, *during)
    assert at_worst < stars(mentions.values(), brand, *before) - 0.8
    assert at_worst < stars(mentions.values(), brand, *after) - 1.5


def test_the_strike_spreads_in_social_media_within_days_and_over_borders(mentions: Mapping[str, Mention]) -> None:
    posts = [
        one
        for one in mentions.values()
        if one.brand == "Nordvind Air" and one.source == "microblog" and one.published_at
        if datetime(2026, 3, 2, tzinfo=UTC) <= one.published_at < datetime(2026, 3, 11, tzinfo=UTC)
    ]
    by_day = Counter(one.published_at.day for one in posts if one.published_at)
    assert len(posts) >= 45
    assert max(by_day, key=by_day.__getitem__) in (3, 4)
    assert by_day[10] < by_day[3] / 3
    assert {one.language for one in posts if one.repost_of} == {"sv", "nb", "da", "fi", "en"}
    root = max(posts, key=lambda one: (one.engagement.reposts or 0) if one.engagement else 0)
    assert root.voice == "customer"
    assert len([one for one in posts if one.repost_of == root.id]) >= 8


def test_a_folder_without_data_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadableError, match="configs/demo holds no file"):
        list(read_demo(tmp_path))
