"""How long somebody has to wait after too many wrong tries, in words."""

from __future__ import annotations

import math
from datetime import datetime

from django.utils import timezone
from django.utils.translation import ngettext


def waiting_time(until: datetime) -> str:
    """`2 minutes`, rounded up; below a minute and a half in seconds."""
    seconds = max(1, math.ceil((until - timezone.now()).total_seconds()))
    if seconds <= 90:
        return ngettext("%(count)d second", "%(count)d seconds", seconds) % {"count": seconds}
    minutes = math.ceil(seconds / 60)
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
