"""Vegetables."""

from __future__ import annotations

from .pictures import Pen, mirrored, mix
from .shapes_fruit import LEAF, LEAF_DARK, shine


def tomato(pen: Pen) -> None:
    pen.poly(
        mirrored([(0.0, -0.5), (0.5, -0.62), (0.96, -0.2), (0.9, 0.5), (0.5, 0.86), (0.0, 0.88)]),
        pen.main,
        3,
    )
    pen.poly([(0.4, -0.3), (0.8, 0.0), (0.7, 0.5), (0.2, 0.78), (0.56, 0.3)], pen.dark, 3)
    for x, y in ((-0.5, -0.3), (-0.24, -0.14), (0.24, -0.14), (0.5, -0.34), (0, -0.06)):
        pen.poly([(-0.1, -0.54), (x, y), (0.1, -0.54)], LEAF, 1)
    pen.line([(0, -0.5), (0.04, -0.78)], LEAF_DARK, 0.08)
    shine(pen, -0.54, 0.06)


def carrot(pen: Pen) -> None:
    for x, y in ((-0.3, -0.92), (0.0, -1.0), (0.3, -0.9)):
        pen.poly(
            [(-0.06, -0.46), (x - 0.14, y + 0.1), (x, y), (x + 0.12, y + 0.12), (0.08, -0.46)],
            LEAF,
            2,
        )
    pen.poly(
        mirrored([(0.0, -0.56), (0.34, -0.54), (0.4, -0.3), (0.1, 0.84), (0.0, 1.0)]), pen.main, 2
    )
    for x, y in ((-0.22, -0.2), (0.14, -0.02), (-0.12, 0.2), (0.08, 0.42)):
        pen.line([(x, y), (x + 0.16, y + 0.01)], pen.dark, 0.035)


def potato(pen: Pen) -> None:
    pen.poly(
        [
            (-0.9, 0.1),
            (-0.6, -0.5),
            (0.1, -0.62),
            (0.8, -0.4),
            (0.96, 0.2),
            (0.6, 0.66),
            (-0.1, 0.58),
            (-0.66, 0.62),
        ],
        pen.main,
        3,
    )
    pen.poly(
        [(0.4, -0.2), (0.8, 0.1), (0.5, 0.5), (-0.1, 0.44), (0.3, 0.2)],
        mix(pen.main, pen.dark, 0.4),
        3,
    )
    for x, y in ((-0.4, -0.1), (0.1, -0.3), (-0.16, 0.26), (0.5, 0.0), (-0.62, 0.2)):
        pen.oval(x, y, 0.06, 0.035, pen.dark)
    shine(pen, -0.3, -0.36, 0.1)


def onion(pen: Pen) -> None:
    pen.poly(
        mirrored([(0.0, -0.98), (0.12, -0.7), (0.7, -0.24), (0.9, 0.3), (0.5, 0.82), (0.0, 0.86)]),
        pen.main,
        3,
    )
    for x in (-0.56, -0.28, 0.28, 0.56):
        pen.curve(
            [(x * 0.12, -0.7), (x * 1.2, 0.0), (x * 1.1, 0.4), (x * 0.4, 0.76)], pen.dark, 0.03
        )
    for x in (-0.14, 0.0, 0.14):
        pen.line([(x * 0.4, 0.76), (x, 0.94)], pen.deep, 0.03)
    shine(pen, -0.42, 0.16, 0.12)


def pepper(pen: Pen) -> None:
    for side in (-1, 1):
        pen.poly(
            [
                (0, -0.5),
                (side * 0.5, -0.66),
                (side * 0.9, -0.3),
                (side * 0.7, 0.6),
                (side * 0.3, 0.92),
                (0, 0.7),
            ],
            pen.dark,
            3,
        )
    pen.poly(
        mirrored([(0.0, -0.46), (0.3, -0.5), (0.48, -0.1), (0.36, 0.7), (0.0, 0.96)]), pen.main, 3
    )
    pen.poly(mirrored([(0.0, -0.62), (0.24, -0.6), (0.3, -0.4), (0.0, -0.36)]), LEAF_DARK, 2)
    pen.curve([(0, -0.5), (0, -0.8), (0.16, -0.96)], LEAF, 0.12)
    shine(pen, -0.58, -0.1, 0.14)


def lettuce(pen: Pen) -> None:
    for x, y, size, colour in (
        (-0.5, 0.16, 0.5, pen.dark),
        (0.5, 0.16, 0.5, pen.dark),
        (0, -0.3, 0.6, pen.dark),
        (-0.28, 0.26, 0.5, pen.main),
        (0.28, 0.26, 0.5, pen.main),
        (0, 0.0, 0.5, pen.light),
    ):
        for dx, dy in (
            (-0.5, 0),
            (0.5, 0),
            (0, -0.5),
            (0, 0.5),
            (-0.36, -0.36),
            (0.36, -0.36),
            (0.36, 0.36),
            (-0.36, 0.36),
        ):
            pen.oval(x + dx * size * 0.8, y + dy * size * 0.8, size * 0.5, size * 0.5, colour)
    for x in (-0.26, 0.0, 0.26):
        pen.curve([(0, 0.6), (x * 0.6, 0.2), (x * 1.4, -0.2)], pen.pale, 0.04)


def broccoli(pen: Pen) -> None:
    pen.poly(
        [(-0.22, 0.96), (-0.2, 0.2), (-0.5, -0.1), (0.5, -0.1), (0.2, 0.2), (0.22, 0.96)],
        (158, 190, 110),
        1,
    )
    for x, y, size in (
        (-0.56, -0.1, 0.36),
        (0.56, -0.1, 0.36),
        (-0.3, -0.5, 0.4),
        (0.3, -0.5, 0.4),
        (0, -0.12, 0.4),
    ):
        pen.oval(x, y, size, size, pen.main if y < -0.11 else pen.dark)
        for dx, dy in ((-0.12, -0.12), (0.1, -0.16), (0.0, 0.06)):
            pen.oval(x + dx, y + dy, 0.07, 0.07, pen.light)


def mushroom(pen: Pen) -> None:
    pen.poly(
        mirrored([(0.0, -0.1), (0.26, -0.1), (0.34, 0.7), (0.26, 0.9), (0.0, 0.92)]), pen.pale, 2
    )
    pen.oval(0, 0.06, 0.8, 0.2, pen.deep)
    pen.draw.pieslice([*pen.at(-0.94, -0.84), *pen.at(0.94, 0.92)], 180, 360, fill=pen.main)
    pen.oval(0, 0.04, 0.94, 0.15, pen.dark)
    pen.oval(0, 0.06, 0.26, 0.08, pen.pale)
    for x, y, size in ((-0.4, -0.38, 0.12), (0.1, -0.56, 0.14), (0.52, -0.26, 0.1)):
        pen.oval(x, y, size, size * 0.8, pen.light)


SHAPES = {
    shape.__name__: shape
    for shape in (*(tomato, carrot, potato, onion, pepper, lettuce, broccoli, mushroom),)
}
