"""What customers owe: a statement of one account over a period, and how old the dues are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F, Model, Q, QuerySet, Sum, Value
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pos.models import AccountPayment, Customer, Order, Payment, Refund, User
from pos.models.fields import MoneyField
from pos.money import ZERO
from pos.services.dues import DUE, is_due

MOST_LINES = 2000
# Days since the business day of the sale: from, to (None: and older).
AGES: Mapping[str, tuple[int, int | None]] = {
    "30": (0, 30),
    "60": (31, 60),
    "90": (61, 90),
    "older": (91, None),
}
AGE_NAMES = {
    "30": gettext_lazy("0–30 days"),
    "60": gettext_lazy("31–60 days"),
    "90": gettext_lazy("61–90 days"),
    "older": gettext_lazy("older than 90 days"),
}


@dataclass(frozen=True)
class Line:
    """One document: debit is added to what is owed, credit taken off; `balance` after it."""

    day: date
    what: str
    document: Model
    debit: Decimal
    credit: Decimal
    balance: Decimal


@dataclass(frozen=True)
class Statement:
    """opening + Σ debit − Σ credit = closing. `ages`: what is due today, by AGES."""

    customer: Customer
    first: date
    last: date
    opening: Decimal
    lines: tuple[Line, ...]
    has_more: bool
    ages: Mapping[str, Decimal]

    @property
    def closing(self) -> Decimal:
        return self.lines[-1].balance if self.lines else self.opening

    @property
    def debit(self) -> Decimal:
        return sum((line.debit for line in self.lines), ZERO)

    @property
    def credit(self) -> Decimal:
        return sum((line.credit for line in self.lines), ZERO)

    @property
    def due(self) -> Decimal:
        return sum(self.ages.values(), ZERO)


def in_age(age: str, today: date) -> Q:
    """Orders sold so many days ago."""
    youngest, oldest = AGES[age]
    found = Q(sold_on__lte=today - timedelta(days=youngest)) if youngest else Q()
    return found & Q(sold_on__gte=today - timedelta(days=oldest)) if oldest else found


def ages_of(orders: QuerySet[Order], today: date) -> dict[str, Decimal]:
    """What is due on these orders, by age: one statement."""
    sums = {f"age_{age}": Sum(DUE, filter=in_age(age, today)) for age in AGES}
    found = orders.filter(is_due()).order_by().aggregate(**sums)
    return {age: found[f"age_{age}"] or ZERO for age in AGES}


def statement_of(
    *, user: User, customer: Customer, first: date, last: date, today: date
) -> Statement:
    """The account as far as this person sees its orders, from `first` to `last`, both included."""
    orders = Order.objects.visible_to(user).completed().filter(customer=customer)
    sources = _sources(orders)
    opening = sum((source.before(first) for source in sources), ZERO)
    entries = sorted(
        (entry for source in sources for entry in source.between(first, last)),
        key=lambda entry: (entry.at, entry.rank),
    )
    lines, balance = [], opening
    for entry in entries[:MOST_LINES]:
        balance += entry.debit - entry.credit
        lines.append(
            Line(entry.day, entry.what, entry.document, entry.debit, entry.credit, balance)
        )
    ages = ages_of(orders, today)
    return Statement(customer, first, last, opening, tuple(lines), len(entries) > MOST_LINES, ages)


# --- Where the lines come from ---------------------------------------------------------------


@dataclass(frozen=True)
class _Entry:
    at: datetime
    rank: int
    day: date
    what: str
    document: Model
    debit: Decimal
    credit: Decimal


@dataclass(frozen=True)
class _Source:
    """Documents of one kind. `debits` and `credits`: (rows, path to the document, amount)."""

    rank: int
    documents: QuerySet[Any]
    day: str
    at: str
    what: str
    debits: tuple[QuerySet[Any], str, str] | None
    credits: tuple[QuerySet[Any], str, str] | None

    def before(self, first: date) -> Decimal:
        return self._total(self.debits, first) - self._total(self.credits, first)

    def _total(self, part: tuple[QuerySet[Any], str, str] | None, first: date) -> Decimal:
        if part is None:
            return ZERO
        rows, path, amount = part
        day = f"{path}__{self.day}__lt" if path else f"{self.day}__lt"
        found: Decimal | None = rows.filter(**{day: first}).aggregate(sum=Sum(amount))["sum"]
        return found or ZERO

    def between(self, first: date, last: date) -> Iterator[_Entry]:
        days = {f"{self.day}__gte": first, f"{self.day}__lte": last}
        rows = self.documents.filter(**days).order_by(self.at, "pk")[: MOST_LINES + 1]
        debits = self._by_document(self.debits, first, last)
        credits_ = self._by_document(self.credits, first, last)
        for row in rows:
            debit, credit = debits.get(row.pk, ZERO), credits_.get(row.pk, ZERO)
            if debit < 0:  # money given back is no payment
                debit, credit = ZERO, credit - debit
            if credit < 0:
                debit, credit = debit - credit, ZERO
            at, day = getattr(row, self.at), getattr(row, self.day)
            yield _Entry(at, self.rank, day, self.what, row, debit, credit)

    def _by_document(
        self, part: tuple[QuerySet[Any], str, str] | None, first: date, last: date
    ) -> dict[int, Decimal]:
        if part is None:
            return {}
        rows, path, amount = part
        start = f"{path}__" if path else ""
        days = {f"{start}{self.day}__gte": first, f"{start}{self.day}__lte": last}
        document = f"{path}_id" if path else "pk"
        sums = rows.filter(**days).order_by().values(document).annotate(sum=Sum(amount))
        return {row[document]: row["sum"] for row in sums}


def _sources(orders: QuerySet[Order]) -> tuple[_Source, ...]:
    """Sales with what was paid at once; payments on account; goods that came back."""
    mine = orders.order_by().values("pk")
    payments = Payment.objects.filter(order__in=mine)
    at_once = payments.filter(account_payment=None, refund=None)
    later = payments.filter(account_payment__isnull=False)
    returned = Refund.objects.filter(order__in=mine)
    given_back = payments.filter(refund__isnull=False)
    received = AccountPayment.objects.filter(pk__in=later.values("account_payment"))
    return (
        _Source(
            0, orders, "sold_on", "completed_at", _("Sale"),
            (orders, "", "total_amount"), (at_once, "order", "amount"),
        ),
        _Source(
            1, received, "received_on", "received_at", _("Payment"),
            None, (later, "account_payment", "amount"),
        ),
        _Source(
            2, returned, "refunded_on", "refunded_at", _("Refund"),
            (given_back.annotate(back=Value(ZERO, MoneyField()) - F("amount")), "refund", "back"),
            (returned, "", "total_amount"),
        ),
    )  # fmt: skip
