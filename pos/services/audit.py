"""The audit trail's one pen: services call `record` in the transaction of what they did."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pos.models import AuditEntry, Product, Register, Store, User
from pos.models.history import Change, label_of, new_entry, place_of, request_address
from pos.models.search import fold
from pos.text import with_signs_seen

from .bulk_rows import insert_ready_rows

COLUMNS = (
    *("at", "actor_id", "address", "model", "reason", "actor_name"),
    *("kind", "object_id", "object_text", "changes", "search_text"),
    *("store_id", "register_id", "amount"),
)
AMOUNT = AuditEntry._meta.get_field("amount")


def record(
    kind: str,
    *,
    user: User | None,
    obj: Model | None = None,
    store: Store | None = None,
    register: Register | None = None,
    changes: Iterable[Sequence[Any]] = (),
    amount: Decimal | None = None,
    reason: str = "",
    actor_name: str = "",
) -> AuditEntry:
    """Write one entry: who did what, to what, where from (the address of the request being served).

    `changes`: [label, before, after] as people read them. Store and register default to those of
    `obj`. `actor_name`: the name that was typed, where nobody is signed in.
    """
    entry = prepare(
        kind,
        user=user,
        obj=obj,
        store=store,
        register=register,
        changes=changes,
        amount=amount,
        reason=reason,
        actor_name=actor_name,
    )
    entry.save(force_insert=True)
    return entry


def record_refusal(
    *, user: User, door: str, reason: str, code: str = "", register_id: object = None
) -> AuditEntry:
    """Somebody tried what they may not. `door`: the address; `register_id` as it was sent.

    Call it when the refused transaction is over. It counts for the register, or for the only store
    of this person, where that is one they see, so that its manager reads it.
    """
    registers = Register.objects.visible_to(user).select_related("store")
    is_id = type(register_id) is int and 0 < register_id < 2**63  # `true` is no register
    register = registers.filter(pk=register_id).first() if is_id else None
    stores = user.store_ids()
    store = register.store if register else None
    if store is None and stores is not None and len(stores) == 1:
        store = Store.objects.filter(pk__in=stores).first()
    return record(
        AuditEntry.Kind.REFUSED,
        user=user,
        store=store,
        register=register,
        changes=[
            [_("asked for"), "", door.replace("\x00", "")],  # PostgreSQL stores no NUL
            *([[_("answer"), "", code]] if code else []),
        ],
        reason=reason,
    )


def prepare(kind: str, *, user: User | None, **details: Any) -> AuditEntry:
    """As `record`, not saved yet: for `record_all`."""
    entry: AuditEntry = new_entry(kind, user=user, **details)
    return entry


def record_all(entries: Iterable[AuditEntry]) -> None:
    """Write prepared entries with one statement."""
    AuditEntry.objects.bulk_create(entries)


def record_many(
    rows: Sequence[tuple[str, Model, list[Change], Decimal | None]],
    *,
    user: User | None,
    reason: str,
    at: datetime,
) -> None:
    """One entry per (kind, object, changes, amount), as fast as the database takes them.

    New objects are not indexed for the search, which would cost more than writing them: their own
    list finds them, and leads to their lines here.
    """
    if not rows:
        return
    model = type(rows[0][1])._meta.concrete_model
    label = model._meta.label_lower if model else ""
    moment = AuditEntry._meta.get_field("at").get_db_prep_value(at, connection)
    stamp = (moment, user.pk if user else None, request_address(), label, reason[:200], "")
    name = str(user or "")
    insert_ready_rows(AuditEntry, COLUMNS, (_row(*row, stamp, name) for row in rows))


def _row(
    kind: str,
    obj: Model,
    changes: list[Change],
    amount: Decimal | None,
    stamp: tuple[Any, ...],
    name: str,
) -> tuple[Any, ...]:
    """As the database stores it."""
    text = with_signs_seen(str(obj))[:200]
    searched = ""
    if kind != AuditEntry.Kind.CREATED:
        values = [part for change in changes for part in change[1:] if part]
        searched = fold(" ".join([text, name, *values]))
    place = (place_of(obj, "Store", "store_id"), place_of(obj, "Register", "register_id"))
    scaled = None if amount is None else AMOUNT.get_prep_value(amount)
    return (*stamp, kind, str(obj.pk), text, json.dumps(changes), searched, *place, scaled)


@cache
def record_names() -> dict[str, Any]:
    """What entries can be about, in words: every table of the shop but histories, and the roles."""
    models = [
        model
        for model in apps.get_app_config("pos").get_models()
        if not model._meta.proxy and not hasattr(model, "history_object")
    ]
    names = {model._meta.label_lower: model._meta.verbose_name for model in models}
    return {**names, "auth.group": gettext_lazy("role")}


def readable(*, user: User, entry: AuditEntry) -> tuple[list[Change], Decimal | None]:
    """Changes and amount of an entry, without what this person may not know: cost, expected cash."""
    changes: list[Change] = entry.changes
    amount: Decimal | None = entry.amount
    kinds = AuditEntry.Kind
    if entry.model == Product._meta.label_lower and not user.has_perm("pos.view_cost"):
        cost = label_of(Product._meta.get_field("cost"))
        changes = [change for change in changes if change[0] != cost]
        amount = None if entry.kind == kinds.STOCK else amount
    if entry.kind == kinds.SESSION_CLOSED and not user.has_perm("pos.view_expected_cash"):
        changes, amount = [], None
    return changes, amount
