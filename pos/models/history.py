"""History of what the owner edits, and its line in the audit trail: what changed, as people read it."""

from __future__ import annotations

import ipaddress
import sys
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from simple_history.models import HistoricalRecords

from pos.money import amount_text, currency_decimals, quantity_text
from pos.text import with_signs_seen

from .fields import MoneyField, PercentField
from .search import fold

Change = list[str]  # [field label, before, after]
LONGEST_VALUE = 300
SECRET = frozenset({"password", "pin"})
KINDS = {"+": "created", "~": "changed", "-": "deleted"}


class AuditedRecords(HistoricalRecords):
    """History that also writes an AuditEntry with the differences; nothing where nothing changed.

    `rights`: fields that decide what somebody may do. A change of one is of the kind "rights".
    `amount`: a field of money; the entry's amount is by how much it was lowered.
    """

    def __init__(
        self, *args: Any, rights: Sequence[str] = (), amount: str = "", **kwargs: Any
    ) -> None:
        self.rights = frozenset(rights)
        self.amount = amount
        super().__init__(*args, **kwargs)

    def create_historical_record(
        self, instance: Any, history_type: str, using: str | None = None
    ) -> None:
        before = self.latest(instance) if history_type == "~" else None
        fields = compared_fields(self.fields_included(instance))
        changed = [field for field in fields if before and is_changed(field, before, instance)]
        reason = self.get_change_reason_for_object(instance, history_type, using) or ""
        if before and not changed and not reason:
            return
        given = getattr(instance, "_history_date", None)
        instance._history_date = given or timezone.now()  # the same on both rows
        try:
            super().create_historical_record(instance, history_type, using=using)
            self.write_entry(instance, history_type, before, changed, fields, reason)
        finally:
            if given is None:
                del instance._history_date

    def write_entry(
        self,
        instance: Any,
        history_type: str,
        before: Any,
        changed: Sequence[Any],
        fields: Sequence[Any],
        reason: str,
    ) -> None:
        kind = KINDS[history_type]
        if history_type == "~":
            changes = [difference(field, before, instance) for field in changed]
            names = {field.name for field in changed}
            kind = "rights" if self.rights & names else getattr(instance, "_audit_kind", kind)
        else:
            names = set()
            changes = contents(fields, instance, is_gone=history_type == "-")
        entry = new_entry(
            kind,
            user=self.get_history_user(instance),
            obj=instance,
            changes=changes,
            reason=reason,
        )
        if self.amount in names:
            entry.amount = getattr(before, self.amount) - Decimal(getattr(instance, self.amount))
        entry.at = instance._history_date
        entry.save(force_insert=True)

    def latest(self, instance: Any) -> Any:
        """The last version in the history; None where there is none yet."""
        model = getattr(type(instance), self.manager_name).model
        versions = model._base_manager.filter(**{instance._meta.pk.attname: instance.pk})
        return versions.order_by("-history_date", "-history_id").first()


def compared_fields(fields: Iterable[Any]) -> list[Any]:
    """Those a person would call a change: no ids, no stamps, no secrets."""
    return [
        field
        for field in fields
        if not field.primary_key
        and field.name not in SECRET
        and not getattr(field, "auto_now", False)
        and not getattr(field, "auto_now_add", False)
    ]


def is_changed(field: Any, before: Any, after: Any) -> bool:
    return bool(
        plain(field, getattr(before, field.attname)) != plain(field, getattr(after, field.attname))
    )


def difference(field: Any, before: Any, after: Any) -> Change:
    return [
        label_of(field),
        text_of(field, getattr(before, field.attname)),
        text_of(field, getattr(after, field.attname), holder=after),
    ]


def contents(fields: Iterable[Any], row: Any, *, is_gone: bool = False) -> list[Change]:
    """What a new record holds, or a deleted one held: everything that is not as it comes."""
    found = []
    for field in fields:
        value = plain(field, getattr(row, field.attname))
        is_default = field.has_default() and value == plain(field, field.get_default())
        if value in (None, "") or is_default or isinstance(field, models.DateTimeField):
            continue
        text = text_of(field, value, holder=row)
        found.append([label_of(field), text, ""] if is_gone else [label_of(field), "", text])
    return found


