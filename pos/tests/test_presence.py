"""When somebody was last seen: real, noted once a minute, and never in anybody's way."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from pos.models import CashSession, Product, Register, Store, User
from pos.services.presence import note_seen

from . import factories

SignIn = Callable[[User], Client]
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=timezone.get_fixed_timezone(0))


def seen(person: User) -> datetime | None:
    return User.objects.values_list("last_seen_at", flat=True).get(pk=person.pk)


@pytest.fixture
def clock(monkeypatch: Any) -> Callable[[int], datetime]:
    """clock(70) is seventy seconds after nine."""
    moments = [NOW]

    def at(seconds: int) -> datetime:
        moments[0] = NOW + timedelta(seconds=seconds)
        return moments[0]

    monkeypatch.setattr("pos.services.presence.timezone.now", lambda: moments[0])
    return at


def writes(queries: CaptureQueriesContext) -> int:
    return sum("last_seen_at" in each["sql"] and "UPDATE" in each["sql"] for each in queries)


def test_looking_at_a_page_is_being_here(ana: User, clock: Any, signed_in: SignIn) -> None:
    client = signed_in(ana)
    assert seen(ana) is None
    client.get(reverse("admin:pos_my_page"))
    assert seen(ana) == NOW


def test_it_is_written_once_a_minute(ana: User, clock: Any, signed_in: SignIn) -> None:
    client = signed_in(ana)
    for second, expected, number in ((0, 0, 1), (30, 0, 0), (59, 0, 0), (60, 60, 1), (61, 60, 0)):
        clock(second)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("admin:pos_my_page"))
        assert (seen(ana), writes(queries)) == (NOW + timedelta(seconds=expected), number), second


def test_requests_at_the_same_moment_write_once(ana: User, clock: Any) -> None:
    """Each has read the row before any of them wrote."""
    early, late = User.objects.get(pk=ana.pk), User.objects.get(pk=ana.pk)
    assert note_seen(user=early)
    assert not note_seen(user=late)


def test_a_clock_that_was_wrong_is_put_right(ana: User, clock: Any, signed_in: SignIn) -> None:
    User.objects.update(last_seen_at=NOW + timedelta(days=400))
    signed_in(ana).get(reverse("admin:pos_my_page"))
    assert seen(ana) == NOW


def test_nobody_is_seen_who_only_tries_the_door(ana: User, clock: Any) -> None:
    client = Client()
    client.get("/health/")
    client.get(reverse("admin:login"))
    client.get(reverse("admin:pos_my_page"))
    client.get("/nothing/here/")
    assert not User.objects.exclude(last_seen_at=None).exists()


def test_a_page_that_asks_by_itself_is_nobody(max_: User, clock: Any, signed_in: SignIn) -> None:
    client = signed_in(max_)
    assert client.get(reverse("admin:pos_approvals"), {"part": "1"}).status_code == 200
    assert seen(max_) is None
    client.get(reverse("admin:pos_approvals"))
    assert seen(max_) == NOW


def test_a_locked_register_is_nobody(ana: User, clock: Any, signed_in: SignIn) -> None:
    client = signed_in(ana)
    client.post(reverse("admin:pos_register_lock"), {}, content_type="application/json")
    client.get(reverse("admin:pos_register_parked"))
    assert seen(ana) is None


def test_whoever_takes_the_register_over_is_here_from_then_on(
    ana: User, max_: User, till_one: Register, clock: Any, signed_in: SignIn
) -> None:
    from pos.services.pins import hash_pin

    User.objects.filter(pk=max_.pk).update(pin=hash_pin("2580"))
    body = {"register": till_one.pk, "person": max_.pk, "pin": "2580"}
    address = reverse("admin:pos_register_switch")
    assert signed_in(ana).post(address, body, content_type="application/json").status_code == 200
    assert (seen(ana), seen(max_)) == (None, NOW)


def test_being_seen_is_no_change_of_the_account(ana: User, clock: Any, signed_in: SignIn) -> None:
    from pos.models import AuditEntry

    before = (ana.history.count(), AuditEntry.objects.count())
    signed_in(ana).get(reverse("admin:pos_my_page"))
    assert (ana.history.count(), AuditEntry.objects.count()) == before


@pytest.mark.django_db(transaction=True)
def test_it_is_written_after_the_sale_and_in_no_transaction_of_it(
    ana: User, session: CashSession, shirt: Product, cash: Any, clock: Any, signed_in: SignIn
) -> None:
    from uuid import uuid4

    body = {
        "key": str(uuid4()),
        "register": session.register_id,
        "customer": None,
        "expected_total": "19.90",
        "order_discount": None,
        "lines": [{"product": shirt.pk, "quantity": "1", "discount": None, "note": ""}],
        "payments": [{"method": "cash", "tendered": "20.00", "reference": ""}],
        "delivery": None,
    }
    address = reverse("admin:pos_register_checkout")
    with CaptureQueriesContext(connection) as queries:
        answer = signed_in(ana).post(address, body, content_type="application/json")
    assert answer.status_code == 201, answer.content
    statements = [each["sql"] for each in queries]
    ends = [at for at, sql in enumerate(statements) if sql == "COMMIT"]
    written = [at for at, sql in enumerate(statements) if 'SET "last_seen_at"' in sql]
    assert len(written) == 1 and written[0] > max(ends)
    assert seen(ana) == NOW


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL locks rows, not the file")
@pytest.mark.django_db(transaction=True)
def test_a_busy_database_keeps_nobody_waiting(ana: User, clock: Any, signed_in: SignIn) -> None:
    """Somebody imports for twenty seconds: a page that only reads opens at once, as before."""
    client = signed_in(ana)
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        begun = datetime.now(tz=NOW.tzinfo)
        assert client.get(reverse("admin:pos_my_page")).status_code == 200
        assert datetime.now(tz=NOW.tzinfo) - begun < timedelta(seconds=10)
    finally:
        other.execute("ROLLBACK")
        other.close()
    assert seen(ana) is None
    patience = connection.connection.execute("PRAGMA busy_timeout").fetchone()
    assert patience == (20_000,)
    client.get(reverse("admin:pos_my_page"))
    assert seen(ana) == NOW


def test_the_list_says_when_and_sorts_by_it(
    main: Store, root: User, ana: User, max_: User, sam: User, signed_in: SignIn
) -> None:
    User.objects.filter(pk=ana.pk).update(last_seen_at=NOW)
    User.objects.filter(pk=sam.pk).update(last_seen_at=NOW - timedelta(days=1))
    address = reverse("admin:pos_seller_changelist")
    place = list(signed_in(root).get(address).context["cl"].list_display).index("seen_cell")
    page = signed_in(root).get(address, {"o": f"-{place}"})
    assert [row.username for row in page.context["cl"].result_list] == ["ana", "sam", "max"]
    page = signed_in(root).get(address, {"o": f"{place}"})
    assert [row.username for row in page.context["cl"].result_list] == ["max", "sam", "ana"]
    assert "never" in page.content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_shop_that_is_updated_knows_it_already(main: Store) -> None:
    """From the audit trail, or from the last sign-in."""
    from django.db.migrations.executor import MigrationExecutor

    from pos.models import AuditEntry

    acted = factories.make_user("acted", "Seller", [main], last_login=NOW - timedelta(days=9))
    signed = factories.make_user("signed", "Seller", [main], last_login=NOW)
    factories.make_user("never", "Seller", [main])
    AuditEntry.objects.create(kind="sale", actor=acted, at=NOW)
    migration = MigrationExecutor(connection).loader.get_migration("pos", "0005_last_seen")
    step = migration.operations[1]
    from django.apps import apps

    with connection.schema_editor() as editor:
        step.code(apps, editor)
    assert (seen(acted), seen(signed)) == (NOW, NOW)
    assert seen(User.objects.get(username="never")) is None
