"""Who may do what in which store: given and taken by name, written down with the reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from guardian.models import UserObjectPermission

from pos.models import AuditEntry, Store, User
from pos.roles import ADMINISTRATOR, AUDITOR, IN_STORE, MANAGER

from .audit import prepare, record_all
from .errors import Forbidden, Invalid
from .rights import Grant, grant_rows, granted, is_administrator, is_no_stronger
from .sessions import end_sessions

WORK = "work_in_store"
# What a role means in the stores it is given; any other role works there.
OF_ROLE: dict[str, tuple[str, ...]] = {
    MANAGER: User.STORE_RIGHTS,
    AUDITOR: ("view_store_reports",),
}


def rights_of_role(name: str) -> tuple[str, ...]:
    """What somebody of this role usually may do in a store given to them."""
    return OF_ROLE.get(name, (WORK,))


def stores_of(person: User) -> list[Store]:
    """The stores given to this person by name, with whatever right."""
    ids = {grant.store_id for grant in granted(people=[person.pk])}
    return list(Store.objects.filter(pk__in=ids).order_by("name"))


def may_grant_in(user: User, store: Store) -> bool:
    """Whether `user` may let people work in this store: administrators, and whoever may change
    accounts and manages it."""
    if is_administrator(user):
        return user.is_active
    return user.has_perm("pos.change_seller") and user.may("manage_store", store.pk)


@transaction.atomic
def change_grants(
    *, user: User, give: Collection[Grant] = (), take: Collection[Grant] = (), reason: str = ""
) -> int:
    """Give and take store rights; the number that changed. Raises Forbidden, Invalid.

    Administrators give all three to everybody. Somebody who manages a store and may change accounts
    gives “work” there, to people with no more rights than their own; nobody gives to themselves.
    """
    asked = {*give, *take}
    people = {
        person.pk: person for person in User.objects.filter(pk__in={g.person_id for g in asked})
    }
    stores = {store.pk: store for store in Store.objects.filter(pk__in={g.store_id for g in asked})}
    if any(g.person_id not in people or g.store_id not in stores for g in asked):
        raise Invalid("gone", _("A person or store is gone. Reload the page."))
    check_grants(user=user, asked=asked, people=people)
    return len(
        write_grants(user=user, give=give, take=take, people=people, stores=stores, reason=reason)
    )


def check_grants(*, user: User, asked: Collection[Grant], people: dict[int, User]) -> None:
    """Raise what `change_grants` would raise, and change nothing."""
    if not user.is_active or any(grant.right not in IN_STORE for grant in asked):
        raise Forbidden("no_right", _("You are not allowed to do this. Ask an administrator."))
    chosen = User.objects.filter(pk__in=people)
    above = chosen.filter(Q(is_superuser=True) | Q(groups__name=ADMINISTRATOR)).first()
    if above is not None:
        message = _("%(person)s is an administrator and may do everything in every store.")
        raise Forbidden("administrator", message % {"person": above})
    if is_administrator(user):
        return
    managed = user.store_ids("manage_store")
    if not user.has_perm("pos.change_seller") or any(grant.right != WORK for grant in asked):
        raise Forbidden("no_right", _("You are not allowed to do this. Ask an administrator."))
    if managed is not None and not {grant.store_id for grant in asked} <= managed:
        raise Forbidden("wrong_store", _("You can only give stores that you manage."))
    if user.pk in people:
        raise Forbidden(
            "own_rights", _("You cannot change your own role or stores. Ask an administrator.")
        )
    for person in people.values():
        if not is_no_stronger(person, than=user):
            message = _("%(person)s has rights that you do not have. Ask an administrator.")
            raise Forbidden("above", message % {"person": person})


def write_grants(
    *,
    user: User,
    give: Collection[Grant],
    take: Collection[Grant],
    people: dict[int, User],
    stores: dict[int, Store],
    reason: str = "",
) -> set[Grant]:
    """Write what is not so yet, its lines in the audit trail, and end the sessions of those concerned.

    For callers that have checked. Returns what really changed.
    """
    before = granted(people=people, stores=stores)
    new, gone = set(give) - before - set(take), set(take) & before
    type_of_store = ContentType.objects.get_for_model(Store)
    rights = {
        right.codename: right
        for right in Permission.objects.filter(
            content_type=type_of_store, codename__in=User.STORE_RIGHTS
        )
    }
    UserObjectPermission.objects.bulk_create(
        [
            UserObjectPermission(
                user_id=grant.person_id,
                object_pk=str(grant.store_id),
                permission=rights[grant.right],
                content_type=type_of_store,
            )
            for grant in sorted(new)
        ],
        ignore_conflicts=True,
    )
    _delete(gone)
    _write_down(user, new, gone, people, stores, reason)
    changed = new | gone
    end_sessions(people=sorted({grant.person_id for grant in changed} - {user.pk}))
    return changed


def _delete(gone: Collection[Grant]) -> None:
    if not gone:
        return
    rows = grant_rows(
        people={grant.person_id for grant in gone}, stores={grant.store_id for grant in gone}
    ).values_list("pk", "user_id", "object_pk", "permission__codename")
    ids = [pk for pk, person, store, right in rows if Grant(person, int(store), right) in gone]
    UserObjectPermission.objects.filter(pk__in=ids).delete()


def _write_down(
    user: User,
    new: Collection[Grant],
    gone: Collection[Grant],
    people: dict[int, User],
    stores: dict[int, Store],
    reason: str,
) -> None:
    """One line per person and store."""
    changes: dict[tuple[int, int], list[list[str]]] = defaultdict(list)
    yes, no = _("yes"), _("no")
    for grant in sorted({*new, *gone}):
        before, after = (no, yes) if grant in new else (yes, no)
        label = str(IN_STORE[grant.right][0])
        changes[grant.person_id, grant.store_id].append([label, before, after])
    record_all(
        prepare(
            AuditEntry.Kind.RIGHTS,
            user=user,
            obj=people[person_id],
            store=stores[store_id],
            changes=rows,
            reason=reason,
        )
        for (person_id, store_id), rows in changes.items()
    )
