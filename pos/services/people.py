"""Who works here: accounts, roles and stores. Nobody gives away, or takes over, more than they have."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.contrib.auth.models import Group, Permission
from django.contrib.auth.password_validation import validate_password
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from guardian.models import UserObjectPermission
from guardian.shortcuts import assign_perm, get_objects_for_user, remove_perm

from pos.models import Store, User
from pos.roles import ADMINISTRATOR, AUDITOR, MANAGER

from .errors import Forbidden, Invalid
from .history import sign

ALL = User.STORE_RIGHTS
# What a role means in the stores it is given; any other role works there.
STORE_RIGHTS = {MANAGER: ALL, AUDITOR: ("view_store_reports",)}
WORKING = ("work_in_store",)


def is_administrator(person: User) -> bool:
    return person.is_superuser or person.groups.filter(name=ADMINISTRATOR).exists()


def rights_of(person: User) -> set[str]:
    return set(person.get_all_permissions())


def may_edit(*, user: User, person: User) -> bool:
    """Whether `user` may change this account, its password included.

    Whoever could change somebody with more rights could become them.
    """
    if user.is_superuser:
        return True
    if is_administrator(person) or not user.has_perm("pos.change_seller"):
        return False
    managed = user.store_ids("manage_store")
    theirs = {store.pk for store in stores_of(person)}
    return rights_of(person) <= rights_of(user) and (managed is None or theirs <= managed)


def assignable_roles(user: User) -> list[Group]:
    """The roles `user` may give: none of more rights than their own, never Administrator."""
    groups = Group.objects.exclude(name=ADMINISTRATOR).order_by("name")
    if user.is_superuser:
        return list(groups)
    own = rights_of(user)
    return [
        group
        for group in groups.prefetch_related("permissions__content_type")
        if _codes(group) <= own
    ]


def _codes(group: Group) -> set[str]:
    return {f"{each.content_type.app_label}.{each.codename}" for each in group.permissions.all()}


def stores_of(person: User) -> list[Store]:
    """The stores given to this person by name, with whatever right."""
    codes = [f"pos.{right}" for right in ALL]
    return list(
        get_objects_for_user(
            person, codes, Store, any_perm=True, accept_global_perms=False, with_superuser=False
        ).order_by("name")
    )


def check_seller(
    *, user: User, person: User, role: Group | None, stores: Collection[Store]
) -> None:
    """Raise what `save_seller` would raise, and change nothing."""
    is_new = person.pk is None
    _require_account_right(user, person, is_new=is_new)
    if not is_new and person.pk == user.pk:
        _refuse_own_rights(user, person, role, stores)
        return
    if role is not None and role not in assignable_roles(user):
        raise Forbidden(
            "role_too_high",
            _("You cannot give the role “%(role)s”. Ask an administrator.") % {"role": role},
        )
    managed = user.store_ids("manage_store")
    had = set() if is_new else {store.pk for store in stores_of(person)}
    if managed is not None and not {store.pk for store in stores} <= managed | had:
        raise Forbidden("wrong_store", _("You can only give stores that you manage."))


@transaction.atomic
def save_seller(
    *, user: User, person: User, role: Group | None, stores: Collection[Store], reason: str = ""
) -> User:
    """Create or change a seller with their role and stores.

    `person` is unsaved, or changed in memory with its password already set. Stores that `user` does
    not manage stay as they are. Raises Forbidden, Invalid; nothing has changed then.
    """
    check_seller(user=user, person=person, role=role, stores=stores)
    saved = _save_account(user, person, reason or _describe(role, stores))
    if user.pk != saved.pk:
        saved.groups.set([role] if role else [])
        _grant_stores(user, saved, role, stores)
    return saved


def check_administrator(*, user: User, person: User) -> None:
    """Raise what `save_administrator` would raise, and change nothing."""
    if not (user.is_active and user.is_superuser):
        raise Forbidden("no_right", _("Only the owner can change administrators."))
    if person.pk == user.pk and not person.is_active:
        raise Invalid("own_account", _("You cannot switch off your own account."))


@transaction.atomic
def save_administrator(*, user: User, person: User, reason: str = "") -> User:
    """Create or change an administrator. Only the owner (superuser) may. Raises Forbidden, Invalid."""
    check_administrator(user=user, person=person)
    saved = _save_account(user, person, reason)
    saved.groups.add(Group.objects.get(name=ADMINISTRATOR))
    return saved


@transaction.atomic
def set_password(*, user: User, person: User, password: str) -> None:
    """A new password for somebody else's account; their open sessions end. Raises Forbidden, Invalid."""
    if not may_edit(user=user, person=person):
        raise Forbidden(
            "no_right", _("You are not allowed to change this account. Ask an administrator.")
        )
    account = User.objects.get(pk=person.pk)
    try:
        validate_password(password, account)
    except ValidationError as error:
        raise Invalid("weak_password", " ".join(error.messages)) from error
    account.set_password(password)
    sign(account, user=user, reason=_("New password"))
    account.save()


