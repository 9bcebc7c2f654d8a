"""Learning: how the static embedding is made from a teacher, dictionaries and lines that say the same."""
