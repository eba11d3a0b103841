"""PINs: hashed, counted, locked for longer and longer, and nobody's business."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from pos import roles
from pos.models import AuditEntry, Store, User
from pos.services.errors import Forbidden, Invalid
from pos.services.pins import check_pin, remove_pin, set_pin

from .factories import make_user

Kind = AuditEntry.Kind


@pytest.fixture
def ana(ana: User) -> User:
    set_pin(user=ana, pin="2580")
    return ana


def wrong(person: User, times: int) -> None:
    for _each in range(times):
        assert check_pin(person=person, pin="1111") is False


def locked_for(person: User) -> timedelta:
    """From the last try to the end of the lock, to the second."""
    person.refresh_from_db()
    assert person.pin_locked_until is not None
    return timedelta(seconds=round((person.pin_locked_until - timezone.now()).total_seconds()))


def test_pin_is_hashed_and_opens(ana: User) -> None:
    stored = User.objects.get(pk=ana.pk).pin
    assert "2580" not in stored and stored.startswith("md5$")
    assert check_pin(person=ana, pin="2580") is True
    assert check_pin(person=ana, pin="2581") is False


def test_pin_cannot_be_tried_out_without_the_shops_key(ana: User, settings) -> None:
    settings.SECRET_KEY = "a thief has the database, not this"
    assert check_pin(person=ana, pin="2580") is False


@pytest.mark.parametrize("pin", ["", "258", "258025802", "25a0", "٢٥٨٠", " 2580", "-258", "2580\n"])
def test_pin_has_four_to_eight_digits(ana: User, pin: str) -> None:
    with pytest.raises(Invalid) as refusal:
        set_pin(user=ana, pin=pin)
    assert refusal.value.code == "bad_pin"
    assert check_pin(person=ana, pin="2580") is True


@pytest.mark.parametrize("pin", ["0000", "77777777", "1234", "4321", "56789", "7890"])
def test_pin_that_everybody_guesses_is_refused(ana: User, pin: str) -> None:
    with pytest.raises(Invalid) as refusal:
        set_pin(user=ana, pin=pin)
    assert refusal.value.code == "easy_pin"


def test_five_wrong_tries_lock_for_a_minute_and_the_right_one_waits_too(ana: User) -> None:
    wrong(ana, 4)
    with pytest.raises(Forbidden) as refusal:
        check_pin(person=ana, pin="1111")
    assert refusal.value.code == "pin_locked"
    assert refusal.value.message == "Too many wrong PINs for Ana. Try again in 60 seconds."
    assert locked_for(ana) == timedelta(minutes=1)
    with pytest.raises(Forbidden):
        check_pin(person=ana, pin="2580")
    kinds = list(AuditEntry.objects.filter(object_id=str(ana.pk)).values_list("kind", flat=True))
    assert kinds.count(Kind.PIN_FAILED) == 5 and kinds.count(Kind.LOCKED) == 1


def test_every_further_lock_is_twice_as_long_up_to_an_hour(ana: User) -> None:
    wrong(ana, 4)
    minutes = []
    for _each in range(8):
        with pytest.raises(Forbidden):
            check_pin(person=ana, pin="1111")
        minutes.append(locked_for(ana) / timedelta(minutes=1))
        User.objects.filter(pk=ana.pk).update(pin_locked_until=timezone.now())
    assert minutes == [1, 2, 4, 8, 16, 32, 60, 60]
    assert check_pin(person=ana, pin="2580") is True
    ana.refresh_from_db()
    assert (ana.pin_failures, ana.pin_locked_until) == (0, None)


def test_right_pin_forgets_the_wrong_ones(ana: User) -> None:
    wrong(ana, 4)
    assert check_pin(person=ana, pin="2580") is True
    wrong(ana, 4)


def test_one_persons_lock_is_not_another_ones(ana: User, max_: User) -> None:
    set_pin(user=max_, pin="9753")
    wrong(ana, 4)
    with pytest.raises(Forbidden):
        check_pin(person=ana, pin="1111")
    assert check_pin(person=max_, pin="9753") is True


def test_nobody_tries_around_among_their_colleagues(ana: User, max_: User, main: Store) -> None:
    people = [make_user(f"seller{number}", roles.SELLER, [main]) for number in range(6)]
    for person in [*people[:5], *people[:5]]:
        assert check_pin(person=person, pin="1111", user=max_) is False
    with pytest.raises(Forbidden) as refusal:
        check_pin(person=ana, pin="2580", user=max_)
    assert refusal.value.code == "pin_locked"
    assert refusal.value.message == "Too many wrong PINs here. Try again in 10 minutes."
    assert check_pin(person=ana, pin="2580", user=people[5]) is True
    assert check_pin(person=ana, pin="2580", user=ana) is True
    long_ago = timezone.now() - timedelta(minutes=10, seconds=1)
    oldest = AuditEntry.objects.filter(kind=Kind.PIN_FAILED).earliest("id")
    AuditEntry.objects.filter(pk=oldest.pk).update(at=long_ago)
    assert check_pin(person=ana, pin="2580", user=max_) is True


def test_nobody_without_pin_or_job_gets_in(ana: User, max_: User) -> None:
    assert check_pin(person=max_, pin="") is False
    User.objects.filter(pk=ana.pk).update(is_active=False)
    assert check_pin(person=ana, pin="2580") is False


@pytest.mark.django_db(transaction=True)
def test_wrong_try_cannot_be_rolled_back(ana: User) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        check_pin(person=ana, pin="1111")


def test_manager_removes_a_pin_and_a_seller_only_their_own(
    ana: User, max_: User, root: User, eve: User
) -> None:
    with pytest.raises(Forbidden):
        remove_pin(user=eve, person=ana)
    assert User.objects.get(pk=ana.pk).pin != ""
    remove_pin(user=root, person=ana, reason="Left the shop")
    assert User.objects.get(pk=ana.pk).pin == ""
    entry = AuditEntry.objects.filter(actor=root, object_id=str(ana.pk)).get()
    assert (entry.kind, entry.changes, entry.reason) == (
        Kind.CHANGED, [["PIN", "set", "–"]], "Left the shop",
    )  # fmt: skip


def test_pin_is_in_no_history_and_no_audit_entry(ana: User) -> None:
    fields = {field.name for field in ana.history.model._meta.get_fields()}
    assert not {"pin", "password", "session_epoch"} & fields
    texts = [f"{each.changes} {each.search_text}" for each in AuditEntry.objects.all()]
    assert not any("2580" in text or "md5$" in text for text in texts)
