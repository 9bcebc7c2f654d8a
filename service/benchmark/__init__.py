"""Benchmark: how fast this machine takes mentions in, analyses them and answers questions."""
