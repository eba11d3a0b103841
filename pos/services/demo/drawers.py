"""The demo's cash sessions: floats, drops to the safe, counts that are a little off now and then."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from django.conf import settings

from pos.denominations import pieces
from pos.models import CashCount, CashMovement, CashSession, Payment, User
from pos.money import ZERO
from pos.payment_methods import cash_kinds
from pos.services.bulk_rows import insert_objects
from pos.services.numbering import next_z_number
from pos.services.session_figures import figures_of

from .days import Shift
from .shop import amount

FLOAT = "150.00"
# What the count is off by, and how often.
DIFFERENCES = {
    "0": 80, "-0.10": 3, "0.10": 3, "-0.50": 3, "0.50": 2, "-1.00": 3, "1.00": 2, "-2.00": 2, "-5.00": 1, "5.00": 1,
}  # fmt: skip
OUTLAYS = (("Window cleaner", "18.00"), ("Stamps", "9.60"), ("Flowers for the counter", "12.50"))
MOVEMENT_COLUMNS = ("session_id", "kind", "amount", "reason", "created_by_id", "created_at")


def make_session(pk: int, shift: Shift) -> CashSession:
    """The session as it is opened; its float is only known when the one before is counted."""
    return CashSession(
        pk=pk,
        register=shift.register,
        opened_by=shift.seller,
        opened_at=shift.opens_at,
        opening_float=amount(FLOAT),
        closed_by=shift.seller,
        closed_at=shift.closes_at,
    )


def close_sessions(
    sessions: Sequence[CashSession], payments: Sequence[Payment], *, manager: User
) -> None:
    """Count every session in order of time, and write sessions and cash movements."""
    taken = _cash_by_session(payments)
    left: dict[int, Decimal] = {}
    movements: list[CashMovement] = []
    chance = random.Random("drawers")
    for session in sessions:
        session.opening_float = left.get(session.register_id, amount(FLOAT))
        expected = session.opening_float + taken.get(session.pk, ZERO)
        for movement in _movements(session, expected, manager, chance):
            movements.append(movement)
            expected -= movement.amount
        off = amount(chance.choices(list(DIFFERENCES), list(DIFFERENCES.values()))[0])
        session.expected_cash = expected
        session.counted_cash = max(ZERO, expected + off)
        session.difference = session.counted_cash - expected
        session.note = "Counted twice." if abs(session.difference) >= amount("2") else ""
        left[session.register_id] = session.counted_cash
    insert_objects(sessions)
    insert_objects(movements, MOVEMENT_COLUMNS)


def _cash_by_session(payments: Sequence[Payment]) -> Mapping[int, Decimal]:
    kinds = set(cash_kinds())
    taken: dict[int, Decimal] = {}
    for payment in payments:
        if payment.session_id and payment.method.kind in kinds:
            taken[payment.session_id] = taken.get(payment.session_id, ZERO) + payment.amount
    return taken


def _movements(
    session: CashSession, expected: Decimal, manager: User, chance: random.Random
) -> list[CashMovement]:
    """An outlay now and then; in the evening what is above the float goes to the safe."""
    kinds = CashMovement.Kind
    assert session.closed_at
    movements = []
    if chance.random() < 0.06:
        reason, cost = chance.choice(OUTLAYS)
        at = session.opened_at + (session.closed_at - session.opened_at) / 2
        movements.append((kinds.PAY_OUT, amount(cost), reason, at))
        expected -= amount(cost)
    step = amount("10")
    surplus = (expected - amount(FLOAT)) // step * step
    if surplus > 0:
        at = session.closed_at - timedelta(minutes=1)
        movements.append((kinds.DROP, surplus, "Evening drop to the safe", at))
    return [
        CashMovement(
            session=session,
            kind=kind,
            amount=value,
            reason=reason,
            created_by=manager,
            created_at=at,
        )
        for kind, value, reason, at in movements
    ]


def freeze_sessions(sessions: Sequence[CashSession]) -> None:
    """Z numbers, frozen figures and counts, as closing does it: when everything else is written."""
    figures = figures_of(sessions)
    for session in sessions:  # in order of time
        session.figures = figures[session.pk].as_json()
        session.z_number = next_z_number(session.register)
    CashSession.objects.bulk_update(sessions, ["figures", "z_number"], batch_size=100)
    CashCount.objects.bulk_create(_count(session) for session in sessions)


def _count(session: CashSession) -> CashCount:
    """The drawer in few pieces: nobody keeps two tens where a twenty would do."""
    assert session.counted_cash is not None and session.closed_at
    left, found = session.counted_cash, {}
    for piece in pieces(settings.POS_CURRENCY):
        if piece.is_note and piece.value > amount("50"):
            continue
        if number := int(left // piece.value):
            found[piece.text] = number
            left -= number * piece.value
    return CashCount(
        session=session,
        position=1,
        cash_amount=session.counted_cash,
        denominations={} if left else found,
        counted_by=session.closed_by,
        counted_at=session.closed_at,
    )
