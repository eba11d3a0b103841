"""What happened in a cash session, summed from its rows: X reports, the frozen Z, the audit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Max, Min, Q, Sum

from pos.models import (
    AccountPayment,
    AuditEntry,
    CashMovement,
    CashSession,
    Order,
    OrderTax,
    Payment,
    Refund,
    RefundLine,
)
from pos.money import MONEY_PLACES, ZERO, amount_text, currency_decimals, quantise
from pos.payment_methods import cash_kinds

VERSION = 1


@dataclass(frozen=True)
class Tally:
    """How often, and how much together."""

    count: int = 0
    amount: Decimal = ZERO


@dataclass(frozen=True)
class Tax:
    """One rate: what it was charged on, and what it came to."""

    name: str
    percent: Decimal
    net: Decimal
    tax: Decimal


@dataclass(frozen=True)
class Sales:
    """Completed orders. subtotal − discount is net or gross, as the store's prices are;
    gross + rounding = total; `on_account`: what of it was not paid at once."""

    count: int = 0
    subtotal: Decimal = ZERO
    discount: Decimal = ZERO
    net: Decimal = ZERO
    tax: Decimal = ZERO
    gross: Decimal = ZERO
    rounding: Decimal = ZERO
    total: Decimal = ZERO
    on_account: Decimal = ZERO
    first_number: str = ""
    last_number: str = ""


@dataclass(frozen=True)
class Returned:
    """Goods taken back, or sales voided: positive amounts."""

    count: int = 0
    net: Decimal = ZERO
    tax: Decimal = ZERO
    gross: Decimal = ZERO
    rounding: Decimal = ZERO
    total: Decimal = ZERO
    taxes: tuple[Tax, ...] = ()


@dataclass(frozen=True)
class Tender:
    """One way of paying. `code` and `name` as they were: the owner may call it something else later."""

    method: int
    code: str
    name: str
    is_cash: bool
    count: int
    received: Decimal
    given_back: Decimal
    change: Decimal

    @property
    def net(self) -> Decimal:
        return self.received - self.given_back


@dataclass(frozen=True)
class Figures:
    """`accounts`: AccountPayment.Kind -> what came in so; `movements`: CashMovement.Kind -> what moved."""

    opening_float: Decimal
    sales: Sales
    taxes: tuple[Tax, ...]
    refunds: Returned
    voids: Returned
    tenders: tuple[Tender, ...]
    accounts: dict[str, Tally]
    movements: dict[str, Tally]
    no_sales: int

    @property
    def expected_cash(self) -> Decimal:
        """Float + cash received − cash given back + paid in − paid out − dropped."""
        kinds = CashMovement.Kind
        cash = sum((tender.net for tender in self.tenders if tender.is_cash), ZERO)
        taken_out = self.movements[kinds.PAY_OUT].amount + self.movements[kinds.DROP].amount
        return self.opening_float + cash + self.movements[kinds.PAY_IN].amount - taken_out

    def as_json(self) -> dict[str, Any]:
        """For the column `figures`: amounts as text, so that no database makes floats of them."""
        content: dict[str, Any] = _plain(asdict(self))
        return {"version": VERSION, "expected_cash": _plain(self.expected_cash), **content}

    def agrees_with(self, other: Figures) -> bool:
        """Whether all amounts are the same; ways of paying may have other names by now."""
        return self.nameless() == other.nameless()

    def nameless(self) -> Figures:
        tenders = [replace(tender, code="", name="") for tender in self.tenders]
        return replace(self, tenders=tuple(sorted(tenders, key=lambda tender: tender.method)))


# --- From rows --------------------------------------------------------------------------------


def session_figures(session: CashSession) -> Figures:
    """What a session's rows say now. Ten queries, whatever happened in it."""
    return figures_of([session])[session.pk]


