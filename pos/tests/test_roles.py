"""Roles are groups with rights; the owner's edits win."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission

from pos import roles
from pos.models import Product, Store, User
from pos.services.roles import seed_roles

pytestmark = pytest.mark.django_db


def rights_of(role: str) -> set[str]:
    return set(Group.objects.get(name=role).permissions.values_list("codename", flat=True))


@pytest.mark.parametrize("role", sorted(set(roles.ROLES) - {roles.ADMINISTRATOR}))
def test_every_right_of_a_role_exists(role: str) -> None:
    assert rights_of(role) == roles.ROLES[role]


def test_administrators_have_every_right_of_the_shop() -> None:
    everything = Permission.objects.filter(content_type__app_label="pos")
    assert rights_of(roles.ADMINISTRATOR) == set(everything.values_list("codename", flat=True))


def test_seeding_again_keeps_what_the_owner_changed() -> None:
    seller = Group.objects.get(name=roles.SELLER)
    seller.permissions.remove(Permission.objects.get(codename="give_discount"))
    seed_roles()
    assert rights_of(roles.SELLER) == roles.ROLES[roles.SELLER] - {"give_discount"}


def test_a_missing_role_comes_back() -> None:
    Group.objects.get(name=roles.AUDITOR).delete()
    seed_roles()
    assert rights_of(roles.AUDITOR) == roles.ROLES[roles.AUDITOR]


def test_ana_works_in_her_own_store_only(ana: User, main: Store, other: Store) -> None:
    assert ana.store_ids() == frozenset({main.pk})
    assert ana.may("work_in_store", main.pk)
    assert not ana.may("work_in_store", other.pk)
    assert not ana.may("manage_store", main.pk)


def test_max_manages_the_main_store_and_nothing_else(max_: User, main: Store, other: Store) -> None:
    assert max_.may("manage_store", main.pk)
    assert not max_.may("manage_store", other.pk)
    assert max_.store_ids("manage_store") == frozenset({main.pk})


def test_ada_sees_reports_but_does_not_work_in_the_store(ada: User, main: Store) -> None:
    assert ada.may("view_store_reports", main.pk)
    assert not ada.may("work_in_store", main.pk)


def test_root_may_do_everything_everywhere(root: User, main: Store, other: Store) -> None:
    assert root.store_ids() is None
    assert root.may("manage_store", other.pk)


def test_nobody_sees_a_store_they_were_not_given(eve: User, main: Store, other: Store) -> None:
    assert list(Store.objects.visible_to(eve)) == [other]


def test_sellers_do_not_see_cost_and_auditors_change_nothing(ana: User, ada: User) -> None:
    assert not ana.has_perm("pos.view_cost")
    assert ada.has_perm("pos.view_cost")
    writing = ("add_", "change_", "delete_", "sell_", "adjust_", "void_", "move_", "give_")
    assert not [code for code in rights_of(roles.AUDITOR) if code.startswith(writing)]


def test_the_cast_finds_goods_in_the_main_store(shirt: Product, tomatoes: Product) -> None:
    assert [str(level.on_hand) for level in shirt.stock_levels.all()] == ["12.000"]
    assert tomatoes.is_weighed
