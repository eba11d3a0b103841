"""JSON doors for people who are signed in: one decorator, one strict reader, one shape of error."""

from __future__ import annotations

import functools
import json
import logging
from collections.abc import Callable
from typing import Any, NoReturn

from django.contrib import admin
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from pos.models import Approval
from pos.services.errors import (
    ApprovalNeeded,
    Forbidden,
    Invalid,
    KeyReused,
    NotFound,
    PosError,
)

from .sessions import is_locked
from .shop import TOLD, write_refusal

logger = logging.getLogger(__name__)
View = Callable[..., HttpResponse]
TOLD_BEFORE = frozenset({Approval.Kind.DISCOUNT, Approval.Kind.PRICE_CHANGE})


def json_view(
    *methods: str, while_locked: bool = False, is_strict: bool = False
) -> Callable[[View], View]:
    """Only signed-in staff, only these methods, CSRF checked; every refusal as JSON, never a 500.

    While the register is locked, only those answer that unlock it. What somebody may not do is
    written down; where carts and money go (`is_strict`) also what no register of ours would send.
    """

    def decorate(view: View) -> View:
        @csrf_protect
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in methods:
                return _wrong_method(methods)
            try:
                return view(request, *args, **kwargs)
            except PosError as error:
                _note_refusal(request, error, is_strict=is_strict)
                return problem(error.status, error.code, error.message, error.lines, **error.data)
            except OperationalError:
                return _busy()

        # Without a session there is nothing to forge: "signed out" is the truer answer, and first.
        @never_cache
        @csrf_exempt
        @functools.wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            refusal = _closed_door(request, while_locked=while_locked)
            return refusal or checked(request, *args, **kwargs)

        return wrapped

    return decorate


def _closed_door(request: HttpRequest, *, while_locked: bool) -> JsonResponse | None:
    """What answers before anything is looked at: signed out, somebody else's page, locked."""
    if not admin.site.has_permission(request):
        message = _("You are signed out. Sign in again; your cart is kept.")
        return problem(401, "signed_out", message)
    if not is_theirs(request):
        message = _("Somebody else is signed in by now. Reload the page.")
        return problem(409, "other_person", message)
    if is_locked(request) and not while_locked:
        message = _("The register is locked. Type a PIN to go on; the cart is kept.")
        return problem(423, "locked", message)
    return None


def _wrong_method(methods: tuple[str, ...]) -> JsonResponse:
    refusal = problem(405, "method_not_allowed", _("This address takes no such request."))
    refusal["Allow"] = ", ".join(methods)
    return refusal


def is_theirs(request: HttpRequest) -> bool:
    """Whether a page that says whose it is (X-Seller) still belongs to whoever is signed in."""
    return request.headers.get("X-Seller") in (None, str(request.user.pk))


def _busy() -> JsonResponse:
    logger.exception("The database is busy")
    busy = problem(503, "busy", _("The shop is very busy. Try again in a moment."))
    busy["Retry-After"] = "1"
    return busy


def _is_noted(error: PosError, *, is_strict: bool) -> bool:
    """What somebody may not do. What the shop's own changes refuse is business, and nobody's fault."""
    if error.code in TOLD:
        return False
    if isinstance(error, ApprovalNeeded):
        # The price door has told it: our register asks first, of all but sales on account.
        return is_strict and any(need["kind"] in TOLD_BEFORE for need in error.data["needs"])
    noted = (Forbidden, Invalid, NotFound, KeyReused) if is_strict else (Forbidden,)
    return isinstance(error, noted)


def _note_refusal(request: HttpRequest, error: PosError, *, is_strict: bool) -> None:
    # To look at a list is no attempt at anything: a device may remember a register that is gone.
    is_strict = is_strict and request.method == "POST"
    if not _is_noted(error, is_strict=is_strict):
        return
    try:
        body = json.loads(request.body)
        register_id = body.get("register") if isinstance(body, dict) else None
    except (ValueError, RecursionError, RequestDataTooBig, RawPostDataException):
        register_id = None
    write_refusal(request, reason=error.message, code=error.code, register_id=register_id)


def problem(status: int, code: str, message: str, lines: Any = (), **data: Any) -> JsonResponse:
    content = {"error": {**data, "code": code, "message": message, "lines": list(lines)}}
    return JsonResponse(content, status=status)


def read_json(request: HttpRequest) -> dict[str, Any]:
    """The body as an object. Raises Invalid for anything that is not strict JSON."""
    try:
        body = json.loads(
            request.body,
            parse_constant=_refuse,
            object_pairs_hook=_without_doubles,
            parse_float=_Float,
        )
    except (ValueError, RecursionError, RequestDataTooBig, RawPostDataException) as error:
        raise Invalid(
            "malformed", _("The register sent something unreadable. Reload the page.")
        ) from error
    if not isinstance(body, dict):
        raise Invalid("malformed", _("The register sent something unreadable. Reload the page."))
    return body


class _Float(float):
    """A number with a point: kept apart, since amounts and quantities travel as text."""


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = dict(pairs)
    if len(keys) != len(pairs):
        raise ValueError("a name stands twice")
    return keys


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a missing or old token in the shape that was asked for."""
    if request.content_type == "application/json" or request.headers.get("X-CSRFToken"):
        return problem(403, "csrf", _("This page is too old. Reload it; your cart is kept."))
    from django.views.csrf import csrf_failure as page

    return page(request, reason)
