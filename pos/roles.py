"""Rights explained, and the one table of roles. Seeded as groups after migrate; the owner's
edits win.

Every model of the application stands in AREAS (or in MACHINERY), every page of ours in pages.PAGES.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

ADMINISTRATOR = "Administrator"
MANAGER = "Manager"
SELLER = "Seller"
STOCK_KEEPER = "Stock keeper"
AUDITOR = "Auditor"

CATALOG = ("taxrate", "category", "product", "barcode")
PEOPLE = ("customer", "customerlevel")
SALES = ("order", "orderline", "ordertax", "payment", "refund", "refundline", "deliverystep")
CASH = ("cashsession", "cashmovement")
ACCOUNTS = ("accountpayment", "balance", "balanceentry")
STOCK = ("stocklevel", "stockmovement")
SHOP = ("store", "register", "paymentmethod")


def view(*models: str) -> set[str]:
    return {f"view_{model}" for model in models}


def edit(*models: str) -> set[str]:
    return {f"{verb}_{model}" for model in models for verb in ("view", "add", "change")}


SELLING = {
    "sell_order",
    "give_discount",
    "sell_on_account",
    "take_over_order",
    "open_cashsession",
    "close_cashsession",
    "refund_order",
    "receive_payment",
    "load_balance",
    "deliver_order",
    "send_receipt",
    *view("product", "barcode", "category", *SALES, *CASH, *ACCOUNTS, "stocklevel"),
    *view("customer", "customerlevel"),
    "add_customer",
}
SPREADSHEETS = {"import_spreadsheet", "export_list", "view_importjob"}
READING = view(
    *(*CATALOG, *PEOPLE, *SALES, *CASH, *ACCOUNTS, *STOCK, *SHOP),
    *("seller", "cashcount", "printjob", "importjob", "orderbatch"),
)
AUDITING = {
    *view("approval", "auditentry", "administrator", "rolelimit"),
    "export_auditentry",
    "view_cost",
    "view_expected_cash",
    "export_list",
}

# role -> rights (codenames of the application `pos`); the store grants narrow them to stores.
ROLES: dict[str, set[str]] = {
    ADMINISTRATOR: {"*"},
    MANAGER: SELLING
    | READING
    | edit(*CATALOG, *PEOPLE)
    | {
        "delete_barcode",
        "sell_in_any_session",
        "void_order",
        "void_sale",
        "refund_without_receipt",
        "adjust_balance",
        "manage_printjob",
        "change_price",
        "open_drawer",
        "approve_discount",
        "approve_refund",
        "approve_cash",
        "approve_credit",
        "view_approval",
        "view_auditentry",
        "close_any_cashsession",
        "view_expected_cash",
        "move_cash",
        "view_cost",
        "adjust_stock",
        *SPREADSHEETS,
        "mail_report",
    },
    SELLER: SELLING,
    STOCK_KEEPER: edit("category", "product", "barcode")
    | view(*STOCK, "taxrate", "store")
    | {"delete_barcode", "adjust_stock", "view_cost", *SPREADSHEETS},
    AUDITOR: READING | AUDITING,
}

NOTHING_ALONE = {
    "discount_percent": 0,
    "price_change_percent": 0,
    "refund_amount": 0,
    "credit_amount": 0,
    "cash_difference": 0,
}
# role -> how far it goes without asking; None: as far as it likes. Percentages, and amounts in a
# currency with cents. What a role may not do at all is up to its rights above.
LIMITS: dict[str, dict[str, int | None]] = {
    ADMINISTRATOR: dict.fromkeys(NOTHING_ALONE),
    MANAGER: {
        "discount_percent": 50,
        "price_change_percent": 50,
        "refund_amount": 500,
        "credit_amount": 1000,
        "cash_difference": 100,
    },
    SELLER: {
        "discount_percent": 10,
        "price_change_percent": 0,
        "refund_amount": 50,
        "credit_amount": 100,
        "cash_difference": 5,
    },
    STOCK_KEEPER: NOTHING_ALONE,
    AUDITOR: NOTHING_ALONE,
}


# --- Rights in words --------------------------------------------------------------------------


@dataclass(frozen=True)
class Area:
    """A part of the shop: its models, and right -> what somebody who has it can do."""

    title: Any
    models: tuple[str, ...]
    rights: dict[str, Any]


AREAS: tuple[Area, ...] = (
    Area(
        _("At the register"),
        ("order", "orderline", "ordertax", "refund", "refundline"),
        {
            "sell_order": _("Can sell at the register"),
            "give_discount": _("Can give discounts, up to the role's limit"),
            "change_price": _("Can change a price while selling, up to the role's limit"),
            "sell_on_account": _("Can let a known customer pay later, up to the role's limit"),
            "open_drawer": _("Can open the drawer without a sale"),
            "take_over_order": _("Can take over orders that somebody else has parked"),
            "void_order": _("Can discard parked orders of other people"),
            "sell_in_any_session": _("Can sell at a register that somebody else has opened"),
            "void_sale": _("Can void a sale while its cash session is open"),
            "refund_order": _("Can take goods back and refund, up to the role's limit"),
            "refund_without_receipt": _("Can refund goods without a receipt"),
            "view_refund": _("Can see refunds: their own, or all of stores they manage"),
            "send_receipt": _("Can send receipts by email"),
            "view_order": _("Can see orders and receipts: their own, or all of stores they manage"),
        },
    ),
    Area(
        _("Approvals"),
        ("approval",),
        {
            "view_approval": _("Can see what was approved, and for whom"),
            "approve_discount": _("Can approve discounts and price changes of others"),
            "approve_refund": _("Can approve refunds and voids of others"),
            "approve_cash": _("Can approve cash differences and opening the drawer of others"),
            "approve_credit": _("Can approve sales on account of others"),
        },
    ),
    Area(
        _("Money"),
        ("payment", "cashsession", "cashmovement", "cashcount"),
        {
            "open_cashsession": _("Can open a register and count its float"),
            "close_cashsession": _("Can count and close the register they opened"),
            "close_any_cashsession": _("Can count and close registers of other people"),
            "move_cash": _("Can put cash in a drawer and take it out"),
            "view_expected_cash": _("Can see how much cash should be in a drawer"),
            "view_payment": _("Can see payments"),
            "view_cashsession": _("Can see who opened and closed which register"),
            "view_cashmovement": _("Can see cash put in and taken out"),
        },
    ),
    Area(
        _("Accounts of customers"),
        ("accountpayment", "balance", "balanceentry"),
        {
            "receive_payment": _("Can take payments on what customers owe"),
            "load_balance": _("Can load store credit and gift cards"),
            "adjust_balance": _("Can correct, block and unblock store credit and gift cards"),
            "view_accountpayment": _("Can see payments on account"),
            "view_balance": _("Can see store credit and gift cards"),
        },
    ),
    Area(
        _("Delivery and printing"),
        ("deliverystep", "printjob"),
        {
            "deliver_order": _("Can move deliveries on"),
            "view_printjob": _("Can see what waits for a printer"),
            "manage_printjob": _("Can print waiting jobs again or give them up"),
        },
    ),
    Area(
        _("Catalogue"),
        ("product", "barcode", "category", "taxrate"),
        {
            "view_product": _("Can see products and prices"),
            "add_product": _("Can add products"),
            "change_product": _("Can change products, prices and barcodes"),
            "view_cost": _("Can see what products cost and what is earned"),
            "view_category": _("Can see categories"),
            "add_category": _("Can add categories"),
            "change_category": _("Can change categories"),
            "view_taxrate": _("Can see tax rates"),
            "add_taxrate": _("Can add tax rates"),
            "change_taxrate": _("Can change tax rates"),
        },
    ),
    Area(
        _("Stock"),
        ("stocklevel", "stockmovement"),
        {
            "view_stocklevel": _("Can see what is on hand"),
            "view_stockmovement": _("Can see why stock changed"),
            "adjust_stock": _("Can adjust stock and record waste"),
        },
    ),
    Area(
        _("Customers"),
        ("customer", "customerlevel"),
        {
            "view_customer": _("Can see customers"),
            "add_customer": _("Can add customers"),
            "change_customer": _("Can change customers"),
            "view_customerlevel": _("Can see customer levels and their discounts"),
            "add_customerlevel": _("Can add customer levels"),
            "change_customerlevel": _("Can change customer levels and their discounts"),
        },
    ),
    Area(
        _("People"),
        ("user", "seller", "administrator", "rolelimit"),
        {
            "view_seller": _("Can see the people of their stores and what they sell"),
            "add_seller": _("Can hire: make accounts with no more rights than their own"),
            "change_seller": _("Can change accounts that have no more rights than their own"),
            "view_administrator": _("Can see administrators"),
            "view_rolelimit": _("Can see roles and their limits"),
        },
    ),
    Area(
        _("Shop"),
        ("store", "register", "paymentmethod"),
        {
            "view_store": _("Can see the settings of their stores"),
            "add_store": _("Can add stores"),
            "change_store": _("Can change the settings of their stores"),
            "view_register": _("Can see the registers of their stores"),
            "add_register": _("Can add registers"),
            "change_register": _("Can change registers"),
            "view_paymentmethod": _("Can see ways of paying"),
            "add_paymentmethod": _("Can add ways of paying"),
            "change_paymentmethod": _("Can change ways of paying"),
            "work_in_store": _("Can work in every store"),
            "manage_store": _("Can manage every store"),
            "view_store_reports": _("Can see the reports of every store"),
        },
    ),
    Area(
        _("Spreadsheets and reports"),
        ("importjob", "orderbatch"),
        {
            "import_spreadsheet": _("Can import spreadsheets, into what they may change"),
            "export_list": _("Can take lists and reports they see to Excel"),
            "mail_report": _("Can have reports they see sent by mail"),
            "import_order": _("Can bring in past orders and take them out again"),
            "view_orderbatch": _("Can see past orders that were brought in"),
        },
    ),
    Area(
        _("Audit"),
        ("auditentry",),
        {
            "view_auditentry": _("Can see who did what in their stores"),
            "export_auditentry": _("Can take the audit trail to Excel"),
        },
    ),
)
# Rights that come with another one: nobody would want them apart.
BUNDLES: dict[str, set[str]] = {
    "view_order": view("orderline", "ordertax", "deliverystep"),
    "view_refund": view("refundline"),
    "view_balance": view("balanceentry"),
    "view_expected_cash": view("cashcount"),
    "import_spreadsheet": view("importjob"),
    "view_product": view("barcode"),
    "change_product": {*edit("barcode"), "delete_barcode"},
}
# Held by administrators alone: whoever could give them away could make administrators.
ADMINISTRATORS_ONLY = {
    "add_administrator": _("Can make administrators"),
    "change_administrator": _("Can change administrators, roles and limits"),
}
# Tables that nobody opens: they have no rights of their own. History follows its record.
MACHINERY = {
    *("roleseed", "registerdisplay", "savedreport", "startpage"),
    *("finishedday", "salesday", "saleshour", "productday", "paymentday", "taxday", "customerday"),
}
# What somebody may do in one store, granted by name; the short words of the tables.
IN_STORE: dict[str, tuple[Any, Any]] = {
    "work_in_store": (_("Work"), _("Sell there, and see what is on hand.")),
    "manage_store": (_("Manage"), _("See and correct everything that happens there.")),
    "view_store_reports": (_("Reports"), _("See its orders, cash and figures.")),
}


def with_bundled(rights: Iterable[str]) -> set[str]:
    """`rights` and what comes with them."""
    named = set(rights)
    return named.union(*(BUNDLES.get(right, set()) for right in named))


def sentence(right: str) -> Any:
    """What somebody who has `right` can do; the bare name for one that no page offers."""
    for area in AREAS:
        if right in area.rights:
            return area.rights[right]
    return ADMINISTRATORS_ONLY.get(right, right)


OFFERED: frozenset[str] = frozenset(right for area in AREAS for right in area.rights)
