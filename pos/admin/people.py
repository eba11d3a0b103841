"""Sellers, administrators and roles. What a person may do changes in the people service only."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import BooleanRadioFilter, ChoicesDropdownFilter
from unfold.decorators import action, display

from pos.models import Administrator, Seller, User
from pos.services.people import (
    is_administrator,
    may_edit,
    save_administrator,
    save_seller,
    shop_permissions,
    visible_people,
)

from . import cells, people_forms
from .base import DocumentAdmin, PosModelAdmin, ScopedAdmin, is_history

LEVELS = {
    "new": "",
    "level-1": "primary",
    "level-2": "primary",
    "level-3": "primary",
    "top": "success",
}


class PersonAdmin(PosModelAdmin):
    """What sellers and administrators share."""

    list_display = (
        "person_cell",
        "phone",
        "email",
        "role_cell",
        "level_cell",
        "state_cell",
        "joined_on",
        "login_cell",
    )
    list_display_links = ("person_cell",)
    list_filter = (("is_active", BooleanRadioFilter), ("level", ChoicesDropdownFilter))
    search_fields = ("username", "first_name", "last_name", "phone", "email")
    search_help_text = _("Name, user name, phone or email")
    actions_detail = ("new_password",)
    is_scoped = True

    def __init__(self, model: Any, admin_site: Any) -> None:
        super().__init__(model, admin_site)
        # A proxy shares its model's history; the package looks for this mark on the proxy itself.
        self.opts.simple_history_manager_attribute = "history"

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request).prefetch_related("groups")
        return visible_people(user=request.user, rows=rows)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.user = request.user
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        first = [] if obj else [("password1", "password2")]
        reason = [] if is_history(request) or not obj else ["change_reason"]
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

    @display(description=_("last sign-in"), ordering="last_login")
    def login_cell(self, person: User) -> SafeString | str:
        return cells.when(person.last_login)

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

    def has_new_password_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        person = self.get_object(request, unquote(str(object_id)))
        return person is not None and self.has_change_permission(request, person)

    @action(
        description=_("New password"),
        icon="key",
        permissions=["new_password"],
        dialog=people_forms.SET_PASSWORD,
    )
    def new_password(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        self.message_user(request, _("The new password is set."), messages.SUCCESS)
        name = f"admin:pos_{self.opts.model_name}_change"
        return HttpResponse(headers={"HX-Redirect": reverse(name, args=[object_id])})


@admin.register(Seller)
class SellerAdmin(PersonAdmin):
    form = people_forms.SellerForm

    def rights_fieldsets(self, request: HttpRequest) -> list[Any]:
        return (
            [] if is_history(request) else [(_("Role and stores"), {"fields": ["role", "stores"]})]
        )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or may_edit(user=request.user, person=obj))

    def save_model(self, request: HttpRequest, obj: Seller, form: Any, change: bool) -> None:
        reason = form.cleaned_data.get("change_reason") or ""
        save_seller(user=request.user, person=obj, reason=reason, **form.rights())


@admin.register(Administrator)
class AdministratorAdmin(PersonAdmin):
    form = people_forms.AdministratorForm

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_superuser

    def save_model(self, request: HttpRequest, obj: Administrator, form: Any, change: bool) -> None:
        reason = form.cleaned_data.get("change_reason") or ""
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


admin.site.unregister(Group)


@admin.register(Group)
class RoleAdmin(ScopedAdmin):
    """Roles: whoever edits one gives rights away, so only the owner does."""

    list_display = ("name", "people_cell", "rights_cell")
    search_fields = ("name",)
    filter_horizontal = ("permissions",)
    fieldsets = ((None, {"fields": ("name", "permissions")}),)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_superuser

    has_change_permission = has_view_permission

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).prefetch_related("permissions", "user_set")

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "permissions":
            kwargs["queryset"] = shop_permissions()
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    @display(description=_("people"))
    def people_cell(self, role: Group) -> SafeString | str:
        return cells.figure(len(role.user_set.all()))

    @display(description=_("rights"))
    def rights_cell(self, role: Group) -> SafeString | str:
        return cells.figure(len(role.permissions.all()))
