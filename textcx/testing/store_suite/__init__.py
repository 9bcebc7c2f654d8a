"""Store suite: what every store engine must do, for us and for authors of engines.

To try an engine, give `Stores` a function that opens an empty store of it, with SUITE_EMBEDDING for its vectors, and
run each of CHECKS. With pytest:

    @pytest.fixture(scope="module")
    def stores() -> Iterator[Stores]:
        with Stores(open_an_empty_store, Lemmas()) as stores:
            yield stores

    @pytest.mark.parametrize("check", CHECKS, ids=str)
    def test_the_engine_is_one(check: Check, stores: Stores) -> None:
        check.run(stores)

A check raises AssertionError and says what was asked, what came and what was expected.
"""

from textcx.testing.store_suite.check import SUITE_EMBEDDING, Check, Stores
from textcx.testing.store_suite.nearest_checks import NEAREST_CHECKS
from textcx.testing.store_suite.page_checks import PAGE_CHECKS
from textcx.testing.store_suite.parity import PARITY_CHECKS, answers_random_queries
from textcx.testing.store_suite.query_checks import QUERY_CHECKS
from textcx.testing.store_suite.reply_checks import REPLY_CHECKS
from textcx.testing.store_suite.tally_checks import TALLY_CHECKS
from textcx.testing.store_suite.trend_checks import TREND_CHECKS
from textcx.testing.store_suite.write_checks import WRITE_CHECKS

WRITTEN_CHECKS = (
    *QUERY_CHECKS,
    *PAGE_CHECKS,
    *WRITE_CHECKS,
    *REPLY_CHECKS,
    *TALLY_CHECKS,
    *TREND_CHECKS,
    *NEAREST_CHECKS,
)
"""Those whose answers are written down here; the witness itself passes them."""

CHECKS = (*WRITTEN_CHECKS, *PARITY_CHECKS)
"""All of them, each with a name of its own."""

__all__ = ["CHECKS", "SUITE_EMBEDDING", "WRITTEN_CHECKS", "Check", "Stores", "answers_random_queries"]
