"""Who gets what answer at which address. A new address has to be written down here.

An unindented line has six letters (Ana, Max, Sam, Ada, Eve, Root) for each of: GET of what
is the main store's, GET of what is the other store's, POST to the main store's, POST to the other's.
`=` is the same as for the main
store. Then what nobody in particular gets, to GET and to POST where they differ. Below it are the
names that answer so. Ana, Max, Sam and Ada belong to the main store, Eve to the
other one, Root to none. `a{b,c}d` is short for abd and acd.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

ROLES = ("nobody", "ana", "max", "sam", "ada", "eve", "root")
ANSWERS = {
    200: "y",  # yes: the page, its form, or the answer
    201: "+",  # made
    400: "b",  # bad: something is missing or wrong in it
    401: "u",  # unknown: sign in first (JSON)
    403: "n",  # no
    404: "x",  # there is no such thing, as far as they know
    405: "m",  # not by this method
    409: "c",  # conflict: not now
}
# And for 302: `l` to the sign-in page, `g` to the start page (gone), `r` to another page.
REFUSED = set("nxlugm")
# A choice of cards leads back to the start page. Wrong PINs are counted. The secret of a second factor is made when it is first shown.
MAY_WRITE = {
    "pos_register_unlock": {"pos_user"},
    "pos_register_approval_pin": {"pos_user"},
    "pos_second_factor": {"otp_totp_totpdevice"},
    "pos_start_customise": {"pos_startpage"},
}

TABLE = """
nnnnnn = nnnnnn = l
    pos_seller_remove_pin
    pos_seller_remove_second_factor
    pos_administrator_new_password
    pos_administrator_remove_pin
    pos_administrator_remove_second_factor
    pos_administrator_demote
    auth_group_delete
    pos_{payment,order,cashsession,cashmovement,user,stocklevel,stockmovement,auditentry,approval}_add
    pos_{payment,order,cashsession,cashmovement,product,category,taxrate,customer,customerlevel,seller,administrator,user,stocklevel,stockmovement,store,register,paymentmethod,auditentry,approval}_delete
    pos_administrator_revert
yyyyyy = yyyyyy = l
    search
    pos_security
    pos_second_factor
    index
    password_change
    app_list
    pos_{product,category,stocklevel}_changelist
    pos_category_history
nnnnny = nnnnny = l
    pos_seller_new_password
    pos_seller_sign_out_person
    pos_seller_promote
    pos_administrator_sign_out_person
    auth_group_add
    pos_{seller,administrator,store,register,paymentmethod}_add
    pos_paymentmethod_revert
rrrrrr = rrrrrr = l
    pos_audit
    admin/auth/group/<path:object_id>/
    pos_approval_waiting
    admin/pos/{payment,order,cashsession,cashmovement,product,category,taxrate,customer,customerlevel,seller,administrator,user,stocklevel,stockmovement,store,register,paymentmethod,auditentry,approval}/<path:object_id>/
    pos_user_changelist
nyynny = nyynny = l
    pos_product_adjust_stock
    pos_product_record_waste
    pos_{product,category}_revert
    pos_{product,category}_add
nnnyny = nnnyny = l
    auth_group_changelist
    auth_group_history
    pos_administrator_changelist
    pos_administrator_history
mmmmmm = yynxxy xxxxyy u
    pos_register_resume
    pos_register_discard
    pos_register_removed
yyyyyy = gggggg = l
    pos_start_customise
yyyyyy = mmmmmm = l
    pos_start_cards
    pos_my_page
    password_change_done
    jsi18n
nynnny nnnnny nynnny nnnnny l
    pos_cashsession_pay_in
    pos_cashsession_pay_out
    pos_cashsession_drop
nrnrnr nxnxnr nrnrnr nxnxnr l
    pos_seller_figures
    pos_seller_show_stores
    pos_store_show_people
yyyyyy = mmmmmm = u
    pos_register_bootstrap
    pos_register_people
nynyny nxnxny nnnnnr nxnxnr l
    pos_person_stores
    pos_store_people
nnnnny = mmmmmm = l
    pos_why
    pos_preview
nynyny = mmmmmm = l
    pos_audit_unusual
    pos_approvals
xxxxxx = xxxxxx = l
    view_on_site
    admin/(?P<url>.*)$
