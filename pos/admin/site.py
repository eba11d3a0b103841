"""The one site: the admin's lists, and our own pages under the same roof."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from unfold.sites import UnfoldAdminSite

from pos.dashboard import pages as start
from pos.models import AuditEntry
from pos.services.audit import record
from pos.views import (
    account_receipts,
    audit,
    close_session,
    deliveries,
    grants,
    imports,
    palette,
    receipts,
    refund_receipts,
    register,
    reports,
    rights,
    saved_reports,
    security,
    session_report,
    sessions,
    sign_in,
    statements,
)
from pos.views import approvals as waiting
from pos.views import people as staff
from pos.views import register_accounts as accounts
from pos.views import register_approvals as approvals
from pos.views import register_customers as customers
from pos.views import register_display as display
from pos.views import register_documents as documents
from pos.views import register_drawer as drawer
from pos.views import register_parked as parked
from pos.views import register_people as people
from pos.views import register_products as products
from pos.views import register_returns as returns
from pos.views import register_sales as sales


class PosAdminSite(UnfoldAdminSite):
    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.disable_action("delete_selected")  # records are switched off, documents stay

    # --- signing in and out --------------------------------------------------------------

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and sessions.is_good_here(request)

    @method_decorator(never_cache)
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        if request.method == "GET" and self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        context = {**self.each_context(request), **(extra_context or {})}
        return sign_in.sign_in(request, context)

    def logout(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        person = request.user
        response: HttpResponse = super().logout(request, extra_context)
        if person.is_authenticated and not request.user.is_authenticated:
            record(AuditEntry.Kind.SIGN_OUT, user=person, obj=person)
        return response

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        context = {**self.each_context(request), **(extra_context or {})}
        return security.password(request, context)

    def account_urls(self) -> list[URLPattern]:
        view = self.admin_view
        at = "security/"
        return [
            path("login/code/", sign_in.sign_in_code, name="pos_sign_in_code"),
            path(at, view(security.security), name="pos_security"),
            path(f"{at}second-factor/", view(security.second_factor), name="pos_second_factor"),
        ]

    # --- our own pages -------------------------------------------------------------------

    def search(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return palette.palette(request, self.get_sidebar_list(request))

    def extra_urls(self) -> list[URLPattern]:
        return [
            *self.start_urls(),
            *self.account_urls(),
            *self.register_urls(),
            *self.return_urls(),
            *self.people_urls(),
            *self.staff_urls(),
            *self.document_urls(),
            *self.audit_urls(),
            *self.account_document_urls(),
            *self.approval_urls(),
            *self.delivery_urls(),
            *self.report_urls(),
            *self.import_urls(),
        ]

    def start_urls(self) -> list[URLPattern]:
        view = self.admin_view
        return [
            path("start/cards/", view(start.cards), name="pos_start_cards"),
            path("start/customise/", view(start.customise), name="pos_start_customise"),
        ]

    def register_urls(self) -> list[URLPattern]:
        at = "register/"
        return [
            path(at, self.admin_view(register.register_page), name="pos_register"),
            path(f"{at}bootstrap/", register.bootstrap, name="pos_register_bootstrap"),
            path(f"{at}session/", register.session, name="pos_register_session"),
            path(f"{at}products/", products.products, name="pos_register_products"),
            path(f"{at}scan/", products.scan, name="pos_register_scan"),
            path(f"{at}price/", sales.price_cart, name="pos_register_price"),
            path(f"{at}checkout/", sales.checkout, name="pos_register_checkout"),
            path(f"{at}customers/", customers.customers, name="pos_register_customers"),
            path(f"{at}parked/", parked.parked, name="pos_register_parked"),
            path(f"{at}parked/<int:order_id>/resume/", parked.resume, name="pos_register_resume"),
            path(
                f"{at}parked/<int:order_id>/discard/", parked.discard, name="pos_register_discard"
            ),
            path(f"{at}approvals/", approvals.approvals, name="pos_register_approvals"),
            path(
                f"{at}approvals/<int:approval_id>/",
                approvals.approval,
                name="pos_register_approval",
            ),
            path(
                f"{at}approvals/<int:approval_id>/pin/",
                approvals.approve_by_pin,
                name="pos_register_approval_pin",
            ),
            path(f"{at}no-sale/", drawer.no_sale, name="pos_register_no_sale"),
            path(f"{at}cash/", drawer.move, name="pos_register_cash"),
            path(f"{at}removed/", drawer.removed, name="pos_register_removed"),
            path(f"{at}display/", display.picture, name="pos_register_display"),
            path(f"{at}display/address/", display.address, name="pos_register_display_address"),
        ]

    def return_urls(self) -> list[URLPattern]:
        at = "register/returns/"
        return [
            path(at, returns.returns, name="pos_register_returns"),
            path(f"{at}price/", returns.price_return, name="pos_register_price_return"),
            path(f"{at}void/", returns.void, name="pos_register_void"),
            path(
                f"{at}<int:order_id>/", returns.returned_order, name="pos_register_returned_order"
            ),
            path(
                "receipts/refund/<int:refund_id>/",
                self.admin_view(refund_receipts.refund_receipt),
                name="pos_refund_receipt",
            ),
            path(
                "receipts/refund/<int:refund_id>/printed/",
                refund_receipts.refund_printed,
                name="pos_refund_receipt_printed",
            ),
            path(
                "receipts/refund/<int:refund_id>/receipt.pdf",
                self.admin_view(refund_receipts.pdf),
                name="pos_refund_receipt_pdf",
            ),
        ]

    def people_urls(self) -> list[URLPattern]:
        at = "register/"
        return [
            path(f"{at}people/", people.people, name="pos_register_people"),
            path(f"{at}switch/", people.switch, name="pos_register_switch"),
            path(f"{at}lock/", people.lock, name="pos_register_lock"),
            path(f"{at}unlock/", people.unlock, name="pos_register_unlock"),
        ]

    def staff_urls(self) -> list[URLPattern]:
        view = self.admin_view
        return [
            path("me/", view(staff.my_page), name="pos_my_page"),
            path("people/<int:person_id>/", view(staff.person_page), name="pos_person_page"),
            path(
                "people/<int:person_id>/stores/",
                view(grants.person_stores),
                name="pos_person_stores",
            ),
            path(
                "stores/<int:store_id>/people/", view(grants.store_people), name="pos_store_people"
            ),
            path("why/", view(rights.why), name="pos_why"),
            path("preview/", view(rights.preview), name="pos_preview"),
        ]

    def document_urls(self) -> list[URLPattern]:
        return [
            path(
                "register/close/<int:session_id>/",
                self.admin_view(close_session.close_session),
                name="pos_close_session",
            ),
            path(
                "sessions/<int:session_id>/report/",
                self.admin_view(session_report.session_report),
                name="pos_session_report",
            ),
            path(
                "sessions/<int:session_id>/report.pdf",
                self.admin_view(session_report.pdf),
                name="pos_session_report_pdf",
            ),
            path("receipts/<int:order_id>/", self.admin_view(receipts.receipt), name="pos_receipt"),
            path("receipts/<int:order_id>/printed/", receipts.printed, name="pos_receipt_printed"),
            path(
                "receipts/<int:order_id>/invoice.pdf",
                self.admin_view(receipts.invoice),
                name="pos_receipt_invoice",
            ),
            path("register/print/", documents.print_document, name="pos_register_print"),
            path("register/mail/", documents.mail, name="pos_register_mail"),
        ]

    def account_document_urls(self) -> list[URLPattern]:
        at = "receipts/account/<int:payment_id>/"
        view = self.admin_view
        customer = "customers/<int:customer_id>/statement"
        return [
            path("register/dues/", accounts.dues, name="pos_register_dues"),
            path("register/gift-card/", accounts.gift_card, name="pos_register_gift_card"),
            path(at, view(account_receipts.account_receipt), name="pos_account_receipt"),
            path(f"{at}printed/", account_receipts.printed, name="pos_account_receipt_printed"),
            path(f"{at}receipt.pdf", view(account_receipts.pdf), name="pos_account_receipt_pdf"),
            path(f"{customer}/", view(statements.statement), name="pos_statement"),
            path(f"{customer}.pdf", view(statements.statement_pdf), name="pos_statement_pdf"),
            path(f"{customer}.xlsx", view(statements.statement_xlsx), name="pos_statement_xlsx"),
        ]

    def delivery_urls(self) -> list[URLPattern]:
        view, at = self.admin_view, "deliveries/"
        return [
            path(at, view(deliveries.delivery_list), name="pos_deliveries"),
            path(
                f"{at}dispatch/", view(deliveries.dispatch_chosen), name="pos_deliveries_dispatch"
            ),
            path(f"{at}<int:order_id>/slip/", view(deliveries.slip), name="pos_delivery_slip"),
            path(
                f"{at}<int:order_id>/<str:verb>/", view(deliveries.move), name="pos_delivery_move"
            ),
        ]

    def report_urls(self) -> list[URLPattern]:
        view, at, own = self.admin_view, "reports/", "reports/saved/<int:pk>/"
        one = f"{at}<slug:name>/"
        return [
            path(at, view(reports.reports), name="pos_reports"),
            path(own, view(saved_reports.saved), name="pos_saved_report"),
            path(f"{own}change/", view(saved_reports.change), name="pos_saved_report_change"),
            path(f"{own}delete/", view(saved_reports.delete), name="pos_saved_report_delete"),
            path(one, view(reports.report), name="pos_report"),
            path(f"{one}save/", view(saved_reports.save), name="pos_report_save"),
            path(f"{one}file/<slug:kind>/", view(reports.report_file), name="pos_report_file"),
        ]

    def import_urls(self) -> list[URLPattern]:
        view, at = self.admin_view, "imports/"
        return [
            path(at, view(imports.import_list), name="pos_imports"),
            path(f"{at}new/", view(imports.new_import), name="pos_import_new"),
            path(
                f"{at}template/<slug:kind>.<slug:format>",
                view(imports.template_file),
                name="pos_import_template",
            ),
            path(f"{at}<uuid:key>/", view(imports.import_job), name="pos_import_job"),
            path(f"{at}<uuid:key>/progress/", view(imports.progress), name="pos_import_progress"),
            path(
                f"{at}<uuid:key>/errors.xlsx", view(imports.errors_file), name="pos_import_errors"
            ),
        ]

    def approval_urls(self) -> list[URLPattern]:
        view = self.admin_view
        return [
            path("approvals/", view(waiting.waiting), name="pos_approvals"),
            path(
                "approvals/<int:approval_id>/answer/",
                view(waiting.answer),
                name="pos_approval_answer",
            ),
        ]

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        """With the number of approvals that wait for this person beside the link to them."""
        groups: list[dict[str, Any]] = super().get_sidebar_list(request)
        page = reverse("admin:pos_approvals")
        for item in (item for group in groups for item in group["items"]):
            # Not by Unfold's callback: it would draw a badge for nothing, too.
            if item.get("link") == page and (count := waiting.waiting_count(request.user)):
                item |= {"badge": count, "badge_variant": "primary"}
        return groups

    def audit_urls(self) -> list[URLPattern]:
        view = self.admin_view
        return [
            path("audit/", view(audit.timeline), name="pos_audit"),
            path("audit/unusual/", view(audit.unusual), name="pos_audit_unusual"),
        ]
