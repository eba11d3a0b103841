"""Every row lock, in the one order that keeps tills from waiting for each other in a circle:

cash session -> register -> order -> customer -> products by id -> stock levels by product id
-> approvals by id -> balances.
A store's row (its days are being summed) is locked alone, or last but one.
A person's row (wrong tries of the PIN, asking for an approval) is locked last of all, or alone.

`no_key`: as strong as an update needs. A new row that only points at a locked one (an entry of the
audit trail at its register and person) does not wait for it, so it waits in no circle either.

SQLite ignores row locks: there a transaction is IMMEDIATE and locks the whole database.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from pos.models import (
    AccountPayment,
    Approval,
    Balance,
    CashSession,
    Customer,
    ImportJob,
    Order,
    OrderBatch,
    Product,
    Refund,
    Register,
    StockLevel,
    Store,
    User,
)
from pos.roles import ADMINISTRATOR


def lock_open_session(register_id: int) -> CashSession | None:
    """The register's open session with its register, both locked; None when it is closed."""
    return (
        CashSession.objects.open()
        .select_related("register__store__delivery_tax_rate", "opened_by")
        .select_for_update(of=("self", "register"), no_key=True)
        .filter(register_id=register_id)
        .first()
    )


def lock_session(session_id: int) -> CashSession:
    """One session, open or closed, with its register, both locked."""
    sessions = CashSession.objects.select_related("register__store")
    session: CashSession = sessions.select_for_update(of=("self", "register"), no_key=True).get(
        pk=session_id
    )
    return session


def lock_register(register_id: int) -> Register:
    registers = Register.objects.select_related("store").select_for_update(
        of=("self",), no_key=True
    )
    register: Register = registers.get(pk=register_id)
    return register


def lock_orders(orders: QuerySet[Order]) -> QuerySet[Order]:
    return orders.select_for_update(of=("self",), no_key=True).order_by("pk")


def lock_batch(batch_id: int) -> OrderBatch:
    """Past orders on their way out: before the orders themselves."""
    batches = OrderBatch.objects.select_for_update(of=("self",), no_key=True)
    batch: OrderBatch = batches.get(pk=batch_id)
    return batch


def lock_account_payments(payments: QuerySet[AccountPayment]) -> QuerySet[AccountPayment]:
    """To count their prints: alone."""
    return payments.select_for_update(of=("self",), no_key=True).order_by("pk")


def lock_refunds(refunds: QuerySet[Refund]) -> QuerySet[Refund]:
    """To count their prints: alone."""
    return refunds.select_for_update(of=("self",), no_key=True).order_by("pk")


def lock_customer(customer_id: int) -> None:
    """While it is asked how much more somebody may owe."""
    customers = Customer.objects.select_for_update(of=("self",), no_key=True)
    list(customers.filter(pk=customer_id).values_list("pk", flat=True))


def lock_approvals(approvals: QuerySet[Approval]) -> QuerySet[Approval]:
    return approvals.select_for_update(of=("self",), no_key=True).order_by("pk")


def lock_products(products: QuerySet[Product]) -> QuerySet[Product]:
    return products.select_for_update(of=("self",), no_key=True).order_by("pk")


def lock_stock_level(product_id: int, store_id: int) -> StockLevel | None:
    levels = StockLevel.objects.select_for_update(of=("self",), no_key=True)
    return levels.filter(product_id=product_id, store_id=store_id).first()


def lock_stock_levels(product_ids: Iterable[int], store_id: int) -> None:
    """All of them at once, by product id: for what takes some goods and puts others back."""
    levels = StockLevel.objects.select_for_update(of=("self",), no_key=True)
    list(levels.filter(product_id__in=product_ids, store_id=store_id).order_by("product_id"))


def lock_balance(balance_id: int) -> Balance:
    balances = Balance.objects.select_for_update(of=("self",), no_key=True)
    balance: Balance = balances.select_related("customer", "store").get(pk=balance_id)
    return balance


def lock_person(person_id: int) -> User:
    """One account, alone: held for two statements, never while a password or PIN is hashed."""
    person: User = User.objects.select_for_update(of=("self",), no_key=True).get(pk=person_id)
    return person


def lock_devices(devices: QuerySet[Any]) -> QuerySet[Any]:
    """Second factors: a code is good for one sign-in."""
    return devices.select_for_update(of=("self",), no_key=True)


def lock_administrators() -> None:
    """Whoever may run the shop, so that two of them do not switch each other off at once."""
    runs = Q(is_superuser=True) | Q(groups__name=ADMINISTRATOR)
    chosen = User.objects.filter(pk__in=User.objects.filter(runs).order_by().values("pk"))
    list(
        chosen.select_for_update(of=("self",), no_key=True)
        .order_by("pk")
        .values_list("pk", flat=True)
    )


def lock_stores(store_ids: Iterable[int], *, skip_locked: bool = False) -> frozenset[int]:
    """Stores whose days are being summed, in order; sales do not lock them, so no till waits.

    Ids of those that were locked: with `skip_locked` others are left to whoever has them.
    """
    stores = Store.objects.filter(pk__in=store_ids).order_by("pk")
    if connection.features.has_select_for_no_key_update:
        stores = stores.select_for_update(no_key=True, skip_locked=skip_locked)
    return frozenset(stores.values_list("pk", flat=True))


def lock_import_job(job_id: int) -> ImportJob:
    """One import, alone: it moves from one state to the next once."""
    job: ImportJob = ImportJob.objects.select_for_update(of=("self",), no_key=True).get(pk=job_id)
    return job


@contextmanager
def without_waiting() -> Iterator[None]:
    """In here SQLite refuses at once (OperationalError) where it would wait for another writer.

    PostgreSQL locks rows: there only the person's own requests could be in the way of their row.
    """
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    database = connection.connection
    patience = database.execute("PRAGMA busy_timeout").fetchone()[0]
    database.execute("PRAGMA busy_timeout = 0")
    try:
        yield
    finally:
        database.execute(f"PRAGMA busy_timeout = {patience}")
