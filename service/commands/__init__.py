"""Commands of the command line, one noun per file."""
