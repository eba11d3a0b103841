"""Completing a sale: once, whole, and never changed afterwards."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pos.models import (
    CashSession,
    Order,
    OrderLine,
    OrderTax,
    Payment,
    Product,
    Register,
    Store,
    User,
)
from pos.money import ZERO

from .balance_payments import spend_balances
from .carts import (
    Cart,
    PricedCart,
    load_products,
    price,
    refuse_past_delivery,
    unavailable_lines,
)
from .credit_needs import credit_needs
from .drawers import usable_session
from .errors import Conflict, KeyReused, NotFound
from .locks import lock_customer, lock_open_session, lock_orders
from .needs import Covered, cart_needs, cover, spend
from .numbering import next_sequence, receipt_number
from .payments import Settlement, Tender, exchanged, settle
from .sale_trail import record_sale
from .stock import record_sale_movements, take_stock, total_by_product

TOKEN_BYTES = 32  # 43 letters: nobody guesses a receipt's address


@dataclass(frozen=True)
class Checkout:
    """One attempt to sell. `key` and `request_hash` tell a retry from another sale."""

    key: UUID
    request_hash: str
    register_id: int
    cart: Cart
    tenders: tuple[Tender, ...]
    expected_total: Decimal
    parked_id: int | None = None
    approvals: tuple[int, ...] = ()
    # What goods that come back in the same ticket pay; set by services.exchanges, never by a door.
    credit: Decimal = ZERO


@dataclass(frozen=True)
class Completion:
    """The order as it was completed: figures of that moment, whatever was paid since."""

    order: Order
    paid: Decimal
    change: Decimal
    is_replay: bool

    @property
    def due(self) -> Decimal:
        total: Decimal = self.order.total_amount
        return total - self.paid

    @property
    def payment_status(self) -> str:
        if not self.due:
            return Order.PaymentStatus.PAID
        return Order.PaymentStatus.PARTIAL if self.paid else Order.PaymentStatus.UNPAID


def complete_order(*, user: User, checkout: Checkout) -> Completion:
    """Sell a cart in one transaction: order, payments, stock, number; or refuse and change nothing.

    The same key with the same request gives the first answer again. Raises Forbidden, Invalid,
    KeyReused, NotFound, ApprovalNeeded and Conflict (`session_closed`, `product_unavailable`,
    `total_changed`, `stock_short`, `payment_short`, `overpaid`, `held`, `delivery_past`).
    """
    try:
        with transaction.atomic():
            return _complete(user, checkout)
    except IntegrityError:
        # Two registers with one key at the same moment: the database let one of them in.
        replay = _replay(user, checkout)
        if replay is None:
            raise
        return replay


def _complete(user: User, checkout: Checkout) -> Completion:
    session = lock_open_session(checkout.register_id)
    replay = _replay(user, checkout)
    if replay:
        return replay
    session = usable_session(user, checkout.register_id, session)
    parked = _parked(user, checkout.parked_id, session.register.store)
    store = session.register.store
    products = load_products(checkout.cart)
    _refuse_unavailable(checkout.cart, products)
    refuse_past_delivery(checkout.cart, store)
    priced = price(cart=checkout.cart, store=store, products=products)
    settlement = settle(
        gross=priced.totals.gross_amount,
        expected_total=checkout.expected_total,
        tenders=checkout.tenders,
        customer=priced.customer,
        prepaid=exchanged(checkout.credit, priced.totals.gross_amount),
    )
    if settlement.due and priced.customer and priced.customer.credit_limit is not None:
        lock_customer(priced.customer.pk)  # two tills lend no more than one
    covered = _covered(user, checkout, session.register, priced, settlement)
    taken = _take(checkout.cart, store, products)
    at = timezone.now()
    order = _write_order(user, checkout, session, priced, settlement, parked, at)
    write_lines(order, priced)
    _write_payments(order, settlement, at)
    record_sale_movements(order=order, products=products, taken=taken, at=at)
    spend(user=user, covered=covered, order=order)
    spend_balances(
        user=user,
        payments=settlement.payments,
        customer=priced.customer,
        store=store,
        at=at,
        order=order,
    )
    record_sale(user=user, order=order, priced=priced)
    return Completion(order, settlement.paid, settlement.change, is_replay=False)


def _replay(user: User, checkout: Checkout) -> Completion | None:
    order = Order.objects.filter(key=checkout.key).first()
    if order is None:
        return None
    if order.request_hash != checkout.request_hash or order.seller_id != user.pk:
        raise KeyReused(
            "key_reused", _("This sale was already saved with another content. Start a new one.")
        )
    first = order.payments.filter(received_at=order.completed_at, amount__gt=0)
    paid = change = ZERO
    for amount, returned in first.values_list("amount", "change_amount"):
        paid, change = paid + amount, change + returned
    return Completion(order, paid, change, is_replay=True)


def _parked(user: User, parked_id: int | None, store: Store) -> Order | None:
    if parked_id is None:
        return None
    order = lock_orders(Order.objects.filter(pk=parked_id, store=store)).first()
    if order is None:  # never here: whether another store has it is nobody's business
        raise NotFound("no_order", _("There is no such parked order."))
    if order.status != Order.Status.PARKED:
        raise Conflict("parked_gone", _("This parked order was finished or discarded elsewhere."))
    if order.held_by_id != user.pk:
        holder = order.held_by or _("nobody")
        raise Conflict(
            "held", _("This order is now being served by %(person)s.") % {"person": holder}
        )
    return order


def _refuse_unavailable(cart: Cart, products: dict[int, Product]) -> None:
    gone = unavailable_lines(cart, products)
    if gone:
        raise Conflict(
            "product_unavailable",
            _("A product in the cart is no longer on sale. Remove it."),
            lines=gone,
        )


def _covered(
    user: User, checkout: Checkout, register: Register, priced: PricedCart, settlement: Settlement
) -> list[Covered]:
    """The approvals that this sale needs and brings along. Raises ApprovalNeeded."""
    needs = [
        *cart_needs(user=user, register=register, priced=priced),
        *credit_needs(user=user, register=register, priced=priced, settlement=settlement),
    ]
    return cover(user=user, needs=needs, approvals=checkout.approvals)


def _take(cart: Cart, store: Store, products: dict[int, Product]) -> dict[int, Decimal]:
    wanted = total_by_product((item.product_id, item.quantity) for item in cart.items)
    try:
        take_stock(store=store, products=products, wanted=wanted)
    except Conflict as error:
        short = error.data.get("products", ())
        places = [place for place, item in enumerate(cart.items) if item.product_id in short]
        raise Conflict(error.code, error.message, lines=places) from error
    return wanted


def _write_order(
    user: User,
    checkout: Checkout,
    session: CashSession,
    priced: PricedCart,
    settlement: Settlement,
    parked: Order | None,
    at: datetime,
) -> Order:
    register = session.register
    order = parked or Order(created_at=at)
    if parked:
        parked.lines.all().delete()
        parked.taxes.all().delete()
    order.key, order.request_hash = checkout.key, checkout.request_hash
    order.status, order.payment_status = Order.Status.COMPLETED, settlement.status
    order.store, order.register, order.session = register.store, register, session
    order.seller, order.held_by, order.held_at = user, None, None
    fill_from_cart(order, priced)
    order.rounding_amount, order.total_amount = settlement.rounding, settlement.total
    order.paid_amount = settlement.paid
    order.completed_at, order.sold_on = at, register.store.business_day(at)
    order.sequence = next_sequence(register)
    order.number = receipt_number(register, order.sequence)
    order.public_token = secrets.token_urlsafe(TOKEN_BYTES)
    order.save()
    return order


def fill_from_cart(order: Order, priced: PricedCart) -> None:
    """Everything on an order that follows from its cart. `order.store` is set already."""
    cart, totals, store = priced.cart, priced.totals, order.store
    order.customer, order.note = priced.customer, cart.note
    order.prices_include_tax = store.prices_include_tax
    order.rounding_level = store.rounding_level
    order.order_discount_percent = cart.order_discount.percent if cart.order_discount else None
    order.order_discount_amount = totals.order_discount_amount
    order.subtotal_amount, order.discount_amount = totals.subtotal_amount, totals.discount_amount
    order.net_amount, order.tax_amount = totals.net_amount, totals.tax_amount
    order.gross_amount = order.total_amount = totals.gross_amount
    delivery = cart.delivery
    order.delivery_address = delivery.address if delivery else ""
    order.deliver_on = delivery.on if delivery else None
    order.delivery_note = delivery.note if delivery else ""
    states = Order.DeliveryStatus
    order.delivery_status = states.PENDING if delivery else states.NONE


def write_lines(order: Order, priced: PricedCart) -> None:
    """Lines with snapshots, and the order's tax per rate."""
    OrderLine.objects.bulk_create(lines_of(order, priced))
    OrderTax.objects.bulk_create(
        OrderTax(
            order=order,
            name=tax.name,
            percent=tax.percent,
            net_amount=tax.net_amount,
            tax_amount=tax.tax_amount,
        )
        for tax in priced.totals.taxes
    )