def figures_of(sessions: Sequence[CashSession]) -> dict[int, Figures]:
    """The same for many sessions, by their id, with as many queries as for one."""
    ids = [session.pk for session in sessions]
    sales, taxes, returned = _sales(ids), _taxes(ids), _returned(ids)
    tenders, no_sales = _tenders(ids), _no_sales(ids)
    accounts = _tallies(AccountPayment.objects.filter(session__in=ids), AccountPayment.Kind.values)
    movements = _tallies(CashMovement.objects.filter(session__in=ids), CashMovement.Kind.values)
    return {
        session.pk: Figures(
            opening_float=session.opening_float,
            sales=sales.get(session.pk, Sales()),
            taxes=tuple(taxes[session.pk]),
            refunds=returned.get((session.pk, Refund.Kind.REFUND), Returned()),
            voids=returned.get((session.pk, Refund.Kind.VOID), Returned()),
            tenders=tuple(tenders[session.pk]),
            accounts=accounts[session.pk],
            movements=movements[session.pk],
            no_sales=no_sales.get(session.pk, 0),
        )
        for session in sessions
    }


def _sales(ids: Sequence[int]) -> dict[int, Sales]:
    orders = Order.objects.completed().filter(session__in=ids).order_by()
    rows = orders.values("session").annotate(
        count=Count("id"),
        **{
            name: Sum(f"{name}_amount")
            for name in ("subtotal", "discount", "net", "tax", "gross", "rounding", "total")
        },
        first=Min("sequence"),
        last=Max("sequence"),
    )
    found = {row.pop("session"): row for row in rows}
    ends = {place for row in found.values() for place in (row["first"], row["last"])}
    named = orders.filter(sequence__in=ends).values_list("session", "sequence", "number")
    numbers = {(session, place): number for session, place, number in named}
    paid = _paid_at_once(ids)
    return {
        session: Sales(
            first_number=numbers[session, row.pop("first")],
            last_number=numbers[session, row.pop("last")],
            on_account=row["total"] - paid.get(session, ZERO),
            **row,
        )
        for session, row in found.items()
    }


def _paid_at_once(ids: Sequence[int]) -> dict[int, Decimal]:
    """What was paid with the sale itself: dues that are paid later change no old figure."""
    payments = Payment.objects.filter(
        order__session__in=ids, received_at=F("order__completed_at"), amount__gt=0
    )
    return dict(payments.order_by().values_list("order__session").annotate(Sum("amount")))


def _taxes(ids: Sequence[int]) -> dict[int, list[Tax]]:
    taxes = OrderTax.objects.filter(order__session__in=ids, order__status=Order.Status.COMPLETED)
    rows = taxes.order_by("name", "percent").values_list("order__session", "name", "percent")
    found = defaultdict(list)
    for session, *rate in rows.annotate(Sum("net_amount"), Sum("tax_amount")):
        found[session].append(Tax(*rate))
    return found


def _returned(ids: Sequence[int]) -> dict[tuple[int, str], Returned]:
    rows = Refund.objects.filter(session__in=ids).order_by().values("session", "kind")
    amounts = {name: Sum(f"{name}_amount") for name in ("net", "tax", "gross", "rounding", "total")}
    taxes = _returned_taxes(ids)
    found = {}
    for row in rows.annotate(count=Count("id"), **amounts):
        key = (row.pop("session"), row.pop("kind"))
        found[key] = Returned(taxes=tuple(taxes[key]), **row)
    return found


def _returned_taxes(ids: Sequence[int]) -> dict[tuple[int, str], list[Tax]]:
    """A refund has no table of its rates: each line tells what it gives back of which."""
    sums: dict[tuple[int, str], dict[tuple[str, Decimal], list[Decimal]]] = defaultdict(dict)
    lines = RefundLine.objects.filter(refund__session__in=ids).order_by()
    columns = ("refund__session", "refund__kind", "net_amount", "taxes")
    for session, kind, net, taxes in lines.values_list(*columns):
        for name, percent, tax in taxes:
            rate = sums[session, kind].setdefault((name, Decimal(percent)), [ZERO, ZERO])
            rate[0] += net
            rate[1] += Decimal(tax)
    found = defaultdict(list)
    for key, rates in sums.items():
        found[key] = [Tax(*rate, *amounts) for rate, amounts in sorted(rates.items())]
    return found


