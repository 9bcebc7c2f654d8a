"""Saved queries: kept by name, used in others, refused where they would break one."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from service.saved_queries import MOST_QUERIES, SavedQueries
from textcx.errors import ConfigError, NotFoundError, QuerySyntaxError, RequestError
from textcx.query.grammar import parse
from textcx.query.tree import Query


def read(text: str, saved: Mapping[str, str]) -> Query:
    return parse(text, touchpoints=["delivery"], stages=["receive"], saved=saved)


@pytest.fixture
def saved(tmp_path: Path) -> SavedQueries:
    return SavedQueries(tmp_path / "data", read)


def test_a_query_is_kept_replaced_and_dropped(saved: SavedQueries, tmp_path: Path) -> None:
    assert saved.all() == {}
    saved.save("late", "touchpoint:delivery/negative sen")
    saved.save("late", "touchpoint:delivery/negative")
    assert SavedQueries(tmp_path / "data", read).all() == {"late": "touchpoint:delivery/negative"}
    saved.drop("late")
    assert saved.all() == {}


def test_a_wrong_query_is_not_kept(saved: SavedQueries) -> None:
    with pytest.raises(QuerySyntaxError):
        saved.save("late", "touchpoint:mars")
    assert saved.all() == {}


def test_a_query_may_name_another_but_not_itself(saved: SavedQueries) -> None:
    saved.save("late", "sen")
    saved.save("late_fi", "query:late lang:fi")
    with pytest.raises(QuerySyntaxError):
        saved.save("late", "query:late_fi")
    with pytest.raises(RequestError, match="'late_fi' needs 'late'"):
        saved.drop("late")
    assert saved.all() == {"late": "sen", "late_fi": "query:late lang:fi"}


@pytest.mark.parametrize("name", ["", "-a", "a b", "a:b", "x" * 65, "a\n"])
def test_a_name_that_could_not_be_written_in_a_query_is_refused(saved: SavedQueries, name: str) -> None:
    with pytest.raises(RequestError, match="letters, digits"):
        saved.save(name, "sen")


def test_there_is_a_limit_that_says_so(saved: SavedQueries, tmp_path: Path) -> None:
    names = ",".join(f'"q{number}": "sen"' for number in range(MOST_QUERIES))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "queries.json").write_text(f"{{{names}}}")
    saved.save("q0", "sena")
    with pytest.raises(RequestError, match="limit"):
        saved.save("one_more", "sen")


def test_what_is_not_there_cannot_be_dropped(saved: SavedQueries) -> None:
    with pytest.raises(NotFoundError, match="'nothing'"):
        saved.drop("nothing")


def test_a_damaged_file_is_an_error_that_names_it(saved: SavedQueries, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "queries.json").write_text("{")
    with pytest.raises(ConfigError, match=r"queries\.json"):
        saved.all()


def test_a_saved_query_is_used_by_name_over_http(client: TestClient) -> None:
    mention = {"source": "forum", "brand": "Saved", "text": "savedword in a text"}
    client.post("/v1/mentions?wait=searchable", json={"mentions": [mention]})
    assert client.put("/v1/queries/mine", json={"q": "brand:Saved"}).status_code == 204
    assert client.get("/v1/queries").json() == {"queries": [{"name": "mine", "q": "brand:Saved"}]}
    assert client.get("/v1/search", params={"q": "query:mine savedword"}).json()["total"] == 1
    assert client.put("/v1/queries/other", json={"q": "brand:("}).status_code == 400
    assert client.delete("/v1/queries/mine").status_code == 204
    assert client.get("/v1/search", params={"q": "query:mine"}).status_code == 400
    assert client.delete("/v1/queries/mine").status_code == 404


def test_a_query_is_completed(client: TestClient) -> None:
    answer = client.get("/v1/complete", params={"q": "touchpoint:deliv"}).json()
    assert "delivery" in [one["text"] for one in answer["completions"]]
