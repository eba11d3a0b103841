"""What a spreadsheet gives: headings, and rows of cells as they were stored. And how much at most."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from ..errors import Invalid

MAX_UPLOAD = 20_000_000  # bytes of the file itself
MAX_INFLATED = 200_000_000  # bytes it unpacks to
MAX_PART = 100_000_000  # bytes that one part of a workbook unpacks to
MAX_RATIO = 100  # unpacked to packed; honest spreadsheets reach 5 to 30
MAX_PARTS = 5_000  # files in a workbook: a picture is one
MAX_DIRECTORY = 1_000_000  # bytes of an archive's directory
MAX_SHEETS = 100
MAX_ROWS_XLSX = 200_000
MAX_ROWS_CSV = 1_000_000  # blank ones count: a file of nothing but line ends unpacks to millions
MAX_ROWS_STORED = 1_048_576  # of a workbook, empty ones with nothing but a format among them
MAX_COLUMNS = 200
MAX_CELL = 32_767  # characters; Excel's own limit
MAX_LINE = 1_000_000  # characters of one line of text
MAX_SHARED_TEXTS = 800_000


class UnusableCell(str):
    """A cell that holds no value that may be taken; `reason` says why. The text is what stood there."""

    reason: str | Promise

    def __new__(cls, text: str, reason: str | Promise) -> UnusableCell:
        cell = super().__new__(cls, text)
        cell.reason = reason
        return cell


# Numbers of a workbook are int or Decimal, read from their digits; text of a CSV file is str.
Cell = str | int | Decimal | date | datetime | bool | None


@dataclass
class Sheet:
    """A table with headings. `rows()` may be called again: it reads the file anew each time.

    `row_count` is about how many rows there are, for progress only; `notes` are for the person who
    sent the file: what had to be assumed to read it.
    """

    kind: Literal["csv", "xlsx"]
    headings: list[str]
    row_count: int | None
    read: Callable[[], Iterator[list[Cell]]] = field(repr=False)
    notes: list[str] = field(default_factory=list)

    def rows(self) -> Iterator[list[Cell]]:
        """The cells of each row below the headings; a blank row is [].

        Empty cells at the end are left off; a row may also be longer than the headings.

        Raises Invalid where the file turns out to be damaged, or larger than it may be.
        """
        return self.read()


def too_large() -> Invalid:
    return Invalid("file_too_large", _("This file is too large. Split it and import the parts."))


def too_wide() -> Invalid:
    message = _("A sheet has at most %(limit)s columns. Delete those that are not needed.")
    return Invalid("too_many_columns", message % {"limit": MAX_COLUMNS})


def check_headings(headings: list[str]) -> None:
    """Raises Invalid when there are none, or one stands there twice."""
    if not any(headings):
        message = _("The first row must name the columns, and it is empty.")
        raise Invalid("missing_column", message)
    if len(headings) > MAX_COLUMNS:
        raise too_wide()
    seen = set()
    for heading in filter(None, headings):
        if heading.casefold() in seen:
            message = _("The column “%(name)s” stands there twice. Rename one of them.")
            raise Invalid("column_twice", message % {"name": heading[:80]})
        seen.add(heading.casefold())


def trimmed(cells: list[Cell]) -> list[Cell]:
    """The cells without empty ones at the end: [] for a row of blanks."""
    length = len(cells)
    while length and (
        cells[length - 1] is None or cells[length - 1] == "" or str(cells[length - 1]).isspace()
    ):
        length -= 1
    return cells[:length]
