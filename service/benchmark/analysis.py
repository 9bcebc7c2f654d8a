"""Speed of the analysis: one text at a time, and beside a sentence-transformers model on the same texts.

The comparison runs in interleaved rounds, so that what else the machine does meets all of them alike; each figure is
the median of the rounds.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from statistics import median

import orjson

from service.benchmark.measured import Measured
from service.enriched_lines import LineEnricher, read_lines
from service.enrichment import Enrichment
from service.forks import in_order, usable_cores
from textcx.configs import configs_folder
from textcx.document import Document
from textcx.embedding.sentence_model import SentenceModelEmbedding
from textcx.model.card import Weights, load_weights
from textcx.model.scored import score_texts
from textcx.model.weight_files import weight_file
from textcx.pipeline import Pipeline
from textcx.touchpoints import Taxonomy

_ROUNDS = 5
_SINGLE_ROUNDS = 10
_WEIGHTS = "full"
_BATCH_TEXTS = 256
_MODEL_TEXTS = 400
"""Texts a round for a model that takes milliseconds for each; ours get ten times as many."""


def measure_enrichment(pipeline: Pipeline, taxonomy: Taxonomy, texts: Sequence[str]) -> Iterator[Measured]:
    """Give the texts that are analysed in a second: in one process, and as `textcx enrich` does it on all cores.

    Args:
        pipeline: The default one.
        taxonomy: The one in force.
        texts: Thousands; none twice, since a text met lately is answered from memory.
    """
    half = len(texts) // 2
    pipeline.annotate([Document(text) for text in texts[: half // 10]])  # the first texts load the dictionaries
    for name, some, work in (
        ("enrichment alone, one process", texts[:half], _annotation(pipeline)),
        ("enrichment by `textcx enrich`, all cores", texts[half:], _lines(pipeline, taxonomy)),
    ):
        began = time.perf_counter()
        work(some)
        yield Measured(name, len(some) / (time.perf_counter() - began), "texts/s", None, is_better_high=True)


def measure_single(pipeline: Pipeline, texts: Sequence[str]) -> Iterator[Measured]:
    """Give the median and the 99th percentile of the time of a text that is analysed alone.

    Of several rounds over parts of the texts the quickest counts: what else the machine does slows some of them.
    """
    parts = [texts[number::_SINGLE_ROUNDS] for number in range(_SINGLE_ROUNDS)]
    rounds = [sorted(_time_ms(pipeline, text) for text in part) for part in parts]
    best = min(rounds, key=median)
    name = f"one text in process, best of {_SINGLE_ROUNDS} rounds"
    yield Measured(f"{name}: median", median(best), "ms", 1.0, is_better_high=False)
    yield Measured(f"{name}: 99th percentile", best[len(best) * 99 // 100], "ms", None, is_better_high=False)


def _time_ms(pipeline: Pipeline, text: str) -> float:
    began = time.perf_counter()
    pipeline.annotate([Document(text)])
    return 1000 * (time.perf_counter() - began)


def measure_beside(model: str, pipeline: Pipeline, taxonomy: Taxonomy, texts: Sequence[str]) -> Iterator[Measured]:
    """Give the speed of a model, and how many times as fast the table alone and the whole pipeline are.

    The model takes all cores by itself; the table and the pipeline take one, and `textcx enrich` a process for each.

    Args:
        model: Name on the hub, or a folder.
        pipeline: The default one.
        taxonomy: The one in force.
        texts: Some thousands; none twice, since a text met lately is answered from memory.

    Raises:
        ConfigError: The model cannot be loaded.
    """
    other = SentenceModelEmbedding(model)
    weights = load_weights(weight_file(_WEIGHTS, configs_folder()))
    ways: dict[str, tuple[int, Callable[[Sequence[str]], object]]] = {
        "model": (_MODEL_TEXTS, other.vectors),
        "the table alone": (10 * _MODEL_TEXTS, lambda some: _score(weights, some)),
        "the whole pipeline, one process": (10 * _MODEL_TEXTS, _annotation(pipeline)),
        "the whole pipeline, `textcx enrich`": (10 * _MODEL_TEXTS, _lines(pipeline, taxonomy)),
    }
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(_ROUNDS):
        for name, (count, work) in ways.items():
            some = [texts[(number * count + place) % len(texts)] for place in range(count)]
            began = time.perf_counter()
            work(some)
            rates[name].append(count / (time.perf_counter() - began))
    typical = {name: median(some) for name, some in rates.items()}
    yield Measured(f"{other.name}, fp32", typical["model"], "texts/s", None, is_better_high=True)
    for name, floor in zip(list(ways)[1:], (150.0, 40.0, 40.0), strict=True):
        times = typical[name] / typical["model"]
        yield Measured(f"{name}, as fast as {other.name}", times, "times", floor, is_better_high=True)


def _annotation(pipeline: Pipeline) -> Callable[[Sequence[str]], object]:
    return lambda texts: pipeline.annotate([Document(text) for text in texts])


def _lines(pipeline: Pipeline, taxonomy: Taxonomy) -> Callable[[Sequence[str]], object]:
    """Return what analyses texts as the command does: JSON in, JSON out, a process for each core."""
    enricher = LineEnricher(Enrichment(lambda: pipeline, taxonomy))

    def work(texts: Sequence[str]) -> object:
        lines = BytesIO(b"\n".join(orjson.dumps({"text": text}) for text in texts))
        return list(
            in_order(enricher.enrich, read_lines(lines), processes=usable_cores(), before=enricher.load_languages)
        )

    return work


def _score(weights: Weights, texts: Sequence[str]) -> None:
    for first in range(0, len(texts), _BATCH_TEXTS):
        score_texts(weights.table, weights.card.bias, texts[first : first + _BATCH_TEXTS])
