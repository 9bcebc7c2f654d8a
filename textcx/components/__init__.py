"""Components of the pipeline, one analysis step a file; thin wrappers of `textcx.model` for spaCy."""
