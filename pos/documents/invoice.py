"""A document on A4: the head, the goods as a table over any number of pages, the sums at the right."""

from __future__ import annotations

from django.utils.translation import gettext as _

from pos.receipts import (
    Codes,
    Facts,
    Footer,
    Header,
    Item,
    Items,
    Payments,
    Receipt,
    Rule,
    Sums,
    TaxTable,
    Text,
    Total,
)

from .canvas import Canvas
from .slip import Slip

WIDTH, HEIGHT, MARGIN = 210.0, 297.0, 18.0
BOTTOM = HEIGHT - 22.0  # what stands below is the page's number
DETAIL, AMOUNT = 46.0, 28.0  # columns of the table
SUMS = 80.0  # of the column at the right
SIZE = 9.5


def draw_invoice(receipt: Receipt, *, title: str) -> bytes:
    """The A4 PDF. `title` says what it is: Invoice, Credit note."""
    invoice = Invoice(receipt, title=title)
    invoice.draw()
    invoice.number_pages()
    return invoice.bytes()


class Invoice(Slip):
    def __init__(self, receipt: Receipt, *, title: str) -> None:
        self.title = title
        self.is_in_table = False
        Canvas.__init__(
            self,
            receipt,
            width=WIDTH,
            height=HEIGHT,
            margin=MARGIN,
            size=SIZE,
            more=(title, *self._words()),
        )

    @staticmethod
    def _words() -> tuple[str, ...]:
        return (_("Item"), _("Quantity"), _("Amount"), _("Page %(page)s of %(pages)s"))

    def draw(self) -> None:
        methods = {
            Header: self.header,
            Items: self.items,
            Sums: self.sums,
            Total: self.total,
            Payments: self.payments,
            Facts: self.facts,
            TaxTable: self.taxes,
            Text: self.words,
            Codes: self.codes,
            Footer: self.footer,
            Rule: lambda _block: self.skip(3),
        }
        for block in self.receipt.blocks:
            methods.get(type(block), self.marker)(block)

    def room(self, height: float) -> None:
        """A new page where it would not fit, with the document's number and the table's head."""
        if self.y + height <= BOTTOM:
            return
        self.pdf.add_page()
        line = self.font(SIZE, grey=True)
        number = f"{self.title} {self.receipt.number}"
        self.put(number, x=MARGIN, y=MARGIN, width=self.width, line=line, align="L")
        self.skip(3)
        if self.is_in_table:
            self.table_head()

    def number_pages(self) -> None:
        """Once all pages are there."""
        pages = len(self.pdf.pages)
        for page in range(1, pages + 1):
            self.pdf.page = page
            self.pdf.font_family = ""  # or the page would be written with what it ended with
            line = self.font(8, grey=True)
            text = _("Page %(page)s of %(pages)s") % {"page": page, "pages": pages}
            width = self.width / 2
            y = HEIGHT - 14
            self.put(self.receipt.number, x=MARGIN, y=y, width=width, line=line, align="L")
            self.put(text, x=MARGIN + width, y=y, width=width, line=line, align="R")

    # --- blocks --------------------------------------------------------------------------

    def header(self, block: Header) -> None:
        line = self.font(20, bold=True)
        side = self.width * 0.4
        self.put(
            self.title, x=MARGIN + self.width - side, y=MARGIN, width=side, line=line, align="R"
        )
        line = self.font(15, bold=True)
        column = self.width - side - 6
        self.put(block.name, x=MARGIN, y=MARGIN + 1, width=column, line=line, align="L")
        self.skip(1)
        for each in block.lines:
            line = self.font(9, grey=True)
            self.room(self.height_of(each, column, line))
            line = self.font(9, grey=True)
            self.put(each, x=MARGIN, y=self.y, width=column, line=line, align="L")
        self.skip(5)

    def facts(self, block: Facts) -> None:
        """Two columns: what it is, and what it says."""
        for label, text in block.rows:
            line = self.font()
            height = max(line, self.height_of(text, self.width - 36, line))
            self.room(height)
            y = self.y
            line = self.font(grey=True)
            self.put(label, x=MARGIN, y=y, width=34, line=line, align="L")
            line = self.font()
            self.put(text, x=MARGIN + 36, y=y, width=self.width - 36, line=line, align="L")
            self.pdf.set_y(y + height)

    def items(self, block: Items) -> None:
        self.skip(2)
        self.room(20)
        self.table_head()
        self.is_in_table = True
        for item in block.items:
            self.item(item)
        self.is_in_table = False

    def table_head(self) -> None:
        line = self.font(8.5, bold=True)
        y = self.y
        name = self.width - DETAIL - AMOUNT
        self.put(_("Item"), x=MARGIN, y=y, width=name, line=line, align="L")
        self.put(_("Quantity"), x=MARGIN + name, y=y, width=DETAIL, line=line, align="R")
        self.put(_("Amount"), x=MARGIN + name + DETAIL, y=y, width=AMOUNT, line=line, align="R")
        self.pdf.set_y(y + line)
        self.pdf.set_line_width(0.4)
        self.pdf.set_draw_color(0)
        self.pdf.line(MARGIN, self.y + 0.8, MARGIN + self.width, self.y + 0.8)
        self.skip(2)

    def item(self, item: Item) -> None:
        name = self.width - DETAIL - AMOUNT
        line = self.font()
        heights = [
            self.height_of(item.name, name - 3, line),
            self.height_of(item.detail, DETAIL, line),
        ]
        more = line if item.discount else 0
        note = self.height_of(item.note, name - 3, line)
        self.room(max(*heights, line) + more + note + 2)
        line = self.font()
        y = self.y
        self.put(item.name, x=MARGIN, y=y, width=name - 3, line=line, align="L")
        self.put(item.detail, x=MARGIN + name, y=y, width=DETAIL, line=line, align="R")
        self.put(item.amount, x=MARGIN + name + DETAIL, y=y, width=AMOUNT, line=line, align="R")
        self.pdf.set_y(y + max(*heights, line))
        if item.discount:
            self.row(item.discount.label, item.discount.amount, grey=True)
        if item.note:
            self.text(item.note, grey=True)
        self.pdf.set_line_width(0.1)
        self.pdf.set_draw_color(200)
        self.pdf.line(MARGIN, self.y + 0.8, MARGIN + self.width, self.y + 0.8)
        self.skip(1.8)

    def sums(self, block: Sums) -> None:
        for each in block.rows:
            self.row(each.label, each.amount, left=self.width - SUMS)

    def total(self, block: Total) -> None:
        self.skip(1)
        self.row(block.row.label, block.row.amount, size=14, bold=True, left=self.width - SUMS)
        self.skip(1)

    def payments(self, block: Payments) -> None:
        for each in block.rows:
            self.row(each.label, each.amount, left=self.width - SUMS)
        for each in block.results:
            self.row(each.label, each.amount, bold=True, left=self.width - SUMS)

    def codes(self, block: Codes) -> None:
        side = 26.0
        self.skip(6)
        self.room(side + 6)
        y = self.y
        self.qr(block.qr, x=MARGIN, y=y, side=side)
        line = self.font(9, grey=True)
        x = MARGIN + side + 5
        width = self.width - side - 5
        text = f"{block.value}\n{_('Scan this to see the receipt.')}" if block.link else block.value
        self.put(text, x=x, y=y, width=width, line=line, align="L")
        self.pdf.set_y(y + side + 2)
