"""Sellers and administrators. What a person may do changes in the people service only."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import BooleanRadioFilter, ChoicesDropdownFilter
from unfold.decorators import action, display

from pos.models import Administrator, Seller, User
from pos.reports.people import Figures, last_seen, month_of
from pos.roles import ADMINISTRATOR
from pos.services.people import (
    may_edit,
    save_administrator,
    save_seller,
    visible_people,
)
from pos.services.rights import is_administrator

from . import cells, people_forms
from .base import DocumentAdmin, PosChangeList, PosModelAdmin
from .filters import ChoiceFilter
from .person_security import PersonSecurity


class RoleFilter(ChoiceFilter):
    """People by their role."""

    title = _("role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        roles = Group.objects.exclude(name=ADMINISTRATOR).order_by("name")
        return [(str(pk), name) for pk, name in roles.values_list("pk", "name")]

    def narrow(self, request: HttpRequest, queryset: QuerySet, value: str) -> QuerySet:
        return queryset.filter(groups__pk=value)


LEVELS = {
    "new": "",
    "level-1": "primary",
    "level-2": "primary",
    "level-3": "primary",
    "top": "success",
}


class PeopleChangeList(PosChangeList):
    """Adds this month's figures and the last time somebody was seen: two queries for the page."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        people = list(self.result_list)
        ids = [person.pk for person in people]
        months, seen = month_of(user=request.user, people=ids), last_seen(ids)
        for person in people:
            person.month = months.get(person.pk, Figures())
            person.seen_at = seen.get(person.pk)
        self.result_list = people


