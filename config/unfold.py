"""Unfold: brand, colours, sidebar. Names of our code are dotted strings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from pos.pages import REPORTED

VIOLET = {
    "50": "oklch(96.9% .016 293.756)",
    "100": "oklch(94.3% .029 294.588)",
    "200": "oklch(89.4% .057 293.283)",
    "300": "oklch(81.1% .111 293.571)",
    "400": "oklch(70.2% .183 293.541)",
    "500": "oklch(60.6% .25 292.717)",
    "600": "oklch(54.1% .281 293.009)",
    "700": "oklch(49.1% .27 292.581)",
    "800": "oklch(43.2% .232 292.759)",
    "900": "oklch(38% .189 293.745)",
    "950": "oklch(28.3% .141 291.089)",
}
# Darker than Unfold's quiet grey: small print must be readable (WCAG AA).
FONT = {
    "subtle-light": "var(--color-base-600)",
    "subtle-dark": "var(--color-base-400)",
    "default-light": "var(--color-base-600)",
    "default-dark": "var(--color-base-300)",
    "important-light": "var(--color-base-900)",
    "important-dark": "var(--color-base-100)",
}


def file(name: str) -> Callable[[HttpRequest], str]:
    """Its address, asked late: the static files may not be collected yet."""
    return lambda request: static(f"pos/{name}")


def may(*rights: str) -> Callable[[HttpRequest], bool]:
    """Whether to show a link. The page behind it asks for itself."""
    return lambda request: any(request.user.has_perm(f"pos.{right}") for right in rights)


def item(
    title: Any, icon: str, model: str, query: str = "", not_query: tuple[str, ...] = ()
) -> dict[str, Any]:
    """A link to a model's list; `query` narrows it, each `not_query` belongs to a sister link."""
    page = reverse_lazy(f"admin:pos_{model}_changelist")

    def is_active(request: HttpRequest) -> bool:
        here, asked = request.path.startswith(str(page)), request.META.get("QUERY_STRING", "")
        if query:
            return here and query in asked
        return here and not any(each in asked for each in not_query)

    def link(request: HttpRequest) -> str:
        return f"{page}?{query}" if query else str(page)

    return {
        "title": title,
        "icon": icon,
        "link": link,
        "permission": may(f"view_{model}"),
        "active": is_active,
    }


def is_register(request: HttpRequest) -> bool:
    return request.path.startswith(str(reverse_lazy("admin:pos_register")))


IMPORT = {
    "title": _("Import"),
    "icon": "upload_file",
    "link": reverse_lazy("admin:pos_imports"),
    "permission": may("import_spreadsheet"),
    "active": lambda request: request.path.startswith(str(reverse_lazy("admin:pos_imports"))),
}
START = {
    "title": _("Start"),
    "icon": "home",
    "link": reverse_lazy("admin:index"),
    "active": lambda request: request.path == str(reverse_lazy("admin:index")),
}
REGISTER = {
    "title": _("Register"),
    "icon": "point_of_sale",
    "link": reverse_lazy("admin:pos_register"),
    "permission": may("sell_order"),
    "active": is_register,
}
ROLES = {
    "title": _("Roles"),
    "icon": "admin_panel_settings",
    "link": reverse_lazy("admin:auth_group_changelist"),
    "permission": may("view_rolelimit"),
}
MY_PAGE = {
    "title": _("My page"),
    "icon": "account_circle",
    "link": reverse_lazy("admin:pos_my_page"),
    "active": lambda request: request.path == str(reverse_lazy("admin:pos_my_page")),
}
WHY = {
    "title": _("Why can somebody?"),
    "icon": "help_center",
    "link": reverse_lazy("admin:pos_why"),
    "permission": may("change_administrator"),
}
PREVIEW = {
    "title": _("What people see"),
    "icon": "visibility",
    "link": reverse_lazy("admin:pos_preview"),
    "permission": may("change_administrator"),
}
AUDIT = item(_("Audit"), "history", "auditentry")
UNUSUAL = {
    "title": _("Unusual activity"),
    "icon": "troubleshoot",
    "link": reverse_lazy("admin:pos_audit_unusual"),
    "permission": may("view_auditentry"),
}
REPORTS = {
    "title": _("Reports"),
    "icon": "bar_chart",
    "link": reverse_lazy("admin:pos_reports"),
    "active": lambda request: request.path.startswith(str(reverse_lazy("admin:pos_reports"))),
    "permission": may(*REPORTED),
}
APPROVAL_PAGES = (
    reverse_lazy("admin:pos_approvals"),
    reverse_lazy("admin:pos_approval_changelist"),
)
APPROVALS = {
    "title": _("Approvals"),
    "icon": "verified_user",
    "link": reverse_lazy("admin:pos_approvals"),
    "active": lambda request: request.path.startswith(tuple(str(page) for page in APPROVAL_PAGES)),
    "permission": may(
        *("approve_discount", "approve_refund", "approve_cash", "approve_credit"), "view_approval"
    ),
}
DELIVERIES = {
    "title": _("Deliveries"),
    "icon": "local_shipping",
    "link": reverse_lazy("admin:pos_deliveries"),
    "permission": may("deliver_order"),
    "active": lambda request: request.path.startswith(str(reverse_lazy("admin:pos_deliveries"))),
}
PARKED = "status__exact=parked"
LOW = "state=low"
DUES = "due=any"

