"""Kitchen, cleaning, the living room."""

from __future__ import annotations

from .pictures import WHITE, Colour, Pen, mirrored, mix

STEEL: Colour = (186, 194, 204)
STEEL_DARK: Colour = (140, 148, 160)
WOOD: Colour = (176, 124, 76)
GREEN: Colour = (84, 140, 84)


def mug(pen: Pen) -> None:
    pen.arc(0.5, 0.1, 0.42, 0.4, (-90, 90), pen.dark, 0.16)
    pen.poly(
        [(-0.72, -0.6), (0.5, -0.6), (0.48, 0.7), (0.3, 0.88), (-0.52, 0.88), (-0.7, 0.7)],
        pen.main,
        1,
    )
    pen.oval(-0.11, -0.58, 0.61, 0.15, pen.light)
    pen.oval(-0.11, -0.56, 0.52, 0.11, (92, 62, 46))
    pen.line([(-0.54, -0.24), (-0.52, 0.5)], pen.light, 0.09)
    for x in (-0.24, 0.04):
        pen.curve(
            [(x, -0.78), (x + 0.1, -0.88), (x - 0.06, -0.96), (x + 0.04, -1.04)], pen.pale, 0.045
        )


def bowl(pen: Pen) -> None:
    pen.draw.pieslice([*pen.at(-0.92, -0.94), *pen.at(0.92, 0.72)], 0, 180, fill=pen.main)
    pen.box(-0.36, 0.6, 0.36, 0.82, pen.dark, 0.05)
    pen.oval(0, -0.1, 0.92, 0.22, pen.light)
    pen.oval(0, -0.08, 0.78, 0.16, pen.pale)
    pen.arc(0, -0.1, 0.78, 0.62, (40, 140), pen.pale, 0.05)


def plate(pen: Pen) -> None:
    pen.oval(0, 0.06, 0.98, 0.86, pen.dark)
    pen.oval(0, 0.0, 0.98, 0.86, pen.white)
    pen.oval(0, 0.0, 0.88, 0.77, pen.light)
    pen.oval(0, 0.0, 0.82, 0.71, pen.white)
    pen.oval(0, 0.0, 0.6, 0.52, pen.pale)
    pen.oval(0, 0.03, 0.57, 0.48, pen.white)


def glass(pen: Pen) -> None:
    pen.poly([(-0.52, -0.86), (0.52, -0.86), (0.38, 0.92), (-0.38, 0.92)], pen.pale, 1)
    pen.poly([(-0.45, -0.3), (0.45, -0.3), (0.34, 0.8), (-0.34, 0.8)], pen.main, 1)
    pen.oval(0, -0.3, 0.44, 0.09, pen.light)
    pen.line([(-0.38, -0.66), (-0.28, 0.6)], pen.white, 0.06)


def pan(pen: Pen) -> None:
    pen.line([(0.3, 0.3), (0.9, 0.84)], (120, 78, 50), 0.18)
    pen.oval(-0.2, -0.12, 0.76, 0.76, pen.dark)
    pen.oval(-0.2, -0.16, 0.76, 0.76, pen.main)
    pen.oval(-0.2, -0.16, 0.6, 0.6, pen.deep)
    pen.poly(
        [(-0.5, -0.3), (-0.2, -0.56), (0.1, -0.36), (0.2, 0.04), (-0.14, 0.2), (-0.46, 0.08)],
        WHITE,
        3,
    )
    pen.oval(-0.14, -0.18, 0.16, 0.16, (246, 186, 56))


def knife(pen: Pen) -> None:
    pen.poly(
        [(-0.98, 0.66), (-0.6, 0.5), (0.36, -0.46), (0.2, -0.62), (-0.5, -0.06), (-0.86, 0.36)],
        STEEL,
        0,
    )
    pen.poly([(-0.98, 0.66), (-0.6, 0.5), (0.36, -0.46), (0.3, -0.52), (-0.66, 0.4)], STEEL_DARK)
    pen.line([(0.34, -0.54), (0.84, -0.98)], pen.main, 0.22)
    for step in (0.12, 0.42, 0.72):
        pen.oval(0.4 + step * 0.5, -0.6 - step * 0.45, 0.035, 0.035, STEEL)


