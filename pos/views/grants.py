"""Who may do what in which store: one table, seen from the store and from the person."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from unfold.widgets import BASE_INPUT_CLASSES, CHECKBOX_CLASSES

from pos.models import Seller, Store, User
from pos.roles import IN_STORE
from pos.services.errors import PosError
from pos.services.grants import WORK, change_grants, may_grant_in
from pos.services.people import matching_people, visible_people
from pos.services.rights import Grant, grant_rows, granted, is_administrator

from .parsing import read_text
from .people import kind_of, visible_person, way_back
from .shop import note_refusal

EACH = 50
LONGEST = 60


@dataclass
class Row:
    """A person or a store, with the three boxes."""

    key: int
    title: str
    below: str
    url: str
    person: User | None = None
    everywhere: frozenset[str] = frozenset()
    is_own: bool = False
    held: set[str] = field(default_factory=set)
    shown: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Table:
    """One side of the grants: whose page it is, and how a row becomes a grant."""

    title: str
    intro: str
    heading: str
    back: str
    head: dict[str, Any]
    empty: str
    rows: QuerySet
    row: Callable[[Any], Row]
    grant: Callable[[int, str], Grant]
    editable: frozenset[str]

    @property
    def is_of_people(self) -> bool:
        return self.rows.model is Seller


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def store_people(request: HttpRequest, store_id: int) -> HttpResponse:
    """Who may do what in this store."""
    user = request.user
    if not user.has_perm("pos.view_seller"):
        raise PermissionDenied
    store = get_object_or_404(Store.objects.visible_to(user), pk=store_id)
    text = _text(request)
    has_rights = Exists(grant_rows(stores=[store.pk]).filter(user_id=OuterRef("pk")))
    people = visible_people(user=user, rows=Seller.objects.all()).annotate(has_rights=has_rights)
    people = people.filter(Q(is_active=True) | Q(has_rights=True))
    people = matching_people(rows=people, text=text) if text else people
    editable = _editable(user, may_grant_in(user, store))
    table = Table(
        title=_("People in %(store)s") % {"store": store},
        intro=_(
            "Tick what somebody may do in this store. Administrators may do everything in every store."
        )
        if editable
        else _("What people may do in this store. An administrator changes it."),
        heading=_("Person"),
        back=_store_url(user, store),
        head={"opts": Store._meta, "original": store} if user.has_perm("pos.view_store") else {},
        empty=_nobody(user, text),
        rows=people.prefetch_related("groups").order_by(
            "-has_rights", "first_name", "last_name", "username", "pk"
        ),
        row=lambda person: Row(
            person.pk,
            str(person),
            ", ".join(group.name for group in person.groups.all()) or person.username,
            reverse("admin:pos_person_stores", args=[person.pk]),
            person=person,
            is_own=person.pk == user.pk,
        ),
        grant=lambda key, right: Grant(key, store.pk, right),
        editable=editable,
    )
    return _show(request, table, text)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def person_stores(request: HttpRequest, person_id: int) -> HttpResponse:
    """What this person may do in which store."""
    user = request.user
    if not user.has_perm("pos.view_seller"):
        raise PermissionDenied
    person = visible_person(user, person_id)
    if is_administrator(person):
        return HttpResponseRedirect(reverse("admin:pos_person_page", args=[person.pk]))
    text = _text(request)
    mine = {int(pk) for pk in grant_rows(people=[person.pk]).values_list("object_pk", flat=True)}
    first = Case(When(pk__in=mine, then=Value(0)), default=Value(1), output_field=IntegerField())
    stores = Store.objects.visible_to(user).filter(Q(is_active=True) | Q(pk__in=mine))
    stores = stores.filter(Q(name__icontains=text) | Q(code__icontains=text)) if text else stores
    may = person.pk != user.pk and (is_administrator(user) or user.has_perm("pos.change_seller"))
    editable = _editable(user, may)
    table = Table(
        title=_("Stores of %(person)s") % {"person": person},
        intro=_("Tick what %(person)s may do in each store.") % {"person": person}
        if editable
        else _("What %(person)s may do in each store. An administrator changes it.")
        % {"person": person},
        heading=_("Store"),
        back=reverse(f"admin:pos_{kind_of(person)}_change", args=[person.pk]),
        head=way_back(user, person),
        empty=_("No store has this name.") if text else _("No store yet. Add one under Stores."),
        rows=stores.order_by(first, "name", "pk"),
        row=lambda store: Row(
            store.pk,
            store.name,
            store.code,
            reverse("admin:pos_store_people", args=[store.pk]),
            is_own=person.pk == user.pk,
        ),
        grant=lambda key, right: Grant(person.pk, key, right),
        editable=editable,
    )
    return _show(request, table, text, person=person)


def _text(request: HttpRequest) -> str:
    return request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST]


def _editable(user: User, may: bool) -> frozenset[str]:
    if not may:
        return frozenset()
    return frozenset(IN_STORE) if is_administrator(user) else frozenset({WORK})


def _nobody(user: User, text: str) -> str:
    if text:
        return _("Nobody of this name. Look for a part of it, or make the account under Sellers.")
    if user.has_perm("pos.add_seller"):
        return _("Nobody works in the shop yet. Make the first account under Sellers.")
    return _("Nobody yet. An administrator gives people a store.")


def _store_url(user: User, store: Store) -> str:
    if not user.has_perm("pos.view_store"):
        return ""
    return reverse("admin:pos_store_change", args=[store.pk])


def _show(
    request: HttpRequest, table: Table, text: str, person: User | None = None
) -> HttpResponse:
    if request.method == "POST" and _saves(request, table):
        return HttpResponseRedirect(request.get_full_path())
    page = Paginator(table.rows, EACH).get_page(request.GET.get("page"))
    rows = _rows(table, page.object_list, person)
    if request.method == "POST":  # refused: what was ticked stays ticked
        for row in rows:
            row.shown = {right for right in IN_STORE if _box(row.key, right) in request.POST}
    context = {
        **admin.site.each_context(request),
        **table.head,
        "title": table.title,
        "checkbox": " ".join(CHECKBOX_CLASSES),
        "input": " ".join(BASE_INPUT_CLASSES),
        "table": table,
        "page": page,
        "rows": [(row, _boxes(row, table)) for row in rows],
        "columns": [(words[0], words[1]) for words in IN_STORE.values()],
        "q": text,
        "reason": request.POST.get("reason", ""),
        "may_save": bool(table.editable),
    }
    status = 400 if request.method == "POST" else 200
    return TemplateResponse(request, "admin/people/grants.html", context, status=status)


def _rows(table: Table, objects: Iterable[Any], person: User | None) -> list[Row]:
    """The page's rows with what is granted: two queries for any number of them."""
    objects = list(objects)
    rows = [table.row(each) for each in objects]
    people = {table.grant(row.key, WORK).person_id for row in rows}
    stores = {table.grant(row.key, WORK).store_id for row in rows}
    held = granted(people=people, stores=stores) if rows else set()
    roles = _everywhere(people)
    for row in rows:
        row.everywhere = roles.get(table.grant(row.key, WORK).person_id, frozenset())
        row.held = {right for right in IN_STORE if table.grant(row.key, right) in held}
        row.shown = set(row.held)
    return rows


