"""One person's own page: what they sell, what they may do. Everybody has one: “My page”."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from pos.models import Administrator, Seller, Store, User
from pos.money import format_money
from pos.reports.people import Figures, figures_of, latest_orders, month_start
from pos.roles import IN_STORE
from pos.services.people import may_edit, visible_people
from pos.services.rights import granted, is_administrator


@dataclass(frozen=True)
class Card:
    """One figure, what it is about, and the list behind it."""

    title: str
    figure: str
    below: str
    url: str


@never_cache
@require_safe
def my_page(request: HttpRequest) -> HttpResponse:
    return _page(request, request.user, _("My page"))


@never_cache
@require_safe
def person_page(request: HttpRequest, person_id: int) -> HttpResponse:
    person = visible_person(request.user, person_id)
    return _page(request, person, str(person), **way_back(request.user, person))


def visible_person(user: User, person_id: int) -> User:
    """Oneself, or somebody of one's stores (else 404) with the right to look (else 403)."""
    if person_id == user.pk:
        return user
    if not (user.has_perm("pos.view_seller") or user.has_perm("pos.view_administrator")):
        raise PermissionDenied
    found = User.objects.filter(pk=person_id)
    person = found.first()
    if person is not None and not is_administrator(person):  # who belongs to every store
        person = visible_people(user=user, rows=found).first()
    if person is None or not user.has_perm(f"pos.view_{kind_of(person)}"):
        raise Http404
    return person


def kind_of(person: User) -> str:
    """The list that this person stands in."""
    return "administrator" if is_administrator(person) else "seller"


def way_back(user: User, person: User) -> dict[str, Any]:
    """For the page's head: the list of people, and the account; nothing for who may not open them."""
    kind = kind_of(person)
    if not user.has_perm(f"pos.view_{kind}"):
        return {}
    model = Administrator if kind == "administrator" else Seller
    names = {name: getattr(person, name) for name in ("username", "first_name", "last_name")}
    return {"opts": model._meta, "original": model(pk=person.pk, **names)}


def _page(request: HttpRequest, person: User, title: str, **head: Any) -> HttpResponse:
    user = request.user
    today, month = figures_of(user=user, person=person)
    sees_orders = user.has_perm("pos.view_order")
    first, now = month_start(), timezone.localdate()
    context = {
        **admin.site.each_context(request),
        **head,
        "title": title,
        "person": person,
        "roles": _("Owner") if person.is_superuser else role_names(person),
        "sells": person.pk == user.pk and user.has_perm("pos.sell_order"),
        "is_own": person.pk == user.pk,
        "is_everywhere": is_administrator(person),
        "stores": _stores(user, person),
        "cards": [
            *_cards(person, today, _("today"), now if sees_orders else None),
            *_cards(person, month, _("this month"), first if sees_orders else None),
        ],
        "orders": [
            {
                "url": reverse("admin:pos_order_change", args=[order.pk]) if sees_orders else "",
                "number": order.number,
                "below": " · ".join(
                    str(part) for part in (order.store, order.customer, _moment(order)) if part
                ),
                "total": _money(order.total_amount),
            }
            for order in latest_orders(user=user, person=person)
        ],
        "orders_url": _orders_url(person) if sees_orders else "",
        "edit_url": _edit_url(user, person),
        "stores_url": _stores_url(user, person),
        "trail_url": _trail_url(user, person),
    }
    return TemplateResponse(request, "admin/people/page.html", context)


def role_names(person: User) -> str:
    return ", ".join(group.name for group in person.groups.order_by("name")) or _("no role")


def _cards(person: User, figures: Figures, period: str, first: date | None) -> list[Card]:
    url = _orders_url(person, first) if first else ""
    rows = [
        (_("Sales"), _money(figures.sales)),
        (_("Orders"), str(figures.orders)),
        (_("Average basket"), _money(figures.average) if figures.orders else "–"),
        (_("Discounts given"), _money(figures.discounts)),
    ]
    return [Card(title, figure, period, url) for title, figure in rows]


def _orders_url(person: User, first: date | None = None) -> str:
    query = {"seller__id__exact": person.pk, "status__exact": "completed"}
    if first:
        query["created_at_from_0"] = first.isoformat()
    return f"{reverse('admin:pos_order_changelist')}?{urlencode(query)}"


def _edit_url(user: User, person: User) -> str:
    kind = kind_of(person)
    may = user.has_perm(f"pos.view_{kind}") or may_edit(user=user, person=person)
    return reverse(f"admin:pos_{kind}_change", args=[person.pk]) if may else ""


def _trail_url(user: User, person: User) -> str:
    """What this person did, in the audit trail; empty for who may not read it."""
    if not user.has_perm("pos.view_auditentry"):
        return ""
    return f"{reverse('admin:pos_auditentry_changelist')}?actor__id__exact={person.pk}"


def _stores_url(user: User, person: User) -> str:
    """Where somebody else's stores are given; empty for who may not."""
    may = (
        person.pk != user.pk and not is_administrator(person) and may_edit(user=user, person=person)
    )
    return reverse("admin:pos_person_stores", args=[person.pk]) if may else ""


def _stores(user: User, person: User) -> list[dict[str, Any]]:
    """What this person may do where, by name, in the stores that `user` sees."""
    grants = granted(people=[person.pk])
    stores = Store.objects.visible_to(user).filter(pk__in={grant.store_id for grant in grants})
    return [
        {
            "name": store.name,
            "rights": [
                words[0]
                for right, words in IN_STORE.items()
                if any(g.store_id == store.pk and g.right == right for g in grants)
            ],
        }
        for store in stores.order_by("name")
    ]


def _moment(order: Any) -> str:
    local = timezone.localtime(order.created_at)
    return f"{formats.date_format(local)} {formats.time_format(local, 'H:i')}"


def _money(amount: Any) -> str:
    return format_money(amount, settings.POS_CURRENCY)
