"""Distinctive: the words by which one set of texts differs from another, with the chance that they do not.

Log-odds ratio with an informative Dirichlet prior (Monroe, Colaresi and Quinn 2008, "Fightin' Words", Political
Analysis 16, equations 15, 16, 18 and 22): a rare word must differ more to be believed, and no list of stop words is
needed. The prior is both sets together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, log, sqrt

from textcx.query.comparison import false_discovery
from textcx.query.distributions import Z, normal_p

_PRIOR_WORDS = 500.0
"""How many words the prior counts for, whatever the size of the sets; the paper sets it likewise by hand."""


@dataclass(frozen=True, slots=True)
class Distinction:
    """By how much a word is more usual in the first set than in the second.

    Attributes:
        word: Which.
        first: In how many texts of the first set.
        second: Likewise of the second.
        ratio: Of the odds: 2.0 is twice as usual.
        low: Lower end of its 95 % interval.
        high: Upper end.
        z: Log-odds over its standard error: the order of importance.
        q: Chance that it is none, corrected for how many words were looked at (Benjamini and Hochberg).
    """

    word: str
    first: int
    second: int
    ratio: float
    low: float
    high: float
    z: float
    q: float


def distinctions(first: Mapping[str, int], second: Mapping[str, int]) -> list[Distinction]:
    """Return all words of two sets, the one most typical of the first set first.

    Example:
        >>> found = distinctions({"fee": 400, "app": 600}, {"fee": 100, "app": 1900})
        >>> found[0].word, round(found[0].ratio, 1), found[0].q < 0.001
        ('fee', 6.0, True)
    """
    both = {word: first.get(word, 0) + second.get(word, 0) for word in {*first, *second}}
    total, its_total, other_total = sum(both.values()), sum(first.values()), sum(second.values())
    if not its_total or not other_total or len(both) < 2:  # noqa: PLR2004 - one word alone differs from nothing
        return []
    strength = min(_PRIOR_WORDS, total)
    rows = []
    for word, count in both.items():
        prior = strength * count / total
        its, other = first.get(word, 0) + prior, second.get(word, 0) + prior
        its_rest, other_rest = its_total + strength - its, other_total + strength - other
        delta = log(its / its_rest) - log(other / other_rest)
        rows.append((word, delta, sqrt(1 / its + 1 / other)))
    q_values = false_discovery([normal_p(delta / error) for _, delta, error in rows])
    found = [
        Distinction(
            word, first.get(word, 0), second.get(word, 0),
            exp(delta), exp(delta - Z * error), exp(delta + Z * error), delta / error, q if q is not None else 1.0,
        )
        for (word, delta, error), q in zip(rows, q_values, strict=True)
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-one.z, one.word))
