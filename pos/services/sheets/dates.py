"""Dates as people write them. Day and month are never guessed."""

from __future__ import annotations

import re
from datetime import date, datetime, time

from django.utils.translation import gettext as _

_YEAR_FIRST = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_DAY_FIRST = re.compile(r"([0-9]{1,2})\.\s?([0-9]{1,2})\.\s?([0-9]{4})")
_EITHER = re.compile(r"([0-9]{1,2})([/-])([0-9]{1,2})\2([0-9]{4})")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_TIME = re.compile(
    r"(?P<day>\S.*?)[T\s]\s*(?P<time>[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)"
)


class UnclearDate(ValueError):
    """A text that is no date, or more than one; `str(error)` is for the person who wrote it."""


def parse_date(text: str) -> date:
    """2026-05-31, 31.05.2026, 31/05/2026; with a time of day a datetime. Raises UnclearDate."""
    timed = _TIME.fullmatch(text)
    day = _day(timed["day"] if timed else text)
    if not timed:
        return day
    try:
        clock = time.fromisoformat(
            timed["time"].rjust(5, "0") if timed["time"][1] == ":" else timed["time"]
        )
    except ValueError as error:
        raise _no_date() from error
    return datetime.combine(day, clock) if clock != time() else day


def _day(text: str) -> date:
    if found := _YEAR_FIRST.fullmatch(text):
        return _date(found[1], found[3], found[4])
    if found := _DAY_FIRST.fullmatch(text):
        return _date(found[3], found[2], found[1])
    if found := _COMPACT.fullmatch(text):
        return _date(found[1], found[2], found[3])
    if found := _EITHER.fullmatch(text):
        return _either(found[1], found[3], found[4])
    raise _no_date()


def _either(first: str, second: str, year: str) -> date:
    if int(first) > 12:
        return _date(year, second, first)
    if int(second) > 12 or int(first) == int(second):
        return _date(year, first, second)
    readings = (_date(year, second, first), _date(year, first, second))
    message = _("This may be %(one)s or %(other)s. Write it as %(one)s.")
    raise UnclearDate(message % {"one": readings[0].isoformat(), "other": readings[1].isoformat()})


def _date(year: str, month: str, day: str) -> date:
    try:
        return date(int(year), int(month), int(day))
    except ValueError as error:
        raise _no_date() from error


def _no_date() -> UnclearDate:
    return UnclearDate(_("This is no date. Write it as 2026-12-31."))
