"""One's own password, and ending a person's sessions."""

from __future__ import annotations

from axes.models import AccessAttempt
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pos.models import AuditEntry, User

from .audit import record
from .errors import Forbidden, Invalid
from .history import sign
from .people import may_edit
from .second_factor import remove_devices
from .sessions import end_sessions


def change_own_password(*, user: User, password: str) -> None:
    """The caller has asked for the old one. Other sessions end; a first password is done with.

    Raises Invalid.
    """
    account = User.objects.get(pk=user.pk)
    try:
        validate_password(password, account)
    except ValidationError as error:
        raise Invalid("weak_password", " ".join(error.messages)) from error
    account.password = make_password(password)  # slow, so before anything is locked
    account.must_change_password = False
    sign(account, user=user, reason=_("Own password changed"))
    with transaction.atomic():
        account.save(update_fields=["password", "must_change_password"])
    # Whoever is signed in with this very object stays so.
    user.password, user.must_change_password = account.password, False


@transaction.atomic
def sign_out_everywhere(*, user: User, person: User, reason: str = "") -> None:
    """Sign a person out on every device, at the next thing they do there. Raises Forbidden."""
    if user.pk != person.pk and not may_edit(user=user, person=person):
        raise Forbidden(
            "no_right", _("You are not allowed to change this account. Ask an administrator.")
        )
    end_sessions(people=[person.pk])
    change = [[_("Sessions"), _("open"), _("ended everywhere")]]
    record(AuditEntry.Kind.SIGN_OUT, user=user, obj=person, changes=change, reason=reason)


@transaction.atomic
def let_in(*, person: User, second_factor: bool = False) -> None:
    """Forget wrong tries of password and PIN; for a lost telephone also the second factor.

    For whoever runs the server: it asks for no right.
    """
    AccessAttempt.objects.filter(username=person.get_username()).delete()
    User.objects.filter(pk=person.pk).update(pin_failures=0, pin_locked_until=None)
    changes = [[_("Wrong tries"), _("counted"), _("forgotten")]]
    if second_factor and remove_devices(person):
        changes.append([_("Second factor"), _("set up"), "–"])
    record(
        AuditEntry.Kind.CHANGED,
        user=None,
        obj=person,
        changes=changes,
        actor_name="manage.py let_in",
    )
