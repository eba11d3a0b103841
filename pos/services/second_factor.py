"""The second factor: codes of an authenticator application, and backup codes for the day it is lost."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from pos.models import AuditEntry, User

from .audit import record
from .errors import Conflict, Forbidden, Invalid
from .locks import lock_devices
from .people import may_edit
from .rights import is_administrator
from .waiting import waiting_time

BACKUP_CODES = 8
# No letters that look like digits.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
# Waits double with every wrong code, up to 512 s: nobody is kept out of their own shop for good.
MOST_FAILURES = 10


def has_second_factor(person: User) -> bool:
    return bool(TOTPDevice.objects.filter(user_id=person.pk, confirmed=True).exists())


def must_set_up(person: User) -> bool:
    """Whether the shop asks this person for a second factor that is not there yet."""
    return bool(
        settings.REQUIRE_SECOND_FACTOR
        and is_administrator(person)
        and not has_second_factor(person)
    )


@transaction.atomic
def begin_second_factor(*, user: User) -> TOTPDevice:
    """The device that is being set up: the same one until it is confirmed. Raises Conflict."""
    if has_second_factor(user):
        raise Conflict("has_device", _("You have a second factor already. Turn it off first."))
    device, _made = TOTPDevice.objects.get_or_create(
        user_id=user.pk, confirmed=False, defaults={"name": "application"}
    )
    found: TOTPDevice = device
    return found


def confirm_second_factor(*, user: User, code: str) -> list[str]:
    """Take the device into use with its first code; the backup codes, never shown again.

    Raises Invalid for a wrong code, Forbidden after too many.
    """
    device = begin_second_factor(user=user)
    if not _verify(device, code):
        raise _wrong_code()
    with transaction.atomic():
        TOTPDevice.objects.filter(pk=device.pk).update(confirmed=True)
        codes = _make_backup_codes(user)
        change = [[_("Second factor"), "–", _("set up")]]
        record(AuditEntry.Kind.CHANGED, user=user, obj=user, changes=change)
    return codes


@transaction.atomic
def renew_backup_codes(*, user: User) -> list[str]:
    """New backup codes in place of the old ones. The caller has asked for the password."""
    codes = _make_backup_codes(user)
    change = [[_("Backup codes"), _("old"), _("new")]]
    record(AuditEntry.Kind.CHANGED, user=user, obj=user, changes=change)
    return codes


def check_code(*, person: User, code: str) -> bool:
    """Whether this is the application's code of now, or an unused backup code, which it uses up.

    Raises Forbidden (`code_locked`) while too many wrong ones wait.
    """
    digits = code.replace(" ", "").replace("-", "").lower()
    if digits.isascii() and digits.isdigit() and len(digits) == 6:
        device: Device | None = TOTPDevice.objects.filter(user_id=person.pk, confirmed=True).first()
        return device is not None and _verify(device, digits)
    device = StaticDevice.objects.filter(user_id=person.pk, confirmed=True).first()
    return device is not None and _verify(device, _hashed(digits))


@transaction.atomic
def turn_off_second_factor(*, user: User, person: User, reason: str = "") -> None:
    """One's own, with password and code asked for before; somebody else's, by an administrator.

    Raises Forbidden.
    """
    may = user.is_active and is_administrator(user) and may_edit(user=user, person=person)
    if user.pk != person.pk and not may:
        raise Forbidden("no_right", _("Only an administrator can do this."))
    remove_devices(person)
    change = [[_("Second factor"), _("set up"), "–"]]
    record(AuditEntry.Kind.CHANGED, user=user, obj=person, changes=change, reason=reason)


def remove_devices(person: User) -> bool:
    """Application and backup codes; whether there were any."""
    had = has_second_factor(person)
    TOTPDevice.objects.filter(user_id=person.pk).delete()
    StaticDevice.objects.filter(user_id=person.pk).delete()
    return had


def backup_codes_left(person: User) -> int:
    return int(
        StaticDevice.objects.filter(user_id=person.pk, token_set__isnull=False)
        .values("token_set")
        .count()
    )


def _verify(device: Device, code: str) -> bool:
    """Judge one code with the device locked, so that a code counts once. Raises Forbidden."""
    with transaction.atomic():
        locked = lock_devices(type(device).objects.filter(pk=device.pk)).get()
        allowed, details = locked.verify_is_allowed()
        if not allowed:
            wait = waiting_time(details["locked_until"])
            message = _("Too many wrong codes. Try again in %(wait)s.") % {"wait": wait}
            raise Forbidden("code_locked", message)
        is_right = bool(locked.verify_token(code))
        if locked.throttling_failure_count > MOST_FAILURES:
            locked.throttling_failure_count = MOST_FAILURES
            locked.save()
    return is_right


def _wrong_code() -> Invalid:
    return Invalid(
        "wrong_code", _("This code is not right. Take the one the application shows now.")
    )


def _make_backup_codes(user: User) -> list[str]:
    StaticDevice.objects.filter(user_id=user.pk).delete()
    device = StaticDevice.objects.create(user_id=user.pk, name="backup")
    codes = [
        "".join(secrets.choice(LETTERS) for _each in range(10)) for _each in range(BACKUP_CODES)
    ]
    for code in codes:
        device.token_set.create(token=_hashed(code))
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _hashed(code: str) -> str:
    """What is stored of a backup code: nothing that could be typed."""
    return salted_hmac("pos.backup_code", code, algorithm="sha256").hexdigest()[:16]
