"""The API does what its description says: requests made from it, good and bad ones, and the answers held against it."""

from contextlib import nullcontext, suppress
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable

from service.scopes import API_SCOPES

EXAMPLES = 15
CHECKED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "allow_header_conformance",
)
REFUSES_BAD_DATA = "negative_data_rejection"
BY_ITEM = {"POST /v1/enrich", "POST /v1/mentions"}
"""Of their bodies each item is judged by itself, so that one bad item is no bad request."""


@pytest.fixture(scope="module")
def described(client: TestClient) -> Any:
    from schemathesis.checks import load_all_checks  # slow to import, and of use here alone
    from schemathesis.openapi.loaders import from_dict

    load_all_checks()
    description = client.get("/openapi.json").json()
    for methods in description["paths"].values():
        for one in methods.values():
            del one["security"]  # there is no key here; test_access.py asks every route with bad ones
    return from_dict(description)


@pytest.mark.parametrize("mode", ["positive", "negative"])
@pytest.mark.parametrize("operation", sorted(API_SCOPES))
def test_requests_made_from_the_description_are_answered_as_it_says(
    client: TestClient, described: Any, operation: str, mode: str
) -> None:
    from schemathesis import GenerationMode
    from schemathesis.checks import CHECKS

    is_good = mode == "positive"
    method, path = operation.split()
    one = described[path][method]
    strategy = one.as_strategy(generation_mode=GenerationMode(mode))
    is_judged = not is_good and operation not in BY_ITEM
    checks = CHECKS.get_by_names([*CHECKED, *([REFUSES_BAD_DATA] if is_judged else [])])

    @given(case=strategy)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def run(case: Any) -> None:
        request = case.as_transport_kwargs(base_url="http://localhost")
        request.pop("cookies", None)
        if "data" in request:
            request["content"] = request.pop("data")
        answer = client.request(**{name: value for name, value in request.items() if value is not None})
        case.validate_response(answer, checks=checks)

    with nullcontext() if is_good else suppress(Unsatisfiable):  # nothing bad can be asked
        run()
