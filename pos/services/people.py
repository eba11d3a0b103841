"""Who works here: accounts, roles and stores. Nobody gives away, or takes over, more than they have."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable
from decimal import Decimal

from django.contrib.auth.hashers import make_password as hash_password
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from guardian.models import UserObjectPermission

from pos.models import AuditEntry, Store, User
from pos.models.search import fold
from pos.roles import ADMINISTRATOR

from .audit import record
from .errors import Conflict, Forbidden, Invalid
from .grants import WORK, rights_of_role, stores_of, write_grants
from .history import sign
from .limits import limit_of
from .locks import lock_administrators
from .rights import (
    LIMIT_NAMES,
    Grant,
    granted,
    is_administrator,
    is_no_stronger,
    rights_of,
    within,
)
from .sessions import end_sessions

# What the account forms write. Everything else on the row belongs to signing in.
PROFILE = (
    "username",
    "first_name",
    "last_name",
    "email",
    "phone",
    "address",
    "level",
    "joined_on",
    "picture",
    "is_active",
)
# No letter or digit that is read as another one.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def _refused() -> Forbidden:
    return Forbidden(
        "no_right", _("You are not allowed to change this account. Ask an administrator.")
    )


def may_edit(*, user: User, person: User) -> bool:
    """Whether `user` may change this account, its password included.

    Whoever could change somebody with more rights could become them.
    """
    if is_administrator(user):
        return user.is_active and is_no_stronger(person, than=user)
    if not user.has_perm("pos.change_seller"):
        return False
    managed = user.store_ids("manage_store")
    theirs = {grant.store_id for grant in granted(people=[person.pk])}
    return is_no_stronger(person, than=user) and (managed is None or theirs <= managed)


def assignable_roles(user: User) -> list[Group]:
    """The roles `user` may give. Administrators give all but their own, which has a page of its own.

    Others give roles of no more rights and no wider limits than theirs, and only roles that work in
    a store: who manages or audits one is an administrator's choice.
    """
    groups = Group.objects.exclude(name=ADMINISTRATOR).order_by("name")
    if is_administrator(user):
        return list(groups)
    own = rights_of(user)
    return [
        group
        for group in groups.select_related("limit").prefetch_related("permissions__content_type")
        if _codes(group) <= own
        and rights_of_role(group.name) == (WORK,)
        and all(within(_limit(group, name), limit_of(user, name)) for name in LIMIT_NAMES)
    ]


def _codes(group: Group) -> set[str]:
    return {f"{each.content_type.app_label}.{each.codename}" for each in group.permissions.all()}


def _limit(group: Group, name: str) -> Decimal | None:
    limit: Decimal | None = getattr(getattr(group, "limit", None), name, None)
    return limit


def make_password() -> str:
    """A first password to read out and type once: three groups of four, some 59 bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _place in range(4)) for _group in range(3))


# --- Sellers ----------------------------------------------------------------------------------


def check_seller(
    *, user: User, person: User, role: Group | None, stores: Collection[Store]
) -> None:
    """Raise what `save_seller` would raise, and change nothing."""
    is_new = person.pk is None
    _require_account_right(user, person, is_new=is_new)
    if not is_new and person.pk == user.pk:
        _refuse_own_rights(user, person, role, stores)
        return
    if not is_new and is_administrator(person):
        raise Invalid("administrator", _("This is an administrator. Reload the page."))
    keeps = not is_new and role is not None and role == person.groups.first()
    if role is not None and not keeps and role not in assignable_roles(user):
        raise Forbidden(
            "role_too_high",
            _("You cannot give the role “%(role)s”. Ask an administrator.") % {"role": role},
        )
    managed = user.store_ids("manage_store")
    if is_new and managed is not None and not stores:
        raise Invalid(
            "no_store", _("Choose the store they work in: without one you lose sight of them.")
        )
    had = set() if is_new else {store.pk for store in stores_of(person)}
    if managed is not None and not {store.pk for store in stores} <= managed | had:
        raise Forbidden("wrong_store", _("You can only give stores that you manage."))


