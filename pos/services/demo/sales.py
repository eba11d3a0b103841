"""Completed orders as rows: exactly those that services.orders.complete_order writes, in bulk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from pos.models import (
    CashSession,
    Order,
    OrderLine,
    OrderTax,
    Payment,
    Product,
    StockMovement,
    User,
)
from pos.services.bulk_rows import insert_objects
from pos.services.carts import Cart, PricedCart, price
from pos.services.numbering import receipt_number
from pos.services.orders import fill_from_cart, lines_of, payments_of
from pos.services.payments import Settlement, Tender, settle
from pos.services.stock import total_by_product

LINE_COLUMNS = tuple(f.attname for f in OrderLine._meta.concrete_fields if f.name != "id")
TAX_COLUMNS = tuple(f.attname for f in OrderTax._meta.concrete_fields if f.name != "id")
PAYMENT_COLUMNS = tuple(f.attname for f in Payment._meta.concrete_fields if f.name != "id")


@dataclass(frozen=True)
class Sale:
    """What is known of a sale before it is priced. `session.register.store` is loaded."""

    order_id: int
    key: UUID
    at: datetime
    session: CashSession
    seller: User
    cart: Cart


@dataclass
class Rows:
    """Everything that a number of sales writes."""

    orders: list[Order] = field(default_factory=list)
    lines: list[OrderLine] = field(default_factory=list)
    taxes: list[OrderTax] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    movements: list[StockMovement] = field(default_factory=list)

    def write(self) -> None:
        """All but the movements, whose order in time is the caller's to know."""
        insert_objects(self.orders)
        insert_objects(self.lines, LINE_COLUMNS)
        insert_objects(self.taxes, TAX_COLUMNS)
        insert_objects(self.payments, PAYMENT_COLUMNS)


def price_sale(sale: Sale, products: Mapping[int, Product]) -> PricedCart:
    """The cart with the shop's prices."""
    wanted = {item.product_id: products[item.product_id] for item in sale.cart.items}
    store = sale.session.register.store
    return price(cart=sale.cart, store=store, products=wanted)


def add_sale(rows: Rows, sale: Sale, priced: PricedCart, tenders: Sequence[Tender]) -> Order:
    """Add a sale's rows. The register's `last_number` rises, as it does at the till."""
    settlement = settle(
        gross=priced.totals.gross_amount,
        expected_total=priced.totals.gross_amount,
        tenders=tenders,
        customer=priced.customer,
    )
    order = _order(sale, priced, settlement)
    rows.orders.append(order)
    rows.lines += lines_of(order, priced)
    rows.taxes += [
        OrderTax(
            order=order,
            name=tax.name,
            percent=tax.percent,
            net_amount=tax.net_amount,
            tax_amount=tax.tax_amount,
        )
        for tax in priced.totals.taxes
    ]
    rows.payments += payments_of(order, settlement, sale.at)
    rows.movements += _movements(order, priced, sale.at)
    return order


def _order(sale: Sale, priced: PricedCart, settlement: Settlement) -> Order:
    register = sale.session.register
    register.last_number += 1
    order = Order(
        pk=sale.order_id,
        key=sale.key,
        status=Order.Status.COMPLETED,
        payment_status=settlement.status,
        store=register.store,
        register=register,
        session=sale.session,
        seller=sale.seller,
        created_at=sale.at,
        completed_at=sale.at,
        sold_on=register.store.business_day(sale.at),
        sequence=register.last_number,
        number=receipt_number(register, register.last_number),
    )
    fill_from_cart(order, priced)
    order.rounding_amount, order.total_amount = settlement.rounding, settlement.total
    order.paid_amount = settlement.paid
    return order


def _movements(order: Order, priced: PricedCart, at: datetime) -> list[StockMovement]:
    taken: dict[int, Decimal] = total_by_product(
        (item.product_id, item.quantity) for item in priced.cart.items
    )
    return [
        StockMovement(
            product=priced.products[pk],
            store_id=order.store_id,
            kind=StockMovement.Kind.SALE,
            quantity=-taken[pk],
            order=order,
            unit_cost=priced.products[pk].cost,
            created_by_id=order.seller_id,
            created_at=at,
        )
        for pk in sorted(taken)
    ]