SIDEBAR = [
    {"items": [START, MY_PAGE]},
    {
        "title": _("Sell"),
        "items": [
            REGISTER,
            item(_("Orders"), "receipt_long", "order", not_query=(PARKED, DUES)),
            item(_("Parked orders"), "pause_circle", "order", query=PARKED),
            item(_("Refunds"), "undo", "refund"),
            DELIVERIES,
            item(_("Payments"), "payments", "payment"),
            item(_("Dues"), "request_quote", "order", query=DUES),
            item(_("Payments on account"), "account_balance", "accountpayment"),
            item(_("Gift cards and credit"), "card_giftcard", "balance"),
            item(_("Cash sessions"), "lock_clock", "cashsession"),
            item(_("Cash in and out"), "swap_horiz", "cashmovement"),
            item(_("Past orders"), "history_edu", "orderbatch"),
            APPROVALS,
        ],
    },
    {
        "title": _("Catalogue"),
        "items": [
            item(_("Products"), "sell", "product"),
            item(_("Categories"), "category", "category"),
            item(_("Tax rates"), "percent", "taxrate"),
            IMPORT,
        ],
    },
    {
        "title": _("People"),
        "items": [
            item(_("Customers"), "groups", "customer"),
            item(_("Customer levels"), "workspace_premium", "customerlevel"),
            item(_("Sellers"), "badge", "seller"),
            item(_("Administrators"), "shield_person", "administrator"),
            ROLES,
            WHY,
            PREVIEW,
        ],
    },
    {
        "title": _("Stock"),
        "items": [
            item(_("On hand"), "inventory_2", "stocklevel", not_query=(LOW,)),
            item(_("Low stock"), "production_quantity_limits", "stocklevel", query=LOW),
            item(_("Movements"), "swap_vert", "stockmovement"),
        ],
    },
    {
        "title": _("Look"),
        "items": [REPORTS, AUDIT, UNUSUAL],
    },
    {
        "title": _("Settings"),
        "items": [
            item(_("Stores"), "storefront", "store"),
            item(_("Registers"), "computer", "register"),
            item(_("Print jobs"), "print", "printjob"),
            item(_("Payment methods"), "credit_card", "paymentmethod"),
        ],
    },
]

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Tilldesk",
    "SITE_HEADER": "Tilldesk",
    "SITE_URL": None,
    "SITE_ICON": file("logo.svg"),
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": file("favicon.svg")}],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "BORDER_RADIUS": "8px",
    "COLORS": {"primary": VIOLET, "font": FONT},
    "ENVIRONMENT": "pos.views.shop.environment",
    "GLOBAL_CALLBACK": "pos.views.shop.context",
    "DASHBOARD_CALLBACK": "pos.dashboard.context",
    "STYLES": [file("admin.css")],
    "SCRIPTS": [file("admin.js")],
    "ACCOUNT": {
        "navigation": [
            {"title": _("My page"), "link": reverse_lazy("admin:pos_my_page")},
            {"title": _("Password and PIN"), "link": reverse_lazy("admin:pos_security")},
        ],
    },
    "COMMAND": {"search_callback": "pos.views.palette.search", "show_history": False},
    "SIDEBAR": {
        "show_search": False,
        "command_search": True,
        "show_all_applications": False,
        "navigation": SIDEBAR,
    },
}
