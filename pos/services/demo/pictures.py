"""Pictures of the demo's products: flat, drawn here, the same every time.

A shape is a function that draws with a Pen in a square from -1 to 1, y downwards.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Sequence
from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
Point = tuple[float, float]
Shape = Callable[["Pen"], None]

WIDTH, HEIGHT = 480, 360
SCALE = 3  # drawn larger, then reduced: smooth edges
REACH = 124  # pixels from the centre to the edge of a shape; a tile may cut the rest off
EDGE = 300  # the square in the middle that the shape and its shadow need
WHITE: Colour = (255, 255, 255)
INK: Colour = (38, 42, 54)
PALE = 580  # red + green + blue from which a thing would vanish on its own tint


def rgb(colour: str) -> Colour:
    """#rrggbb as numbers."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """`share` 0 is the first colour, 1 the second."""
    red, green, blue = (
        round(one + (other - one) * share) for one, other in zip(first, second, strict=True)
    )
    return red, green, blue


def mirrored(half: Sequence[Point]) -> list[Point]:
    """The whole outline from its right half, top to bottom."""
    return [*half, *((-x, y) for x, y in reversed(half))]


class Pen:
    """Draws in shape coordinates. `main` is the product's colour; the others go with it."""

    def __init__(self, image: Image.Image, colour: Colour) -> None:
        self.draw = ImageDraw.Draw(image)
        self.main = colour
        self.dark = mix(colour, INK, 0.32)
        self.deep = mix(colour, INK, 0.58)
        self.light = mix(colour, WHITE, 0.35)
        self.pale = mix(colour, WHITE, 0.72)
        self.white = mix(colour, WHITE, 0.94)

    def at(self, x: float, y: float) -> Point:
        unit = REACH * SCALE
        middle = EDGE * SCALE / 2
        return middle + x * unit, middle + y * unit

    def poly(self, points: Sequence[Point], colour: Colour, soft: int = 0) -> None:
        """A filled outline; `soft` 1 takes the edge off its corners, 2 and more make it round."""
        for _ in range(2 if soft == 1 else soft):
            points = _cut_corners(points, 0.06 if soft == 1 else 9)
        self.draw.polygon([self.at(x, y) for x, y in points], fill=colour)

    def oval(self, x: float, y: float, rx: float, ry: float, colour: Colour) -> None:
        self.draw.ellipse([*self.at(x - rx, y - ry), *self.at(x + rx, y + ry)], fill=colour)

    def box(
        self, left: float, top: float, right: float, bottom: float, colour: Colour, r: float = 0.06
    ) -> None:
        corners = [*self.at(left, top), *self.at(right, bottom)]
        self.draw.rounded_rectangle(corners, radius=r * REACH * SCALE, fill=colour)

    def line(self, points: Sequence[Point], colour: Colour, width: float = 0.05) -> None:
        """A stroke with round ends and joints."""
        thick = width * REACH * SCALE
        placed = [self.at(x, y) for x, y in points]
        self.draw.line(placed, fill=colour, width=round(thick), joint="curve")
        for x, y in (placed[0], placed[-1]):
            half = thick / 2
            self.draw.ellipse([x - half, y - half, x + half, y + half], fill=colour)

    def curve(self, points: Sequence[Point], colour: Colour, width: float = 0.05) -> None:
        """A stroke through softened corners."""
        ends = points[0], points[-1]
        for _ in range(4):
            points = [ends[0], *_cut_corners(points)[1:-2], ends[1]]
        self.line(points, colour, width)

    def arc(
        self, x: float, y: float, rx: float, ry: float, angles: tuple[float, float], colour: Colour,
        width: float = 0.05,
    ) -> None:  # fmt: skip
        """Part of an oval's edge, from angle to angle, clockwise from the right."""
        corners = [*self.at(x - rx, y - ry), *self.at(x + rx, y + ry)]
        self.draw.arc(corners, *angles, fill=colour, width=round(width * REACH * SCALE))


def _cut_corners(points: Sequence[Point], most: float = 9) -> list[Point]:
    """Every corner becomes two, a quarter of the edge away from it and at most `most`."""
    cut: list[Point] = []
    for place, (x, y) in enumerate(points):
        next_x, next_y = points[(place + 1) % len(points)]
        length = math.hypot(next_x - x, next_y - y) or 1
        share = min(0.25, most / length)
        cut.append((x + (next_x - x) * share, y + (next_y - y) * share))
        cut.append((next_x + (x - next_x) * share, next_y + (y - next_y) * share))
    return cut


@lru_cache(maxsize=1)
def _light() -> Image.Image:
    """How bright the background is at each place: from the upper left, with a glow behind."""
    small = Image.new("L", (WIDTH // 8, HEIGHT // 8))
    across, down = small.size
    small.putdata(
        [
            round(
                205
                - 85 * (0.35 * x / across + 0.65 * y / down)
                + 50
                * max(0.0, 1 - 2.1 * ((x / across - 0.5) ** 2 * 1.8 + (y / down - 0.5) ** 2) ** 0.5)
            )
            for y in range(down)
            for x in range(across)
        ]
    )
    return small.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)


def _background(colour: Colour) -> Image.Image:
    shade = mix(colour, INK, 0.25) if sum(colour) > PALE else colour
    tint = Image.new("RGB", (WIDTH, HEIGHT), mix(shade, WHITE, 0.38))
    bright = Image.new("RGB", (WIDTH, HEIGHT), mix(shade, WHITE, 0.92))
    return Image.composite(bright, tint, _light())


def picture(shape: Shape, colour: str) -> bytes:
    """A JPEG of the shape in its colour on a tinted background with a soft shadow."""
    main = rgb(colour)
    drawn = Image.new("RGBA", (EDGE * SCALE, EDGE * SCALE), (*main, 0))
    shape(Pen(drawn, main))
    # Band by band: what is transparent has the main colour too, so nothing else can shine through.
    drawn = Image.merge("RGBA", [band.reduce(SCALE) for band in drawn.split()])
    result = _background(main)
    place = (WIDTH - EDGE) // 2, (HEIGHT - EDGE) // 2
    result.paste(mix(main, INK, 0.55), place, _shadow(drawn))
    result.paste(drawn, place, drawn)
    out = io.BytesIO()
    result.save(out, "JPEG", quality=84)
    return out.getvalue()


def _shadow(drawn: Image.Image) -> Image.Image:
    small = drawn.getchannel("A").reduce(4).filter(ImageFilter.GaussianBlur(2.2))
    soft = small.resize((EDGE, EDGE), Image.Resampling.BILINEAR)
    fallen = ImageChops.offset(soft, 0, 9)
    return fallen.point(lambda strength: round(strength * 0.3))
