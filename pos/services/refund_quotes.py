"""What comes back of a sale and what it is worth: worked out by the shop, nothing is changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from pos.models import Customer, Order, OrderLine, Register, User
from pos.money import ZERO, quantity_text

from .errors import Conflict, Invalid, NotFound
from .needs import Need
from .refund_amounts import Part, part_of
from .refund_money import STORE_CREDIT, MoneyBack, Worth, plan_money, worth_on_order
from .refund_needs import refund_needs


@dataclass(frozen=True)
class ReturnedLine:
    """So much of one line sold; `is_restocked`: back on the shelf, else thrown away."""

    line_id: int
    quantity: Decimal
    is_restocked: bool = True


@dataclass(frozen=True)
class Return:
    """What comes back of one order, and how the money goes back (`back`, see refund_money)."""

    register_id: int
    order_id: int
    lines: tuple[ReturnedLine, ...]
    back: str = "original"
    customer_id: int | None = None


@dataclass(frozen=True)
class Back:
    """One refund line to be. `line` is empty without a receipt."""

    line: OrderLine
    quantity: Decimal
    is_restocked: bool
    part: Part


@dataclass(frozen=True)
class Quote:
    """What a return comes to now: its lines, what it takes off, by which methods money goes back."""

    order: Order
    lines: tuple[Back, ...]
    worth: Worth
    customer: Customer | None
    money: tuple[MoneyBack, ...]
    needs: tuple[Need, ...]


def refundable_orders(user: User) -> QuerySet[Order]:
    """Every completed sale of the stores this person works in or manages, whoever made it."""
    orders = Order.objects.completed()
    ids = user.store_ids("work_in_store", "manage_store")
    return orders if ids is None else orders.filter(store_id__in=ids)


def quote(*, user: User, register: Register, goods: Return, order: Order | None = None) -> Quote:
    """What the return comes to; with a locked `order` it stays so. Changes nothing.

    Raises NotFound, Invalid (`nothing_chosen`, `unknown_line`, `too_precise`) and Conflict
    (`too_much_back`).
    """
    if order is None:
        order = find_order(refundable_orders(user), goods.order_id)
    lines = _lines_back(order, goods.lines)
    gross = sum((back.part.gross for back in lines), ZERO)
    worth = worth_on_order(
        order=order,
        gross=gross,
        gross_before=_gross_before(order),
        is_last=_takes_the_rest(order, lines),
        back=goods.back,
    )
    customer = chosen_customer(order, goods)
    money = plan_money(order=order, money=worth.money, back=goods.back)
    needs = refund_needs(
        user=user,
        register=register,
        order=order,
        lines=[(back.line.pk, back.quantity, back.is_restocked) for back in lines],
        back=goods.back,
        total=worth.total,
        customer_id=customer.pk if customer else None,
    )
    return Quote(order, lines, worth, customer, tuple(money), tuple(needs))


def find_order(orders: QuerySet[Order], order_id: int) -> Order:
    order: Order | None = orders.select_related("store", "customer").filter(pk=order_id).first()
    if order is None:  # or in a store where this person does not work
        raise NotFound("no_order", _("There is no such sale, or you do not work in its store."))
    return order


def _lines_back(order: Order, asked: Sequence[ReturnedLine]) -> tuple[Back, ...]:
    if not asked or len({each.line_id for each in asked}) != len(asked):
        raise Invalid("nothing_chosen", _("Choose what comes back, each line once."))
    lines = {line.pk: line for line in order.lines.select_related("product")}
    found = []
    for place, each in enumerate(asked):
        line = lines.get(each.line_id)
        if line is None:
            raise Invalid("unknown_line", _("This line is not of this sale."), lines=[place])
        _refuse_quantity(line, each.quantity, place)
        part = part_of(line, each.quantity, prices_include_tax=order.prices_include_tax)
        is_restocked = each.is_restocked or line.kind != OrderLine.Kind.PRODUCT
        found.append(Back(line, each.quantity, is_restocked, part))
    return tuple(sorted(found, key=lambda back: back.line.position))


def _refuse_quantity(line: OrderLine, quantity: Decimal, place: int) -> None:
    is_weighed = line.product is not None and line.product.is_weighed
    if not is_weighed and quantity != quantity.to_integral_value():
        message = _("This product is sold by the piece: use whole numbers.")
        raise Invalid("too_precise", message, lines=[place])
    if quantity <= 0:
        raise Invalid("too_small", _("Enter a quantity above zero."), lines=[place])
    left = line.quantity - line.refunded_quantity
    if quantity > left:
        message = _("Of %(name)s at most %(left)s can come back.")
        facts = {"name": line, "left": quantity_text(left)}
        raise Conflict("too_much_back", message % facts, lines=[place])


def _gross_before(order: Order) -> Decimal:
    before: Decimal | None = order.refunds.aggregate(all=Sum("gross_amount"))["all"]
    return before or ZERO


def _takes_the_rest(order: Order, lines: Sequence[Back]) -> bool:
    """Whether nothing is left after this."""
    now = {back.line.pk: back.quantity for back in lines}
    rows = order.lines.values_list("pk", "quantity", "refunded_quantity")
    return all(before + now.get(pk, ZERO) == quantity for pk, quantity, before in rows)


def chosen_customer(order: Order, goods: Return) -> Customer | None:
    """The sale's own customer, or the one that was chosen for the store credit."""
    if goods.customer_id is None or goods.back != STORE_CREDIT:
        return order.customer
    active = Customer.objects.filter(status=Customer.Status.ACTIVE)
    customer: Customer | None = active.filter(pk=goods.customer_id).first()
    if customer is None:
        raise Conflict(
            "customer_unavailable", _("This customer is no longer active. Choose another.")
        )
    return customer
