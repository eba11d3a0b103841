"""What an earlier system took for a past order: it counts in reports and lies in no drawer."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from .base import Behaviour

IMPORTED = Behaviour(kind="imported", name=_("Earlier system"), is_offered=False)
