"""The shop's books, row by row: for tests that say a refusal has changed nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from pos.models import (
    AccountPayment,
    Balance,
    BalanceEntry,
    CashCount,
    CashMovement,
    CashSession,
    Customer,
    DeliveryStep,
    Order,
    OrderLine,
    OrderTax,
    Payment,
    Refund,
    RefundLine,
    Register,
    StockLevel,
    StockMovement,
)
from pos.services.errors import PosError

BOOKS = (
    Order,
    OrderLine,
    OrderTax,
    Payment,
    StockLevel,
    StockMovement,
    CashSession,
    CashMovement,
    CashCount,
    Customer,
    Refund,
    RefundLine,
    AccountPayment,
    Balance,
    BalanceEntry,
    DeliveryStep,
)
LAST_NUMBERS = ("last_number", "last_refund_number", "last_account_number", "last_z_number")


def books() -> dict[str, list[Any]]:
    """Every row of every book, and the last numbers of every register."""
    rows = {model.__name__: list(model.objects.order_by("pk").values_list()) for model in BOOKS}
    numbers = Register.objects.order_by("pk").values_list("pk", *LAST_NUMBERS)
    rows["last numbers"] = list(numbers)
    return rows


@contextmanager
def nothing_changes() -> Iterator[None]:
    before = books()
    yield
    assert books() == before


@contextmanager
def refused(error: type[PosError], code: str) -> Iterator[pytest.ExceptionInfo[PosError]]:
    """The block is refused with exactly this kind of error and code, and the books stay as they were."""
    with nothing_changes(), pytest.raises(error) as caught:
        yield caught
    assert (caught.type, caught.value.code) == (error, code)
    assert caught.value.message.strip()
