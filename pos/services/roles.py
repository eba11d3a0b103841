"""Roles as groups."""

from __future__ import annotations

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission

from pos.roles import ROLES


def seed_roles(*, using: str = "default") -> None:
    """Make the roles that are missing. Roles that exist keep what the owner made of them."""
    missing = set(ROLES) - set(
        Group.objects.using(using).filter(name__in=ROLES).values_list("name", flat=True)
    )
    if not missing:
        return
    create_permissions(apps.get_app_config("pos"), verbosity=0, using=using)
    ours = Permission.objects.using(using).filter(content_type__app_label="pos")
    for role in sorted(missing):
        rights = ours if ROLES[role] == {"*"} else ours.filter(codename__in=ROLES[role])
        Group.objects.using(using).create(name=role).permissions.set(rights)
