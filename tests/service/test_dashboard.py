"""The dashboard as a whole: who may see it, its policy, its words, its addresses, and what it says of mistakes."""

import csv
import io
import json
import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import get_args
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from ingest.condition import State
from service.app import create_app
from service.assembly import Workshop
from service.dashboard import languages, rendering, router
from service.dashboard.forms import way_back
from service.dashboard.view import CHOICES, PERIODS, View, read_view
from service.keys import Keys
from service.sessions import COOKIE
from textcx.errors import ConfigError
from textcx.pipeline import Pipeline
from textcx.settings import Settings

HTML = {"accept": "text/html"}
FOLDER = Path(rendering.__file__).parent
NAVIGATION = [path for path, _ in rendering.PAGES]
ELSEWHERE = "https://textcx.example"


class WithoutPipeline(Workshop):
    """Parts of a data folder for tests in which no text is analysed."""

    def build_pipeline(self) -> Pipeline:
        raise ConfigError("No pipeline is needed here.")


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[tuple[TestClient, Keys]]:
    workshop = WithoutPipeline(Settings(data=tmp_path))
    app = create_app(workshop.settings, workshop=workshop)
    with TestClient(app, ELSEWHERE, follow_redirects=False, headers=HTML) as client:
        yield client, workshop.keys


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    workshop = WithoutPipeline(Settings(data=tmp_path_factory.mktemp("empty")))
    with TestClient(create_app(workshop.settings, workshop=workshop), "http://localhost") as client:
        yield client


def key(keys: Keys, *scopes: str) -> str:
    return keys.add("reader", scopes=scopes or ("read",), requests_per_minute=1000, now=datetime.now(UTC))[1]


def token(client: TestClient, path: str = "/sign-in") -> str:
    found = re.search(r'name="token" value="([0-9a-f]+)"', client.get(path).text)
    assert found
    return found[1]


def sign_in(client: TestClient, text: str, wanted: str = "/") -> int:
    return client.post("/sign-in", data={"key": text, "next": wanted, "token": token(client)}).status_code


def test_every_page_of_the_navigation_has_its_route() -> None:
    assert set(NAVIGATION) <= set(router.PAGES)


@pytest.mark.parametrize("path", NAVIGATION)
def test_a_page_opens_on_this_machine_without_a_key_under_a_strict_policy(stocked: TestClient, path: str) -> None:
    answer = stocked.get(path, params={"period": "all"}, headers=HTML)
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert answer.headers["cache-control"] == "no-store"
    assert not re.search(r"<script(?! src=)|\sstyle=|\son[a-z]+=|javascript:", answer.text)
    addresses = re.findall(r'(?:src|href|action)="([^"]*)"', answer.text)
    assert all(address.startswith(("/", "#")) for address in addresses), "nothing is loaded from elsewhere"


@pytest.mark.parametrize("path", NAVIGATION)
def test_an_empty_store_has_a_page_that_opens(empty: TestClient, path: str) -> None:
    assert empty.get(path, headers=HTML).status_code == 200


def test_an_empty_store_says_how_to_fill_it(empty: TestClient) -> None:
    assert "textcx demo" in empty.get("/", headers=HTML).text


def test_files_are_kept_by_browsers_and_packed(client: TestClient) -> None:
    page = client.get("/", headers=HTML).text
    for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', page):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
    assert client.get("/static/none.js").status_code == 404


def test_whoever_has_no_session_is_led_to_sign_in_and_back(guarded: tuple[TestClient, Keys]) -> None:
    client, keys = guarded
    text = key(keys)
    answer = client.get("/explore?q=sen")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=%2Fexplore%3Fq%3Dsen"
    assert 'value="/explore?q=sen"' in client.get(answer.headers["location"]).text
    assert client.get("/explore", headers={"accept": "application/json"}).status_code == 401
    assert sign_in(client, text, "/explore?q=sen") == 303
    assert client.get("/explore?q=sen").status_code == 200


