"""PINs: short, so hashed with the shop's own key, and every try is counted before it is looked at."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from pos.models import AuditEntry, Register, User

from .audit import record
from .errors import Forbidden, Invalid
from .locks import lock_person
from .people import may_edit
from .waiting import waiting_time

TRIES = 5
FIRST_LOCK = timedelta(minutes=1)
LONGEST_LOCK = timedelta(hours=1)
# So many wrong PINs of other people from one account, and it tries no more: many people with a few
# tries each are many tries.
TRIES_OF_OTHERS = 10
SPAN_OF_OTHERS = timedelta(minutes=10)
_SHAPE = re.compile(r"[0-9]{4,8}")
_ROWS = ("01234567890", "09876543210")
_NO_PIN = "!"  # matches nothing, and takes as long to find out


def set_pin(*, user: User, pin: str) -> None:
    """One's own PIN; ends a lock. The caller has asked for the password. Raises Invalid."""
    if not _SHAPE.fullmatch(pin):
        raise Invalid("bad_pin", _("A PIN has 4 to 8 digits."))
    if len(set(pin)) == 1 or any(pin in row for row in _ROWS):
        raise Invalid("easy_pin", _("This PIN is easy to guess. Choose another one."))
    changes = [[_("PIN"), _("set") if user.pin else "–", _("set anew") if user.pin else _("set")]]
    hashed = hash_pin(pin)  # slow, so before anything is locked
    with transaction.atomic():
        _store(user, hashed)
        record(AuditEntry.Kind.CHANGED, user=user, obj=user, changes=changes)


@transaction.atomic
def remove_pin(*, user: User, person: User, reason: str = "") -> None:
    """Take somebody's PIN away: one's own, or that of an account one may change. Raises Forbidden."""
    if user.pk != person.pk and not may_edit(user=user, person=person):
        raise Forbidden(
            "no_right", _("You are not allowed to change this account. Ask an administrator.")
        )
    if not User.objects.get(pk=person.pk).pin:
        return
    _store(person, "")
    changes = [[_("PIN"), _("set"), "–"]]
    record(AuditEntry.Kind.CHANGED, user=user, obj=person, changes=changes, reason=reason)


def hash_pin(pin: str) -> str:
    """What is stored. Without the shop's SECRET_KEY the few possible PINs cannot be tried out."""
    return make_password(_with_key(pin))


def check_pin(
    *, person: User, pin: str, user: User | None = None, register: Register | None = None
) -> bool:
    """Whether this is the person's PIN. Raises Forbidden (`pin_locked`) after too many wrong ones.

    Call it outside of any transaction: a refusal that rolls back would forget the try. `user` is who
    is signed in at the device, for the audit trail.
    """
    _refuse_trying_around(user, person)
    attempt = _claim_try(person.pk)
    is_right = check_password(_with_key(pin), attempt.person.pin or _NO_PIN)
    if is_right and attempt.person.is_active:
        User.objects.filter(pk=person.pk).update(pin_failures=0, pin_locked_until=None)
        return True
    record(AuditEntry.Kind.PIN_FAILED, user=user, obj=attempt.person, register=register)
    if attempt.locks:
        record(AuditEntry.Kind.LOCKED, user=user, obj=attempt.person, register=register)
        raise _locked(attempt.person)
    return False


def _refuse_trying_around(user: User | None, person: User) -> None:
    if user is None or user.pk == person.pk:
        return
    since = timezone.now() - SPAN_OF_OTHERS
    wrong = AuditEntry.objects.filter(
        kind=AuditEntry.Kind.PIN_FAILED, actor=user, at__gt=since
    ).exclude(object_id=str(user.pk))
    times = list(wrong.order_by("-at").values_list("at", flat=True)[:TRIES_OF_OTHERS])
    if len(times) == TRIES_OF_OTHERS:
        until = times[-1] + SPAN_OF_OTHERS
        message = _("Too many wrong PINs here. Try again in %(wait)s.")
        raise Forbidden(
            "pin_locked", message % {"wait": waiting_time(until)}, until=until.isoformat()
        )


@dataclass(frozen=True)
class _Attempt:
    """`locks`: if this try is wrong, it was the last one for a while."""

    person: User
    locks: bool


def _claim_try(person_id: int) -> _Attempt:
    """Count a try before it is judged, so that many at once are no more tries than one by one."""
    with transaction.atomic(durable=True):
        person = lock_person(person_id)
        now = timezone.now()
        if person.pin_locked_until and person.pin_locked_until > now:
            raise _locked(person)
        person.pin_failures = min(person.pin_failures + 1, 1000)
        over = person.pin_failures - TRIES
        if over >= 0:
            person.pin_locked_until = now + min(FIRST_LOCK * 2 ** min(over, 10), LONGEST_LOCK)
        _store(person, person.pin, person.pin_failures, person.pin_locked_until)
    return _Attempt(person, over >= 0)


def _locked(person: User) -> Forbidden:
    until = person.pin_locked_until
    assert until is not None
    message = _("Too many wrong PINs for %(person)s. Try again in %(wait)s.")
    return Forbidden(
        "pin_locked",
        message % {"person": person, "wait": waiting_time(until)},
        until=until.isoformat(),
    )


def _store(person: User, pin: str, failures: int = 0, until: object = None) -> None:
    """Straight into the row: neither PIN nor tries are part of the person's history."""
    User.objects.filter(pk=person.pk).update(pin=pin, pin_failures=failures, pin_locked_until=until)
    person.pin = pin


def _with_key(pin: str) -> str:
    return salted_hmac("pos.pin", pin, algorithm="sha256").hexdigest()
