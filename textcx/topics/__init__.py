"""Topics that stay put: a registry of what customers talk about, whose ids never change, and where a text belongs."""
