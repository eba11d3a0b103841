"""The nouns. Every table of the shop, one module per area."""

from .cash import CashMovement, CashSession
from .catalog import Barcode, Category, Product, TaxRate
from .payments import Payment, PaymentMethod
from .people import Administrator, Customer, CustomerLevel, Seller, User
from .sales import Order, OrderLine, OrderTax
from .stock import StockLevel, StockMovement
from .store import Register, RoundingLevel, StockPolicy, Store

__all__ = [
    "Administrator",
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
    "RoundingLevel",
    "Seller",
    "StockLevel",
    "StockMovement",
    "StockPolicy",
    "Store",
    "TaxRate",
    "User",
]
