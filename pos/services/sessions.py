"""Ending what somebody has open in browsers: signed in again, they are what they now may be."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import F

from pos.models import User


def end_sessions(*, people: Collection[int]) -> None:
    """Sign these people (ids) out everywhere at their next request."""
    if people:
        User.objects.filter(pk__in=people).update(session_epoch=F("session_epoch") + 1)
