"""Sellers and administrators. What a person may do changes in the people service only."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from pos.models import Administrator, Seller, User
from pos.services.grants import stores_of
from pos.services.people import (
    matching_people,
    may_edit,
    save_administrator,
    save_seller,
    visible_people,
)
from pos.services.rights import is_administrator

from . import cells, people_forms
from .base import DocumentAdmin, PosModelAdmin
from .people_forms import FirstPassword
from .people_list import PeopleList, RoleFilter, StoreOfPersonFilter
from .person_security import PersonSecurity


def rights_actions(change: str) -> dict[str, Any]:
    """What an administrator can ask and do about somebody's rights, in one menu."""
    return {
        "title": _("Rights"),
        "icon": "admin_panel_settings",
        "items": ["show_why", "show_preview", change],
    }


class PersonAdmin(PersonSecurity, PeopleList, PosModelAdmin):
    """What sellers and administrators share."""

    class Media:
        css = {"all": ("pos/people.css",)}

    def __init__(self, model: Any, admin_site: Any) -> None:
        super().__init__(model, admin_site)
        # A proxy shares its model's history; the package looks for this mark on the proxy itself.
        self.opts.simple_history_manager_attribute = "history"

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.user = request.user
        form.first_password = getattr(request, "_pos_first_password", None)
        return form

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if request.method == "POST" and object_id is None and self.has_add_permission(request):
            typed = request.POST.get("password1", "")
            request._pos_first_password = FirstPassword.of(typed)  # type: ignore[attr-defined]
        return super().changeform_view(request, object_id, *args, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        first = [] if obj else [("password1", "password2")]
        reason = ["change_reason"] if obj else []
        return [
            (None, {"fields": ["username", ("first_name", "last_name"), *first, "is_active"]}),
            *self.rights_fieldsets(request, obj),
            (
                _("Person"),
                {"classes": ["tab"], "fields": [("phone", "email"), "address", "picture"]},
            ),
            (_("Work"), {"classes": ["tab"], "fields": [("level", "joined_on"), *reason]}),
        ]

    def rights_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return []

    def may_edit(self, request: HttpRequest, person: User) -> bool:
        """Asked once per request: form, menus and every dialog want to know. The service asks again."""
        known: dict[int, bool] = request.__dict__.setdefault("_pos_may_edit", {})
        if person.pk not in known:
            known[person.pk] = may_edit(user=request.user, person=person)
        return known[person.pk]

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

    def has_explain_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return is_administrator(request.user)

    @action(description=_("Why can they?"), icon="help_center", permissions=["explain"])
    def show_why(self, request: HttpRequest, object_id: str) -> HttpResponse:
        person = self.loaded(request, object_id)
        return HttpResponseRedirect(reverse("admin:pos_why") + f"?person={person.pk}")

    @action(description=_("What they see"), icon="visibility", permissions=["explain"])
    def show_preview(self, request: HttpRequest, object_id: str) -> HttpResponse:
        person = self.loaded(request, object_id)
        return HttpResponseRedirect(reverse("admin:pos_preview") + f"?person={person.pk}")

    def on_to(self, object_id: Any, kind: str = "") -> HttpResponse:
        """From a dialog to the person's page, in the list where they now stand."""
        name = f"admin:pos_{kind or self.opts.model_name}_change"
        return HttpResponse(headers={"HX-Redirect": reverse(name, args=[object_id])})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if kwargs.get("add"):  # the page with the first password leads on
            context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().render_change_form(request, context, *args, **kwargs)

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """The first password, shown once: it is not kept anywhere but in this answer."""
        first: FirstPassword = request._pos_first_password  # type: ignore[attr-defined]
        context = {
            **self.admin_site.each_context(request),
            "title": _("The account is ready"),
            "person": obj,
            "password": first.text if first.is_made else "",
            "list_url": reverse(f"admin:pos_{self.opts.model_name}_changelist"),
            "add_url": reverse(f"admin:pos_{self.opts.model_name}_add"),
            "account_url": reverse(f"admin:pos_{self.opts.model_name}_change", args=[obj.pk]),
        }
        response = TemplateResponse(request, "admin/people/first_password.html", context)
        add_never_cache_headers(response)
        return response


@admin.register(Seller)
class SellerAdmin(PersonAdmin):
    form = people_forms.SellerForm
    actions_detail = (
        "figures",
        "show_stores",
        rights_actions("promote"),
        *PersonSecurity.SECURITY_ACTIONS,
    )
    list_filter = (*PersonAdmin.list_filter, RoleFilter, StoreOfPersonFilter)

    def rights_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        # Who only looks gets no form, and a form's own fields would be empty.
        is_form = obj is None or self.has_change_permission(request, obj)
        fields = ["role", "stores"] if is_form else ["role_cell", "stores_text"]
        return [(_("Role and stores"), {"fields": fields})]

    @display(description=_("stores"))
    def stores_text(self, person: Any) -> str:
        if "_pos_stores" not in person.__dict__:  # a form to read asks several times
            person._pos_stores = ", ".join(store.name for store in stores_of(person))
        return person._pos_stores or cells.NOTHING

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or self.may_edit(request, obj))

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
        save_seller(user=request.user, person=obj, reason=reason, **form.rights())


@admin.register(Administrator)
class AdministratorAdmin(PersonAdmin):
    form = people_forms.AdministratorForm

    actions_detail = ("figures", rights_actions("demote"), *PersonSecurity.SECURITY_ACTIONS)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        # They belong to every store: whoever may see administrators sees all of them.
        return super(PeopleList, self).get_queryset(request).prefetch_related("groups")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("pos.change_administrator")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = request.user.has_perm("pos.change_administrator")
        return allowed and (obj is None or self.may_edit(request, obj))

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

    def search(self, request: HttpRequest, queryset: QuerySet, text: str) -> tuple[QuerySet, bool]:
        return matching_people(rows=queryset, text=text), False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:pos_seller_changelist"))

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        person = self.loaded(request, object_id)
        kind = "administrator" if is_administrator(person) else "seller"
        return HttpResponseRedirect(reverse(f"admin:pos_{kind}_change", args=[person.pk]))
