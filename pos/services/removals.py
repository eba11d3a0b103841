"""What leaves a cart before it is paid for: nothing is sold, but the owner may want to know."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _

from pos.models import AuditEntry, Product, Register, User
from pos.money import MAX_MONEY, ZERO, currency_decimals, quantise, quantity_text

from .audit import record
from .errors import Invalid
from .rights import require

KINDS = (AuditEntry.Kind.LINE_REMOVED, AuditEntry.Kind.CART_CLEARED)
MOST_SHOWN = 50


def report_removed(
    *, user: User, register: Register, kind: str, lines: Sequence[tuple[int, Decimal]]
) -> AuditEntry:
    """Record lines (product id, quantity) taken out of a cart, worth the catalogue's prices.

    Raises Invalid for another kind or when none of the products exists.
    """
    require(user, "sell_order", store=register.store_id)
    if kind not in KINDS:
        raise Invalid("unknown_kind", _("This is no kind of removal."))
    wanted = {product_id for product_id, _quantity in lines}
    products = Product.objects.only("name", "size", "price").in_bulk(wanted)
    known = [(products[each], quantity) for each, quantity in lines if each in products]
    if not known:
        raise Invalid("no_product", _("There is no such product."))
    decimals = currency_decimals(settings.POS_CURRENCY)
    amount = sum((quantise(each.price * quantity, decimals) for each, quantity in known), ZERO)
    changes = [[str(each), quantity_text(quantity), "–"] for each, quantity in known]
    return record(
        kind,
        user=user,
        store=register.store,
        register=register,
        changes=changes[:MOST_SHOWN],
        amount=min(amount, MAX_MONEY),
    )
