"""Switching records off and on again: what was sold or paid keeps what it points at."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from simple_history.utils import bulk_update_with_history

from pos.models import AuditEntry, User
from pos.models.history import label_of, text_of

from .audit import record_many
from .errors import Forbidden

BATCH = 500


@transaction.atomic
def set_active(*, user: User, rows: QuerySet[Any], is_active: bool) -> int:
    """Switch `rows` on or off, with history. The number that changed. Raises Forbidden."""
    model = rows.model
    if not user.has_perm(f"{model._meta.app_label}.change_{model._meta.model_name}"):
        raise Forbidden("no_right", _("You are not allowed to do this. Ask a manager."))
    changed = list(rows.exclude(is_active=is_active))
    for row in changed:
        row.is_active = is_active
    reason = _("Switched on") if is_active else _("Switched off")
    at = timezone.now()
    bulk_update_with_history(
        changed,
        model,
        ["is_active"],
        batch_size=BATCH,
        default_user=user,
        default_change_reason=reason,
        default_date=at,
    )
    field = model._meta.get_field("is_active")
    change = [label_of(field), text_of(field, not is_active), text_of(field, is_active)]
    lines = [(AuditEntry.Kind.CHANGED, row, [change], None) for row in changed]
    record_many(lines, user=user, reason=reason, at=at)
    return len(changed)
