"""Signing in: wrong tries are counted by user and address, and written into the audit trail."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Max
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from pos.models import AuditEntry, User

from .audit import record
from .waiting import waiting_time

PASSWORD_BACKEND = "django.contrib.auth.backends.ModelBackend"
Kind = AuditEntry.Kind


class SignInHandler(AxesDatabaseHandler):  # type: ignore[misc]
    """What django-axes does, and a line in the audit trail for every try it counts.

    The package would keep every field that came along: a new PIN beside a mistyped password, say.
    """

    def user_login_failed(
        self,
        sender: object,
        credentials: dict[str, Any],
        request: HttpRequest | None = None,
        **kwargs: Any,
    ) -> None:
        # A try while locked was not even looked at: it is neither counted nor written down.
        was_refused = request is None or request.axes_locked_out  # type: ignore[attr-defined]
        with _untold(request):
            super().user_login_failed(sender, credentials, request, **kwargs)
        if request is None or was_refused:
            return
        name = get_client_username(request, credentials) or ""
        record_failure(request, name=name)
        if request.axes_locked_out:  # type: ignore[attr-defined]
            record(Kind.LOCKED, user=_who(request), obj=_account(name), actor_name=name)


@contextmanager
def _untold(request: Any) -> Iterator[None]:
    """Inside it nothing of what was typed can be read from the request."""
    if request is None:
        yield
        return
    typed = request.GET, request.POST
    request.GET = request.POST = QueryDict()
    try:
        yield
    finally:
        request.GET, request.POST = typed


def record_failure(request: HttpRequest, *, name: str, reason: str = "") -> None:
    record(
        Kind.SIGN_IN_FAILED,
        user=_who(request),
        obj=_account(name),
        actor_name=name,
        reason=reason,
    )


def _who(request: HttpRequest) -> User | None:
    """Somebody signed in who confirms with a password; nobody at the sign-in page."""
    user = getattr(request, "user", None)
    return user if isinstance(user, User) else None


def _account(name: str) -> User | None:
    found: User | None = User.objects.filter(username=name).first()
    return found


def locked_until(request: HttpRequest, name: str) -> datetime | None:
    """When this name may be tried again from this address; None when it may be now."""
    cool_off: timedelta = settings.AXES_COOLOFF_TIME
    attempts = AccessAttempt.objects.filter(
        username=name, ip_address=request.META.get("REMOTE_ADDR") or None
    )
    last = attempts.aggregate(last=Max("attempt_time"))["last"]
    until = last + cool_off if last else None
    return until if until and until > timezone.now() else None


def locked_message(request: HttpRequest, name: str) -> str:
    """For people: when to try again."""
    until = locked_until(request, name)
    wait = waiting_time(until or timezone.now() + settings.AXES_COOLOFF_TIME)
    return _("Too many wrong tries. For your safety, try again in %(wait)s.") % {"wait": wait}
