"""The start page, what is on it anew for whoever keeps it open, and the choice of its cards."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from pos.reports.glossary import GLOSSARY
from pos.reports.periods import PERIODS
from pos.services.days.rolling import keep_up
from pos.services.errors import PosError
from pos.services.start_page import choose_cards, reset_cards

from . import guide
from .card import Card
from .cards import allowed, offers, shown
from .look import NAMES, Look, look_of


def context(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What the start page shows. Unfold asks for it by name."""
    keep_up()
    look = look_of(request, is_kept=True)
    return {
        **context,
        **content(look),
        "title": _("Start"),
        "pos_may_sell": request.user.has_perm("pos.sell_order"),
    }


@never_cache
@require_safe
def cards(request: HttpRequest) -> HttpResponse:
    """The cards as they are now, for a page that is open: nobody did anything."""
    return TemplateResponse(request, "admin/start/cards.html", content(look_of(request)))


def content(look: Look) -> dict[str, Any]:
    """Cards of who looks; before the shop's first sale a guide instead."""
    is_trading = guide.has_sold()
    kinds = shown(look.user) if is_trading else []
    return {
        "look": look,
        "pos_cards": [content_of(kind(look)) for kind in kinds],
        "pos_steps": [] if is_trading else guide.steps(look.user),
        "pos_has_choice": is_trading and bool(allowed(look.user)),
        "pos_periods": [period_of(look, name) for name in NAMES],
        "pos_days": days_of(look),
        "pos_stores": look.stores if len(look.stores) > 1 else [],
        "pos_updated": timezone.now(),
    }


def content_of(card: Card) -> dict[str, Any]:
    word, meaning = GLOSSARY.get(card.term, ("", ""))
    is_figure = card.size == "figure"
    shown = {"card": card, "url": card.url(), "means": meaning, "is_figure": is_figure}
    return shown | card.content()


def period_of(look: Look, name: str) -> dict[str, Any]:
    is_here = name == look.period
    return {"title": PERIODS[name], "url": look.url(period=name), "is_here": is_here}


def days_of(look: Look) -> str:
    first, last = (date_format(day, "DATE_FORMAT") for day in (look.span.first, look.span.last))
    return first if first == last else f"{first} – {last}"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def customise(request: HttpRequest) -> HttpResponse:
    """Which cards, in which order. POST: those ticked, as they stand in the form; or `reset`."""
    if request.method == "POST":
        return _take_choice(request)
    page = {
        **admin.site.each_context(request),
        "title": _("Customise the start page"),
        "offers": offers(request.user),
    }
    return TemplateResponse(request, "admin/start/customise.html", page)


def _take_choice(request: HttpRequest) -> HttpResponse:
    try:
        if "reset" in request.POST:
            reset_cards(user=request.user)
        else:
            choose_cards(user=request.user, cards=request.POST.getlist("card"))
    except PosError as error:
        messages.error(request, error.message)
        return redirect("admin:pos_start_customise")
    messages.success(request, _("The start page is as you want it."))
    return redirect("admin:index")
