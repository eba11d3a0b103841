"""How far a role goes without asking, on the role's own page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline

from pos.models import RoleLimit
from pos.roles import LIMITS, SELLER
from pos.services.limits import AMOUNTS, PERCENTAGES, limits_in_currency

from .base import STRICT_FIELDS, WithoutTitle


class RoleLimitForm(forms.ModelForm):
    """A new role starts as careful as a seller; its limits are saved even if nobody touched them."""

    class Meta:
        model = RoleLimit
        fields = (*PERCENTAGES, *AMOUNTS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            careful = limits_in_currency(LIMITS[SELLER])
            for name, field in self.fields.items():
                if name in careful:
                    field.initial = careful[name]

    def has_changed(self) -> bool:
        return self.instance.pk is None or super().has_changed()


class RoleLimitInline(WithoutTitle, StackedInline):
    model = RoleLimit
    form = RoleLimitForm
    formfield_overrides = STRICT_FIELDS
    verbose_name_plural = _("limits: more needs somebody else's approval")
    fields = (PERCENTAGES, AMOUNTS[:2], AMOUNTS[2])
    can_delete = False
    min_num = max_num = 1
    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return request.user.has_perm("pos.view_rolelimit")

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return request.user.has_perm("pos.change_administrator")

    has_add_permission = has_change_permission

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return False
