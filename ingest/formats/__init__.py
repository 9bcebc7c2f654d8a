"""Formats of files, one per module: each gives lines of cells or rows, in order and in bounded memory."""
