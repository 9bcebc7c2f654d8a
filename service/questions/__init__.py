"""Questions: search, trends, breakdowns and comparisons over the store, answered as plain JSON values.

The HTTP API and the command line give the same answers because both ask here.
"""

from service.questions.questions import MOST_ROWS, Questions
from service.questions.scope import CUSTOMER_VOICES
from service.questions.trend import MOST_SERIES

__all__ = ["CUSTOMER_VOICES", "MOST_ROWS", "MOST_SERIES", "Questions"]
