"""Nothing now: the amount stays due on the customer's account."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from .base import Behaviour

ON_ACCOUNT = Behaviour(kind="on_account", name=_("On account"), is_money=False, needs_customer=True)
