"""One row of a product file, read and checked on its own: no look at the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, cast

from django.utils.translation import gettext as _

from pos.models import Product, TaxRate

from .sheets import Cell, CellError, CellReader, ColumnSpec
from .sheets.cell_reader import check_barcode

COLUMNS = (
    *("code", "barcode", "name", "size", "price", "quantity", "categories", "description"),
    *("cost", "tax_rate", "style", "sold_by", "reorder_point"),
)
MAX_DESCRIPTION = 10_000
MAX_BARCODES = 20
SHOWN = 80
_LIMITS = {
    name: getattr(Product._meta.get_field(name), "max_length", 0)
    for name in ("code", "name", "size", "style")
}
_KINDS = {
    "code": ColumnSpec("code", "", "code"),
    "barcode": ColumnSpec("barcode", "", "code"),  # several in a cell: each is checked by itself
    "price": ColumnSpec("price", "", "money"),
    "cost": ColumnSpec("cost", "", "money"),
    "quantity": ColumnSpec("quantity", "", "quantity"),
    "reorder_point": ColumnSpec("reorder_point", "", "quantity"),
    "tax_rate": ColumnSpec("tax_rate", "", "percent"),
    "categories": ColumnSpec("categories", "", "categories"),
    "description": ColumnSpec("description", "", lines=True),
    **{name: ColumnSpec(name, "") for name in ("name", "size", "style", "sold_by")},
}
_FIGURES = frozenset(("price", "cost", "quantity", "reorder_point"))
_SOLD_BY = {
    **dict.fromkeys(("unit", "piece", "pcs"), Product.SoldBy.UNIT),
    **dict.fromkeys(("weight", "kg"), Product.SoldBy.WEIGHT),
}


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong in one cell. `row` counts as a spreadsheet does: the heading is row 1."""

    row: int
    column: str
    value: str
    message: str


@dataclass(slots=True)
class ProductRow:
    """A row that makes sense by itself. `values` holds only the product's fields it speaks of."""

    number: int
    code: str
    values: dict[str, Any] = field(default_factory=dict)
    barcodes: list[str] = field(default_factory=list)
    categories: list[tuple[str, ...]] = field(default_factory=list)
    quantity: Decimal | None = None
    errors: list[RowError] = field(default_factory=list)

    def refuse(self, column: str, value: object, message: object) -> None:
        text = str(value)
        shown = text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
        self.errors.append(RowError(self.number, column, shown, str(message)))


def is_blank(cells: Mapping[str, Cell]) -> bool:
    """Whether a row holds nothing: spreadsheets like to end with such rows."""
    return not any(str("" if value is None else value).strip() for value in cells.values())


