"""What a card is: a title, who may see it, how much room it takes, and what its template shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.utils.translation import gettext as _

from pos.models import User
from pos.money import format_money, quantise

from .look import Look

HUNDRED = Decimal(100)
WIDTH, HEIGHT = 200, 40  # of a spark line's drawing
EDGE = 3


class Card:
    """`name` is kept in people's choices. `rights` are all needed. `size`: figure, wide or list.

    `term` is the entry of the glossary that explains its figure.
    """

    name: ClassVar[str]
    title: ClassVar[Any]
    own_title: ClassVar[Any] = ""
    icon: ClassVar[str]
    rights: ClassVar[tuple[str, ...]] = ("view_order",)
    size: ClassVar[str] = "list"
    template: ClassVar[str]
    term: ClassVar[str] = ""
    do_not_call_in_templates: ClassVar[bool] = True  # a template speaks of the class itself

    def __init__(self, look: Look) -> None:
        self.look = look

    @classmethod
    def is_allowed(cls, user: User) -> bool:
        return all(user.has_perm(f"pos.{right}") for right in cls.rights)

    @property
    def shown_title(self) -> Any:
        return self.own_title if self.own_title and self.look.is_own else self.title

    def content(self) -> dict[str, Any]:
        """What the template needs, ready to show."""
        raise NotImplementedError

    def url(self) -> str:
        """The list or report behind it; empty for none that this person may open."""
        return ""


@dataclass(frozen=True)
class Change:
    """Against the period before: an arrow (up, down, level), the words, and good, bad or nothing."""

    arrow: str
    text: str
    kind: str = ""


def change(now: Decimal | int, before: Decimal | int, *, is_good: bool = True) -> Change | None:
    """By how many percent it is more or less; None where there was nothing to compare with."""
    now, before = Decimal(now), Decimal(before)
    if not before:
        return None
    percent = quantise((now - before) * HUNDRED / abs(before), 1)
    if not percent:
        return Change("level", _("as much"))
    is_more = percent > 0
    text = f"{'+' if is_more else '−'}{abs(percent):,} %"
    return Change("up" if is_more else "down", text, "good" if is_more is is_good else "bad")


def spark_points(figures: Sequence[Decimal | int]) -> str:
    """The corners of a line through these values, left to right, in a box of WIDTH × HEIGHT."""
    values = [Decimal(figure) for figure in figures]
    if len(values) < 2:
        return ""
    low, high = min(*values, Decimal(0)), max(values)
    room, reach = HEIGHT - 2 * EDGE, high - low
    places = []
    for place, value in enumerate(values):
        across = quantise(Decimal(place * WIDTH) / (len(values) - 1), 1)
        up = (value - low) * room / reach if reach else Decimal(0)
        places.append(f"{across},{quantise(HEIGHT - EDGE - up, 1)}")
    return " ".join(places)


def share(value: Decimal, most: Decimal) -> int:
    """How long a bar is, in whole percent of the longest."""
    return int(value * 100 / most) if most > 0 and value > 0 else 0


def money(amount: Decimal) -> str:
    return format_money(amount, settings.POS_CURRENCY)


def joined(parts: Sequence[Any]) -> str:
    return " · ".join(str(part) for part in parts if part)
