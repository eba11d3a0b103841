"""Start-up: the admin site, and the roles and the search index after every migrate."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.contrib.auth.apps import AuthConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def after_migrate(**kwargs: Any) -> None:
    from pos.models.search import build_search_index
    from pos.services.roles import seed_roles

    build_search_index(kwargs["using"])
    seed_roles(using=kwargs["using"])


class PosConfig(AppConfig):
    name = "pos"
    verbose_name = _("Point of sale")

    def ready(self) -> None:
        from pos import checks  # noqa: F401  registers the system checks

        post_migrate.connect(after_migrate, sender=self)


class RolesConfig(AuthConfig):
    """Django's own, by the name that a shop gives it: all it shows are roles."""

    verbose_name = _("People")


class TilldeskAdminConfig(AdminConfig):
    default_site = "pos.admin.site.PosAdminSite"

    def ready(self) -> None:
        super().ready()
        from pos.admin import SCREENS

        for screen in SCREENS:
            import_module(f"pos.admin.{screen}")