class RowReader:
    """Reads rows with the shop's currency and tax rates.

    Without `cells` figures are plain: digits and a point, as in our own files.
    """

    def __init__(
        self, *, decimals: int, tax_rates: Iterable[TaxRate], cells: CellReader | None = None
    ) -> None:
        self.cells = cells or CellReader(decimals, sign="plain")
        self.rates_by_name: dict[str, list[TaxRate]] = {}
        self.rates_by_percent: dict[Decimal, list[TaxRate]] = {}
        for rate in tax_rates:
            self.rates_by_name.setdefault(rate.name.casefold(), []).append(rate)
            self.rates_by_percent.setdefault(rate.percent, []).append(rate)

    def read(self, number: int, cells: Mapping[str, Cell]) -> ProductRow:
        """The row with its errors, if any, in `errors`."""
        row = ProductRow(number, "")
        known: dict[str, Cell] = {}
        for column, cell in cells.items():
            if column not in _KINDS:
                row.refuse(
                    str(column or ""), cell, _("There is no such column. Remove it or rename it.")
                )
                continue
            try:
                known[column] = self._cell(column, cell)
            except CellError as error:
                row.refuse(column, _shown(cell), error)
        texts = {column: cell for column, cell in known.items() if isinstance(cell, str)}
        self._codes(row, texts, was_number=isinstance(cells.get("barcode"), int))
        self._texts(row, texts)
        self._figures(row, known)
        self._choices(row, texts)
        self._categories(row, texts.get("categories", ""))
        return row

    def _cell(self, column: str, cell: Cell) -> Cell:
        """The cell as text, or as the number it is; "" when it is empty. Raises CellError."""
        if column in _FIGURES and not isinstance(cell, str):
            return "" if cell is None else cell
        spec = _KINDS[column]
        return self.cells.text(spec, cell)

    def _codes(self, row: ProductRow, texts: Mapping[str, str], *, was_number: bool) -> None:
        row.code = texts.get("code", "")
        if not row.code and not any(error.column == "code" for error in row.errors):
            row.refuse("code", "", _("Every row needs a code."))
        self._limit(row, "code", row.code)
        codes = texts.get("barcode", "").replace("|", " ").split()
        if len(codes) > MAX_BARCODES:
            message = _("A product has at most %(limit)s barcodes here.") % {"limit": MAX_BARCODES}
            row.refuse("barcode", texts["barcode"], message)
            return
        for code in codes:
            try:
                check_barcode(code, was_number=was_number)
            except CellError as error:
                row.refuse("barcode", code, error)
                continue
            if code in row.barcodes:
                row.refuse("barcode", code, _("This barcode stands here twice."))
            else:
                row.barcodes.append(code)

    def _limit(self, row: ProductRow, column: str, text: str) -> None:
        limit = _LIMITS[column]
        if limit and len(text) > limit:
            message = _("Use at most %(limit)s characters; this has %(length)s.")
            row.refuse(column, text, message % {"limit": limit, "length": len(text)})

    def _texts(self, row: ProductRow, texts: Mapping[str, str]) -> None:
        for column in ("name", "size", "style"):
            if column in texts:
                self._limit(row, column, texts[column])
                row.values[column] = texts[column]
        if "description" in texts:
            row.values["description"] = texts["description"]
            if len(texts["description"]) > MAX_DESCRIPTION:
                message = _("Use at most %(limit)s characters.") % {"limit": MAX_DESCRIPTION}
                row.refuse("description", texts["description"], message)
        if "name" in texts and not texts["name"]:
            row.refuse("name", "", _("A product needs a name."))

    def _figures(self, row: ProductRow, cells: Mapping[str, Cell]) -> None:
        """An empty price is an error; other empty figures leave what is there."""
        for column in ("price", "cost", "reorder_point", "quantity"):
            cell = cells.get(column, "")
            if cell == "":
                if column == "price" and "price" in cells:
                    row.refuse(column, "", _("Enter a number."))
                continue
            try:
                row.values[column] = self.cells.read(_KINDS[column], cell)
            except CellError as error:
                row.refuse(column, cell, error)
        row.quantity = row.values.pop("quantity", None)

    def _choices(self, row: ProductRow, texts: Mapping[str, str]) -> None:
        sold_by = texts.get("sold_by", "").casefold()
        if sold_by:
            if sold_by in _SOLD_BY:
                row.values["sold_by"] = _SOLD_BY[sold_by]
            else:
                row.refuse("sold_by", texts["sold_by"], _("Write “unit” or “weight”."))
        rate = texts.get("tax_rate", "")
        if rate:
            self._tax_rate(row, rate)

    def _tax_rate(self, row: ProductRow, text: str) -> None:
        found = self.rates_by_name.get(text.casefold(), [])
        if not found:
            with suppress(CellError):
                percent = self.cells.read(_KINDS["tax_rate"], text)
                found = self.rates_by_percent.get(cast(Decimal, percent), [])
        if len(found) == 1:
            row.values["tax_rate_id"] = found[0].pk
        elif found:
            row.refuse(
                "tax_rate", text, _("Several tax rates are like this: write the name of one.")
            )
        else:
            row.refuse(
                "tax_rate", text, _("There is no such tax rate. Add it first, then import again.")
            )

    def _categories(self, row: ProductRow, text: str) -> None:
        if not text:
            return
        try:
            paths = self.cells.read(_KINDS["categories"], text)
        except CellError as error:
            row.refuse("categories", text, error)
        else:
            row.categories = cast(list[tuple[str, ...]], paths)


def _shown(cell: Cell) -> str:
    return str(cell or "").encode("ascii", "backslashreplace").decode()
