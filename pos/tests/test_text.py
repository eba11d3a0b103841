"""Nothing unseen gets into a text, by whatever door; and what tried is seen in the audit trail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.test import Client, RequestFactory
from django.urls import reverse

from pos.models import AuditEntry, Customer, Product, Store, User
from pos.services.audit import record
from pos.services.importing import import_products
from pos.text import TURNING, has_unseen_signs, with_signs_seen

TURNED = "Clock \u202e05.1"
UNSEEN = ["\u202e", "\u202a", "\u202c", "\u2066", "\u2069", "\x07", "\x1b", "\x85", "\ud800"]
BREAKS = ["\n", "\r", "\t", "\u2028", "\u2029"]
# They join and part letters, or are seen: Persian, Hindi, emoji, soft hyphens.
FINE = ["\u200c", "\u200d", "\u200e", "\u00ad", "\u00a0", "\ufe0f", "א", "é", "👨‍👩‍👧", "＝"]
# What is typed in them is compared or hashed, never shown.
NEVER_SHOWN = {
    *("password", "password1", "password2", "current", "pin", "again", "code"),
    *("old_password", "new_password1", "new_password2"),
}


@pytest.mark.parametrize("sign", UNSEEN + BREAKS, ids=ascii)
def test_unseen_signs_are_found(sign: str) -> None:
    assert has_unseen_signs(f"a{sign}b")
    assert has_unseen_signs(f"a{sign}b", lines=True) is (sign in UNSEEN)


@pytest.mark.parametrize("sign", FINE, ids=ascii)
def test_what_languages_need_is_no_unseen_sign(sign: str) -> None:
    assert not has_unseen_signs(f"a{sign}b")
    assert with_signs_seen(f"a{sign}b") == f"a{sign}b"


def test_unseen_signs_are_made_seen_and_lines_kept() -> None:
    assert with_signs_seen("a\u202eb\x1b[c\nd\te") == "a\ufffdb\ufffd[c\nd\te"
    assert not TURNING & set(with_signs_seen("".join(sorted(TURNING))))


# --- Forms -----------------------------------------------------------------------------------


def forms_of_ours(root: User) -> Iterator[tuple[str, Any]]:
    """Every form of the admin's lists, and every form class of the shop: (name, its fields)."""
    request = RequestFactory().get("/")
    request.user = root
    for model, model_admin in admin.site._registry.items():
        if model_admin.has_add_permission(request) or model_admin.has_change_permission(request):
            yield model.__name__, model_admin.get_form(request).base_fields
            for inline in model_admin.get_inline_instances(request):
                formset = inline.get_formset(request)
                yield f"{model.__name__} {inline.model.__name__}", formset.form.base_fields
    for form in subclasses(forms.BaseForm):
        if form.__module__.startswith("pos."):
            yield form.__qualname__, form.declared_fields


def subclasses(parent: type) -> Iterator[Any]:
    for child in parent.__subclasses__():
        yield child
        yield from subclasses(child)


def test_no_form_takes_what_nobody_sees(root: User, main: Store) -> None:
    """A new text field of any form must be a PlainTextField, or say here why not."""
    loose, seen = set(), set()
    for form, fields in forms_of_ours(root):
        for name, field in fields.items():
            if isinstance(field, forms.CharField) and name not in NEVER_SHOWN:
                seen.add(name)
                for sign in ("\u202e", "\u2066", "\x07"):
                    if takes(field, f"a{sign}b"):
                        loose.add(f"{form}.{name}")
    assert {"name", "description", "reason", "note", "stock_note", "change_reason"} <= seen
    assert loose == {
        "CloseForm.note",  # read by read_text, as the register's requests are
        "CountForm.counted_cash",  # an amount
        "WhyForm.object",  # a number, looked up
        "SignInForm.username",  # a name, looked up; the audit trail shows what was typed
    }


def takes(field: forms.CharField, value: str) -> bool:
    try:
        field.clean(value)
    except ValidationError:
        return False
    return True


def test_turned_name_is_refused_where_it_is_typed_and_nothing_is_saved(
    root: User, main: Store, shirt: Product, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(root)
    address = reverse("admin:pos_customer_add")
    page = client.post(address, {"name": TURNED, "joined_on": "2026-01-31", "status": "active"})
    assert page.status_code == 200
    assert page.context["adminform"].form.errors["name"] == [
        "There are invisible signs in it. Type it again."
    ]
    assert Customer.objects.count() == 0
    page = client.post(address, {"name": "Rosa", "status": "active", "note": "two\r\nlines\t!"})
    assert page.status_code == 302
    assert Customer.objects.get().note == "two\r\nlines\t!"


@pytest.mark.parametrize("reason", [TURNED, "a\x00b"], ids=ascii)
def test_grants_are_not_changed_for_an_unseen_reason(
    root: User, main: Store, ana: User, signed_in: Callable[[User], Client], reason: str
) -> None:
    address = reverse("admin:pos_store_people", args=[main.pk])
    asked = {"row": ana.pk, f"was-{ana.pk}": "work_in_store", "reason": reason}
    page = signed_in(root).post(address, asked)
    assert (page.status_code, User.objects.get(pk=ana.pk).may("work_in_store", main.pk)) == (
        400, True,
    )  # fmt: skip


@pytest.mark.parametrize("column", ["name", "size", "style", "description", "categories", "code"])
def test_turned_cell_of_a_file_is_named_and_nothing_is_imported(root: User, column: str) -> None:
    row = {"code": "1", "name": "Tea", "price": "1.00"} | {column: TURNED}
    result = import_products(user=root, rows=[row])
    assert [(error.row, error.column) for error in result.errors] == [(2, column)]
    assert Product.objects.count() == 0


# --- The audit trail -------------------------------------------------------------------------


def test_audit_trail_shows_that_something_was_unseen(client: Client, root: User) -> None:
    """Also of names that nobody has checked: typed at the sign-in page, or older than the check."""
    client.post(reverse("admin:login"), {"username": TURNED, "password": "x"})
    assert AuditEntry.objects.get(kind="sign_in_failed").actor_name == "Clock \ufffd05.1"
    old = Customer.objects.create(name=TURNED)
    entry = record(
        AuditEntry.Kind.REFUSED, user=root, obj=old, reason=TURNED, changes=[[TURNED, "", TURNED]]
    )
    seen = "Clock \ufffd05.1"
    assert (entry.object_text, entry.reason, entry.changes) == (seen, seen, [[seen, "", seen]])
    assert AuditEntry.objects.get(model="pos.customer", kind="created").object_text == seen
