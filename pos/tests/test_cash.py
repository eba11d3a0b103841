"""The drawer: from the opening float to the counted close."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pos import roles
from pos.models import CashMovement, CashSession, PaymentMethod, Product, Register, Store, User
from pos.services.cash import (
    close_session,
    expected_cash,
    may_close,
    move_cash,
    open_session,
    suggested_float,
)
from pos.services.errors import Conflict, Forbidden, Invalid

from . import factories
from .books import refused
from .tills import item, sell

pytestmark = pytest.mark.django_db
Kind = CashMovement.Kind


@pytest.fixture(autouse=True)
def shop(verified: None, cash: PaymentMethod, card: PaymentMethod) -> None:
    """Takes cash and cards; every test ends with the shop's own audit."""


# --- Opening ----------------------------------------------------------------------------------


def test_session_opens_with_its_float(ana: User, till_one: Register) -> None:
    opened = open_session(user=ana, register=till_one, opening_float=Decimal("100.00"))
    session = CashSession.objects.get(pk=opened.pk)
    assert (session.register, session.opened_by, session.opening_float) == (till_one, ana, 100)
    assert (session.closed_at, session.closed_by, session.counted_cash) == (None, None, None)
    assert expected_cash(session) == 100


def test_register_is_opened_once(
    ana: User, max_: User, session: CashSession, till_one: Register
) -> None:
    for user in (ana, max_):
        with refused(Conflict, "already_open") as caught:
            open_session(user=user, register=till_one, opening_float=Decimal(5))
        assert caught.value.data == {"session": session.pk}
        assert "Ana" in caught.value.message


def test_one_person_has_one_register_open(
    ana: User, max_: User, session: CashSession, till_one: Register, till_two: Register
) -> None:
    with refused(Conflict, "other_register_open") as caught:
        open_session(user=ana, register=till_two, opening_float=Decimal(0))
    assert caught.value.message == (
        "You have Register 1 in Main Street open. Count and close it first."
    )
    assert caught.value.data == {"session": session.pk}
    close_session(user=ana, session=session, counted_cash=Decimal(100))
    assert open_session(user=ana, register=till_two, opening_float=Decimal(0)).is_open
    assert open_session(user=max_, register=till_one, opening_float=Decimal(0)).is_open


def test_negative_float_is_refused(ana: User, till_one: Register) -> None:
    with refused(Invalid, "too_small"):
        open_session(user=ana, register=till_one, opening_float=Decimal("-0.01"))


def test_float_is_what_a_drawer_can_hold(ana: User, till_one: Register) -> None:
    """A scanned barcode is no float, and a sum beyond the books could never be closed."""
    with refused(Invalid, "too_large"):
        open_session(user=ana, register=till_one, opening_float=Decimal("100000000.00"))
    assert open_session(user=ana, register=till_one, opening_float=Decimal("99999999.99")).is_open


@pytest.mark.parametrize("who", ["sam", "ada", "eve"])
def test_opening_needs_the_right_in_this_store(request: pytest.FixtureRequest, till_one: Register, who: str) -> None:  # fmt: skip
    user = request.getfixturevalue(who)
    with refused(Forbidden, "wrong_store" if who == "eve" else "no_right"):
        open_session(user=user, register=till_one, opening_float=Decimal(0))


@pytest.mark.parametrize("model", [Register, Store])
def test_what_is_switched_off_does_not_open(
    ana: User, till_one: Register, model: type[Register] | type[Store]
) -> None:
    model.objects.update(is_active=False)
    with refused(Conflict, "register_inactive"):
        open_session(user=ana, register=till_one, opening_float=Decimal(0))


# --- In between -------------------------------------------------------------------------------


def test_expected_cash_counts_cash_of_this_session_only(
    ana: User, max_: User, session: CashSession, till_one: Register, till_two: Register, shirt: Product
) -> None:  # fmt: skip
    other = open_session(user=max_, register=till_two, opening_float=Decimal("50.00"))
    sell(ana, till_one, item(shirt), total="19.90", pay="cash 50.00")
    sell(ana, till_one, item(shirt), total="19.90", pay="card 19.90")
    sell(ana, till_one, item(shirt), total="19.90", pay=["card 9.90", "cash 20.00"])
    sell(max_, till_two, item(shirt), total="19.90", pay="cash 19.90")
    assert (expected_cash(session), expected_cash(other)) == (Decimal("129.90"), Decimal("69.90"))


def test_cash_moves_with_a_reason(max_: User, session: CashSession) -> None:
    for kind, amount in [(Kind.PAY_IN, "20.00"), (Kind.PAY_OUT, "7.50"), (Kind.DROP, "100.00")]:
        moved = move_cash(
            user=max_, session=session, kind=kind, amount=Decimal(amount), reason=" stamps "
        )
        assert (moved.reason, moved.created_by, moved.amount) == ("stamps", max_, Decimal(amount))
    assert expected_cash(session) == Decimal("12.50")


