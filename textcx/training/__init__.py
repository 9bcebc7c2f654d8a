"""Training: from labelled texts to a weight file for `textcx.model`. Needs the extra `train` (scipy)."""
