"""Looking at a gift card before it is spent: the number is the only key to it, so few are tried."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pos.models import AuditEntry, Balance, Register, User

from .audit import prepare
from .card_numbers import last_digits, read_card_number
from .errors import Forbidden, NotFound
from .rights import require

MOST_UNKNOWN = 10
SPAN = timedelta(minutes=10)
MODEL = Balance._meta.label_lower


def find_card(*, user: User, register: Register, code: str) -> Balance:
    """The card with this number, whatever store sold it. A number that is no card is written down.

    Must not be called inside a transaction, which would take the note back. Raises Invalid for a
    mistyped number, NotFound, and Forbidden("too_many_tries") after MOST_UNKNOWN within SPAN.
    """
    require(user, "sell_order", store=register.store_id)
    number = read_card_number(code)
    unknown = AuditEntry.objects.filter(
        actor=user, kind=AuditEntry.Kind.REFUSED, model=MODEL, at__gt=timezone.now() - SPAN
    )
    if unknown.count() >= MOST_UNKNOWN:
        message = _("Too many numbers that are no cards. Wait ten minutes, or ask a manager.")
        raise Forbidden("too_many_tries", message)
    card: Balance | None = Balance.objects.filter(code=number).first()
    if card is None:
        message = _("There is no gift card %(digits)s.") % {"digits": last_digits(number)}
        _note(user, register, message)
        raise NotFound("no_balance", message)
    return card


@transaction.atomic(durable=True)
def _note(user: User, register: Register, message: str) -> None:
    entry = prepare(AuditEntry.Kind.REFUSED, user=user, register=register, reason=message)
    entry.model, entry.store_id = MODEL, register.store_id
    entry.save(force_insert=True)
