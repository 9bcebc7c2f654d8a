"""Dashboard: pages that show what the API answers; they ask the same functions, and never the store."""
