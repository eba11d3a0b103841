"""Things to wear and to carry."""

from __future__ import annotations

from .pictures import WHITE, Colour, Pen, mirrored, mix

_SLEEVES_LONG = [
    (0.2, -0.86), (0.52, -0.74), (0.72, -0.5), (0.98, 0.52), (0.74, 0.6), (0.54, -0.02),
    (0.56, 0.9), (0.0, 0.9),
]  # fmt: skip
_SLEEVES_SHORT = [
    (0.22, -0.8), (0.56, -0.68), (1.0, -0.22), (0.78, 0.08), (0.54, -0.12), (0.56, 0.88), (0.0, 0.88),
]  # fmt: skip
_LONG_COAT = [
    (0.2, -0.98), (0.5, -0.86), (0.68, -0.64), (0.86, 0.36), (0.64, 0.42), (0.5, -0.1),
    (0.62, 0.98), (0.0, 0.98),
]  # fmt: skip


def shirt(pen: Pen) -> None:
    pen.poly(mirrored(_SLEEVES_LONG), pen.main, 1)
    for side in (-1, 1):
        pen.line([(side * 0.54, 0.0), (side * 0.5, -0.3)], pen.dark, 0.025)
        pen.poly(
            [(side * 0.74, 0.6), (side * 0.98, 0.52), (side * 0.95, 0.4), (side * 0.7, 0.47)],
            pen.dark,
        )
        pen.poly(
            [(0, -0.62), (side * 0.26, -0.92), (side * 0.36, -0.62), (side * 0.16, -0.46)],
            pen.light,
        )
    pen.box(-0.06, -0.6, 0.06, 0.87, pen.light, 0.02)
    for y in (-0.4, -0.12, 0.16, 0.44, 0.7):
        pen.oval(0, y, 0.03, 0.03, pen.deep)
    pen.poly([(0.2, -0.2), (0.44, -0.2), (0.44, 0.06), (0.32, 0.14), (0.2, 0.06)], pen.dark)


def tshirt(pen: Pen) -> None:
    pen.poly(mirrored(_SLEEVES_SHORT), pen.main, 1)
    _neck(pen)
    for side in (-1, 1):
        pen.line([(side * 0.54, -0.1), (side * 0.5, -0.36)], pen.dark, 0.025)


def _neck(pen: Pen) -> None:
    pen.oval(0, -0.78, 0.25, 0.15, pen.dark)
    pen.oval(0, -0.84, 0.19, 0.13, pen.deep)


def striped(pen: Pen) -> None:
    tshirt(pen)
    blue: Colour = (52, 74, 116)
    for y in (-0.34, -0.14, 0.06, 0.26, 0.46, 0.66):
        pen.box(-0.53, y, 0.53, y + 0.08, blue, 0.0)
    pen.oval(0, -0.84, 0.19, 0.13, blue)


def polo(pen: Pen) -> None:
    pen.poly(mirrored(_SLEEVES_SHORT), pen.main, 1)
    pen.box(-0.08, -0.6, 0.08, -0.1, pen.dark, 0.03)
    for side in (-1, 1):
        pen.poly(
            [(0, -0.52), (side * 0.26, -0.86), (side * 0.34, -0.58), (side * 0.14, -0.42)],
            pen.light,
        )
        pen.poly(
            [(side * 0.82, -0.02), (side * 0.98, -0.24), (side * 0.93, -0.3), (side * 0.76, -0.06)],
            pen.light,
        )
    for y in (-0.34, -0.2):
        pen.oval(0, y, 0.028, 0.028, pen.white)


def jumper(pen: Pen) -> None:
    pen.poly(mirrored(_SLEEVES_LONG), pen.main, 1)
    _neck(pen)
    pen.box(-0.54, 0.74, 0.54, 0.9, pen.dark, 0.04)
    for side in (-1, 1):
        pen.poly(
            [(side * 0.74, 0.6), (side * 0.97, 0.52), (side * 0.93, 0.36), (side * 0.68, 0.44)],
            pen.dark,
        )
    for y in (-0.32, -0.12, 0.08, 0.28, 0.48):
        for x in (-0.36, -0.12, 0.12, 0.36):
            pen.line([(x - 0.07, y), (x, y + 0.08), (x + 0.07, y)], pen.light, 0.03)


