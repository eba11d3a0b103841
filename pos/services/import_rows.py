"""One row of a product file, read and checked on its own: no look at the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from pos import money
from pos.models import Product, TaxRate
from pos.money import ZERO, AmountError
from pos.text import has_unseen_signs

from .catalog import barcode_problem

COLUMNS = (
    *("code", "barcode", "name", "size", "price", "quantity", "categories", "description"),
    *("cost", "tax_rate", "style", "sold_by", "reorder_point"),
)
MAX_CATEGORY_DEPTH = 6
MAX_DESCRIPTION = 10_000
MAX_BARCODES = 20
SHOWN = 80
_LIMITS = {
    name: getattr(Product._meta.get_field(name), "max_length", 0)
    for name in ("code", "name", "size", "style")
}
_CATEGORY_LIMIT = 100
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


def is_blank(cells: Mapping[str, str]) -> bool:
    """Whether a row holds nothing: spreadsheets like to end with such rows."""
    return not any(str(value or "").strip() for value in cells.values())


class RowReader:
    """Reads rows with the shop's currency and tax rates."""

    def __init__(self, *, decimals: int, tax_rates: Iterable[TaxRate]) -> None:
        self.decimals = decimals
        self.rates_by_name: dict[str, list[TaxRate]] = {}
        self.rates_by_percent: dict[Decimal, list[TaxRate]] = {}
        for rate in tax_rates:
            self.rates_by_name.setdefault(rate.name.casefold(), []).append(rate)
            self.rates_by_percent.setdefault(rate.percent, []).append(rate)

    def read(self, number: int, cells: Mapping[str, str]) -> ProductRow:
        """The row with its errors, if any, in `errors`."""
        row = ProductRow(number, "")
        texts: dict[str, str] = {}
        for column, value in cells.items():
            if column not in COLUMNS:
                row.refuse(
                    str(column or ""), value, _("There is no such column. Remove it or rename it.")
                )
                continue
            text = (value or "").strip()
            if self._is_storable(row, column, text):
                texts[column] = text
        self._codes(row, texts)
        self._texts(row, texts)
        self._figures(row, texts)
        self._choices(row, texts)
        self._categories(row, texts.get("categories", ""))
        return row

    def _is_storable(self, row: ProductRow, column: str, text: str) -> bool:
        is_code = column in ("code", "barcode")
        is_prose = column == "description"
        if has_unseen_signs(text, lines=is_prose) or (is_code and not text.isprintable()):
            shown = text.encode("ascii", "backslashreplace").decode()
            row.refuse(column, shown, _("This cell holds invisible characters. Type it anew."))
            return False
        return True

    def _codes(self, row: ProductRow, texts: Mapping[str, str]) -> None:
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
            problem = barcode_problem(code)
            if problem:
                row.refuse("barcode", code, problem)
            elif code in row.barcodes:
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

    def _figures(self, row: ProductRow, texts: Mapping[str, str]) -> None:
        """An empty price is an error; other empty figures leave what is there."""
        try:
            for column in ("price", "cost"):
                text = texts.get(column, "")
                if text or (column == "price" and "price" in texts):
                    row.values[column] = money.parse_amount(text, decimals=self.decimals)
            for column in ("reorder_point", "quantity"):
                text = texts.get(column, "")
                if text:
                    row.values[column] = money.parse_quantity(text, minimum=ZERO)
        except AmountError as error:
            row.refuse(column, text, error)
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
        found = self.rates_by_name.get(text.casefold())
        if not found:
            try:
                percent = money.parse_percent(text.removesuffix("%"), decimals=3)
            except AmountError:
                percent = None
            found = self.rates_by_percent.get(percent, []) if percent is not None else []
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
        for path in filter(None, (part.strip() for part in text.split(";"))):
            names = tuple(name.strip() for name in path.split("|"))
            if not all(names):
                row.refuse("categories", path, _("A category has no name: “Above|Below; Another”."))
            elif len(names) > MAX_CATEGORY_DEPTH:
                message = _("Categories lie at most %(limit)s deep.") % {
                    "limit": MAX_CATEGORY_DEPTH
                }
                row.refuse("categories", path, message)
            elif max(map(len, names)) > _CATEGORY_LIMIT:
                message = _("A category's name has at most %(limit)s characters.")
                row.refuse("categories", path, message % {"limit": _CATEGORY_LIMIT})
            elif names not in row.categories:
                row.categories.append(names)
