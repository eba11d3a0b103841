"""Rows of a CSV file as people send them: gzipped or not, comma or semicolon, with a BOM."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, cast

from django.utils.translation import gettext as _

from .errors import Invalid

MAX_CELL = 100_000
MAX_BYTES = 200_000_000
MAX_ROWS = 1_000_000  # blank ones count: a file of nothing but line ends unpacks to millions
GZIP = b"\x1f\x8b"


def csv_rows(path: Path, *, needs: tuple[str, ...] = ("code",)) -> Iterator[Mapping[str, str]]:
    """The rows by heading, one at a time. Headings are compared without capitals and blanks around.

    Raises Invalid for what is no CSV in UTF-8, lacks a heading of `needs`, names one twice,
    unpacks to more than MAX_BYTES or has more than MAX_ROWS.
    """
    with path.open("rb") as file:
        packed = file.read(2) == GZIP
        file.seek(0)
        source = cast(BinaryIO, gzip.GzipFile(fileobj=file)) if packed else file
        try:
            yield from _rows(source, needs)
        except (UnicodeDecodeError, csv.Error, EOFError, zlib.error, gzip.BadGzipFile) as error:
            message = _("This file cannot be read. Save it as CSV in UTF-8 and try again.")
            raise Invalid("unreadable_file", message) from error


def _rows(source: BinaryIO, needs: tuple[str, ...]) -> Iterator[Mapping[str, str]]:
    csv.field_size_limit(MAX_CELL)
    text = io.TextIOWrapper(source, encoding="utf-8-sig", newline="")
    first = text.readline(MAX_CELL)
    delimiter = max(",;\t", key=first.count)
    names = [name.strip().lower() for name in next(csv.reader([first], delimiter=delimiter), [])]
    _check_headings(names, needs)
    for number, cells in enumerate(csv.reader(text, delimiter=delimiter), start=1):
        if source.tell() > MAX_BYTES or number > MAX_ROWS:
            raise Invalid(
                "file_too_large", _("This file is too large. Split it and import the parts.")
            )
        if len(cells) > len(names) and any(cells[len(names) :]):
            # Too many cells: named nothing, so that the row is refused and the reader sees them.
            yield {**dict(zip(names, cells, strict=False)), "": ", ".join(cells[len(names) :])}
        else:
            yield dict(zip(names, cells, strict=False))


def _check_headings(names: list[str], needs: tuple[str, ...]) -> None:
    missing = [name for name in needs if name not in names]
    if missing:
        message = _("The first row must name the columns; “%(missing)s” is missing.")
        raise Invalid("missing_column", message % {"missing": ", ".join(missing)})
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        message = _("The column “%(name)s” stands there twice.") % {"name": twice[0]}
        raise Invalid("column_twice", message)
