"""Deliveries: to deliver → on the way → delivered or failed. Every step is kept; so is taking one back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pos.models import AuditEntry, DeliveryStep, Order, User

from .audit import prepare, record_all
from .errors import Conflict, Forbidden, Invalid, NotFound
from .locks import lock_orders
from .rights import require

States = Order.DeliveryStatus
UNDO_WITHIN = timedelta(hours=24)
# where a delivery stands -> where it may go from there.
MOVES: dict[str, tuple[str, ...]] = {
    States.PENDING: (States.DISPATCHED, States.DELIVERED),
    States.DISPATCHED: (States.DELIVERED, States.FAILED),
    States.FAILED: (States.PENDING,),
    States.DELIVERED: (),
    States.NONE: (),
}


def dispatch_delivery(*, user: User, order_id: int, note: str = "") -> DeliveryStep:
    """The goods leave the store. Raises NotFound, Forbidden, Conflict (`delivery_moved`)."""
    return _move(user, order_id, States.DISPATCHED, note)


def complete_delivery(*, user: User, order_id: int, note: str = "") -> DeliveryStep:
    """The customer has the goods; straight from the counter, too. Raises as dispatch_delivery."""
    return _move(user, order_id, States.DELIVERED, note)


def fail_delivery(*, user: User, order_id: int, note: str) -> DeliveryStep:
    """Nobody took the goods: `note` says why. Raises Invalid("no_note") without, else as above."""
    if not note.strip():
        raise Invalid("no_note", _("Say why the delivery failed: the next driver reads it."))
    return _move(user, order_id, States.FAILED, note)


def retry_delivery(*, user: User, order_id: int, note: str = "") -> DeliveryStep:
    """A failed delivery is to be delivered again. Raises as dispatch_delivery."""
    return _move(user, order_id, States.PENDING, note)


@transaction.atomic
def dispatch_deliveries(
    *, user: User, order_ids: Collection[int], note: str = ""
) -> tuple[list[Order], list[Order]]:
    """Send several out at once: those that left, and those that no longer waited in the store.

    What is none of this person's deliveries is passed over. Raises Forbidden.
    """
    require(user, "deliver_order")
    wanted = Order.objects.deliverable_by(user).filter(pk__in=order_ids)
    orders = list(lock_orders(wanted))
    leaving = [order for order in orders if order.delivery_status == States.PENDING]
    steps = [_step(user, order, States.DISPATCHED, note) for order in leaving]
    DeliveryStep.objects.bulk_create(steps)
    Order.objects.filter(pk__in=[order.pk for order in leaving]).update(
        delivery_status=States.DISPATCHED
    )
    record_all([_entry(user, step) for step in steps])
    return leaving, [order for order in orders if order not in leaving]


@transaction.atomic
def undo_delivery_step(
    *, user: User, order_id: int, step_id: int | None = None, note: str = ""
) -> DeliveryStep:
    """Take the last step back that still counts, within a day; a second undo takes the one before.

    By who took the step, or by whoever manages the store. `step_id`: the step that was meant; raises
    Conflict("delivery_moved") when another one counts by now, Conflict("nothing_to_undo", "too_late"),
    Forbidden("not_your_step").
    """
    order = _locked(user, order_id)
    step = step_to_undo(order.delivery_steps.order_by("id"))
    if step is None:
        raise Conflict("nothing_to_undo", _("There is no step of this delivery to take back."))
    if step_id is not None and step.pk != step_id:
        raise _moved(order)
    if not _is_theirs(user, step, order):
        raise Forbidden(
            "not_your_step",
            _("Only %(person)s or a manager takes this step back.") % {"person": step.created_by},
        )
    if timezone.now() - step.created_at > UNDO_WITHIN:
        raise Conflict("too_late", _("A step can be taken back for 24 hours. This one is older."))
    return _write(user, order, step.from_status, note, is_undo=True)


def step_to_undo(steps: Collection[DeliveryStep]) -> DeliveryStep | None:
    """Of all steps of one order, oldest first: the last one that was not taken back."""
    standing: list[DeliveryStep] = []
    for step in steps:
        if not step.is_undo:
            standing.append(step)
        elif standing:
            standing.pop()
    return standing[-1] if standing else None


def may_undo(user: User, step: DeliveryStep, order: Order) -> bool:
    """Whether undo_delivery_step would take `step` back for this person now."""
    is_recent = timezone.now() - step.created_at <= UNDO_WITHIN
    return is_recent and user.has_perm("pos.deliver_order") and _is_theirs(user, step, order)


def _is_theirs(user: User, step: DeliveryStep, order: Order) -> bool:
    return step.created_by_id == user.pk or user.may("manage_store", order.store_id)


@transaction.atomic
def _move(user: User, order_id: int, to_status: str, note: str) -> DeliveryStep:
    order = _locked(user, order_id)
    if to_status not in MOVES[order.delivery_status]:
        raise _moved(order)
    return _write(user, order, to_status, note)


def _locked(user: User, order_id: int) -> Order:
    """The order, locked; whether another store has it is nobody's business."""
    require(user, "deliver_order")
    order = lock_orders(Order.objects.deliverable_by(user).filter(pk=order_id)).first()
    if order is None:
        raise NotFound("no_delivery", _("There is no such delivery."))
    return order


def _moved(order: Order) -> Conflict:
    words = {"order": order, "state": order.get_delivery_status_display()}
    return Conflict(
        "delivery_moved",
        _("%(order)s stands at “%(state)s” by now. Reload the page.") % words,
    )


def _write(
    user: User, order: Order, to_status: str, note: str, *, is_undo: bool = False
) -> DeliveryStep:
    step = _step(user, order, to_status, note, is_undo=is_undo)
    step.save()
    order.delivery_status = to_status
    order.save(update_fields=["delivery_status"])
    record_all([_entry(user, step)])
    return step


def _step(
    user: User, order: Order, to_status: str, note: str, *, is_undo: bool = False
) -> DeliveryStep:
    return DeliveryStep(
        order=order,
        from_status=order.delivery_status,
        to_status=to_status,
        is_undo=is_undo,
        note=note.strip(),
        created_by=user,
        created_at=timezone.now(),
    )


def _entry(user: User, step: DeliveryStep) -> AuditEntry:
    label = _("delivery, taken back") if step.is_undo else _("delivery")
    change = [label, step.get_from_status_display(), step.get_to_status_display()]
    return prepare(
        AuditEntry.Kind.DELIVERY, user=user, obj=step.order, changes=[change], reason=step.note
    )
