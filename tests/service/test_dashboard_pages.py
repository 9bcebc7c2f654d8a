"""Pages of the dashboard show what the API answers, and lead on to the mentions behind it."""

import re
import time
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from fastapi.testclient import TestClient

from service.dashboard.languages import language
from service.dashboard.marks import Mark, evidence, pieces

HTML = {"accept": "text/html"}
ENGLISH = language("en")
_MOST_LOOKS = 300
MORE: list[dict[str, Any]] = [
    {
        "id": f"{brand}-{number}",
        "source": "shop",
        "kind": "review",
        "brand": brand,
        "text": text,
        "published_at": f"2026-02-{number + 1:02}T12:00:00Z",
    }
    for brand, text in (
        ("Hyllbo", "Leveransen var sen, uselt och dåligt!"),
        ("Klarvik", "Snabb leverans, perfekt och underbart bra!"),
    )
    for number in range(15)
]


@pytest.fixture(scope="module")
def filled(stocked: TestClient) -> TestClient:
    reply = {"id": "answer", "source": "reviewsite", "kind": "reply", "text": "Vi beklagar!", "reply_to": "1"}
    answer = stocked.post("/v1/mentions?wait=searchable", json={"mentions": [*MORE, {**reply, "voice": "brand"}]})
    assert answer.json()["run"]["outcomes"]["stored"] == len(MORE) + 1
    return stocked


def page(client: TestClient, path: str, **parameters: Any) -> str:
    answer = client.get(path, params={"period": "all", **parameters}, headers=HTML)
    assert answer.status_code == 200
    return unescape(answer.text)


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_the_overview_shows_the_numbers_of_the_api_with_interval_and_n(filled: TestClient) -> None:
    shown = words(page(filled, "/"))
    total = filled.get("/v1/breakdown", params={"measure": "net_sentiment", "by": "kind"}).json()["total"]
    low, high = (ENGLISH.number(total[end], "points") for end in ("low", "high"))
    assert f"{ENGLISH.number(total['value'], 'points', is_signed=True)} {low} – {high} · n = {total['n']}" in shown


def test_the_overview_says_what_to_do_next_and_leads_there(filled: TestClient) -> None:
    html = page(filled, "/")
    link = re.search(r'class="next">.*?href="([^"]+)">([^<]+)<', html)
    assert link
    complaints = filled.get("/v1/search", params={"q": "touchpoint:delivery/negative"}).json()["total"]
    assert link[2] == f"Delivery is blamed most: read its {complaints} complaints"
    assert f"{complaints} mentions" in page(filled, "/explore", **dict(parse_qsl(urlsplit(link[1]).query)))


def test_a_change_is_marked_as_one_only_beyond_chance(filled: TestClient) -> None:
    shown = words(page(filled, "/", period="", **{"from": "2026-02-01", "to": "2026-02-28"}))
    assert "too few to tell" in shown or "may be chance" in shown
    assert "change against 4 Jan 2026 – 31 Jan 2026" in shown


def test_hits_come_with_found_words_and_evidence_marked(filled: TestClient) -> None:
    html = page(filled, "/explore", q="leverans*", f="brand:Hyllbo", sort="oldest")
    answer = filled.get("/v1/search", params={"q": "leverans* brand:Hyllbo", "sort": "oldest"}).json()
    assert f"{answer['total']} mentions" in html
    assert re.search(r'<mark class="found[^"]*"[^>]*>Leveransen</mark>', html)
    assert re.search(r'<mark class="[^"]*negative[^"]*"', html)
    assert '<p class="text" lang="sv"' in html, "a screen reader must know the language of a text"
    plain = page(filled, "/explore", q="leverans*", f="brand:Hyllbo", marks="off")
    assert not re.search(r'<mark class="[^"]*negative', plain)


def test_facets_have_the_counts_of_the_api_and_narrow_down(filled: TestClient) -> None:
    html = page(filled, "/explore")
    facets = filled.get("/v1/search", params={"facets": "brand"}).json()["facets"]["brand"]
    for one in facets:
        link = re.search(rf'<li><a href="([^"]+)"><span>{one["value"]}</span> <span class="n">(\d+)</span>', html)
        assert link
        assert int(link[2]) == one["count"]
        narrowed = filled.get(link[1], headers=HTML).text
        assert f"{one['count']} mentions" in narrowed
        assert 'class="chip"' in narrowed


