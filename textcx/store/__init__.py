"""Where annotated mentions live: one interface, several engines, the same numbers."""
