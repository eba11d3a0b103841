"""Notes and coins in the drawer."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from .base import Behaviour

CASH = Behaviour(kind="cash", name=_("Cash"), is_cash=True, allows_change=True)