def test_pages_of_hits_hold_each_hit_once(filled: TestClient) -> None:
    seen: list[str] = []
    html = page(filled, "/explore")
    while True:
        seen += re.findall(r'href="/mention/([0-9a-f]{64})', html)
        following = re.search(r'class="button" href="([^"]+)"', html)
        if not following:
            break
        html = unescape(filled.get(following[1], headers=HTML).text)
    assert len(seen) == len(set(seen)) == filled.get("/v1/search").json()["total"]


def test_a_mention_shows_what_it_answers_what_is_like_it_and_what_judged_it(filled: TestClient) -> None:
    reply = filled.get("/v1/search", params={"q": "kind:reply"}).json()["hits"][0]["mention"]["id"]
    shown = words(page(filled, f"/mention/{reply}"))
    assert "Vi beklagar" in shown
    assert "kundtjänsten svarar aldrig" in shown, "what it answers"
    one = filled.get("/v1/search", params={"q": "brand:Klarvik perfekt"}).json()["hits"][0]
    html = page(filled, f"/mention/{one['mention']['id']}")
    assert words(html).count("Snabb leverans") > 1
    assert one["annotations"]["said_by"]["sentiment"] in html


def test_the_journey_shows_each_touchpoint_with_its_number(filled: TestClient) -> None:
    html = page(filled, "/journey")
    rows = filled.get("/v1/breakdown", params={"measure": "net_sentiment", "by": "touchpoint"}).json()["rows"]
    delivery = next(row for row in rows if row["key"] == "delivery")
    box = re.search(
        r'<a class="touchpoint tone-(\w+) size-5" href="([^"]+)">\s*<span class="name">Delivery.*?</a>', html, re.S
    )
    assert box
    assert ENGLISH.number(delivery["value"], "points", is_signed=True) in box[0]
    assert f"n = {delivery['n']}" in box[0]
    assert dict(parse_qsl(urlsplit(box[2]).query))["f"] == "touchpoint:delivery"


def test_the_journey_is_divided_by_brand(filled: TestClient) -> None:
    html = page(filled, "/journey", by="brand")
    for brand, sign in (("Hyllbo", "−"), ("Klarvik", "+")):
        assert f'<th scope="col" class="num">{brand}</th>' in html
        assert re.search(rf'tone-[np][123]"><a href="[^"]*brand%3A{brand}[^"]*">{re.escape(sign)}', html)


def test_brands_are_compared_and_what_is_beyond_chance_is_said(filled: TestClient) -> None:
    html = page(filled, "/compare", by="brand", a="Hyllbo", b="Klarvik")
    shown = words(html)
    assert "Delivery: Klarvik is better, beyond chance than Hyllbo" in shown
    answer = filled.get("/v1/compare", params={"a": "brand:Hyllbo", "b": "brand:Klarvik", "by": "touchpoint"}).json()
    delivery = next(row for row in answer["rows"] if row["key"] == "delivery")
    assert ENGLISH.number(delivery["difference"]["value"], "points", is_signed=True) in shown
    assert "Share of voice by brand" in shown


def test_periods_are_compared(filled: TestClient) -> None:
    window = {"period": "", "from": "2026-02-01", "to": "2026-02-28"}
    shown = words(page(filled, "/compare", by="period", **window))
    assert "1 Feb 2026 – 28 Feb 2026 against 4 Jan 2026 – 31 Jan 2026" in shown


def test_overlapping_marks_are_all_shown() -> None:
    found = pieces("sen leverans", [Mark(0, 3, "found"), Mark(0, 12, "negative", "Delivery"), Mark(5, 99, "found")])
    assert [(one.text, one.kinds) for one in found] == [("sen", ("found", "negative")), (" leverans", ("negative",))]
    assert "".join(one.text for one in pieces("åäö 🙂", [Mark(4, 5, "found")])) == "åäö 🙂"


def test_evidence_outside_of_the_text_is_left_out() -> None:
    annotations = {"sentiment": {"polarity": "negative", "evidence": [{"start": 3, "end": 300}]}}
    assert [one.kinds for one in pieces("kort", evidence(annotations, {}))] == [()]


