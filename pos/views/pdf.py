"""A document to take along as PDF."""

from __future__ import annotations

from django.http import HttpResponse

from pos.documents import draw_invoice
from pos.receipts import Receipt


def pdf_response(receipt: Receipt, *, title: str, name: str) -> HttpResponse:
    """On A4. `title`: what it is; `name`: of the file, without its ending."""
    response = HttpResponse(draw_invoice(receipt, title=title), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return response
