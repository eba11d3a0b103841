"""Which open cash session takes somebody's money."""

from __future__ import annotations

from django.utils.translation import gettext as _

from pos.models import CashSession, Register, User

from .cash import may_sell_in
from .errors import Conflict, Forbidden, NotFound
from .locks import lock_open_session
from .rights import require


def lock_usable_session(*, user: User, register_id: int, right: str) -> CashSession:
    """The register's open session, locked with its register, for somebody with `right` in its store.

    Raises NotFound, Forbidden (`other_session` for somebody else's drawer) and
    Conflict("session_closed").
    """
    return usable_session(user, register_id, lock_open_session(register_id), right)


def usable_session(
    user: User, register_id: int, session: CashSession | None, right: str = "sell_order"
) -> CashSession:
    """As above, for a session that is locked already (None: the register is closed)."""
    if session is None:
        register = Register.objects.select_related("store").filter(pk=register_id).first()
        if register is None:
            raise NotFound("no_register", _("There is no such register."))
        require(user, right, store=register.store)
        raise Conflict(
            "session_closed", _("The cash session of this register is closed. Open it first.")
        )
    require(user, right, store=session.register.store)
    if not may_sell_in(user, session):
        message = _(
            "This is %(person)s's cash session. Open your own at another register, or ask a manager."
        )
        raise Forbidden("other_session", message % {"person": session.opened_by})
    return session
