"""Whatever printer the till's own computer has."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from .base import Printer

BROWSER = Printer(kind="browser", name=_("The till's own printer, by the browser"))
