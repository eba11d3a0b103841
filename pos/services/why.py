"""Why somebody can see or do something, or cannot: the chain behind the answer, in words.

The answer itself is asked of the same functions that guard the shop; the chain only explains it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import Group
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from pos.models import AuditEntry, Store, User
from pos.models.base import OwnQuerySet
from pos.roles import IN_STORE, sentence

from .rights import granted

SEEING = ("view_", "export_")
ACTING = ("work_in_store", "manage_store")
OVERSEEING = ("manage_store", "view_store_reports")


@dataclass(frozen=True)
class Step:
    """One link of the chain: whether it speaks for a yes (True), a no (False) or only tells."""

    text: str
    is_for: bool | None = None


@dataclass
class Answer:
    is_yes: bool = False
    steps: list[Step] = field(default_factory=list)

    def say(self, text: str, is_for: bool | None = None) -> None:
        self.steps.append(Step(text, is_for))


def explain(*, person: User, right: str, store: Store | None = None, record: Any = None) -> Answer:
    """Whether `person` has `right` (codename), in `store` where given, on `record` where given."""
    person = User.objects.get(pk=person.pk)  # nothing remembered from earlier questions
    answer = Answer()
    if not person.is_active:
        answer.say(_("The account is switched off. Nobody can sign in with it."), False)
        return answer
    answer.say(_("The account is active."), True)
    if person.is_superuser:
        answer.say(_("%(person)s is the owner and may do everything.") % {"person": person}, True)
        answer.is_yes = True
        return answer
    place = store or store_of(record)
    if right in IN_STORE:
        _say_store(answer, person, (right,), place)
        answer.is_yes = _may(person, (right,), place)
    else:
        _say_right(answer, person, right)
        answer.is_yes = person.has_perm(f"pos.{right}")
        if place is not None:
            rights = User.STORE_RIGHTS if right.startswith(SEEING) else ACTING
            _say_store(answer, person, rights, place)
            answer.is_yes = answer.is_yes and _may(person, rights, place)
    if record is not None and hasattr(type(record)._default_manager, "visible_to"):
        is_visible = type(record)._default_manager.visible_to(person).filter(pk=record.pk).exists()
        _say_record(answer, person, record, is_visible)
        answer.is_yes = answer.is_yes and is_visible
    return answer


def store_of(record: Any) -> Store | None:
    """The store that a record belongs to, by the path that also narrows the lists; None: to none."""
    if record is None or isinstance(record, Store):
        return record
    rows = type(record)._default_manager.all()
    if not hasattr(rows, "store_path"):
        return None
    pk = rows.filter(pk=record.pk).values_list(rows.store_path, flat=True).first()
    return Store.objects.filter(pk=pk).first()


def _may(person: User, rights: tuple[str, ...], store: Store | None) -> bool:
    ids = person.store_ids(*rights)
    return ids is None or (bool(ids) if store is None else store.pk in ids)


def _say_right(answer: Answer, person: User, right: str) -> None:
    """Which of the person's roles give the right, and which others would."""
    words = {"right": sentence(right)}
    gives = set(_roles_with(right).values_list("pk", flat=True))
    for role in person.groups.order_by("name"):
        text = (
            _("The role “%(role)s” gives the right: %(right)s.")
            if role.pk in gives
            else _("The role “%(role)s” does not give the right: %(right)s.")
        )
        answer.say(text % {"role": role, **words}, role.pk in gives)
    if not person.groups.exists():
        answer.say(_("%(person)s has no role.") % {"person": person}, False)
    if person.user_permissions.filter(codename=right, content_type__app_label="pos").exists():
        answer.say(_("The account was given the right directly: %(right)s.") % words, True)
    elif not gives & set(person.groups.values_list("pk", flat=True)):
        names = ", ".join(role.name for role in _roles_with(right).order_by("name"))
        answer.say(_("Roles that give it: %(roles)s.") % {"roles": names or "–"})


def _roles_with(right: str) -> Any:
    return Group.objects.filter(
        permissions__codename=right, permissions__content_type__app_label="pos"
    ).distinct()


def _say_store(answer: Answer, person: User, rights: tuple[str, ...], store: Store | None) -> None:
    """What the person may do there: by a role in every store, or given by name, by whom and when."""
    everywhere = [right for right in rights if person.has_perm(f"pos.{right}")]
    for right in everywhere:
        text = _("A role of %(person)s gives “%(right)s” in every store.")
        answer.say(text % {"person": person, "right": IN_STORE[right][0]}, True)
    by_name = [
        grant
        for grant in sorted(
            granted(people=[person.pk], stores=None if store is None else [store.pk])
        )
        if grant.right in rights
    ]
    stores = {each.pk: each for each in Store.objects.filter(pk__in={g.store_id for g in by_name})}
    for grant in by_name:
        answer.say(_given(person, stores[grant.store_id], grant.right), True)
    if not everywhere and not by_name:
        names = _(" or ").join(f"“{IN_STORE[right][0]}”" for right in rights)
        text = _("Needs %(rights)s in %(store)s, and has none of it there.")
        place = store or _("a store")
        answer.say(text % {"rights": names, "store": place}, False)


def _given(person: User, store: Store, right: str) -> str:
    """Who gave a store right and when, if the audit trail knows."""
    words = {"right": str(IN_STORE[right][0]), "store": store}
    entries = AuditEntry.objects.filter(
        kind=AuditEntry.Kind.RIGHTS, model="pos.user", object_id=str(person.pk), store=store
    ).select_related("actor")
    for entry in entries[:50]:
        if any(change[0] == words["right"] and change[1] != change[2] for change in entry.changes):
            at = timezone.localtime(entry.at)
            day = f"{formats.date_format(at)} {formats.time_format(at, 'H:i')}"
            who = {"actor": entry.actor or _("a command"), "day": day}
            text = _("“%(right)s” in %(store)s was given by %(actor)s on %(day)s.") % {
                **words,
                **who,
            }
            return f"{text} {entry.reason}".strip()
    return _("“%(right)s” in %(store)s was given, before the audit trail began.") % words


def _say_record(answer: Answer, person: User, record: Any, is_visible: bool) -> None:
    """Whose the record is, where only one's own are seen."""
    rows = type(record)._default_manager.all()
    if isinstance(rows, OwnQuerySet) and rows.owner_path:
        owner_id = getattr(record, f"{rows.owner_path}_id", None)
        oversees = _may(person, OVERSEEING, store_of(record))
        if owner_id == person.pk:
            answer.say(_("It is %(person)s's own.") % {"person": person}, True)
        elif oversees:
            answer.say(_("Whoever manages a store or sees its reports sees everybody's."), True)
        else:
            owner = User.objects.filter(pk=owner_id or 0).first()
            text = _("It is %(owner)s's. Others see it who manage the store or see its reports.")
            answer.say(text % {"owner": owner or "–"}, False)
    text = _("The lists show it.") if is_visible else _("The lists do not show it.")
    answer.say(text, is_visible)
