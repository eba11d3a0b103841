"""Bottles, packets and the rest of the grocer's shelf."""

from __future__ import annotations

from .pictures import WHITE, Colour, Pen, mirrored, mix

CREAM: Colour = (250, 244, 228)
TIN: Colour = (196, 202, 210)


def bottle(pen: Pen) -> None:
    pen.poly(
        mirrored([(0.0, -0.9), (0.13, -0.9), (0.13, -0.5), (0.38, -0.2), (0.4, 0.98), (0.0, 0.98)]),
        pen.main,
        1,
    )
    pen.box(-0.16, -1.0, 0.16, -0.82, pen.deep, 0.04)
    pen.box(-0.4, 0.08, 0.4, 0.68, CREAM, 0.02)
    pen.oval(0, 0.32, 0.15, 0.15, pen.main)
    pen.line([(-0.24, 0.56), (0.24, 0.56)], pen.light, 0.05)
    pen.line([(-0.28, -0.1), (-0.3, 0.0)], pen.pale, 0.07)


def wine(pen: Pen) -> None:
    pen.poly(
        mirrored(
            [(0.0, -0.96), (0.11, -0.96), (0.12, -0.4), (0.34, -0.16), (0.36, 1.0), (0.0, 1.0)]
        ),
        mix(pen.main, (24, 40, 30), 0.62),
        1,
    )
    pen.box(-0.13, -1.02, 0.13, -0.56, pen.main, 0.03)
    pen.box(-0.36, 0.06, 0.36, 0.7, CREAM, 0.02)
    pen.poly([(0, 0.16), (0.14, 0.34), (0, 0.5), (-0.14, 0.34)], pen.main)
    pen.line([(-0.2, 0.6), (0.2, 0.6)], pen.dark, 0.04)
    pen.line([(-0.26, -0.04), (-0.27, 0.0)], (150, 170, 150), 0.05)


def packet(pen: Pen) -> None:
    pen.poly(
        [
            (-0.56, -0.86),
            (0.56, -0.86),
            (0.62, -0.6),
            (0.58, 0.6),
            (0.64, 0.96),
            (-0.64, 0.96),
            (-0.58, 0.6),
            (-0.62, -0.6),
        ],
        pen.main,
    )
    for y in (-0.96, 0.86):
        pen.box(-0.6, y, 0.6, y + 0.12, pen.dark, 0.02)
    pen.oval(0, 0.02, 0.42, 0.46, CREAM)
    for x, y in ((-0.14, 0.1), (0.12, 0.16), (0.0, -0.1), (0.2, -0.08), (-0.22, -0.1), (0.0, 0.28)):
        pen.oval(x, y, 0.08, 0.06, pen.dark)
    pen.line([(-0.34, -0.64), (0.34, -0.64)], pen.white, 0.1)
    pen.line([(-0.2, 0.68), (0.2, 0.68)], pen.light, 0.06)


def coffee(pen: Pen) -> None:
    pen.poly([(-0.52, -0.7), (0.52, -0.7), (0.58, 0.94), (-0.58, 0.94)], pen.main)
    pen.poly([(-0.52, -0.7), (-0.42, -0.98), (0.42, -0.98), (0.52, -0.7)], pen.dark)
    pen.box(-0.56, -0.74, 0.56, -0.64, (196, 164, 110), 0.02)
    pen.box(-0.4, -0.3, 0.4, 0.6, CREAM, 0.05)
    for x, y in ((-0.14, 0.0), (0.14, 0.26)):
        pen.oval(x, y, 0.17, 0.22, pen.main)
        pen.curve(
            [(x + 0.04, y - 0.2), (x - 0.06, y), (x + 0.04, y + 0.1), (x - 0.02, y + 0.2)],
            CREAM,
            0.035,
        )


def jar(pen: Pen) -> None:
    pen.box(-0.52, -0.64, 0.52, 0.94, mix(pen.main, WHITE, 0.55), 0.18)
    pen.box(-0.46, -0.5, 0.46, 0.88, pen.main, 0.14)
    pen.box(-0.5, -0.92, 0.5, -0.62, pen.deep, 0.06)
    pen.box(-0.46, -0.02, 0.46, 0.56, CREAM, 0.03)
    pen.oval(0, 0.2, 0.14, 0.13, pen.main)
    pen.line([(-0.2, 0.44), (0.2, 0.44)], pen.light, 0.05)
    pen.line([(-0.36, -0.4), (-0.36, -0.14)], pen.pale, 0.06)


