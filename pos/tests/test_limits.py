"""Limits of roles: seeded once, edited by the owner, the widest of a person's roles counts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group

from pos import roles
from pos.models import RoleLimit, User
from pos.services.limits import AMOUNTS, PERCENTAGES, limit_of, limits_in_currency
from pos.services.roles import seed_roles

pytestmark = pytest.mark.django_db


def limits(person: User) -> dict[str, Decimal | None]:
    fresh = User.objects.get(pk=person.pk)
    return {name: limit_of(fresh, name) for name in (*PERCENTAGES, *AMOUNTS)}


def test_every_role_has_its_limits() -> None:
    assert set(RoleLimit.objects.values_list("role__name", flat=True)) == set(roles.ROLES)


def test_seller_goes_less_far_than_manager_and_administrator_as_far_as_they_like(
    ana: User, max_: User, root: User
) -> None:
    assert [limits(ana)[name] for name in (*PERCENTAGES, *AMOUNTS)] == [10, 0, 50, 100, 5]
    assert [limits(max_)[name] for name in (*PERCENTAGES, *AMOUNTS)] == [50, 50, 500, 1000, 100]
    assert set(limits(root).values()) == {None}


def test_what_the_owner_set_survives_an_upgrade(ana: User) -> None:
    RoleLimit.objects.filter(role__name=roles.SELLER).update(discount_percent=Decimal(25))
    RoleLimit.objects.filter(role__name=roles.AUDITOR).delete()
    seed_roles()
    assert limits(ana)["discount_percent"] == 25
    assert RoleLimit.objects.filter(role__name=roles.AUDITOR).count() == 1


def test_widest_of_several_roles_counts(ana: User) -> None:
    ana.groups.add(Group.objects.get(name=roles.MANAGER))
    assert limits(ana)["discount_percent"] == 50
    RoleLimit.objects.filter(role__name=roles.SELLER).update(discount_percent=None)
    assert limits(ana)["discount_percent"] is None


def test_role_without_limits_does_not_widen_another(ana: User) -> None:
    ana.groups.add(Group.objects.create(name="Choir"))
    assert limits(ana)["discount_percent"] == 10


def test_limits_are_asked_once_per_person(ana: User, django_assert_num_queries: Any) -> None:
    fresh = User.objects.get(pk=ana.pk)
    with django_assert_num_queries(1):
        assert limit_of(fresh, "discount_percent") == 10
        assert limit_of(fresh, "cash_difference") == 5


def test_amounts_of_a_currency_without_cents_are_a_hundredfold(settings: Any) -> None:
    settings.POS_CURRENCY = "JPY"
    assert limits_in_currency(roles.LIMITS[roles.SELLER]) == {
        "discount_percent": 10,
        "price_change_percent": 0,
        "refund_amount": 5000,
        "credit_amount": 10000,
        "cash_difference": 500,
    }
