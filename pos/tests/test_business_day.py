"""On which day a sale counts: the store's clock and cut-over, in the nights that are odd."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from pos.models import CashSession, PaymentMethod, Product, Register, Store, User

from .tills import item, sell

pytestmark = pytest.mark.django_db

PARIS, NEW_YORK, AUCKLAND, KATHMANDU = (
    "Europe/Paris", "America/New_York", "Pacific/Auckland", "Asia/Kathmandu",
)  # fmt: skip


@pytest.mark.parametrize(
    ("zone", "starts_at", "moment", "day"),
    [
        # Midnight, to the millisecond.
        ("UTC", 0, "2026-01-31T23:59:59.999", "2026-01-31"),
        ("UTC", 0, "2026-02-01T00:00:00", "2026-02-01"),
        ("UTC", 0, "2027-12-31T23:59:59.999999", "2027-12-31"),
        ("UTC", 0, "2028-02-29T12:00:00", "2028-02-29"),
        # A bar that is open until four.
        ("UTC", 4, "2026-02-01T03:59:59.999", "2026-01-31"),
        ("UTC", 4, "2026-02-01T04:00:00", "2026-02-01"),
        ("UTC", 23, "2026-02-01T22:59:59.999", "2026-01-31"),
        ("UTC", 23, "2026-02-01T23:00:00", "2026-02-01"),
        # The shop's own midnight, not the server's.
        (PARIS, 0, "2026-01-31T22:59:59.999", "2026-01-31"),
        (PARIS, 0, "2026-01-31T23:00:00", "2026-02-01"),
        (NEW_YORK, 0, "2026-02-01T04:59:59.999", "2026-01-31"),
        (NEW_YORK, 0, "2026-02-01T05:00:00", "2026-02-01"),
        (AUCKLAND, 0, "2026-01-31T10:59:59.999", "2026-01-31"),
        (AUCKLAND, 0, "2026-01-31T11:00:00", "2026-02-01"),
        (KATHMANDU, 0, "2026-01-31T18:14:59.999", "2026-01-31"),
        (KATHMANDU, 0, "2026-01-31T18:15:00", "2026-02-01"),
        # The short night: 02:00 becomes 03:00 on 29 March.
        (PARIS, 0, "2026-03-28T22:59:59.999", "2026-03-28"),
        (PARIS, 0, "2026-03-28T23:00:00", "2026-03-29"),
        (PARIS, 3, "2026-03-29T00:59:59.999", "2026-03-28"),
        (PARIS, 3, "2026-03-29T01:00:00", "2026-03-29"),
        (PARIS, 0, "2026-03-29T21:59:59.999", "2026-03-29"),
        (PARIS, 0, "2026-03-29T22:00:00", "2026-03-30"),
        # The long night: 02:00 to 03:00 comes twice on 25 October.
        (PARIS, 2, "2026-10-24T23:59:59.999", "2026-10-24"),
        (PARIS, 2, "2026-10-25T00:00:00", "2026-10-25"),
        (PARIS, 2, "2026-10-25T01:00:00", "2026-10-25"),
        (PARIS, 3, "2026-10-25T00:59:59.999", "2026-10-24"),
        (PARIS, 3, "2026-10-25T01:59:59.999", "2026-10-24"),
        (PARIS, 3, "2026-10-25T02:00:00", "2026-10-25"),
        (NEW_YORK, 0, "2026-11-02T04:59:59.999", "2026-11-01"),
        (NEW_YORK, 0, "2026-11-02T05:00:00", "2026-11-02"),
    ],
)
def test_sale_counts_on_the_day_of_the_stores_clock(
    monkeypatch: Any, ana: User, session: CashSession, main: Store, till_one: Register,
    scarf: Product, cash: PaymentMethod, zone: str, starts_at: int, moment: str, day: str,
) -> None:  # fmt: skip
    Store.objects.filter(pk=main.pk).update(time_zone=zone, day_starts_at_hour=starts_at)
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: at)
    order = sell(ana, till_one, item(scarf), total="12.50", pay="cash 12.50").order
    order.refresh_from_db()
    assert (order.completed_at, order.sold_on) == (at, date.fromisoformat(day))
