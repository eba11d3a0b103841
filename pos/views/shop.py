"""What every page knows about the shop it belongs to."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _


def environment(request: HttpRequest) -> list[str] | None:
    """The label beside the page's title; a real shop has none."""
    return [_("Demo"), "warning"] if settings.POS_DEMO else None


def context(request: HttpRequest) -> dict[str, Any]:
    return {"pos_is_demo": settings.POS_DEMO}
