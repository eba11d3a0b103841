"""The button that prints a document with its register's own printer, where it has one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from pos.services.errors import PosError
from pos.services.print_documents import DOCUMENTS
from pos.services.printing import has_printer
from pos.services.rights import require

# What a request calls the document that a print job points at.
NAMES = {"account_payment": "payment"}


def name_of(kind: str) -> str:
    """How a request names the document of this kind; empty for a kind that is none."""
    document = DOCUMENTS.get(kind)
    return NAMES.get(document.of, document.of) if document else ""


def print_here(request: HttpRequest, kind: str, document: Any) -> dict[str, Any] | None:
    """`body` for POST register/print/ and the button's `label`; None where there is no printer."""
    register = document.register
    if not has_printer(register):
        return None
    try:
        require(request.user, "sell_order", store=register.store_id)
    except PosError:
        return None
    return {
        "body": {"kind": kind, "register": register.pk, name_of(kind): document.pk},
        "label": _("Print at %(register)s") % {"register": register.name},
    }
