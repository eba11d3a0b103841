"""Receipt printers that speak ESC/POS: Epson, Star in its Epson mode, and most others.

A receipt's blocks become text in the printer's own letters, 48 or 32 to a line. What no code page
has, or what is written from right to left, is drawn as a picture.
"""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from escpos.image import EscposImage
from escpos.magicencode import Encoder
from escpos.printer import Dummy

from pos.models import Register
from pos.receipts import (
    Codes,
    Facts,
    Footer,
    Header,
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

from .base import Printer
from .pictures import picture

ESCPOS = Printer(kind="escpos", name=_("A network printer (ESC/POS)"), is_network=True)

# letters to a line and dots to a line, by the paper's width
COLUMNS = {Register.PaperWidth.MM80: 48, Register.PaperWidth.MM58: 32}
DOTS = {Register.PaperWidth.MM80: 576, Register.PaperWidth.MM58: 384}
# The code pages that practically every printer has under these numbers.
CODE_PAGES = {
    "CP437": 0,
    "CP850": 2,
    "CP858": 19,
    "CP852": 18,
    "CP866": 17,
    "CP737": 14,
    "CP857": 13,
    "CP1252": 16,
}
ENCODER = Encoder(CODE_PAGES)
BAR = 2  # dots of the thinnest bar
# Signs that only look different, so that a plain word stays text.
PLAIN = str.maketrans({"\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u2013": "-", "\u2014": "-",
                       "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"',
                       "\u2026": "...", "\u00d7": "x", "\u2212": "-"})  # fmt: skip


def print_bytes(receipt: Receipt | None, *, width: int, opens_drawer: bool = False) -> bytes:
    """What the printer is sent; without a receipt it only opens the drawer."""
    paper = Paper(width)
    if opens_drawer:
        paper.kick()
    if receipt is not None:
        for block in receipt.blocks:
            DRAW[type(block)](paper, block)
        paper.cut()
    return bytes(paper.printer.output)


def as_text(text: str) -> str:
    """The text as code pages may have it: composed, and without signs that only look different."""
    plain = unicodedata.normalize("NFC", text).translate(PLAIN)
    return "".join(sign if sign.isprintable() else "?" for sign in plain)


def is_writable(text: str) -> bool:
    """Whether the printer's own letters write it, from left to right."""
    if text.isascii():
        return True
    if any(unicodedata.bidirectional(sign) in ("R", "AL") for sign in text):
        return False
    return all(any(ENCODER.can_encode(page, sign) for page in CODE_PAGES) for sign in set(text))


def wrapped(text: str, width: int) -> list[str]:
    """Lines of at most `width` letters, broken between words where there are any."""
    lines, line = [], ""
    for word in text.split():
        while len(word) > width:
            if line:
                lines.append(line)
                line = ""
            lines.append(word[:width])
            word = word[width:]
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return [*lines, line] if line or not lines else lines


def code128(text: str) -> tuple[str, int]:
    """What a printer is sent for Code 128, and its width in bars: letters in set B, then pairs of
    digits in set C, which takes half as many. Nothing for what it cannot hold.
    """
    if not text.isascii() or not text.isprintable() or not text or "{" in text:
        return "", 0
    digits = len(text) - len(text.rstrip("0123456789"))
    digits -= digits % 2
    head, tail = text[: len(text) - digits], text[len(text) - digits :]
    pairs = [chr(int(tail[place : place + 2])) for place in range(0, digits, 2)]
    code = (f"{{B{head}" if head else "") + (f"{{C{''.join(pairs)}" if pairs else "")
    signs = len(head) + len(pairs) + bool(head) + bool(pairs) + 1  # with starts and check sign
    return code, 11 * signs + 13


class Paper:
    """One receipt on its way out."""

    def __init__(self, width: int) -> None:
        self.columns = COLUMNS.get(width, 48)  # type: ignore[call-overload]
        self.dots = DOTS.get(width, 576)  # type: ignore[call-overload]
        self.printer: Any = Dummy(magic_encode_args={"encoder": ENCODER})
        self.printer.hw("INIT")
        self.now = ("left", False, False)

    def kick(self) -> None:
        self.printer.cashdraw(2)

    def cut(self) -> None:
        self.printer.ln(1)
        self.printer.cut()

    # --- text ----------------------------------------------------------------------------

    def line(
        self, text: str, *, align: str = "left", bold: bool = False, large: bool = False
    ) -> None:
        """A paragraph."""
        plain = as_text(text)
        if not is_writable(plain):
            self.draw(text, align=align, bold=bold, large=large)
            return
        self.style(align=align, bold=bold, large=large)
        for each in wrapped(plain, self.columns // (2 if large else 1)):
            self.printer.text(f"{each}\n")
        self.style()

    def row(
        self, label: str, figure: str, *, bold: bool = False, large: bool = False, inset: int = 0
    ) -> None:
        """A label, and its figure at the right edge."""
        plain, right = as_text(label), as_text(figure)
        if not (is_writable(plain) and is_writable(right)):
            self.draw(label, figure=figure, bold=bold, large=large, inset=inset)
            return
        columns = self.columns // (2 if large else 1)
        room = columns - inset - len(right) - 1
        self.style(bold=bold, large=large)
        if room < columns // 3:  # the figure gets lines of its own
            lines = [*wrapped(plain, columns - inset), ""]
        else:
            lines = wrapped(plain, room)
        for each in lines[:-1]:
            self.printer.text(" " * inset + each + "\n")
        last = " " * inset + lines[-1]
        figures = wrapped(right, columns) if len(right) > columns - len(last) else [right]
        self.printer.text(f"{last}{figures[0].rjust(columns - len(last))}".rstrip() + "\n")
        for each in figures[1:]:
            self.printer.text(each.rjust(columns) + "\n")
        self.style()

    def columns_row(self, cells: Iterable[str], *, bold: bool = False) -> None:
        """A name and three figures."""
        first, *figures = (as_text(cell) for cell in cells)
        side = self.columns // 5
        tail = "".join(figure.rjust(max(side, len(figure) + 1)) for figure in figures)
        room = self.columns - len(tail)
        if not is_writable(first) or len(first) > room - 1:
            self.line(first, bold=bold)
            first = ""
        self.style(bold=bold)
        self.printer.text(f"{first.ljust(room)}{tail}"[: self.columns * 2] + "\n")
        self.style()

    def style(self, *, align: str = "left", bold: bool = False, large: bool = False) -> None:
        if (align, bold, large) == self.now:
            return
        self.now = (align, bold, large)
        if large:
            self.printer.set(align=align, bold=bold, double_width=True, double_height=True)
        else:
            self.printer.set(align=align, bold=bold, normal_textsize=True)

    def draw(self, text: str, **style: Any) -> None:
        self.style()
        drawn = EscposImage(picture(text, width=self.dots, **style))
        size = struct.pack("<HH", drawn.width_bytes, drawn.height)
        self.printer._raw(b"\x1dv0\x00" + size + drawn.to_raster_format())

    # --- blocks --------------------------------------------------------------------------

    def header(self, block: Header) -> None:
        self.line(block.name, align="center", bold=True, large=True)
        for line in block.lines:
            self.line(line, align="center")

    def marker(self, block: Marker) -> None:
        self.line(f"*** {block.text} ***", align="center", bold=True)

    def rule(self, _block: Rule | None = None) -> None:
        self.printer.text("-" * self.columns + "\n")

    def facts(self, block: Facts) -> None:
        for label, text in block.rows:
            self.row(label, text)

    def items(self, block: Items) -> None:
        for item in block.items:
            self.line(item.name, bold=True)
            if item.detail or item.amount:
                self.row(item.detail, item.amount)
            if item.discount:
                self.row(item.discount.label, item.discount.amount, inset=2)
            if item.note:
                self.line(item.note)

    def sums(self, block: Sums) -> None:
        for row in block.rows:
            self.row(row.label, row.amount)

    def total(self, block: Total) -> None:
        self.rule()
        self.row(block.row.label, block.row.amount, bold=True, large=True)
        self.rule()

    def payments(self, block: Payments) -> None:
        for row in block.rows:
            self.row(row.label, row.amount)
        for row in block.results:
            self.row(row.label, row.amount, bold=True)

    def taxes(self, block: TaxTable) -> None:
        self.columns_row(block.headings, bold=True)
        for row in block.rows:
            self.columns_row(row)

    def words(self, block: Text) -> None:
        self.line(block.title, bold=True)
        for line in block.lines:
            self.line(line)

    def codes(self, block: Codes) -> None:
        self.printer.ln(1)
        self.style(align="center")
        code, modules = code128(block.value)
        if code and modules * BAR <= self.dots:
            self.bars(code)
        self.style(align="center")
        self.printer.qr(block.qr, size=5 if len(block.qr) > 40 else 6, native=True)
        self.line(block.value, align="center")

    def bars(self, code: str) -> None:
        """Height, width of a bar, no text below, Code 128. The package's own says so on stdout."""
        content = code.encode("ascii")
        head = bytes((0x1D, 0x68, 64, 0x1D, 0x77, BAR, 0x1D, 0x48, 0, 0x1D, 0x6B, 73))
        self.printer._raw(head + bytes((len(content),)) + content)

    def footer(self, block: Footer) -> None:
        for line in block.lines:
            self.line(line, align="center")


DRAW: dict[type, Callable[[Any, Any], None]] = {
    Header: Paper.header,
    Marker: Paper.marker,
    Rule: Paper.rule,
    Facts: Paper.facts,
    Items: Paper.items,
    Sums: Paper.sums,
    Total: Paper.total,
    Payments: Paper.payments,
    TaxTable: Paper.taxes,
    Text: Paper.words,
    Codes: Paper.codes,
    Footer: Paper.footer,
}