def can(pen: Pen) -> None:
    pen.oval(0, 0.8, 0.56, 0.14, mix(TIN, (60, 66, 80), 0.4))
    pen.box(-0.56, -0.72, 0.56, 0.8, TIN, 0.0)
    pen.box(-0.56, -0.54, 0.56, 0.66, pen.main, 0.0)
    pen.oval(0, 0.66, 0.56, 0.13, pen.main)
    pen.oval(0, -0.54, 0.56, 0.13, TIN)
    pen.oval(0, -0.72, 0.56, 0.15, (222, 226, 232))
    pen.oval(0, -0.72, 0.45, 0.11, TIN)
    pen.oval(0, 0.12, 0.34, 0.34, CREAM)
    pen.oval(0, 0.12, 0.2, 0.2, pen.dark)


def carton(pen: Pen) -> None:
    pen.poly([(0.3, -0.5), (0.6, -0.62), (0.6, 0.86), (0.3, 0.98)], pen.dark)
    pen.box(-0.54, -0.5, 0.3, 0.98, pen.main, 0.0)
    pen.poly([(-0.54, -0.5), (-0.36, -0.86), (0.42, -0.86), (0.3, -0.5)], pen.pale)
    pen.poly([(0.3, -0.5), (0.42, -0.86), (0.6, -0.62)], pen.light)
    pen.box(-0.38, -1.0, 0.44, -0.84, pen.dark, 0.01)
    pen.poly(
        [
            (-0.54, 0.5),
            (-0.3, 0.36),
            (-0.1, 0.5),
            (0.1, 0.36),
            (0.3, 0.5),
            (0.3, 0.98),
            (-0.54, 0.98),
        ],
        pen.white,
        1,
    )
    pen.oval(-0.12, -0.06, 0.2, 0.2, pen.white)


def tin(pen: Pen) -> None:
    pen.box(-0.56, -0.5, 0.56, 0.92, pen.main, 0.08)
    pen.box(-0.6, -0.72, 0.6, -0.4, pen.dark, 0.08)
    pen.box(-0.18, -0.84, 0.18, -0.7, pen.deep, 0.05)
    pen.oval(0, 0.26, 0.38, 0.42, CREAM)
    pen.poly([(0, 0.52), (-0.2, 0.26), (0, -0.02), (0.2, 0.26)], (96, 150, 74), 2)
    pen.line([(0, 0.44), (0, 0.12)], (66, 112, 58), 0.03)


def cup(pen: Pen) -> None:
    pen.poly([(-0.5, -0.5), (0.5, -0.5), (0.36, 0.96), (-0.36, 0.96)], pen.white)
    pen.poly([(-0.46, -0.1), (0.46, -0.1), (0.41, 0.46), (-0.41, 0.46)], pen.main)
    pen.oval(0, 0.18, 0.16, 0.19, pen.pale)
    pen.curve([(0.03, 0.0), (-0.05, 0.16), (0.04, 0.24), (-0.02, 0.36)], pen.main, 0.035)
    pen.poly([(-0.44, -0.78), (0.44, -0.78), (0.54, -0.48), (-0.54, -0.48)], pen.deep, 1)
    pen.box(-0.58, -0.56, 0.58, -0.44, pen.dark, 0.05)


def eggs(pen: Pen) -> None:
    for x, colour in ((-0.56, pen.light), (0.0, pen.pale), (0.56, pen.main)):
        pen.poly(
            [
                (x, -0.72),
                (x + 0.24, -0.56),
                (x + 0.32, 0.04),
                (x, 0.4),
                (x - 0.32, 0.04),
                (x - 0.24, -0.56),
            ],
            colour,
            3,
        )
        pen.oval(x - 0.1, -0.3, 0.06, 0.1, pen.white)
    grey: Colour = (150, 140, 130)
    pen.poly(
        [
            (-0.98, 0.02),
            (-0.86, 0.08),
            (-0.56, 0.22),
            (-0.28, 0.02),
            (0, 0.22),
            (0.28, 0.02),
            (0.56, 0.22),
            (0.86, 0.08),
            (0.98, 0.02),
            (0.84, 0.72),
            (-0.84, 0.72),
        ],
        grey,
        1,
    )
    for x in (-0.56, 0.0, 0.56):
        pen.arc(x, 0.26, 0.22, 0.22, (20, 160), mix(grey, (40, 40, 50), 0.3), 0.04)