def label_of(field: Any) -> str:
    return str(field.verbose_name)


def plain(field: Any, value: Any) -> Any:
    """A value that compares: as the column would give it back."""
    if isinstance(field, models.FileField):
        return str(value or "")
    if field.is_relation or value is None or hasattr(value, "resolve_expression"):
        return value
    return field.to_python(value)


def text_of(field: Any, value: Any, *, holder: Any = None) -> str:
    """A value as people read it, without a currency sign, so that it is found as it is typed."""
    value = plain(field, value)
    if value is None or value == "":
        return ""
    if field.is_relation:
        return _related_text(field, value, holder)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    text = _number_text(field, value) if isinstance(value, Decimal) else _plain_text(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"


def _related_text(field: Any, value: Any, holder: Any) -> str:
    if holder is not None and field.is_cached(holder):
        known = field.get_cached_value(holder)
        return f"#{value}" if known is None else str(known)
    found = field.remote_field.model._base_manager.filter(pk=value).first()
    return str(found) if found is not None else f"#{value}"


def _number_text(field: Any, value: Decimal) -> str:
    if isinstance(field, MoneyField):
        return money_text(value)
    text = quantity_text(value)
    return f"{text} %" if isinstance(field, PercentField) else text


def _plain_text(value: Any) -> str:
    if hasattr(value, "tzinfo"):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        return formats.date_format(local, "SHORT_DATETIME_FORMAT")
    return str(value)


def money_text(amount: Decimal) -> str:
    return amount_text(amount, currency_decimals(settings.POS_CURRENCY))


# --- Writing entries -------------------------------------------------------------------------


def new_entry(
    kind: str,
    *,
    user: Any = None,
    obj: Any = None,
    store: Any = None,
    register: Any = None,
    changes: Iterable[Sequence[Any]] = (),
    amount: Decimal | None = None,
    reason: str = "",
    actor_name: str = "",
) -> Any:
    """An unsaved AuditEntry. Store and register are those of `obj` when not given."""
    texts = [[with_signs_seen(str(part)) for part in change] for change in changes]
    register_id = register.pk if register is not None else place_of(obj, "Register", "register_id")
    store_id = store.pk if store is not None else place_of(obj, "Store", "store_id")
    if store_id is None and register is not None:
        store_id = register.store_id
    entry = apps.get_model("pos", "AuditEntry")(
        at=timezone.now(),
        kind=kind,
        actor_id=getattr(user, "pk", None),
        actor_name=with_signs_seen(actor_name or ("" if user else command_name()))[:150],
        store_id=store_id,
        register_id=register_id,
        address=request_address(),
        model=obj._meta.concrete_model._meta.label_lower if obj is not None else "",
        object_id=str(obj.pk)[:40] if obj is not None and obj.pk is not None else "",
        object_text=with_signs_seen(str(obj))[:200] if obj is not None else "",
        changes=texts,
        amount=amount,
        reason=with_signs_seen(str(reason or ""))[:200],
    )
    entry.search_text = searchable(entry, user)
    return entry


def place_of(obj: Any, model: str, attribute: str) -> int | None:
    """The store or register a record is, or belongs to."""
    if obj is None:
        return None
    if obj._meta.object_name == model:
        return obj.pk
    return getattr(obj, attribute, None)


def searchable(entry: Any, user: Any) -> str:
    parts = [entry.object_text, str(user or ""), entry.actor_name, entry.reason]
    for change in entry.changes:
        parts += change[1:]
    return fold(" ".join(filter(None, parts)))


def command_name() -> str:
    """The command that is running; nothing while a request is served."""
    if getattr(HistoricalRecords.context, "request", None) is not None:
        return ""
    return " ".join(["manage.py", *sys.argv[1:2]]) if "manage.py" in sys.argv[0] else ""


def request_address() -> str | None:
    """Where the request being served comes from: the connection's own end, no header."""
    request = getattr(HistoricalRecords.context, "request", None)
    address = request.META.get("REMOTE_ADDR", "") if request is not None else ""
    try:
        return str(ipaddress.ip_address(address.partition("%")[0]))
    except ValueError:
        return None
