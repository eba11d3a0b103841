"""The lists of people, and what a person's pages say: for a hundred people as for five."""

# ruff: noqa: F811  a fixture that comes by import is named again where it is asked for

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from pos import roles
from pos.models import Order, Store, User
from pos.services.errors import Invalid
from pos.services.grants import change_grants
from pos.services.people import matching_people, save_seller
from pos.services.rights import Grant

from . import factories
from .test_admin_lists import asked
from .test_admin_scope import sale  # noqa: F401  one shirt, sold by Ana in the main store

SignIn = Callable[[User], Client]
COLUMNS = [
    "person_cell", "contact_cell", "role_cell", "level_cell", "state_cell", "joined_on", "seen_cell",
    "orders_cell", "sales_cell",
]  # fmt: skip


def names(client: Client, kind: str = "seller", **query: Any) -> list[str]:
    page = client.get(reverse(f"admin:pos_{kind}_changelist"), query)
    assert page.status_code == 200
    return [row.username for row in page.context["cl"].result_list]


def order_by(column: str, *, down: bool = False) -> dict[str, str]:
    return {"o": f"{'-' if down else ''}{COLUMNS.index(column)}"}


def text_of(client: Client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


@pytest.fixture
def team(ana: User, max_: User, sam: User, eve: User, main: Store, other: Store) -> dict[str, User]:
    amelie = factories.make_user(
        "ame", roles.SELLER, [main, other], name="Amélie", last_name="Dvořák", phone="+33 6 55 01 00 03",
        email="amelie@example.org", level="top",
    )  # fmt: skip
    User.objects.filter(pk=max_.pk).update(level="level-3", is_active=False)
    return {"amelie": amelie, "ana": ana, "max": max_, "sam": sam, "eve": eve}


def test_both_lists_show_every_column(root: User, team: Any, signed_in: SignIn) -> None:
    for kind in ("seller", "administrator"):
        page = signed_in(root).get(reverse(f"admin:pos_{kind}_changelist"))
        assert list(page.context["cl"].list_display) == COLUMNS
        for text in ("Phone and email", "Role", "Level", "Status", "Joined", "Last seen"):
            assert text in page.content.decode()
    assert names(signed_in(root), "administrator") == ["root"]


def test_the_owner_is_called_so_with_and_without_a_role(
    root: User, main: Store, signed_in: SignIn
) -> None:
    """`createsuperuser` gives no role."""
    root.groups.clear()
    client = signed_in(root)
    assert "Owner" in text_of(client, reverse("admin:pos_administrator_changelist"))
    assert "Owner" in text_of(client, reverse("admin:pos_my_page"))


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("role_cell", ["max", "ame", "ana", "eve", "sam"]),
        ("level_cell", ["ana", "eve", "sam", "max", "ame"]),
        ("state_cell", ["max", "ame", "ana", "eve", "sam"]),
        ("orders_cell", ["ame", "eve", "max", "sam", "ana"]),
        ("sales_cell", ["ame", "eve", "max", "sam", "ana"]),
    ],
)
def test_lists_sort_by_what_they_show(
    column: str,
    expected: list[str],
    root: User,
    team: Any,
    sale: Order,
    signed_in: SignIn,
) -> None:
    assert names(signed_in(root), **order_by(column)) == expected
    if column.endswith(("orders_cell", "sales_cell")):
        assert names(signed_in(root), **order_by(column, down=True))[0] == "ana"