def lines_of(order: Order, priced: PricedCart) -> list[OrderLine]:
    lines = [
        _line(order, priced, place, product=priced.products[item.product_id])
        for place, item in enumerate(priced.cart.items)
    ]
    if len(priced.totals.lines) > len(lines):
        lines.append(_line(order, priced, len(lines), product=None))
    return lines


def _line(order: Order, priced: PricedCart, place: int, *, product: Product | None) -> OrderLine:
    figures = priced.totals.lines[place]
    item = priced.cart.items[place] if product else None
    discount = item.discount if item else None
    percent = discount.percent if discount else (priced.level_percent or None) if product else None
    return OrderLine(
        order=order,
        position=place + 1,
        kind=OrderLine.Kind.PRODUCT if product else OrderLine.Kind.DELIVERY,
        product=product,
        code=product.code if product else "",
        name=product.name if product else _("Delivery"),
        size=product.size if product else "",
        quantity=figures.quantity,
        list_price=product.price if product else figures.unit_price,
        unit_price=figures.unit_price,
        unit_cost=product.cost if product else ZERO,
        subtotal_amount=figures.subtotal_amount,
        discount_percent=percent,
        discount_amount=figures.discount_amount,
        has_own_discount=discount is not None,
        order_discount_amount=figures.order_discount_amount,
        net_amount=figures.net_amount,
        tax_amount=figures.tax_amount,
        gross_amount=figures.gross_amount,
        taxes=[
            [tax.name, f"{tax.percent.normalize():f}", str(tax.tax_amount)] for tax in figures.taxes
        ],
        note=item.note if item else "",
    )


def payments_of(order: Order, settlement: Settlement, at: datetime) -> list[Payment]:
    """The payment rows that settle a completed order, not yet saved."""
    day = order.sold_on or order.store.business_day(at)
    return [
        Payment(
            order=order,
            method=payment.method,
            store_id=order.store_id,
            session=order.session,
            amount=payment.amount,
            tendered_amount=payment.tendered,
            change_amount=payment.change,
            reference=payment.reference,
            received_by=order.seller,
            received_at=at,
            received_on=day,
        )
        for payment in settlement.payments
    ]


def _write_payments(order: Order, settlement: Settlement, at: datetime) -> None:
    Payment.objects.bulk_create(payments_of(order, settlement, at))
