"""Paper, pens, the desk; books, toys, presents."""

from __future__ import annotations

from .pictures import WHITE, Colour, Pen, mix

PAPER: Colour = (250, 247, 240)
LINES: Colour = (176, 196, 222)
STEEL: Colour = (186, 194, 204)
STEEL_DARK: Colour = (130, 138, 150)
WOOD: Colour = (222, 178, 122)
GOLD: Colour = (226, 180, 82)


def notebook(pen: Pen) -> None:
    pen.box(-0.56, -0.86, 0.74, 0.96, PAPER, 0.06)
    pen.box(-0.66, -0.94, 0.66, 0.9, pen.main, 0.08)
    pen.box(-0.66, -0.94, -0.42, 0.9, pen.dark, 0.06)
    pen.box(-0.22, -0.6, 0.46, -0.2, PAPER, 0.04)
    pen.line([(-0.1, -0.46), (0.34, -0.46)], STEEL_DARK, 0.04)
    pen.line([(-0.1, -0.32), (0.18, -0.32)], STEEL, 0.04)
    pen.line([(0.52, -0.92), (0.52, 0.88)], pen.deep, 0.05)


def ream(pen: Pen) -> None:
    pen.poly([(-0.9, 0.1), (-0.4, -0.3), (0.9, -0.3), (0.5, 0.1)], WHITE)
    for step in range(6):
        y = 0.1 + step * 0.1
        pen.poly(
            [
                (-0.9, y),
                (0.5, y),
                (0.9, y - 0.4),
                (0.9, y - 0.32),
                (0.5, y + 0.08),
                (-0.9, y + 0.08),
            ],
            PAPER if step % 2 else (220, 224, 232),
        )
    pen.poly(
        [(-0.5, 0.1), (-0.06, -0.3), (0.46, -0.3), (0.06, 0.1), (0.06, 0.68), (-0.5, 0.68)],
        pen.main,
    )
    pen.poly([(-0.5, 0.1), (-0.06, -0.3), (0.46, -0.3), (0.06, 0.1)], pen.light)
    pen.box(-0.4, 0.28, -0.04, 0.5, PAPER, 0.02)


def envelope(pen: Pen) -> None:
    pen.box(-0.94, -0.58, 0.94, 0.7, pen.light, 0.06)
    pen.poly([(-0.92, 0.68), (0, -0.06), (0.92, 0.68)], pen.main)
    pen.poly([(-0.94, -0.54), (0.94, -0.54), (0.06, 0.2), (-0.06, 0.2)], pen.dark, 1)
    pen.poly([(-0.94, -0.58), (0.94, -0.58), (0.06, 0.12), (-0.06, 0.12)], pen.pale, 1)
    pen.oval(0, 0.06, 0.13, 0.13, (190, 66, 70))


def roll(pen: Pen) -> None:
    for x, colour in ((-0.46, pen.dark), (0.46, pen.light), (0.0, pen.main)):
        pen.poly([(x - 0.2, -0.8), (x + 0.2, -0.8), (x + 0.2, 0.84), (x - 0.2, 0.84)], colour)
        pen.oval(x, 0.84, 0.2, 0.08, colour)
        pen.oval(x, -0.8, 0.2, 0.08, PAPER)
        pen.oval(x, -0.8, 0.1, 0.04, pen.deep)
        for step in range(5):
            pen.oval(x + (0.07 if step % 2 else -0.07), -0.5 + step * 0.3, 0.045, 0.045, PAPER)


def _slanted(pen: Pen, along: float, across: float, colour: Colour, width: float) -> None:
    """A piece of a pen that lies from lower left to upper right: from `along` to `across`."""
    pen.line([(along, -along), (across, -across)], colour, width)


def pen_(pen: Pen) -> None:
    pen.poly([(-0.9, 0.9), (-0.72, 0.56), (-0.56, 0.72)], STEEL)
    pen.line([(-0.58, 0.58), (0.1, -0.1)], pen.main, 0.26)
    pen.line([(0.1, -0.1), (0.76, -0.76)], pen.dark, 0.28)
    pen.line([(0.2, -0.42), (0.62, -0.86)], STEEL, 0.06)
    pen.line([(-0.5, 0.4), (0.0, -0.1)], pen.light, 0.05)
    pen.line([(0.06, -0.06), (0.12, -0.12)], GOLD, 0.3)