def visible_people(*, user: User, rows: QuerySet[User]) -> QuerySet[User]:
    """`rows` of the people who have a right in a store that `user` sees, and themselves."""
    stores = user.store_ids()
    if stores is None:
        return rows
    grants = UserObjectPermission.objects.filter(
        content_type=ContentType.objects.get_for_model(Store),
        object_pk__in=[str(pk) for pk in stores],
    )
    return rows.filter(Q(pk__in=grants.values("user_id")) | Q(pk=user.pk))


def _require_account_right(user: User, person: User, *, is_new: bool) -> None:
    allowed = user.is_active and user.has_perm("pos.add_seller" if is_new else "pos.change_seller")
    if allowed and not is_new:
        allowed = may_edit(user=user, person=User.objects.get(pk=person.pk))
    if not allowed:
        raise Forbidden(
            "no_right", _("You are not allowed to change this account. Ask an administrator.")
        )


def _refuse_own_rights(
    user: User, person: User, role: Group | None, stores: Iterable[Store]
) -> None:
    if not person.is_active:
        raise Invalid("own_account", _("You cannot switch off your own account."))
    had = user.groups.first()
    if role != had or {store.pk for store in stores} != {store.pk for store in stores_of(user)}:
        raise Forbidden(
            "own_rights", _("You cannot change your own role or stores. Ask an administrator.")
        )


def _save_account(user: User, person: User, reason: str) -> User:
    """Save as User, whatever proxy it came as: history follows the class."""
    account = User.objects.get(pk=person.pk) if person.pk else User()
    for field in User._meta.concrete_fields:
        if field.name not in ("id", "is_superuser"):
            setattr(account, field.attname, getattr(person, field.attname))
    account.is_staff = True  # everybody signs in to the one site
    sign(account, user=user, reason=reason[:100])
    account.save()
    person.pk, person._state.adding = account.pk, False
    return account


def _grant_stores(user: User, person: User, role: Group | None, stores: Collection[Store]) -> None:
    """Make the person's store rights those of the role in `stores`, within what `user` manages."""
    managed = user.store_ids("manage_store")
    wanted = {store.pk for store in stores}
    rights = STORE_RIGHTS.get(role.name, WORKING) if role else ()
    for store in Store.objects.all():
        if managed is not None and store.pk not in managed:
            continue
        for right in ALL:
            give = store.pk in wanted and right in rights
            (assign_perm if give else remove_perm)(f"pos.{right}", person, store)


def _describe(role: Group | None, stores: Iterable[Store]) -> str:
    names = ", ".join(store.code for store in stores)
    return _("%(role)s in %(stores)s") % {"role": role or "–", "stores": names or "–"}


def shop_permissions() -> Iterable[Permission]:
    """The rights a role can hold: those of the shop, not of the machinery."""
    return Permission.objects.filter(content_type__app_label="pos").select_related("content_type")
