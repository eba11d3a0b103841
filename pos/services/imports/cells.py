"""From the cells of somebody's file to texts under our columns, with what is wrong in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from ..import_rows import SHOWN, RowError, is_blank
from ..sheets import Cell, CellError, CellReader, ColumnSpec
from .base import Importer, Outcome, Verdict


class RowCells:
    """Reads rows of one file. `columns`: heading → name of our column, "" for what is left out."""

    def __init__(
        self,
        headings: Sequence[str],
        columns: Mapping[str, str],
        specs: Sequence[ColumnSpec],
        reader: CellReader,
    ) -> None:
        self.reader = reader
        self.width = len(headings)
        by_name = {spec.name: spec for spec in specs}
        self.wanted = [
            (place, by_name[name])
            for place, heading in enumerate(headings)
            if (name := columns.get(heading, "")) in by_name
        ]

    def judged(self, importer: Importer, rows: Mapping[int, Sequence[Cell]]) -> list[Verdict]:
        """Verdicts by row; rows that hold nothing for us are passed over."""
        texts, errors = {}, {}
        for number, row in rows.items():
            texts[number], errors[number] = self._read(number, row)
        filled = [
            (number, cells)
            for number, cells in texts.items()
            if errors[number] or not is_blank(cells)
        ]
        verdicts = importer.judge(filled)
        for verdict in verdicts:
            if errors[verdict.number]:
                _refuse(verdict, errors[verdict.number])
        return verdicts

    def _read(self, number: int, row: Sequence[Cell]) -> tuple[dict[str, str], list[RowError]]:
        texts: dict[str, str] = {}
        errors: list[RowError] = []
        for place, spec in self.wanted:
            cell = row[place] if place < len(row) else None
            try:
                texts[spec.name] = _text(self.reader.read(spec, cell))
            except CellError as error:
                errors.append(RowError(number, spec.name, self.shown(cell)[:SHOWN], str(error)))
        if len(row) > self.width:
            extra = ", ".join(filter(None, map(self.shown, row[self.width :])))
            message = _("This row has more cells than there are headings.")
            errors.append(RowError(number, "", extra[:SHOWN], message))
        return texts, errors

    @staticmethod
    def shown(cell: Cell) -> str:
        """As people read it, and as it is read again when it comes back in a text cell."""
        if cell is None:
            return ""
        if isinstance(cell, Decimal):
            return f"{cell:f}"
        if isinstance(cell, datetime):
            return cell.isoformat(sep=" ")
        return str(cell)

    def as_sent(self, row: Sequence[Cell]) -> list[str]:
        return [self.shown(cell) for cell in row]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, list):
        return "; ".join("|".join(path) for path in value)
    return str(value)


def _refuse(verdict: Verdict, errors: list[RowError]) -> None:
    """What cannot be read comes first; that such a cell is missing needs no second word."""
    broken = {error.column for error in errors}
    verdict.errors = [*errors, *(each for each in verdict.errors if each.column not in broken)]
    verdict.outcome, verdict.changes, verdict.plan = Outcome.REFUSED, [], None
