"""Columns of customers, people and roles. Never a password, a PIN, or anything that signs in."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from pos.models import Administrator, Customer, CustomerLevel, Seller

from .base import ListResource, SheetField


class CustomerResource(ListResource):
    name = SheetField("name")
    phone = SheetField("phone", kind="code")
    email = SheetField("email")
    address = SheetField("address")
    status = SheetField("status")
    level = SheetField("level")
    credit_limit = SheetField("credit_limit")
    orders = SheetField("order_count", _("orders"), kind="count", right="view_order")
    due = SheetField("due", _("due"), kind="money", right="view_order")
    store_credit = SheetField("store_credit", _("store credit"), kind="money", right="view_balance")
    note = SheetField("note")
    created_at = SheetField("created_at")

    class Meta:
        model = Customer


class CustomerLevelResource(ListResource):
    name = SheetField("name")
    discount_percent = SheetField("discount_percent")
    customers = SheetField("customer_count", _("customers"), kind="count", right="view_customer")
    position = SheetField("position")

    class Meta:
        model = CustomerLevel


def roles_of(person: Any) -> str:
    if person.is_superuser:
        return _now("Owner")
    return ", ".join(sorted(group.name for group in person.groups.all()))


class SellerResource(ListResource):
    first_name = SheetField("first_name")
    last_name = SheetField("last_name")
    username = SheetField("username")
    email = SheetField("email")
    phone = SheetField("phone", kind="code")
    address = SheetField("address")
    role = SheetField(title=_("role"), read=roles_of)
    level = SheetField("level")
    is_active = SheetField("is_active")
    joined_on = SheetField("joined_on")
    last_seen_at = SheetField("last_seen_at")
    prefetches = ("groups",)

    class Meta:
        model = Seller


class AdministratorResource(SellerResource):
    class Meta:
        model = Administrator


class RoleResource(ListResource):
    name = SheetField("name", _("role"))
    people = SheetField("people", _("people"), kind="count")
    rights = SheetField("held", _("rights"), kind="count")

    class Meta:
        model = Group
        name = _("roles")
