"""Asking for a right, with the answer a person understands."""

from __future__ import annotations

from django.utils.translation import gettext as _

from pos.models import Store, User

from .errors import Forbidden


def require(user: User, right: str, *, store: Store | int | None = None) -> None:
    """Raise Forbidden unless `user` has `pos.<right>` and, with a store, may work in or manage it."""
    if not user.is_active or not user.has_perm(f"pos.{right}"):
        raise Forbidden(
            "no_right", _("You are not allowed to do this. Ask a manager."), right=right
        )
    if store is not None:
        store_id = store if isinstance(store, int) else store.pk
        ids = user.store_ids("work_in_store", "manage_store")
        if ids is not None and store_id not in ids:
            raise Forbidden("wrong_store", _("You do not work in this store. Ask a manager."))
