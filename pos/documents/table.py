"""A table on A4: heads on every page, lying where the columns are many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from fpdf import FPDF

from .fonts import BOLD, REGULAR, drawable, fallbacks_for

MARGIN = 12.0  # millimetres, as everything here
A4 = (210.0, 297.0)
ROW, FURTHER, SIZE = 5.4, 3.6, 8.5  # height of a row, of its further lines; its letters in points
PADDING = 1.4
WIDEST, LEAST = 70.0, 22.0  # of a column of words
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
        _room(paper, table, widths, size, row)
        paper.write_as(size)
        _draw_row(paper, row, table.rights, widths, shaded=place % 2 == 1)
    if table.totals is not None:
        _room(paper, table, widths, size, table.totals)
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
    """Of the columns, and the size of the letters: figures are never cut, words make room."""
    paper.write_as(SIZE, bold=True)
    room = paper.w - 2 * MARGIN
    rows = [*table.rows, *([table.totals] if table.totals else [])]
    figures, words = {}, {}
    for place, is_right in enumerate(table.rights):
        seen = rows if is_right else rows[:MEASURED]
        texts = {line for row in seen for line in row[place].split("\n")}
        texts |= set(table.heads[place].split()) if is_right else {table.heads[place]}
        widest = max((paper.get_string_width(drawable(text)) for text in texts), default=0)
        if is_right:
            figures[place] = widest + 2 * PADDING + 0.4
        else:
            words[place] = min(widest, WIDEST) + 2 * PADDING + 0.4
    least = sum(min(width, LEAST) for width in words.values())
    scale = min(1.0, (room - least) / sum(figures.values())) if figures else 1.0
    figures = {place: width * scale for place, width in figures.items()}
    left, wanted = room - sum(figures.values()), sum(words.values())
    if left < wanted:
        words = {place: width * left / wanted for place, width in words.items()}
        left = wanted = 0
    # What nobody needs is shared by all.
    spare = (left - wanted) / len(table.heads)
    widths = figures | words
    return [widths[place] + spare for place in range(len(table.heads))], SIZE * scale


def _draw_heads(paper: Paper, table: Table, widths: list[float], size: float) -> None:
    paper.write_as(size, bold=True)
    heads = [
        "\n".join(_broken(paper, drawable(head), width - 2 * PADDING))
        for head, width in zip(table.heads, widths, strict=True)
    ]
    _draw_row(paper, heads, table.rights, widths)
    paper.set_draw_color(0)
    paper.line(MARGIN, paper.y, paper.w - MARGIN, paper.y)


def _broken(paper: Paper, text: str, width: float) -> list[str]:
    """A heading's words on as many lines as they need."""
    lines: list[str] = []
    for word in text.split():
        if lines and paper.get_string_width(f"{lines[-1]} {word}") <= width + 0.01:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _room(paper: Paper, table: Table, widths: list[float], size: float, row: Sequence[str]) -> None:
    if paper.y + _height(row) > paper.h - MARGIN:
        paper.add_page()
        _draw_heads(paper, table, widths, size)


def _height(row: Sequence[str]) -> float:
    lines = max((text.count("\n") for text in row), default=0)
    return ROW + lines * FURTHER


def _draw_row(
    paper: Paper,
    row: Sequence[str],
    rights: Sequence[bool],
    widths: list[float],
    *,
    shaded: bool = False,
) -> None:
    """Each text may have several lines."""
    top, height, x = paper.y, _height(row), MARGIN
    if shaded:
        paper.set_fill_color(SHADE)
        paper.rect(MARGIN, top, sum(widths), height, style="F")
    for text, is_right, width in zip(row, rights, widths, strict=True):
        for place, line in enumerate(text.split("\n")):
            shown = drawable(line) if is_right else _cut(paper, drawable(line), width - 2 * PADDING)
            paper.set_xy(x, top + place * FURTHER)
            paper.cell(width, ROW, shown, align="R" if is_right else "L")
        x += width
    paper.set_xy(MARGIN, top + height)


def _cut(paper: Paper, text: str, width: float) -> str:
    """As much of it as fits, and three dots."""
    if paper.get_string_width(text) <= width + 0.01:
        return text
    while text and paper.get_string_width(f"{text}…") > width:
        text = text[:-1]
    return f"{text}…"
