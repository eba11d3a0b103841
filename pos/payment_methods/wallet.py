"""Money sent by telephone."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from .base import Behaviour

WALLET = Behaviour(kind="wallet", name=_("Mobile wallet"))
