"""Embedding: texts as vectors, near each other where they mean the same, in all our languages."""