def pencil(pen: Pen) -> None:
    pen.poly([(-0.94, 0.94), (-0.76, 0.52), (-0.52, 0.76)], WOOD)
    pen.poly([(-0.94, 0.94), (-0.87, 0.78), (-0.78, 0.87)], (60, 60, 66))
    pen.poly([(-0.76, 0.52), (0.5, -0.74), (0.74, -0.5), (-0.52, 0.76)], pen.main)
    pen.poly([(-0.68, 0.6), (0.58, -0.66), (0.66, -0.58), (-0.6, 0.68)], pen.light)
    pen.poly([(0.5, -0.74), (0.62, -0.86), (0.86, -0.62), (0.74, -0.5)], STEEL)
    pen.poly([(0.62, -0.86), (0.72, -0.94), (0.94, -0.72), (0.86, -0.62)], (222, 120, 128), 1)


def crayons(pen: Pen) -> None:
    colours: list[Colour] = [
        (208, 74, 66),
        (236, 150, 52),
        (236, 204, 78),
        (100, 160, 86),
        (72, 124, 190),
    ]
    for place, colour in enumerate(colours):
        x = -0.6 + place * 0.3
        top = -0.9 + abs(place - 2) * 0.1
        pen.poly([(x - 0.12, top + 0.34), (x, top), (x + 0.12, top + 0.34)], WOOD)
        pen.poly([(x - 0.045, top + 0.13), (x, top), (x + 0.045, top + 0.13)], colour)
        pen.box(x - 0.12, top + 0.32, x + 0.12, 0.4, colour, 0.0)
    pen.box(-0.82, 0.0, 0.82, 0.94, pen.dark, 0.06)
    pen.box(-0.82, 0.14, 0.82, 0.94, pen.main, 0.06)
    pen.line([(-0.4, 0.5), (0.4, 0.5)], PAPER, 0.12)


def marker(pen: Pen) -> None:
    pen.poly([(-0.9, 0.78), (-0.78, 0.9), (-0.52, 0.7), (-0.7, 0.52)], mix(pen.main, WHITE, 0.3))
    pen.line([(-0.5, 0.5), (0.06, -0.06)], mix(pen.main, WHITE, 0.15), 0.34)
    pen.line([(0.0, 0.0), (0.68, -0.68)], pen.dark, 0.4)
    pen.line([(-0.6, 0.6), (-0.52, 0.52)], pen.deep, 0.24)
    pen.line([(0.1, -0.3), (0.56, -0.76)], pen.light, 0.05)
    pen.line([(-0.96, 0.98), (0.3, 0.98)], pen.main, 0.1)


def scissors(pen: Pen) -> None:
    for side in (-1, 1):
        pen.poly(
            [(side * 0.06, 0.2), (side * 0.42, -0.96), (side * 0.5, -0.5), (side * -0.1, 0.36)],
            STEEL if side > 0 else STEEL_DARK,
        )
        pen.arc(side * 0.42, 0.62, 0.34, 0.32, (0, 360), pen.main if side > 0 else pen.dark, 0.16)
        pen.line(
            [(side * -0.04, 0.14), (side * 0.2, 0.42)], pen.main if side > 0 else pen.dark, 0.14
        )
    pen.oval(0, 0.1, 0.07, 0.07, (90, 96, 108))


def tape(pen: Pen) -> None:
    pen.poly(
        [(0.0, 0.62), (0.98, 0.66), (0.94, 0.74), (0.98, 0.8), (0.94, 0.86), (0.0, 0.82)], pen.pale
    )
    pen.oval(-0.08, 0.0, 0.84, 0.84, pen.main)
    pen.oval(-0.08, 0.0, 0.74, 0.74, pen.light)
    pen.oval(-0.08, 0.0, 0.52, 0.52, pen.dark)
    pen.oval(-0.08, 0.0, 0.44, 0.44, pen.pale)
    pen.arc(-0.08, 0.0, 0.66, 0.66, (200, 260), WHITE, 0.05)


