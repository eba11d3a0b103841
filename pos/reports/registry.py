"""Every report there is, in the order of the index."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from .base import Report
from .sales_by_day import SalesByDay
from .sales_by_hour import SalesByHour

GROUPS: dict[str, Any] = {
    "sales": _("Sales"),
    "products": _("Products"),
    "customers": _("Customers"),
    "money": _("Money"),
    "stock": _("Stock"),
    "people": _("People"),
    "deliveries": _("Deliveries"),
}
REPORTS: tuple[Report, ...] = (SalesByDay(), SalesByHour())
_BY_NAME = {report.name: report for report in REPORTS}


def report_named(name: str) -> Report | None:
    return _BY_NAME.get(name)
