"""Every shape by the name that the fixture calls it."""

from __future__ import annotations

from . import (
    shapes_bakery,
    shapes_fruit,
    shapes_home,
    shapes_pantry,
    shapes_things,
    shapes_vegetables,
    shapes_wear,
)
from .pictures import Shape

SHAPES: dict[str, Shape] = {
    **shapes_wear.SHAPES,
    **shapes_fruit.SHAPES,
    **shapes_vegetables.SHAPES,
    **shapes_bakery.SHAPES,
    **shapes_pantry.SHAPES,
    **shapes_home.SHAPES,
    **shapes_things.SHAPES,
}