def cardigan(pen: Pen) -> None:
    pen.poly(mirrored(_SLEEVES_LONG), pen.main, 1)
    pen.poly([(-0.24, -0.86), (0.24, -0.86), (0, -0.14)], mix(pen.main, WHITE, 0.8))
    pen.line([(-0.25, -0.84), (0, -0.1), (0.25, -0.84)], pen.dark, 0.09)
    pen.box(-0.05, -0.12, 0.05, 0.88, pen.dark, 0.02)
    for y in (0.02, 0.26, 0.5, 0.74):
        pen.oval(0, y, 0.04, 0.04, pen.pale)
    for side in (-1, 1):
        pen.box(side * 0.32 - 0.14, 0.36, side * 0.32 + 0.14, 0.66, pen.light, 0.04)


def hoodie(pen: Pen) -> None:
    pen.poly(mirrored(_SLEEVES_LONG), pen.main, 1)
    pen.poly(mirrored([(0.0, -0.98), (0.34, -0.9), (0.4, -0.56), (0.0, -0.4)]), pen.dark, 2)
    pen.oval(0, -0.72, 0.2, 0.17, pen.deep)
    for side in (-1, 1):
        pen.line([(side * 0.1, -0.5), (side * 0.11, -0.16)], pen.pale, 0.035)
    pen.poly(mirrored([(0.26, 0.3), (0.42, 0.66), (0.0, 0.66), (0.0, 0.3)]), pen.dark)


def trousers(pen: Pen) -> None:
    pen.poly(
        mirrored([(0.46, -0.96), (0.6, 0.96), (0.18, 0.96), (0.02, -0.3), (0.0, -0.3)]), pen.main
    )
    pen.box(-0.47, -0.98, 0.47, -0.8, pen.dark, 0.03)
    for x in (-0.3, 0.3):
        pen.box(x - 0.03, -1.0, x + 0.03, -0.77, pen.light, 0.01)
    pen.oval(0, -0.89, 0.04, 0.04, pen.pale)
    pen.line([(0, -0.8), (0, -0.36)], pen.dark, 0.03)
    for side in (-1, 1):
        pen.curve(
            [(side * 0.2, -0.78), (side * 0.24, -0.58), (side * 0.48, -0.54)], pen.light, 0.025
        )
        pen.line([(side * 0.2, 0.9), (side * 0.59, 0.9)], pen.light, 0.03)


def shorts(pen: Pen) -> None:
    pen.poly(mirrored([(0.58, -0.66), (0.78, 0.62), (0.14, 0.66), (0.0, 0.0)]), pen.main)
    pen.box(-0.59, -0.7, 0.59, -0.5, pen.dark, 0.04)
    pen.line([(0, -0.5), (0, 0.02)], pen.dark, 0.03)
    for side in (-1, 1):
        pen.line([(side * 0.04, -0.5), (side * 0.12, -0.16)], pen.white, 0.03)
        pen.curve(
            [(side * 0.34, -0.48), (side * 0.36, -0.24), (side * 0.64, -0.18)], pen.light, 0.03
        )
        pen.line([(side * 0.17, 0.56), (side * 0.74, 0.52)], pen.light, 0.035)


def jacket(pen: Pen) -> None:
    pen.poly(mirrored(_SLEEVES_LONG), pen.main, 1)
    for side in (-1, 1):
        pen.poly(
            [(side * 0.02, -0.4), (side * 0.2, -0.9), (side * 0.42, -0.72), (side * 0.3, -0.34)],
            pen.dark,
        )
        pen.box(side * 0.31 - 0.14, -0.2, side * 0.31 + 0.14, 0.08, pen.light, 0.03)
        pen.line([(side * 0.44, 0.36), (side * 0.3, 0.66)], pen.dark, 0.04)
        pen.poly(
            [(side * 0.74, 0.6), (side * 0.97, 0.52), (side * 0.94, 0.4), (side * 0.7, 0.48)],
            pen.dark,
        )
    pen.line([(0, -0.4), (0, 0.88)], pen.pale, 0.035)
    pen.box(-0.54, 0.78, 0.54, 0.9, pen.dark, 0.03)


