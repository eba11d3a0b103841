"""Who may read a cash session's report, and what it says to whom: X while open, Z for ever after."""

from __future__ import annotations

from django.utils.translation import gettext as _

from pos.figures import Difference
from pos.models import CashCount, CashSession, User
from pos.receipts import Receipt, build_session_slip

from .counts import differences, last_count
from .errors import Forbidden, NotFound
from .session_figures import frozen_figures, session_figures


def sees_figures(user: User) -> bool:
    """Whether somebody may know what a drawer should hold. Who may not counts it blind."""
    return user.has_perm("pos.view_expected_cash")


def may_look(user: User, session: CashSession) -> bool:
    if user.pk in (session.opened_by_id, session.closed_by_id):
        return True
    visible = CashSession.objects.visible_to(user).filter(pk=session.pk)
    return user.has_perm("pos.view_cashsession") and visible.exists()


def find_report(user: User, session_id: int) -> CashSession:
    """A session whose report this person may read; an open one only with its figures.

    Raises NotFound for another store's, Forbidden.
    """
    sessions = CashSession.objects.select_related("register__store", "opened_by", "closed_by")
    stores = user.store_ids()
    if stores is not None:
        sessions = sessions.filter(register__store_id__in=stores)
    session: CashSession | None = sessions.filter(pk=session_id).first()
    if session is None:
        raise NotFound("no_session", _("There is no such cash session."))
    if not may_look(user, session) or (session.is_open and not sees_figures(user)):
        raise Forbidden("no_right", _("You are not allowed to see this report. Ask a manager."))
    return session


def report_slip(session: CashSession, *, user: User) -> Receipt:
    """As `user` may read it: without the right to expected cash, of a closed session only the count."""
    count = None if session.is_open else last_count(session)
    if not sees_figures(user):
        return build_session_slip(session, count=count)
    return build_session_slip(
        session,
        figures=frozen_figures(session) or session_figures(session),
        count=count,
        differences=found_differences(session, count) if count else (),
    )


def found_differences(session: CashSession, count: CashCount | None) -> list[Difference]:
    """By way of paying; of the cash alone where a session was closed before counts were kept."""
    figures = frozen_figures(session) or session_figures(session)
    if count is not None:
        return differences(figures, count)
    if session.counted_cash is None or session.expected_cash is None:
        return []
    return [Difference("", _("Cash"), session.expected_cash, session.counted_cash)]
