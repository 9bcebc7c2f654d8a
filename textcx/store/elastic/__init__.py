"""The engine for more than one machine: Elasticsearch 8.19 and 9, with a small ledger in the data folder."""
