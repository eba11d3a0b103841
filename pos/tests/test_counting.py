"""Counting and closing: every count is kept, the last one closes, and the Z report never changes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from pos import roles
from pos.models import (
    Approval,
    AuditEntry,
    CashCount,
    CashSession,
    PaymentMethod,
    Product,
    Register,
    Store,
    User,
)
from pos.services.approvals import decide
from pos.services.cash import (
    ask_to_close,
    close_session,
    count_session,
    move_cash,
    open_session,
    suggested_float,
)
from pos.services.errors import ApprovalNeeded, Conflict, Forbidden, Invalid
from pos.services.parking import park_order
from pos.services.session_figures import frozen_figures, session_figures

from . import factories
from .books import nothing_changes, refused
from .tills import cart, item, sell

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shop(
    verified: None, cash: PaymentMethod, card: PaymentMethod, on_account: PaymentMethod
) -> None:
    """Takes cash, cards and debts; every test ends with the shop's own audit."""


@pytest.fixture
def taken(
    shop: None, ana: User, session: CashSession, till_one: Register, shirt: Product
) -> CashSession:
    """119.90 in the drawer, 19.90 on the card terminal."""
    sell(ana, till_one, item(shirt), total="19.90", pay="cash 20")
    sell(ana, till_one, item(shirt), total="19.90", pay="card 19.90")
    return session


def count(user: User, session: CashSession, cash: str, **more: Any) -> CashCount:
    return count_session(user=user, session=session, cash_amount=Decimal(cash), **more)


def stored(session: CashSession) -> CashSession:
    return CashSession.objects.get(pk=session.pk)


# --- Counting ---------------------------------------------------------------------------------


def test_count_is_kept_with_its_pieces_and_its_slips(ana: User, taken: CashSession) -> None:
    pieces = {"50": 2, "10": 1, "5": 1, "2": 2, "0.20": 4, "0.10": 1, "0.01": 0}
    counted = count(ana, taken, "119.90", denominations=pieces, amounts={"card": Decimal("19.9")})
    row = CashCount.objects.get()
    assert (row, row.position, row.cash_amount, row.counted_by) == (
        counted, 1, Decimal("119.90"), ana,
    )  # fmt: skip
    assert row.denominations == {"50": 2, "10": 1, "5": 1, "2": 2, "0.20": 4, "0.10": 1}
    assert row.amounts == {"card": "19.90"}
    entry = AuditEntry.objects.get(kind="counted")
    assert (entry.actor, entry.amount, entry.object_id) == (
        ana, Decimal("119.90"), str(taken.pk),
    )  # fmt: skip
    assert entry.changes == [["counted cash", "", "119.90"], ["card", "", "19.90"]]
    assert stored(taken).is_open


def test_recount_stands_beside_the_first_and_closes(ana: User, taken: CashSession) -> None:
    first = count(ana, taken, "115.00")
    count(ana, taken, "119.90")
    closed = close_session(user=ana, session=taken)
    assert [row.cash_amount for row in taken.counts.all()] == [Decimal("115.00"), Decimal("119.90")]
    assert (closed.counted_cash, closed.difference) == (Decimal("119.90"), Decimal(0))
    assert CashCount.objects.get(pk=first.pk).cash_amount == Decimal("115.00")


@pytest.mark.parametrize(
    ("counted", "more", "code"),
    [
        ("-0.01", {}, "too_small"),
        ("50.00", {"denominations": {"20": 2}}, "count_differs"),
        ("50.00", {"denominations": {"25": 2}}, "unknown_piece"),
        ("50.00", {"denominations": {"50": -1}}, "not_a_number"),
        ("50.00", {"amounts": {"card": Decimal("-1")}}, "too_small"),
        ("50.00", {"amounts": {"cheque": Decimal("1")}}, "unknown_method"),
        ("50.00", {"amounts": {"cash": Decimal("1")}}, "unknown_method"),
        ("50.00", {"amounts": {"on_account": Decimal("1")}}, "unknown_method"),
    ],
)
def test_senseless_count_is_refused(
    ana: User, taken: CashSession, counted: str, more: dict[str, Any], code: str
) -> None:
    with refused(Invalid, code):
        count(ana, taken, counted, **more)
    assert not CashCount.objects.exists()


