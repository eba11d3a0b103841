"""Every list's export: which columns it has, and in which order they are offered."""

from __future__ import annotations

from django.contrib.auth.models import Group
from django.db.models import Model

from pos.models import (
    AccountPayment,
    Administrator,
    Approval,
    Balance,
    CashMovement,
    CashSession,
    Category,
    Customer,
    CustomerLevel,
    Order,
    Payment,
    PaymentMethod,
    PrintJob,
    Product,
    Refund,
    Register,
    Seller,
    StockLevel,
    StockMovement,
    Store,
    TaxRate,
    User,
)

from .base import ListResource, SheetField
from .catalog import (
    CategoryResource,
    ProductListResource,
    ProductResource,
    StockLevelResource,
    StockMovementResource,
    TaxRateResource,
)
from .people import (
    AdministratorResource,
    CustomerLevelResource,
    CustomerResource,
    RoleResource,
    SellerResource,
)
from .sales import (
    AccountPaymentResource,
    BalanceEntryResource,
    BalanceResource,
    OrderLineResource,
    OrderResource,
    PaymentResource,
    RefundLineResource,
    RefundResource,
)
from .shop import (
    ApprovalResource,
    CashCountResource,
    CashMovementResource,
    CashSessionResource,
    PaymentMethodResource,
    PrintJobResource,
    RegisterResource,
    StoreResource,
)

RESOURCES: dict[type[Model], tuple[type[ListResource], ...]] = {
    Order: (OrderResource, OrderLineResource),
    Payment: (PaymentResource,),
    Refund: (RefundResource, RefundLineResource),
    AccountPayment: (AccountPaymentResource,),
    Balance: (BalanceResource, BalanceEntryResource),
    CashSession: (CashSessionResource, CashCountResource),
    CashMovement: (CashMovementResource,),
    Product: (ProductResource, ProductListResource),
    Category: (CategoryResource,),
    TaxRate: (TaxRateResource,),
    StockLevel: (StockLevelResource,),
    StockMovement: (StockMovementResource,),
    Customer: (CustomerResource,),
    CustomerLevel: (CustomerLevelResource,),
    Seller: (SellerResource,),
    Administrator: (AdministratorResource,),
    Group: (RoleResource,),
    Store: (StoreResource,),
    Register: (RegisterResource,),
    PaymentMethod: (PaymentMethodResource,),
    PrintJob: (PrintJobResource,),
    Approval: (ApprovalResource,),
}
__all__ = ["RESOURCES", "ListResource", "SheetField", "resources_for"]


def resources_for(model: type[Model], user: User) -> list[type[ListResource]]:
    """What this person may take away of a list, with the columns they may see."""
    permitted = (resource.permitted(user) for resource in RESOURCES.get(model, ()))
    return [resource for resource in permitted if resource is not None]