yynyyy = yynyyy = l
    pos_{payment,order,cashsession,cashmovement,customer,customerlevel}_changelist
    pos_{customer,customerlevel}_history
nyyyny = nyyyny = l
    pos_{product,taxrate}_history
    pos_{taxrate,stockmovement,store}_changelist
nynnny = nynnny = l
    pos_{taxrate,customer,customerlevel}_revert
    pos_{taxrate,customerlevel}_add
nynyny = nynyny = l
    pos_{seller,register,paymentmethod,approval}_changelist
    pos_paymentmethod_history
gggggg = gggggg = g
    /
xxxxxx = mmmmmm = xm
    picture
yyyyyy = mmmmmm = ym
    health
llllll = llllll = l
    pos_sign_in_code
yynnyy = mmmmmm = l
    pos_register
mmmmmm = ccnxxc xxxxcc u
    pos_register_session
yynnyy = mmmmmm = u
    pos_register_products
xxnnxx = mmmmmm = u
    pos_register_scan
mmmmmm = yynnxy xxnnyy u
    pos_register_price
mmmmmm = ++nnn+ nnnn++ u
    pos_register_checkout
yynyyy = ++nn++ = u
    pos_register_customers
yynnyy = ++nxx+ xxxx++ u
    pos_register_parked
bbnnbb = +cnxxc xxxx+c u
    pos_register_approvals
yxxxxx xxxxyx mmmmmm = u
    pos_register_approval
mmmmmm = nxxxxx xxxxnx u
    pos_register_approval_pin
mmmmmm = nynxxy xxxxny u
    pos_register_no_sale
mmmmmm = xxxxxx = u
    pos_register_switch
mmmmmm = yyyyyy = u
    pos_register_lock
mmmmmm = nnnnnn = u
    pos_register_unlock
yynyny nxnxyy mmmmmm = l
    pos_person_page
yynnxy xxxxyy bbnnxb xxxxbb l
    pos_close_session
yynyxy xxnxyy mmmmmm = l
    pos_receipt
mmmmmm = yynyxy xxnxyy u
    pos_receipt_printed
mmmmmm = xxxxxx = l
    pos_approval_answer
gggggg = yyyyyy = y
    login
mmmmmm = yyyyyy = g
    logout
nnnnnn = mmmmmm = l
    autocomplete
yygygy ggggyy yygygy ggggyy l
    pos_{payment,order,cashsession}_history
yynygy ggngyy nnnnnn = l
    pos_{payment,order,cashsession}_change
rrnrnr nnnnrr rrnrnr nnnnrr l
    pos_order_show_receipt
rrnrxr xxnxrr rrnrxr xxnxrr l
    pos_cashsession_show_orders
rrnnnr nnnnrr rrnnnr nnnnrr l
    pos_cashsession_close_register
gygygy gggggy gygygy gggggy l
    pos_cashmovement_history
gynygy ggnggy nnnnnn = l
    pos_cashmovement_change
nyyyny = nnnnnn = l
    pos_{product,taxrate}_simple_history
nrrrnr = nrrrnr = l
    pos_product_show_movements
yyyyyy = nyynny = l
    pos_{product,category}_change
yyyyyy = nnnnnn = l
    pos_category_simple_history
nyyyny = nynnny = l
    pos_taxrate_change
yynyyy = nnnnnn = l
    pos_{customer,customerlevel}_simple_history
rrnrrr = rrnrrr = l
    pos_customer_show_orders
yynnyy = yynnyy = l
    pos_customer_add
yynyyy = nynnny = l
    pos_{customer,customerlevel}_change
nnnnxn xxxxnn nnnnxn xxxxnn l
    pos_seller_revert
nynyny nnnnny nnnnnn = l
    pos_{seller,register}_simple_history
nynyny nnnnny nynyny nnnnny l
    pos_{seller,register}_history
nynyny ngngny nnnnny = l
    pos_{seller,register}_change
nnnyny = nnnnnn = l
    pos_administrator_simple_history
nnnrnr = nnnrnr = l
    pos_administrator_figures
nnnnnr = nnnnnr = l
    pos_seller_show_{why,preview}
    pos_administrator_show_{why,preview}
nnnyny = nnnnny = l
    pos_administrator_change
nynygy ggggny nynygy ggggny l
    pos_user_history