def ruler(pen: Pen) -> None:
    pen.poly([(-0.98, 0.62), (0.62, -0.98), (0.98, -0.62), (-0.62, 0.98)], pen.main)
    pen.poly([(-0.98, 0.62), (0.62, -0.98), (0.7, -0.9), (-0.9, 0.7)], pen.light)
    for step in range(14):
        x, y = -0.84 + step * 0.113, 0.6 - step * 0.113
        long = 0.2 if step % 5 == 0 else 0.11
        pen.line([(x, y), (x + long, y + long)], pen.deep, 0.03)


def binder(pen: Pen) -> None:
    pen.box(-0.5, -0.86, 0.78, 0.9, PAPER, 0.03)
    pen.box(-0.66, -0.94, 0.66, 0.94, pen.main, 0.05)
    pen.box(-0.66, -0.94, -0.24, 0.94, pen.dark, 0.05)
    pen.box(-0.58, -0.6, -0.32, 0.2, PAPER, 0.02)
    for y in (-0.4, -0.2, 0.0):
        pen.line([(-0.52, y), (-0.38, y)], STEEL_DARK, 0.03)
    pen.oval(-0.45, 0.56, 0.1, 0.1, STEEL)
    pen.oval(-0.45, 0.56, 0.05, 0.05, pen.deep)


def calendar(pen: Pen) -> None:
    pen.box(-0.82, -0.76, 0.82, 0.92, PAPER, 0.08)
    pen.box(-0.82, -0.76, 0.82, -0.3, pen.main, 0.08)
    for x in (-0.44, 0.44):
        pen.line([(x, -0.94), (x, -0.62)], pen.deep, 0.08)
    for row in range(4):
        for column in range(5):
            x, y = -0.58 + column * 0.29, -0.12 + row * 0.27
            pen.box(
                x - 0.09,
                y - 0.08,
                x + 0.09,
                y + 0.08,
                pen.main if (row, column) == (1, 2) else LINES,
                0.03,
            )


def book(pen: Pen) -> None:
    pen.poly([(-0.62, 0.7), (0.66, 0.7), (0.74, 0.94), (-0.54, 0.94)], PAPER)
    pen.box(-0.66, -0.94, 0.62, 0.78, pen.main, 0.04)
    pen.box(-0.66, -0.94, -0.5, 0.94, pen.dark, 0.04)
    pen.line([(-0.56, 0.92), (0.66, 0.92)], pen.dark, 0.06)
    pen.box(-0.32, -0.7, 0.44, -0.66, GOLD, 0.0)
    pen.line([(-0.2, -0.46), (0.32, -0.46)], PAPER, 0.08)
    pen.line([(-0.1, -0.28), (0.22, -0.28)], pen.pale, 0.05)
    pen.oval(0.06, 0.24, 0.24, 0.24, pen.light)
    pen.poly([(-0.18, 0.34), (0.02, 0.02), (0.14, 0.22), (0.22, 0.14), (0.3, 0.34)], pen.deep)
    pen.box(-0.32, 0.58, 0.44, 0.62, GOLD, 0.0)


def bear(pen: Pen) -> None:
    for side in (-1, 1):
        pen.oval(side * 0.4, -0.78, 0.2, 0.2, pen.main)
        pen.oval(side * 0.4, -0.78, 0.1, 0.1, pen.light)
        pen.oval(side * 0.58, 0.28, 0.2, 0.28, pen.dark)
        pen.oval(side * 0.38, 0.82, 0.26, 0.22, pen.main)
        pen.oval(side * 0.4, 0.84, 0.14, 0.12, pen.light)
    pen.oval(0, 0.42, 0.54, 0.54, pen.main)
    pen.oval(0, 0.46, 0.34, 0.36, pen.light)
    pen.oval(0, -0.42, 0.54, 0.5, pen.main)
    pen.oval(0, -0.26, 0.25, 0.2, pen.pale)
    pen.oval(0, -0.34, 0.09, 0.07, (60, 44, 40))
    for side in (-1, 1):
        pen.oval(side * 0.2, -0.52, 0.055, 0.06, (60, 44, 40))
        pen.poly([(0, 0.02), (side * 0.24, -0.08), (side * 0.24, 0.14)], (190, 66, 70), 1)