def _everywhere(people: set[int]) -> dict[int, frozenset[str]]:
    """Rights that roles give in every store, by person."""
    found: dict[int, set[str]] = {}
    rows = User.groups.through.objects.filter(
        user_id__in=people,
        group__permissions__content_type__app_label="pos",
        group__permissions__codename__in=IN_STORE,
    )
    for person, right in rows.values_list("user_id", "group__permissions__codename"):
        found.setdefault(person, set()).add(right)
    return {person: frozenset(rights) for person, rights in found.items()}


def _boxes(row: Row, table: Table) -> list[dict[str, Any]]:
    return [
        {
            "name": _box(row.key, right),
            "label": words[0],
            "is_on": right in row.shown or right in row.everywhere,
            "is_fixed": row.is_own or right not in table.editable or right in row.everywhere,
            "is_everywhere": right in row.everywhere,
        }
        for right, words in IN_STORE.items()
    ]


def _box(key: int, right: str) -> str:
    return f"{right}-{key}"


def _saves(request: HttpRequest, table: Table) -> bool:
    """Write what differs from what the page showed: somebody else's change of a moment ago stays."""
    give: set[Grant] = set()
    take: set[Grant] = set()
    asked = [key for key in request.POST.getlist("row") if re.fullmatch(r"[0-9]{1,18}", key)]
    # Only who and what the page shows, whatever was sent.
    for key in table.rows.filter(pk__in=asked[:EACH]).values_list("pk", flat=True):
        was = set(request.POST.get(f"was-{key}", "").split())
        for right in table.editable:
            is_on = _box(key, right) in request.POST
            if is_on != (right in was):
                (give if is_on else take).add(table.grant(key, right))
    try:
        if not table.editable:
            raise PermissionDenied
        reason = read_text(request.POST.get("reason"), _("Reason"))
        number = change_grants(user=request.user, give=give, take=take, reason=reason)
    except PosError as error:
        note_refusal(request, error)
        messages.error(request, error.message)
        return False
    text = ngettext("%(number)s right changed.", "%(number)s rights changed.", number)
    messages.success(request, text % {"number": number} if number else _("Nothing changed."))
    return True
