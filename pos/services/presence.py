"""When people were last here: noted once a minute, and never in the way of a sale."""

from __future__ import annotations

from datetime import timedelta

from django.db import OperationalError
from django.db.models import Q
from django.utils import timezone

from pos.models import User

from .locks import without_waiting

PAUSE = timedelta(minutes=1)


def note_seen(*, user: User) -> bool:
    """Note that `user` is here now; whether anything was written.

    For after the answer is made, so in nobody's transaction. At most one write a minute and person,
    however many requests come at once; none where the database is busy: the next request tries again.
    Neither history nor audit trail hears of it.
    """
    now = timezone.now()
    if user.last_seen_at and abs(now - user.last_seen_at) < PAUSE:
        return False
    is_fresh = Q(last_seen_at__gt=now - PAUSE, last_seen_at__lte=now)
    long_ago = User.objects.filter(pk=user.pk).exclude(is_fresh)
    try:
        with without_waiting():
            is_noted = bool(long_ago.update(last_seen_at=now))
    except OperationalError:
        return False
    user.last_seen_at = now
    return is_noted
