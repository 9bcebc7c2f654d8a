"""Measurements of the benchmark, all in one run."""

import os
import resource
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from math import ceil
from pathlib import Path
from socket import create_server
from tempfile import TemporaryDirectory

from ingest.connectors.file import FileConnector
from service.assembly import Workshop
from service.benchmark.analysis import measure_beside, measure_enrichment, measure_single
from service.benchmark.corpus import compose, write_corpus
from service.benchmark.measured import Measured
from service.benchmark.starts import measure_starts
from service.commands.ingest import run_source
from textcx.configs import configs_folder
from textcx.settings import Settings

_ROUNDS = 3
_ENRICHED = 20_000
_SINGLE = 5_000
_BESIDE = 20_000
_START_SECONDS = 60.0


def run_benchmark(mentions: int, *, beside: str | None = None) -> Iterator[Measured]:
    """Measure everything in one run, in a temporary folder, and give each figure when it is known.

    Args:
        mentions: How many are taken in.
        beside: A sentence-transformers model to compare the analysis with, if any.

    Raises:
        ConfigError: That model cannot be loaded.
    """
    demo_folder = configs_folder() / "demo"
    with TemporaryDirectory(prefix="textcx-bench-") as name:
        folder = Path(name)
        corpus = folder / "corpus.csv"
        write_corpus(corpus, demo_folder, count=mentions)
        settings = Settings(data=folder / "data")
        workshop = Workshop(settings)
        began = time.perf_counter()
        report = run_source(workshop, "corpus", FileConnector(corpus, mapped={}, fixed={}).read(), shows_progress=False)
        seconds = time.perf_counter() - began
        yield Measured("whole way, file to searchable", report.read / seconds, "mentions/s", 2000, is_better_high=True)
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        yield Measured("peak memory of the reading process", own, "MB", None, is_better_high=False)
        yield from _measure_questions(workshop)
        workshop.close()
        yield _measure_server(settings)
        yield from measure_starts(settings)
        pipeline = workshop.build_pipeline()
        texts = [row[1] for row in compose(demo_folder, _ENRICHED, seed=7)]
        yield from measure_enrichment(pipeline, workshop.taxonomy, texts)
        yield from measure_single(pipeline, [row[1] for row in compose(demo_folder, _SINGLE, seed=8)])
        if beside is not None:
            others = [row[1] for row in compose(demo_folder, _BESIDE, seed=9)]
            yield from measure_beside(beside, pipeline, workshop.taxonomy, others)


def _measure_questions(workshop: Workshop) -> Iterator[Measured]:
    questions = workshop.questions
    queries = _queries("queries.txt")
    search = _times_ms(queries, lambda q: questions.search(q))
    trend = _times_ms(queries, lambda q: questions.trends("net_sentiment", by="touchpoint", q=q))
    near = _times_ms(_queries("near.txt"), lambda q: questions.search(q))
    yield _time("search, median", search, 50)
    yield _time("search, 99th percentile", search, 99, floor=20)
    yield _time("monthly trend by touchpoint, median", trend, 50)
    yield _time("monthly trend by touchpoint, 99th percentile", trend, 99, floor=60)
    yield _time("prefix inside NEAR, median", near, 50)
    yield _time("prefix inside NEAR, 99th percentile", near, 99, floor=500)


def _queries(name: str) -> list[str]:
    lines = (configs_folder() / "bench" / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip()]


def _time(name: str, times_ms: Sequence[float], percent: int, *, floor: float | None = None) -> Measured:
    return Measured(name, _percentile(times_ms, percent), "ms", floor, is_better_high=False)


def _measure_server(settings: Settings) -> Measured:
    """Return the resident memory of a server that has answered a search, a trend and an enrichment."""
    with _server(settings) as (process, address):
        for path in ("/v1/search?q=leverans*", "/v1/trends?measure=net_sentiment&by=touchpoint"):
            urllib.request.urlopen(address + path, timeout=_START_SECONDS).read()  # noqa: S310 - our own server
        body = b'{"documents": [{"text": "Snabb leverans men dyrt"}, {"text": "Hidas toimitus"}]}'
        request = urllib.request.Request(address + "/v1/enrich", data=body, method="POST")  # noqa: S310
        urllib.request.urlopen(request, timeout=_START_SECONDS).read()  # noqa: S310
        return Measured("resident memory of the server", _resident_mb(process.pid), "MB", 500, is_better_high=False)


@contextmanager
def _server(settings: Settings) -> Iterator[tuple["subprocess.Popen[bytes]", str]]:
    with closing(create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "service.cli", "serve", "--data", str(settings.data), "--port", str(port)],
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _await(address + "/readyz")
        yield process, address
    finally:
        process.terminate()
        process.wait()


def _await(address: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            urllib.request.urlopen(address, timeout=1).read()  # noqa: S310 - our own server
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def _resident_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _times_ms(queries: Sequence[str], ask: Callable[[str], object]) -> list[float]:
    times = []
    for _ in range(_ROUNDS):
        for query in queries:
            began = time.perf_counter()
            ask(query)
            times.append(1000 * (time.perf_counter() - began))
    return times


def _percentile(values: Sequence[float], percent: int) -> float:
    """Return the nearest-rank percentile."""
    return sorted(values)[max(0, ceil(len(values) * percent / 100) - 1)]
