"""Somebody at a real till: the shop's server, a browser, and whoever signs in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page

from pos.models import User

from .screen import Screen

AT_THE_TILL = {"width": 1440, "height": 900}


@pytest.fixture
def page(chromium: Browser, live_server: Any) -> Iterator[Page]:
    """A blank page; a script that fails in it fails the test."""
    context = chromium.new_context(
        viewport=AT_THE_TILL, base_url=live_server.url, reduced_motion="reduce"
    )
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    yield page
    context.close()
    assert broken == []


@pytest.fixture
def sit_down(
    chromium: Browser, page: Page, live_server: Any, signed_in: Callable[[User], Client]
) -> Iterator[Callable[..., Screen]]:
    """sit_down(ana) is the register with Ana signed in; sit_down(max_, elsewhere=True) another device."""
    others: list[Any] = []

    def sit(user: User, *, elsewhere: bool = False) -> Screen:
        seat = page
        if elsewhere:
            others.append(
                chromium.new_context(
                    viewport=AT_THE_TILL, base_url=live_server.url, reduced_motion="reduce"
                )
            )
            seat = others[-1].new_page()
        cookies = signed_in(user).cookies
        seat.context.add_cookies(
            [
                {"name": name, "value": morsel.value, "url": live_server.url}
                for name, morsel in cookies.items()
            ]
        )
        return Screen(seat)

    yield sit
    for context in others:
        context.close()
