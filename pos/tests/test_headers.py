"""Headers on every answer that the shop gives: pages, requests, errors, redirects, files."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from pos.models import User

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# The loosest there is, and why: pos/README.md.
LOOSEST = {"script-src": ["'self'", "'unsafe-eval'"], "style-src": ["'self'", "'unsafe-inline'"]}
ELSE = {"'self'", "'none'", "data:"}
MAY_BE_KEPT = ("/static/", "/media/")


def addresses(patterns: Any = None, prefix: str = "/") -> list[str]:
    """Every address of the shop, with 1 for each part that it leaves open."""
    found = []
    for each in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(each.pattern).lstrip("^").rstrip("$")
        if isinstance(each, URLResolver):
            found += addresses(each.url_patterns, route)
        elif isinstance(each, URLPattern):
            found.append(route)
    return found


def filled(route: str) -> str:
    import re

    return re.sub(r"<[^>]+>|\(\?P<[^>]+>[^)]*\)", "1", route).replace("\\", "").rstrip("$")


def check(response: Any, address: str) -> None:
    wanted = dict(ALWAYS)
    if address.startswith(("/r/", "/display/")):  # the customer's link is a secret: it goes nowhere
        wanted["Referrer-Policy"] = "no-referrer"
    for name, value in wanted.items():
        assert response.headers.get(name) == value, (address, name)
    # One Unfold says SAMEORIGIN for its own; the policy's frame-ancestors is what browsers go by.
    assert response.headers.get("X-Frame-Options") in ("DENY", "SAMEORIGIN"), address
    assert "geolocation=()" in response.headers["Permissions-Policy"], address
    policy = dict(
        part.strip().split(" ", 1)
        for part in response.headers["Content-Security-Policy"].split(";")
        if " " in part.strip()
    )
    if not address.startswith("/media/"):
        assert policy["default-src"] == "'self'" and policy["object-src"] == "'none'", address
        assert policy["base-uri"] == policy["frame-ancestors"] == "'none'", address
    for name, value in policy.items():
        allowed = set(LOOSEST.get(name, ELSE))
        assert set(value.split()) <= allowed, (address, name, value)
    if not address.startswith(MAY_BE_KEPT):
        assert "no-store" in response.headers["Cache-Control"], address


@pytest.fixture(params=["root", "nobody"])
def client(request: pytest.FixtureRequest, root: User, signed_in) -> Client:
    client = signed_in(root) if request.param == "root" else Client()
    client.raise_request_exception = False
    return client


def test_on_every_address_there_is(client: Client) -> None:
    asked = sorted({filled(route) for route in addresses()})
    assert len(asked) > 60
    for address in asked:
        if "(?" not in address and "|" not in address:
            check(client.get(address), address)


@pytest.mark.parametrize(
    "address",
    ["/nowhere/", "/admin/nowhere/", "/admin/pos/order/999/change/", "/media/no.png", "/"],
)
def test_on_errors_and_redirects(client: Client, address: str) -> None:
    check(client.get(address), address)


def test_on_forgeries_wrong_hosts_and_broken_pages(root: User, signed_in, monkeypatch) -> None:
    forger = Client(enforce_csrf_checks=True)
    check(forger.post("/admin/login/", {}), "/admin/login/")
    check(Client().get("/admin/", headers={"host": "evil.example"}), "wrong host")
    client = signed_in(root)
    client.raise_request_exception = False
    monkeypatch.setattr("pos.views.register.NOTES", None)
    broken = client.get("/admin/register/bootstrap/")
    assert broken.status_code == 500
    check(broken, "broken")


def test_cookies_are_for_this_site_and_no_script(root: User) -> None:
    from pos.tests.factories import PASSWORD

    client = Client()
    client.post("/admin/login/", {"username": "root", "password": PASSWORD})
    cookie = client.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (
        True, "Lax", "/", "",
    )  # fmt: skip
