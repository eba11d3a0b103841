"""That figures were taken away is written down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from pos.models import AuditEntry, SavedReport, User

from .audit import record
from .rights import require


def record_export(
    *, user: User, what: str, rows: int, words: Sequence[tuple[str, str]] = ()
) -> None:
    """`what`: “Sales by day to Excel”; `words`: the filters as people read them. Raises Forbidden."""
    require(user, "export_list")
    changes: list[list[Any]] = [
        [_("rows"), "", rows],
        *([label, "", value] for label, value in words),
    ]
    record(AuditEntry.Kind.EXPORT, user=user, changes=changes, reason=what[:200])


def record_mail(*, saved: SavedReport, rows: int) -> None:
    """That a saved report has gone out by itself."""
    changes: list[list[Any]] = [[_("email"), "", saved.address], [_("rows"), "", rows]]
    reason = _("Saved report “%(name)s” by mail") % {"name": saved.name}
    record(AuditEntry.Kind.EXPORT, user=saved.owner, changes=changes, reason=reason[:200])
