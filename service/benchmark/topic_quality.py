"""How good topics are: ours and BERTopic's defaults on the texts of a file, whose subjects somebody named.

    python -m service.benchmark.topic_quality mentions.jsonl.gz --label topic --language sv

The file has a JSON object a line, with `text`, the label, and `lang` where there are several languages. Needs gensim
and, to compare, BERTopic.
"""

import argparse
import gzip
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textcx.embedding.static import StaticEmbedding
from textcx.topics.grouping import GroupingRules, Labels, Usual, groups_of, k_means
from textcx.topics.keywords import Vocabulary, keywords
from textcx.topics.likeness import Vectors
from textcx.topics.stop_words import stop_words
from textcx.words import Lemmas, surfaces_of

_BEGINNING = 1_000
_READ = 400
_WORDS = 10


def read(path: Path, label: str, language: str) -> tuple[list[str], list[str], list[str]]:
    """Return texts, languages and labels (empty where there is none) of a file."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        rows: list[dict[str, Any]] = [row for line in lines if str((row := json.loads(line))["text"]).strip()]
    spoken = [{"no": "nb"}.get(one := str(row.get("lang") or language), one) for row in rows]
    return [str(row["text"]) for row in rows], spoken, [str(row.get(label) or "") for row in rows]


def ours(texts: Sequence[str], languages: Sequence[str], vectors: Vectors) -> tuple[Labels, list[list[str]]]:
    """Return the topic of each text as it would be assigned, -1 for none, and the words of each topic."""
    groups = groups_of(vectors, k_means, GroupingRules(), usual=Usual.of_languages(vectors, languages))
    cosines = vectors @ np.stack([group.centroid for group in groups]).T
    near = np.where(cosines >= np.array([group.limit for group in groups], np.float32), cosines, -np.inf)
    vocabulary = Vocabulary(Lemmas(), stop_words)
    taken = [group.rows[:: max(1, len(group.rows) // _READ)] for group in groups]
    words = keywords([vocabulary.read((texts[row][:_BEGINNING], languages[row]) for row in rows) for rows in taken])
    most = Counter(languages).most_common(1)[0][0]
    labels = np.where(np.isfinite(near.max(axis=1)), near.argmax(axis=1), -1)
    return labels, [list(of_topic.get(most, ())) for of_topic in words]


def bertopic(texts: Sequence[str], vectors: Vectors) -> tuple[Labels, list[list[str]]]:
    """Return the same by BERTopic's defaults."""
    from bertopic import BERTopic

    model = BERTopic(embedding_model=None)
    labels = np.asarray(model.fit_transform(list(texts), embeddings=vectors)[0], np.int64)
    return labels, [[word for word, _ in model.get_topic(topic)] for topic in sorted(set(labels.tolist()) - {-1})]


def measured(found: Labels, named: Sequence[str], words: Sequence[Sequence[str]], texts: Sequence[str]) -> str:
    """Return a line of how well topics agree with what is named, and of how coherent their words are."""
    from gensim.corpora import Dictionary
    from gensim.models import CoherenceModel
    from sklearn.metrics import normalized_mutual_info_score

    has_name: NDArray[np.bool_] = np.array([bool(name) for name in named])
    names, topics = np.array(named)[has_name], found[has_name]
    line = f"{len(words)} topics, {np.mean(found >= 0):.0%} have one"
    if has_name.any():
        inside = topics >= 0
        of_all, of_those = (
            normalized_mutual_info_score(*pair) for pair in ((names, topics), (names[inside], topics[inside]))
        )
        line += f", mutual information {of_all:.3f} of all, {of_those:.3f} of those with a topic"
    split = [surfaces_of(text) for text in texts]
    known = Dictionary(split)
    shown = [[word for word in of_topic if word in known.token2id][:_WORDS] for of_topic in words]
    shown = [of_topic for of_topic in shown if len(of_topic) > 1]
    model = CoherenceModel(topics=shown, texts=split, dictionary=known, coherence="c_v", processes=1)
    return f"{line}, c_v {model.get_coherence():.3f} of {np.mean([len(one) for one in shown]):.1f} words a topic"


def main() -> int:
    """Print a line per way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--label", default="topic")
    parser.add_argument("--language", default="und", help="where the file names none")
    parser.add_argument("--ours-alone", action="store_true", help="without BERTopic")
    asked = parser.parse_args()
    texts, languages, named = read(asked.file, asked.label, asked.language)
    vectors = StaticEmbedding().vectors(texts)
    found, words = ours(texts, languages, vectors)
    sys.stdout.write(f"ours: {measured(found, named, words, texts)}\n")
    if not asked.ours_alone:
        found, words = bertopic(texts, vectors)
        sys.stdout.write(f"BERTopic defaults: {measured(found, named, words, texts)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
