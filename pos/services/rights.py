"""Asking for a right, with the answer a person understands; and who has more rights than whom."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from guardian.models import UserObjectPermission

from pos.models import Store, User
from pos.roles import ADMINISTRATOR

from .errors import Forbidden
from .limits import AMOUNTS, PERCENTAGES, limit_of

LIMIT_NAMES = (*PERCENTAGES, *AMOUNTS)


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


def is_administrator(person: User) -> bool:
    """Whether somebody runs the shop: by role, or as its owner (superuser). Active or not."""
    return person.is_superuser or person.groups.filter(name=ADMINISTRATOR).exists()


def rights_of(person: User) -> set[str]:
    """`app.codename` of everything this person's roles allow, whether the account is active or not.

    Whoever switches an account on again gets all of it back.
    """
    held = Permission.objects.all()
    if not person.is_superuser:
        held = held.filter(Q(group__user=person) | Q(user=person)).distinct()
    return {
        f"{app}.{name}" for app, name in held.values_list("content_type__app_label", "codename")
    }


def is_no_stronger(person: User, *, than: User) -> bool:
    """Whether `person` has no right, limit or store that `than` lacks.

    Only then may `than` touch the account: whoever could set somebody's password could be them.
    """
    if than.is_superuser:
        return True
    if is_administrator(than):
        return not person.is_superuser
    if is_administrator(person) or not rights_of(person) <= rights_of(than):
        return False
    if not all(within(limit_of(person, name), limit_of(than, name)) for name in LIMIT_NAMES):
        return False
    theirs = {grant for grant in granted(people=[person.pk]) if grant.right != "work_in_store"}
    return all(than.may(grant.right, grant.store_id) for grant in theirs)


def within(limit: Decimal | None, bound: Decimal | None) -> bool:
    """Whether one limit goes no further than another; None is no limit at all."""
    return bound is None or (limit is not None and limit <= bound)


# --- Grants: what somebody may do in one store ------------------------------------------------


@dataclass(frozen=True, order=True)
class Grant:
    """One person may do one thing (work_in_store, manage_store, view_store_reports) in one store."""

    person_id: int
    store_id: int
    right: str


def grant_rows(
    *, people: Collection[int] | None = None, stores: Collection[int] | None = None
) -> QuerySet[UserObjectPermission]:
    """The rows behind the grants of these people in these stores; None: of all."""
    rows = UserObjectPermission.objects.filter(
        content_type=ContentType.objects.get_for_model(Store),
        permission__codename__in=User.STORE_RIGHTS,
    )
    if people is not None:
        rows = rows.filter(user_id__in=people)
    if stores is not None:
        rows = rows.filter(object_pk__in=[str(store) for store in stores])
    found: QuerySet[UserObjectPermission] = rows
    return found


def granted(
    *, people: Collection[int] | None = None, stores: Collection[int] | None = None
) -> set[Grant]:
    """Who was given what where, by name: one query. What a role gives in every store is not in it."""
    rows = grant_rows(people=people, stores=stores)
    values = rows.values_list("user_id", "object_pk", "permission__codename")
    return {Grant(person, int(store), right) for person, store, right in values}