def test_pieces_that_do_not_come_to_the_sum_are_told(ana: User, taken: CashSession) -> None:
    with refused(Invalid, "count_differs") as caught:
        count(ana, taken, "50.00", denominations={"20": 2})
    assert caught.value.message == (
        "Notes and coins come to €40.00, but €50.00 is entered as their sum."
    )


def test_who_may_close_may_count(
    ana: User, max_: User, eve: User, ada: User, main: Store, taken: CashSession
) -> None:
    ben = factories.make_user("ben", roles.SELLER, [main])
    for user in (ben, eve, ada):
        with refused(Forbidden, "no_right"):
            count(user, taken, "119.90")
    assert count(ana, taken, "119.90").position == 1
    assert count(max_, taken, "119.90").position == 2


def test_closed_session_is_not_counted(ana: User, taken: CashSession) -> None:
    close_session(user=ana, session=taken, counted_cash=Decimal("119.90"))
    with refused(Conflict, "session_closed"):
        count(ana, taken, "119.90")
    assert CashCount.objects.count() == 1


# --- Closing ----------------------------------------------------------------------------------


def test_nothing_closes_without_a_count(ana: User, taken: CashSession) -> None:
    with refused(Conflict, "not_counted"):
        close_session(user=ana, session=taken)
    with refused(Conflict, "not_counted"):
        ask_to_close(user=ana, session=taken)


def test_count_from_before_a_sale_does_not_close(
    ana: User, max_: User, taken: CashSession, till_one: Register, shirt: Product
) -> None:
    count(ana, taken, "119.90")
    sell(ana, till_one, item(shirt), total="19.90", pay="card 19.90")
    with refused(Conflict, "count_outdated"):
        close_session(user=ana, session=taken)
    count(ana, taken, "119.90")
    move_cash(user=max_, session=taken, kind="drop", amount=Decimal(5), reason="Safe")
    with refused(Conflict, "count_outdated"):
        close_session(user=ana, session=taken)
    count(ana, taken, "114.90")
    assert close_session(user=ana, session=taken).difference == 0


def test_closes_are_numbered_per_register_without_a_gap(
    ana: User, max_: User, till_one: Register, till_two: Register
) -> None:
    numbers = []
    for user, till in ((ana, till_one), (max_, till_two), (ana, till_one), (max_, till_one)):
        opened = open_session(user=user, register=till, opening_float=Decimal(10))
        with refused(ApprovalNeeded, "approval_needed"):
            close_session(user=user, session=opened, counted_cash=Decimal(1000))
        closed = close_session(user=user, session=opened, counted_cash=Decimal(10))
        numbers.append((till.code, closed.z_number))
    assert numbers == [("R1", 1), ("R2", 1), ("R1", 2), ("R1", 3)]
    till_one.refresh_from_db()
    assert till_one.last_z_number == 3
    assert not AuditEntry.objects.filter(model="pos.register", kind="changed").exists()


def test_figures_are_frozen_as_text_and_stay(
    ana: User, max_: User, taken: CashSession, till_two: Register, shirt: Product, rosa: Any, till_one: Register
) -> None:  # fmt: skip
    due = sell(ana, till_one, item(shirt), total="18.90", pay="cash 5", customer=rosa).order
    closed = close_session(user=ana, session=taken, counted_cash=Decimal("124.90"))
    figures = stored(taken).figures
    assert figures["sales"]["total"] == "58.70"
    assert figures["sales"]["on_account"] == "13.90"
    assert figures["expected_cash"] == "124.90"
    assert [row["received"] for row in figures["tenders"]] == ["24.90", "19.90"]
    assert (figures["sales"]["first_number"], figures["sales"]["last_number"]) == (
        "MAIN-R1-000001", due.number,
    )  # fmt: skip
    PaymentMethod.objects.filter(code="card").update(code="terminal", name="Terminal")
    assert frozen_figures(closed) == frozen_figures(stored(taken))
    assert [tender.name for tender in frozen_figures(closed).tenders] == ["Cash", "Card"]
    assert frozen_figures(closed).agrees_with(session_figures(closed))


