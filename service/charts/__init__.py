"""Charts: what an answer shows, as plain values that a page draws, a table lists and a file keeps."""

from service.charts.chart import Chart, Point, Series, rows_of

__all__ = ["Chart", "Point", "Series", "rows_of"]
