"""The nouns. Every table of the shop, one module per area."""

from .accounts import AccountPayment, Balance, BalanceEntry
from .approvals import Approval
from .audit import AuditEntry
from .cash import CashCount, CashMovement, CashSession
from .catalog import Barcode, Category, Product, TaxRate
from .delivery import DeliveryStep
from .display import RegisterDisplay
from .limits import RoleLimit, RoleSeed
from .payments import Payment, PaymentMethod
from .people import Administrator, Customer, CustomerLevel, Seller, User
from .printing import PrintJob
from .refunds import Refund, RefundLine
from .sales import Order, OrderLine, OrderTax
from .stock import StockLevel, StockMovement
from .store import Register, RoundingLevel, StockPolicy, Store

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
    "CustomerLevel",
    "DeliveryStep",
    "Order",
    "OrderLine",
    "OrderTax",
    "Payment",
    "PaymentMethod",
    "PrintJob",
    "Product",
    "Refund",
    "RefundLine",
    "Register",
    "RegisterDisplay",
    "RoleLimit",
    "RoleSeed",
    "RoundingLevel",
    "Seller",
    "StockLevel",
    "StockMovement",
    "StockPolicy",
    "Store",
    "TaxRate",
    "User",
]
