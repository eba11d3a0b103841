"""A card terminal beside the till; only its reference is kept, never a card number."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from .base import Behaviour

CARD = Behaviour(kind="card", name=_("Card terminal"))