def test_a_list_is_sorted_by_figures_that_one_sees(
    root: User,
    team: Any,
    sale: Order,
    main: Store,
    other: Store,
    signed_in: SignIn,
) -> None:
    """Eve's manager learns nothing of what Ana sold in the other store, not even by sorting."""
    boss = factories.make_user("bea", roles.MANAGER, [other])
    change_grants(user=root, give=[Grant(team["ana"].pk, other.pk, "work_in_store")])
    shown = names(signed_in(boss), **order_by("sales_cell", down=True))
    assert shown != [] and set(shown) == {"ame", "ana", "bea", "eve"}
    rows = signed_in(boss).get(reverse("admin:pos_seller_changelist")).context["cl"].result_list
    assert {row.month.sales for row in rows} == {Decimal(0)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("amelie", {"ame"}),
        ("AMÉLIE dvorak", {"ame"}),
        ("dvorak amelie", {"ame"}),
        ("33655010003", {"ame"}),
        ("0655010003", {"ame"}),
        ("55 01 00", {"ame"}),
        ("example.org", {"ame"}),
        ("an", {"ana"}),
        ("ana max", set()),
        ("0000", set()),
        ("%", set()),
        ("\x00", {"ame", "ana", "max", "sam", "eve"}),
    ],
)
def test_people_are_found_by_what_one_remembers(
    text: str, expected: set[str], root: User, team: Any, main: Store, signed_in: SignIn
) -> None:
    assert set(names(signed_in(root), q=text)) == expected
    if text != "\x00":
        found = matching_people(rows=User.objects.exclude(pk=root.pk), text=text)
        assert {person.username for person in found} == expected


def test_filters_narrow_the_list(
    root: User, team: Any, main: Store, other: Store, signed_in: SignIn
) -> None:
    client = signed_in(root)
    assert set(names(client, store=other.pk)) == {"ame", "eve"}
    assert set(names(client, store=main.pk, is_active__exact="1")) == {"ame", "ana", "sam"}
    assert set(names(client, is_active__exact="0")) == {"max"}
    assert set(names(client, level__exact="top")) == {"ame"}
    role = Group.objects.get(name=roles.STOCK_KEEPER)
    assert set(names(client, role=role.pk)) == {"sam"}
    assert names(client, store=999999) == []


def test_a_manager_filters_by_stores_they_see_only(
    team: Any, main: Store, other: Store, signed_in: SignIn
) -> None:
    boss = factories.make_user("bea", roles.MANAGER, [other])
    assert set(names(signed_in(boss), store=other.pk)) == {"ame", "bea", "eve"}
    assert names(signed_in(boss), store=main.pk) == []


# --- A person's pages -------------------------------------------------------------------------


def test_who_only_looks_sees_role_and_stores(
    team: Any, ada: User, main: Store, signed_in: SignIn
) -> None:
    """A form's own fields would be empty in a page that is no form."""
    page = text_of(signed_in(ada), reverse("admin:pos_seller_change", args=[team["amelie"].pk]))
    assert "Seller" in page and "Main Street, Harbour" not in page
    assert "Harbour, Main Street" in page


def test_a_person_leads_to_what_they_did(
    team: Any, root: User, max_: User, ada: User, signed_in: SignIn
) -> None:
    trail = f"{reverse('admin:pos_auditentry_changelist')}?actor__id__exact={team['ana'].pk}"
    address = reverse("admin:pos_person_page", args=[team["ana"].pk])
    for person in (root, ada):
        client = signed_in(person)
        assert client.get(address).context["trail_url"] == trail
        assert client.get(trail).status_code == 200
    assert signed_in(team["ana"]).get(address).context["trail_url"] == ""


def test_only_who_may_give_stores_is_led_there(
    team: Any, root: User, ada: User, signed_in: SignIn
) -> None:
    address = reverse("admin:pos_person_page", args=[team["ana"].pk])
    stores = reverse("admin:pos_person_stores", args=[team["ana"].pk])
    assert signed_in(root).get(address).context["stores_url"] == stores
    for person in (ada, team["ana"]):
        assert signed_in(person).get(address).context["stores_url"] == ""


def test_an_administrator_asks_why_from_the_account(
    team: Any, root: User, signed_in: SignIn
) -> None:
    ana = team["ana"]
    for name, page in (("why", "pos_why"), ("preview", "pos_preview")):
        answer = signed_in(root).get(reverse(f"admin:pos_seller_show_{name}", args=[ana.pk]))
        assert answer.url == f"{reverse(f'admin:{page}')}?person={ana.pk}"


