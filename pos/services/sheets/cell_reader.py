"""What a cell says, as a value of its column's kind. A cell is understood exactly, or refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from pos import money
from pos.money import AmountError
from pos.text import has_unseen_signs

from ..catalog import CHECKED_LENGTHS, barcode_problem, check_digit
from .amounts import DecimalSign, UnclearAmount, plain_amount, plain_number
from .cells import Cell, UnusableCell
from .columns import ColumnSpec, plain_name
from .dates import UnclearDate, parse_date

Value = str | Decimal | date | bool | list[tuple[str, ...]] | object
_ROUNDED = re.compile(r"[0-9](?:[.,][0-9]+)?E\+?[0-9]+", re.IGNORECASE)
_NUMBER = re.compile(r"-?[0-9.,][0-9.,\s\u00a0\u2007\u2009\u202f'’]*")
_ONE_MARK = re.compile(r"[0-9]+[.,][0-9]+")
_EXACT_DIGITS = 15
_MOST_LOST_ZEROS = 2
MAX_CATEGORY_DEPTH = 6
MAX_CATEGORY_NAME = 100


class CellError(ValueError):
    """A cell that cannot be used; `str(error)` says why, to the person who wrote it."""


class CellReader:
    """Reads cells for a currency of so many decimals.

    `sign` parts the decimals in texts of this file; without one, only what leaves no doubt is read.
    """

    def __init__(
        self, decimals: int, *, sign: DecimalSign = "", currency: str | None = None
    ) -> None:
        self.decimals = decimals
        self.sign = sign
        self.currency = currency or settings.POS_CURRENCY
        self._readers: dict[str, Callable[[ColumnSpec, Cell], Value]] = {
            "text": self._text,
            "code": self._code,
            "barcode": self._barcodes,
            "money": self._money,
            "quantity": self._quantity,
            "percent": self._percent,
            "date": self._date,
            "choice": self._choice,
            "categories": self._categories,
            "bool": self._bool,
        }

    def read(self, spec: ColumnSpec, cell: Cell) -> Value | None:
        """None for an empty cell. Raises CellError.

        text, code: str. barcode: str, several joined by “|”. money, quantity, percent: Decimal.
        date: date, or datetime where the cell has a time of day. choice: the choice's value.
        categories: list of paths, each the names from above to below. bool: bool.
        """
        if cell is None:
            return None
        if isinstance(cell, UnusableCell):
            raise CellError(cell.reason)
        if isinstance(cell, str):
            cell = cell.strip()
            if not cell:
                return None
            self._check_signs(spec, cell)
        return self._readers[spec.kind](spec, cell)

    def text(self, spec: ColumnSpec, cell: Cell) -> str:
        """The cell as the person sees it, "" when it is empty. Raises CellError."""
        if isinstance(cell, UnusableCell):
            raise CellError(cell.reason)
        if isinstance(cell, str):
            cell = cell.strip()
            self._check_signs(spec, cell)
        if cell is None or cell == "":
            return ""
        return self._code(spec, cell) if spec.kind == "code" else self._text(spec, cell)

    def _check_signs(self, spec: ColumnSpec, text: str) -> None:
        if text.isprintable():
            return
        is_code = spec.kind in ("code", "barcode")
        if is_code or has_unseen_signs(text, lines=spec.lines):
            raise CellError(_("This cell holds invisible characters. Type it anew."))

    def _text(self, spec: ColumnSpec, cell: Cell) -> str:
        if isinstance(cell, str):
            return cell
        if isinstance(cell, bool | date):
            raise CellError(
                _("The spreadsheet made something else of this text. Format the column as text.")
            )
        return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)

    def _code(self, spec: ColumnSpec, cell: Cell) -> str:
        if isinstance(cell, str):
            _check_rounded(cell)
            return cell
        if isinstance(cell, Decimal) or (isinstance(cell, int) and abs(cell) >= 10**_EXACT_DIGITS):
            raise _rounded()
        return self._text(spec, cell)

    def _barcodes(self, spec: ColumnSpec, cell: Cell) -> str:
        codes = self._code(spec, cell).replace("|", " ").split()
        for code in codes:
            check_barcode(code, was_number=isinstance(cell, int))
        return "|".join(codes)

    def _money(self, spec: ColumnSpec, cell: Cell) -> Decimal:
        text = self._plain(
            cell, lambda text: plain_amount(text, currency=self.currency, sign=self.sign)
        )
        return _amount(lambda: money.parse_amount(text, decimals=self.decimals))

    def _quantity(self, spec: ColumnSpec, cell: Cell) -> Decimal:
        text = self._plain(cell, self._plain_number)
        return _amount(lambda: money.parse_quantity(text, minimum=money.ZERO))

    def _percent(self, spec: ColumnSpec, cell: Cell) -> Decimal:
        bare = cell.removesuffix("%").rstrip() if isinstance(cell, str) else cell
        # A percentage has no thousands: its one comma or point is for decimals.
        if isinstance(bare, str) and _ONE_MARK.fullmatch(bare):
            bare = bare.replace(",", ".")
        else:
            bare = self._plain(bare, self._plain_number)
        return _amount(lambda: money.parse_percent(bare, decimals=3))

    def _plain_number(self, text: str) -> str:
        if not _NUMBER.fullmatch(text):
            return text
        minus = "-" if text.startswith("-") else ""
        return minus + plain_number(text.removeprefix("-"), sign=self.sign)

    def _plain(self, cell: Cell, plain: Callable[[str], str]) -> Cell:
        if isinstance(cell, bool | date):
            raise CellError(_("The spreadsheet made something else of this number. Type it anew."))
        if not isinstance(cell, str):
            return cell
        try:
            return plain(cell)
        except UnclearAmount as error:
            raise CellError(error) from error

    def _date(self, spec: ColumnSpec, cell: Cell) -> date:
        if isinstance(cell, datetime):
            return cell if cell.time() != time() else cell.date()
        if isinstance(cell, date):
            return cell
        try:
            return parse_date(cell if isinstance(cell, str) else "")
        except UnclearDate as error:
            raise CellError(error) from error

    def _choice(self, spec: ColumnSpec, cell: Cell) -> object:
        asked = plain_name(str(cell))
        with override("en"):
            english = [str(label) for _value, label in spec.choices]
        for (value, label), other in zip(spec.choices, english, strict=True):
            if asked in (plain_name(str(value)), plain_name(str(label)), plain_name(other)):
                return value
        labels = ", ".join(str(label) for _value, label in spec.choices)
        raise CellError(_("Write one of: %(choices)s.") % {"choices": labels})

    def _categories(self, spec: ColumnSpec, cell: Cell) -> list[tuple[str, ...]]:
        return category_paths(self._text(spec, cell))

    def _bool(self, spec: ColumnSpec, cell: Cell) -> bool:
        if isinstance(cell, bool):
            return cell
        asked = plain_name(str(cell))
        if asked in _YES or asked == plain_name(_("Yes")):
            return True
        if asked in _NO or asked == plain_name(_("No")):
            return False
        raise CellError(_("Write “yes” or “no”."))


_YES = frozenset("yes y true 1 x on ja j wahr oui o vrai si s verdadero".split())
_NO = frozenset("no n false 0 off nein falsch non faux falso".split())


def category_paths(text: str) -> list[tuple[str, ...]]:
    """“Above|Below; Another” as paths of names. Raises CellError."""
    paths: list[tuple[str, ...]] = []
    for path in filter(None, (part.strip() for part in text.split(";"))):
        names = tuple(name.strip() for name in path.split("|"))
        if not all(names):
            raise CellError(_("A category has no name: “Above|Below; Another”."))
        if len(names) > MAX_CATEGORY_DEPTH:
            message = _("Categories lie at most %(limit)s deep.")
            raise CellError(message % {"limit": MAX_CATEGORY_DEPTH})
        if max(map(len, names)) > MAX_CATEGORY_NAME:
            message = _("A category's name has at most %(limit)s characters.")
            raise CellError(message % {"limit": MAX_CATEGORY_NAME})
        if names not in paths:
            paths.append(names)
    return paths


def check_barcode(code: str, *, was_number: bool = False) -> None:
    """Raises CellError for what cannot be a barcode; for zeros that a number cell has lost, too."""
    _check_rounded(code)
    problem = barcode_problem(code)
    if not problem and was_number and _has_lost_zeros(code):
        problem = _(
            "Zeros at the start are missing: the spreadsheet took this for a number. "
            "Format the column as text and type it anew."
        )
    if problem:
        raise CellError(problem)


def _check_rounded(code: str) -> None:
    if _ROUNDED.fullmatch(code) and ("+" in code or "." in code or "," in code):
        raise _rounded()


def _rounded() -> CellError:
    return CellError(
        _(
            "The spreadsheet has rounded this number, its last digits are lost. "
            "Format the column as text and type it anew."
        )
    )


def _has_lost_zeros(code: str) -> bool:
    """Whether a number cell would be a sound barcode, had it one or two zeros before it."""
    if len(code) in CHECKED_LENGTHS or not code.isdigit():
        return False
    padded = next(
        (
            "0" * zeros + code
            for zeros in range(1, _MOST_LOST_ZEROS + 1)
            if len(code) + zeros in CHECKED_LENGTHS
        ),
        "",
    )
    return bool(padded) and check_digit(padded[:-1]) == padded[-1]


def _amount(parse: Callable[[], Decimal]) -> Decimal:
    try:
        return parse()
    except AmountError as error:
        raise CellError(error) from error
