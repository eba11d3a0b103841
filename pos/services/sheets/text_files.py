"""CSV as people save it: UTF-8, UTF-16 or Windows-1252; comma, semicolon or tab; gzipped or not."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from django.utils.translation import gettext as _

from pos.text import as_typed

from ..errors import Invalid
from . import cells as limits
from .cells import Cell, Sheet, check_headings, too_large, too_wide, trimmed

GZIP = b"\x1f\x8b"
_BLOCK = 1 << 18
_DELIMITERS = ",;\t"
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def unreadable() -> Invalid:
    message = _("This file cannot be read. Save it as XLSX, or as CSV in UTF-8, and try again.")
    return Invalid("unreadable_file", message)


def open_text(path: Path, *, only_utf8: bool = False) -> Sheet:
    """A sheet of the CSV file. Raises Invalid for what is no text, or has no headings."""
    encoding, lines = _encoding(path)
    notes = []
    if encoding == "cp1252":
        if only_utf8:
            raise unreadable()
        notes.append(
            _("The file is not in UTF-8 and was read as Windows-1252: check accents and signs.")
        )
    with _reading(path, encoding) as text:
        first, delimiter = _first_line(text)
        headings = _headings(next(csv.reader([first], delimiter=delimiter), []))
    check_headings(headings)

    def read() -> Iterator[list[Cell]]:
        with _reading(path, encoding) as text:
            _first_line(text)
            yield from _rows(text, delimiter)

    return Sheet("csv", headings, max(lines - 1, 0), read, notes)


def _headings(cells: list[str]) -> list[str]:
    headings = [" ".join(cell.replace("\ufeff", "").split()) for cell in cells]
    while headings and not headings[-1]:
        headings.pop()
    return headings


@contextmanager
def _bytes(path: Path) -> Iterator[BinaryIO]:
    with path.open("rb") as file:
        packed = file.read(2) == GZIP
        file.seek(0)
        try:
            yield cast(BinaryIO, gzip.GzipFile(fileobj=file)) if packed else file
        except (UnicodeDecodeError, csv.Error, EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise unreadable() from error


@contextmanager
def _reading(path: Path, encoding: str) -> Iterator[io.TextIOWrapper]:
    with _bytes(path) as file:
        yield io.TextIOWrapper(file, encoding=encoding, newline="")


def _encoding(path: Path) -> tuple[str, int]:
    """How the text is written, and how many lines it has; it reads the whole file once."""
    with _bytes(path) as file:
        block = file.read(_BLOCK)
        encoding = "utf-16" if block.startswith(_UTF_16) else "utf-8-sig"
        decoder = codecs.getincrementaldecoder(encoding)()
        size = lines = 0
        while True:
            size += len(block)
            lines += block.count(b"\n") or block.count(b"\r")
            if size > limits.MAX_INFLATED:
                raise too_large()
            if encoding != "utf-16" and b"\0" in block:
                raise unreadable()
            if encoding != "cp1252":
                try:
                    decoder.decode(block, final=not block)
                except UnicodeDecodeError:
                    if encoding == "utf-16":
                        raise
                    encoding = "cp1252"
            if not block:
                return encoding, lines
            block = file.read(_BLOCK)


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    """The lines, none of which may fill the memory."""
    readline, most = text.readline, limits.MAX_LINE
    while line := readline(most):
        if len(line) == most:
            raise unreadable()
        if "\0" in line:
            raise unreadable()
        yield line


def _first_line(text: io.TextIOWrapper) -> tuple[str, str]:
    """The line of headings and the delimiter. Excel's own first line “sep=;” is no row."""
    first = next(_lines(text), "")
    hint = first.lstrip("\ufeff").strip().casefold()
    if hint.startswith("sep=") and len(hint) == 5 and hint[4] in _DELIMITERS:
        return next(_lines(text), ""), hint[4]
    outside = "".join(first.split('"')[::2])
    return first, max(_DELIMITERS, key=outside.count)


def _rows(text: io.TextIOWrapper, delimiter: str) -> Iterator[list[Cell]]:
    csv.field_size_limit(limits.MAX_CELL)  # one for the process, and the same everywhere
    most = limits.MAX_ROWS_CSV
    for number, cells in enumerate(csv.reader(_lines(text), delimiter=delimiter), start=1):
        if number > most:
            raise too_large()
        # An export of ours guards what would be a formula with an apostrophe: it comes off again.
        typed = [as_typed(cell) if cell.startswith("'") else cell for cell in cells]
        row = trimmed(cast(list[Cell], typed))
        if len(row) > limits.MAX_COLUMNS:
            raise too_wide()
        yield row
