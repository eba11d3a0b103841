"""Where customers reach what a receipt shows them."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def base_url(request: HttpRequest) -> str:
    """The shop's address for customers: as set, else as the till itself reached it."""
    return settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")