def raincoat(pen: Pen) -> None:
    pen.poly(mirrored(_SLEEVES_LONG), pen.main, 1)
    pen.poly(mirrored([(0.0, -1.0), (0.36, -0.9), (0.42, -0.54), (0.0, -0.36)]), pen.dark, 2)
    pen.oval(0, -0.72, 0.21, 0.19, pen.deep)
    pen.line([(0, -0.44), (0, 0.86)], pen.white, 0.05)
    for side in (-1, 1):
        pen.poly(
            [(side * 0.18, 0.3), (side * 0.46, 0.3), (side * 0.46, 0.42), (side * 0.18, 0.48)],
            pen.dark,
        )
        pen.line([(side * 0.54, 0.0), (side * 0.5, -0.3)], pen.dark, 0.025)


def vest(pen: Pen) -> None:
    pen.poly(
        mirrored([(0.2, -0.9), (0.44, -0.86), (0.4, -0.5), (0.6, -0.2), (0.6, 0.86), (0.0, 0.86)]),
        pen.main,
        1,
    )
    for y in (-0.5, -0.22, 0.06, 0.34, 0.62):
        edge = 0.38 if y < -0.3 else 0.55
        pen.curve([(-edge, y), (-0.28, y + 0.06), (-0.02, y)], pen.dark, 0.03)
        pen.curve([(0.02, y), (0.28, y + 0.06), (edge, y)], pen.dark, 0.03)
    pen.box(-0.26, -0.94, 0.26, -0.68, pen.dark, 0.06)
    pen.line([(0, -0.9), (0, 0.84)], pen.pale, 0.04)


def coat(pen: Pen) -> None:
    pen.poly(mirrored(_LONG_COAT), pen.main, 1)
    for side in (-1, 1):
        pen.poly(
            [
                (0, -0.24),
                (side * 0.18, -0.96),
                (side * 0.42, -0.78),
                (side * 0.34, -0.5),
                (side * 0.4, -0.46),
            ],
            pen.dark,
        )
        pen.box(side * 0.34 - 0.13, 0.34, side * 0.34 + 0.13, 0.42, pen.dark, 0.02)
        for y in (-0.06, 0.16):
            pen.oval(side * 0.13, y, 0.04, 0.04, pen.deep)
    pen.line([(0, -0.24), (0, 0.96)], pen.dark, 0.03)
    pen.poly([(-0.1, -0.62), (0.1, -0.62), (0, -0.3)], pen.pale)


def beanie(pen: Pen) -> None:
    pen.oval(0, -0.72, 0.22, 0.22, pen.pale)
    pen.poly(
        mirrored([(0.0, -0.72), (0.42, -0.6), (0.7, -0.1), (0.72, 0.4), (0.0, 0.4)]), pen.main, 2
    )
    for x in (-0.36, 0.0, 0.36):
        pen.curve([(x * 0.5, -0.56), (x * 1.1, -0.2), (x * 1.2, 0.24)], pen.dark, 0.035)
    pen.box(-0.78, 0.2, 0.78, 0.62, pen.light, 0.14)
    for x in (-0.6, -0.4, -0.2, 0.0, 0.2, 0.4, 0.6):
        pen.line([(x, 0.28), (x, 0.54)], pen.main, 0.04)


def cap(pen: Pen) -> None:
    pen.poly(
        [(-0.86, 0.49), (-0.86, -0.13), (-0.48, -0.63), (0.12, -0.6), (0.5, -0.01), (0.48, 0.49)],
        pen.main,
        2,
    )
    pen.poly(
        [(0.0, 0.3), (0.6, 0.24), (1.08, 0.49), (1.03, 0.67), (0.48, 0.49), (-0.48, 0.49)],
        pen.dark,
        2,
    )
    pen.curve([(-0.12, -0.56), (0.0, -0.13), (0.0, 0.37)], pen.dark, 0.03)
    pen.curve([(-0.41, -0.51), (-0.55, -0.13), (-0.53, 0.42)], pen.dark, 0.03)
    pen.oval(-0.19, -0.58, 0.1, 0.06, pen.light)