class PersonAdmin(PersonSecurity, PosModelAdmin):
    """What sellers and administrators share."""

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
    search_help_text = _("Name, user name, phone or email")
    is_scoped = True
    list_per_page = 25

    def __init__(self, model: Any, admin_site: Any) -> None:
        super().__init__(model, admin_site)
        # A proxy shares its model's history; the package looks for this mark on the proxy itself.
        self.opts.simple_history_manager_attribute = "history"

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request).prefetch_related("groups")
        return visible_people(user=request.user, rows=rows)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[PeopleChangeList]:
        return PeopleChangeList

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.user = request.user
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        first = [] if obj else [("password1", "password2")]
        reason = ["change_reason"] if obj else []
        return [
            (None, {"fields": ["username", ("first_name", "last_name"), *first, "is_active"]}),
            *self.rights_fieldsets(request),
            (
                _("Person"),
                {"classes": ["tab"], "fields": [("phone", "email"), "address", "picture"]},
            ),
            (_("Work"), {"classes": ["tab"], "fields": [("level", "joined_on"), *reason]}),
        ]

    def rights_fieldsets(self, request: HttpRequest) -> list[Any]:
        return []

    @display(description=_("name"), ordering="first_name")
    def person_cell(self, person: User) -> SafeString:
        return cells.person(person)

    @display(description=_("phone and email"))
    def contact_cell(self, person: User) -> SafeString | str:
        return cells.two_lines(person.phone or cells.NOTHING, person.email)

    @display(description=_("last seen"), ordering="last_login")
    def seen_cell(self, person: User) -> SafeString | str:
        return cells.when(getattr(person, "seen_at", person.last_login))

    @display(description=_("orders this month"))
    def orders_cell(self, person: Any) -> SafeString | str:
        if not person.month.orders:
            return cells.NOTHING
        url = reverse("admin:pos_person_page", args=[person.pk])
        return cells.link(url, person.month.orders)

    @display(description=_("sales this month"))
    def sales_cell(self, person: Any) -> SafeString | str:
        return cells.money(person.month.sales) if person.month.orders else cells.NOTHING

    @display(description=_("role"))
    def role_cell(self, person: User) -> str:
        return ", ".join(group.name for group in person.groups.all()) or cells.NOTHING

    @display(description=_("level"), ordering="level")
    def level_cell(self, person: User) -> SafeString:
        return cells.label(LEVELS[person.level], person.get_level_display())

    @display(description=_("state"), ordering="is_active")
    def state_cell(self, person: User) -> SafeString:
        return (
            cells.label("success", _("Active"))
            if person.is_active
            else cells.label("danger", _("Inactive"))
        )

    def may_change_another(self, request: HttpRequest, object_id: Any) -> bool:
        person = self.get_object(request, unquote(str(object_id)))
        is_other = person is not None and person.pk != request.user.pk
        return is_other and self.has_change_permission(request, person)

    def has_new_password_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self.may_change_another(request, object_id)

    def has_figures_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self.has_view_permission(request)

    @action(
        description=_("New password"),
        icon="key",
        permissions=["new_password"],
        dialog=people_forms.SET_PASSWORD,
    )
    def new_password(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        self.message_user(request, _("The new password is set."), messages.SUCCESS)
        return self.on_to(object_id)

    @action(description=_("Figures"), icon="monitoring", permissions=["figures"])
    def figures(self, request: HttpRequest, object_id: str) -> HttpResponse:
        person = self.loaded(request, object_id)
        return HttpResponseRedirect(reverse("admin:pos_person_page", args=[person.pk]))

    def on_to(self, object_id: Any, kind: str = "") -> HttpResponse:
        """From a dialog to the person's page, in the list where they now stand."""
        name = f"admin:pos_{kind or self.opts.model_name}_change"
        return HttpResponse(headers={"HX-Redirect": reverse(name, args=[object_id])})

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """The first password, shown once: it is not kept anywhere but in this answer."""
        context = {
            **self.admin_site.each_context(request),
            "title": _("The account is ready"),
            "person": obj,
            "password": request._pos_first_password,  # type: ignore[attr-defined]
            "list_url": reverse(f"admin:pos_{self.opts.model_name}_changelist"),
            "add_url": reverse(f"admin:pos_{self.opts.model_name}_add"),
            "account_url": reverse(f"admin:pos_{self.opts.model_name}_change", args=[obj.pk]),
        }
        response = TemplateResponse(request, "admin/people/first_password.html", context)
        add_never_cache_headers(response)
        return response

    def remember_password(self, request: HttpRequest, form: Any) -> None:
        request._pos_first_password = form.made_password  # type: ignore[attr-defined]


@admin.register(Seller)
class SellerAdmin(PersonAdmin):
    form = people_forms.SellerForm
    actions_detail = (
        "figures",
        "show_stores",
        *PersonSecurity.SECURITY_ACTIONS,
        "promote",
    )
    list_filter = (*PersonAdmin.list_filter, RoleFilter)

    def rights_fieldsets(self, request: HttpRequest) -> list[Any]:
        return [(_("Role and stores"), {"fields": ["role", "stores"]})]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or may_edit(user=request.user, person=obj))

    def has_stores_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("pos.view_seller")

    def has_promote_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        if not request.user.has_perm("pos.change_administrator"):
            return False
        person = self.get_object(request, unquote(str(object_id)))
        return person is not None and person.is_active

    @action(description=_("Stores"), icon="storefront", permissions=["stores"])
    def show_stores(self, request: HttpRequest, object_id: str) -> HttpResponse:
        person = self.loaded(request, object_id)
        return HttpResponseRedirect(reverse("admin:pos_person_stores", args=[person.pk]))

    @action(
        description=_("Make administrator"),
        icon="shield_person",
        permissions=["promote"],
        dialog=people_forms.PROMOTE,
    )
    def promote(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        self.message_user(request, _("This person is an administrator now."), messages.SUCCESS)
        return self.on_to(object_id, "administrator")

    def save_model(self, request: HttpRequest, obj: Seller, form: Any, change: bool) -> None:
        reason = form.cleaned_data.get("change_reason") or ""
        self.remember_password(request, form)
        save_seller(user=request.user, person=obj, reason=reason, **form.rights())


@admin.register(Administrator)
class AdministratorAdmin(PersonAdmin):
    form = people_forms.AdministratorForm

    actions_detail = ("figures", *PersonSecurity.SECURITY_ACTIONS, "demote")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        # They belong to every store: whoever may see administrators sees all of them.
        return super(PersonAdmin, self).get_queryset(request).prefetch_related("groups")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("pos.change_administrator")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = request.user.has_perm("pos.change_administrator")
        return allowed and (obj is None or may_edit(user=request.user, person=obj))

    def has_demote_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        person = self.get_object(request, unquote(str(object_id)))
        is_owner = person is not None and person.is_superuser
        return not is_owner and self.may_change_another(request, object_id)

    @action(
        description=_("Make seller"),
        icon="badge",
        permissions=["demote"],
        dialog=people_forms.DEMOTE,
    )
    def demote(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        text = _("This person is no administrator any more. Give them stores now.")
        self.message_user(request, text, messages.SUCCESS)
        url = reverse("admin:pos_person_stores", args=[object_id])
        return HttpResponse(headers={"HX-Redirect": url})

    def save_model(self, request: HttpRequest, obj: Administrator, form: Any, change: bool) -> None:
        reason = form.cleaned_data.get("change_reason") or ""
        self.remember_password(request, form)
        save_administrator(user=request.user, person=obj, reason=reason)


@admin.register(User)
class UserAdmin(DocumentAdmin):
    """Not in the menu: what autocompletes and histories ask for. Leads on to the person's own page."""

    search_fields = ("username", "first_name", "last_name")
    is_scoped = True

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("pos.view_seller") and self.in_scope(request, obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return visible_people(user=request.user, rows=super().get_queryset(request))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:pos_seller_changelist"))

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        person = self.loaded(request, object_id)
        kind = "administrator" if is_administrator(person) else "seller"
        return HttpResponseRedirect(reverse(f"admin:pos_{kind}_change", args=[person.pk]))
