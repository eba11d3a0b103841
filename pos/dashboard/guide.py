"""The first day: what a shop needs before it can sell, and what of it is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from pos.models import CashSession, Order, Product, Register, Seller, Store, User


@dataclass(frozen=True)
class Step:
    """One thing to do, where, and whether it is done. `also` is another way (words, address)."""

    title: Any
    text: Any
    icon: str
    url: str
    is_done: bool
    also: tuple[Any, str] | None = None


def has_sold() -> bool:
    """Whether the shop has ever sold anything."""
    return Order.objects.completed().order_by().exists()


def steps(user: User) -> list[Step]:
    """Only what this person may do; what is done stays, ticked."""
    found = (
        *(("change_store", _store), ("add_register", _register)),
        *(("add_product", _product), ("add_seller", _seller)),
        *(("open_cashsession", _open), ("sell_order", _sell)),
    )
    return [step(user) for right, step in found if user.has_perm(f"pos.{right}")]


def _store(user: User) -> Step:
    store = Store.objects.visible_to(user).first()
    page = reverse("admin:pos_store_change", args=[store.pk]) if store else _add("store")
    return Step(
        _("Name your store"),
        _("Its name and address stand on every receipt."),
        "storefront",
        page,
        bool(store and store.name and store.address),
    )


def _register(user: User) -> Step:
    return Step(
        _("Set up a register"),
        _("The place where you take the money; it numbers the receipts."),
        "point_of_sale",
        _add("register"),
        Register.objects.visible_to(user).exists(),
    )


def _product(user: User) -> Step:
    also = None
    if user.has_perm("pos.import_spreadsheet"):
        try:
            also = (_("Import a spreadsheet"), reverse("admin:pos_imports"))
        except NoReverseMatch:
            also = None
    return Step(
        _("Add a product"),
        _("A name, a price and, if it has one, its barcode."),
        "sell",
        _add("product"),
        Product.objects.exists(),
        also,
    )


def _seller(user: User) -> Step:
    return Step(
        _("Add a seller"),
        _("Everybody who sells signs in as themselves. Selling alone? Leave it."),
        "person_add",
        _add("seller"),
        Seller.objects.filter(~Q(pk=user.pk)).exists(),
    )


def _open(user: User) -> Step:
    return Step(
        _("Open a register"),
        _("Count what lies in the drawer, and start."),
        "lock_open",
        reverse("admin:pos_register"),
        CashSession.objects.visible_to(user).exists(),
    )


def _sell(user: User) -> Step:
    return Step(
        _("Make your first sale"),
        _("Scan, take the money, print the receipt. Your figures then stand here."),
        "celebration",
        reverse("admin:pos_register"),
        has_sold(),
    )


def _add(model: str) -> str:
    return reverse(f"admin:pos_{model}_add")
