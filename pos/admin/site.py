"""The one site: the admin's lists, and our own pages under the same roof."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from unfold.sites import UnfoldAdminSite

from pos.views import close_session, palette, receipts, register
from pos.views import register_customers as customers
from pos.views import register_parked as parked
from pos.views import register_products as products
from pos.views import register_sales as sales


class PosAdminSite(UnfoldAdminSite):
    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.disable_action("delete_selected")  # records are switched off, documents stay

    def search(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return palette.palette(request, self.get_sidebar_list(request))

    def extra_urls(self) -> list[URLPattern]:
        return [*self.register_urls(), *self.document_urls()]

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
        ]

    def document_urls(self) -> list[URLPattern]:
        return [
            path(
                "register/close/<int:session_id>/",
                self.admin_view(close_session.close_session),
                name="pos_close_session",
            ),
            path("receipts/<int:order_id>/", self.admin_view(receipts.receipt), name="pos_receipt"),
            path("receipts/<int:order_id>/printed/", receipts.printed, name="pos_receipt_printed"),
        ]