def board(pen: Pen) -> None:
    pen.box(-0.2, -1.0, 0.2, -0.3, pen.main, 0.16)
    pen.box(-0.68, -0.6, 0.68, 0.96, pen.main, 0.16)
    pen.oval(0, -0.82, 0.09, 0.09, pen.pale)
    for x, y in ((-0.44, 0.1), (-0.2, -0.2), (0.1, 0.2), (0.4, -0.1)):
        pen.curve([(x, y - 0.3), (x + 0.06, y), (x, y + 0.5)], pen.dark, 0.03)
    pen.arc(0, 0.18, 0.58, 0.7, (0, 360), pen.light, 0.025)


def towel(pen: Pen) -> None:
    pen.line([(-0.9, -0.8), (0.9, -0.8)], WOOD, 0.12)
    pen.box(-0.56, -0.86, 0.56, 0.92, pen.white, 0.04)
    for x in (-0.36, -0.12, 0.12, 0.36):
        pen.box(x - 0.05, -0.86, x + 0.05, 0.92, pen.light, 0.0)
    for y in (-0.5, -0.1, 0.3, 0.7):
        pen.box(-0.56, y - 0.05, 0.56, y + 0.05, pen.main, 0.0)
    for x in (-0.36, -0.12, 0.12, 0.36):
        for y in (-0.5, -0.1, 0.3, 0.7):
            pen.box(x - 0.05, y - 0.05, x + 0.05, y + 0.05, pen.dark, 0.0)


def spray(pen: Pen) -> None:
    pen.poly(
        mirrored([(0.0, -0.4), (0.14, -0.4), (0.2, -0.14), (0.46, 0.1), (0.46, 0.96), (0.0, 0.96)]),
        pen.main,
        1,
    )
    pen.box(-0.14, -0.62, 0.16, -0.36, pen.deep, 0.03)
    pen.poly(
        [(-0.54, -0.86), (0.3, -0.86), (0.36, -0.56), (-0.3, -0.6), (-0.54, -0.68)], pen.white, 1
    )
    pen.poly([(-0.3, -0.6), (-0.14, -0.6), (-0.24, -0.24), (-0.36, -0.28)], pen.dark, 1)
    pen.box(-0.34, 0.3, 0.34, 0.78, pen.white, 0.05)
    for x, y in ((-0.8, -0.9), (-0.82, -0.72), (-0.96, -0.82), (-0.98, -0.62)):
        pen.oval(x, y, 0.045, 0.045, pen.light)
    pen.oval(0, 0.52, 0.1, 0.14, pen.main)


def soap(pen: Pen) -> None:
    pen.box(-0.86, -0.02, 0.86, 0.66, pen.dark, 0.26)
    pen.box(-0.86, -0.14, 0.86, 0.52, pen.main, 0.26)
    pen.box(-0.6, 0.02, 0.6, 0.36, pen.light, 0.14)
    pen.line([(-0.3, 0.19), (0.3, 0.19)], pen.main, 0.06)
    for x, y, size in (
        (-0.5, -0.46, 0.16),
        (-0.14, -0.64, 0.22),
        (0.34, -0.5, 0.18),
        (0.62, -0.74, 0.1),
        (0.1, -0.32, 0.1),
    ):
        pen.oval(x, y, size, size, pen.pale)
        pen.oval(x - size * 0.3, y - size * 0.3, size * 0.3, size * 0.3, WHITE)