@pytest.mark.parametrize(
    ("kind", "amount", "reason", "error", "code"),
    [
        (Kind.PAY_OUT, "100.01", "stamps", Conflict, "not_enough_cash"),
        (Kind.DROP, "100.01", "safe", Conflict, "not_enough_cash"),
        (Kind.PAY_IN, "0", "change", Invalid, "too_small"),
        (Kind.PAY_IN, "100000000.00", "change", Invalid, "too_large"),
        (Kind.PAY_IN, "-5.00", "change", Invalid, "too_small"),
        (Kind.PAY_OUT, "-5.00", "change", Invalid, "too_small"),
        ("gift", "5.00", "change", Invalid, "unknown_kind"),
        (Kind.PAY_IN, "5.00", "   ", Invalid, "no_reason"),
    ],
)  # fmt: skip
def test_senseless_movement_is_refused(
    max_: User, session: CashSession, kind: str, amount: str, reason: str,
    error: type[Conflict] | type[Invalid], code: str,
) -> None:  # fmt: skip
    with refused(error, code):
        move_cash(user=max_, session=session, kind=kind, amount=Decimal(amount), reason=reason)


def test_moving_cash_needs_its_right(ana: User, session: CashSession) -> None:
    with refused(Forbidden, "no_right"):
        move_cash(user=ana, session=session, kind=Kind.PAY_OUT, amount=Decimal(5), reason="tip")


# --- Closing ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counted", "difference"), [("119.90", "0"), ("119.89", "-0.01"), ("0", "-119.90"), ("500.00", "380.10")]
)  # fmt: skip
def test_close_records_what_was_counted_expected_and_missing(
    no_limits: None, ana: User, session: CashSession, till_one: Register, shirt: Product, counted: str,
    difference: str,
) -> None:  # fmt: skip
    sell(ana, till_one, item(shirt), total="19.90", pay="cash 20.00")
    close_session(user=ana, session=session, counted_cash=Decimal(counted), note="busy")
    closed = CashSession.objects.get(pk=session.pk)
    assert (closed.expected_cash, closed.counted_cash, closed.difference) == (
        Decimal("119.90"), Decimal(counted), Decimal(difference),
    )  # fmt: skip
    assert (closed.closed_by, closed.note, closed.is_open) == (ana, "busy", False)
    assert suggested_float(till_one) == Decimal(counted)


def test_nothing_happens_to_a_closed_session(ana: User, max_: User, session: CashSession) -> None:
    close_session(user=ana, session=session, counted_cash=Decimal(100))
    with refused(Conflict, "session_closed"):
        close_session(user=ana, session=session, counted_cash=Decimal(90))
    with refused(Conflict, "session_closed"):
        move_cash(user=max_, session=session, kind=Kind.PAY_IN, amount=Decimal(5), reason="late")


def test_negative_count_is_refused(ana: User, session: CashSession) -> None:
    with refused(Invalid, "too_small"):
        close_session(user=ana, session=session, counted_cash=Decimal("-0.01"))


def test_sellers_close_their_own_session_and_managers_everybodys(
    ana: User, max_: User, eve: User, sam: User, ada: User, root: User, main: Store, session: CashSession
) -> None:  # fmt: skip
    bob = factories.make_user("bob", roles.SELLER, [main])
    allowed = {
        user.username: may_close(user, session) for user in (ana, max_, root, bob, eve, sam, ada)
    }
    assert allowed == {
        "ana": True, "max": True, "root": True, "bob": False, "eve": False, "sam": False, "ada": False,
    }  # fmt: skip
    for user in (bob, eve, sam, ada):
        with refused(Forbidden, "no_right"):
            close_session(user=user, session=session, counted_cash=Decimal(100))


def test_seller_moved_to_another_store_no_longer_closes(ana: User, session: CashSession) -> None:
    from guardian.shortcuts import remove_perm

    remove_perm("pos.work_in_store", ana, session.register.store)
    with refused(Forbidden, "no_right"):
        close_session(user=User.objects.get(pk=ana.pk), session=session, counted_cash=Decimal(100))


def test_next_session_starts_from_nothing(
    ana: User, session: CashSession, till_one: Register, shirt: Product
) -> None:
    sell(ana, till_one, item(shirt), total="19.90", pay="cash 20.00")
    close_session(user=ana, session=session, counted_cash=Decimal("119.90"))
    again = open_session(user=ana, register=till_one, opening_float=Decimal("60.00"))
    assert expected_cash(again) == 60
    order = sell(ana, till_one, item(shirt), total="19.90", pay="cash 19.90").order
    assert (order.session, order.number) == (again, "MAIN-R1-000002")
    assert (expected_cash(session), expected_cash(again)) == (Decimal("119.90"), Decimal("79.90"))


def test_float_of_a_register_never_closed_is_nothing(till_one: Register) -> None:
    assert suggested_float(till_one) == 0
