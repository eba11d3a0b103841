"""The nouns. Every table of the shop, one module per area."""

from .accounts import AccountPayment, Balance, BalanceEntry
from .approvals import Approval
from .audit import AuditEntry
from .cash import CashCount, CashMovement, CashSession
from .catalog import Barcode, Category, Product, TaxRate
from .days import (
    CustomerDay,
    FinishedDay,
    PaymentDay,
    ProductDay,
    SalesDay,
    SalesHour,
    TaxDay,
)
from .delivery import DeliveryStep
from .display import RegisterDisplay
from .imports import ImportJob, OrderBatch
from .limits import RoleLimit, RoleSeed
from .order_lines import OrderLine, OrderTax
from .payments import Payment, PaymentMethod
from .people import Administrator, Customer, CustomerLevel, Seller, User
from .printing import PrintJob
from .refunds import Refund, RefundLine
from .sales import Order
from .stock import StockLevel, StockMovement
from .store import Register, RoundingLevel, StockPolicy, Store
from .views import SavedReport, StartPage

__all__ = [
    "AccountPayment",
    "Administrator",
    "Approval",
    "AuditEntry",
    "Balance",
    "BalanceEntry",
    "Barcode",
    "CashCount",
    "CashMovement",
    "CashSession",
    "Category",
    "Customer",
    "CustomerDay",
    "CustomerLevel",
    "DeliveryStep",
    "FinishedDay",
    "ImportJob",
    "Order",
    "OrderBatch",
    "OrderLine",
    "OrderTax",
    "Payment",
    "PaymentDay",
    "PaymentMethod",
    "PrintJob",
    "Product",
    "ProductDay",
    "Refund",
    "RefundLine",
    "Register",
    "RegisterDisplay",
    "RoleLimit",
    "RoleSeed",
    "RoundingLevel",
    "SalesDay",
    "SalesHour",
    "SavedReport",
    "Seller",
    "StartPage",
    "StockLevel",
    "StockMovement",
    "StockPolicy",
    "Store",
    "TaxDay",
    "TaxRate",
    "User",
]