def _tenders(ids: Sequence[int]) -> dict[int, list[Tender]]:
    rows = (
        Payment.objects.filter(session__in=ids)
        .order_by("method__position", "method__name", "method")
        .values("session", "method", "method__code", "method__name", "method__kind")
        .annotate(
            count=Count("id"),
            received=Sum("amount", filter=Q(amount__gt=0)),
            returned=Sum("amount", filter=Q(amount__lt=0)),
            change=Sum("change_amount"),
        )
    )
    kinds, found = set(cash_kinds()), defaultdict(list)
    for row in rows:
        tender = Tender(
            method=row["method"],
            code=row["method__code"],
            name=row["method__name"],
            is_cash=row["method__kind"] in kinds,
            count=row["count"],
            received=row["received"] or ZERO,
            given_back=-(row["returned"] or ZERO),
            change=row["change"] or ZERO,
        )
        found[row["session"]].append(tender)
    return found


def _tallies(rows: Any, kinds: Sequence[str]) -> dict[int, dict[str, Tally]]:
    found: dict[int, dict[str, Tally]] = defaultdict(lambda: dict.fromkeys(kinds, Tally()))
    counted = rows.order_by().values_list("session", "kind")
    for session, kind, count, amount in counted.annotate(Count("id"), Sum("amount")):
        found[session][kind] = Tally(count, amount)
    return found


def _no_sales(ids: Sequence[int]) -> dict[int, int]:
    entries = AuditEntry.objects.filter(
        model=CashSession._meta.label_lower,
        object_id__in=[str(pk) for pk in ids],
        kind=AuditEntry.Kind.NO_SALE,
    )
    rows = entries.order_by().values_list("object_id").annotate(Count("id"))
    return {int(session): count for session, count in rows}


# --- From the column --------------------------------------------------------------------------


def frozen_figures(session: CashSession) -> Figures | None:
    """What the Z report says; None for a session that is open, or was closed before there were any."""
    content = session.figures
    return _read(content) if content else None


def _read(content: dict[str, Any]) -> Figures:
    return Figures(
        opening_float=Decimal(content["opening_float"]),
        sales=Sales(**_amounts(content["sales"])),
        taxes=_read_taxes(content["taxes"]),
        refunds=_read_returned(content["refunds"]),
        voids=_read_returned(content["voids"]),
        tenders=tuple(Tender(**_amounts(each)) for each in content["tenders"]),
        accounts={kind: Tally(**_amounts(each)) for kind, each in content["accounts"].items()},
        movements={kind: Tally(**_amounts(each)) for kind, each in content["movements"].items()},
        no_sales=content["no_sales"],
    )


def _read_returned(content: dict[str, Any]) -> Returned:
    return Returned(**{**_amounts(content), "taxes": _read_taxes(content["taxes"])})


def _read_taxes(content: list[dict[str, str]]) -> tuple[Tax, ...]:
    return tuple(Tax(**_amounts(each)) for each in content)


WORDS = frozenset({"name", "code", "first_number", "last_number"})


def _amounts(content: dict[str, Any]) -> dict[str, Any]:
    return dict(_each_amount(content))


def _each_amount(content: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in content.items():
        is_amount = isinstance(value, str) and name not in WORDS
        yield name, Decimal(value) if is_amount else value


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return _amount_text(value)
    if isinstance(value, dict):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value


def _amount_text(amount: Decimal) -> str:
    """With the currency's decimals; what is finer (a price of 0.0375, 12.5 %) keeps its digits."""
    decimals = currency_decimals(settings.POS_CURRENCY)
    is_plain = quantise(amount, decimals) == amount
    return amount_text(amount, decimals if is_plain else MONEY_PLACES)