def hat(pen: Pen) -> None:
    pen.oval(0, 0.3, 1.0, 0.26, pen.dark)
    pen.oval(0, 0.26, 1.0, 0.24, pen.main)
    pen.poly(mirrored([(0.0, -0.62), (0.4, -0.56), (0.54, 0.28), (0.0, 0.36)]), pen.light, 2)
    pen.poly(mirrored([(0.47, -0.02), (0.52, 0.18), (0.0, 0.3), (0.0, 0.08)]), (150, 60, 60), 1)


def scarf(pen: Pen) -> None:
    pen.poly([(0.02, -0.3), (0.4, -0.3), (0.5, 0.86), (0.14, 0.86)], pen.dark)
    pen.poly([(-0.36, -0.34), (0.06, -0.3), (-0.06, 0.7), (-0.44, 0.66)], pen.main)
    pen.poly(
        mirrored([(0.0, -0.8), (0.42, -0.74), (0.62, -0.46), (0.34, -0.18), (0.0, -0.12)]),
        pen.light,
        2,
    )
    pen.oval(0, -0.56, 0.34, 0.14, pen.dark)
    for y in (0.2, 0.4):
        pen.line([(-0.38, y - 0.02), (-0.04, y + 0.02)], pen.pale, 0.06)
        pen.line([(0.12, y + 0.16), (0.42, y + 0.16)], pen.pale, 0.06)
    for step in range(5):
        pen.line([(-0.41 + step * 0.08, 0.66), (-0.42 + step * 0.08, 0.82)], pen.main, 0.03)
        pen.line([(0.17 + step * 0.08, 0.86), (0.17 + step * 0.08, 1.0)], pen.dark, 0.03)


def tote(pen: Pen) -> None:
    for x in (-0.3, 0.3):
        pen.line([(x, -0.2), (x, -0.3)], pen.dark, 0.08)
    pen.arc(0, -0.3, 0.34, 0.6, (180, 360), pen.dark, 0.09)
    pen.poly([(-0.66, -0.3), (0.66, -0.3), (0.74, 0.88), (-0.74, 0.88)], pen.main)
    pen.line([(-0.64, -0.22), (0.64, -0.22)], pen.dark, 0.02)
    leaf = (84, 128, 92)
    pen.line([(0, 0.66), (0, 0.1)], leaf, 0.04)
    for y in (0.14, 0.32, 0.5):
        for side in (-1, 1):
            pen.poly(
                [
                    (0, y + 0.1),
                    (side * 0.16, y - 0.06),
                    (side * 0.3, y - 0.04),
                    (side * 0.2, y + 0.08),
                ],
                leaf,
                2,
            )


def backpack(pen: Pen) -> None:
    pen.arc(0, -0.76, 0.2, 0.2, (180, 360), pen.deep, 0.07)
    for side in (-1, 1):
        pen.box(side * 0.68 - 0.1, -0.2, side * 0.68 + 0.1, 0.66, pen.dark, 0.1)
    pen.box(-0.64, -0.8, 0.64, 0.9, pen.main, 0.34)
    pen.box(-0.44, 0.14, 0.44, 0.72, pen.dark, 0.12)
    pen.box(-0.44, 0.14, 0.44, 0.34, pen.light, 0.1)
    pen.line([(-0.46, -0.2), (0.46, -0.2)], pen.deep, 0.045)
    pen.line([(0.34, -0.2), (0.34, -0.04)], pen.pale, 0.04)


def wallet(pen: Pen) -> None:
    pen.box(-0.8, -0.5, 0.8, 0.62, pen.dark, 0.12)
    pen.box(-0.7, -0.62, 0.62, -0.2, (110, 160, 130), 0.04)
    pen.box(-0.86, -0.42, 0.86, 0.62, pen.main, 0.12)
    pen.box(-0.8, -0.36, 0.8, 0.56, pen.main, 0.1)
    pen.box(0.34, -0.06, 0.9, 0.28, pen.dark, 0.12)
    pen.oval(0.56, 0.11, 0.07, 0.07, pen.pale)
    for x in range(-7, 8):
        pen.line([(x * 0.1, 0.5), (x * 0.1 + 0.04, 0.5)], pen.light, 0.02)


