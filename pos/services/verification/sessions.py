"""Drawers: what was expected follows from float, cash payments and movements."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from pos.models import CashMovement, CashSession, Order, Payment
from pos.models.fields import MoneyField
from pos.money import ZERO
from pos.payment_methods import cash_kinds

from .problem import Problem, Scope, as_problems, differs, money_text, order_text


def session_cash(scope: Scope) -> Iterator[Problem]:
    """A closed session's expected cash is float + cash + cash in − cash out; its difference follows."""
    closed = scope.within(CashSession.objects.exclude(closed_at=None), "register__store_id")
    pay_in = CashMovement.Kind.PAY_IN
    sessions = closed.annotate(
        recomputed=F("opening_float")
        + _sum(Payment.objects.filter(method__kind__in=cash_kinds()))
        + _sum(CashMovement.objects.filter(kind=pay_in))
        - _sum(CashMovement.objects.exclude(kind=pay_in))
    )
    yield from as_problems(
        "session_cash",
        sessions.filter(differs("expected_cash", "recomputed")).iterator(),
        lambda session: (
            _("%(session)s, expected cash") % {"session": session},
            money_text(session.recomputed),
            money_text(session.expected_cash),
        ),
    )
    wrong = sessions.exclude(difference=F("counted_cash") - F("expected_cash"))
    yield from as_problems(
        "session_cash",
        wrong.iterator(),
        lambda session: (
            _("%(session)s, difference") % {"session": session},
            money_text(session.counted_cash - session.expected_cash),
            money_text(session.difference),
        ),
    )


def _sum(rows: QuerySet[Any]) -> Coalesce:
    of_session = rows.filter(session=OuterRef("pk")).order_by().values("session")
    total = Subquery(of_session.annotate(total=Sum("amount")).values("total"))
    return Coalesce(total, Value(ZERO, MoneyField()), output_field=MoneyField())


def open_sessions(scope: Scope) -> Iterator[Problem]:
    """A register has at most one open session, and so has a person."""
    sessions = scope.within(CashSession.objects.open(), "register__store_id")
    registers = sessions.values("register__store__name", "register__name").annotate(
        count=Count("id")
    )
    yield from as_problems(
        "open_sessions",
        registers.filter(count__gt=1).iterator(),
        lambda row: (
            _("Open sessions of %(register)s in %(store)s")
            % {"register": row["register__name"], "store": row["register__store__name"]},
            "1",
            str(row["count"]),
        ),
    )
    people = sessions.values("opened_by__username").annotate(count=Count("id"))
    yield from as_problems(
        "open_sessions",
        people.filter(count__gt=1).iterator(),
        lambda row: (
            _("Registers that %(person)s has open") % {"person": row["opened_by__username"]},
            "1",
            str(row["count"]),
        ),
    )


def payment_sessions(scope: Scope) -> Iterator[Problem]:
    """Money lies in a session that was open when it came; cash always in one."""
    payments = scope.within(Payment.objects.select_related("order", "session"), "store_id")
    wrong = payments.filter(
        _outside("received_at") | Q(session=None, method__kind__in=cash_kinds())
    )
    yield from as_problems(
        "payment_sessions",
        wrong.iterator(),
        lambda payment: (
            _("%(order)s, payment #%(id)s of %(at)s")
            % {
                "order": _of(payment),
                "id": payment.pk,
                "at": _moment(payment.received_at),
            },
            _("a session that was open then"),
            _session(payment.session),
        ),
    )


def _of(payment: Payment) -> str:
    order = payment.order
    return order_text(order.number, order.pk) if order else _("no order")


def order_sessions(scope: Scope) -> Iterator[Problem]:
    """A completed order lies in a session of its own register that was open then; a past one in none."""
    sold = Order.objects.completed().filter(batch=None)
    orders = scope.within(sold.select_related("register", "session__register"))
    wrong = orders.filter(
        Q(session=None)
        | ~Q(session__register=F("register"))
        | ~Q(register__store=F("store"))
        | _outside("completed_at")
    )
    yield from as_problems(
        "order_sessions",
        wrong.iterator(),
        lambda order: (
            _("%(order)s of %(at)s")
            % {"order": order_text(order.number, order.pk), "at": _moment(order.completed_at)},
            _("a session of %(register)s that was open then") % {"register": order.register},
            _session(order.session),
        ),
    )


def _outside(field: str) -> Q:
    before = Q(**{f"{field}__lt": F("session__opened_at")})
    return before | Q(**{f"{field}__gt": F("session__closed_at")})


def _session(session: CashSession | None) -> str:
    if session is None:
        return _("none")
    end = _moment(session.closed_at) if session.closed_at else _("now")
    words = {
        "session": session,
        "register": session.register,
        "start": _moment(session.opened_at),
        "end": end,
    }
    return _("%(session)s of %(register)s, %(start)s to %(end)s") % words


def _moment(at: Any) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"