def jug(pen: Pen) -> None:
    pen.poly(
        [(-0.2, -0.7), (0.16, -0.7), (0.5, -0.3), (0.56, 0.92), (-0.56, 0.92), (-0.56, -0.2)],
        pen.main,
        1,
    )
    pen.box(-0.24, -0.98, 0.2, -0.66, pen.pale, 0.05)
    pen.poly([(0.3, -0.26), (0.42, -0.2), (0.44, 0.14), (0.26, 0.1)], pen.deep, 2)
    pen.box(-0.42, 0.2, 0.4, 0.78, pen.white, 0.06)
    pen.curve([(-0.3, 0.56), (-0.14, 0.4), (0.02, 0.58), (0.18, 0.4), (0.3, 0.52)], pen.main, 0.08)


def sponge(pen: Pen) -> None:
    for y, colour, top in (
        (0.4, (92, 150, 104), pen.main),
        (-0.06, (92, 150, 104), pen.main),
        (-0.52, (92, 150, 104), pen.main),
    ):
        pen.box(-0.8, y - 0.2, 0.8, y + 0.2, top, 0.08)
        pen.box(-0.8, y - 0.22, 0.8, y - 0.08, colour, 0.05)
        for x in (-0.6, -0.34, -0.06, 0.2, 0.5):
            pen.oval(x, y + 0.06, 0.05, 0.035, pen.dark)


def brush(pen: Pen) -> None:
    pen.line([(-0.86, 0.8), (0.3, -0.36)], pen.main, 0.15)
    pen.oval(0.5, -0.5, 0.4, 0.4, pen.dark)
    for step in range(9):
        x, y = 0.2 + step * 0.09, -0.2 - step * 0.09
        pen.line([(x + 0.0, y), (x + 0.2, y + 0.22)], (236, 222, 192), 0.07)
    pen.oval(0.42, -0.58, 0.36, 0.3, pen.main)
    pen.oval(-0.78, 0.72, 0.035, 0.035, pen.pale)


def candle(pen: Pen) -> None:
    pen.poly(
        [(0, -1.0), (0.15, -0.72), (0.1, -0.54), (-0.1, -0.54), (-0.15, -0.72)], (250, 190, 70), 2
    )
    pen.poly([(0, -0.82), (0.07, -0.66), (0, -0.54), (-0.07, -0.66)], (255, 240, 180), 2)
    pen.line([(0, -0.56), (0, -0.36)], (70, 60, 60), 0.04)
    pen.box(-0.58, -0.44, 0.58, 0.9, pen.main, 0.12)
    pen.oval(0, -0.36, 0.56, 0.13, pen.pale)
    pen.box(-0.36, 0.06, 0.36, 0.6, (250, 244, 230), 0.04)
    pen.line([(-0.2, 0.26), (0.2, 0.26)], pen.dark, 0.05)
    pen.line([(-0.12, 0.42), (0.12, 0.42)], pen.light, 0.04)


def bulb(pen: Pen) -> None:
    pen.poly(
        mirrored([(0.0, -0.94), (0.5, -0.84), (0.68, -0.3), (0.34, 0.2), (0.26, 0.5), (0.0, 0.5)]),
        mix(pen.main, WHITE, 0.3),
        3,
    )
    pen.poly(
        mirrored([(0.0, -0.7), (0.34, -0.6), (0.44, -0.26), (0.2, 0.12), (0.0, 0.14)]),
        mix(pen.main, WHITE, 0.7),
        3,
    )
    for place, y in enumerate((0.46, 0.6, 0.74)):
        pen.box(
            -0.26 + place * 0.02,
            y,
            0.26 - place * 0.02,
            y + 0.12,
            STEEL_DARK if place % 2 else STEEL,
            0.05,
        )
    pen.oval(0, 0.9, 0.12, 0.08, (80, 84, 94))


