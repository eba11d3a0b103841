"""A file whose headings are our columns' own names, as the import command takes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from django.utils.translation import gettext as _

from ..errors import Invalid
from . import cells as limits
from .cells import Cell
from .opening import open_sheet


def table_rows(path: Path, *, needs: tuple[str, ...] = ("code",)) -> Iterator[Mapping[str, Cell]]:
    """The rows by heading, one at a time. Headings are compared without capitals and blanks around.

    Text must be UTF-8: there is nobody to ask whether the accents came out right. Cells under no
    heading stand under "", joined. Raises Invalid, also for a file without a heading of `needs`.
    """
    sheet = open_sheet(path, name=path.name, most_bytes=limits.MAX_INFLATED, only_utf8=True)
    names = [heading.lower() for heading in sheet.headings]
    missing = [name for name in needs if name not in names]
    if missing:
        message = _("The first row must name the columns; “%(missing)s” is missing.")
        raise Invalid("missing_column", message % {"missing": ", ".join(missing)})
    empty: list[Cell] = [""] * len(names)
    for cells in sheet.rows():
        row = dict(zip(names, cells + empty[len(cells) :], strict=False)) if cells else {}
        extra = [*([row.pop("")] if "" in row else []), *cells[len(names) :]]
        if any(extra):
            # Named nothing, so that the row is refused and the reader sees them.
            row[""] = ", ".join(str(cell) for cell in extra if cell)
        yield row


def text_rows(path: Path, *, needs: tuple[str, ...] = ("code",)) -> Iterator[Mapping[str, str]]:
    """As `table_rows`, every cell as its text: for files whose columns name their own kinds."""
    for row in table_rows(path, needs=needs):
        yield {name: "" if cell is None else str(cell) for name, cell in row.items()}
