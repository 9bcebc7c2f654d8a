"""From a source to the store: raw record, inbox, mention, and the run that carries them."""
