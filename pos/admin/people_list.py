"""The lists of people: their columns, filters and search, the same for sellers and administrators."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group
from django.db.models import Case, Count, F, OuterRef, QuerySet, Subquery, Sum, Value, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import BooleanRadioFilter, ChoicesDropdownFilter
from unfold.decorators import display

from pos.models import Store, User
from pos.reports.people import Figures, month_of, month_sum
from pos.roles import ADMINISTRATOR
from pos.services.people import matching_people, visible_people
from pos.services.rights import grant_rows

from . import cells
from .base import PosChangeList
from .filters import ChoiceFilter

LEVELS = {
    "new": "",
    "level-1": "primary",
    "level-2": "primary",
    "level-3": "primary",
    "top": "success",
}
BY_LEVEL = Case(*(When(level=name, then=Value(place)) for place, name in enumerate(LEVELS)))
BY_ROLE = Subquery(Group.objects.filter(user=OuterRef("pk")).order_by("name").values("name")[:1])
# The names that a list sorts by, and the figure of the month behind each.
MONTH = {"month_orders": Count("pk"), "month_sales": Sum("total_amount")}


class RoleFilter(ChoiceFilter):
    """People by their role."""

    title = _("role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        roles = Group.objects.exclude(name=ADMINISTRATOR).order_by("name")
        return [(str(pk), name) for pk, name in roles.values_list("pk", "name")]

    def narrow(self, request: HttpRequest, queryset: QuerySet, value: str) -> QuerySet:
        return queryset.filter(groups__pk=value)


class StoreOfPersonFilter(ChoiceFilter):
    """People who were given something to do in a store."""

    title = _("store")
    parameter_name = "store"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        stores = Store.objects.visible_to(request.user).order_by("name")
        return [(str(pk), name) for pk, name in stores.values_list("pk", "name")]

    def narrow(self, request: HttpRequest, queryset: QuerySet, value: str) -> QuerySet:
        return queryset.filter(pk__in=grant_rows(stores=[int(value)]).values("user_id"))


class PeopleChangeList(PosChangeList):
    """Adds this month's figures: one query for the page. Sorted by them, they are worked out for all."""

    def get_ordering(self, request: HttpRequest, queryset: QuerySet) -> list[Any]:
        """As asked, and by name where that leaves people equal."""
        asked = [
            each for each in super().get_ordering(request, queryset) if each not in ("pk", "-pk")
        ]
        return [*(self._expression(request, each) for each in asked), *self.opts.ordering, "pk"]

    def _expression(self, request: HttpRequest, order: Any) -> Any:
        name = order.lstrip("-") if isinstance(order, str) else ""
        if name not in MONTH:
            return order
        figure = month_sum(user=request.user, figure=MONTH[name])
        return figure.desc() if order.startswith("-") else figure.asc()

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        people = list(self.result_list)
        months = month_of(user=request.user, people=[person.pk for person in people])
        for person in people:
            person.month = months.get(person.pk, Figures())
        self.result_list = people


class PeopleList:
    """What a list of people shows."""

    list_display = (
        "person_cell",
        "contact_cell",
        "role_cell",
        "level_cell",
        "state_cell",
        "joined_on",
        "seen_cell",
        "orders_cell",
        "sales_cell",
    )
    list_display_links = ("person_cell",)
    list_filter = (("is_active", BooleanRadioFilter), ("level", ChoicesDropdownFilter))
    search_fields = ("username", "first_name", "last_name", "phone", "email")
    search_help_text = _("Name, username, phone or email")
    is_scoped = True
    list_per_page = 25

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request).prefetch_related("groups")  # type: ignore[misc]
        return visible_people(user=request.user, rows=rows)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[PeopleChangeList]:
        return PeopleChangeList

    def search(self, request: HttpRequest, queryset: QuerySet, text: str) -> tuple[QuerySet, bool]:
        return matching_people(rows=queryset, text=text), False

    @display(description=_("name"), ordering="first_name")
    def person_cell(self, person: User) -> SafeString:
        return cells.person(person)

    @display(description=_("phone and email"), ordering="email")
    def contact_cell(self, person: User) -> SafeString | str:
        return cells.contact(person.phone, person.email)

    @display(description=_("role"), ordering=BY_ROLE)
    def role_cell(self, person: User) -> str:
        if person.is_superuser:
            return _now("Owner")
        return ", ".join(group.name for group in person.groups.all()) or cells.NOTHING

    @display(description=_("level"), ordering=BY_LEVEL)
    def level_cell(self, person: User) -> SafeString:
        return cells.label(LEVELS[person.level], person.get_level_display())

    @display(description=_("status"), ordering="is_active")
    def state_cell(self, person: User) -> SafeString:
        text = _("Active") if person.is_active else _("Inactive")
        return cells.label("success" if person.is_active else "danger", text)

    @display(description=_("last seen"), ordering=F("last_seen_at").asc(nulls_first=True))
    def seen_cell(self, person: User) -> SafeString | str:
        return cells.when(person.last_seen_at) if person.last_seen_at else _now("never")

    @display(description=_("orders this month"), ordering="month_orders")
    def orders_cell(self, person: Any) -> SafeString | str:
        if not person.month.orders:
            return cells.NOTHING
        url = reverse("admin:pos_person_page", args=[person.pk])
        return cells.link(url, person.month.orders)

    @display(description=_("sales this month"), ordering="month_sales")
    def sales_cell(self, person: Any) -> SafeString | str:
        return cells.money(person.month.sales) if person.month.orders else cells.NOTHING