def test_a_text_of_ones_own_is_shown_with_what_is_said_of_it_and_its_call(filled: TestClient) -> None:
    text = "Leveransen var sen och uselt! <b>Dåligt</b>"
    token = re.search(r'name="token" value="([0-9a-f]+)"', page(filled, "/try"))
    assert token
    answer = filled.post("/try", data={"text": text, "language": "sv", "token": token[1]}, headers=HTML)
    enriched = filled.post("/v1/enrich", json={"documents": [{"text": text, "language": "sv"}]}).json()
    assert answer.status_code == 200
    assert "<b>" not in answer.text
    shown = words(unescape(answer.text.replace("&lt;", "‹").replace("&gt;", "›")))
    assert "Delivery negative" in shown
    assert enriched["model"]["version"] in shown
    assert "POST /v1/enrich" in shown
    assert filled.get("/v1/search").json()["total"] == len(MORE) + 6, "nothing is stored"


def test_a_text_too_long_is_refused_with_the_limit(filled: TestClient) -> None:
    token = re.search(r'name="token" value="([0-9a-f]+)"', page(filled, "/try"))
    assert token
    answer = filled.post("/try", data={"text": "å" * 40_000, "token": token[1]}, headers=HTML)
    assert answer.status_code == 413
    assert "65,536" in answer.text


def test_every_measure_is_explained_where_charts_lead_to(filled: TestClient) -> None:
    html = page(filled, "/measures")
    for measure in filled.get("/v1/measures").json()["measures"]:
        assert f'id="{measure["formula"]}"' in html
        assert measure["explanation"] in html
    for formula in re.findall(r'href="/measures#([^"]+)"', page(filled, "/") + page(filled, "/emotions")):
        assert f'id="{formula}"' in html


def test_emotions_are_shown_over_all_mentions_and_lead_to_them(filled: TestClient) -> None:
    html = page(filled, "/emotions", emotion="joy")
    rows = filled.get("/v1/breakdown", params={"measure": "emotion_share", "by": "emotion"}).json()["rows"]
    joy = next(row for row in rows if row["key"] == "joy")
    assert f"Joy: read the {joy['mentions']} mentions" in html
    assert ENGLISH.number(joy["value"], "share") in words(html)


def test_sources_say_which_is_silent_and_runs_add_up(filled: TestClient) -> None:
    shown = words(page(filled, "/sources"))
    assert "reviewsite" in shown
    assert "2 days before the newest of all" in shown or "days before the newest of all" in shown
    run = filled.get("/v1/runs").json()["runs"][0]
    assert f"{run['run']} complete {run['read']} {run['outcomes']['stored']} 0 0 0 0" in shown


def test_without_topics_the_page_says_how_to_find_some(filled: TestClient) -> None:
    assert "textcx topics propose" in page(filled, "/topics")
    token = re.search(r'name="token" value="([0-9a-f]+)"', page(filled, "/topics"))
    assert token
    answer = filled.post("/topics", data={"kind": "seed", "token": token[1]}, headers=HTML)
    assert answer.status_code == 400, "only what the page offers"


def test_a_topic_is_shown_and_renamed_once_its_change_has_been_seen(filled: TestClient) -> None:
    phrases = ["leveransen var sen", "snabb leverans", "my delivery was late", "toimitus myöhästyi"]
    change = {"kind": "seed", "label": "Late parcels", "phrases": phrases, "preview": False}
    moved = sum(move["mentions"] for move in filled.post("/v1/topics", json=change).json()["moves"])
    topics = filled.get("/v1/topics").json()["topics"]
    for _ in range(_MOST_LOOKS):  # what moves is counted when the index has followed
        if topics[0]["mentions"] == moved:
            break
        time.sleep(0.1)
        topics = filled.get("/v1/topics").json()["topics"]
    assert topics[0]["mentions"] == moved > 0
    html = page(filled, "/topics")
    assert "Late parcels" in words(html)
    assert ENGLISH.number(topics[0]["share"], "share") in words(html)
    html = page(filled, "/topics", topic=topics[0]["id"])
    token = re.search(r'name="token" value="([0-9a-f]+)"', html)
    assert token
    form = {"kind": "rename", "topic": topics[0]["id"], "label": "Delivery delays", "token": token[1]}
    assert "What this would do" in filled.post("/topics", data=form, headers=HTML).text
    assert filled.get("/v1/topics").json()["topics"][0]["label"] == "Late parcels", "it was only shown"
    assert "Done" in filled.post("/topics", data={**form, "confirmed": "yes"}, headers=HTML).text
    assert filled.get("/v1/topics").json()["topics"][0]["label"] == "Delivery delays"
    assert filled.post("/topics", data={**form, "token": "0"}, headers=HTML).status_code == 400


