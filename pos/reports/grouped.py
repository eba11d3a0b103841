"""What most reports are: the sums of one fact by one thing, a row each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar

from pos.money import quantise

from .base import Asked, Behind, Column, Report, Row, in_order
from .facts import Fact, Found, Span, Sums, sums

Key = tuple[Any, ...]
FIGURES = ("money", "quantity", "percent", "count")


def share(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """`part` as a percentage of `whole`, one place; None of nothing."""
    return quantise(Fraction(part) * 100 / Fraction(whole), 1) if whole else None


def ratio(amount: Decimal | int, count: Decimal | int, places: int = 2) -> Decimal | None:
    """`amount` per one of `count`; None of nothing."""
    return quantise(Fraction(amount) / Fraction(count), places) if count else None


class Grouped(Report):
    """Columns that are no figures are labels, by `labels`; the others are attributes of Sums.

    `not_added`: figures whose sum over the rows would count something twice.
    """

    fact: ClassVar[Fact] = Fact.SALES
    by: ClassVar[tuple[str, ...]] = ()
    not_added: ClassVar[tuple[str, ...]] = ()
    totals_need_rows = False

    def keys(self, asked: Asked) -> tuple[str, ...]:
        """What the sums are grouped by."""
        return self.by

    def found(self, asked: Asked, span: Span) -> Found:
        """The sums of a row, by what tells rows apart."""
        return sums(self.fact, user=asked.user, span=span, by=self.keys(asked), where=asked.where)

    def labels(self, asked: Asked, keys: Collection[Key]) -> Mapping[Key, dict[str, Any]]:
        """The cells of each key that say what the row is about."""
        raise NotImplementedError

    def behind(self, asked: Asked, key: Key) -> Behind | None:
        return None

    def behinds(self, asked: Asked, key: Key) -> dict[str, Behind | None]:
        return {}

    def has_documents(self, found: Sums) -> bool:
        """Whether the list behind a row would show anything."""
        return bool(getattr(found, "orders", 1))

    def figure(self, found: Sums, name: str) -> Any:
        return getattr(found, name)

    def cells(self, found: Sums, columns: Iterable[Column]) -> dict[str, Any]:
        return {
            each.name: self.figure(found, each.name) for each in columns if each.kind in FIGURES
        }

    def rows(self, asked: Asked) -> list[Row]:
        now = self.found(asked, asked.span)
        then = self.found(asked, asked.compared) if asked.compared else None
        labels = self.labels(asked, list({**now, **(then or {})}))
        columns = self.columns_for(asked.user, asked)
        rows = []
        # Equals come by name: a database gives them in any order.
        for key, label in sorted(labels.items(), key=lambda each: str([*each[1].values()])):
            behinds = self.behinds(asked, key).items() if key in now else ()
            is_linked = key in now and self.has_documents(now[key])
            before = None if then is None else self.cells(then[key], columns)
            rows.append(
                Row(
                    {**self.cells(now[key], columns), **label},
                    before=before,
                    behind=self.behind(asked, key) if is_linked else None,
                    behinds={name: each for name, each in behinds if each},
                )
            )
        return in_order(rows, self.sort)

    def totals(self, asked: Asked, rows: Iterable[Row]) -> dict[str, Any]:
        """Of everything asked for at once: an average is no sum, nor is a product in two groups."""
        whole = sums(self.fact, user=asked.user, span=asked.span, where=asked.where)
        columns = self.columns_for(asked.user, asked)
        summed = [each for each in columns if each.name not in self.not_added]
        return self.cells(whole[()], summed)


def at_most(asked: Asked, **where: Any) -> Asked:
    """The same question of fewer."""
    return replace(asked, where=replace(asked.where, **where))


def folded(found: Found, groups: Callable[[Key], Iterable[Any]]) -> Found:
    """Sums taken together: `groups` says what a key counts in."""
    totals = Found(found.measures)
    for key, each in found.items():
        for group in groups(key):
            totals[group,] += each
    return totals
