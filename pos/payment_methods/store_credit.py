"""The customer's own money that the shop keeps."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from .base import Behaviour

STORE_CREDIT = Behaviour(
    kind="store_credit", name=_("Store credit"), needs_customer=True, balance="store_credit"
)
