"""Connectors: how each kind of place is read."""
