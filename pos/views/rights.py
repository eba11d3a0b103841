"""For administrators: why somebody can see or do something, and what a role or person sees."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from unfold.widgets import (
    UnfoldAdminSelect2Widget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from pos.models import Order, Store, User
from pos.pages import PAGES
from pos.roles import ADMINISTRATOR, AREAS, IN_STORE, sentence
from pos.services.rights import is_administrator
from pos.services.roles import rights_in
from pos.services.why import explain

# What somebody may ask about by its number.
RECORDS = (
    "order",
    "payment",
    "cashsession",
    "cashmovement",
    "stocklevel",
    "stockmovement",
    "approval",
    "register",
    "store",
)
BIGGEST = 10**18


def require_administrator(request: HttpRequest) -> None:
    if not (request.user.has_perm("pos.change_administrator") and is_administrator(request.user)):
        raise PermissionDenied


# --- Why? -------------------------------------------------------------------------------------


def right_choices() -> list[tuple[Any, Any]]:
    in_store = [(right, words[0]) for right, words in IN_STORE.items()]
    areas = [
        (
            area.title,
            [(right, text) for right, text in area.rights.items() if right not in IN_STORE],
        )
        for area in AREAS
    ]
    return [("", _("Choose a right")), (_("In a store"), in_store), *areas]


def record_choices() -> list[tuple[str, str]]:
    models = [apps.get_model("pos", name)._meta for name in RECORDS]
    return [("", _("No record")), *((each.model_name, str(each.verbose_name)) for each in models)]


def person_field(label: Any) -> forms.ModelChoiceField:
    """Everybody, to choose from by typing a part of the name."""
    return forms.ModelChoiceField(
        User.objects.all(),
        label=label,
        widget=UnfoldAdminSelect2Widget,
        empty_label=gettext_lazy("Choose a person"),
    )


class WhyForm(forms.Form):
    """A question: may this person do this, in this store or with this record?"""

    person = person_field(gettext_lazy("Person"))
    right = forms.ChoiceField(
        label=gettext_lazy("What"),
        choices=right_choices,
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text=gettext_lazy("Leave it empty to ask whether they see the record below."),
    )
    store = forms.ModelChoiceField(
        Store.objects.all(),
        label=gettext_lazy("In store"),
        required=False,
        widget=UnfoldAdminSelectWidget,
        empty_label=gettext_lazy("Anywhere"),
    )
    model = forms.ChoiceField(
        label=gettext_lazy("Record"),
        choices=record_choices,
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text=gettext_lazy("Only for a question about one receipt, payment, drawer and so on."),
    )
    object = forms.CharField(
        label=gettext_lazy("Its number"),
        required=False,
        max_length=40,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("The receipt number, or the number in the address of its page."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["record"] = self._record(cleaned.get("model"), cleaned.get("object", ""))
        if cleaned.get("model") and cleaned["record"] is None:
            self.add_error("object", _("There is no such record. Check the number."))
        if not cleaned.get("right"):
            if not cleaned.get("model"):
                self.add_error("right", _("Choose a right or a record."))
            cleaned["right"] = f"view_{cleaned.get('model')}"
        return cleaned

    def _record(self, model: str | None, text: str) -> Any:
        if not model:
            return None
        rows = apps.get_model("pos", model)._default_manager.all()
        if model == "order":
            numbered = Order.objects.filter(number__iexact=text).first()
            if numbered:
                return numbered
        is_id = text.isascii() and text.isdigit() and int(text) < BIGGEST
        return rows.filter(pk=int(text)).first() if is_id else None


@never_cache
@require_safe
def why(request: HttpRequest) -> HttpResponse:
    """?person=&right=&store=&model=&object= → yes or no, and the chain behind it."""
    require_administrator(request)
    is_asked = bool(request.GET.get("right") or request.GET.get("model"))
    form = WhyForm(request.GET if is_asked else None, initial=_initial(request))
    context = {
        **admin.site.each_context(request),
        "title": _("Why can somebody do this?"),
        "form": form,
    }
    if is_asked and form.is_valid():
        asked = form.cleaned_data
        context["answer"] = explain(
            person=asked["person"],
            right=asked["right"],
            store=asked["store"],
            record=asked["record"],
        )
        context["question"] = _question(asked)
    status = 400 if is_asked and not form.is_valid() else 200
    return TemplateResponse(request, "admin/rights/why.html", context, status=status)


def _initial(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET[name] for name in ("person", "store") if name in request.GET}


def _question(asked: dict[str, Any]) -> str:
    right = asked["right"]
    about = [IN_STORE[right][0] if right in IN_STORE else sentence(right)]
    if asked["store"]:
        about.append(asked["store"])
    if asked["record"] is not None:
        about.append(f"{asked['record']._meta.verbose_name} {asked['record']}")
    return " · ".join(str(part) for part in about)


# --- What do they see? ------------------------------------------------------------------------


@dataclass(frozen=True)
class RoleHolder:
    """Somebody who has one role and nothing else: only to ask what the role shows."""

    role: Group
    codes: frozenset[str]
    pk: int = 0
    id: int = 0
    is_active: bool = True
    is_staff: bool = True
    is_superuser: bool = False
    is_authenticated: bool = True
    is_anonymous: bool = False

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return obj is None and perm.removeprefix("pos.") in self.codes

    def __int__(self) -> int:
        return self.id  # as a value in a query: nobody

    def has_perms(self, perms: Any, obj: Any = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perms)

    def has_module_perms(self, app_label: str) -> bool:
        return app_label == "pos" and bool(self.codes)

    def store_ids(self, *rights: str) -> frozenset[int] | None:
        everywhere = self.codes & set(rights or User.STORE_RIGHTS)
        return None if everywhere else frozenset()

    def may(self, right: str, store_id: int) -> bool:
        return right in self.codes


class PersonForm(forms.Form):
    person = person_field(gettext_lazy("or a person"))


@never_cache
@require_safe
def preview(request: HttpRequest) -> HttpResponse:
    """?role= or ?person= → their sidebar, rights and pages. Nobody is signed in as anybody."""
    require_administrator(request)
    role, person = _id(request, "role"), _id(request, "person")
    seen, title = _seen(role, person)
    context = {
        **admin.site.each_context(request),
        "title": title,
        "roles": Group.objects.order_by("name"),
        "role_id": role,
        "person": seen if person else None,
        "is_administrator": isinstance(seen, RoleHolder) and seen.role.name == ADMINISTRATOR,
        "form": PersonForm(initial={"person": person}),
    }
    if seen is not None:
        context |= {
            "sidebar": _sidebar(request, seen),
            "areas": _areas(seen),
            "pages": _pages(seen),
            "is_switched_off": not seen.is_active,
        }
    return TemplateResponse(request, "admin/rights/preview.html", context)


def _seen(role: int | None, person: int | None) -> tuple[Any, str]:
    """Whose eyes, and the page's title."""
    if person:
        somebody = get_object_or_404(User, pk=person)
        return somebody, _("What %(person)s sees") % {"person": somebody}
    if role:
        group = get_object_or_404(Group, pk=role)
        holder = RoleHolder(group, frozenset(rights_in(group)))
        return holder, _("What the role “%(role)s” sees") % {"role": group}
    return None, _("What people see")


def _id(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and int(text) < BIGGEST else None


def _sidebar(request: HttpRequest, seen: Any) -> list[dict[str, Any]]:
    """The groups and links that this person would find, through the sidebar's own questions."""
    theirs = copy.copy(request)
    theirs.user = seen
    groups = []
    for group in admin.site.get_sidebar_list(theirs):
        items = [item for item in group["items"] if item["has_permission"]]
        if items:
            groups.append({"title": group.get("title", ""), "items": items})
    return groups


def _areas(seen: Any) -> list[dict[str, Any]]:
    return [
        {
            "title": area.title,
            "sentences": [
                text for right, text in area.rights.items() if seen.has_perm(f"pos.{right}")
            ],
        }
        for area in AREAS
    ]


def _pages(seen: Any) -> list[tuple[Any, bool]]:
    """Our own pages by title: whether they open."""
    return [
        (page.title, not page.rights or any(seen.has_perm(f"pos.{right}") for right in page.rights))
        for page in PAGES.values()
        if page.title
    ]
