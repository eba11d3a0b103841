"""A document as a narrow slip, as long as it needs to be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pos.receipts import (
    Codes,
    Facts,
    Footer,
    Header,
    Item,
    Items,
    Marker,
    Payments,
    Receipt,
    Rule,
    Sums,
    TaxTable,
    Text,
    Total,
)

from .canvas import Canvas

LONGEST = 5000.0  # what PDF allows, in mm
MARGINS = {80: 4.0, 58: 3.0}
SIZES = {80: 9.0, 58: 8.0}


def draw_slip(receipt: Receipt, *, width: int) -> bytes:
    """The PDF; `width`: 80 or 58 mm."""
    measured = Slip(receipt, width=width, height=LONGEST)
    measured.draw()
    slip = Slip(receipt, width=width, height=min(measured.y + MARGINS[width], LONGEST))
    slip.draw()
    return slip.bytes()


class Slip(Canvas):
    def __init__(self, receipt: Receipt, *, width: int, height: float) -> None:
        super().__init__(
            receipt, width=width, height=height, margin=MARGINS[width], size=SIZES[width]
        )

    def draw(self) -> None:
        for block in self.receipt.blocks:
            DRAW[type(block)](self, block)

    def header(self, block: Header) -> None:
        self.text(block.name, size=self.size * 1.45, bold=True, align="C")
        for line in block.lines:
            self.text(line, align="C")

    def marker(self, block: Marker) -> None:
        self.box(block.text, size=self.size * 1.15)

    def across(self, _block: Rule) -> None:
        self.rule()

    def facts(self, block: Facts) -> None:
        for label, text in block.rows:
            self.row(label, text)

    def items(self, block: Items) -> None:
        for item in block.items:
            self.item(item)
            self.skip(0.8)

    def item(self, item: Item) -> None:
        self.text(item.name, bold=True)
        self.row(item.detail, item.amount)
        if item.discount:
            self.row(item.discount.label, item.discount.amount, left=3)
        if item.note:
            self.text(item.note, inset=3, grey=True)

    def sums(self, block: Sums) -> None:
        for row in block.rows:
            self.row(row.label, row.amount)

    def total(self, block: Total) -> None:
        self.rule(above=1, below=0.8, thick=0.4)
        self.row(block.row.label, block.row.amount, size=self.size * 1.5, bold=True)
        self.rule(above=0.8, below=1.2, thick=0.4)

    def payments(self, block: Payments) -> None:
        for row in block.rows:
            self.row(row.label, row.amount)
        for row in block.results:
            self.row(row.label, row.amount, size=self.size * 1.15, bold=True)

    def taxes(self, block: TaxTable) -> None:
        """A rate's name on a line of its own where four columns are too many for the paper."""
        self.columns(block.headings, bold=True)
        for row in block.rows:
            self.columns(row)

    def columns(self, cells: tuple[str, ...], *, bold: bool = False) -> None:
        first, *figures = cells
        line = self.font(self.size * 0.92, bold=bold)
        side = self.width * 0.23
        column = self.width - side * len(figures)
        height = max(line, self.height_of(first, column - 1, line))
        self.room(height)
        line = self.font(self.size * 0.92, bold=bold)
        y = self.y
        self.put(first, x=self.margin, y=y, width=column - 1, line=line, align="L")
        for place, figure in enumerate(figures):
            x = self.margin + column + place * side
            self.put(figure, x=x, y=y, width=side, line=line, align="R")
        self.pdf.set_y(y + height)

    def words(self, block: Text) -> None:
        self.skip(1.5)
        self.text(block.title, bold=True)
        for line in block.lines:
            self.text(line)

    def codes(self, block: Codes) -> None:
        side = 24.0
        self.skip(3)
        self.room(side + 8)
        y = self.y
        self.qr(block.qr, x=(self.pdf.w - side) / 2, y=y, side=side)
        self.pdf.set_y(y + side + 1.5)
        self.text(block.value, align="C")

    def footer(self, block: Footer) -> None:
        self.skip(2)
        for line in block.lines:
            self.text(line, align="C")


DRAW: dict[type, Callable[[Any, Any], None]] = {
    Header: Slip.header,
    Marker: Slip.marker,
    Rule: Slip.across,
    Facts: Slip.facts,
    Items: Slip.items,
    Sums: Slip.sums,
    Total: Slip.total,
    Payments: Slip.payments,
    TaxTable: Slip.taxes,
    Text: Slip.words,
    Codes: Slip.codes,
    Footer: Slip.footer,
}
