"""Fruit."""

from __future__ import annotations

from .pictures import WHITE, Colour, Pen, mirrored, mix

LEAF: Colour = (96, 150, 74)
LEAF_DARK: Colour = (66, 112, 58)
STEM: Colour = (110, 82, 52)


def leaf(pen: Pen, x: float, y: float, size: float = 0.3) -> None:
    pen.poly(
        [
            (x, y),
            (x + size * 0.3, y - size),
            (x + size * 1.6, y - size * 1.1),
            (x + size * 1.2, y + size * 0.1),
        ],
        LEAF,
        3,
    )
    pen.line(
        [(x + size * 0.3, y - size * 0.25), (x + size * 1.1, y - size * 0.75)], LEAF_DARK, 0.025
    )


def shine(pen: Pen, x: float, y: float, size: float = 0.16) -> None:
    pen.oval(x, y, size * 0.7, size, mix(pen.main, WHITE, 0.45))


def apple(pen: Pen) -> None:
    half = [
        (0.0, -0.42),
        (0.3, -0.66),
        (0.86, -0.5),
        (0.98, 0.1),
        (0.6, 0.8),
        (0.26, 0.94),
        (0.0, 0.8),
    ]
    pen.poly(mirrored(half), pen.main, 3)
    pen.poly(
        [(0.3, -0.5), (0.72, -0.4), (0.86, 0.1), (0.5, 0.7), (0.2, 0.8), (0.64, 0.2)], pen.dark, 3
    )
    pen.curve([(0.0, -0.4), (0.0, -0.7), (0.1, -0.92)], STEM, 0.07)
    leaf(pen, 0.1, -0.62, 0.3)
    shine(pen, -0.46, -0.14)


def pear(pen: Pen) -> None:
    pen.poly(
        mirrored(
            [(0.0, -0.84), (0.26, -0.78), (0.34, -0.3), (0.78, 0.3), (0.66, 0.92), (0.0, 0.98)]
        ),
        pen.main,
        3,
    )
    pen.poly(
        [(0.12, -0.5), (0.26, -0.2), (0.62, 0.4), (0.46, 0.84), (0.1, 0.86), (0.4, 0.4)],
        pen.dark,
        3,
    )
    pen.curve([(0, -0.76), (0.02, -0.9), (0.1, -1.0)], STEM, 0.07)
    leaf(pen, 0.08, -0.78, 0.24)
    shine(pen, -0.32, 0.3, 0.14)


def banana(pen: Pen) -> None:
    for shift, colour in ((0.16, pen.dark), (0.0, pen.main)):
        outline = [
            (-0.8, -0.7),
            (-0.62, -0.74),
            (-0.5, -0.2),
            (-0.06, 0.24),
            (0.5, 0.34),
            (0.94, 0.2),
            (0.98, 0.36),
            (0.56, 0.74),
            (-0.1, 0.7),
            (-0.66, 0.26),
        ]
        pen.poly([(x, y + shift - 0.1) for x, y in outline], colour, 2)
    pen.curve([(-0.62, -0.44), (-0.4, 0.16), (0.1, 0.44), (0.7, 0.36)], pen.light, 0.06)
    pen.line([(-0.7, -0.78), (-0.72, -0.88)], STEM, 0.1)
    pen.oval(0.93, 0.18, 0.06, 0.08, STEM)


def orange(pen: Pen) -> None:
    pen.oval(0, 0.1, 0.82, 0.82, pen.main)
    pen.poly([(0.4, -0.44), (0.78, 0.0), (0.62, 0.6), (0.1, 0.86), (0.5, 0.4)], pen.dark, 3)
    for x, y in ((-0.2, 0.3), (0.1, 0.5), (-0.4, 0.5), (0.16, 0.1), (-0.1, 0.68)):
        pen.oval(x, y, 0.025, 0.025, pen.dark)
    pen.oval(0, -0.66, 0.09, 0.06, LEAF_DARK)
    leaf(pen, 0.04, -0.62, 0.3)
    shine(pen, -0.4, -0.2)


def lemon(pen: Pen) -> None:
    pen.poly(
        [
            (-1.0, 0.1),
            (-0.76, -0.1),
            (-0.4, -0.56),
            (0.3, -0.56),
            (0.72, -0.1),
            (1.0, 0.06),
            (0.8, 0.34),
            (0.36, 0.72),
            (-0.36, 0.72),
            (-0.76, 0.34),
        ],
        pen.main,
        3,
    )
    pen.poly([(0.2, -0.3), (0.62, 0.06), (0.3, 0.56), (-0.4, 0.6), (0.1, 0.4)], pen.dark, 3)
    leaf(pen, 0.5, -0.3, 0.28)
    shine(pen, -0.36, -0.1, 0.14)


