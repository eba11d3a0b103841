"""Who changed a record and why, where no web request says so by itself; and taking a change back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from pos.models import (
    AuditEntry,
    Category,
    Customer,
    CustomerLevel,
    PaymentMethod,
    Product,
    Register,
    Store,
    TaxRate,
    User,
)
from pos.models.history import Change, compared_fields, difference, is_changed

from .errors import Forbidden, Invalid, NotFound

# Master data. Documents are corrected by new documents; people and roles through their own forms,
# which know who may give what to whom.
REVERTIBLE: tuple[type[models.Model], ...] = (
    *(Product, Category, TaxRate, Customer, CustomerLevel),
    *(PaymentMethod, Store, Register),
)


def sign(record: Any, *, user: User | None, reason: str = "", at: datetime | None = None) -> None:
    """The next save of `record` writes its history in this person's name; `at`: not now but then."""
    record._history_user = user
    if reason:
        record._change_reason = reason
    if at is not None:
        record._history_date = at


def may_revert(user: User, record: models.Model) -> bool:
    """Whether records of this kind are taken back at all, and by this person."""
    meta = record._meta
    is_master = type(record) in REVERTIBLE
    return is_master and user.has_perm(f"{meta.app_label}.change_{meta.model_name}")


def reverting(record: models.Model, version: Any, fields: Collection[str]) -> list[Change]:
    """What would change of `record` by going back to `version`, of the fields named."""
    return [difference(field, record, version) for field in _different(record, version, fields)]


@transaction.atomic
def revert(
    *, user: User, record: models.Model, to: int, reason: str, fields: Collection[str]
) -> list[Change]:
    """Give `record` the values of its version `to` (a history id), and write that as a new version.

    `fields`: names of the fields this person could change by hand; others stay, as do pictures.
    Raises Forbidden; NotFound for a version of something else; Invalid without a reason, when
    nothing would change, or when the old values are no longer allowed.
    """
    if not may_revert(user, record):
        raise Forbidden("no_right", _("You are not allowed to do this. Ask a manager."))
    if not reason.strip():
        raise Invalid("no_reason", _("Say why it is taken back."))
    current: Any = type(record)._default_manager.get(pk=record.pk)
    version = current.history.filter(history_id=to).exclude(history_type="-").first()
    if version is None:
        raise NotFound("no_version", _("There is no such version of this record."))
    different = _different(current, version, fields)
    if not different:
        raise Invalid("nothing_changes", _("It is like this already: nothing would change."))
    changes = [difference(field, current, version) for field in different]
    for field in different:
        setattr(current, field.attname, getattr(version, field.attname))
    _check(current)
    sign(current, user=user, reason=reason.strip()[:100])
    current._audit_kind = AuditEntry.Kind.REVERTED
    current.save()
    return changes


def _different(record: models.Model, version: Any, fields: Collection[str]) -> list[Any]:
    return [
        field
        for field in compared_fields(version.tracked_fields)
        if field.name in fields
        and not isinstance(field, models.FileField)
        and is_changed(field, record, version)
    ]


def _check(record: models.Model) -> None:
    """The old values may clash with what has happened since: a code that is taken, a rate gone."""
    try:
        record.full_clean()
    except ValidationError as error:
        message = " ".join(error.messages)
        raise Invalid("not_allowed_now", message) from error
