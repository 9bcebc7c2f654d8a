"""`make topics-bench`: finding topics in many mentions beside BERTopic's defaults, on the same vectors in one run.

Each way runs in a process of its own, so that its memory is its own, and none longer than the limit: a way that was
stopped took at least that long.
"""

import argparse
import multiprocessing
import resource
import sys
import time
from multiprocessing.queues import Queue
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from service.benchmark.corpus import compose
from textcx.configs import configs_folder
from textcx.embedding.static import StaticEmbedding

WAYS = ("plain", "centroids", "BERTopic defaults")
_TEXT = 1
_LANGUAGE = 5
_AT_ONCE = 512
_MEGABYTE = 1024


def run(way: str, folder: Path, answers: "Queue[tuple[float, int, float, int]]") -> None:
    """Find topics in one way; answer with seconds, topics, the share with a topic, and the peak of memory in MB."""
    vectors = np.load(folder / "vectors.npy")
    texts = (folder / "texts.txt").read_text(encoding="utf-8").splitlines()
    languages = (folder / "languages.txt").read_text(encoding="utf-8").splitlines()
    started = time.perf_counter()
    if way == "BERTopic defaults":
        from bertopic import BERTopic

        labels, _ = BERTopic(embedding_model=None).fit_transform(texts, embeddings=vectors)
        found, inside = len(set(labels) - {-1}), sum(label >= 0 for label in labels)
    else:
        from textcx.topics.grouping import GroupingRules, Usual, groups_of, k_means

        usual, rules = Usual.of_languages(vectors, languages), GroupingRules()
        if way == "plain":
            groups = groups_of(vectors, k_means, rules, usual=usual)
        else:
            from textcx.topics.bertopic_fit import fit_groups

            groups = fit_groups(vectors, engine="centroids", rules=rules, usual=usual)
        found, inside = len(groups), sum(len(group.rows) for group in groups)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // _MEGABYTE
    answers.put((seconds, found, inside / len(texts), peak))


def prepare(folder: Path, mentions: int) -> None:
    """Write so many texts composed from the demonstration, with their languages and vectors."""
    rows = list(compose(configs_folder() / "demo", mentions, seed=7))
    texts = [" ".join(row[_TEXT].split()) for row in rows]
    (folder / "texts.txt").write_text("\n".join(texts), encoding="utf-8")
    (folder / "languages.txt").write_text("\n".join(row[_LANGUAGE] for row in rows), encoding="utf-8")
    embedding = StaticEmbedding()
    vectors = [embedding.vectors(texts[first : first + _AT_ONCE]) for first in range(0, mentions, _AT_ONCE)]
    np.save(folder / "vectors.npy", np.concatenate(vectors))


def main() -> int:
    """Print a line per way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mentions", type=int, default=100_000)
    parser.add_argument("--limit-seconds", type=float, default=1_800.0)
    parser.add_argument("--ways", nargs="+", default=list(WAYS), choices=WAYS)
    asked = parser.parse_args()
    spawn = multiprocessing.get_context("spawn")
    with TemporaryDirectory() as name:
        prepare(Path(name), asked.mentions)
        for way in asked.ways:
            answers: Queue[tuple[float, int, float, int]] = spawn.Queue()
            process = spawn.Process(target=run, args=(way, Path(name), answers))
            process.start()
            process.join(asked.limit_seconds)
            if process.is_alive():
                process.kill()
                sys.stdout.write(f"{way}: stopped after {asked.limit_seconds:,.0f} s\n")
            elif process.exitcode:
                sys.stdout.write(f"{way}: failed\n")
            else:
                seconds, found, share, peak = answers.get()
                sys.stdout.write(
                    f"{way}: {seconds:,.1f} s, {found} topics, {share:.0%} have one, {peak:,} MB at most\n"
                )
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
