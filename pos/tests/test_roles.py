"""Roles are groups with rights; the owner's edits win."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.contrib.admin import site
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.urls import get_resolver, reverse

from pos import pages, roles
from pos.models import AuditEntry, Product, RoleLimit, Store, User
from pos.services.errors import Forbidden, Invalid
from pos.services.roles import new_rights, save_role, seed_roles

from . import factories

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


def test_the_cast_finds_goods_in_the_main_store(shirt: Product, tomatoes: Product) -> None:
    assert [str(level.on_hand) for level in shirt.stock_levels.all()] == ["12.000"]
    assert tomatoes.is_weighed


# --- Nothing is left out of the table ---------------------------------------------------------


def addresses() -> dict[str, list[str]]:
    """name of every address of the shop -> its converters' names; models' lists and forms apart."""
    usual = "changelist|add|change|delete|history|simple_history"
    models = "|".join(f"{m._meta.app_label}_{m._meta.model_name}" for m in apps.get_models())
    found: dict[str, list[str]] = {}

    def walk(patterns: Any, before: list[str]) -> None:
        for each in patterns:
            names = [*before, *each.pattern.converters]
            if hasattr(each, "url_patterns"):
                walk(each.url_patterns, names)
            elif each.name and not re.fullmatch(f"({models})_({usual})", each.name):
                found[each.name] = names

    walk(get_resolver().url_patterns, [])
    return found


def test_every_model_stands_in_the_table() -> None:
    placed = {model for area in roles.AREAS for model in area.models} | roles.MACHINERY
    ours = {model._meta.model_name for model in apps.get_app_config("pos").get_models()}
    assert {name for name in ours if not name.startswith("historical")} == placed


def test_every_screen_of_the_admin_is_of_a_model_in_the_table() -> None:
    """A package's own screens (second factors, permissions, …) would bring their own rules."""
    theirs = {model._meta.label for model in site._registry if model._meta.app_label != "pos"}
    assert theirs == {"auth.Group"}


def test_every_page_stands_in_the_table() -> None:
    """A new address without an entry fails here: say in PAGES who may open it."""
    assert set(addresses()) - set(pages.PAGES) == set()
    assert set(pages.PAGES) - set(addresses()) == set()


def test_every_right_that_a_model_names_is_explained() -> None:
    named = {
        code
        for model in apps.get_app_config("pos").get_models()
        for code, _name in model._meta.permissions
    }
    assert named - roles.OFFERED == set()
    asked = {right for page in pages.PAGES.values() for right in page.rights}
    assert asked <= roles.OFFERED | set(roles.ADMINISTRATORS_ONLY)
    given = set().union(*roles.ROLES.values()) - {"*"}
    assert given <= roles.with_bundled(roles.OFFERED)


def test_roles_hold_what_belongs_together() -> None:
    for rights in roles.ROLES.values():
        assert roles.with_bundled(rights) == rights


def test_no_page_of_the_guardian_package_exists() -> None:
    """Its pages would let whoever may change a store grant themselves everything."""
    assert [name for name in addresses() if "permission" in name] == []


SAMPLES: dict[str, Any] = {
    "person_id": 1,
    "store_id": 1,
    "order_id": 1,
    "session_id": 1,
    "approval_id": 1,
}
SAMPLES |= {"key": UUID(int=1), "kind": "products", "format": "csv", "name": "sales"}


@pytest.mark.parametrize("name", sorted(name for name, page in pages.PAGES.items() if page.rights))
def test_without_its_right_a_page_does_not_open(name: str, main: Store, signed_in: Any) -> None:
    nobody = factories.make_user("nobody", roles.SELLER, [main])
    nobody.groups.clear()
    wanted = addresses()[name]
    known = {**SAMPLES, "object_id": nobody.pk, "person_id": 999, "path": "x"}
    address = reverse(_namespaced(name), kwargs={each: known.get(each, 1) for each in wanted})
    for method in ("get", "post"):
        answer = getattr(signed_in(nobody), method)(address, follow=True)
        # A register's request is read before it is judged: an empty one is malformed.
        refused = (400, 403, 404, 405) if method == "post" else (403, 404, 405)
        assert answer.status_code in refused, (name, method, answer.status_code)


def _namespaced(name: str) -> str:
    return name if name in ("health", "picture") else f"admin:{name}"


# --- What releases and owners do to a role ----------------------------------------------------


def new_release(monkeypatch: Any) -> None:
    """The next release lets sellers open the drawer, and nobody else gets anything new."""
    later = {**roles.ROLES, roles.SELLER: roles.ROLES[roles.SELLER] | {"open_drawer"}}
    monkeypatch.setattr("pos.services.roles.ROLES", later)
    call_command("migrate", verbosity=0)


def test_an_owners_edit_survives_the_next_migrate(
    root: User, signed_in: Any, monkeypatch: Any
) -> None:
    role = Group.objects.get(name=roles.SELLER)
    rights = sorted(rights_of(roles.SELLER) & roles.OFFERED - {"give_discount"})
    address = reverse("admin:auth_group_change", args=[role.pk])
    data = {
        "name": role.name,
        "rights": rights,
        "change_reason": "No discounts here",
        **limits(role),
    }
    assert signed_in(root).post(address, data).status_code == 302
    expected = roles.ROLES[roles.SELLER] - {"give_discount"}
    assert rights_of(roles.SELLER) == expected
    new_release(monkeypatch)
    assert rights_of(roles.SELLER) == expected
    assert new_rights(role) == {"open_drawer"}
    page = signed_in(root).get(address).content.decode()
    assert page.count("pos-right-new") == 1
    entry = AuditEntry.objects.filter(kind="rights", model="auth.group").first()
    assert entry and entry.actor == root and entry.reason == "No discounts here"
    assert entry.changes == [[str(roles.sentence("give_discount")), "yes", "no"]]


