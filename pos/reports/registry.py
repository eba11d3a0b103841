"""Every report there is, in the order of the index."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from .base import Report
from .baskets import Baskets, BoughtTogether
from .cash_drawers import CashSessions
from .customer_documents import Ageing, CustomerOrders
from .customer_habits import CustomerGroups, LapsedCustomers, NewAndReturning
from .deliveries import Deliveries
from .discounts import Discounts, LargestDiscounts
from .money_kept import PaymentMethods, Taxes
from .product_ranks import FastMovers, ProductClasses, ProductOverTime
from .products_sold import SalesByCategory, SalesByProduct, SalesBySize
from .profit import Profit
from .refunds_given import RefundReasons, Refunds
from .sales_by import SalesByCustomer, SalesByRegister, SalesBySeller, SalesByStore
from .sales_by_day import SalesByDay
from .sales_by_hour import SalesByHour
from .sellers import SellerDays, Sellers
from .stock_moved import StockMovements
from .stock_now import DeadStock, Inventory, Reorder

GROUPS: dict[str, Any] = {
    "sales": _("Sales"),
    "products": _("Products"),
    "customers": _("Customers"),
    "money": _("Money"),
    "stock": _("Stock"),
    "people": _("People"),
    "deliveries": _("Deliveries"),
}
REPORTS: tuple[Report, ...] = (
    SalesByDay(),
    SalesByHour(),
    SalesByStore(),
    SalesByRegister(),
    SalesBySeller(),
    SalesByCategory(),
    SalesByProduct(),
    SalesBySize(),
    Profit(),
    Discounts(),
    LargestDiscounts(),
    Refunds(),
    RefundReasons(),
    Baskets(),
    BoughtTogether(),
    ProductOverTime(),
    FastMovers(),
    ProductClasses(),
    SalesByCustomer(),
    NewAndReturning(),
    LapsedCustomers(),
    CustomerGroups(),
    CustomerOrders(),
    Ageing(),
    PaymentMethods(),
    Taxes(),
    CashSessions(),
    Inventory(),
    Reorder(),
    DeadStock(),
    StockMovements(),
    Sellers(),
    SellerDays(),
    Deliveries(),
)
_BY_NAME = {report.name: report for report in REPORTS}


def report_named(name: str) -> Report | None:
    return _BY_NAME.get(name)
