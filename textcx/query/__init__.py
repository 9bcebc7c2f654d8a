"""What one can ask, as plain values: the query language, the measures, the intervals."""
