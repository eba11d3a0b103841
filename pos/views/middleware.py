"""On every answer: where it was asked from, who may keep it, and who has to do something else first."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from pos.services.presence import note_seen
from pos.services.second_factor import must_set_up

from .json import problem
from .sessions import is_locked

Answer = Callable[[HttpRequest], HttpResponse]
# A till needs none of these; a page that is tricked into asking gets nothing.
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)


class ClientAddress:
    """REMOTE_ADDR is the browser's address also behind our own proxies, and nothing it made up.

    Each proxy adds the address it was asked from at the end of X-Forwarded-For: with n proxies the
    n-th from the end was written by our outermost one; what stands before it anybody can write.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        proxies: int = settings.POS_PROXIES
        if proxies:
            forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
            addresses = forwarded.split(",") if forwarded else []
            if len(addresses) >= proxies:
                request.META["REMOTE_ADDR"] = addresses[-proxies].strip()
        request.META["REMOTE_ADDR"] = plain_address(request.META.get("REMOTE_ADDR", ""))
        return self.get_response(request)


def plain_address(text: str) -> str:
    """An IP address without port and zone; empty for what is none."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0].strip("[]"))
    except ValueError:
        return ""
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)


class PrivatePages:
    """Nothing of the shop stays in a browser's or proxy's store, unless the view says it may."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store, private"
        response.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return response


class UnfinishedAccounts:
    """A first password is changed, and a required second factor set up, before anything else."""

    FREE = {"login", "logout", "pos_sign_in_code", "jsi18n", "picture", "health"} | {
        "pos_public_receipt",
        "pos_public_invoice",
        "pos_display",
        "pos_display_state",
    }
    PASSWORD = FREE | {"password_change", "password_change_done"}
    SECOND_FACTOR = PASSWORD | {"pos_security", "pos_second_factor"}

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        name = request.resolver_match.url_name if request.resolver_match else ""
        if name in self.FREE or not request.user.is_authenticated:
            return None
        if request.user.must_change_password:
            if name in self.PASSWORD:
                return None
            message = _("Choose a new password first: reload this page.")
            return self.lead(request, "password_change", "password_change", message)
        if name not in self.SECOND_FACTOR and must_set_up(request.user):
            message = _("Set up your second factor first: reload this page.")
            return self.lead(request, "pos_second_factor", "second_factor", message)
        return None

    def lead(self, request: HttpRequest, page: str, code: str, message: str) -> HttpResponse:
        """A page leads there; the register's requests get a refusal that its screen understands."""
        doors = reverse("admin:pos_register")
        is_door = request.path.startswith(doors) and request.path != doors
        if is_door or request.headers.get("X-CSRFToken"):
            return problem(403, code, message)
        return HttpResponseRedirect(reverse(f"admin:{page}"))


class Presence:
    """Notes who is here, once the answer is made: whoever looks or acts, not a page that asks by itself."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        name = request.resolver_match.url_name if request.resolver_match else None
        # Approvals look for news every few seconds, on the page and at the register.
        is_by_itself = name == "pos_register_approval" or "part" in request.GET
        if name is None or name in UnfinishedAccounts.FREE or is_by_itself:
            return response
        if request.user.is_authenticated and not is_locked(request):
            note_seen(user=request.user)
        return response
