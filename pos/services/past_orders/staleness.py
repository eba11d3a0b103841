"""Days whose summed figures no longer hold, because orders came in or went out."""

from __future__ import annotations

from datetime import date

from pos.models import FinishedDay


def mark_stale(*, store_id: int, first: date, last: date) -> None:
    """The days from `first` to `last` of a store are summed anew; until then read from documents."""
    FinishedDay.objects.filter(store_id=store_id, day__range=(first, last)).delete()
