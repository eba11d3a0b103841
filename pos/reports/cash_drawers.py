"""Cash sessions: who had which drawer, and what was missing or too much."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from pos.models import CashSession

from .base import REGISTER, SELLER, STORE, Asked, Column, Report, Row
from .behind import row_behind
from .documents import moments

MOST_ROWS = 5000
EXPECTED = ("view_expected_cash",)


class CashSessions(Report):
    name = "cash-sessions"
    title = _("Cash sessions")
    description = _("Every closed drawer of these days: counted, expected, and the difference.")
    group = "money"
    icon = "payments"
    rights = ("view_cashsession",)
    filters = (STORE, REGISTER, SELLER)
    can_compare = False
    columns = (
        Column("opened_at", _("Opened"), "datetime"),
        Column("closed_at", _("Closed"), "datetime"),
        Column("store", _("Store")),
        Column("register", _("Register")),
        Column("seller", _("Opened by")),
        Column("z_number", _("Z report"), "count"),
        Column("opening_float", _("Opening float"), "money"),
        Column("counted", _("Counted"), "money", is_summed=True),
        Column("expected", _("Expected"), "money", rights=EXPECTED, is_summed=True),
        Column(
            "difference", _("Difference"), "money", "difference", rights=EXPECTED, is_summed=True
        ),
    )
    sort = "-opened_at"
    figures = ("difference", "counted", "expected")
    empty = _("No drawer was closed that was opened in these days.")

    def rows(self, asked: Asked) -> list[Row]:
        start, end = moments(asked)
        sessions = CashSession.objects.visible_to(asked.user).filter(
            opened_at__gte=start, opened_at__lt=end, closed_at__isnull=False
        )
        fields = (
            ("register__store_id", asked.where.stores),
            ("register_id", asked.where.registers),
            ("opened_by_id", asked.where.sellers),
        )
        narrowed = {f"{name}__in": ids for name, ids in fields if ids is not None}
        found = sessions.filter(**narrowed).select_related("register__store", "opened_by")
        sees_expected = all(asked.user.has_perm(f"pos.{right}") for right in EXPECTED)
        return [
            self._row(session, sees_expected=sees_expected)
            for session in found.order_by("-opened_at", "-pk")[:MOST_ROWS]
        ]

    def _row(self, session: CashSession, *, sees_expected: bool) -> Row:
        cells: dict[str, Any] = {
            "opened_at": session.opened_at,
            "closed_at": session.closed_at,
            "store": str(session.register.store),
            "register": str(session.register),
            "seller": str(session.opened_by),
            "z_number": session.z_number,
            "opening_float": session.opening_float,
            "counted": session.counted_cash,
        }
        if sees_expected:
            cells |= {"expected": session.expected_cash, "difference": session.difference}
        return Row(cells, behind=row_behind("cashsession", id__exact=session.pk))

    def notes(self, asked: Asked) -> list[Any]:
        return [_("By the day a drawer was opened. Drawers that are still open are not in it.")]
