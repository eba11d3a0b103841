"""What an address asks of a report, whoever typed it: what is nonsense or not theirs falls away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pos.models import (
    CashSession,
    Category,
    Customer,
    PaymentMethod,
    Product,
    Register,
    Store,
    User,
)
from pos.services.rights import granted

from .base import (
    CATEGORY,
    CUSTOMER,
    METHOD,
    PREVIOUS,
    PRODUCT,
    REGISTER,
    SELLER,
    STORE,
    YEAR_AGO,
    Asked,
    Column,
    Report,
)
from .facts import Where
from .periods import CUSTOM, PERIODS, USUAL, read_period

COMPARED: dict[str, Any] = {
    "": gettext_lazy("Nothing"),
    PREVIOUS: gettext_lazy("The period before"),
    YEAR_AGO: gettext_lazy("A year ago"),
}
# filter -> (title, the field of Where)
FILTERS: dict[str, tuple[Any, str]] = {
    STORE: (gettext_lazy("Store"), "stores"),
    REGISTER: (gettext_lazy("Register"), "registers"),
    SELLER: (gettext_lazy("Seller"), "sellers"),
    CATEGORY: (gettext_lazy("Category"), "categories"),
    PRODUCT: (gettext_lazy("Product"), "products"),
    CUSTOMER: (gettext_lazy("Customer"), "customers"),
    METHOD: (gettext_lazy("Payment method"), "methods"),
}
# These may be very many: they are searched for, never listed.
SEARCHED = (CUSTOMER, PRODUCT)


@dataclass(frozen=True)
class Question:
    """A report, what is asked of it, and the address that asks so.

    `period`: name of the period or “custom”. `order`: a column's name, “-” for falling. `chosen`:
    filter -> the row it is set to.
    """

    report: Report
    asked: Asked
    period: str
    order: str
    page: int
    chosen: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def columns(self) -> list[Column]:
        return self.report.columns_for(self.asked.user, self.asked)

    @property
    def parameters(self) -> dict[str, str]:
        """As in the address, without what goes without saying."""
        asked, found = self.asked, {}
        if self.report.has_period and self.period == CUSTOM:
            found = {"from": f"{asked.span.first}", "to": f"{asked.span.last}"}
        elif self.report.has_period and self.period != USUAL:
            found = {"period": self.period}
        found |= {name: str(row.pk) for name, row in self.chosen.items()}
        if asked.compare:
            found["compare"] = asked.compare
        if asked.by and asked.by != next(iter(self.report.choices)):
            found["by"] = asked.by
        if self.order != self.report.sort:
            found["o"] = self.order
        return found

    def query(self, **changes: str | None) -> str:
        """The address's query with some parameters changed, or (None) left out."""
        found = {**self.parameters, **changes}
        return urlencode({name: value for name, value in found.items() if value})

    def words(self) -> list[tuple[str, str]]:
        """What is asked, as people say it: [(“Period”, “Last month: …”), (“Store”, “Harbour”)]."""
        found = []
        if self.report.has_period:
            found.append((_("Period"), self.period_text))
        if self.asked.by:
            found.append((_("By"), str(self.report.choices[self.asked.by])))
        found += [(str(FILTERS[name][0]), str(row)) for name, row in self.chosen.items()]
        if self.asked.compared:
            found.append(
                (
                    _("Compared with"),
                    days_text(self.asked.compared.first, self.asked.compared.last),
                )
            )
        return found

    @property
    def period_text(self) -> str:
        days = days_text(self.asked.span.first, self.asked.span.last)
        return days if self.period == CUSTOM else f"{PERIODS[self.period]}: {days}"


def days_text(first: date, last: date) -> str:
    start, end = date_format(first), date_format(last)
    return start if first == last else f"{start} – {end}"


def read_question(report: Report, *, user: User, query: Mapping[str, str], today: date) -> Question:
    """Of an address's or a saved report's query; `today` by the shop's clock."""
    period, span = read_period(query, today)
    chosen = chosen_rows(report, user, query)
    compare = query.get("compare", "")
    by = query.get("by", "")
    asked = Asked(
        user=user,
        span=span,
        where=Where(**{FILTERS[name][1]: frozenset([row.pk]) for name, row in chosen.items()}),
        compare=compare if compare in COMPARED and can_compare(report) else "",
        by=by if by in report.choices else next(iter(report.choices), ""),
    )
    names = {column.name for column in report.columns_for(user, asked)}
    order = query.get("o", "")
    return Question(
        report=report,
        asked=asked,
        period=period,
        order=order if order.removeprefix("-") in names else report.sort,
        page=_number(query.get("p")) or 1,
        chosen=chosen,
    )


def can_compare(report: Report) -> bool:
    return report.has_period and report.can_compare


def chosen_rows(report: Report, user: User, query: Mapping[str, str]) -> dict[str, Any]:
    found = {}
    for name in report.filters:
        number = _number(query.get(name))
        row = rows_of(name, user).filter(pk=number).first() if number else None
        if row is not None:
            found[name] = row
    return found


def rows_of(name: str, user: User) -> QuerySet:
    """What this person may narrow a report to."""
    rows: QuerySet
    if name == STORE:
        rows = Store.objects.visible_to(user)
    elif name == REGISTER:
        rows = Register.objects.visible_to(user).select_related("store")
    elif name == SELLER:
        rows = sellers_for(user)
    elif name == CATEGORY:
        rows = Category.objects.all()
    elif name == METHOD:
        rows = PaymentMethod.objects.all()
    elif name == PRODUCT:
        rows = allowed(Product.objects.all(), user, "view_product")
    else:
        rows = allowed(Customer.objects.all(), user, "view_customer")
    return rows


def sellers_for(user: User) -> QuerySet:
    """The people whose sales somebody may see: all, those of their stores, or only themselves."""
    people = User.objects.order_by("first_name", "last_name", "username")
    managed = user.store_ids("manage_store", "view_store_reports")
    if managed is None:
        return people
    if not managed:
        return people.filter(pk=user.pk)
    works = {grant.person_id for grant in granted(stores=managed)}
    opened = CashSession.objects.filter(register__store_id__in=managed).order_by()
    sold = set(opened.values_list("opened_by_id", flat=True).distinct())
    return people.filter(pk__in=works | sold | {user.pk})


def allowed(rows: QuerySet, user: User, right: str) -> QuerySet:
    return rows if user.has_perm(f"pos.{right}") else rows.none()


def options_of(name: str, user: User) -> list[tuple[int, str]]:
    """The choices of a filter that are listed: (id, label)."""
    if name == CATEGORY:
        return category_options()
    rows = rows_of(name, user)
    if name == REGISTER:
        return [(row.pk, f"{row.store} · {row}") for row in rows]
    return [(row.pk, str(row)) for row in rows]


def category_options() -> list[tuple[int, str]]:
    """With the path from the top, in its order."""
    rows = {row.pk: row for row in Category.objects.only("pk", "name", "parent_id")}

    def path(pk: int | None) -> list[str]:
        names: list[str] = []
        while pk is not None and len(names) < len(rows):
            names.insert(0, rows[pk].name)
            pk = rows[pk].parent_id
        return names

    paths = {pk: path(pk) for pk in rows}
    return [
        (pk, " › ".join(names)) for pk, names in sorted(paths.items(), key=lambda each: each[1])
    ]


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0