def belt(pen: Pen) -> None:
    for radius, colour in ((0.8, pen.dark), (0.72, pen.main)):
        pen.arc(
            0, -0.06, radius, radius * 0.72, (0, 360), colour, 0.2 if colour == pen.dark else 0.16
        )
    pen.box(-0.3, 0.34, 0.3, 0.76, (206, 172, 96), 0.06)
    pen.box(-0.2, 0.44, 0.2, 0.66, pen.main, 0.03)
    pen.line([(0.0, 0.55), (0.28, 0.55)], (206, 172, 96), 0.05)
    for x in (-0.5, -0.62):
        pen.oval(x, 0.32, 0.03, 0.03, pen.deep)


def umbrella(pen: Pen) -> None:
    pen.line([(0, -0.86), (0, 0.7)], pen.deep, 0.06)
    pen.arc(0.16, 0.7, 0.17, 0.2, (0, 180), pen.deep, 0.06)
    pen.draw.pieslice([*pen.at(-0.96, -0.74), *pen.at(0.96, 1.0)], 180, 360, fill=pen.main)
    pen.draw.pieslice([*pen.at(-0.34, -0.74), *pen.at(0.34, 1.0)], 180, 360, fill=pen.light)
    for x in (-0.64, 0.0, 0.64):
        pen.oval(x, 0.14, 0.32, 0.1, pen.dark)
    pen.line([(0, 0.1), (0, 0.3)], pen.deep, 0.06)


def glasses(pen: Pen) -> None:
    for side in (-1, 1):
        pen.poly(
            [
                (side * 0.08, -0.28),
                (side * 0.92, -0.32),
                (side * 0.86, 0.26),
                (side * 0.5, 0.44),
                (side * 0.14, 0.26),
            ],
            pen.main,
            2,
        )
        pen.poly(
            [
                (side * 0.18, -0.2),
                (side * 0.8, -0.22),
                (side * 0.75, 0.18),
                (side * 0.48, 0.32),
                (side * 0.22, 0.18),
            ],
            (46, 58, 74),
            2,
        )
        pen.line([(side * 0.34, -0.02), (side * 0.5, -0.12)], (120, 140, 160), 0.05)
        pen.line([(side * 0.84, -0.2), (side * 0.98, -0.3)], pen.dark, 0.08)
    pen.curve([(-0.18, -0.12), (0, -0.24), (0.18, -0.12)], pen.main, 0.09)


def socks(pen: Pen) -> None:
    for shift, colour, band in ((0.3, pen.dark, pen.light), (-0.12, pen.main, pen.pale)):
        outline = [
            (-0.2, -0.9),
            (0.2, -0.9),
            (0.2, 0.2),
            (0.02, 0.5),
            (-0.46, 0.84),
            (-0.78, 0.7),
            (-0.72, 0.42),
            (-0.2, 0.08),
        ]
        pen.poly([(x + shift, y) for x, y in outline], colour, 2)
        pen.box(shift - 0.2, -0.92, shift + 0.2, -0.68, band, 0.05)
        for y in (-0.52, -0.38):
            pen.line([(shift - 0.17, y), (shift + 0.17, y)], band, 0.05)
        pen.oval(shift - 0.58, 0.62, 0.17, 0.17, band)


def mitten(pen: Pen) -> None:
    pen.poly([(0.2, 0.1), (0.56, -0.34), (0.8, -0.24), (0.72, 0.1), (0.3, 0.5)], pen.dark, 2)
    pen.poly(
        [(-0.5, 0.5), (-0.56, -0.4), (-0.2, -0.94), (0.26, -0.8), (0.4, -0.2), (0.36, 0.5)],
        pen.main,
        2,
    )
    pen.box(-0.56, 0.36, 0.44, 0.86, pen.light, 0.08)
    for x in (-0.42, -0.24, -0.06, 0.12, 0.3):
        pen.line([(x, 0.44), (x, 0.78)], pen.main, 0.045)
    for x, y in ((-0.2, -0.4), (0.1, -0.4), (-0.05, -0.2), (-0.05, -0.6)):
        pen.poly([(x, y - 0.08), (x + 0.07, y), (x, y + 0.08), (x - 0.07, y)], pen.pale)


SHAPES = {
    shape.__name__: shape
    for shape in (
        *(shirt, tshirt, striped, polo, jumper, cardigan, hoodie, trousers, shorts, jacket),
        *(raincoat, vest, coat, beanie, cap, hat, scarf, tote, backpack, wallet, belt),
        *(umbrella, glasses, socks, mitten),
    )
}
