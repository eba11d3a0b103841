"""A PDF page that text of any script is written on, from the top down. Measures are millimetres."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from django.utils.translation import get_language
from fpdf import FPDF
from segno import make_qr

from pos.receipts import Receipt

from .fonts import BOLD, REGULAR, drawable, fallbacks_for

POINT = 25.4 / 72
LEADING = 1.3  # height of a line, in sizes of its font
GREY = 110
WIDEST_FIGURE = 0.62  # of the row; a wider one gets a line of its own


def texts_of(thing: Any) -> Iterator[str]:
    """Every text in a receipt's blocks."""
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, tuple):
        for each in thing:
            yield from texts_of(each)
    elif is_dataclass(thing):
        for field in fields(thing):
            yield from texts_of(getattr(thing, field.name))


class Canvas:
    """`y` goes down; `room` is asked before anything is drawn."""

    def __init__(
        self,
        receipt: Receipt,
        *,
        width: float,
        height: float,
        margin: float,
        size: float,
        more: Iterable[str] = (),
    ) -> None:
        self.receipt, self.margin, self.size = receipt, margin, size
        self.pdf = FPDF(unit="mm", format=(width, height))
        self.pdf.set_auto_page_break(False)
        self.pdf.set_margins(margin, margin, margin)
        self.pdf.c_margin = 0
        self.pdf.set_title(drawable(receipt.number))
        self.pdf.set_creator("Tilldesk")
        self.pdf.set_lang(get_language() or "en")
        self._load_fonts([drawable(text) for text in (*texts_of(receipt), *more)])
        self.pdf.add_page()

    def _load_fonts(self, texts: list[str]) -> None:
        self.pdf.add_font("text", "", REGULAR.path)
        self.pdf.add_font("text", "B", BOLD.path)
        behind = fallbacks_for(texts)
        for font in behind:
            self.pdf.add_font(font.name, "", font.path)
        self.pdf.set_fallback_fonts([font.name for font in behind], exact_match=False)
        self.pdf.set_text_shaping(True)

    @property
    def width(self) -> float:
        """Between the margins."""
        return float(self.pdf.w) - 2 * self.margin

    @property
    def y(self) -> float:
        return float(self.pdf.y)

    def room(self, height: float) -> None:
        """Make sure that so much fits below; a kind of paper without pages never ends."""

    def skip(self, height: float) -> None:
        self.pdf.set_y(self.y + height)

    def font(self, size: float | None = None, *, bold: bool = False, grey: bool = False) -> float:
        """Write like this from now on; the height of a line."""
        size = size or self.size
        self.pdf.set_font("text", "B" if bold else "", size)
        self.pdf.set_text_color(GREY if grey else 0)
        return size * POINT * LEADING

    def height_of(self, text: str, width: float, line: float) -> float:
        text = drawable(text)
        if not text:
            return 0.0
        options: dict[str, Any] = {"dry_run": True, "output": "HEIGHT"}
        return float(self.pdf.multi_cell(width, line, text, align="L", **options))

    def put(self, text: str, *, x: float, y: float, width: float, line: float, align: str) -> None:
        """A text in a column whose left edge is `x`, broken into lines."""
        self.pdf.set_xy(x, y)
        self.pdf.multi_cell(width, line, drawable(text), align=align, new_x="LEFT", new_y="NEXT")

    def text(
        self,
        text: str,
        *,
        size: float | None = None,
        bold: bool = False,
        grey: bool = False,
        align: str = "L",
        inset: float = 0.0,
    ) -> None:
        """A paragraph over the whole width."""
        line = self.font(size, bold=bold, grey=grey)
        width = self.width - inset
        self.room(self.height_of(text, width, line))
        line = self.font(size, bold=bold, grey=grey)
        self.put(text, x=self.margin + inset, y=self.y, width=width, line=line, align=align)

    def row(
        self,
        label: str,
        figure: str,
        *,
        size: float | None = None,
        bold: bool = False,
        grey: bool = False,
        left: float = 0.0,
        right: float = 0.0,
    ) -> None:
        """A label and, at the right edge, its figure; `left` and `right` move the edges inwards."""
        line = self.font(size, bold=bold, grey=grey)
        width = self.width - left - right
        wide = self.pdf.get_string_width(drawable(figure)) + 0.5
        is_split = wide > width * WIDEST_FIGURE
        column = width if is_split else width - wide - 2
        height = self.height_of(label, column, line)
        below = self.height_of(figure, width, line) if is_split else 0
        self.room(max(height, line) + below)
        line = self.font(size, bold=bold, grey=grey)
        x, y = self.margin + left, self.y
        self.put(label, x=x, y=y, width=column, line=line, align="L")
        if is_split:
            self.put(figure, x=x, y=y + height, width=width, line=line, align="R")
        else:
            self.put(figure, x=x + width - wide, y=y, width=wide, line=line, align="R")
        self.pdf.set_y(y + max(height, line) + below)

    def rule(self, *, above: float = 1.5, below: float = 1.5, thick: float = 0.2) -> None:
        self.room(above + below)
        self.pdf.set_line_width(thick)
        self.pdf.set_draw_color(0 if thick > 0.2 else 160)
        y = self.y + above
        self.pdf.line(self.margin, y, self.pdf.w - self.margin, y)
        self.pdf.set_y(y + below)

    def box(self, text: str, *, size: float) -> None:
        """A loud word in a frame."""
        line = self.font(size, bold=True)
        height = self.height_of(text, self.width - 4, line) + 1.5
        self.room(height + 2)
        line = self.font(size, bold=True)
        y = self.y + 1.5
        self.pdf.set_line_width(0.4)
        self.pdf.set_draw_color(0)
        self.pdf.rect(self.margin, y, self.width, height)
        self.put(text, x=self.margin + 2, y=y + 0.75, width=self.width - 4, line=line, align="C")
        self.pdf.set_y(y + height + 1.5)

    def qr(self, text: str, *, x: float, y: float, side: float) -> None:
        matrix = [bytes(row) for row in make_qr(text, error="m").matrix_iter(border=0)]
        dot = side / len(matrix)
        self.pdf.set_fill_color(0)
        for down, row in enumerate(matrix):
            for across, dark in enumerate(row):
                if dark:
                    # A hair wider: between exact squares some viewers show white lines.
                    self.pdf.rect(
                        x + across * dot, y + down * dot, dot + 0.02, dot + 0.02, style="F"
                    )

    def bytes(self) -> bytes:
        return bytes(self.pdf.output())
