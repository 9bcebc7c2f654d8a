"""Reannotation: a new model or taxonomy applied to what is stored, and what it would change."""
