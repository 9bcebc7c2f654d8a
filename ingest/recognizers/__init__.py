"""Recognizers: where something personal stands in a text, one kind per file.

Each gives (start, end) in code points of the shadow of a text (`shadow.py`), where it looks the same however it was
typed. A check digit or a length decides wherever there is one, so that order numbers and dates survive.
"""