def test_topics_are_proposed_from_the_page_once_it_was_said_what_that_looks_through(filled: TestClient) -> None:
    html = page(filled, "/topics")
    token = re.search(r'name="token" value="([0-9a-f]+)"', html)
    assert token
    assert "Find new topics" in html
    form = {"kind": "propose", "token": token[1]}
    assert filled.post("/topics", data={**form, "token": "0"}, headers=HTML).status_code == 400
    without = filled.get("/v1/topics").json()["without"]["mentions"]
    shown = words(filled.post("/topics", data=form, headers=HTML).text)
    assert f"{without} mentions without a topic would be looked through" in shown
    assert filled.get("/v1/topics/proposals").json()["proposals"] == [], "it was only shown"
    answer = filled.post("/topics", data={**form, "confirmed": "yes"}, headers=HTML, follow_redirects=False)
    refused = filled.post("/v1/topics/proposals", json={}).status_code == 409
    if refused:
        assert answer.status_code == 409
        assert "too few mentions without a topic" in words(answer.text)
    else:
        assert (answer.status_code, answer.headers["location"]) == (303, "/topics?period=all#proposals")


def test_what_there_is_not_is_said_in_the_readers_language(filled: TestClient) -> None:
    for path in ("/topics?topic=nonsense", f"/mention/{'0' * 64}"):
        answer = filled.get(path, headers={**HTML, "accept-language": "nb"})
        assert answer.status_code == 404
        assert "Adressen kan være feilskrevet" in answer.text
        assert 'lang="en"' not in answer.text.partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("en", "topic has no value Late parcel. Did you mean"),
        ("sv", "topic har inget värde Late parcel. Menade du"),
        ("da", "topic har ingen værdi Late parcel. Mente du"),
        ("nb", "topic har ingen verdi Late parcel. Mente du"),
        ("fi", "Kentällä topic ei ole arvoa Late parcel. Tarkoititko"),
    ],
)
def test_an_unknown_topic_is_explained_where_it_stands_in_the_readers_language(
    filled: TestClient, code: str, said: str
) -> None:
    label = filled.get("/v1/topics").json()["topics"][0]["label"]
    query = f'leverans topic:"{label[:-1]}"'
    problem = filled.get("/v1/search", params={"q": query}).json()
    assert (problem["type"], problem["kind"]) == ("urn:textcx:problem:query-syntax", "unknown_value")
    assert query[problem["position"] :].startswith(label[:-1])
    answer = filled.get("/query", params={"q": query}, headers={**HTML, "accept-language": code})
    assert said.replace("Late parcel", label[:-1]) in words(unescape(answer.text)).replace(" .", ".")
    assert label in unescape(answer.text), "the one that was probably meant"
    assert filled.get("/v1/complete", params={"q": "topic:"}).json()["completions"][0]["text"].strip('"') == label


def test_choosing_an_emotion_asks_for_all_but_what_stays_and_leaves_the_whole_address(filled: TestClient) -> None:
    whole = page(filled, "/emotions", emotion="joy")
    answer = filled.get("/emotions", params={"period": "all", "emotion": "joy", "keep": "trend"}, headers=HTML)
    assert answer.headers["HX-Push-Url"] == "/emotions?period=all&emotion=joy"
    trend = re.search(r'<figure class="chart" id="trend".*?</figure>', whole, re.S)
    assert trend
    kept = '<figure class="chart" id="trend" hx-preserve="true"></figure>'
    assert unescape(answer.text).replace(kept, trend[0]).split() == whole.split()
