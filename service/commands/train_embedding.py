"""`textcx train embedding`: texts, lines and a teacher in, the folder of a static embedding out."""

from pathlib import Path
from typing import Annotated

import typer

from service.commands.training import begin_report, missing_scipy
from textcx.configs import configs_folder
from textcx.errors import ConfigError
from textcx.words import LANGUAGES

_TEXTS = 24_000


def train_embedding(
    output: Annotated[Path, typer.Option("--output", help="Folder to write; embedding = static:FOLDER uses it.")],
    teacher: Annotated[str, typer.Option(help="A sentence-transformers model, by name or folder.")] = "",
    texts: Annotated[
        list[Path] | None, typer.Option(help="Folder of JSON Lines (text, lang); may be given again.")
    ] = None,
    dictionaries: Annotated[
        Path | None, typer.Option(help="Folder of dictionaries for the dict server, such as FreeDict's.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of what is left to chance.")] = 0,
    sentence_transformer: Annotated[
        Path | None, typer.Option("--sentence-transformer", help="Also write a folder that SentenceTransformer loads.")
    ] = None,
) -> None:
    """Train the embedding: a few minutes. Without --teacher, what stands in --output is only written in the other form.

    The lines and words that mean the same in all languages are those of `embedding/` of the configuration.
    """
    if teacher:
        _learn(output, teacher, texts or [], dictionaries, seed)
    if sentence_transformer is not None:
        from textcx.embedding.sentence_folder import write_sentence_folder

        write_sentence_folder(output, sentence_transformer)
        typer.echo(str(sentence_transformer))
    elif not teacher:
        raise ConfigError("Nothing to do: give --teacher to learn, or --sentence-transformer to write what is there.")


def _learn(output: Path, teacher: str, texts: list[Path], dictionaries: Path | None, seed: int) -> None:
    try:
        import scipy  # noqa: F401
    except ModuleNotFoundError as error:
        raise missing_scipy() from error
    import numpy as np

    from textcx.embedding.learning.dictd import dictionary_entries
    from textcx.embedding.learning.sources import read_lines, read_texts
    from textcx.embedding.learning.train import Recipe, Sources, learn, write
    from textcx.embedding.sentence_model import SentenceModelEmbedding
    from textcx.words import Lemmas

    folder = configs_folder() / "embedding"
    recipe = Recipe(seed=seed)
    say = begin_report()
    sources = Sources(
        read_texts(texts, most=_TEXTS, languages=LANGUAGES, random=np.random.default_rng(seed)),
        read_lines(folder / "parallel.tsv"),
        read_lines(folder / "glossary.tsv"),
        list(dictionary_entries(dictionaries)) if dictionaries else (),
    )
    learned = learn(sources, SentenceModelEmbedding(teacher), recipe, lemmas=Lemmas(), report=say)
    typer.echo(write(learned, recipe, output, name="textcx-static"))
