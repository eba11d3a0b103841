"""What became of the demo's deliveries: most arrived, and a few stand in every other state."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from pos.models import DeliveryStep, Order

States = Order.DeliveryStatus
DOOR_NOTES = ("", "2nd floor, ring twice", "Leave it with the neighbour", "After six")
ARRIVED = ("", "", "The neighbour took it", "")
FAILED = "Nobody at home, left a card"


def deliver(orders: Sequence[Order], now: datetime) -> list[DeliveryStep]:
    """Move each delivery on as far as it would be by `now`; the steps, not yet saved."""
    wanted = sorted((order for order in orders if order.deliver_on), key=_day_and_id)
    past = [order for order in wanted if order.deliver_on and order.deliver_on < now.date()]
    today = [order for order in wanted if order.deliver_on == now.date()]
    late, failed = past[-1:], past[-2:-1]
    steps: list[DeliveryStep] = []
    for order in past:
        if order in late:
            continue  # overdue: somebody forgot it
        if order in failed:
            steps += _moved(order, now, (States.DISPATCHED, ""), (States.FAILED, FAILED))
        else:
            note = ARRIVED[order.pk % len(ARRIVED)]
            steps += _moved(order, now, (States.DISPATCHED, ""), (States.DELIVERED, note))
    for order in today[::2]:  # the others wait for the next tour
        steps += _moved(order, now, (States.DISPATCHED, ""))
    return steps


def _day_and_id(order: Order) -> tuple[object, int]:
    return order.deliver_on, order.pk


def _moved(order: Order, now: datetime, *states: tuple[str, str]) -> list[DeliveryStep]:
    """From nine in the morning on, and never before the sale or in the time to come."""
    zone = ZoneInfo(order.store.time_zone)
    assert order.deliver_on and order.completed_at
    morning = datetime.combine(order.deliver_on, time(9, order.pk % 60), zone)
    at = max(morning, order.completed_at + timedelta(minutes=20))
    steps = []
    for status, note in states:
        if at >= now:
            break
        step = DeliveryStep(
            order=order,
            from_status=order.delivery_status,
            to_status=status,
            note=note,
            created_by_id=order.seller_id,
            created_at=at,
        )
        steps.append(step)
        order.delivery_status = status
        at += timedelta(hours=2, minutes=order.pk % 45)
    return steps
