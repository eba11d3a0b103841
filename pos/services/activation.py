"""Switching records off and on again: what was sold or paid keeps what it points at."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from simple_history.utils import bulk_update_with_history

from pos.models import User

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
    bulk_update_with_history(
        changed,
        model,
        ["is_active"],
        batch_size=BATCH,
        default_user=user,
        default_change_reason=_("Switched on") if is_active else _("Switched off"),
    )
    return len(changed)