def blocks(pen: Pen) -> None:
    for x, y, colour in (
        (-0.42, 0.46, pen.main),
        (0.42, 0.46, (88, 148, 176)),
        (0.0, -0.34, (126, 166, 92)),
    ):
        pen.box(x - 0.39, y - 0.38, x + 0.39, y + 0.4, mix(colour, (40, 40, 60), 0.25), 0.07)
        pen.box(x - 0.39, y - 0.4, x + 0.37, y + 0.37, colour, 0.07)
        pen.box(x - 0.28, y - 0.29, x + 0.26, y + 0.26, mix(colour, WHITE, 0.75), 0.05)
    pen.poly([(0, -0.52), (0.18, -0.2), (-0.18, -0.2)], (126, 166, 92))
    pen.oval(-0.42, 0.46, 0.15, 0.15, pen.main)
    pen.box(0.28, 0.32, 0.56, 0.6, (88, 148, 176), 0.02)


def puzzle(pen: Pen) -> None:
    pen.box(-0.72, -0.5, 0.5, 0.8, pen.main, 0.05)
    pen.oval(0.5, 0.14, 0.22, 0.22, pen.main)
    pen.oval(-0.12, -0.5, 0.22, 0.22, pen.main)
    pen.oval(-0.7, 0.14, 0.2, 0.2, pen.pale)
    pen.oval(-0.12, 0.8, 0.2, 0.2, pen.pale)
    pen.line([(-0.56, -0.36), (-0.4, -0.36)], pen.light, 0.07)
    pen.box(0.42, -0.96, 0.92, -0.46, GOLD, 0.04)
    pen.oval(0.66, -0.46, 0.1, 0.1, GOLD)


def ball(pen: Pen) -> None:
    pen.oval(0, 0, 0.88, 0.88, pen.main)
    pen.poly(
        [
            (-0.86, -0.16),
            (-0.3, 0.06),
            (0.3, 0.06),
            (0.86, -0.16),
            (0.86, 0.14),
            (0.3, 0.36),
            (-0.3, 0.36),
            (-0.86, 0.14),
        ],
        PAPER,
        1,
    )
    pen.arc(0, 0, 0.82, 0.82, (10, 100), pen.dark, 0.09)
    for x in (-0.4, 0.0, 0.4):
        pen.oval(x, 0.2 - abs(x) * 0.12, 0.07, 0.07, GOLD)
    pen.oval(-0.36, -0.46, 0.14, 0.1, pen.light)


def car(pen: Pen) -> None:
    pen.poly([(-0.5, -0.06), (-0.3, -0.54), (0.34, -0.54), (0.6, -0.06)], pen.dark, 1)
    pen.poly([(-0.38, -0.1), (-0.24, -0.42), (0.0, -0.42), (0.0, -0.1)], (206, 228, 240))
    pen.poly([(0.08, -0.1), (0.08, -0.42), (0.28, -0.42), (0.46, -0.1)], (206, 228, 240))
    pen.box(-0.94, -0.1, 0.94, 0.44, pen.main, 0.2)
    pen.oval(0.84, 0.1, 0.08, 0.09, (252, 226, 140))
    pen.line([(-0.6, 0.14), (0.5, 0.14)], pen.light, 0.05)
    for x in (-0.5, 0.5):
        pen.oval(x, 0.44, 0.27, 0.27, (54, 56, 66))
        pen.oval(x, 0.44, 0.13, 0.13, STEEL)


