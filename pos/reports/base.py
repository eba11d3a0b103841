"""What a report is: a title, who may read it, filters, columns and rows. One module each.

A report knows no page, file or mail: the same rows are shown, printed, sent and taken to Excel.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar

from pos.models import User

from .facts import Span, Where

# Filters beside the period, which every report has.
STORE, REGISTER, SELLER = "store", "register", "seller"
CATEGORY, CUSTOMER, METHOD, PRODUCT = "category", "customer", "method", "product"
PREVIOUS, YEAR_AGO = "previous", "year"


@dataclass(frozen=True)
class Column:
    """One column. `kind`: text, code, money, quantity, percent, count, date or datetime.

    Or week, month or year, whose values are their first days; hour (0 to 23); weekday (0: Monday).

    `term` names the glossary's entry behind it; `rights` are all needed to see it. Without
    `is_summed` its total is what `Report.totals` says, or empty.
    """

    name: str
    title: Any
    kind: str = "text"
    term: str = ""
    rights: tuple[str, ...] = ()
    is_summed: bool = False


@dataclass(frozen=True)
class Behind:
    """The list behind a row or figure: a model's name and the filters of its list."""

    model: str
    lookups: Mapping[str, Any]


@dataclass
class Row:
    """Values by column name (Decimal, int, date, datetime, str or None), and what is behind them.

    `before` holds the same columns in the compared period; `behind` opens the row, `behinds` single
    """

    cells: dict[str, Any]
    before: dict[str, Any] | None = None
    behind: Behind | None = None
    behinds: dict[str, Behind] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """What somebody asked of a report. `by` is one of `Report.choices`, or empty."""

    user: User
    span: Span
    where: Where = Where()
    compare: str = ""
    by: str = ""

    @property
    def compared(self) -> Span | None:
        if self.compare == PREVIOUS:
            return self.span.before()
        return self.span.year_ago() if self.compare == YEAR_AGO else None


@dataclass(frozen=True)
class Chart:
    """What is drawn of the rows: kind line, bar (lying), column or pie; the first `most` rows."""

    kind: str
    label: str
    values: tuple[str, ...]
    most: int = 60


class Report:
    """Subclasses say what they are, and give `rows`.

    `rights`: any one of them opens the report; rows are narrowed to the person in any case.
    `filters`: names from above. `choices`: what the rows can be grouped by, name -> title, the first
    is what nobody has chosen. `sort`: column the rows come sorted by, “-” for falling.
    `figures`: columns whose totals stand large above the table (none: the first four summed ones).
    `template`: drawn instead of the chart, with what `extra` says.
    """

    name: ClassVar[str]
    title: ClassVar[Any]
    description: ClassVar[Any]
    group: ClassVar[str]
    icon: ClassVar[str] = "bar_chart"
    rights: ClassVar[tuple[str, ...]] = ("view_order",)
    filters: ClassVar[tuple[str, ...]] = (STORE, REGISTER, SELLER)
    choices: ClassVar[dict[str, Any]] = {}
    columns: ClassVar[Sequence[Column]] = ()
    chart: ClassVar[Chart | None] = None
    sort: ClassVar[str] = ""
    has_period: ClassVar[bool] = True  # stock on hand is of now
    can_compare: ClassVar[bool] = True
    totals_need_rows: ClassVar[bool] = True  # off: `totals` sums by itself
    empty: ClassVar[Any] = ""
    figures: ClassVar[tuple[str, ...]] = ()
    template: ClassVar[str] = ""

    def is_allowed(self, user: User) -> bool:
        return any(user.has_perm(f"pos.{right}") for right in self.rights)

    def columns_for(self, user: User, asked: Asked | None = None) -> list[Column]:
        return [
            column
            for column in self.columns
            if all(user.has_perm(f"pos.{right}") for right in column.rights)
        ]

    def rows(self, asked: Asked) -> list[Row]:
        raise NotImplementedError

    def totals(self, asked: Asked, rows: Iterable[Row]) -> dict[str, Any]:
        """The last row: sums of the columns that are summed. Extend it for averages and rates."""
        rows = list(rows)
        columns = self.columns_for(asked.user, asked)
        summed = [column.name for column in columns if column.is_summed]
        return {
            name: sum((row.cells.get(name) or 0 for row in rows), start=Decimal(0))
            for name in summed
        }

    def extra(self, asked: Asked, rows: Sequence[Row]) -> dict[str, Any]:
        """What the template of this report needs beside the rows."""
        return {}

    def notes(self, asked: Asked) -> list[Any]:
        """What a reader should know: a product in two categories counts in both, and so on."""
        return []


def in_order(rows: Sequence[Row], order: str) -> list[Row]:
    """By one column, “-” falling; what has no value comes last, equals stay as they were."""
    if not order:
        return list(rows)
    name, is_falling = order.removeprefix("-"), order.startswith("-")
    known = [row for row in rows if row.cells.get(name) not in (None, "")]
    unknown = [row for row in rows if row.cells.get(name) in (None, "")]
    return sorted(known, key=lambda row: _key(row.cells[name]), reverse=is_falling) + unknown


def _key(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value
