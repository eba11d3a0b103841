"""Two stores that both trade: one of everything in each, for tests that walk the whole admin."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import uuid4

from django.utils import timezone

from pos import roles
from pos.models import (
    AccountPayment,
    Administrator,
    Approval,
    AuditEntry,
    CashMovement,
    CashSession,
    Category,
    Customer,
    ImportJob,
    Order,
    OrderBatch,
    PaymentMethod,
    PrintJob,
    Product,
    Refund,
    Register,
    SavedReport,
    Seller,
    Store,
    TaxRate,
    User,
)
from pos.services import approvals
from pos.services.carts import Delivery
from pos.services.cash import move_cash, open_session
from pos.services.displays import display_token
from pos.services.orders import complete_order
from pos.services.parking import park_order
from pos.services.stock import adjust_stock

from . import factories
from .accounts import load
from .returns import refund
from .tills import attempt, cart, item, sell


@dataclass
class Shop:
    """What belongs to one store."""

    store: Store
    register: Register
    seller: User
    session: CashSession
    sale: Order
    parked: Order
    movement: CashMovement
    approval: Approval
    job: PrintJob
    received: AccountPayment
    refund: Refund | None = None

    @cached_property
    def saved(self) -> SavedReport:
        """A report as its seller likes it."""
        return SavedReport.objects.create(
            owner=self.seller, report="sales-by-day", name="Mine", query="period=this-month"
        )

    @cached_property
    def imported(self) -> ImportJob:
        """A file that its seller brought in when they could."""
        return ImportJob.objects.create(
            key=uuid4(),
            kind=ImportJob.Kind.PRODUCTS,
            status=ImportJob.Status.DONE,
            file_name="products.csv",
            created_by=self.seller,
            created_at=timezone.now(),
        )

    @property
    def trail(self) -> AuditEntry:
        """Something that its seller did."""
        return AuditEntry.objects.filter(store=self.store, actor=self.seller).earliest("pk")

    def owned(self, model: str) -> Any:
        """One object of the model that belongs to this store, if the model's do."""
        return {
            "store": self.store,
            "register": self.register,
            "seller": Seller(pk=self.seller.pk),
            "user": self.seller,
            "cashsession": self.session,
            "cashmovement": self.movement,
            "order": self.sale,
            "payment": self.sale.payments.first(),
            "stocklevel": self.store.stock_levels.first(),
            "stockmovement": self.store.stock_movements.first(),
            "approval": self.approval,
            "printjob": self.job,
            "refund": self.refund,
            "auditentry": self.trail,
            "accountpayment": self.received,
            "balance": self.received.balance,
        }.get(model)


@dataclass
class TwoStores:
    main: Shop
    other: Shop
    people: dict[str, User]
    product: Product
    customer: Customer
    shared: dict[str, Any]  # model -> the object that both stores share


def open_two_stores() -> TwoStores:
    root = factories.make_root()
    stores = (
        factories.make_store("Main Street", "MAIN"),
        factories.make_store("Harbour", "HARB"),
    )
    people = {
        "root": root,
        "max": factories.make_user("max", roles.MANAGER, stores[:1]),
        "ana": factories.make_user("ana", roles.SELLER, stores[:1]),
        "sam": factories.make_user("sam", roles.STOCK_KEEPER, stores[:1]),
        "ada": factories.make_user("ada", roles.AUDITOR, stores[:1]),
        "eve": factories.make_user("eve", roles.SELLER, stores[1:]),
    }
    category = Category.objects.create(name="Clothes")
    rate = factories.make_tax_rate()
    product = factories.make_product(
        "Linen shirt", "19.90", cost=Decimal("8.00"), tax_rate=rate,
        barcodes=["4006381333931"],
    )  # fmt: skip
    product.categories.add(category)
    customer = factories.make_customer("Rosa Lind", level="Gold", discount="5")
    method = factories.make_payment_method("cash")
    main, other = (
        _trade(root, store, people[seller], product, customer)
        for store, seller in zip(stores, ("ana", "eve"), strict=True)
    )
    for shop in (main, other):  # there before anybody asks for them
        assert shop.saved.pk and shop.imported.pk
    shared = _shared(product, customer, category, rate, method, root)
    return TwoStores(main, other, people, product, customer, shared)


def _shared(
    product: Product,
    customer: Customer,
    category: Category,
    rate: TaxRate,
    method: PaymentMethod,
    root: User,
) -> dict[str, Any]:
    return {
        "product": product,
        "category": category,
        "taxrate": rate,
        "customer": customer,
        "customerlevel": customer.level,
        "paymentmethod": method,
        "administrator": Administrator.objects.get(pk=root.pk),
        "group": root.groups.get(),
        "orderbatch": OrderBatch.objects.create(
            source="till.csv", digest="0" * 64, imported_by=root, imported_at=timezone.now()
        ),
    }


def _trade(root: User, store: Store, seller: User, product: Product, customer: Customer) -> Shop:
    """A day in the store: counted in, sold, parked, paid out, and asked for a yes."""
    adjust_stock(user=root, product=product, store=store, quantity=Decimal(9), reason="opening")
    register = factories.make_register(store, f"{store.name} till")
    session = open_session(user=seller, register=register, opening_float=Decimal("100.00"))
    bought = attempt(register, item(product), total="18.90", pay="cash 20.00", customer=customer,
                     delivery=Delivery("1 High Street"))  # fmt: skip
    display_token(user=seller, register_id=register.pk)
    register.refresh_from_db()
    sale = complete_order(user=seller, checkout=bought).order
    basket = cart(item(product), customer=customer)
    parked = park_order(user=seller, register=register, cart=basket, label="Window table")
    movement = move_cash(
        user=root, session=session, kind="pay_out", amount=Decimal("5.00"), reason="Cleaner"
    )
    approval = approvals.ask(
        user=seller, kind="no_sale", store=store, register=register, amount=Decimal(0),
        fingerprint="f" * 64, summary="Open the drawer", reason="Change for a note",
    )  # fmt: skip
    job = PrintJob.objects.create(
        register=register, kind=PrintJob.Kind.GIFT_RECEIPT, order=sale, error="Printer off",
        created_by=seller, created_at=timezone.now(),
    )  # fmt: skip
    received = load(seller, register, "cash 25.00", customer)
    return Shop(store, register, seller, session, sale, parked, movement, approval, job, received)


def add_refunds(world: TwoStores) -> None:
    """In each store one more sale, which comes back."""
    for shop in (world.main, world.other):
        seller, register = shop.seller, shop.register
        sale = sell(seller, register, item(world.product), total="19.90", pay="cash 20.00").order
        shop.refund = refund(seller, register, sale, "1 x 1", total="19.90").refund