def card(pen: Pen) -> None:
    pen.poly([(-0.5, -0.9), (0.1, -0.8), (0.1, 0.98), (-0.5, 0.86)], pen.dark)
    pen.box(-0.3, -0.9, 0.86, 0.9, PAPER, 0.03)
    pen.poly([(0.28, 0.4), (-0.06, 0.0), (0.0, -0.34), (0.2, -0.36), (0.28, -0.22)], pen.main, 2)
    pen.poly([(0.28, 0.4), (0.62, 0.0), (0.56, -0.34), (0.36, -0.36), (0.28, -0.22)], pen.main, 2)
    pen.oval(0.28, -0.06, 0.16, 0.16, pen.main)
    pen.line([(0.0, 0.62), (0.56, 0.62)], pen.light, 0.06)


def gift(pen: Pen) -> None:
    pen.box(-0.78, -0.2, 0.78, 0.92, pen.main, 0.05)
    pen.box(-0.16, -0.2, 0.16, 0.92, GOLD, 0.0)
    pen.box(-0.88, -0.46, 0.88, -0.1, pen.dark, 0.05)
    pen.box(-0.16, -0.46, 0.16, -0.1, mix(GOLD, WHITE, 0.2), 0.0)
    for side in (-1, 1):
        pen.poly(
            [
                (0, -0.46),
                (side * 0.14, -0.84),
                (side * 0.5, -0.94),
                (side * 0.58, -0.64),
                (side * 0.3, -0.48),
            ],
            GOLD,
            2,
        )
        pen.oval(side * 0.34, -0.68, 0.12, 0.09, mix(GOLD, (80, 60, 20), 0.3))
    pen.oval(0, -0.52, 0.13, 0.12, mix(GOLD, WHITE, 0.25))


def key(pen: Pen) -> None:
    pen.arc(-0.3, -0.5, 0.4, 0.4, (0, 360), STEEL, 0.09)
    pen.arc(0.06, -0.1, 0.3, 0.3, (0, 360), pen.main, 0.18)
    pen.line([(0.24, 0.1), (0.82, 0.8)], pen.main, 0.15)
    for share in (0.6, 0.82):
        x, y = 0.24 + 0.58 * share, 0.1 + 0.7 * share
        pen.line([(x, y), (x - 0.2, y + 0.17)], pen.main, 0.12)
    pen.line([(0.3, 0.12), (0.76, 0.68)], pen.light, 0.04)


def balloon(pen: Pen) -> None:
    for x, y, colour in (
        (-0.46, -0.16, (238, 184, 76)),
        (0.46, -0.2, (92, 150, 190)),
        (0.0, -0.46, pen.main),
    ):
        pen.curve([(x, y + 0.4), (x * 0.6, 0.6), (0.0, 1.0)], (130, 130, 140), 0.025)
        pen.poly([(x - 0.07, y + 0.54), (x, y + 0.4), (x + 0.07, y + 0.54)], colour)
        pen.oval(x, y, 0.38, 0.46, colour)
        pen.oval(x - 0.14, y - 0.18, 0.07, 0.11, mix(colour, WHITE, 0.6))


def postcard(pen: Pen) -> None:
    pen.box(-0.96, -0.66, 0.96, 0.7, PAPER, 0.04)
    pen.box(-0.86, -0.56, 0.86, 0.6, mix(pen.main, WHITE, 0.45), 0.0)
    pen.oval(0.44, -0.2, 0.18, 0.18, (250, 214, 110))
    pen.box(-0.86, 0.16, 0.86, 0.6, pen.main, 0.0)
    for step in range(5):
        pen.arc(-0.6 + step * 0.34, 0.36, 0.12, 0.06, (180, 360), pen.light, 0.035)
    pen.line([(-0.34, 0.24), (-0.34, -0.4)], (110, 80, 60), 0.04)
    pen.poly([(-0.3, -0.42), (-0.3, 0.12), (0.1, 0.12)], WHITE)
    pen.poly([(-0.6, 0.18), (0.1, 0.18), (-0.04, 0.34), (-0.48, 0.34)], (190, 82, 70))


SHAPES = {
    shape.__name__.rstrip("_"): shape
    for shape in (
        *(notebook, ream, envelope, roll, pen_, pencil, crayons, marker, scissors, tape, ruler),
        *(binder, calendar, book, bear, blocks, puzzle, ball, car, card, gift, key, balloon),
        *(postcard,),
    )
}
