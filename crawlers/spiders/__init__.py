"""Spiders: one file for each kind of site."""
