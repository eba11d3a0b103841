"""Lines of text as pictures of black dots, for scripts that a printer has no letters for."""

from __future__ import annotations

from functools import cache

from PIL import Image, ImageDraw, ImageFont

from pos.documents.fonts import BOLD, REGULAR, drawable, font_for

SIZE, LARGE = 26, 46  # dots
LEADING = 1.5
BASELINE = 1.08  # both in sizes: Arabic reaches further up and down than Latin
LETTER = 12  # dots of a letter of the printer's own


def picture(
    text: str,
    *,
    width: int,
    figure: str = "",
    align: str = "left",
    bold: bool = False,
    large: bool = False,
    inset: int = 0,
) -> Image.Image:
    """`text` over `width` dots, in lines; `figure` at the right edge of the last one."""
    size = LARGE if large else SIZE
    text, figure = drawable(text).replace("\n", " "), drawable(figure)
    left = inset * LETTER
    wide = _length(figure, size, bold) + LETTER if figure else 0
    is_split = wide > width * 0.66
    lines = broken(text, width - left - (0 if is_split else wide), size, bold)
    if is_split:
        lines.append("")
    height = int(size * LEADING)
    image = Image.new("1", (width, height * len(lines)), 1)
    pen = ImageDraw.Draw(image)
    for place, line in enumerate(lines):
        x = left + (int((width - left - _length(line, size, bold)) / 2) if align == "center" else 0)
        _write(pen, x, place * height, line, size, bold)
    if figure:
        x, y = width - wide + LETTER, height * (len(lines) - 1)
        _write(pen, max(x, 0), y, figure, size, bold)
    return image


def _write(pen: ImageDraw.ImageDraw, x: int, y: int, text: str, size: int, bold: bool) -> None:
    font = _font(text, size, bold)
    pen.text((x, y + int(size * BASELINE)), text, font=font, fill=0, anchor="ls")


def broken(text: str, width: int, size: int, bold: bool) -> list[str]:
    """Lines that fit, broken at spaces, or anywhere in what has none."""
    lines, line = [], ""
    for word in _pieces(text, width, size, bold):
        if line and _length(line + word, size, bold) > width:
            lines.append(line.strip())
            line = word.lstrip()
        else:
            line += word
    return [*lines, line.strip()]


def _pieces(text: str, width: int, size: int, bold: bool) -> list[str]:
    pieces: list[str] = []
    for word in text.replace(" ", " \0").split("\0"):
        if _length(word, size, bold) <= width:
            pieces.append(word)
        else:
            pieces.extend(word)
    return pieces


def _length(text: str, size: int, bold: bool) -> int:
    return int(_font(text, size, bold).getlength(text)) + 1 if text else 0


def _font(text: str, size: int, bold: bool) -> ImageFont.FreeTypeFont:
    font = font_for(text)
    return _loaded(BOLD.path if bold and font == REGULAR else font.path, size)


@cache
def _loaded(path: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size)