def grapes(pen: Pen) -> None:
    pen.curve([(0, -0.5), (0.04, -0.8), (0.16, -0.96)], STEM, 0.07)
    for row, (count, y) in enumerate(
        ((4, -0.4), (3, -0.12), (4, 0.1), (3, 0.36), (2, 0.6), (1, 0.84))
    ):
        for place in range(count):
            x = (place - (count - 1) / 2) * 0.4
            pen.oval(x, y, 0.23, 0.23, pen.main if (row + place) % 2 else pen.dark)
            pen.oval(x - 0.07, y - 0.08, 0.06, 0.06, pen.light)
    leaf(pen, 0.08, -0.62, 0.36)


def strawberry(pen: Pen) -> None:
    pen.poly(
        mirrored([(0.0, -0.5), (0.5, -0.62), (0.84, -0.24), (0.5, 0.5), (0.0, 1.04)]), pen.main, 3
    )
    for x, y in (
        (-0.4, -0.1),
        (0, -0.1),
        (0.4, -0.1),
        (-0.2, 0.16),
        (0.2, 0.16),
        (0, 0.42),
        (-0.3, 0.4),
        (0.3, 0.4),
        (0, 0.7),
    ):
        pen.oval(x, y, 0.035, 0.055, pen.pale)
    for x in (-0.44, -0.2, 0.2, 0.44):
        pen.poly([(0, -0.56), (x * 0.5, -0.66), (x * 1.4, -0.5), (x, -0.3)], LEAF, 2)
    pen.poly([(-0.12, -0.5), (0, -0.14), (0.12, -0.5)], LEAF, 1)
    pen.curve([(0, -0.52), (0.0, -0.76), (0.12, -0.9)], LEAF_DARK, 0.07)


def avocado(pen: Pen) -> None:
    outline = [(0.0, -0.96), (0.36, -0.84), (0.46, -0.3), (0.8, 0.3), (0.6, 0.94), (0.0, 1.0)]
    pen.poly(mirrored(outline), pen.dark, 3)
    pen.poly(mirrored([(x * 0.84, y * 0.86 + 0.02) for x, y in outline]), (178, 200, 96), 3)
    pen.poly(mirrored([(x * 0.68, y * 0.7 + 0.06) for x, y in outline]), (232, 232, 156), 3)
    pen.oval(0, 0.38, 0.28, 0.29, (120, 78, 48))
    pen.oval(-0.08, 0.3, 0.08, 0.09, (164, 118, 82))


def melon(pen: Pen) -> None:
    pen.draw.pieslice([*pen.at(-1.0, -1.5), *pen.at(1.0, 0.8)], 0, 180, fill=pen.main)
    pen.draw.pieslice([*pen.at(-0.9, -1.36), *pen.at(0.9, 0.66)], 0, 180, fill=(232, 240, 200))
    pen.draw.pieslice([*pen.at(-0.82, -1.24), *pen.at(0.82, 0.54)], 0, 180, fill=(226, 72, 78))
    for x, y in (
        (-0.5, -0.16),
        (-0.2, -0.16),
        (0.12, -0.16),
        (0.46, -0.16),
        (-0.34, 0.08),
        (0.0, 0.1),
        (0.3, 0.08),
        (-0.12, 0.3),
        (0.14, 0.3),
    ):
        pen.oval(x, y, 0.04, 0.065, (54, 40, 40))


def cherries(pen: Pen) -> None:
    for x, y in ((-0.4, 0.5), (0.42, 0.44)):
        pen.curve([(x, y - 0.3), (x * 0.8, -0.2), (0.1, -0.84)], LEAF_DARK, 0.06)
        pen.oval(x, y, 0.42, 0.42, pen.main)
        pen.arc(x, y, 0.36, 0.36, (-30, 100), pen.dark, 0.1)
        pen.oval(x - 0.14, y - 0.14, 0.08, 0.1, pen.light)
    leaf(pen, 0.1, -0.66, 0.38)


SHAPES = {
    shape.__name__: shape
    for shape in (
        *(apple, pear, banana, orange, lemon, grapes, strawberry, avocado, melon, cherries),
    )
}
