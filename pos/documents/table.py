"""A table on A4: heads on every page, one line a row, lying where the columns are many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from fpdf import FPDF

from .fonts import BOLD, REGULAR, drawable, fallbacks_for

MARGIN = 12.0  # millimetres, as everything here
A4 = (210.0, 297.0)
ROW, SIZE, SMALLEST = 5.4, 8.5, 5.5  # height of a row; size of its letters in points
PADDING = 1.4
WIDEST = 70.0
MEASURED = 200  # rows that say how wide a column is
LYING_FROM = 6  # columns
GREY, LINE, SHADE = 110, 205, 246


@dataclass(frozen=True)
class Table:
    """`rights`: which columns stand on the right. All text, as it is read."""

    title: str
    shop: str
    notes: Sequence[str]
    heads: Sequence[str]
    rights: Sequence[bool]
    rows: Sequence[Sequence[str]]
    totals: Sequence[str] | None = None


class Paper(FPDF):
    """Pages with the table's name and their number at the foot."""

    def __init__(self, table: Table) -> None:
        lying = len(table.heads) >= LYING_FROM
        super().__init__("landscape" if lying else "portrait", "mm", A4)
        self.table_ = table
        self.set_auto_page_break(False)
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.c_margin = PADDING
        self.set_title(drawable(table.title))
        self.set_creator("Tilldesk")
        self.set_lang(get_language() or "en")
        self.add_font("text", "", REGULAR.path)
        self.add_font("text", "B", BOLD.path)
        texts = [table.title, table.shop, *table.notes, *table.heads, *(table.totals or ())]
        behind = fallbacks_for([drawable(t) for t in (*texts, *(c for r in table.rows for c in r))])
        for font in behind:
            self.add_font(font.name, "", font.path)
        self.set_fallback_fonts([font.name for font in behind], exact_match=False)
        # Only scripts that Fira lacks need their letters joined; it costs a lot of time.
        self.set_text_shaping(bool(behind))

    def footer(self) -> None:
        self.write_as(7, grey=True)
        self.set_xy(MARGIN, self.h - MARGIN + 3)
        half = (self.w - 2 * MARGIN) / 2
        self.cell(half, 4, drawable(f"{self.table_.shop} · {self.table_.title}"))
        # fpdf2 fills in the number of pages when it is known.
        text = _("Page %(page)s of %(pages)s") % {"page": self.page_no(), "pages": "{nb}"}
        self.cell(half, 4, text, align="R")

    def write_as(self, size: float, *, bold: bool = False, grey: bool = False) -> None:
        self.font_family = ""  # or fpdf2 believes a new page knows its font
        self.set_font("text", "B" if bold else "", size)
        self.set_text_color(GREY if grey else 0)


def draw_table(table: Table) -> bytes:
    paper = Paper(table)
    paper.add_page()
    _draw_top(paper, table)
    widths, size = _widths(paper, table)
    _draw_heads(paper, table, widths, size)
    for place, row in enumerate(table.rows):
        _room(paper, table, widths, size)
        paper.write_as(size)
        _draw_row(paper, row, table.rights, widths, shaded=place % 2 == 1)
    if table.totals is not None:
        _room(paper, table, widths, size)
        paper.set_draw_color(0)
        paper.line(MARGIN, paper.y, paper.w - MARGIN, paper.y)
        paper.write_as(size, bold=True)
        _draw_row(paper, table.totals, table.rights, widths)
    return bytes(paper.output())


def _draw_top(paper: Paper, table: Table) -> None:
    paper.write_as(8, grey=True)
    paper.cell(0, 4.5, drawable(table.shop), new_x="LMARGIN", new_y="NEXT")
    paper.write_as(15, bold=True)
    paper.cell(0, 8, drawable(table.title), new_x="LMARGIN", new_y="NEXT")
    paper.write_as(8.5, grey=True)
    for note in table.notes:
        paper.multi_cell(0, 4.4, drawable(note), align="L", new_x="LMARGIN", new_y="NEXT")
    paper.set_y(paper.y + 3)


def _widths(paper: Paper, table: Table) -> tuple[list[float], float]:
    """Of the columns, and the size at which they fit; too many share what there is."""
    paper.write_as(SIZE, bold=True)
    samples = [table.heads, *([table.totals] if table.totals else []), *table.rows[:MEASURED]]
    wanted = [
        min(max(paper.get_string_width(drawable(row[place])) for row in samples), WIDEST)
        + 2 * PADDING
        + 0.4
        for place in range(len(table.heads))
    ]
    room = paper.w - 2 * MARGIN
    scale = room / sum(wanted)
    size = SIZE if scale >= 1 else max(SIZE * scale, SMALLEST)
    return [width * scale for width in wanted], size


def _draw_heads(paper: Paper, table: Table, widths: list[float], size: float) -> None:
    paper.write_as(size, bold=True)
    _draw_row(paper, table.heads, table.rights, widths)
    paper.set_draw_color(0)
    paper.line(MARGIN, paper.y, paper.w - MARGIN, paper.y)


def _room(paper: Paper, table: Table, widths: list[float], size: float) -> None:
    if paper.y + ROW > paper.h - MARGIN:
        paper.add_page()
        _draw_heads(paper, table, widths, size)


def _draw_row(
    paper: Paper,
    row: Sequence[str],
    rights: Sequence[bool],
    widths: list[float],
    *,
    shaded: bool = False,
) -> None:
    paper.set_x(MARGIN)
    paper.set_fill_color(SHADE)
    for text, is_right, width in zip(row, rights, widths, strict=True):
        shown = _cut(paper, drawable(text).replace("\n", " "), width - 2 * PADDING)
        paper.cell(width, ROW, shown, align="R" if is_right else "L", fill=shaded)
    paper.set_xy(MARGIN, paper.y + ROW)


def _cut(paper: Paper, text: str, width: float) -> str:
    """As much of it as fits, and three dots."""
    if paper.get_string_width(text) <= width + 0.01:
        return text
    while text and paper.get_string_width(f"{text}…") > width:
        text = text[:-1]
    return f"{text}…"
