"""Trials for crawls: sites that are made up, and what every crawl is tried with."""
