"""Languages: the words of the pages, and numbers and dates as the reader writes them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

CODES = ("en", "sv", "da", "nb", "fi")
"""The languages of the interface; the first is used where the reader asks for none of them."""
NAMES: Mapping[str, str] = {"en": "English", "sv": "Svenska", "da": "Dansk", "nb": "Norsk", "fi": "Suomi"}
_FOLDER = Path(__file__).parent / "strings"
_SAME = {"no": "nb", "nn": "nb"}
_WIDE = "\u00a0"
_MINUS = "\u2212"
_GROUPS: Mapping[str, tuple[str, str]] = {
    "en": (",", "."),
    "sv": (_WIDE, ","),
    "da": (".", ","),
    "nb": (_WIDE, ","),
    "fi": (_WIDE, ","),
}
"""What stands between thousands, and before decimals (CLDR)."""
_DATES: Mapping[str, str] = {
    "en": "{day} {month} {year}",
    "sv": "{day} {month} {year}",
    "da": "{day}. {month} {year}",
    "nb": "{day}. {month} {year}",
    "fi": "{day}. {month} {year}",
}
_DECIMALS: Mapping[str, int] = {
    "mentions": 0,
    "interactions": 0,
    "points": 1,
    "index": 1,
    "share": 1,
    "hours": 1,
    "probability": 3,
}


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the interface.

    Attributes:
        code: One of `CODES`.
        strings: The words of the pages by name.
    """

    code: str
    strings: Mapping[str, str]

    def say(self, name: str, /, **values: object) -> str:
        """Return the words of this name, with values put in; a name without words is said as it stands."""
        text = self.strings.get(name)
        if text is None:
            return name.rpartition(".")[2].replace("_", " ")
        return text.format(**values) if values else text

    def all_of(self, beginning: str) -> Mapping[str, str]:
        """Return all words whose names begin so, by the rest of their names."""
        return {name.removeprefix(beginning): text for name, text in self.strings.items() if name.startswith(beginning)}

    def number(self, value: float | None, unit: str = "mentions", *, is_signed: bool = False) -> str:
        """Return a value in its unit; "–" where there is none.

        Example:
            >>> language("sv").number(-12.34, "points"), language("en").number(0.421, "share")
            ('\u221212,3', '42.1%')
        """
        if value is None:
            return "–"
        shown = 100 * value if unit == "share" else value
        decimals = _DECIMALS.get(unit, 2)
        group, point = _GROUPS[self.code]
        digits = f"{abs(shown):,.{decimals}f}".replace(",", "\0").replace(".", point).replace("\0", group)
        is_zero = not any(digit in "123456789" for digit in digits)
        sign = "" if is_zero else _MINUS if shown < 0 else "+" if is_signed else ""
        end = "" if unit != "share" else "%" if self.code == "en" else f"{_WIDE}%"
        return f"{sign}{digits}{end}"

    def count(self, value: int) -> str:
        """Return a whole number."""
        return self.number(value, "mentions")

    def day(self, value: date) -> str:
        """Return a date.

        Example:
            >>> language("da").day(date(2026, 3, 5))
            '5. mar. 2026'
        """
        month = self.strings["months"].split("|")[value.month - 1]
        return _DATES[self.code].format(day=value.day, month=month, year=value.year)

    def instant(self, value: datetime) -> str:
        """Return a date and a time, in the zone it is given in."""
        point = "." if self.code in ("fi", "da") else ":"
        return f"{self.day(value.date())}{_WIDE}{value:%H}{point}{value:%M}"

    def period(self, start: datetime, interval: str) -> str:
        """Return the name of an interval that begins here."""
        month = self.strings["months"].split("|")[start.month - 1]
        if interval == "hour":
            return self.instant(start)
        if interval == "week":
            year, week, _ = start.isocalendar()
            return self.say("week_of", week=week, year=year)
        if interval == "month":
            return f"{month} {start.year}"
        if interval == "quarter":
            return self.say("quarter_of", quarter=(start.month + 2) // 3, year=start.year)
        return str(start.year) if interval == "year" else self.day(start.date())


@cache
def language(code: str) -> Language:
    """Return a language of the interface; `code` is one of `CODES`."""
    return Language(code, tomllib.loads((_FOLDER / f"{code}.toml").read_text(encoding="utf-8")))


def choose(chosen: str | None, accepted: str) -> Language:
    """Return the language a reader chose, else the first of the browser's list that we have.

    Args:
        chosen: A code, or None.
        accepted: The header `Accept-Language`.

    Example:
        >>> choose(None, "no,nn;q=0.9,en;q=0.8").code, choose("fi", "sv").code, choose(None, "de").code
        ('nb', 'fi', 'en')
    """
    if chosen in CODES:
        return language(chosen)
    for written in _by_weight(accepted):
        code = written.partition("-")[0]
        code = _SAME.get(code, code)
        if code in CODES:
            return language(code)
    return language(CODES[0])


def _by_weight(accepted: str) -> list[str]:
    weighed = []
    for index, part in enumerate(accepted.lower().split(",")[:20]):
        name, _, weight = part.strip().partition(";q=")
        try:
            weighed.append((-float(weight or 1), index, name.strip()))
        except ValueError:
            continue
    return [name for weight, _, name in sorted(weighed) if weight < 0]
