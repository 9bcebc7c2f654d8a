"""Crawlers, for sites without an API."""
