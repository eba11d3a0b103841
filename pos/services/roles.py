"""Roles as groups, with the limits of each: delivered by releases, edited by administrators."""

from __future__ import annotations

from collections.abc import Collection

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from pos.models import AuditEntry, RoleLimit, RoleSeed, User
from pos.roles import ADMINISTRATOR, LIMITS, OFFERED, ROLES, sentence, with_bundled

from .audit import record
from .errors import Conflict, Forbidden, Invalid
from .limits import limits_in_currency
from .rights import is_administrator
from .sessions import end_sessions


def seed_roles(*, using: str = "default") -> None:
    """Make the roles and limits that are missing; give the rights that are new in this release.

    Administrators always have every right. Another role gets new ones only while it is as it was
    delivered: an edited role stays what the owner made of it, and its page names what is new.
    """
    create_permissions(apps.get_app_config("pos"), verbosity=0, using=using)
    for name in sorted(ROLES):
        role, is_new = Group.objects.using(using).get_or_create(name=name)
        if is_new or name == ADMINISTRATOR:
            role.permissions.set(delivered(name, using))
        _deliver(role, is_new, using)
    for role in Group.objects.using(using).filter(name__in=LIMITS, limit=None).order_by("name"):
        limits = limits_in_currency(LIMITS[role.name])
        RoleLimit(role=role, **limits).save(using=using)


def delivered(name: str, using: str = "default") -> QuerySet[Permission]:
    """What the table gives a role."""
    ours = shop_permissions(using)
    return ours if ROLES[name] == {"*"} else ours.filter(codename__in=ROLES[name])


def _deliver(role: Group, is_new: bool, using: str) -> None:
    table = sorted(delivered(role.name, using).values_list("codename", flat=True))
    # Without a record nobody knows what the owner has edited: nothing is given.
    seed, is_unknown = RoleSeed.objects.using(using).get_or_create(
        role=role, defaults={"rights": table}
    )
    if is_new or is_unknown or seed.rights == table:
        return
    before = rights_in(role)
    if before == set(seed.rights):
        role.permissions.set(delivered(role.name, using))
        changes = _differences(before, set(table))
        record(
            AuditEntry.Kind.RIGHTS, user=None, obj=role, changes=changes, reason=_("New release")
        )
    if rights_in(role) == set(table):
        seed.rights = table
        seed.save(using=using)


def shop_permissions(using: str = "default") -> QuerySet[Permission]:
    """The rights a role can hold: those of the shop, not of the machinery."""
    rows = Permission.objects.using(using).filter(content_type__app_label="pos")
    return rows.select_related("content_type")


def rights_in(role: Group) -> set[str]:
    """The shop's rights that a role holds, as codenames."""
    ours = role.permissions.filter(content_type__app_label="pos")
    return set(ours.values_list("codename", flat=True))


def new_rights(role: Group) -> set[str]:
    """What newer releases would have given this role, had the owner not edited it."""
    seed = RoleSeed.objects.filter(role=role).first()
    if seed is None or role.name not in ROLES or role.name == ADMINISTRATOR:
        return set()
    return (ROLES[role.name] - set(seed.rights) - rights_in(role)) & OFFERED


@transaction.atomic
def save_role(
    *, user: User, role: Group, name: str, rights: Collection[str], reason: str = ""
) -> Group:
    """Make or change a role: its name and the rights people read about. Administrators only.

    `rights`: codenames that the role's page offers; what belongs to them comes along. Whoever has
    the role signs in again. Raises Forbidden, Invalid, Conflict; nothing has changed then.
    """
    check_role(user=user, role=role, name=name, rights=rights)
    before = rights_in(role) if role.pk else set()
    hidden = before - OFFERED - with_bundled(before & OFFERED)
    after = with_bundled(rights) | hidden
    changes = [[_("Name"), role_name(role), name]] if role_name(role) != name else []
    role.name = name
    role.save()
    role.permissions.set(shop_permissions().filter(codename__in=after))
    changes += _differences(before, after)
    if changes:
        record(AuditEntry.Kind.RIGHTS, user=user, obj=role, changes=changes, reason=reason)
    if before != after:
        people = User.objects.filter(groups=role).exclude(pk=user.pk)
        end_sessions(people=list(people.values_list("pk", flat=True)))
    return role


def _differences(before: set[str], after: set[str]) -> list[list[str]]:
    """Rights given and taken, of those that people read about."""
    words = {True: _("yes"), False: _("no")}
    return [
        [str(sentence(right)), words[right in before], words[right in after]]
        for right in sorted((before ^ after) & OFFERED)
    ]


def role_name(role: Group) -> str:
    """As it is stored: a form has already written the new one on to the object."""
    return Group.objects.filter(pk=role.pk).values_list("name", flat=True).first() or ""


def check_role(*, user: User, role: Group, name: str, rights: Collection[str]) -> None:
    """Raise what `save_role` would raise, and change nothing."""
    if not is_administrator(user):
        raise Forbidden("no_right", _("Only administrators can change roles."))
    stored = role_name(role)
    if stored == ADMINISTRATOR:
        raise Forbidden(
            "fixed_role", _("Administrators have every right. Make another role for fewer rights.")
        )
    if not set(rights) <= OFFERED:
        raise Forbidden("not_offered", _("A role cannot hold this right."))
    if stored in ROLES and name != stored:
        raise Invalid("fixed_name", _("This role came with the program and keeps its name."))
    if not name.strip():
        raise Invalid("no_name", _("Give the role a name."))
    if Group.objects.filter(name=name).exclude(pk=role.pk).exists():
        raise Conflict("name_taken", _("There is a role of this name already."))
