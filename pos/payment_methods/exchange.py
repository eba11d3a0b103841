"""Goods that came back pay for others in the same ticket: minus on the old sale, plus on the new one."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from .base import Behaviour

EXCHANGE = Behaviour(kind="exchange", name=_("Exchange"), is_offered=False)
