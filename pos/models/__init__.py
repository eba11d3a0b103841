"""The nouns. Every table of the shop, one module per area."""

from .approvals import Approval
from .audit import AuditEntry
from .cash import CashMovement, CashSession
from .catalog import Barcode, Category, Product, TaxRate
from .limits import RoleLimit, RoleSeed
from .payments import Payment, PaymentMethod
from .people import Administrator, Customer, CustomerLevel, Seller, User
from .sales import Order, OrderLine, OrderTax
from .stock import StockLevel, StockMovement
from .store import Register, RoundingLevel, StockPolicy, Store

__all__ = [
    "Administrator",
    "Approval",
    "AuditEntry",
    "Barcode",
    "CashMovement",
    "CashSession",
    "Category",
    "Customer",
    "CustomerLevel",
    "Order",
    "OrderLine",
    "OrderTax",
    "Payment",
    "PaymentMethod",
    "Product",
    "Register",
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
