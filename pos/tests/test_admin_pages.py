"""The frame of the admin: sign-in, demo notice, error pages, cash dialogs, settings that stay."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from pos.models import CashSession, PaymentMethod, Register, Store, User

SignIn = Callable[[User], Client]


def address(session: CashSession, name: str = "change") -> str:
    return reverse(f"admin:pos_cashsession_{name}", args=[session.pk])


# --- Demo ------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_demo", [True, False])
def test_public_log_ins_are_shown_only_in_a_demo_shop(
    is_demo: bool, db: None, root: User, settings: Any, signed_in: SignIn
) -> None:
    settings.POS_DEMO = is_demo
    login = Client().get(reverse("admin:login")).content.decode()
    assert ("tilldesk</code>" in login) is is_demo
    for page in ("/admin/", "/admin/pos/order/", "/admin/pos/product/add/"):
        assert ("its log-ins are public" in signed_in(root).get(page).content.decode()) is is_demo


# --- Errors ----------------------------------------------------------------------------------


def test_error_pages_look_like_the_shop(root: User, ana: User, signed_in: SignIn) -> None:
    for client, page, status in (
        (signed_in(root), "/admin/nowhere/", 404),
        (signed_in(ana), "/admin/pos/store/", 403),
        (signed_in(root), "/admin/pos/order/?note=x", 400),
    ):
        response = client.get(page)
        assert response.status_code == status
        assert "pos-error" in response.content.decode()


def test_the_page_for_our_own_errors_needs_no_database() -> None:
    assert "Something went wrong" in render_to_string("500.html")


# --- Cash in and out -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kind"), [("pay_in", "pay_in"), ("pay_out", "pay_out"), ("drop", "drop")]
)
def test_cash_moves_by_dialog(
    name: str, kind: str, session: CashSession, max_: User, signed_in: SignIn
) -> None:
    data = {"amount": "20.00", "reason": "Change from the bank", "_form_submitted": "on"}
    response = signed_in(max_).post(address(session, name), data)
    assert response.headers["HX-Redirect"] == address(session)
    movement = session.movements.get()
    assert (movement.kind, movement.amount, movement.created_by) == (kind, Decimal("20.00"), max_)


@pytest.mark.parametrize(
    ("amount", "reason"),
    [
        ("0", "x"),
        ("-5", "x"),
        ("", "x"),
        ("1e2", "x"),
        ("5.001", "x"),
        ("500.00", "x"),
        ("5.00", ""),
        ("5.00", "  "),
    ],
)
def test_a_refused_cash_movement_is_an_error_of_the_dialog(
    amount: str, reason: str, session: CashSession, max_: User, signed_in: SignIn
) -> None:
    data = {"amount": amount, "reason": reason, "_form_submitted": "on"}
    response = signed_in(max_).post(address(session, "pay_out"), data)
    assert response.status_code == 200 and response.context["form"].errors
    assert not session.movements.exists()


def test_cash_moves_only_by_post_with_the_right_and_in_ones_own_store(
    session: CashSession, ana: User, max_: User, eve: User, signed_in: SignIn
) -> None:
    data = {"amount": "20.00", "reason": "x", "_form_submitted": "on"}
    assert signed_in(ana).post(address(session, "pay_in"), data).status_code == 403
    assert signed_in(eve).post(address(session, "pay_in"), data).status_code == 403
    signed_in(max_).get(address(session, "pay_in"), data)
    guarded = Client(enforce_csrf_checks=True)
    guarded.force_login(max_, "django.contrib.auth.backends.ModelBackend")
    assert guarded.post(address(session, "pay_in"), data).status_code == 403
    assert not session.movements.exists()


def test_the_close_button_is_there_for_whoever_may_close(
    session: CashSession, ana: User, max_: User, ada: User, signed_in: SignIn
) -> None:
    for person, may in ((ana, True), (max_, True), (ada, False)):
        page = signed_in(person).get(address(session)).content.decode()
        assert (address(session, "close_register") in page) is may
    response = signed_in(ana).get(address(session, "close_register"))
    assert response.url == reverse("admin:pos_close_session", args=[session.pk])


# --- Settings --------------------------------------------------------------------------------


def test_a_code_that_receipts_carry_stays(
    main: Store, till_one: Register, root: User, signed_in: SignIn
) -> None:
    client = signed_in(root)
    page = reverse("admin:pos_register_change", args=[till_one.pk])
    data = {
        "store": main.pk,
        "name": "Front",
        "code": "R9",
        "paper_width": "80",
        "printer_kind": "browser",
        "printer_port": "9100",
        "is_active": "on",
        "change_reason": "",
    }
    Register.objects.filter(pk=till_one.pk).update(last_number=1)
    assert client.post(page, data).status_code == 302
    till_one.refresh_from_db()
    assert (till_one.name, till_one.code, till_one.last_number) == ("Front", "R1", 1)
    Register.objects.filter(pk=till_one.pk).update(last_number=0)
    assert client.post(page, data).status_code == 302
    till_one.refresh_from_db()
    assert till_one.code == "R9"


def test_settings_are_for_administrators(
    main: Store, till_one: Register, cash: PaymentMethod, max_: User, root: User, signed_in: SignIn
) -> None:
    for row in (main, till_one, cash):
        page = reverse(f"admin:pos_{row._meta.model_name}_change", args=[row.pk])
        assert signed_in(max_).post(page, {"name": "Hacked"}).status_code == 403
        assert signed_in(root).get(page).status_code == 200
