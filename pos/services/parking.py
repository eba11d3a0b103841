"""Parked orders: put aside, taken up again at any register of the store, owned by one person."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pos.models import AuditEntry, Order, Register, User

from .audit import record
from .carts import Cart, load_products, price, unavailable_lines
from .errors import Conflict, Forbidden, Invalid, NotFound
from .locks import lock_orders
from .needs import cover, spend, void_needs
from .orders import fill_from_cart, write_lines
from .rights import require


@transaction.atomic
def park_order(
    *, user: User, register: Register, cart: Cart, label: str = "", parked_id: int | None = None
) -> Order:
    """Put a cart aside; with `parked_id` back where it was resumed from. Moves no stock."""
    require(user, "sell_order", store=register.store)
    order = _held(user, parked_id, register) if parked_id else Order(created_at=timezone.now())
    products = load_products(cart)
    gone = unavailable_lines(cart, products)
    if gone:
        message = _("A product in the cart is no longer on sale. Remove it.")
        raise Conflict("product_unavailable", message, lines=gone)
    priced = price(cart=cart, store=register.store, products=products)
    if parked_id:
        order.lines.all().delete()
        order.taxes.all().delete()
    order.status, order.store, order.register = Order.Status.PARKED, register.store, register
    order.seller, order.held_by, order.held_at = user, None, None
    order.label = label
    fill_from_cart(order, priced)
    order.save()
    write_lines(order, priced)
    record(
        AuditEntry.Kind.PARKED, user=user, obj=order, amount=order.total_amount, reason=order.label
    )
    return order


@transaction.atomic
def resume_order(
    *, user: User, order_id: int, register: Register, take_over: bool = False
) -> Order:
    """Take a parked order up again; from now on it is this person's, at whatever register.

    Raises Conflict("held") while somebody else serves it, unless `take_over` and the right to.
    """
    require(user, "sell_order", store=register.store)
    order = _locked_parked(user, order_id)
    _refuse_other_store(order, register)
    if order.held_by and order.held_by_id != user.pk and not take_over:
        raise Conflict("held", _("Being served by %(person)s.") % {"person": order.held_by})
    if user.pk not in (order.seller_id, order.held_by_id):
        require(user, "take_over_order", store=register.store)
    if (order.held_by_id or order.seller_id) != user.pk:
        _record_take_over(user, order, register)
    order.held_by, order.held_at = user, timezone.now()
    order.save(update_fields=["held_by", "held_at"])
    return order


@transaction.atomic
def discard_order(
    *, user: User, order_id: int, reason: str, approvals: Sequence[int] = ()
) -> Order:
    """Give a parked order up, with a reason. It stays in the books as voided.

    Somebody else's needs the right, or an approval: raises ApprovalNeeded.
    """
    order = _locked_parked(user, order_id)
    require(user, "sell_order", store=order.store_id)
    if order.held_by_id not in (None, user.pk):
        raise Conflict("held", _("Being served by %(person)s.") % {"person": order.held_by})
    if not reason.strip():
        raise Invalid("no_reason", _("Say why this order is given up."))
    covered = cover(user=user, needs=void_needs(user=user, order=order), approvals=approvals)
    order.status, order.void_reason, order.held_by = Order.Status.VOIDED, reason.strip(), None
    order.save(update_fields=["status", "void_reason", "held_by"])
    record(
        AuditEntry.Kind.VOID,
        user=user,
        obj=order,
        amount=order.total_amount,
        reason=order.void_reason,
    )
    spend(user=user, covered=covered, order=order)
    return order


def _locked_parked(user: User, order_id: int) -> Order:
    orders = Order.objects.filter(pk=order_id)
    ids = user.store_ids("work_in_store", "manage_store")
    if ids is not None:  # whether another store has such an order is nobody's business
        orders = orders.filter(store_id__in=ids)
    order = lock_orders(orders).first()
    if order is None:
        raise NotFound("no_order", _("There is no such parked order."))
    if order.status != Order.Status.PARKED:
        raise Conflict("parked_gone", _("This parked order was finished or discarded elsewhere."))
    return order


def _record_take_over(user: User, order: Order, register: Register) -> None:
    was = order.held_by or order.seller
    record(
        AuditEntry.Kind.TAKEN_OVER,
        user=user,
        obj=order,
        register=register,
        changes=[[_("being served by"), was, user]],
        amount=order.total_amount,
    )


def _held(user: User, order_id: int, register: Register) -> Order:
    order = _locked_parked(user, order_id)
    if order.held_by_id != user.pk:
        raise Forbidden("held", _("Somebody else has taken this order over."))
    _refuse_other_store(order, register)
    return order


def _refuse_other_store(order: Order, register: Register) -> None:
    if order.store_id != register.store_id:
        raise Conflict("other_store", _("This order was parked in another store."))