def test_an_untouched_role_gets_what_a_release_adds(monkeypatch: Any) -> None:
    new_release(monkeypatch)
    assert rights_of(roles.SELLER) == roles.ROLES[roles.SELLER] | {"open_drawer"}
    assert rights_of(roles.MANAGER) == roles.ROLES[roles.MANAGER]
    call_command("migrate", verbosity=0)
    (entry,) = AuditEntry.objects.filter(kind="rights", model="auth.group")
    assert (entry.actor, entry.object_text, entry.reason) == (None, roles.SELLER, "New release")
    assert entry.changes == [[str(roles.sentence("open_drawer")), "no", "yes"]]


def test_administrators_get_every_right_again(db: None) -> None:
    Group.objects.get(name=roles.ADMINISTRATOR).permissions.clear()
    seed_roles()
    everything = Permission.objects.filter(content_type__app_label="pos")
    assert rights_of(roles.ADMINISTRATOR) == set(everything.values_list("codename", flat=True))


def test_a_role_of_the_owners_own_is_left_alone(root: User, monkeypatch: Any) -> None:
    role = save_role(user=root, role=Group(), name="Helper", rights={"view_product"})
    new_release(monkeypatch)
    assert rights_of("Helper") == {"view_product", "view_barcode"}
    assert new_rights(role) == set()


@pytest.mark.parametrize("name", [roles.MANAGER, roles.SELLER, roles.STOCK_KEEPER, roles.AUDITOR])
def test_only_administrators_edit_roles(name: str, main: Store, signed_in: Any) -> None:
    person = factories.make_user("kim", name, [main])
    role = Group.objects.get(name=roles.SELLER)
    before = rights_of(roles.SELLER)
    data = {"name": role.name, "rights": sorted(roles.OFFERED), **limits(role)}
    address = reverse("admin:auth_group_change", args=[role.pk])
    assert signed_in(person).post(address, data).status_code == 403
    assert signed_in(person).post(reverse("admin:auth_group_add"), data).status_code == 403
    seen = signed_in(person).get(address).status_code
    assert seen == (200 if name == roles.AUDITOR else 403)
    with pytest.raises(Forbidden):
        save_role(user=person, role=role, name=role.name, rights=roles.OFFERED)
    assert rights_of(roles.SELLER) == before


def test_a_role_holds_no_right_that_is_not_offered(root: User) -> None:
    role = Group.objects.get(name=roles.SELLER)
    for right in ("change_administrator", "delete_order", "change_user", "nonsense"):
        with pytest.raises(Forbidden):
            save_role(user=root, role=role, name=role.name, rights={right})
    assert rights_of(roles.SELLER) == roles.ROLES[roles.SELLER]


def test_the_administrators_role_and_the_delivered_names_stay(root: User) -> None:
    for name, new in ((roles.ADMINISTRATOR, roles.ADMINISTRATOR), (roles.SELLER, "Cashier")):
        with pytest.raises((Forbidden, Invalid)):
            save_role(user=root, role=Group.objects.get(name=name), name=new, rights=set())
    assert Group.objects.filter(name=roles.SELLER).exists()


def test_whoever_has_an_edited_role_signs_in_again(root: User, ana: User, signed_in: Any) -> None:
    client = signed_in(ana)
    assert client.get(reverse("admin:index")).status_code == 200
    role = Group.objects.get(name=roles.SELLER)
    save_role(user=root, role=role, name=role.name, rights={"view_product"})
    assert client.get(reverse("admin:index")).status_code == 302


def test_a_roles_page_names_who_has_it(ana: User, max_: User, root: User, signed_in: Any) -> None:
    role = Group.objects.get(name=roles.SELLER)
    page = signed_in(root).get(reverse("admin:auth_group_change", args=[role.pk]))
    assert page.context["role_people"] == [ana]


def test_a_roles_page_names_and_counts_people_of_ones_own_stores(
    ana: User, eve: User, ada: User, root: User, signed_in: Any
) -> None:
    role = Group.objects.get(name=roles.SELLER)
    for person, seen in ((ada, [ana]), (root, [ana, eve])):
        client = signed_in(person)
        page = client.get(reverse("admin:auth_group_change", args=[role.pk]))
        assert (page.context["role_people"], page.context["role_people_total"]) == (seen, len(seen))
        rows = client.get(reverse("admin:auth_group_changelist")).context["cl"].result_list
        people = {row.name: row.people for row in rows}
        assert (people[roles.SELLER], people[roles.ADMINISTRATOR]) == (len(seen), 1)


def test_an_auditor_reads_everything_and_writes_nothing(ada: User, main: Store) -> None:
    looking = {
        f"view_{model}" for area in roles.AREAS for model in area.models if model not in ("user",)
    }
    assert looking <= rights_of(roles.AUDITOR)
    assert {right for right in rights_of(roles.AUDITOR) if not right.startswith("view_")} == {
        "export_auditentry",
        "export_list",
    }


def limits(role: Group) -> dict[str, Any]:
    """What the browser sends for the limits beside the rights, where the page has them."""
    limit = RoleLimit.objects.get(role=role)
    names = (
        "discount_percent",
        "price_change_percent",
        "refund_amount",
        "credit_amount",
        "cash_difference",
    )
    values = {
        f"limit-0-{name}": getattr(limit, name) if getattr(limit, name) is not None else ""
        for name in names
    }
    return {
        "limit-TOTAL_FORMS": "1",
        "limit-INITIAL_FORMS": "1",
        "limit-0-id": limit.pk,
        "limit-0-role": role.pk,
        **values,
    }
