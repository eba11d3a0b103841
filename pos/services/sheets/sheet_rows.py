"""Rows of one sheet, a block of its XML at a time; and the texts that its cells share."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache

from django.utils.translation import gettext_lazy as _

from . import cells as limits
from .archives import damaged
from .cells import Cell, UnusableCell, too_large, too_wide, trimmed
from .markup import Markup
from .number_formats import Style, shown

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_DIGITS = "0123456789"
_FORMULA = _("This cell holds a formula. Copy the column and paste it as values.")
_ERROR = _("This cell shows an error. Put the value there, or leave it empty.")
_TOO_LONG = _("This cell is too long.")


def _plain_text(text: str) -> str:
    """Without the escapes that stand for signs which XML cannot hold."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


class SharedTexts(Markup):
    """Texts by number, read only as far as they are asked for; kept as bytes, not as objects."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        super().__init__()
        self._reading = self.feed(blocks)
        self._bytes = bytearray()
        self._ends = array("Q", [0])
        self._pieces: list[str] = []
        self._takes = False
        self._length = 0

    def __getitem__(self, number: int) -> str:
        while number + 2 > len(self._ends):
            if next(self._reading, self) is self:
                raise damaged()
        start, end = self._ends[number], self._ends[number + 1]
        return self._bytes[start:end].decode("utf-8", "surrogatepass")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "t":
            self._takes = True
        elif name == "rPh":  # how to speak it: not part of the text
            self._takes = False
        elif name == "si":
            self._pieces.clear()
            self._length = 0

    def text(self, data: str) -> None:
        if self._takes:
            self._length += len(data)
            if self._length > limits.MAX_CELL:
                raise too_large()
            self._pieces.append(data)

    def end(self, name: str) -> None:
        if name == "t":
            self._takes = False
        elif name == "si":
            self._bytes += _plain_text("".join(self._pieces)).encode("utf-8", "surrogatepass")
            self._ends.append(len(self._bytes))
            if len(self._ends) > limits.MAX_SHARED_TEXTS:
                raise too_large()


class SheetRows(Markup):
    """`table` gives number and cells of each row that holds something; `announced` what it claims."""

    def __init__(self, texts: SharedTexts, styles: list[Style], is_1904: bool) -> None:
        super().__init__()
        self.announced = 0
        self._texts, self._styles, self._is_1904 = texts, styles, is_1904
        self._rows: list[tuple[int, list[Cell]]] = []
        self._count = self._number = self._column = 0
        self._cells: list[Cell] = []
        self._attributes: dict[str, str] = {}
        self._pieces: list[str] = []
        self._length = 0
        self._takes = self._has_formula = False

    def table(self, blocks: Iterable[bytes]) -> Iterator[tuple[int, list[Cell]]]:
        for _block in self.feed(blocks):
            yield from self._rows
            self._rows.clear()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._attributes = attributes
            self._pieces.clear()
            self._length = 0
            self._has_formula = False
            place = attributes.get("r")
            self._column = _column(place.rstrip(_DIGITS)) if place else self._column + 1
        elif name == "v" or name == "t":
            self._takes = True
        elif name == "row":
            self._start_row(attributes)
        elif name == "f":
            self._has_formula = True
        elif name == "rPh":
            self._takes = False
        elif name == "dimension":
            last = attributes.get("ref", "").rpartition(":")[2].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
            self.announced = int(last) if last.isdecimal() and len(last) < 10 else 0

    def text(self, data: str) -> None:
        if self._takes:
            self._length += len(data)
            if self._length <= limits.MAX_CELL:
                self._pieces.append(data)

    def end(self, name: str) -> None:
        if name == "c":
            if self._pieces or self._has_formula:
                self._put(self._cell())
        elif name == "v" or name == "t":
            self._takes = False
        elif name == "row":
            self._end_row()
        elif name == "sheetData":
            self.is_done = True  # nothing behind the table is needed

    def _start_row(self, attributes: dict[str, str]) -> None:
        number = attributes.get("r", "")
        last = self._number
        self._number = int(number) if number.isdecimal() and len(number) < 10 else last + 1
        self._count += 1
        self._column = -1
        self._cells = []
        if self._number <= last:
            raise damaged()
        if self._count > limits.MAX_ROWS_STORED:
            raise too_large()

    def _end_row(self) -> None:
        cells = trimmed(self._cells)
        if cells:
            # Rows far below that are only coloured do no harm.
            if self._number > limits.MAX_ROWS_XLSX + 1:
                raise too_large()
            self._rows.append((self._number, cells))

    def _put(self, cell: Cell) -> None:
        if cell is None or cell == "":
            return
        cells, column = self._cells, self._column
        gap = column - len(cells)
        if gap < 0:
            raise damaged()
        if column >= limits.MAX_COLUMNS:
            raise too_wide()
        if gap:
            cells.extend([None] * gap)
        cells.append(cell)

    def _cell(self) -> Cell:
        text = "".join(self._pieces)
        if self._has_formula:
            return UnusableCell(text, _FORMULA)
        if self._length > limits.MAX_CELL:
            return UnusableCell(text[:100], _TOO_LONG)
        kind = self._attributes.get("t", "n")
        if kind == "s":
            return self._texts[_index(text)]
        if kind == "n":
            style = self._attributes.get("s", "")
            return shown(text.strip(), self._style(style) if style else "", self._is_1904)
        return _other(kind, text)

    def _style(self, number: str) -> Style:
        found = _index(number)
        return self._styles[found] if found < len(self._styles) else ""


def _other(kind: str, text: str) -> Cell:
    if kind == "inlineStr" or kind == "str":
        return _plain_text(text)
    if kind == "b":
        return text.strip() in ("1", "true")
    if kind == "d":
        try:
            moment = datetime.fromisoformat(text.strip())
        except ValueError:
            return UnusableCell(text, _ERROR)
        return moment if "T" in text else moment.date()
    return UnusableCell(text, _ERROR)


def _index(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise damaged()
    return int(text)


@lru_cache(maxsize=1000)
def _column(letters: str) -> int:
    """A is 0, Z is 25, AA is 26."""
    if not letters.isascii() or not letters.isalpha() or len(letters) > 3:
        raise damaged()
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1