def test_last_count_is_the_next_float(ana: User, taken: CashSession, till_one: Register) -> None:
    count(ana, taken, "110.00")
    count(ana, taken, "119.90")
    close_session(user=ana, session=taken)
    assert suggested_float(till_one) == Decimal("119.90")


def test_parked_orders_outlive_the_session(
    ana: User, max_: User, taken: CashSession, till_one: Register, shirt: Product
) -> None:
    parked = park_order(user=ana, register=till_one, cart=cart(item(shirt)))
    close_session(user=ana, session=taken, counted_cash=Decimal("119.90"))
    open_session(user=max_, register=till_one, opening_float=Decimal("119.90"))
    parked.refresh_from_db()
    assert (parked.status, parked.session) == ("parked", None)


def test_session_closed_before_there_were_z_reports_is_fine(
    ana: User, session: CashSession, till_one: Register
) -> None:
    close_session(user=ana, session=session, counted_cash=Decimal(100))
    CashCount.objects.all().delete()
    CashSession.objects.update(z_number=None, figures=None)
    Register.objects.update(last_z_number=0)
    old = stored(session)
    assert frozen_figures(old) is None
    assert session_figures(old).expected_cash == 100
    again = open_session(user=ana, register=till_one, opening_float=Decimal(100))
    assert close_session(user=ana, session=again, counted_cash=Decimal(100)).z_number == 1


# --- Too far off ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counted", "slips", "is_asked"),
    [
        ("119.90", "14.90", False),
        ("119.90", "14.89", True),
        ("117.90", "22.90", False),  # 2 short and 3 over are 5 off
        ("117.90", "22.91", True),
        ("114.90", None, False),
    ],
)
def test_limit_is_on_what_all_counted_ways_of_paying_are_off_together(
    ana: User, taken: CashSession, counted: str, slips: str | None, is_asked: bool
) -> None:
    count(ana, taken, counted, amounts={"card": Decimal(slips)} if slips else {})
    if is_asked:
        with refused(ApprovalNeeded, "approval_needed"):
            close_session(user=ana, session=taken)
    else:
        close_session(user=ana, session=taken)
    assert stored(taken).is_open == is_asked


def test_yes_is_for_this_count_with_these_slips(ana: User, max_: User, taken: CashSession) -> None:
    count(ana, taken, "109.90", amounts={"card": Decimal("20.90")})
    asked = ask_to_close(user=ana, session=taken)
    assert asked is not None
    assert (asked.amount, asked.summary) == (
        Decimal("11.00"),
        f"Register 1, Session #{taken.pk}: €10.00 of Cash missing, €1.00 of Card too much",
    )
    decide(user=max_, approval=asked, approve=True)
    count(ana, taken, "109.90", amounts={"card": Decimal("20.91")})
    with refused(ApprovalNeeded, "approval_needed"):
        close_session(user=ana, session=taken, approvals=(asked.pk,))
    count(ana, taken, "109.90", amounts={"card": Decimal("20.90")})
    closed = close_session(user=ana, session=taken, approvals=(asked.pk,))
    assert (closed.difference, closed.z_number) == (-10, 1)
    assert Approval.objects.get().status == "used"
    assert taken.counts.count() == 3


def test_refused_close_keeps_the_count_and_takes_no_number(
    ana: User, taken: CashSession, till_one: Register
) -> None:
    count(ana, taken, "10.00")
    with nothing_changes(), pytest.raises(ApprovalNeeded) as caught:
        close_session(user=ana, session=taken)
    assert "109" not in caught.value.message
    till_one.refresh_from_db()
    assert (till_one.last_z_number, taken.counts.count()) == (0, 1)