def test_the_cookie_is_for_us_alone(guarded: tuple[TestClient, Keys]) -> None:
    client, keys = guarded
    answer = client.post("/sign-in", data={"key": key(keys), "token": token(client)})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    for part in ("HttpOnly", "Secure", "SameSite=strict", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie


def test_a_session_ends_with_its_key(guarded: tuple[TestClient, Keys]) -> None:
    client, keys = guarded
    text = key(keys)
    key(keys)  # another: without any good key this machine would be open
    assert sign_in(client, text) == 303
    assert client.get("/").status_code == 200
    keys.revoke(text.split("_")[1], now=datetime.now(UTC))
    assert client.get("/").status_code == 303


def test_a_session_ends_by_signing_out(guarded: tuple[TestClient, Keys]) -> None:
    client, keys = guarded
    assert sign_in(client, key(keys)) == 303
    answer = client.post("/sign-out", data={"token": token(client, "/")})
    assert answer.status_code == 303
    assert client.get("/").status_code == 303


def test_a_session_asks_the_api_and_changes_nothing_there(guarded: tuple[TestClient, Keys]) -> None:
    client, keys = guarded
    assert sign_in(client, key(keys, "read", "write", "admin")) == 303
    assert client.get("/v1/complete?q=bra").status_code == 200
    assert client.post("/v1/mentions", json={"mentions": []}).status_code == 401


@pytest.mark.parametrize("change", [lambda cookie: cookie[:-1] + "0", lambda cookie: cookie.replace(".", ".9", 1)])
def test_a_changed_cookie_opens_nothing(guarded: tuple[TestClient, Keys], change: object) -> None:
    client, keys = guarded
    assert sign_in(client, key(keys)) == 303
    cookie = client.cookies[COOKIE]
    client.cookies.clear()
    changed = change(cookie)  # type: ignore[operator]
    assert changed == cookie or client.get("/", headers={"cookie": f"{COOKIE}={changed}"}).status_code == 303


def test_forms_of_other_sites_are_refused(guarded: tuple[TestClient, Keys]) -> None:
    client, keys = guarded
    text = key(keys)
    assert client.post("/sign-in", data={"key": text, "token": "0" * 32}).status_code == 400
    good = token(client)
    from_elsewhere = {"sec-fetch-site": "cross-site"}
    assert client.post("/sign-in", data={"key": text, "token": good}, headers=from_elsewhere).status_code == 400
    assert client.post("/sign-in", json={"key": text, "token": good}).status_code == 415
    assert COOKIE not in client.cookies


def test_attempts_are_few_a_minute(guarded: tuple[TestClient, Keys]) -> None:
    client, keys = guarded
    text = key(keys)
    statuses = [sign_in(client, "wrong") for _ in range(11)]
    assert statuses == [403] * 10 + [429]
    assert sign_in(client, text) == 429


@pytest.mark.parametrize("wanted", ["//evil.example", "/\\evil.example", "https://evil.example", "/\n/evil", "", "x"])
def test_nobody_is_led_elsewhere_after_signing_in(wanted: str) -> None:
    assert way_back({"next": wanted}) == "/"


def test_the_readers_language_and_zone_are_kept(stocked: TestClient) -> None:
    good = token(stocked, "/")
    form = {"language": "fi", "zone": "Europe/Helsinki", "next": "/explore?period=all", "token": good}
    answer = stocked.post("/settings", data=form, follow_redirects=False)
    assert answer.headers["location"] == "/explore?period=all"
    page = stocked.get("/explore?period=all", headers=HTML).text
    stocked.cookies.clear()
    assert '<html lang="fi">' in page
    assert "15. tammi 2026" in page or "15. tammik. 2026" in page
    assert "12.00</time>" in page, "10:00 UTC is noon in Helsinki"
    assert stocked.post("/settings", data={**form, "zone": "Mars/Base"}).status_code == 400
    stocked.cookies.clear()


def test_all_languages_have_the_same_words_with_the_same_places_to_fill() -> None:
    english = languages.language("en").strings
    for code in languages.CODES[1:]:
        other = tomllib.loads((FOLDER / "strings" / f"{code}.toml").read_text(encoding="utf-8"))
        assert other.keys() == english.keys(), code
        for name, text in english.items():
            places = [sorted(re.findall(r"\{(\w+)\}", one)) for one in (text, other[name])]
            assert places[0] == places[1], f"{code}: {name}"


def test_every_word_that_pages_say_is_there() -> None:
    known = languages.language("en").strings
    sources = [*FOLDER.rglob("*.html"), *FOLDER.rglob("*.py")]
    said = {name for path in sources for name in re.findall(r'\bsay\("([a-z_.0-9]+)"[,)]', path.read_text("utf-8"))}
    assert said <= known.keys(), sorted(said - known.keys())


views = st.builds(
    View,
    q=st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=30).map(str.strip),
    filters=st.lists(
        st.tuples(st.sampled_from(["brand", "lang", "attr.segment"]), st.text(alphabet="aö&=# :/", min_size=1)),
        max_size=4,
        unique=True,
    ).map(tuple),
    period=st.sampled_from(sorted(PERIODS)),
    timezone=st.sampled_from(["", "Europe/Oslo"]),
    choices=st.dictionaries(st.sampled_from(CHOICES), st.text(alphabet="abö&=", min_size=1), max_size=3),
)