@transaction.atomic
def save_seller(
    *, user: User, person: User, role: Group | None, stores: Collection[Store], reason: str = ""
) -> User:
    """Create or change a seller with their role and stores.

    `person` is unsaved with its first password set, or changed in memory. A store that is new, and
    every store when the role changes, gets the role's usual rights; others stay as they were granted,
    and so do stores that `user` does not manage. Raises Forbidden, Invalid; nothing has changed then.
    """
    check_seller(user=user, person=person, role=role, stores=stores)
    saved = _save_account(user, person, reason)
    if user.pk == saved.pk:
        return saved
    is_new_role = _set_role(user, saved, role, reason)
    before, wanted = _grants_of_form(user, saved, role, stores, is_new_role=is_new_role)
    write_grants(
        user=user,
        give=wanted - before,
        take=before - wanted,
        people={saved.pk: saved},
        stores={store.pk: store for store in Store.objects.all()},
        reason=reason,
    )
    return saved


def _set_role(user: User, person: User, role: Group | None, reason: str) -> bool:
    """Make it the person's one role; whether that is another one than before."""
    had = list(person.groups.order_by("name"))
    wanted = [role] if role else []
    if had == wanted:
        return False
    person.groups.set(wanted)
    names = [", ".join(group.name for group in groups) or "–" for groups in (had, wanted)]
    record(
        AuditEntry.Kind.RIGHTS,
        user=user,
        obj=person,
        changes=[[_("Role"), *names]],
        reason=reason,
    )
    end_sessions(people=[person.pk])
    return True


def _grants_of_form(
    user: User,
    person: User,
    role: Group | None,
    stores: Collection[Store],
    *,
    is_new_role: bool,
) -> tuple[set[Grant], set[Grant]]:
    """The person's grants as they are and as the form wants them, in the stores `user` manages."""
    managed = user.store_ids("manage_store")
    before = {
        grant
        for grant in granted(people=[person.pk])
        if managed is None or grant.store_id in managed
    }
    usual = rights_of_role(role.name) if role else ()
    had = {grant.store_id for grant in before}
    wanted = set()
    for store in stores:
        if managed is not None and store.pk not in managed:
            continue
        if store.pk in had and not is_new_role:
            wanted |= {grant for grant in before if grant.store_id == store.pk}
        else:
            wanted |= {Grant(person.pk, store.pk, right) for right in usual}
    return before, wanted


# --- Administrators ---------------------------------------------------------------------------


def check_administrator(*, user: User, person: User) -> None:
    """Raise what `save_administrator` would raise, and change nothing."""
    if not (user.is_active and is_administrator(user)):
        raise Forbidden("no_right", _("Only administrators can change administrators."))
    stored = User.objects.get(pk=person.pk) if person.pk else None
    if stored is not None and not is_no_stronger(stored, than=user):
        raise Forbidden("above", _("Only the owner can change the owner's account."))
    if person.pk == user.pk and not person.is_active:
        raise Invalid("own_account", _("You cannot switch off your own account."))
    if stored is not None and stored.is_active and not person.is_active:
        _require_another(person)


@transaction.atomic
def save_administrator(*, user: User, person: User, reason: str = "") -> User:
    """Create or change an administrator. Only administrators may. Raises Forbidden, Invalid, Conflict."""
    lock_administrators()
    check_administrator(user=User.objects.get(pk=user.pk), person=person)
    saved = _save_account(user, person, reason)
    if not is_administrator(saved):
        _set_role(user, saved, Group.objects.get(name=ADMINISTRATOR), reason)
    return saved


@transaction.atomic
def make_administrator(*, user: User, person: User, reason: str = "") -> None:
    """A seller runs the shop from now on; their stores are all of them. Raises Forbidden, Invalid."""
    if not (user.is_active and is_administrator(user)):
        raise Forbidden("no_right", _("Only administrators can make administrators."))
    if is_administrator(person) or not person.is_active:
        raise Invalid("not_possible", _("Only an active seller can become an administrator."))
    _take_stores(user, person, reason)
    _set_role(user, person, Group.objects.get(name=ADMINISTRATOR), reason)


