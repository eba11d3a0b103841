"""Receipts that leave the till: by its network printer, or by email."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from pos.models import Order, PrintJob
from pos.services.mailing import send_receipt
from pos.services.printing import find_job, queue_print, retry_print_jobs

from .json import json_view, read_json
from .links import base_url
from .parsing import read_id, read_text
from .print_here import name_of
from .register import get_register


@json_view("POST")
def print_document(request: HttpRequest) -> HttpResponse:
    """Print a document, or try a job again that waits; answers how it stands.

    What is printed goes by the name of what it is of: order, refund, payment (on account), session.
    """
    body = read_json(request)
    register = get_register(request.user, read_id(body.get("register"), "register"))
    if body.get("job") is not None:
        job = find_job(user=request.user, job_id=read_id(body.get("job"), "job"))
        retry_print_jobs(user=request.user, jobs=[job], base=base_url(request))
        job.refresh_from_db()
        return JsonResponse(job_state(job))
    kind = read_text(body.get("kind"), "kind", limit=20)
    name = name_of(kind)
    job = queue_print(
        user=request.user,
        register=register,
        kind=kind,
        document_id=read_id(body.get(name), name) if name else None,
        base=base_url(request),
    )
    return JsonResponse(job_state(job), status=201)


def job_state(job: PrintJob) -> dict[str, Any]:
    return {
        "job": job.pk,
        "kind": job.kind,
        "status": job.status,
        "message": job.error,
        "print": job.print_number,
    }


@json_view("POST")
def mail(request: HttpRequest) -> HttpResponse:
    """Send a sale's receipt to an address: {"address"} as it was used."""
    body = read_json(request)
    address = send_receipt(
        user=request.user,
        order=Order(pk=read_id(body.get("order"), "order")),
        address=read_text(body.get("address"), "address", limit=254),
        base=base_url(request),
    )
    return JsonResponse({"address": address})
