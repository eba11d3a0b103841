"""Many tries of one PIN at the same moment are no more tries than one after the other."""

from __future__ import annotations

from collections import Counter
from unittest.mock import patch

import pytest

from pos.models import Register, User
from pos.services import pins
from pos.services.pins import check_pin, set_pin
from pos.tests.race.threads import outcomes, race

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
WORKERS = 8
ROUNDS = 4


def judged(ana: User) -> tuple[int, Counter[str]]:
    """How many of 32 wrong PINs were really compared, and what was answered."""
    set_pin(user=ana, pin="2580")
    compared = []
    real = pins.check_password

    def counting(*args: object) -> bool:
        compared.append(args)
        return bool(real(*args))

    with patch.object(pins, "check_password", counting):
        rounds = race(WORKERS, ROUNDS, lambda worker, number: check_pin(person=ana, pin="1111"))
    return len(compared), sum(map(outcomes, rounds), Counter())


def test_only_five_of_many_wrong_pins_are_looked_at(ana: User, till_one: Register) -> None:
    compared, answers = judged(ana)
    assert compared == 5
    assert answers == Counter(done=4, pin_locked=28)
    ana.refresh_from_db()
    assert ana.pin_failures == 5


def test_control_without_the_lock_more_are_looked_at(ana: User, till_one: Register) -> None:
    """Counting without the row's lock loses tries: the race above does measure something."""

    def unlocked(person_id: int) -> User:
        return User.objects.get(pk=person_id)

    def claim(person_id: int) -> pins._Attempt:
        person = unlocked(person_id)
        if person.pin_locked_until:
            raise pins._locked(person)
        return pins._Attempt(person, locks=False)

    with patch.object(pins, "_claim_try", claim):
        compared, _answers = judged(ana)
    assert compared == WORKERS * ROUNDS