@given(views)
def test_an_address_holds_the_whole_state_of_a_page(view: View) -> None:
    assert read_view(parse_qsl(urlsplit(view.link("/")).query)) == view
    own = view.over(date(2026, 1, 2), date(2026, 3, 4))
    assert read_view(parse_qsl(urlsplit(own.link("/")).query)) == own


def test_a_wrong_query_is_shown_with_its_place_and_what_would_be_right(stocked: TestClient) -> None:
    answer = stocked.get("/explore", params={"q": "leverans stars:many", "f": "brand:Hyllbo"}, headers=HTML)
    assert answer.status_code == 400
    assert "leverans stars:<mark>m</mark>any" in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert 'value="leverans stars:many"' in answer.text, "it can be mended where it stands"


def test_a_query_cannot_break_out_of_its_filters(stocked: TestClient) -> None:
    answer = stocked.get("/explore", params={"q": "sen) OR (app", "f": "brand:Hyllbo"}, headers=HTML)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "address",
    [
        "/?period=nonsense&from=2026-13-45&to=x",
        "/?f=nofield:x&f=:&f=brand:&f=attr.A b:c",
        "/explore?cursor=nonsense",
        "/explore?sort=nonsense",
        "/?timezone=Mars%2FBase",
        "/?measure=nonsense",
        "/journey?by=nonsense",
        "/compare?by=nonsense&a=%00&b=x",
        "/mention/nonsense",
        "/?file=trend.exe",
        "/?from=0001-01-01&to=9999-12-31",
        "/?from=2026-03-01&to=2026-01-01",
    ],
)
def test_a_strange_address_is_answered_with_a_page(stocked: TestClient, address: str) -> None:
    answer = stocked.get(address, headers=HTML)
    assert answer.status_code in (200, 400, 404)
    assert "<h1>" in answer.text


def test_a_chart_is_a_file_of_numbers_and_a_picture(stocked: TestClient) -> None:
    address = "/?period=all&measure=volume&interval=month"
    answer = stocked.get(f"{address}&file=trend.csv", headers=HTML)
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    trend = stocked.get("/v1/trends", params={"measure": "volume"}).json()
    assert [float(row["value"]) for row in rows] == [one["value"] for one in trend["series"][0]["points"]]
    assert rows[0]["formula"] == trend["measure"]["formula"]
    assert "attachment" in answer.headers["content-disposition"]
    picture = ElementTree.fromstring(stocked.get(f"{address}&file=trend.svg", headers=HTML).text)
    assert picture.tag.endswith("svg")


def test_every_completion_has_its_help_in_each_language_and_english_as_the_api_says_it(stocked: TestClient) -> None:
    asked = ["", "leverans ", "stars:", "kind:", "attr.", "qu"]
    answers = [stocked.get("/v1/complete", params={"q": q}).json()["completions"] for q in asked]
    found = {one["about"]: one["help"] for answer in answers for one in answer} | {
        field["name"]: field["help"] for field in stocked.get("/v1/fields").json()["fields"]
    }
    assert len(found) > 30
    shown = {}
    for code in languages.CODES:
        html = stocked.get("/explore", params={"period": "all"}, headers={**HTML, "accept-language": code}).text
        attribute = re.search(r"data-help='([^']+)'", html)
        assert attribute
        shown[code] = json.loads(attribute[1])
        assert found.keys() <= shown[code].keys(), code
    assert {name: shown["en"][name] for name in found} == found
    for name in found:
        assert len({shown[code][name] for code in languages.CODES}) > 2, name


def test_every_condition_of_a_source_has_its_words() -> None:
    for code in languages.CODES:
        strings = languages.language(code).strings
        assert {f"condition.{state}" for state in (*get_args(State), "unreadable")} <= strings.keys(), code