def test_the_texts_are_written_for_the_owner(root: User, ana: User, signed_in: SignIn) -> None:
    client = signed_in(root)
    for address in (reverse("admin:pos_seller_add"), reverse("admin:pos_administrator_add")):
        page = client.get(address)
        for text in ("150 characters", "Designates", "Save and add another"):
            assert text not in page.content.decode(), (address, text)
        assert "Rights come from the role." in page.content.decode()
    for address in ("auth_group_changelist", "auth_group_add"):
        page = text_of(client, reverse(f"admin:{address}"))
        assert "Authentication and Authorization" not in page and "Groups" not in page
    page = text_of(client, reverse("admin:pos_seller_history", args=[ana.pk]))
    assert "Ana" in page


def test_who_hires_for_a_store_names_it(max_: User, main: Store, signed_in: SignIn) -> None:
    """Without a store the person would be on nobody's list but the administrators'."""
    codes = ("view_seller", "add_seller", "change_seller")
    max_.user_permissions.add(*Permission.objects.filter(codename__in=codes))
    max_ = User.objects.get(pk=max_.pk)
    seller = Group.objects.get(name=roles.SELLER)
    with pytest.raises(Invalid):
        save_seller(user=max_, person=User(username="noor"), role=seller, stores=[])
    assert not User.objects.filter(username="noor").exists()
    save_seller(user=max_, person=User(username="noor"), role=seller, stores=[main])
    assert "noor" in names(signed_in(max_))


# --- Many -------------------------------------------------------------------------------------


def hire_many(root: User, number: int, stores: list[Store]) -> None:
    """People who work in every one of `stores`, with every right there."""
    begin = User.objects.count()
    people = User.objects.bulk_create(
        User(username=f"p{begin + n:03}", first_name=f"Person {begin + n:03}", is_staff=True)
        for n in range(number)
    )
    seller = Group.objects.get(name=roles.SELLER)
    seller.user_set.add(*people)
    give = [
        Grant(person.pk, store.pk, right)
        for person in people
        for store in stores
        for right in User.STORE_RIGHTS
    ]
    change_grants(user=root, give=give)


def test_no_page_about_people_asks_more_for_more_people_and_grants(
    root: User, ana: User, max_: User, ada: User, main: Store, other: Store, signed_in: SignIn
) -> None:
    addresses = [
        reverse("admin:pos_seller_changelist"),
        reverse("admin:pos_seller_changelist") + "?o=-8&q=person",
        reverse("admin:pos_administrator_changelist"),
        reverse("admin:pos_seller_change", args=[ana.pk]),
        reverse("admin:pos_store_people", args=[main.pk]),
        reverse("admin:pos_person_stores", args=[ana.pk]),
        reverse("admin:pos_person_page", args=[ana.pk]),
        reverse("admin:auth_group_changelist"),
        reverse("admin:auth_group_change", args=[Group.objects.get(name=roles.SELLER).pk]),
        reverse("admin:pos_why") + f"?person={ana.pk}&right=sell_order&store={main.pk}",
        reverse("admin:pos_why") + f"?person={ana.pk}&right=view_order",
        reverse("admin:pos_preview") + f"?person={ana.pk}",
    ]

    def numbers() -> dict[str, int]:
        found = {}
        for person in (root, max_, ada):
            client = signed_in(User.objects.get(pk=person.pk))
            for address in addresses:
                if client.get(address).status_code == 200:
                    found[f"{person} {address}"] = len(asked(client, address))
        return found

    hire_many(root, 4, [main, other])
    few = numbers()
    stores = [factories.make_store(f"Store {n:02}", f"S{n:02}") for n in range(30)]
    hire_many(root, 60, [main, other, *stores])
    give = [Grant(ana.pk, store.pk, "work_in_store") for store in stores]
    change_grants(user=root, give=give)
    many = numbers()
    assert {page: (few[page], many[page]) for page in few if few[page] != many[page]} == {}
    assert {page: number for page, number in many.items() if number > 35} == {}
