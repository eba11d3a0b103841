"""The one site: the admin's lists, and our own pages under the same roof."""

from __future__ import annotations

from django.urls import URLPattern
from unfold.sites import UnfoldAdminSite


class PosAdminSite(UnfoldAdminSite):
    def extra_urls(self) -> list[URLPattern]:
        return []
