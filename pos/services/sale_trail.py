"""What the audit trail says about a sale: the sale, the discounts given, the prices changed."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from pos.models import AuditEntry, Order, User
from pos.models.history import money_text

from .audit import prepare, record_all
from .carts import PricedCart
from .needs import changed_prices

Kind = AuditEntry.Kind


def record_sale(*, user: User, order: Order, priced: PricedCart) -> None:
    """All entries of one completed order, with one statement."""
    record_all(
        [
            prepare(Kind.SALE, user=user, obj=order, amount=order.total_amount),
            *_discounts(user, order, priced),
            *_prices(user, order, priced),
        ]
    )


def _discounts(user: User, order: Order, priced: PricedCart) -> Iterator[AuditEntry]:
    """Those that the seller gave; a customer's level gives its own by rule."""
    for place, item in enumerate(priced.cart.items):
        line = priced.totals.lines[place]
        if item.discount and line.discount_amount:
            before, after = line.subtotal_amount, line.subtotal_amount - line.discount_amount
            name = str(priced.products[item.product_id])
            yield prepare(
                Kind.DISCOUNT,
                user=user,
                obj=order,
                changes=[[name, money_text(before), money_text(after)]],
                amount=line.discount_amount,
                reason=item.note,
            )
    if order.order_discount_amount:
        after = order.subtotal_amount - order.discount_amount
        before = after + order.order_discount_amount
        yield prepare(
            Kind.DISCOUNT,
            user=user,
            obj=order,
            changes=[[_("whole order"), money_text(before), money_text(after)]],
            amount=order.order_discount_amount,
        )


def _prices(user: User, order: Order, priced: PricedCart) -> Iterator[AuditEntry]:
    for change in changed_prices(priced):
        before, after = money_text(change.before), money_text(change.after)
        yield prepare(
            Kind.PRICE_CHANGE,
            user=user,
            obj=order,
            changes=[[str(change.product), before, after]],
            amount=change.amount,
        )