@transaction.atomic
def make_seller(*, user: User, person: User, role: Group, reason: str = "") -> None:
    """An administrator gets a smaller role, and stores afterwards. Raises Forbidden, Invalid, Conflict."""
    lock_administrators()
    actor = User.objects.get(pk=user.pk)
    if not (actor.is_active and is_administrator(actor)):
        raise Forbidden("no_right", _("Only administrators can change administrators."))
    if person.pk == user.pk:
        raise Forbidden("own_rights", _("You cannot change your own role. Ask an administrator."))
    if person.is_superuser:
        raise Forbidden("above", _("The owner stays an administrator."))
    if not is_administrator(person) or role.name == ADMINISTRATOR:
        raise Invalid("not_possible", _("Choose another role."))
    if person.is_active:
        _require_another(person)
    _set_role(user, person, role, reason)


def _require_another(person: User) -> None:
    """Refuse to lose the last administrator who can sign in."""
    runs = Q(is_superuser=True) | Q(groups__name=ADMINISTRATOR)
    if not User.objects.filter(runs, is_active=True).exclude(pk=person.pk).exists():
        raise Conflict(
            "last_administrator",
            _("%(person)s is the last administrator. Make another one first.") % {"person": person},
        )


def _take_stores(user: User, person: User, reason: str) -> None:
    before = granted(people=[person.pk])
    stores = {
        store.pk: store for store in Store.objects.filter(pk__in={g.store_id for g in before})
    }
    write_grants(
        user=user, give=(), take=before, people={person.pk: person}, stores=stores, reason=reason
    )


# --- Accounts ---------------------------------------------------------------------------------


def set_password(*, user: User, person: User, password: str) -> None:
    """A new first password for somebody else's account; their open sessions end.

    They choose their own at the next sign-in. Raises Forbidden, Invalid.
    """
    if person.pk == user.pk:
        raise Forbidden("own_password", _("Change your own password in the menu behind your name."))
    if not may_edit(user=user, person=person):
        raise _refused()
    account = User.objects.get(pk=person.pk)
    try:
        validate_password(password, account)
    except ValidationError as error:
        raise Invalid("weak_password", " ".join(error.messages)) from error
    account.password = hash_password(password)  # slow, so before anything is locked
    account.must_change_password = True
    sign(account, user=user, reason=_("New password"))
    with transaction.atomic():
        if not may_edit(user=user, person=User.objects.get(pk=person.pk)):
            raise _refused()
        account.save(update_fields=["password", "must_change_password"])


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


def matching_people(*, rows: QuerySet[User], text: str) -> QuerySet[User]:
    """`rows` of whom every word of `text` is in a name, username, email or phone.

    Accents and capitals aside, and blanks in a phone. A shop's people are few: they are looked at one
    by one, where a database would want its own idea of an accent.
    """
    words = fold(text).split()
    number = "".join(sign for sign in text if sign.isdigit()).lstrip("0")
    is_number = len(number) >= 4 and not any(sign.isalpha() for sign in text)
    columns = ("pk", "phone", "first_name", "last_name", "username", "email")
    found = []
    for pk, phone, *names in rows.order_by().values_list(*columns):
        known = fold(" ".join([*names, phone]))
        digits = "".join(sign for sign in phone if sign.isdigit())
        if all(word in known for word in words) or (is_number and number in digits):
            found.append(pk)
    return rows.filter(pk__in=found)


def _require_account_right(user: User, person: User, *, is_new: bool) -> None:
    allowed = user.is_active and user.has_perm("pos.add_seller" if is_new else "pos.change_seller")
    if allowed and not is_new:
        allowed = may_edit(user=user, person=User.objects.get(pk=person.pk))
    if not allowed:
        raise _refused()


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
    """Save as User, whatever proxy it came as: history follows the class.

    A new account brings its first password, which has to be changed at the first sign-in.
    """
    account = User.objects.get(pk=person.pk) if person.pk else User(must_change_password=True)
    if not person.pk:
        account.password = person.password
    was_active, was_called = account.is_active, account.username
    for name in PROFILE:
        setattr(account, name, getattr(person, name))
    account.is_staff = True  # everybody signs in to the one site
    sign(account, user=user, reason=reason[:100])
    # Only what the form holds: a PIN, password or ended session of this moment stays.
    account.save(update_fields=[*PROFILE, "is_staff"] if person.pk else None)
    if person.pk and (was_active, was_called) != (account.is_active, account.username):
        end_sessions(people=sorted({account.pk} - {user.pk}))
    person.pk, person._state.adding = account.pk, False
    return account
