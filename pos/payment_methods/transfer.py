"""Money sent by bank."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from .base import Behaviour

TRANSFER = Behaviour(kind="transfer", name=_("Bank transfer"))
