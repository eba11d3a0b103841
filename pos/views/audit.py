"""Unusual activity: what stands out per seller, each figure leading to the rows behind it."""

from __future__ import annotations

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
from django.views.decorators.http import require_safe

from pos.models import AuditEntry, Product, Store
from pos.money import ZERO, format_money, quantity_text
from pos.reports.unusual import WATCHED, Dip, Figure, SellerFigures, price_dips, unusual_activity

DAYS = 30
LONGEST = 400  # days in one look
Kind = AuditEntry.Kind


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
    rows = [row_of(each, first, last, store) for each in unusual_activity(**asked)]
    dips = price_dips(**asked) if request.user.has_perm("pos.view_product") else []
    context = {
        **admin.site.each_context(request),
        "title": _("Unusual activity"),
        "columns": column_titles(),
        "rows": rows,
        "dips": [dip_of(dip) for dip in dips],
        "stores": stores,
        "store": store,
        "first": first,
        "last": last,
        "presets": presets(),
    }
    return TemplateResponse(request, "admin/audit/unusual.html", context)


def column_titles() -> list[str]:
    return [
        {
            Kind.VOID: _("Orders discarded"),
            Kind.DISCOUNT: _("Discounts"),
            Kind.PRICE_CHANGE: _("Price changes"),
            Kind.LINE_REMOVED: _("Lines removed"),
            Kind.CART_CLEARED: _("Carts cleared"),
            Kind.NO_SALE: _("Drawer without sale"),
            Kind.REPRINT: _("Printed again"),
        }[kind]
        for kind in WATCHED
    ]


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


def row_of(each: SellerFigures, first: date, last: date, store: Store | None) -> dict[str, Any]:
    return {
        "seller": each.seller,
        "sales": each.sales,
        "cells": [cell_of(each, figure, first, last, store) for figure in each.figures],
    }


def cell_of(
    each: SellerFigures, figure: Figure, first: date, last: date, store: Store | None
) -> dict[str, Any]:
    query = {
        "actor__id__exact": each.seller.pk,
        "kind": figure.kind,
        "at_from_0": first.isoformat(),
        "at_to_0": last.isoformat(),
    }
    if store:
        query["store"] = store.pk
    url = reverse("admin:pos_auditentry_changelist")
    return {
        "figure": figure,
        "amount": money(figure.amount) if figure.amount else "",
        "url": f"{url}?{urlencode(query)}",
        "title": dict(zip(WATCHED, column_titles(), strict=True))[Kind(figure.kind)],
    }


def dip_of(dip: Dip) -> dict[str, Any]:
    """With the addresses behind it: the product's own timeline, and its page."""
    query = {"model": Product._meta.label_lower, "object_id__exact": dip.lowered.object_id}
    url = reverse("admin:pos_auditentry_changelist")
    sellers = sorted({str(line.order.seller) for line in dip.lines})
    return {
        "dip": dip,
        "url": f"{url}?{urlencode(query)}",
        "sellers": ", ".join(sellers),
        "quantity": quantity_text(sum((line.quantity for line in dip.lines), ZERO)),
        "lost": money(dip.lost),
        "orders": len({line.order_id for line in dip.lines}),
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
