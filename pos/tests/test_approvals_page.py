"""What waits for an answer, every approval ever asked for, limits of roles, and a count that is off."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pos import roles
from pos.models import Approval, AuditEntry, CashSession, Register, RoleLimit, Store, User
from pos.services.approvals import ask, decide
from pos.services.cash import open_drawer
from pos.services.pins import set_pin

from . import factories

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
PAGE = "/admin/approvals/"


@pytest.fixture(autouse=True)
def no_memory() -> None:
    cache.clear()


def asks(user: User, register: Register, **facts: Any) -> Approval:
    facts = {
        "kind": "discount", "fingerprint": "f" * 64, "amount": Decimal("6.00"), "summary": "€6.00 off €20.00 (30 %)",
    } | facts  # fmt: skip
    return ask(user=user, store=register.store, register=register, **facts)


@pytest.fixture
def asked(ana: User, till_one: Register) -> Approval:
    return asks(ana, till_one, reason="stained")


def answer(client: Client, approval: Approval, **body: str) -> Any:
    return client.post(reverse("admin:pos_approval_answer", args=[approval.pk]), body, follow=True)


def text(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def now(approval: Approval) -> Approval:
    return Approval.objects.get(pk=approval.pk)


# --- The list ---------------------------------------------------------------------------------


def test_manager_sees_what_waits_and_says_yes(
    asked: Approval, max_: User, signed_in: SignIn
) -> None:
    client = signed_in(max_)
    page = text(client.get(PAGE))
    for part in (
        "€6.00 off €20.00 (30 %)",
        "“stained”",
        "Ana",
        "Register 1, Main Street",
        "€6.00</span>",
    ):
        assert part in page
    told = text(answer(client, asked, answer="yes"))
    assert "Approved: €6.00 off €20.00 (30 %)" in told
    assert (now(asked).status, now(asked).decided_by) == ("approved", max_)


def test_no_with_a_note_is_recorded(asked: Approval, max_: User, signed_in: SignIn) -> None:
    answer(signed_in(max_), asked, answer="no", reason="not this week")
    assert now(asked).status == "denied"
    assert AuditEntry.objects.get(kind="approval_denied").reason == "not this week"


def test_looking_changes_nothing(asked: Approval, max_: User, signed_in: SignIn) -> None:
    client, url = signed_in(max_), reverse("admin:pos_approval_answer", args=[asked.pk])
    assert client.get(url + "?answer=yes").status_code == 405
    assert client.post(url, {"answer": "perhaps"}).status_code == 404
    assert client.post(PAGE).status_code == 405
    assert now(asked).status == "pending"


def test_answer_needs_the_pages_token(asked: Approval, max_: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(max_, "django.contrib.auth.backends.ModelBackend")
    assert answer(client, asked, answer="yes").status_code == 403
    assert now(asked).status == "pending"


def test_own_request_is_shown_but_not_answered(
    max_: User, till_one: Register, signed_in: SignIn
) -> None:
    own = asks(max_, till_one)
    client = signed_in(max_)
    page = text(client.get(PAGE))
    assert "Waiting for somebody else" in page
    assert reverse("admin:pos_approval_answer", args=[own.pk]) not in page
    assert "Nobody approves their own request" in text(answer(client, own, answer="yes"))
    assert now(own).status == "pending"


def test_sellers_and_stock_keepers_answer_nothing(
    asked: Approval, ana: User, sam: User, signed_in: SignIn
) -> None:
    for person in (ana, sam):
        client = signed_in(person)
        assert client.get(PAGE).status_code == 403
        answer(client, asked, answer="yes")
        assert now(asked).status == "pending"


def test_auditor_looks_and_answers_nothing(asked: Approval, ada: User, signed_in: SignIn) -> None:
    client = signed_in(ada)
    page = text(client.get(PAGE))
    assert "€6.00 off" in page and '<form method="post" action="/admin/approvals/' not in page
    assert "You are not allowed to do this" in text(answer(client, asked, answer="yes"))
    assert now(asked).status == "pending"
    entry = AuditEntry.objects.get(kind="refused")
    assert (entry.actor, entry.changes[1][2]) == (ada, "no_right")


def test_other_stores_requests_do_not_exist(
    asked: Approval, other: Store, signed_in: SignIn
) -> None:
    mia = factories.make_user("mia", roles.MANAGER, [other])
    client = signed_in(mia)
    assert "€6.00 off" not in text(client.get(PAGE))
    assert answer(client, asked, answer="yes").status_code == 404
    assert client.get(reverse("admin:pos_approval_change", args=[asked.pk])).status_code in (
        302,
        404,
    )
    assert "€6.00 off" not in text(client.get(reverse("admin:pos_approval_changelist")))


def test_too_late_is_said(asked: Approval, max_: User, root: User, signed_in: SignIn) -> None:
    client = signed_in(max_)
    decide(user=root, approval=asked, approve=False)
    assert "This request was answered already." in text(answer(client, asked, answer="yes"))
    late = Approval.objects.create(
        kind="discount", store=asked.store, fingerprint="0" * 64, amount=1, summary="late", requested_by=asked.requested_by,
        requested_at=timezone.now(), expires_at=timezone.now(),
    )  # fmt: skip
    assert "This request is too old." in text(answer(client, late, answer="yes"))
    assert now(late).status == "pending"


def test_part_of_the_page_is_what_it_refreshes_with(
    asked: Approval, max_: User, signed_in: SignIn
) -> None:
    part = text(signed_in(max_).get(PAGE, {"part": "1"}))
    assert f'data-id="{asked.pk}"' in part and "<html" not in part
    assert signed_in(max_).get(PAGE)["Cache-Control"].count("no-store") == 1


def test_query_count_does_not_grow_with_what_waits(
    ana: User, max_: User, till_one: Register, signed_in: SignIn, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = signed_in(max_)
    counts = []
    for number in range(2):
        for each in range(8):
            asks(ana, till_one, fingerprint=f"{number}-{each}")
        cache.clear()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(PAGE, {"part": "1"})
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- The number beside the link ---------------------------------------------------------------


def badge(client: Client) -> Any:
    groups = client.get("/admin/").context["sidebar_navigation"]
    links = [item for group in groups for item in group["items"] if item.get("link") == PAGE]
    return links[0].get("badge") if links else "no link"


def test_sidebar_counts_what_this_person_can_answer(
    asked: Approval,
    max_: User,
    root: User,
    ana: User,
    other: Store,
    till_one: Register,
    signed_in: SignIn,
) -> None:
    asks(max_, till_one)
    mia = factories.make_user("mia", roles.MANAGER, [other])
    assert badge(signed_in(max_)) == 1
    assert badge(signed_in(root)) == 2
    assert badge(signed_in(mia)) is None
    client = signed_in(max_)
    answer(client, asked, answer="yes")
    assert badge(client) is None


# --- All of them ------------------------------------------------------------------------------


def test_every_approval_is_kept_to_be_read(asked: Approval, max_: User, signed_in: SignIn) -> None:
    client = signed_in(max_)
    assert "€6.00 off" in text(client.get(reverse("admin:pos_approval_changelist")))
    url = reverse("admin:pos_approval_change", args=[asked.pk])
    assert "stained" in text(client.get(url))
    assert client.post(url, {"status": "approved"}).status_code == 403
    assert client.get(reverse("admin:pos_approval_add")).status_code == 403
    assert client.post(reverse("admin:pos_approval_delete", args=[asked.pk])).status_code == 403
    assert now(asked).status == "pending"


# --- Limits -----------------------------------------------------------------------------------


def role_form(page: Any) -> dict[str, Any]:
    """What the browser would send back."""
    form, limits = page.context["adminform"].form, page.context["inline_admin_formsets"][0].formset
    body = {name: form.initial.get(name, "") or "" for name in ("name", "change_reason")}
    body["rights"] = form.fields["rights"].initial or []
    for each in limits.management_form.fields:
        body[limits.management_form.add_prefix(each)] = limits.management_form.initial[each]
    for row in limits.forms:
        for name in row.fields:
            value = row[name].value()
            body[row.add_prefix(name)] = "" if value is None else value
    return body


def test_owner_edits_the_limits_beside_the_rights(root: User, ana: User, signed_in: SignIn) -> None:
    role = Group.objects.get(name=roles.SELLER)
    client, url = signed_in(root), reverse("admin:auth_group_change", args=[role.pk])
    body = role_form(client.get(url)) | {
        "limit-0-discount_percent": "15",
        "limit-0-credit_amount": "",
        "change_reason": "sale week",
    }
    assert client.post(url, body).status_code == 302
    limit = RoleLimit.objects.get(role=role)
    assert (limit.discount_percent, limit.credit_amount, limit.cash_difference) == (15, None, 5)
    bad = body | {"limit-0-discount_percent": "101"}
    assert client.post(url, bad).status_code == 200
    assert RoleLimit.objects.get(role=role).discount_percent == 15


def test_new_role_begins_as_careful_as_a_seller(root: User, signed_in: SignIn) -> None:
    client, url = signed_in(root), reverse("admin:auth_group_add")
    body = role_form(client.get(url)) | {"name": "Trainee"}
    assert client.post(url, body).status_code == 302
    limit = RoleLimit.objects.get(role__name="Trainee")
    assert (limit.discount_percent, limit.price_change_percent, limit.cash_difference) == (10, 0, 5)


def test_nobody_else_touches_limits(max_: User, signed_in: SignIn) -> None:
    role = Group.objects.get(name=roles.SELLER)
    url = reverse("admin:auth_group_change", args=[role.pk])
    limit = RoleLimit.objects.get(role=role)
    body = {
        "limit-TOTAL_FORMS": "1",
        "limit-INITIAL_FORMS": "1",
        "limit-0-id": limit.pk,
        "limit-0-discount_percent": "99",
    }
    assert signed_in(max_).post(url, body).status_code in (302, 403, 404)
    assert RoleLimit.objects.get(role=role).discount_percent == 10


# --- Counting ---------------------------------------------------------------------------------


def page_of(session: CashSession) -> str:
    return reverse("admin:pos_close_session", args=[session.pk])


def test_blind_count_that_is_off_asks_without_telling_a_figure(
    session: CashSession, ana: User, max_: User, signed_in: SignIn
) -> None:
    set_pin(user=max_, pin="4711")
    client = signed_in(ana)
    answered = counts(client, session, "87.65", note="odd")
    page = answered.content.decode()
    assert answered.status_code == 409
    assert "This count needs a second person" in page and "Max" in page
    assert "12.35" not in page and "100.00" not in page
    row = Approval.objects.get()
    assert (row.kind, row.amount, row.requested_by, row.reason) == (
        "cash_difference",
        Decimal("12.35"),
        ana,
        "odd",
    )
    assert row.summary == f"Register 1, Session #{session.pk}: €12.35 missing in the drawer"
    state = client.get(reverse("admin:pos_register_approval", args=[row.pk])).json()
    assert (state["status"], state["amount"], state["summary"]) == ("pending", None, "")
    assert CashSession.objects.get().is_open


def counts(client: Client, session: CashSession, counted: str, **more: Any) -> Any:
    """Count, unless that was the last count, and close with it."""
    last = session.counts.order_by("-position").first()
    if last is None or last.cash_amount != Decimal(counted):
        assert client.post(page_of(session), {"counted_cash": counted}).status_code == 302
    body = {"step": "close", "count": session.counts.count(), "note": ""}
    return client.post(page_of(session), body | more)


@pytest.mark.parametrize("right", ["approve_discount", "approve_cash"])
def test_blind_counter_with_a_right_to_approve_reads_their_own_difference_nowhere(
    right: str, session: CashSession, ana: User, max_: User, till_one: Register, signed_in: SignIn
) -> None:
    codes = (right, "view_approval", "view_auditentry")
    ana.user_permissions.add(*Permission.objects.filter(codename__in=codes))
    client = signed_in(ana)
    counts(client, session, "87.65")
    asks(max_, till_one, kind="cash_difference", amount=Decimal("7.00"), summary="€7.00 missing")
    lists = ("admin:pos_approval_changelist", "admin:pos_auditentry_changelist")
    pages = [text(client.get(PAGE)), *(text(client.get(reverse(name))) for name in lists)]
    assert not any("12.35" in page for page in pages)
    assert ("€7.00 missing" in pages[0]) is (right == "approve_cash")
    assert "12.35" in text(signed_in(max_).get(PAGE))


def test_second_person_types_their_pin_and_the_session_closes(
    session: CashSession, ana: User, max_: User, signed_in: SignIn
) -> None:
    set_pin(user=max_, pin="4711")
    client = signed_in(ana)
    counts(client, session, "87.65")
    pk = Approval.objects.get().pk
    wrong = counts(client, session, "87.65", approval=pk, approver=max_.pk, pin="0815")
    assert (wrong.status_code, CashSession.objects.get().is_open) == (400, True)
    assert "The PIN is not right" in wrong.content.decode()
    right = counts(client, session, "87.65", approval=pk, approver=max_.pk, pin="4711")
    assert right.status_code == 302
    closed = CashSession.objects.get()
    assert (closed.difference, closed.closed_by) == (Decimal("-12.35"), ana)
    assert (Approval.objects.get().status, Approval.objects.get().decided_by) == ("used", max_)


def test_pin_for_one_count_does_not_close_with_another(
    session: CashSession, ana: User, max_: User, signed_in: SignIn
) -> None:
    set_pin(user=max_, pin="4711")
    client = signed_in(ana)
    counts(client, session, "87.65")
    pk = Approval.objects.get().pk
    assert (
        counts(client, session, "50.00", approval=pk, approver=max_.pk, pin="4711").status_code
        == 409
    )
    assert CashSession.objects.get().is_open
    assert list(Approval.objects.order_by("id").values_list("status", flat=True)) == ["pending"] * 2


def test_yes_from_another_device_closes_the_session(
    session: CashSession, ana: User, max_: User, signed_in: SignIn
) -> None:
    client = signed_in(ana)
    assert "Approvals" in counts(client, session, "87.65").content.decode()
    row = Approval.objects.get()
    answer(signed_in(max_), row, answer="yes")
    assert counts(client, session, "87.65", approval=row.pk).status_code == 302
    assert CashSession.objects.get().difference == Decimal("-12.35")


def test_no_from_another_device_is_said_and_the_count_can_be_mended(
    session: CashSession, ana: User, max_: User, signed_in: SignIn
) -> None:
    client = signed_in(ana)
    counts(client, session, "87.65")
    row = Approval.objects.get()
    answer(signed_in(max_), row, answer="no")
    told = counts(client, session, "87.65", approval=row.pk)
    assert (told.status_code, "Max said no." in told.content.decode()) == (400, True)
    assert Approval.objects.count() == 1
    assert counts(client, session, "99.00", approval=row.pk).status_code == 302


def test_openings_without_a_sale_are_told_at_the_close(
    session: CashSession, max_: User, ana: User, till_one: Register, signed_in: SignIn
) -> None:
    open_drawer(user=max_, register=till_one, reason="change")
    assert "Drawer opened without a sale" in text(signed_in(ana).get(page_of(session)))
