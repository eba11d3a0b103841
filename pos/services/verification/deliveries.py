"""Deliveries: where an order stands follows from its steps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from pos.models import DeliveryStep, Order

from .problem import Problem, Scope, as_problems, differs, order_text

STATES = Order.DeliveryStatus


def delivery_statuses(scope: Scope) -> Iterator[Problem]:
    """An order's delivery stands where its last step led; without steps it is still to deliver."""
    steps = DeliveryStep.objects.filter(order=OuterRef("pk"))
    orders = scope.within(Order.objects.exclude(delivery_status=STATES.NONE))
    wrong = orders.annotate(followed=_last(steps)).filter(differs("delivery_status", "followed"))
    yield from as_problems(
        "delivery_statuses",
        wrong.iterator(),
        lambda order: (
            _("%(order)s, delivery") % {"order": order_text(order.number, order.pk)},
            order.followed,
            order.delivery_status,
        ),
    )


def delivery_steps(scope: Scope) -> Iterator[Problem]:
    """Each step begins where the one before ended, and only orders with a delivery have any."""
    before = DeliveryStep.objects.filter(order=OuterRef("order"), pk__lt=OuterRef("pk"))
    steps = scope.within(DeliveryStep.objects.select_related("order"), "order__store_id")
    wrong = steps.annotate(followed=_last(before)).filter(
        differs("from_status", "followed") | Q(order__delivery_status=STATES.NONE)
    )
    yield from as_problems(
        "delivery_steps",
        wrong.iterator(),
        lambda step: (
            _("%(order)s, delivery step #%(id)s")
            % {"order": order_text(step.order.number, step.order_id), "id": step.pk},
            _("an order with a delivery") if _has_none(step) else step.followed,
            _("none") if _has_none(step) else step.from_status,
        ),
    )


def _last(steps: QuerySet[Any]) -> Coalesce:
    last = steps.order_by("-pk").values("to_status")[:1]
    return Coalesce(Subquery(last), Value(STATES.PENDING.value))


def _has_none(step: DeliveryStep) -> bool:
    return step.order.delivery_status == STATES.NONE
