"""A cart as it was asked for, and the same cart priced with the shop's own figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _

from pos.models import Customer, Product, RoundingLevel, Store, TaxRate
from pos.money import ZERO, currency_decimals
from pos.pricing import CartLine, Discount, Policy, PricingError, Tax, Totals, price_cart

from .errors import Conflict, Invalid

MAX_LINES = 500


@dataclass(frozen=True)
class CartItem:
    """`quantity`: pieces or kilograms. `discount` is the seller's; a level's is found here.

    `unit_price`: typed at the register instead of the catalogue's; whether this person may charge it
    is asked where it is sold.
    """

    product_id: int
    quantity: Decimal
    discount: Discount | None = None
    note: str = ""
    unit_price: Decimal | None = None


@dataclass(frozen=True)
class Delivery:
    """`fee` with or without tax as the store's prices are. `on`: a day of the store; None: any."""

    address: str
    on: date | None = None
    fee: Decimal = ZERO
    note: str = ""


@dataclass(frozen=True)
class Cart:
    """What a seller wants to sell. No total: that is the shop's, and so are all prices but a changed one."""

    items: tuple[CartItem, ...]
    customer_id: int | None = None
    order_discount: Discount | None = None
    delivery: Delivery | None = None
    note: str = ""


@dataclass(frozen=True)
class PricedCart:
    """`totals.lines` follow `cart.items`; one more line at the end is the delivery fee."""

    cart: Cart
    products: dict[int, Product]
    customer: Customer | None
    totals: Totals

    @property
    def level_percent(self) -> Decimal:
        return level_percent(self.customer)


def load_products(cart: Cart) -> dict[int, Product]:
    """The cart's products that are on sale, by id: one query."""
    wanted = {item.product_id for item in cart.items}
    found = (
        Product.objects.on_sale().select_related("tax_rate__combined_with").filter(pk__in=wanted)
    )
    return {product.pk: product for product in found.defer("description", "search_text")}


def unavailable_lines(cart: Cart, products: dict[int, Product]) -> list[int]:
    return [place for place, item in enumerate(cart.items) if item.product_id not in products]


def without_lines(cart: Cart, places: Sequence[int]) -> Cart:
    gone = set(places)
    return replace(
        cart, items=tuple(item for place, item in enumerate(cart.items) if place not in gone)
    )


def price(*, cart: Cart, store: Store, products: dict[int, Product]) -> PricedCart:
    """Price a cart whose products are all in `products`.

    Raises Invalid for a cart that makes no sense, Conflict when the customer is gone. What this person
    needs an approval for is found by services.needs.
    """
    _refuse_bad_cart(cart, products)
    customer = _customer(cart)
    lines = [_line(item, products[item.product_id]) for item in cart.items]
    if cart.delivery and cart.delivery.fee:
        taxes = taxes_of(store.delivery_tax_rate)
        lines.append(CartLine(cart.delivery.fee, Decimal(1), taxes, is_discountable=False))
    try:
        totals = price_cart(
            lines,
            policy=policy_of(store),
            order_discount=cart.order_discount,
            level_percent=level_percent(customer),
        )
    except PricingError as error:
        places = () if error.line is None else (error.line,)
        raise Invalid(error.code, str(error), lines=places) from error
    return PricedCart(cart, products, customer, totals)


def policy_of(store: Store) -> Policy:
    decimals = currency_decimals(settings.POS_CURRENCY)
    is_document = store.rounding_level == RoundingLevel.DOCUMENT
    return Policy(decimals, store.prices_include_tax, "document" if is_document else "line")


def level_percent(customer: Customer | None) -> Decimal:
    return customer.level.discount_percent if customer and customer.level else ZERO


def taxes_of(rate: TaxRate | None) -> tuple[Tax, ...]:
    if rate is None:
        return ()
    taxes = (Tax(rate.name, rate.percent),)
    return (
        (*taxes, Tax(rate.combined_with.name, rate.combined_with.percent))
        if rate.combined_with
        else taxes
    )


def _line(item: CartItem, product: Product) -> CartLine:
    charged = product.price if item.unit_price is None else item.unit_price
    return CartLine(charged, item.quantity, taxes_of(product.tax_rate), item.discount)


def _customer(cart: Cart) -> Customer | None:
    if cart.customer_id is None:
        return None
    customers = Customer.objects.select_related("level").filter(status=Customer.Status.ACTIVE)
    customer: Customer | None = customers.filter(pk=cart.customer_id).first()
    if customer is None:
        raise Conflict(
            "customer_unavailable", _("This customer is no longer active. Choose another.")
        )
    return customer


def refuse_past_delivery(cart: Cart, store: Store) -> None:
    """By the store's business day: at two in the morning a bar still delivers “today”.

    Where it is sold, not where it is put aside. Raises Conflict("delivery_past").
    """
    on = cart.delivery.on if cart.delivery else None
    if on is not None and on < store.business_day():
        message = _("The day of the delivery is over. Choose another one (⇧F2).")
        raise Conflict("delivery_past", message)


def _refuse_bad_cart(cart: Cart, products: dict[int, Product]) -> None:
    if not cart.items:
        raise Invalid("empty_cart", _("The cart is empty. Scan something first."))
    if len(cart.items) > MAX_LINES:
        message = _("A cart holds at most %(limit)s lines. Finish this sale and start another.")
        raise Invalid("too_many_lines", message % {"limit": MAX_LINES})
    broken = [
        place
        for place, item in enumerate(cart.items)
        if not products[item.product_id].is_weighed and item.quantity != int(item.quantity)
    ]
    if broken:
        message = _("This product is sold by the piece: use whole numbers.")
        raise Invalid("too_precise", message, lines=broken)
