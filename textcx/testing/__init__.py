"""What tests need: builders, doubles and the conformance suites, for us and for authors of plug-ins."""

from textcx.testing.builders import NOON, a_judgement, a_mention, a_rating, annotated, id_of
from textcx.testing.concept_embedding import ConceptEmbedding
from textcx.testing.list_store import ListStore

__all__ = ["NOON", "ConceptEmbedding", "ListStore", "a_judgement", "a_mention", "a_rating", "annotated", "id_of"]
