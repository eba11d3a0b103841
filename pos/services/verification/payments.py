"""What was paid follows from the payments, and no payment does what its method cannot."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from pos.models import Order, Payment
from pos.models.fields import MoneyField
from pos.money import ZERO
from pos.payment_methods import BEHAVIOURS

from .problem import Problem, Scope, as_problems, differs, money_text, order_text


def paid_amounts(scope: Scope) -> Iterator[Problem]:
    """Paid is the sum of the order's payments."""
    payments = Payment.objects.filter(order=OuterRef("pk")).order_by().values("order")
    received = Subquery(payments.annotate(total=Sum("amount")).values("total"))
    orders = scope.within(Order.objects.all()).annotate(
        received=Coalesce(received, Value(ZERO, MoneyField()))
    )
    yield from as_problems(
        "paid_amounts",
        orders.filter(differs("paid_amount", "received")).iterator(),
        lambda order: (
            _("%(order)s, paid") % {"order": order_text(order.number, order.pk)},
            money_text(order.received),
            money_text(order.paid_amount),
        ),
    )


def payment_statuses(scope: Scope) -> Iterator[Problem]:
    """The payment status says what the paid amount says."""
    states = Order.PaymentStatus
    left = F("total_amount") - F("refunded_amount")
    is_refunded = Q(refunded_amount__gt=0, refunded_amount=F("total_amount"))
    right = (
        Q(payment_status=states.REFUNDED) & is_refunded
        | Q(payment_status=states.PAID, paid_amount=left) & ~is_refunded
        | Q(payment_status=states.UNPAID, paid_amount=0, total_amount__gt=F("refunded_amount"))
        | Q(payment_status=states.PARTIAL, paid_amount__gt=0, paid_amount__lt=left)
    )
    is_completed = Q(status=Order.Status.COMPLETED)
    orders = scope.within(Order.objects.all())
    wrong = orders.filter(is_completed & ~right | ~is_completed & ~Q(payment_status=states.UNPAID))
    yield from as_problems(
        "payment_statuses",
        wrong.iterator(),
        lambda order: (
            _("%(order)s, payment status with %(paid)s of %(total)s paid")
            % {
                "order": order_text(order.number, order.pk),
                "paid": money_text(order.paid_amount),
                "total": money_text(order.total_amount),
            },
            _expected_status(order),
            order.get_payment_status_display(),
        ),
    )


def _expected_status(order: Order) -> str:
    if order.status != Order.Status.COMPLETED:
        return str(Order.PaymentStatus.UNPAID.label)
    return str(Order.PaymentStatus(order.settled_status()).label)


def payment_amounts(scope: Scope) -> Iterator[Problem]:
    """Tendered less change is the amount."""
    payments = scope.within(Payment.objects.select_related("order"), "store_id")
    wrong = payments.exclude(amount=F("tendered_amount") - F("change_amount"))
    yield from as_problems(
        "payment_amounts",
        wrong.iterator(),
        lambda payment: (
            _payment(payment),
            money_text(payment.tendered_amount - payment.change_amount),
            money_text(payment.amount),
        ),
    )


def payment_changes(scope: Scope) -> Iterator[Problem]:
    """Only cash gives change; what stays on account is no payment."""
    payments = scope.within(Payment.objects.select_related("order", "method"), "store_id")
    giving = [each.kind for each in BEHAVIOURS if each.allows_change]
    change = payments.exclude(change_amount=0).exclude(method__kind__in=giving)
    yield from as_problems(
        "payment_changes",
        change.iterator(),
        lambda payment: (
            _("%(payment)s, change from %(method)s")
            % {"payment": _payment(payment), "method": payment.method},
            money_text(ZERO),
            money_text(payment.change_amount),
        ),
    )
    no_money = [each.kind for each in BEHAVIOURS if not each.is_money]
    yield from as_problems(
        "payment_changes",
        payments.filter(method__kind__in=no_money).iterator(),
        lambda payment: (
            _("%(payment)s by %(method)s")
            % {"payment": _payment(payment), "method": payment.method},
            _("no payment, the amount stays due"),
            money_text(payment.amount),
        ),
    )


def _payment(payment: Payment) -> str:
    if payment.order is None:
        return _("payment #%(id)s") % {"id": payment.pk}
    order = order_text(payment.order.number, payment.order.pk)
    return _("%(order)s, payment #%(id)s") % {"order": order, "id": payment.pk}
