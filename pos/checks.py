"""System checks of the shop's configuration, and the refusal to open with a public password."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

DEMO_PASSWORD = "tilldesk"
DEMO_LOGINS = ("root", "max", "ana", "eve", "sam", "ada")


@register(Tags.database)
def check_demo_password(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    try:
        logins = demo_logins()
    except DatabaseError:  # not migrated yet
        return []
    if settings.POS_DEMO or not logins:
        return []
    return [
        Error(
            f"These accounts have the public demo password: {', '.join(logins)}.",
            hint="Change their passwords (manage.py changepassword) or use a fresh database.",
            id="pos.E002",
        )
    ]


def demo_logins() -> list[str]:
    """Active accounts named like the demo's whose password is the public one."""
    users = get_user_model().objects.filter(username__in=DEMO_LOGINS, is_active=True)
    return [user.username for user in users if user.check_password(DEMO_PASSWORD)]


def refuse_demo_password() -> None:
    """Raise ImproperlyConfigured when a real shop would start with a password everybody knows."""
    for problem in check_demo_password(None):
        raise ImproperlyConfigured(f"{problem.msg} {problem.hint}")
