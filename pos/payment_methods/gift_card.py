"""A gift card of the shop's own; its number is the tender's reference, and its last digits stay."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from .base import Behaviour

GIFT_CARD = Behaviour(kind="gift_card", name=_("Gift card"), balance="gift_card")
