"""Pages of the dashboard, one a file: each takes a visit and gives an answer."""
