"""What is looked at on the start page: days and stores. Every card asks the same figures, once each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from pos.models import Store, User
from pos.reports.facts import Fact, Found, Span, Sums, Where, sums
from pos.reports.periods import span_of
from pos.reports.registry import report_named

NAMES = (
    *("today", "yesterday", "last_7", "last_30"),
    *("this_month", "last_month", "this_year"),
)
FIRST = "last_30"
SESSION = "pos_start"
DAY = timedelta(days=1)
Ranking = list[tuple[int, Decimal]]  # ids with the value they are ranked by, the highest first
TREND = 14


class Look:
    """One person, one period, one store or all that they see."""

    def __init__(self, user: User, period: str = FIRST, store_id: str = "") -> None:
        self.user = user
        self.period = period if period in NAMES else FIRST
        self.stores = list(Store.objects.visible_to(user).order_by("name", "id"))
        self.store = next((each for each in self.stores if str(each.pk) == store_id), None)
        self._found: dict[tuple[Any, ...], Found] = {}
        self._rankings: dict[tuple[Any, ...], Ranking] = {}

    @property
    def today(self) -> date:
        """The business day; of several stores the one that is furthest."""
        places = [self.store] if self.store else self.stores
        return max((each.business_day() for each in places), default=timezone.localdate())

    @cached_property
    def span(self) -> Span:
        return span_of(self.period, self.today)

    @cached_property
    def before(self) -> Span:
        return self.span.before()

    @property
    def where(self) -> Where:
        return Where(stores=frozenset({self.store.pk})) if self.store else Where()

    @property
    def is_own(self) -> bool:
        """Whether the figures are this person's own sales, because they manage no store of these."""
        managed = self.user.store_ids("manage_store", "view_store_reports")
        if managed is None:
            return False
        return not managed & {each.pk for each in ([self.store] if self.store else self.stores)}

    # --- figures -------------------------------------------------------------------------

    def sums(self, fact: Fact, *by: str, span: Span | None = None) -> Found:
        """As reports.facts.sums, asked once however many cards want it."""
        span = span or self.span
        key = (fact, by, span)
        if key not in self._found:
            self._found[key] = sums(fact, user=self.user, span=span, by=by, where=self.where)
        return self._found[key]

    @property
    def trend(self) -> Span:
        """The days a small line shows: those of the period, or the two weeks to a single day."""
        span = self.span
        return span if span.days > 1 else Span(span.last - (TREND - 1) * DAY, span.last)

    @property
    def days(self) -> Found:
        """Sales by day, from the first day that anything here is about."""
        first = min(self.before.first, self.trend.first)
        return self.sums(Fact.SALES, "day", span=Span(first, self.span.last))

    def sales(self, span: Span) -> Sums:
        """Sales of days that lie in the two periods that are compared."""
        days = self.days
        return sum((days[(day,)] for day in span if (day,) in days), start=days[()])

    def ranking(self, fact: Fact, by: str, measure: str) -> Ranking:
        """Who or what stands first in the period by a measure."""
        key = (fact, by, measure)
        if key not in self._rankings:
            found = [(of, getattr(each, measure)) for (of,), each in self.sums(fact, by).items()]
            rows = [(of, value) for of, value in found if of and value > 0]
            self._rankings[key] = sorted(rows, key=lambda row: (-row[1], row[0]))
        return self._rankings[key]

    def active(self, fact: Fact, by: str, measure: str) -> list[int]:
        """Ids of whom or what the period had something of."""
        return [of for (of,), each in self.sums(fact, by).items() if of and getattr(each, measure)]

    # --- words ---------------------------------------------------------------------------

    @property
    def compared(self) -> str:
        """What a change is measured against: “than the 30 days before”."""
        return ngettext("than the day before", "than the %(days)s days before", self.span.days) % {
            "days": self.span.days
        }

    @property
    def nothing_before(self) -> str:
        return gettext("no sales before")

    # --- links ---------------------------------------------------------------------------

    def narrowed(self, prefix: str = "") -> dict[str, str]:
        """These days and this store as the filters of a list: `prefix` is its column of days."""
        query = {"store": str(self.store.pk)} if self.store else {}
        if prefix:
            query[f"{prefix}_from"] = self.span.first.isoformat()
            query[f"{prefix}_to"] = self.span.last.isoformat()
        return query

    def orders(self, **lookups: object) -> str:
        """The list of these days' sales."""
        always = {"status__exact": "completed"}
        return list_url("order", always | self.narrowed("sold_on") | lookups)

    def report(self, name: str, otherwise: str) -> str:
        """A report of these days; `otherwise` for whoever may not read it."""
        found = report_named(name)
        if found is None or not found.is_allowed(self.user):
            return otherwise
        page = reverse("admin:pos_report", args=[name])
        return f"{page}?{urlencode({'period': self.period} | self.narrowed())}"

    def url(self, **changed: str) -> str:
        query = {"period": self.period, "store": str(self.store.pk) if self.store else ""}
        return f"?{urlencode(query | changed)}"


def list_url(model: str, query: Mapping[str, object]) -> str:
    page = reverse(f"admin:pos_{model}_changelist")
    return f"{page}?{urlencode(query)}" if query else page


def look_of(request: HttpRequest, *, is_kept: bool = False) -> Look:
    """What the address asks for, else what was looked at last. `is_kept`: remember it."""
    last = request.session.get(SESSION, {})
    period = request.GET.get("period", last.get("period", FIRST))
    look = Look(request.user, period, request.GET.get("store", last.get("store", "")))
    now = {"period": look.period, "store": str(look.store.pk) if look.store else ""}
    if is_kept and now != last and request.GET.keys() & {"period", "store"}:
        request.session[SESSION] = now
    return look
