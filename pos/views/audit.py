"""Unusual activity: what stands out per seller, each figure leading to the rows behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from pos.models import AuditEntry, Product, StockMovement, Store, User
from pos.money import format_money, quantity_text
from pos.reports.unusual import WATCHED, Dip, Figure, SellerFigures, price_dips, unusual_activity

DAYS = 30
LONGEST = 400  # days in one look
MOST_DIPS = 100
Kind = AuditEntry.Kind
TITLES = {
    Kind.REFUND: gettext_lazy("Refunds"),
    Kind.SALE_VOIDED: gettext_lazy("Sales voided"),
    Kind.VOID: gettext_lazy("Orders discarded"),
    Kind.DISCOUNT: gettext_lazy("Discounts"),
    Kind.PRICE_CHANGE: gettext_lazy("Price changes"),
    Kind.LINE_REMOVED: gettext_lazy("Lines removed"),
    Kind.CART_CLEARED: gettext_lazy("Carts cleared"),
    Kind.NO_SALE: gettext_lazy("Drawer without sale"),
    Kind.REPRINT: gettext_lazy("Printed again"),
}


@dataclass(frozen=True)
class Look:
    """The days and the store that are looked at, and the lists behind its figures."""

    first: date
    last: date
    store: Store | None

    def entries(self, seller: User, kind: str) -> str:
        query = {
            "actor__id__exact": seller.pk,
            "kind": kind,
            "at_from_0": self.first.isoformat(),
            "at_to_0": self.last.isoformat(),
        }
        return list_url("auditentry", query | self.in_store())

    def movements(self, dip: Dip) -> str:
        """What was sold between two moments."""
        start, end = timezone.localtime(dip.lowered.at), timezone.localtime(dip.raised.at)
        query = {
            "product__id__exact": dip.lowered.object_id,
            "kind__exact": StockMovement.Kind.SALE,
            "created_at_from_0": start.date().isoformat(),
            "created_at_from_1": f"{start:%H:%M:%S}",
            "created_at_to_0": end.date().isoformat(),
            "created_at_to_1": f"{end:%H:%M:%S}",
        }
        return list_url("stockmovement", query | self.in_store())

    def in_store(self) -> dict[str, int]:
        return {"store": self.store.pk} if self.store else {}


def list_url(model: str, query: Mapping[str, object]) -> str:
    return f"{reverse(f'admin:pos_{model}_changelist')}?{urlencode(query)}"


def timeline(request: HttpRequest) -> HttpResponse:
    """The short address of the timeline."""
    query = request.GET.urlencode()
    url = reverse("admin:pos_auditentry_changelist")
    return HttpResponseRedirect(f"{url}?{query}" if query else url)


@require_safe
def unusual(request: HttpRequest) -> HttpResponse:
    """For a period, and one store or all that this person answers for."""
    if not request.user.has_perm("pos.view_auditentry"):
        raise PermissionDenied
    first, last = period(request)
    stores = list(Store.objects.visible_to(request.user))
    store = next((each for each in stores if str(each.pk) == request.GET.get("store")), None)
    asked: dict[str, Any] = {
        "user": request.user,
        "start": moment(first),
        "end": moment(last + timedelta(days=1)),
        "store_id": store.pk if store else None,
    }
    look = Look(first, last, store)
    dips = price_dips(**asked) if request.user.has_perm("pos.view_product") else []
    context = {
        **admin.site.each_context(request),
        "title": _("Unusual activity"),
        "columns": [TITLES[kind] for kind in WATCHED],
        "rows": [row_of(each, look) for each in unusual_activity(**asked)],
        "dips": [dip_of(dip, look) for dip in dips[:MOST_DIPS]],
        "more_dips": max(len(dips) - MOST_DIPS, 0),
        "may_see_stock": request.user.has_perm("pos.view_stockmovement"),
        "stores": stores,
        "store": store,
        "first": first,
        "last": last,
        "presets": presets(),
    }
    return TemplateResponse(request, "admin/audit/unusual.html", context)


def period(request: HttpRequest) -> tuple[date, date]:
    """The days asked for, by the shop's clock; nonsense is the last DAYS days."""
    today = timezone.localdate()
    first, last = day(request.GET.get("from")), day(request.GET.get("to"))
    last = min(last or today, today)
    first = first or last - timedelta(days=DAYS - 1)
    if first > last:
        first = last
    return max(first, last - timedelta(days=LONGEST)), last


def day(text: str | None) -> date | None:
    try:
        found = parse_date(text or "")
    except ValueError:
        return None
    return found if found and 1900 < found.year < 2200 else None


def moment(on: date) -> datetime:
    return timezone.make_aware(datetime.combine(on, time.min))


def presets() -> list[dict[str, Any]]:
    today = timezone.localdate()
    choices = ((_("Today"), 1), (_("7 days"), 7), (_("30 days"), 30), (_("90 days"), 90))
    return [
        {"title": title, "from": today - timedelta(days=days - 1), "to": today}
        for title, days in choices
    ]


def row_of(each: SellerFigures, look: Look) -> dict[str, Any]:
    return {
        "seller": each.seller,
        "sales": each.sales,
        "sales_url": look.entries(each.seller, Kind.SALE),
        "cells": [cell_of(each.seller, figure, look) for figure in each.figures],
    }


def cell_of(seller: User, figure: Figure, look: Look) -> dict[str, Any]:
    return {
        "figure": figure,
        "amount": money(figure.amount) if figure.amount else "",
        "url": look.entries(seller, figure.kind),
        "title": TITLES[Kind(figure.kind)],
    }


def dip_of(dip: Dip, look: Look) -> dict[str, Any]:
    """With the addresses behind it: the product's own timeline, and what was sold meanwhile."""
    about = {"model": Product._meta.label_lower, "object_id__exact": dip.lowered.object_id}
    return {
        "dip": dip,
        "url": list_url("auditentry", about),
        "sold_url": look.movements(dip),
        "sellers": ", ".join(sorted({str(order.seller) for order in dip.orders})),
        "quantity": quantity_text(dip.quantity),
        "lost": money(dip.lost),
        "orders": len(dip.sold),
        "prices": price_text(dip),
    }


def money(amount: Decimal) -> str:
    return format_money(amount, settings.POS_CURRENCY)


def price_text(dip: Dip) -> tuple[str, str]:
    """The price before, and while it was low."""
    price = str(Product._meta.get_field("price").verbose_name)
    for label, before, after in dip.lowered.changes:
        if label == price:
            return before, after
    return "", ""
