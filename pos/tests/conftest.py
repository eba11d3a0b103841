"""The fixed cast and the shop they work in. Everything is made only when a test asks for it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from pos import roles
from pos.models import (
    CashSession,
    Customer,
    PaymentMethod,
    Product,
    Register,
    Store,
    TaxRate,
    User,
)

from . import factories


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long ones first, so that two workers end at about the same time."""
    items.sort(key=lambda item: item.get_closest_marker("e2e") is None)
    for item in items:
        if item.get_closest_marker("e2e"):
            # A browser on a busy machine may be late once. What fails twice has failed, and both
            # tries stand in the summary.
            item.add_marker(pytest.mark.flaky(reruns=1))


# --- The database and the browser ------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request: pytest.FixtureRequest) -> None:
    """SQLite tests use a file: threads, processes and the browser's server see the same shop.

    PostgreSQL's are in UTF-8, whatever the language of the machine that made the cluster.
    """
    database = django_settings.DATABASES["default"]
    test = database.setdefault("TEST", {})
    if database["ENGINE"].endswith("sqlite3"):
        test["NAME"] = str(Path(django_settings.DATA_DIR) / "test.sqlite3")
    else:
        test |= {"CHARSET": "UTF8", "TEMPLATE": "template0"}
    request.getfixturevalue("django_db_modify_db_settings_parallel_suffix")


@pytest.fixture(autouse=True)
def fast_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A real browser (Playwright's Browser); a test opens its own context or page in it."""
    from playwright.sync_api import sync_playwright

    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.fail("No Chromium here. Install it (apt-get install chromium) or set CHROMIUM.")
    # Playwright keeps an event loop in this thread; our own calls stay synchronous.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=[*arguments, "--no-first-run"]
        )
        yield browser
        browser.close()


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """signed_in(ana) is a test client with Ana at the keyboard."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user, "django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.fixture
def verified(db: None) -> Iterator[None]:
    """Ends the test with the shop's own audit: every stored figure follows from its rows."""
    yield
    from pos.services.verification import verify

    assert [str(problem) for problem in verify()] == []


# --- Stores and registers --------------------------------------------------------------------


@pytest.fixture
def main(db: None) -> Store:
    return factories.make_store("Main Street", "MAIN")


@pytest.fixture
def other(db: None) -> Store:
    return factories.make_store("Harbour", "HARB")


@pytest.fixture
def till_one(main: Store) -> Register:
    return factories.make_register(main, "Register 1", "R1")


@pytest.fixture
def till_two(main: Store) -> Register:
    return factories.make_register(main, "Register 2", "R2")


@pytest.fixture
def other_till(other: Store) -> Register:
    return factories.make_register(other, "Harbour register", "R1")


# --- The cast --------------------------------------------------------------------------------


@pytest.fixture
def root(db: None) -> User:
    """Root runs everything."""
    return factories.make_root()


@pytest.fixture
def max_(main: Store) -> User:
    """Max manages the main store."""
    return factories.make_user("max", roles.MANAGER, [main])


@pytest.fixture
def ana(main: Store) -> User:
    """Ana sells in the main store."""
    return factories.make_user("ana", roles.SELLER, [main])


@pytest.fixture
def eve(other: Store) -> User:
    """Eve sells in the other store and has no business in the main one."""
    return factories.make_user("eve", roles.SELLER, [other])


@pytest.fixture
def sam(main: Store) -> User:
    """Sam keeps the main store's stock."""
    return factories.make_user("sam", roles.STOCK_KEEPER, [main])


@pytest.fixture
def ada(main: Store) -> User:
    """Ada audits the main store: sees all, changes nothing."""
    return factories.make_user("ada", roles.AUDITOR, [main])


@pytest.fixture
def no_limits(db: None) -> None:
    """The owner lets every role go as far as it likes."""
    from pos.models import RoleLimit
    from pos.services.limits import AMOUNTS, PERCENTAGES

    RoleLimit.objects.update(**dict.fromkeys((*PERCENTAGES, *AMOUNTS)))


# --- The catalogue ---------------------------------------------------------------------------


@pytest.fixture
def vat20(db: None) -> TaxRate:
    return factories.make_tax_rate("VAT 20 %", "20")


@pytest.fixture
def vat10(db: None) -> TaxRate:
    return factories.make_tax_rate("VAT 10 %", "10")


@pytest.fixture
def shirt(main: Store, root: User, vat20: TaxRate) -> Product:
    """19.90 a piece, cost 8.00, 12 in the main store."""
    return factories.make_product(
        "Linen shirt",
        "19.90",
        code="SHIRT-M",
        style="SHIRT",
        size="M",
        cost=Decimal("8.00"),
        tax_rate=vat20,
        barcodes=["4006381333931"],
        stock={main: "12"},
        by=root,
    )


@pytest.fixture
def scarf(main: Store, root: User, vat20: TaxRate) -> Product:
    """12.50 a piece, cost 5.00, 3 in the main store."""
    return factories.make_product(
        "Wool scarf",
        "12.50",
        code="SCARF",
        cost=Decimal("5.00"),
        tax_rate=vat20,
        barcodes=["0012345678905"],
        stock={main: "3"},
        by=root,
    )


@pytest.fixture
def tomatoes(main: Store, root: User, vat10: TaxRate) -> Product:
    """2.80 a kilogram, cost 1.20, 25 kg in the main store."""
    return factories.make_product(
        "Tomatoes",
        "2.80",
        code="TOMATO",
        cost=Decimal("1.20"),
        tax_rate=vat10,
        sold_by=Product.SoldBy.WEIGHT,
        stock={main: "25"},
        by=root,
    )


# --- Paying ----------------------------------------------------------------------------------


@pytest.fixture
def cash(db: None) -> PaymentMethod:
    return factories.make_payment_method("cash", opens_drawer=True, position=1)


@pytest.fixture
def card(db: None) -> PaymentMethod:
    return factories.make_payment_method("card", position=2)


@pytest.fixture
def transfer(db: None) -> PaymentMethod:
    """Asks for the transfer's reference."""
    return factories.make_payment_method("transfer", needs_reference=True, position=3)


@pytest.fixture
def wallet(db: None) -> PaymentMethod:
    return factories.make_payment_method("wallet", position=4)


@pytest.fixture
def on_account(db: None) -> PaymentMethod:
    return factories.make_payment_method("on_account", position=5)


@pytest.fixture
def store_credit(db: None) -> PaymentMethod:
    return factories.make_payment_method("store_credit", position=6)


@pytest.fixture
def gift_card(db: None) -> PaymentMethod:
    return factories.make_payment_method("gift_card", position=7)


@pytest.fixture
def rosa(db: None) -> Customer:
    """A regular, with 5 % off."""
    return factories.make_customer(
        "Rosa Lind", level="Gold", discount="5", phone="+44 20 7946 0123", email="rosa@example.org"
    )


@pytest.fixture
def session(ana: User, till_one: Register) -> CashSession:
    """Ana's open session at the first register, with 100.00 in the drawer."""
    from pos.services.cash import open_session

    return open_session(user=ana, register=till_one, opening_float=Decimal("100.00"))
