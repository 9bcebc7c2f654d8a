"""Training: data sets in, a weight file out; seeded, so that the same data give the same file."""

from collections.abc import Callable
from pathlib import Path

from textcx.model.shapes import read_shapes
from textcx.model.taxonomy_terms import TaxonomyTerms
from textcx.model.term_places import TermPlaces
from textcx.touchpoints import Taxonomy
from textcx.training.build import build_weights
from textcx.training.corpus import ALL, LABELLED, OTHERS, OWN, read_corpus
from textcx.training.cues import read_cues
from textcx.training.customers import train_customers
from textcx.training.general import train_general
from textcx.training.phrases import read_phrases
from textcx.training.soft_labels import read_soft_labels
from textcx.training.sources import FREE_FOR_MODELS, DataSets
from textcx.training.teaching import taught_of
from textcx.training.term_hits import TermHits
from textcx.training.tuning import tune
from textcx.words import Lemmas

TEMPERATURES = {"language": 1.0, "polarity": 1.0}


def train(
    data: Path,
    own: Path,
    lexicons: Path,
    target: Path,
    taxonomy: Taxonomy,
    *,
    open_only: bool,
    say: Callable[[str], None],
    teacher: Path | None = None,
) -> None:
    """Learn all heads and write the weight file.

    Args:
        data: Holds the data sets.
        own: Holds the texts written for this project, our labels of texts of the sets, and cues.
        lexicons: Holds the lexicons; their words are learned too.
        target: The file to write.
        taxonomy: The touchpoints to learn.
        open_only: Learn only from class A and what is free for models.
        say: Is told what has been done.
        teacher: Holds soft labels to learn from too.

    Raises:
        ConfigError: A file holds what is no labelled text or soft label.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    soft = read_soft_labels(teacher) if teacher else None
    corpus = read_corpus(data, own, open_only=open_only)
    say(f"read {sum(map(len, corpus.rows.values())):,} texts")
    lemmas = Lemmas()
    taught = taught_of(soft, corpus.rows, open_only=open_only) if soft else {}
    for head, one in taught.items():
        say(f"{head}: {len(one.texts):,} texts judged by the teacher")
    general = train_general(corpus, taught)
    say("learned languages, kinds of text and sentiment")
    shapes = read_shapes(lexicons)
    customers = train_customers(corpus, TermHits(taxonomy, lemmas), read_phrases(lexicons), read_cues(own), shapes)
    say("learned touchpoints, signals and emotions")
    used = [name for name, rows in corpus.rows.items() if rows]
    licences = {source.name: source.licence for source in (*ALL, OWN, OTHERS, LABELLED)}
    sources = [f"{name} {licences[name]}" + (" free" if name.split("/")[0] in FREE_FOR_MODELS else "") for name in used]
    if soft:
        sources.append(f"teacher {soft.card.model} {soft.card.licence}")
    build_weights(
        target,
        corpus,
        general,
        customers,
        touchpoints=[point.id for point in taxonomy.touchpoints],
        temperatures=TEMPERATURES,
        sources=sources,
    )
    tune(target, DataSets(data, open_only=open_only), TermPlaces(TaxonomyTerms(taxonomy, lemmas)), shapes)
    say("tuned on the development parts")
