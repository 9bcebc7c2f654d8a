"""Evaluation: how well the analysis agrees with people, per language and task, on texts that anybody can get."""