rrrrxr xxxxrr rrrrxr xxxxrr l
    pos_user_change
nnnyny = nnnnnr = l
    auth_group_change
yyyygy ggggyy yyyygy ggggyy l
    pos_stocklevel_history
yyyygy ggggyy nnnnnn = l
    pos_stocklevel_change
nyyygy ggggny nyyygy ggggny l
    pos_stockmovement_history
nyyyny ngggny nnnnnn = l
    pos_stockmovement_change
nnnnxy xxxxny nnnnxy xxxxny l
    pos_{store,register}_revert
nyyyny nnnnny nnnnnn = l
    pos_store_simple_history
nyyyny nnnnny nyyyny nnnnny l
    pos_store_history
nyyyny ngggny nnnnny = l
    pos_store_change
nynyny = nnnnnn = l
    pos_paymentmethod_simple_history
nynyny = nnnnny = l
    pos_paymentmethod_change
mmmmmm = nnnyny = l
    pos_auditentry_export
nyyyny = nyyyny = l
    pos_{product,category,stocklevel,taxrate,stockmovement,store}_export
nynyny = nynyny = l
    pos_{payment,order,refund,accountpayment,balance,cashsession,cashmovement}_export
    pos_{customer,customerlevel,seller,register,paymentmethod,approval,printjob,orderbatch}_export
nnnyny = nnnyny = l
    auth_group_export
    pos_administrator_export
nynyny = nynyny = l
    pos_auditentry_changelist
nygygy ggggny nygygy ggggny l
    pos_{auditentry,approval}_history
nynyny ngngny nnnnnn = l
    pos_{auditentry,approval}_change
yyyyyy = mmmmmm = ym
    pos_public_{receipt,invoice}
yynyxy xxnxyy yynyxy xxnxyy l
    pos_receipt_invoice
    pos_{account,refund}_receipt_pdf
mmmmmm = ccnxxc xxxxcc u
    pos_register_print
mmmmmm = ccnnxc xxnncc u
    pos_register_mail
nnnnnn = nnnnnn = l
    pos_register_test_page
yynnny nnnnyy yynnny nnnnyy l
    pos_order_email_receipt
nynyny = nynyny = l
    pos_printjob_changelist
    pos_orderbatch_changelist
nynygy ggggny nynygy ggggny l
    pos_printjob_history
nynyny ngngny nnnnnn = l
    pos_printjob_change
nnnnnn = nnnnnn = l
    pos_printjob_{add,delete}
    pos_orderbatch_{add,delete}
rrrrrr = rrrrrr = l
    admin/pos/{printjob,orderbatch}/<path:object_id>/
gggggy = gggggy = l
    pos_orderbatch_history
ngngny = nnnnnn = l
    pos_orderbatch_change
nnnnny = nnnnny = l
    pos_orderbatch_take_out
nrnrnr nxnxnr nrnrnr nxnxnr l
    pos_cashsession_show_report
nynyxy xxxxny mmmmmm = l
    pos_session_report{,_pdf}
mmmmmm = n+nxx+ xxxxn+ u
    pos_register_cash
bbnnbb = ccnnnc nnnncc u
    pos_register_dues
bbnnbb = ++nnn+ nnnn++ u
    pos_register_gift_card
yynyxy xxnxyy mmmmmm = l
    pos_account_receipt
mmmmmm = yynyxy xxnxyy u
    pos_account_receipt_printed
yynyyy = mmmmmm = l
    pos_statement
mmmmmm = yynyyy = l
    pos_statement_{pdf,xlsx}
rrnrrr = rrnrrr = l
    pos_customer_show_statement
rrnrnr nnnnrr rrnrnr nnnnrr l
    pos_accountpayment_show_receipt
nynnny nnnnny nynnny nnnnny l
    pos_balance_{adjust,set_expiry,block}
nnnnnn = nnnnnn = l
    pos_balance_unblock
    pos_{accountpayment,balance}_add
    pos_{accountpayment,balance}_delete
yynyyy = yynyyy = l
    pos_{accountpayment,balance}_changelist
yygygy ggggyy yygygy ggggyy l
    pos_accountpayment_history
yynygy ggggyy yynygy ggggyy l
    pos_balance_history
yynygy ggngyy nnnnnn = l
    pos_{accountpayment,balance}_change
