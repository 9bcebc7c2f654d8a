"""The analysis itself, on plain strings: no spaCy, no store, no network."""
