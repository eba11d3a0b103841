"""What a browser's session is good for: everything, the register only (opened by PIN), or nothing (locked)."""

from __future__ import annotations

from django.contrib.auth import login
from django.http import HttpRequest
from django.urls import reverse

from pos.models import User
from pos.services.sign_in import PASSWORD_BACKEND

LOCKED = "pos_locked"
BY_PIN = "pos_by_pin"


def enter(request: HttpRequest, person: User, *, by_pin: bool = False) -> None:
    """From here on the session is this person's: a new one, so that an overheard one is worth nothing."""
    login(request, person, PASSWORD_BACKEND)
    request.session.cycle_key()  # Django keeps the key when the same person signs in again
    request.session.pop(LOCKED, None)
    request.session.pop(BY_PIN, None)
    if by_pin:
        request.session[BY_PIN] = True


def lock(request: HttpRequest) -> None:
    request.session[LOCKED] = True


def unlock(request: HttpRequest, *, by_pin: bool) -> None:
    """After a PIN the session is good for the register only, whatever it was before."""
    request.session.pop(LOCKED, None)
    if by_pin:
        request.session[BY_PIN] = True
    request.session.cycle_key()


def is_locked(request: HttpRequest) -> bool:
    return bool(request.session.get(LOCKED))


def is_by_pin(request: HttpRequest) -> bool:
    return bool(request.session.get(BY_PIN))


def is_good_here(request: HttpRequest) -> bool:
    """Whether the session reaches as far as this address.

    A PIN is short, so it opens the register and its receipts and nothing else of the admin. A locked
    register shows its cover; its requests refuse by themselves (views/json.py). Signing out works
    always.
    """
    name = (request.resolver_match.url_name if request.resolver_match else "") or ""
    if name == "logout":
        return True
    if is_locked(request):
        return name == "picture" or (is_at_register(request) and name.startswith("pos_register"))
    return not is_by_pin(request) or is_at_register(request)


def is_at_register(request: HttpRequest) -> bool:
    places = (reverse("admin:pos_register"), reverse("admin:index") + "receipts/", "/media/")
    return request.path.startswith(places)
