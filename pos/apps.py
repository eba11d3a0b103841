"""Start-up: the admin site, and the roles after every migrate."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def seed_roles(**kwargs: Any) -> None:
    from pos.services.roles import seed_roles as seed

    seed(using=kwargs["using"])


class PosConfig(AppConfig):
    name = "pos"
    verbose_name = _("Point of sale")

    def ready(self) -> None:
        from pos import checks  # noqa: F401  registers the system checks

        post_migrate.connect(seed_roles, sender=self)


class TilldeskAdminConfig(AdminConfig):
    default_site = "pos.admin.site.PosAdminSite"
