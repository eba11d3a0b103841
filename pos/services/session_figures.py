"""What happened in a cash session, summed from its rows: X reports, the frozen Z, the audit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Max, Min, Q, Sum

from pos.figures import Figures, Returned, Sales, Tally, Tax, Tender, read_figures
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
from pos.money import ZERO
from pos.payment_methods import cash_kinds


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
    at_once = Q(order__session=F("session"), received_at=F("order__completed_at"), amount__gt=0)
    # As a condition of the sum: in WHERE, SQLite would look up every payment by its time.
    payments = Payment.objects.filter(session__in=ids, order__isnull=False).order_by()
    rows = payments.values_list("session").annotate(paid=Sum("amount", filter=at_once))
    return {session: paid or ZERO for session, paid in rows}


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


def frozen_figures(session: CashSession) -> Figures | None:
    """What the Z report says; None for a session that is open, or was closed before there were any."""
    content = session.figures
    return read_figures(content) if content else None
