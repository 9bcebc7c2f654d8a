"""`make dictionary`: what packed mentions have in common, learned from analysed mentions of the benchmark's corpus.

The same weights and corpus give the same dictionary. `packing-2.zdict` was made so and is never made anew, since stored
mentions are read by it: a better one is one more number in `textcx/store/embedded/packing.py`.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ingest.connectors.file import FileConnector
from ingest.job import Annotator, document_of
from ingest.normalize import normalize
from ingest.raw import RawRecord
from ingest.redact import redact
from ingest.secret import Secret
from service.benchmark.corpus import write_corpus
from textcx.annotation import AnnotatedValues
from textcx.configs import configs_folder
from textcx.errors import AnalysisError
from textcx.mention import Mention
from textcx.pipeline import build_pipeline
from textcx.settings import Settings
from textcx.store.embedded.packing import learn_dictionary

_MENTIONS = 6_000
_SIZE_BYTES = 8_192
_COLLECTED_AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
_AT_ONCE = 512
_RARE: tuple[dict[str, Any], ...] = (
    {
        "kind": "survey_answer",
        "source": "survey",
        "asked": {"question": "How likely are you to recommend us?", "touchpoint": "delivery", "occasion": "relation"},
        "ratings": [{"measure": "nps", "value": 9, "lowest": 0, "highest": 10}],
        "reference": {"system": "crm", "id": "4711"},
        "attributes": {"region": "north", "segment": "private", "channel": "web"},
    },
    {"kind": "ticket", "source": "helpdesk", "subject": {"product": "Router", "country": "SE"}, "thread": "0f" * 32},
    {"kind": "reply", "voice": "brand", "reply_to": "0f" * 32, "thread": "0f" * 32, "published_at_precision": "minute"},
    {
        "kind": "post",
        "voice": "customer",
        "url": "https://www.example.com/posts/1",
        "engagement": {"likes": 12, "replies": 3, "reposts": 1, "views": 480},
        "repost_of": "0f" * 32,
    },
    {
        "source": "appstore",
        "title": "Works now",
        "subject": {"app_version": "4.2.1", "country": "FI", "location": "Turku"},
        "published_at_precision": "day",
    },
    {"redactions": [{"start": 3, "end": 10, "kind": "phone"}], "copy_of": "0f" * 32, "voice": "prospect"},
)
"""What the corpus has not, of each kind of source; every fourth sample has the next of them."""


def samples(pipeline: Annotator, *, count: int) -> Iterator[AnnotatedValues]:
    """Give mentions as they are stored: of the corpus, and some of them with what other sources have.

    Args:
        pipeline: Says what the texts hold.
        count: How many of the corpus.
    """
    mentions = _mentions(count)
    while some := list(islice(mentions, _AT_ONCE)):
        answers = pipeline.annotate_values([document_of(one) for one in some])
        for mention, answer in zip(some, answers, strict=True):
            if not isinstance(answer, AnalysisError):
                yield AnnotatedValues(mention, answer)


def _mentions(count: int) -> Iterator[Mention]:
    secret = Secret(bytes(32))
    with TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus.csv"
        write_corpus(corpus, configs_folder() / "demo", count=count)
        for number, record in enumerate(FileConnector(corpus, mapped={}, fixed={}).read()):
            assert isinstance(record, RawRecord)
            redacted = redact(replace(record, collected_at=_COLLECTED_AT), secret)
            yield normalize(redacted, version=number + 1)
            if number % 4 == 0:
                rare = _RARE[number // 4 % len(_RARE)]
                yield normalize(replace(redacted, fields={**redacted.fields, **rare}), version=number + 1)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run `python -m service.benchmark.dictionary FILE`."""
    parser = argparse.ArgumentParser(description="Learns a dictionary for packed mentions.")
    parser.add_argument("file", type=Path, help="where to write it")
    parser.add_argument("--mentions", type=int, default=_MENTIONS, help="of the corpus")
    asked = parser.parse_args(arguments)
    found = samples(build_pipeline(Settings(data=Path())), count=asked.mentions)
    asked.file.write_bytes(learn_dictionary(found, size_bytes=_SIZE_BYTES))


if __name__ == "__main__":
    main()
