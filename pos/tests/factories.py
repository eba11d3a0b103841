"""Makes the shop that tests play in: as an owner would set it up, through services where they exist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import Group
from guardian.shortcuts import assign_perm

from pos import roles
from pos.models import (
    Barcode,
    Customer,
    CustomerLevel,
    PaymentMethod,
    Product,
    Register,
    StockLevel,
    StockMovement,
    Store,
    TaxRate,
    User,
)
from pos.services.stock import adjust_stock

PASSWORD = "correct horse battery"
STORE_RIGHTS = {
    roles.MANAGER: ("work_in_store", "manage_store", "view_store_reports"),
    roles.SELLER: ("work_in_store",),
    roles.STOCK_KEEPER: ("work_in_store",),
    roles.AUDITOR: ("view_store_reports",),
}


def make_store(name: str = "Main Street", code: str = "MAIN", **fields: Any) -> Store:
    return Store.objects.create(name=name, code=code, **fields)


def make_register(store: Store, name: str = "Register 1", code: str = "R1") -> Register:
    return Register.objects.create(store=store, name=name, code=code)


def make_user(
    username: str, role: str, stores: Sequence[Store] = (), *, name: str = "", **fields: Any
) -> User:
    """Somebody with a role, and the role's usual rights in `stores`. `name` defaults to Username."""
    user = User.objects.create_user(
        username,
        password=PASSWORD,
        first_name=name or username.capitalize(),
        is_staff=True,
        **fields,
    )
    user.groups.add(Group.objects.get(name=role))
    for store in stores:
        for right in STORE_RIGHTS.get(role, ()):
            assign_perm(f"pos.{right}", user, store)
    return user


def make_tax_rate(name: str = "VAT 20 %", percent: str = "20", **fields: Any) -> TaxRate:
    return TaxRate.objects.create(name=name, percent=Decimal(percent), **fields)


def make_payment_method(kind: str, **fields: Any) -> PaymentMethod:
    """A way of paying with the kind's behaviour; its code is the kind unless given."""
    fields = {"code": kind, "name": kind.replace("_", " ").capitalize()} | fields
    return PaymentMethod.objects.create(kind=kind, **fields)


def make_product(
    name: str,
    price: str = "10.00",
    *,
    code: str = "",
    barcodes: Sequence[str] = (),
    stock: Mapping[Store, str] | None = None,
    by: User | None = None,
    **fields: Any,
) -> Product:
    """A product with its barcodes, and `stock` (store -> quantity) put in by somebody."""
    product = Product.objects.create(
        name=name, code=code or name.upper().replace(" ", "-"), price=Decimal(price), **fields
    )
    Barcode.objects.bulk_create(Barcode(product=product, code=barcode) for barcode in barcodes)
    product.save()  # barcodes are part of what is searched
    for store, quantity in (stock or {}).items():
        put_in_stock(product, store, quantity, by=by)
    return product


def put_in_stock(
    product: Product, store: Store, quantity: str, *, by: User | None = None
) -> StockLevel:
    """The product's first stock in the store, as an opening adjustment by `by` (default: root)."""
    adjust_stock(
        user=by or User.objects.filter(username="root").first() or make_root(),
        product=product,
        store=store,
        quantity=Decimal(quantity),
        reason=StockMovement.Reason.OPENING,
    )
    return StockLevel.objects.get(product=product, store=store)


def make_root() -> User:
    return make_user("root", roles.ADMINISTRATOR, is_superuser=True)


def make_customer(name: str, level: str = "", discount: str = "0", **fields: Any) -> Customer:
    """A customer; `level` names a tier that is made with `discount` percent when it is missing."""
    if level:
        fields["level"], _ = CustomerLevel.objects.get_or_create(
            name=level, defaults={"discount_percent": Decimal(discount)}
        )
    return Customer.objects.create(name=name, **fields)
