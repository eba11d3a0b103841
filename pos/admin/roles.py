"""Roles: every right a sentence, grouped by part of the shop. Edited by administrators only."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import CHECKBOX_CLASSES

from pos.models import User
from pos.roles import ADMINISTRATOR, AREAS, OFFERED, ROLES
from pos.services.errors import PosError
from pos.services.people import visible_people
from pos.services.roles import check_role, new_rights, rights_in, save_role

from . import cells
from .base import ScopedAdmin
from .forms import reason_field
from .role_limits import RoleLimitInline

PEOPLE_SHOWN = 60


class RightsWidget(forms.CheckboxSelectMultiple):
    """The rights by area. What is new in this release, and not given yet, is marked."""

    new: frozenset[str] = frozenset()

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        held = set(value or ())
        areas = [
            {
                "title": area.title,
                "rights": [
                    {
                        "code": code,
                        "sentence": text,
                        "is_held": code in held,
                        "is_new": code in self.new,
                    }
                    for code, text in area.rights.items()
                ],
                "held": len(held & set(area.rights)),
            }
            for area in AREAS
        ]
        context = {"name": name, "areas": areas, "checkbox": " ".join(CHECKBOX_CLASSES)}
        return render_to_string("admin/roles/rights.html", context)


class RoleForm(forms.ModelForm):
    user: Any
    rights = forms.MultipleChoiceField(
        label=_("What people with this role can do"),
        required=False,
        choices=sorted((right, right) for right in OFFERED),
        widget=RightsWidget,
    )
    change_reason = reason_field()

    class Meta:
        model = Group
        fields = ("name",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "name" not in self.fields:  # only to read
            return
        if self.instance.pk:
            self.fields["rights"].initial = sorted(rights_in(self.instance) & OFFERED)
            self.fields["rights"].widget.new = frozenset(new_rights(self.instance))
        if self.instance.name in ROLES:
            self.fields["name"].disabled = True
            self.fields["name"].help_text = _("This role came with the program and keeps its name.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors and "name" in cleaned:
            try:
                check_role(
                    user=self.user,
                    role=self.instance,
                    name=cleaned["name"],
                    rights=cleaned["rights"],
                )
            except PosError as error:
                raise forms.ValidationError(error.message, code=error.code) from error
        return cleaned


admin.site.unregister(Group)
# What Django calls a group is a role in this shop, on every page that names it.
Group._meta.verbose_name, Group._meta.verbose_name_plural = _("role"), _("roles")


@admin.register(Group)
class RoleAdmin(ScopedAdmin):
    """Whoever edits a role gives rights away, so only administrators do. Auditors look at it."""

    form = RoleForm
    list_display = ("name_cell", "people_cell", "rights_cell")
    list_display_links = ("name_cell",)
    search_fields = ("name",)
    ordering = ("name",)
    change_form_show_cancel_button = True
    warn_unsaved_form = True
    change_form_after_template = "admin/roles/people.html"
    inlines = (RoleLimitInline,)

    class Media:
        css = {"all": ("pos/roles.css",)}

    # --- rights --------------------------------------------------------------------------

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("pos.view_rolelimit")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("pos.change_administrator")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("pos.change_administrator")

    def get_inlines(self, request: HttpRequest, obj: Group | None = None) -> list[Any]:
        return [] if is_fixed(obj) else list(self.inlines)

    # --- list ----------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        offered = Q(permissions__content_type__app_label="pos", permissions__codename__in=OFFERED)
        counted, seen = Q(user__is_active=True), people_seen(request)
        if seen is not None:
            counted &= Q(name=ADMINISTRATOR) | Q(user__in=seen.values("pk"))
        return (
            super()
            .get_queryset(request)
            .annotate(
                people=Count("user", filter=counted, distinct=True),
                held=Count("permissions", filter=offered, distinct=True),
            )
        )

    @display(description=_("role"), ordering="name")
    def name_cell(self, role: Group) -> str:
        return role.name

    @display(description=_("people"))
    def people_cell(self, role: Group) -> SafeString | str:
        if role.name == ADMINISTRATOR:
            return cells.list_link("administrator", role.people)
        return cells.list_link("seller", role.people, role=role.pk)

    @display(description=_("rights"))
    def rights_cell(self, role: Group) -> SafeString | str:
        text = _("all") if role.name == ADMINISTRATOR else role.held
        return cells.figure(text)

    # --- page ----------------------------------------------------------------------------

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.user = request.user
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Group | None = None) -> list[Any]:
        may_change = self.has_change_permission(request) and not is_fixed(obj)
        reason = ["change_reason"] if may_change and obj else []
        rights = "rights" if may_change else "rights_text"
        return [
            (None, {"fields": ["name", *reason]}),
            (_("Rights"), {"fields": [rights]}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Group | None = None) -> list[str]:
        may_change = self.has_change_permission(request) and not is_fixed(obj)
        return ["rights_text"] if may_change else ["name", "rights_text"]

    @display(description=_("People with this role"))
    def rights_text(self, role: Group) -> SafeString:
        held = OFFERED if is_fixed(role) else rights_in(role)
        areas = [
            {
                "title": area.title,
                "sentences": [s for code, s in area.rights.items() if code in held],
            }
            for area in AREAS
        ]
        return render_to_string(
            "admin/roles/rights_text.html", {"areas": areas, "is_fixed": is_fixed(role)}
        )

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        role = kwargs.get("obj")
        if role is not None:
            people = role.user_set.order_by("-is_active", "first_name", "last_name", "username")
            if not is_fixed(role) and people_seen(request) is not None:
                people = visible_people(user=request.user, rows=people)
            kind = "administrator" if is_fixed(role) else "seller"
            preview = reverse("admin:pos_preview") + f"?role={role.pk}"
            context |= {
                "role_people": list(people[:PEOPLE_SHOWN]),
                "role_people_total": people.count(),
                "role_people_kind": f"admin:pos_{kind}_change",
                "role_preview": preview if self.has_change_permission(request) else "",
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Group, form: Any, change: bool) -> None:
        if is_fixed(obj):
            return
        save_role(
            user=request.user,
            role=obj,
            name=form.cleaned_data["name"],
            rights=form.cleaned_data["rights"],
            reason=form.cleaned_data.get("change_reason") or "",
        )

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        for each in formset.forms:
            each.instance._change_reason = form.cleaned_data.get("change_reason") or ""
        super().save_formset(request, form, formset, change)


def people_seen(request: HttpRequest) -> QuerySet[User] | None:
    """Those of the stores of whoever looks, as on the list of sellers; None: everybody."""
    if request.user.store_ids() is None:
        return None
    return visible_people(user=request.user, rows=User.objects.order_by())


def is_fixed(role: Group | None) -> bool:
    """Administrators have every right, always."""
    return role is not None and role.name == ADMINISTRATOR
