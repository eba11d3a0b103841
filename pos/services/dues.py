"""What customers owe: total − refunded − paid of completed orders."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import ExpressionWrapper, F, Q, QuerySet, Sum

from pos.models import Customer, Order, User
from pos.models.fields import MoneyField
from pos.models.sales import OrderQuerySet
from pos.money import ZERO

DUE = F("total_amount") - F("refunded_amount") - F("paid_amount")

__all__ = ["DUE", "dues_of", "dues_visible_to", "open_balance", "owed_by_customer", "with_due"]


def with_due(orders: QuerySet[Order]) -> QuerySet[Order]:
    """`orders` with their `due`."""
    return orders.annotate(due=ExpressionWrapper(DUE, MoneyField()))


def dues_visible_to(user: User) -> OrderQuerySet:
    """Completed orders whose dues this person may know, paid or not.

    The orders they see; and whoever takes payments at a till, those of the stores they work in:
    who sold does not matter to a customer who comes to pay.
    """
    visible: OrderQuerySet = Order.objects.visible_to(user).completed()
    if not user.has_perm("pos.receive_payment"):
        return visible
    stores = user.store_ids("work_in_store", "manage_store", "view_store_reports")
    if stores is None:
        return Order.objects.completed()
    return Order.objects.completed().filter(store_id__in=stores)


def dues_of(*, user: User, customer: Customer) -> QuerySet[Order]:
    """Visible orders of a customer with something due, with `due`, the oldest first."""
    orders = dues_visible_to(user).filter(customer=customer)
    return with_due(orders.filter(is_due())).order_by("completed_at", "id")


def is_due() -> Q:
    return Q(total_amount__gt=F("refunded_amount") + F("paid_amount"))


def owed_by_customer(*, user: User, customers: Iterable[int]) -> dict[int, Decimal]:
    """What each of these customers owes, as far as this person may know: one query."""
    orders = dues_visible_to(user).filter(is_due(), customer__in=list(customers))
    sums = orders.order_by().values("customer_id").annotate(due=Sum(DUE))
    return {row["customer_id"]: row["due"] for row in sums}


def open_balance(customer: Customer) -> Decimal:
    """All that a customer owes, in every store: what the credit limit is about."""
    orders = Order.objects.completed().filter(is_due(), customer=customer)
    total: Decimal = orders.aggregate(due=Sum(DUE))["due"] or ZERO
    return total
