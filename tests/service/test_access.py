"""Who may call: without a key this machine alone, else whoever has one, within its scopes and quota."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from service.access import check_address, read_key
from service.app import create_app
from service.assembly import Workshop
from service.dashboard import assets
from service.dashboard import router as dashboard
from service.keys import Keys
from service.scopes import API_SCOPES, PAGE_SCOPES, SCOPE_OF
from textcx.errors import ConfigError
from textcx.settings import Settings

ADMIN_KEY = "an-administrators-key-of-40-characters-x"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
ELSEWHERE = "http://textcx.example"
BODIES: dict[str, Any] = {
    "POST /v1/enrich": {"documents": [{"text": "ok"}]},
    "POST /v1/mentions": {"mentions": []},
    "POST /v1/search": {},
}
SCOPES = ("read", "write", "admin", "cases")


@contextmanager
def serving(folder: Path, base: str = ELSEWHERE, **settings: Any) -> Iterator[tuple[TestClient, Keys]]:
    workshop = Workshop(Settings(data=folder, **settings))
    with TestClient(create_app(workshop.settings, workshop=workshop), base, raise_server_exceptions=False) as client:
        yield client, workshop.keys


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Keys]]:
    folder = tmp_path_factory.mktemp("data")
    file = folder / "admin.key"
    file.write_text(ADMIN_KEY + "\n", encoding="utf-8")
    with serving(folder, admin_key_file=file) as both:
        yield both


def make(keys: Keys, *scopes: str, per_minute: int = 1000, **more: Any) -> dict[str, str]:
    _, text = keys.add("test", scopes=scopes, requests_per_minute=per_minute, now=datetime.now(UTC), **more)
    return bearer(text)


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def operations(client: TestClient) -> list[str]:
    paths = client.get("/openapi.json", headers=bearer(ADMIN_KEY)).json()["paths"]
    return sorted(f"{method.upper()} {path}" for path, methods in paths.items() for method in methods)


def pages() -> list[str]:
    """Routes that the description does not have."""
    routes = [cast(APIRoute, route) for router in (assets.router, dashboard.router) for route in router.routes]
    return [f"{method} {route.path}" for route in routes for method in route.methods]


def ask(client: TestClient, operation: str, headers: dict[str, str]) -> int:
    method, path = operation.split()
    path = path.replace("{", "").replace("}", "")
    return client.request(method, path, headers=headers, json=BODIES.get(operation)).status_code


def test_the_table_of_scopes_has_every_route_and_no_other(served: tuple[TestClient, Keys]) -> None:
    assert operations(served[0]) == sorted(API_SCOPES), "a new route needs its line in service/scopes.py"
    assert sorted(pages()) == sorted(PAGE_SCOPES)


def test_every_route_asks_for_its_scope_and_nothing_else_opens_it(served: tuple[TestClient, Keys]) -> None:
    client, keys = served
    key_of = {scope: make(keys, scope) for scope in SCOPES}
    for operation in (*operations(client), *pages()):
        wanted = SCOPE_OF[operation]
        for scope in SCOPES:
            may = wanted in ("open", scope) or scope == "admin"
            status = ask(client, operation, key_of[scope])
            assert (status == 403) == (not may), f"{operation} with the scope {scope}: {status}"
            assert status != 401


def test_no_bad_key_opens_anything(served: tuple[TestClient, Keys]) -> None:
    client, keys = served
    good = make(keys, "read", "write", "admin", "cases")["Authorization"]
    revoked = make(keys, "admin")
    keys.revoke(revoked["Authorization"].split("_")[1], now=NOW)
    bad = {
        "none": {},
        "empty": {"Authorization": ""},
        "without its scheme": {"Authorization": good.removeprefix("Bearer ")},
        "of another scheme": {"Authorization": good.replace("Bearer", "Basic")},
        "cut": {"Authorization": good[:-1]},
        "one digit off": {"Authorization": good[:-12] + ("0" if good[-12] != "0" else "1") + good[-11:]},
        "of an unknown id": bearer("textcx_00000000_" + "0" * 64 + "_00000000"),
        "not in ASCII": {"Authorization": "Bearer n\u00f6"},
        "revoked": revoked,
    }
    for operation in operations(client):
        for name, headers in bad.items():
            encoded = {key: value.encode("latin-1") for key, value in headers.items()}
            status = ask(client, operation, encoded)  # type: ignore[arg-type]
            assert (status == 401) == (SCOPE_OF[operation] != "open"), f"{operation} with a key {name}: {status}"


def test_an_expired_key_is_refused(tmp_path: Path) -> None:
    with serving(tmp_path) as (client, keys):
        ends_at = datetime.now(UTC) + timedelta(seconds=2)
        headers = make(keys, "read", expires_at=ends_at)
        assert client.get("/v1/limits", headers=headers).status_code == 200
        time.sleep((ends_at - datetime.now(UTC)).total_seconds() + 0.1)
        assert client.get("/v1/limits", headers=headers).status_code == 401
        assert client.get("/v1/limits", headers={"Host": "localhost"}).status_code == 401, "keys are asked for still"


def test_the_description_and_its_page_need_a_key_too(served: tuple[TestClient, Keys]) -> None:
    client, keys = served
    for path in ("/docs", "/openapi.json"):
        assert client.get(path).status_code == 401
        assert client.get(path, headers=make(keys, "write")).status_code == 200
    assert client.get("/v1/nothing", headers=make(keys, "read")).status_code == 404
    assert client.get("/v1/nothing").status_code == 401


def test_a_refusal_says_what_is_missing(served: tuple[TestClient, Keys]) -> None:
    client, keys = served
    refused = client.delete("/v1/mentions/x", headers=make(keys, "read", "write"))
    assert refused.json()["type"] == "urn:textcx:problem:forbidden"
    assert "scope admin" in refused.json()["detail"]
    unknown = client.get("/v1/limits")
    assert unknown.headers["www-authenticate"] == "Bearer"
    assert unknown.json()["type"] == "urn:textcx:problem:unauthorized"
    assert unknown.headers["x-request-id"]


def test_the_key_of_a_companys_own_system_is_shown_to_cases_alone(tmp_path: Path) -> None:
    with serving(tmp_path, "http://localhost") as (client, keys):
        mention = {"source": "survey", "text": "referenceword", "reference": {"system": "crm", "id": "K-1"}}
        client.post("/v1/mentions?wait=searchable", json={"mentions": [mention]})
        path = "/v1/mentions/" + client.get("/v1/search?q=referenceword").json()["hits"][0]["mention"]["id"]
        assert "reference" not in client.get(path).json()["mention"], "nobody has the scope where there is no key"
        for scopes, is_shown in ((("read",), False), (("admin", "read", "write"), False), (("read", "cases"), True)):
            answer = client.get(path, headers=make(keys, *scopes))
            assert (answer.json()["mention"].get("reference") == mention["reference"]) == is_shown
        search = client.get("/v1/search?q=referenceword", headers=make(keys, *SCOPES))
        assert search.json()["total"] == 1
        assert "K-1" not in search.text


def test_the_first_key_closes_the_door_and_its_revocation_does_not_open_it(tmp_path: Path) -> None:
    with serving(tmp_path, "http://localhost") as (client, keys):
        assert client.get("/v1/limits").status_code == 200
        headers = make(keys, "read")
        assert client.get("/v1/limits").status_code == 401
        assert client.get("/v1/limits", headers=headers).status_code == 200
        keys.revoke(headers["Authorization"].split("_")[1], now=NOW)
        assert client.get("/v1/limits", headers=headers).status_code == 401
        assert client.get("/v1/limits").status_code == 401


def test_the_administrators_key_may_do_all_but_see_cases(served: tuple[TestClient, Keys]) -> None:
    client, _ = served
    for operation in SCOPE_OF:
        assert ask(client, operation, bearer(ADMIN_KEY)) not in (401, 403, 429)
    assert client.get("/v1/limits", headers={"Authorization": f"bearer  {ADMIN_KEY}"}).status_code == 200
    assert "ratelimit" not in client.get("/v1/limits", headers=bearer(ADMIN_KEY)).headers


def test_the_quota_of_a_key_is_exact_and_its_own(served: tuple[TestClient, Keys]) -> None:
    client, keys = served
    first, other = make(keys, "read", per_minute=5), make(keys, "read", per_minute=5)
    assert client.get("/v1/limits", headers=other).status_code == 200
    for _ in range(20):
        client.get("/v1/limits")  # no key, nobody's quota
    answers = [client.get(path, headers=first) for path in ["/v1/limits", "/v1/mentions/x", "/healthz"] * 3]
    assert [answer.status_code for answer in answers] == [200, 404, 200, 200, 404, 429, 429, 429, 429]
    assert [answer.headers["ratelimit"].split(";")[1] for answer in answers[:6]] == [f"r={left}" for left in "432100"]
    refused = answers[5]
    assert refused.headers["ratelimit-policy"] == '"minute";q=5;w=60'
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert refused.json()["type"] == "urn:textcx:problem:too-many-requests"
    assert client.get("/v1/limits", headers=other).status_code == 200


def test_a_key_says_on_which_day_it_was_used(served: tuple[TestClient, Keys]) -> None:
    client, keys = served
    headers = make(keys, "read")
    identifier = headers["Authorization"].split("_")[1]
    assert {key.id: key.used_on for key in keys.list()}[identifier] is None
    client.get("/v1/limits", headers=headers)
    assert {key.id: key.used_on for key in keys.list()}[identifier] == datetime.now(UTC).date()


def test_the_log_names_the_key_by_its_id(served: tuple[TestClient, Keys], capfd: pytest.CaptureFixture[str]) -> None:
    client, keys = served
    headers = make(keys, "read")
    client.get("/v1/runs/abc", headers=headers)
    printed = "".join(capfd.readouterr())
    _, identifier, secret, _ = headers["Authorization"].split("_")
    assert identifier in printed
    assert "/v1/runs/{run}" in printed
    assert secret not in printed


def test_other_machines_are_served_with_a_key_only(tmp_path: Path) -> None:
    check_address("127.0.0.1", has_key=False)
    check_address("0.0.0.0", has_key=True)
    for host in ("0.0.0.0", "::", "192.168.1.2", "example.com"):
        with pytest.raises(ConfigError, match="textcx keys add"):
            check_address(host, has_key=False)
    with serving(tmp_path) as (client, _):
        assert client.get("/healthz").status_code == 400, "it is not addressed to this machine"


def test_a_key_file_that_keeps_nobody_out_is_refused(tmp_path: Path) -> None:
    for content in (b"short", b"", b"\xff" * 40):
        (tmp_path / "key").write_bytes(content)
        with pytest.raises(ConfigError, match="admin_key_file"):
            read_key(tmp_path / "key")
    with pytest.raises(ConfigError, match="admin_key_file"):
        read_key(tmp_path / "absent")
    assert json.dumps(read_key(None)) == "null"