def plant(pen: Pen) -> None:
    for x, y in ((-0.8, -0.3), (-0.5, -0.76), (0.0, -0.96), (0.5, -0.76), (0.8, -0.3)):
        pen.curve([(0, 0.3), (x * 0.4, y * 0.8), (x, y)], pen.dark, 0.04)
        for share in (0.35, 0.55, 0.75, 0.95):
            for side in (-1, 1):
                cx, cy = x * share, 0.25 + (y - 0.25) * share**0.8
                pen.oval(
                    cx + side * 0.1, cy - 0.02, 0.12, 0.07, pen.main if side < 0 else pen.light
                )
    pen.poly([(-0.46, 0.26), (0.46, 0.26), (0.34, 0.96), (-0.34, 0.96)], (196, 112, 78), 1)
    pen.box(-0.52, 0.2, 0.52, 0.4, (214, 130, 94), 0.04)


def vase(pen: Pen) -> None:
    for x, y, colour in (
        (-0.3, -0.86, (236, 170, 90)),
        (0.04, -0.98, (222, 106, 122)),
        (0.36, -0.8, (240, 214, 120)),
    ):
        pen.curve([(0, -0.1), (x * 0.6, -0.5), (x, y)], GREEN, 0.04)
        for dx, dy in ((-0.09, 0), (0.09, 0), (0, -0.09), (0, 0.09)):
            pen.oval(x + dx, y + dy, 0.1, 0.1, colour)
        pen.oval(x, y, 0.07, 0.07, (120, 84, 60))
    pen.poly(
        mirrored(
            [(0.0, -0.34), (0.24, -0.34), (0.2, -0.1), (0.54, 0.36), (0.34, 0.96), (0.0, 0.96)]
        ),
        pen.main,
        2,
    )
    pen.box(-0.27, -0.38, 0.27, -0.26, pen.light, 0.05)
    pen.curve([(-0.3, 0.2), (-0.38, 0.44), (-0.28, 0.7)], pen.light, 0.07)


def frame(pen: Pen) -> None:
    pen.box(-0.84, -0.9, 0.84, 0.9, pen.dark, 0.04)
    pen.box(-0.78, -0.84, 0.78, 0.84, pen.main, 0.03)
    pen.box(-0.62, -0.68, 0.62, 0.68, (250, 248, 242), 0.0)
    pen.box(-0.46, -0.5, 0.46, 0.5, (176, 212, 230), 0.0)
    pen.oval(0.2, -0.24, 0.12, 0.12, (248, 212, 110))
    pen.poly(
        [
            (-0.46, 0.5),
            (-0.46, 0.1),
            (-0.2, -0.14),
            (0.06, 0.16),
            (0.2, 0.04),
            (0.46, 0.28),
            (0.46, 0.5),
        ],
        (104, 146, 112),
    )


def blanket(pen: Pen) -> None:
    for y, colour in ((0.46, pen.dark), (0.06, pen.main), (-0.34, pen.light)):
        pen.box(-0.86, y - 0.22, 0.86, y + 0.24, colour, 0.18)
        pen.line([(-0.6, y + 0.02), (0.62, y + 0.02)], pen.pale, 0.04)
    for x in range(-7, 8):
        pen.line([(x * 0.11, 0.66), (x * 0.11, 0.84)], pen.dark, 0.035)


def cushion(pen: Pen) -> None:
    pen.poly(
        [
            (-0.9, -0.84),
            (0, -0.68),
            (0.9, -0.84),
            (0.76, 0),
            (0.9, 0.84),
            (0, 0.68),
            (-0.9, 0.84),
            (-0.76, 0),
        ],
        pen.main,
        1,
    )
    for x in (-0.4, 0.0, 0.4):
        pen.curve([(x, -0.62), (x * 1.05, 0), (x, 0.62)], pen.light, 0.06)
    pen.arc(0, 0, 0.74, 0.66, (20, 70), pen.dark, 0.05)
    pen.oval(0, 0, 0.07, 0.07, pen.dark)


SHAPES = {
    shape.__name__: shape
    for shape in (
        *(mug, bowl, plate, glass, pan, knife, board, towel, spray, soap, jug, sponge, brush),
        *(candle, bulb, plant, vase, frame, blanket, cushion),
    )
}