rrrrrr = rrrrrr = l
    admin/pos/{accountpayment,balance}/<path:object_id>/
nnnnnn = nnnnnn = l
    pos_refund_{add,delete}
rrrrrr = rrrrrr = l
    admin/pos/refund/<path:object_id>/
yynyyy = yynyyy = l
    pos_refund_changelist
yygygy ggggyy yygygy ggggyy l
    pos_refund_history
yynygy ggngyy nnnnnn = l
    pos_refund_change
rrnrnr nnnnrr rrnrnr nnnnrr l
    pos_refund_show_receipt
yynyxy xxnxyy mmmmmm = l
    pos_refund_receipt
mmmmmm = yynyxy xxnxyy u
    pos_refund_receipt_printed
yynnyy = ++nnn+ nnnn++ u
    pos_register_returns
yynnxy xxnnyy mmmmmm = u
    pos_register_returned_order
mmmmmm = yynnxy xxnnyy u
    pos_register_price_return
mmmmmm = n+nxx+ xxxxn+ u
    pos_register_void
rrnnnr nnnnrr rrnnnr nnnnrr l
    pos_order_refund_sale
nynnny nnnnny nynnny nnnnny l
    pos_order_void_sale
yynnyy = mmmmmm = l
    pos_deliveries
mmmmmm = rrnnrr = l
    pos_deliveries_dispatch
    pos_delivery_move
yynnxy xxnnyy mmmmmm = l
    pos_delivery_slip
yynnny nnnnyy yynnny nnnnyy l
    pos_order_{dispatch_goods,goods_delivered}
nnnnnn = nnnnnn = l
    pos_order_{goods_failed,deliver_again,undo_step}
rrnnnr nnnnrr rrnnnr nnnnrr l
    pos_order_show_slip
yyyyyy = mmmmmm = ym
    pos_{display,display_state}
mmmmmm = bbnnxb xxnnbb u
    pos_register_display
mmmmmm = yynnxy xxnnyy u
    pos_register_display_address
nnnnny = nnnnny = l
    pos_register_renew_display
yyyyyy = mmmmmm = l
    pos_reports
rxxxxx xxxxrx mmmmmm mmmmmm l
    pos_saved_report
mmmmmm mmmmmm rxxxxx xxxxrx l
    pos_saved_report_{change,delete}
yynyyy = mmmmmm = l
    pos_report
mmmmmm = rrnrrr = l
    pos_report_save
mmmmmm = nynyny = l
    pos_report_file
nyynny = mmmmmm = l
    pos_imports
    pos_import_template
nyynny = nyynny = l
    pos_import_new
nrrnnr = nrrnnr = l
    pos_{product,category,stocklevel}_bring_in
nrnnnr = nrnnnr = l
    pos_customer_bring_in
nxxnny nxxnny nxxnnr nxxnnr l
    pos_import_job
nxxnny nxxnny mmmmmm mmmmmm l
    pos_import_progress
nxxnnx nxxnnx mmmmmm mmmmmm l
    pos_import_errors
"""


@dataclass(frozen=True)
class Row:
    cells: dict[tuple[str, str], str]  # (store, method) -> a letter for each of ROLES but nobody
    nobody: dict[str, str]

    def answer(self, role: str, where: str, method: str) -> str:
        if role == "nobody":
            return self.nobody[method]
        return self.cells[where, method][ROLES.index(role) - 1]


@cache
def expected() -> dict[str, Row]:
    rows: dict[str, Row] = {}
    for line in TABLE.strip().splitlines():
        if not line.startswith(" "):
            row = _row(*line.split())
            continue
        for name in _names(line.strip()):
            assert name not in rows, f"{name} is in the table twice"
            rows[name] = row
    return rows


def _row(get: str, get_other: str, post: str, post_other: str, nobody: str) -> Row:
    cells = {
        ("main", "GET"): get,
        ("other", "GET"): get if get_other == "=" else get_other,
        ("main", "POST"): post,
        ("other", "POST"): post if post_other == "=" else post_other,
    }
    return Row(cells, {"GET": nobody[0], "POST": nobody[-1]})


def _names(line: str) -> Iterator[str]:
    found = re.search(r"\{(.+)\}", line)
    for each in found[1].split(",") if found else [""]:
        name = line.replace(found[0], each) if found else line
        yield "" if name == "/" else name
