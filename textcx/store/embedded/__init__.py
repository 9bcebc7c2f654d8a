"""The default store: SQLite is the truth, a tantivy index beside it answers searches and can be rebuilt."""
