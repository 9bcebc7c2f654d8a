"""Card: the model card, as a page made of a scorecard's JSON, so that its figures are never written by hand."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from textcx.evaluation.data_sets import DATA_SETS
from textcx.evaluation.scorecard import ALL_LANGUAGES, LOWEST
from textcx.evaluation.tasks import TASKS
from textcx.words import LANGUAGES

_THIN_N = 30
"""A label with fewer texts is shown with its figure, but nothing is claimed of it."""
_GOOD_F1 = 0.75
_BAD_F1 = 0.5
_NAMES = {
    "sv": "Swedish",
    "da": "Danish",
    "nb": "Norwegian Bokmål",
    "nn": "Norwegian Nynorsk",
    "fi": "Finnish",
    "en": "English",
}
_INTRODUCTION = """# Model card

Made by `textcx evaluate --data DIR --weights full --weights open --challenge FILE --card MODEL_CARD.md`; nobody edits
it, and anybody who has the public data sets can make it again. `textcx evaluate FILE` gives the same figures on
labelled texts of your own, which say more about your customers than any of these.

The figures are those of the part `{part}` of the sets, on texts that the weights did not learn from; thresholds,
and terms of touchpoints, were chosen on them, so texts that nobody has looked at may come out lower. Scored: {models}.

## What it is for

Reading what customers write about a company, in Swedish, Danish, Norwegian, Finnish and English, by the thousand:
shares, trends and comparisons of sentiment, emotions, signals and touchpoints, each with the words it rests on, so that
people can look at them.

## What it must not be used for

- Decisions about a single person: a customer's standing, credit, insurance or employment, or what a named employee is
  worth.
- Telling feelings, health, politics or any other quality of a person from what they write.
- Replacing the reading of complaints that the law asks a company to answer.
- Languages other than the six: these get no judgement, and none should be forced.
- Comparing groups of writers by dialect, age or origin: no figure here says that it errs alike for all of them.

The intervals of the measures cover sampling, not the errors below. A difference between two brands or months that is
smaller than these errors can come of them, where texts differ in kind.
"""


def render(scorecard: Mapping[str, Any]) -> str:
    """Return the page of a scorecard, in Markdown."""
    scores = scorecard["scores"]
    parts = [
        _INTRODUCTION.format(part=scorecard["part"], models=_models(scorecard["models"])),
        "## Figures\n",
        _figures(scores),
        _calibration(scorecard),
        _missing(scores),
        "## By language\n",
        _languages(scores),
        *_strengths(scores),
        _challenge(scorecard.get("challenge") or {}),
        "## What it was trained on\n",
        _sources(),
    ]
    return "\n".join(part.rstrip("\n") + "\n" for part in parts if part)


def _models(versions: Mapping[str, str]) -> str:
    first, *others = (f"`{name}` ({version})" for name, version in versions.items())
    return f"the weights {first}" + (f", and beside them {', '.join(others)}" if others else "")


def _figures(scores: Sequence[Mapping[str, Any]]) -> str:
    rows = [
        (
            one["task"],
            one["domain"],
            one["figure"].replace("_", "-"),
            f"{one['n']:,}",
            f"**{_two(one['value'])}** ({_two(one['low'])} to {_two(one['high'])})",
            _promise(one["must"]),
            _promise(one["aim"]),
            ", ".join(f"{name} {_two(value)}" for name, value in one["baselines"].items()) or "-",
        )
        for one in scores
        if one["language"] == ALL_LANGUAGES
    ]
    return _table(("task", "texts", "figure", "n", "value (95 %)", "promised", "aim", "others on the same texts"), rows)


def _calibration(scorecard: Mapping[str, Any]) -> str:
    error = scorecard.get("calibration_error")
    if error is None:
        return ""
    return f"Calibration error of the confidence of sentiment, mean of its six sets: {_two(error, 3)} (15 bins).\n"


def _missing(scores: Sequence[Mapping[str, Any]]) -> str:
    """Return which tasks of ours have no figure; without this line nobody would miss them."""
    scored = {one["task"] for one in scores}
    names = [task.name for task in TASKS if task.name not in scored]
    return f"Judged, but not scored here, for want of labelled texts: {', '.join(names)}.\n" if names else ""


def _languages(scores: Sequence[Mapping[str, Any]]) -> str:
    rows = [
        (
            _NAMES.get(one["language"], one["language"]),
            one["task"],
            f"{one['n']:,}",
            f"{_two(one['value'])} ({_two(one['low'])} to {_two(one['high'])})",
            "reported, not claimed" if one["language"] == "nn" else "",
        )
        for one in scores
        if one["language"] in LANGUAGES and (one["language"] == "nn" or one["n"] >= _THIN_N)
    ]
    order = {name: place for place, name in enumerate(_NAMES.values())}
    rows.sort(key=lambda row: order.get(row[0], len(order)))
    lowest = [
        f"Lowest of the five languages: {one['task']} {_two(one['value'])} ({one['domain']})."
        for one in scores
        if one["language"] == LOWEST
    ]
    return _table(("language", "task", "n", "value (95 %)", ""), rows) + "\n" + "\n".join(lowest) + "\n"


def _strengths(scores: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return what it is good and bad at by the F1 of single labels, and what is too thin to say."""
    found: dict[str, list[str]] = {"good": [], "bad": [], "thin": []}
    for one in scores:
        if one["language"] != ALL_LANGUAGES:
            continue
        for label, score in sorted(one["labels"].items(), key=lambda item: -item[1]["f1"]):
            group = "thin" if score["n"] < _THIN_N else "good" if score["f1"] >= _GOOD_F1 else None
            group = "bad" if group is None and score["f1"] < _BAD_F1 else group
            if group and one["task"] != "touchpoint-pairs":
                found[group].append(f"- {one['task']}, `{label}`: F1 {_two(score['f1'])} (n = {score['n']:,})")
    titles = {
        "good": f"## Good at\n\nLabels with an F1 of {_GOOD_F1:g} or more, of at least {_THIN_N} texts.\n",
        "bad": f"## Bad at\n\nLabels with an F1 under {_BAD_F1:g}. Look at the texts before you rely on these.\n",
        "thin": f"## Reported, not claimed\n\nFewer than {_THIN_N} texts hold the label: the figure may be chance.\n",
    }
    return [f"{titles[name]}\n" + "\n".join(lines) + "\n" for name, lines in found.items() if lines]


def _challenge(shares: Mapping[str, float]) -> str:
    if not shares:
        return ""
    rows = [(name, f"{100 * share:.0f} %") for name, share in shares.items()]
    text = "Sentences written by hand, a few for each capability in five languages (`tests/quality/challenge.jsonl`).\n"
    return f"## What language does to it\n\n{text}\n{_table(('capability', 'right'), rows)}"


def _sources() -> str:
    rows = [
        (one.name, one.languages, one.holds, one.licence, one.use, "full, open" if one.is_open else "full", one.origin)
        for one in DATA_SETS
    ]
    text = (
        "Use: A free with attribution; B not for commerce; C no licence stated; a question mark where the rights of "
        "the texts are unclear. Of sets of several licences the `open` weights hold the free rows alone. Texts of B "
        "and C are no part of textcx; what was learned from them is.\n"
    )
    return f"{text}\n{_table(('set', 'languages', 'texts', 'licence', 'use', 'weights', 'origin'), rows)}"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"


def _promise(value: float | None) -> str:
    return "-" if value is None else _two(value)


def _two(value: float, digits: int = 2) -> str:
    return f"{value:.{digits}f}".removeprefix("0")
