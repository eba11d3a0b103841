"""Every page of ours and who may open it. The lists and forms of a model are covered by roles.AREAS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Page:
    """Who may open an address: people with one of `rights` (none: everybody who is signed in).

    The scope comes on top. `title` is empty for what is no page of its own.
    """

    rights: tuple[str, ...] = ()
    title: Any = ""
    is_public: bool = False


def needs(*rights: str, title: Any = "") -> Page:
    return Page(rights, title)


EVERYBODY = Page()
PUBLIC = Page(is_public=True)
ADMINISTRATORS = ("change_administrator",)
APPROVING = ("approve_discount", "approve_refund", "approve_cash", "approve_credit")
# Each opens a report at least; which ones is up to the report.
REPORTED = (
    *("view_order", "view_payment", "view_refund", "view_cashsession"),
    *("view_stocklevel", "view_stockmovement", "view_product", "view_customer", "view_seller"),
)
# Lists that can be taken to a spreadsheet.
EXPORTED = (
    *("auth_group", "pos_seller", "pos_administrator", "pos_customer", "pos_customerlevel"),
    *("pos_order", "pos_payment", "pos_refund", "pos_accountpayment", "pos_balance"),
    *("pos_cashsession", "pos_cashmovement", "pos_approval", "pos_printjob"),
    "pos_orderbatch",
    *("pos_product", "pos_category", "pos_taxrate", "pos_stocklevel", "pos_stockmovement"),
    *("pos_store", "pos_register", "pos_paymentmethod"),
)
# Each opens a report at least; which ones is up to the report.
REPORTED = (
    *("view_order", "view_payment", "view_refund", "view_cashsession"),
    *("view_stocklevel", "view_stockmovement", "view_product", "view_customer", "view_seller"),
)

# name of an address -> who may open it.
PAGES: dict[str, Page] = {
    "index": Page(title=_("Start")),
    "pos_start_cards": EVERYBODY,  # each card asks for its own rights
    "pos_start_customise": Page(title=_("Customise the start page")),
    "login": PUBLIC,
    "pos_sign_in_code": PUBLIC,
    "health": PUBLIC,
    "logout": EVERYBODY,
    "password_change": EVERYBODY,
    "password_change_done": EVERYBODY,
    "autocomplete": EVERYBODY,  # asks for the right on the list behind it
    "jsi18n": EVERYBODY,
    "view_on_site": EVERYBODY,
    "app_list": EVERYBODY,
    "search": EVERYBODY,
    "picture": EVERYBODY,
    "pos_register": needs("sell_order", title=_("Register")),
    "pos_register_bootstrap": EVERYBODY,  # registers only for whoever sells
    "pos_register_session": needs("open_cashsession"),
    "pos_register_products": needs("sell_order"),
    "pos_register_scan": needs("sell_order"),
    "pos_register_price": needs("sell_order"),
    "pos_register_checkout": needs("sell_order"),
    "pos_register_customers": needs("view_customer"),
    "pos_register_parked": needs("sell_order"),
    "pos_register_resume": needs("sell_order"),
    "pos_register_discard": needs("sell_order"),
    "pos_close_session": needs(
        "close_cashsession",
        "close_any_cashsession",
        "view_cashsession",
        title=_("Close a register"),
    ),
    "pos_receipt": needs("view_order", "sell_order", title=_("Receipts")),
    "pos_receipt_printed": needs("view_order", "sell_order"),
    "pos_order_show_receipt": needs("view_order"),
    "pos_customer_show_orders": needs("view_order"),
    "pos_product_adjust_stock": needs("adjust_stock"),
    "pos_product_record_waste": needs("adjust_stock"),
    "pos_product_show_movements": needs("view_stockmovement"),
    "pos_cashsession_show_orders": needs("view_order"),
    "pos_cashsession_pay_in": needs("move_cash"),
    "pos_cashsession_pay_out": needs("move_cash"),
    "pos_cashsession_drop": needs("move_cash"),
    "pos_cashsession_close_register": needs("close_cashsession", "close_any_cashsession"),
    "pos_audit": needs("view_auditentry", title=_("Audit")),
    "pos_audit_unusual": needs("view_auditentry", title=_("Unusual activity")),
    "pos_auditentry_export": needs("export_auditentry"),
    **{f"{name}_export": needs("export_list") for name in EXPORTED},  # and to view the list
    "pos_approvals": needs(*APPROVING, "view_approval", title=_("Approvals")),
    "pos_approval_waiting": needs(*APPROVING, "view_approval"),
    "pos_approval_answer": needs(*APPROVING),
    **{
        f"pos_{model}_revert": needs(f"change_{model}")
        for model in (
            *("product", "category", "taxrate", "customer", "customerlevel"),
            *("store", "register", "paymentmethod", "seller"),
        )
    },
    "pos_administrator_revert": needs(*ADMINISTRATORS),
    "pos_security": Page(title=_("Password and PIN")),
    "pos_second_factor": EVERYBODY,
    "pos_register_approvals": needs("sell_order"),
    "pos_register_approval": needs("sell_order"),
    "pos_register_approval_pin": needs("sell_order"),
    "pos_register_no_sale": needs("sell_order"),
    "pos_register_removed": needs("sell_order"),
    "pos_register_people": EVERYBODY,  # names of colleagues, where they work
    "pos_register_switch": needs("sell_order"),
    "pos_register_lock": EVERYBODY,
    "pos_register_unlock": EVERYBODY,
    "pos_my_page": Page(title=_("My page")),
    "pos_person_page": needs("view_seller", title=_("What a person sells")),
    "pos_person_stores": needs("view_seller", title=_("Stores of a person")),
    "pos_store_people": needs("view_seller", title=_("People of a store")),
    "pos_why": needs(*ADMINISTRATORS, title=_("Why can somebody?")),
    "pos_preview": needs(*ADMINISTRATORS, title=_("What people see")),
    "pos_seller_figures": needs("view_seller"),
    "pos_seller_show_stores": needs("view_seller"),
    **{
        f"pos_{kind}_show_{page}": needs(*ADMINISTRATORS)
        for kind in ("seller", "administrator")
        for page in ("why", "preview")
    },
    "pos_seller_promote": needs(*ADMINISTRATORS),
    "pos_administrator_figures": needs("view_administrator"),
    "pos_administrator_demote": needs(*ADMINISTRATORS),
    "pos_store_show_people": needs("view_seller"),
    "pos_seller_sign_out_person": needs("change_seller"),
    "pos_seller_remove_pin": needs("change_seller"),
    "pos_seller_remove_second_factor": needs(*ADMINISTRATORS),
    "pos_administrator_sign_out_person": needs(*ADMINISTRATORS),
    "pos_administrator_remove_pin": needs(*ADMINISTRATORS),
    "pos_administrator_remove_second_factor": needs(*ADMINISTRATORS),
    "pos_seller_new_password": needs("change_seller"),
    "pos_administrator_new_password": needs(*ADMINISTRATORS),
    # Refunds and exchanges
    "pos_register_returns": needs("sell_order"),
    "pos_register_returned_order": needs("sell_order"),
    "pos_register_price_return": needs("sell_order"),
    "pos_register_void": needs("sell_order"),
    "pos_refund_receipt": needs("view_refund", "sell_order", title=_("Receipts of refunds")),
    "pos_refund_receipt_printed": needs("view_refund", "sell_order"),
    "pos_refund_show_receipt": needs("view_refund"),
    "pos_order_refund_sale": needs("sell_order"),
    "pos_order_void_sale": needs("void_sale"),
    "pos_orderbatch_take_out": needs("import_order"),
    # Accounts, store credit, gift cards
    "pos_register_dues": needs("receive_payment"),
    "pos_register_gift_card": needs("sell_order", "load_balance"),
    "pos_account_receipt": needs("view_accountpayment", "receive_payment", "load_balance"),
    "pos_statement": needs("view_customer", title=_("Statement")),
    "pos_statement_pdf": needs("view_customer"),
    "pos_statement_xlsx": needs("view_customer"),
    "pos_customer_show_statement": needs("view_customer"),
    "pos_balance_block": needs("adjust_balance"),
    "pos_balance_unblock": needs("adjust_balance"),
    "pos_balance_adjust": needs("adjust_balance"),
    "pos_balance_set_expiry": needs("adjust_balance"),
    "pos_accountpayment_show_receipt": needs("view_accountpayment"),
    "pos_account_receipt_printed": needs("view_accountpayment", "receive_payment", "load_balance"),
    # The cash drawer
    "pos_register_cash": needs("move_cash"),
    "pos_session_report": needs(
        "view_cashsession", "close_cashsession", "close_any_cashsession", title=_("Session report")
    ),
    "pos_cashsession_show_report": needs("view_cashsession"),
    # Documents, mail and printers
    "pos_public_receipt": PUBLIC,
    "pos_public_invoice": PUBLIC,
    "pos_receipt_invoice": needs("view_order", "sell_order"),
    "pos_register_print": needs("sell_order"),
    "pos_refund_receipt_pdf": needs("view_refund", "sell_order"),
    "pos_account_receipt_pdf": needs("view_accountpayment", "receive_payment", "load_balance"),
    "pos_session_report_pdf": needs(
        "view_cashsession", "close_cashsession", "close_any_cashsession"
    ),
    "pos_register_mail": needs("send_receipt"),
    "pos_register_test_page": needs("change_register"),
    "pos_order_email_receipt": needs("send_receipt"),
    # Delivery
    "pos_deliveries": needs("deliver_order", title=_("Deliveries")),
    "pos_deliveries_dispatch": needs("deliver_order"),
    "pos_delivery_move": needs("deliver_order"),
    "pos_delivery_slip": needs("deliver_order"),
    **{
        f"pos_order_{step}": needs("deliver_order")
        for step in (
            *("dispatch_goods", "goods_delivered", "goods_failed"),
            *("deliver_again", "undo_step", "show_slip"),
        )
    },
    # Reports
    **{
        name: needs(*REPORTED, title=title)
        for name, title in {
            "pos_reports": _("Reports"),
            **dict.fromkeys(("pos_report", "pos_saved_report", "pos_report_save"), ""),
            **dict.fromkeys(("pos_saved_report_change", "pos_saved_report_delete"), ""),
        }.items()
    },
    "pos_report_file": needs("export_list"),
    # Spreadsheets
    "pos_imports": needs("import_spreadsheet", title=_("Import spreadsheets")),
    "pos_import_new": needs("import_spreadsheet", title=_("New import")),
    "pos_import_template": needs("import_spreadsheet"),
    "pos_import_job": needs("import_spreadsheet"),
    "pos_import_progress": needs("import_spreadsheet"),
    "pos_import_errors": needs("import_spreadsheet"),
    **{
        f"pos_{model}_bring_in": needs("import_spreadsheet")
        for model in ("product", "category", "customer", "stocklevel")
    },
    # The customer's side of the till
    "pos_display": PUBLIC,
    "pos_display_state": PUBLIC,
    "pos_register_display": needs("sell_order"),
    "pos_register_display_address": needs("sell_order"),
    "pos_register_renew_display": needs("change_register"),
}