def cheese(pen: Pen) -> None:
    pen.poly([(-0.96, 0.0), (0.5, -0.66), (0.96, -0.1)], pen.light)
    pen.poly([(-0.96, 0.0), (0.96, -0.1), (0.96, 0.56), (-0.96, 0.64)], pen.main)
    for x, y, size in (
        (-0.5, 0.3, 0.14),
        (0.1, 0.14, 0.12),
        (0.56, 0.34, 0.16),
        (-0.1, 0.46, 0.08),
    ):
        pen.oval(x, y, size, size, pen.dark)
    pen.oval(0.3, -0.32, 0.13, 0.07, pen.main)


def tub(pen: Pen) -> None:
    pen.poly([(-0.62, -0.34), (0.62, -0.34), (0.48, 0.86), (-0.48, 0.86)], pen.white, 1)
    pen.poly([(-0.6, 0.0), (0.6, 0.0), (0.52, 0.6), (-0.52, 0.6)], pen.main)
    pen.oval(0, 0.3, 0.22, 0.22, pen.white)
    pen.oval(0, -0.34, 0.68, 0.17, pen.dark)
    pen.oval(0, -0.38, 0.68, 0.17, pen.light)
    pen.poly([(0.4, -0.42), (0.84, -0.6), (0.7, -0.3)], pen.pale, 1)


def butter(pen: Pen) -> None:
    pen.poly([(-0.84, -0.2), (-0.5, -0.5), (0.86, -0.5), (0.62, -0.2)], pen.light)
    pen.poly([(0.62, -0.2), (0.86, -0.5), (0.86, 0.2), (0.62, 0.5)], pen.dark)
    pen.box(-0.84, -0.2, 0.62, 0.5, pen.main, 0.0)
    pen.box(-0.84, -0.2, 0.1, 0.5, (238, 240, 246), 0.0)
    pen.poly([(-0.84, -0.2), (-0.5, -0.5), (0.4, -0.5), (0.1, -0.2)], (250, 250, 252))
    pen.line([(-0.66, 0.06), (-0.1, 0.06)], (84, 120, 176), 0.08)
    pen.line([(-0.66, 0.28), (-0.3, 0.28)], (150, 172, 206), 0.06)


def chocolate(pen: Pen) -> None:
    pen.box(-0.62, -0.94, 0.62, 0.2, pen.main, 0.05)
    for row in range(2):
        for column in range(3):
            left, top = -0.54 + column * 0.37, -0.86 + row * 0.42
            pen.box(left, top, left + 0.33, top + 0.37, pen.light, 0.03)
            pen.box(left + 0.05, top + 0.05, left + 0.28, top + 0.32, pen.main, 0.02)
    pen.poly(
        [
            (-0.66, 0.02),
            (-0.5, -0.08),
            (-0.3, 0.04),
            (-0.1, -0.06),
            (0.14, 0.04),
            (0.36, -0.08),
            (0.66, 0.02),
            (0.66, 0.96),
            (-0.66, 0.96),
        ],
        (214, 176, 92),
    )
    pen.box(-0.66, 0.2, 0.66, 0.96, (176, 58, 66), 0.03)
    pen.line([(-0.4, 0.46), (0.4, 0.46)], CREAM, 0.1)
    pen.line([(-0.26, 0.7), (0.26, 0.7)], (222, 150, 150), 0.06)


def biscuit(pen: Pen) -> None:
    for x, y, colour in ((0.24, 0.24, pen.dark), (-0.14, -0.16, pen.main)):
        for step in range(10):
            pen.oval(x - 0.56 + step * 0.125, y - 0.52, 0.09, 0.09, colour)
            pen.oval(x - 0.56 + step * 0.125, y + 0.52, 0.09, 0.09, colour)
            pen.oval(x - 0.6, y - 0.47 + step * 0.105, 0.09, 0.09, colour)
            pen.oval(x + 0.6, y - 0.47 + step * 0.105, 0.09, 0.09, colour)
        pen.box(x - 0.6, y - 0.52, x + 0.6, y + 0.52, colour, 0.02)
    for dx in (-0.3, 0.0, 0.3):
        for dy in (-0.24, 0.0, 0.24):
            pen.oval(-0.14 + dx, -0.16 + dy, 0.04, 0.04, pen.deep)


SHAPES = {
    shape.__name__: shape
    for shape in (
        *(bottle, wine, packet, coffee, jar, can, carton, tin, cup, eggs, cheese, tub, butter),
        *(chocolate, biscuit),
    )
}
