"""Why somebody can see or do something: the answer is the shop's own, and the chain explains it."""

# ruff: noqa: F811  a fixture that comes by import is named again where it is asked for

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from guardian.shortcuts import assign_perm

from pos import roles
from pos.models import CashSession, Order, Store, User
from pos.services.errors import PosError
from pos.services.grants import change_grants
from pos.services.rights import Grant, require
from pos.services.why import explain

from . import factories
from .test_admin_scope import sale  # noqa: F401  one shirt, sold by Ana in the main store

SignIn = Callable[[User], Client]
RIGHTS = (
    "sell_order",
    "give_discount",
    "move_cash",
    "adjust_stock",
    "approve_discount",
    "view_order",
)


@pytest.fixture
def everybody(root: User, max_: User, ana: User, eve: User, sam: User, ada: User) -> list[User]:
    gone = factories.make_user("gone", roles.MANAGER, [], is_active=False)
    return [root, max_, ana, eve, sam, ada, gone]


def test_the_answer_is_what_the_shop_itself_says(
    everybody: list[User], main: Store, other: Store
) -> None:
    for person in everybody:
        for right in RIGHTS:
            for store in (main, other):
                answer = explain(person=person, right=right, store=store)
                try:
                    require(User.objects.get(pk=person.pk), right, store=store)
                    allowed = True
                except PosError:
                    allowed = False
                if right.startswith("view_"):  # looking needs any right in the store
                    ids = User.objects.get(pk=person.pk).store_ids()
                    there = ids is None or store.pk in ids
                    allowed = person.is_active and person.has_perm(f"pos.{right}") and there
                assert answer.is_yes == allowed, (person, right, store)
                signs = [step.is_for for step in answer.steps]
                assert (False in signs) or answer.is_yes, (person, right, store)


def test_the_answer_about_a_record_is_what_the_lists_show(
    sale: Order,
    session: CashSession,
    everybody: list[User],
) -> None:
    for record in (sale, sale.payments.get(), session):
        for person in everybody:
            fresh = User.objects.get(pk=person.pk)
            code = f"view_{record._meta.model_name}"
            seen = type(record).objects.visible_to(fresh).filter(pk=record.pk).exists()
            answer = explain(person=person, right=code, record=record)
            assert answer.is_yes == (fresh.is_active and fresh.has_perm(f"pos.{code}") and seen)


def test_the_chain_names_role_store_giver_and_reason(
    ana: User, eve: User, other: Store, root: User
) -> None:
    change_grants(user=root, give=[Grant(ana.pk, other.pk, "work_in_store")], reason="Market day.")
    texts = [step.text for step in explain(person=ana, right="sell_order", store=other).steps]
    assert texts[0] == "The account is active."
    assert texts[1] == "The role “Seller” gives the right: Can sell at the register."
    assert texts[2].startswith("“Work” in Harbour was given by Root on ")
    assert texts[2].endswith(" Market day.")
    answer = explain(person=eve, right="void_order", store=other)
    assert not answer.is_yes
    assert [step.text for step in answer.steps if step.is_for is None] == [
        "Roles that give it: Administrator, Manager."
    ]


def test_the_page_answers_administrators_only(
    sale: Order,
    ana: User,
    max_: User,
    root: User,
    signed_in: SignIn,
) -> None:
    query = {"person": ana.pk, "model": "order", "object": sale.number}
    for name in ("pos_why", "pos_preview"):
        for person in (ana, max_):
            assert signed_in(person).get(reverse(f"admin:{name}"), query).status_code == 403
    page = signed_in(root).get(reverse("admin:pos_why"), query)
    assert page.context["answer"].is_yes
    assert "Yes, Ana may." in page.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "right=sell_order",
        "right=nonsense&person=1",
        "right=sell_order&person=99999999999999999999999",
        "model=order&object=abc",
        "model=order&object=%00&person=1",
        "model=user&object=1",
        "model=order&object=" + "9" * 39,
        "store=x&right=sell_order",
    ],
)
def test_a_question_that_makes_no_sense_is_said_so(
    query: str, root: User, signed_in: SignIn
) -> None:
    assert signed_in(root).get(f"{reverse('admin:pos_why')}?{query}").status_code == 400


def test_a_preview_shows_the_roles_menu_and_signs_nobody_in(
    ana: User, root: User, main: Store, signed_in: SignIn
) -> None:
    client = signed_in(root)
    for group in Group.objects.all():
        page = client.get(reverse("admin:pos_preview"), {"role": group.pk})
        person = factories.make_user(f"one-{group.pk}", group.name, [main])
        own = signed_in(person).get(reverse("admin:index")).context["sidebar_navigation"]
        theirs = [
            [str(item["title"]) for item in part["items"] if item["has_permission"]] for part in own
        ]
        shown = [[str(item["title"]) for item in part["items"]] for part in page.context["sidebar"]]
        assert shown == [part for part in theirs if part]
    page = client.get(reverse("admin:pos_preview"), {"person": ana.pk})
    assert page.context["title"] == "What Ana sees"
    assert client.get(reverse("admin:index")).context["user"] == root
    for query in ("role=abc", "role=99999", "person=-1", ""):
        assert client.get(f"{reverse('admin:pos_preview')}?{query}").status_code in (200, 404)


# --- Somebody's own page, and the figures of the lists ------------------------------------------


def test_a_seller_sees_their_own_figures_only(
    sale: Order,
    ana: User,
    eve: User,
    max_: User,
    root: User,
    signed_in: SignIn,
) -> None:
    own = signed_in(ana).get(reverse("admin:pos_my_page"))
    cards = [(card.title, card.figure, card.below) for card in own.context["cards"]]
    assert cards == [
        ("Sales", "€18.90", "today"),
        ("Orders", "1", "today"),
        ("Average basket", "€18.90", "today"),
        ("Discounts given", "€1.00", "today"),
        ("Sales", "€18.90", "this month"),
        ("Orders", "1", "this month"),
        ("Average basket", "€18.90", "this month"),
        ("Discounts given", "€1.00", "this month"),
    ]
    assert [order["number"] for order in own.context["orders"]] == [sale.number]
    page = reverse("admin:pos_person_page", args=[max_.pk])
    assert signed_in(ana).get(page).status_code == 403
    assert signed_in(ana).get(reverse("admin:pos_person_page", args=[ana.pk])).status_code == 200
    assert signed_in(max_).get(reverse("admin:pos_person_page", args=[ana.pk])).status_code == 200
    assert signed_in(max_).get(reverse("admin:pos_person_page", args=[eve.pk])).status_code == 404
    assert signed_in(root).get(reverse("admin:pos_person_page", args=[eve.pk])).status_code == 200


def test_a_persons_page_names_only_stores_that_one_sees(
    ana: User, max_: User, other: Store, signed_in: SignIn
) -> None:
    assign_perm("pos.work_in_store", ana, other)
    page = reverse("admin:pos_person_page", args=[ana.pk])
    for person, stores in ((max_, ["Main Street"]), (ana, ["Harbour", "Main Street"])):
        found = signed_in(person).get(page).context["stores"]
        assert [store["name"] for store in found] == stores


def test_an_auditor_of_one_store_follows_an_administrators_figures(
    ada: User, root: User, max_: User, signed_in: SignIn
) -> None:
    figures = reverse("admin:pos_administrator_figures", args=[root.pk])
    assert signed_in(ada).get(figures, follow=True).context["person"] == root
    assert signed_in(max_).get(reverse("admin:pos_person_page", args=[root.pk])).status_code == 404


def test_every_figure_of_a_person_leads_to_its_orders(
    sale: Order,
    ana: User,
    signed_in: SignIn,
) -> None:
    client = signed_in(ana)
    for card in client.get(reverse("admin:pos_my_page")).context["cards"]:
        assert client.get(card.url).context["cl"].result_count == 1


def test_the_list_of_people_has_this_months_figures_for_a_page_of_them(
    sale: Order, ana: User, max_: User, root: User, main: Store, signed_in: SignIn,
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    client = signed_in(root)
    rows = {
        row.username: row
        for row in client.get(reverse("admin:pos_seller_changelist")).context["cl"].result_list
    }
    assert (rows["ana"].month.orders, rows["ana"].month.sales) == (1, Decimal("18.90"))
    assert rows["max"].month.orders == 0
    for number in range(20):
        factories.make_user(f"seller-{number}", roles.SELLER, [main])
    with django_assert_max_num_queries(14):
        page = client.get(reverse("admin:pos_seller_changelist"))
    assert page.context["cl"].result_count == 22


def test_what_a_customer_owes_is_of_the_orders_one_sees(
    ana: User,
    eve: User,
    session: CashSession,
    shirt: Any,
    on_account: Any,
    rosa: Any,
    cash: Any,
    signed_in: SignIn,
) -> None:
    """A customer is known in every store; what they owe elsewhere is not."""
    from uuid import uuid4

    from pos.services.carts import Cart, CartItem
    from pos.services.orders import Checkout, complete_order
    from pos.services.payments import Tender

    total = Decimal("18.90")
    cart = Cart(items=(CartItem(shirt.pk, Decimal(1)),), customer_id=rosa.pk)
    complete_order(
        user=ana,
        checkout=Checkout(
            key=uuid4(), request_hash="1", register_id=session.register_id, cart=cart,
            tenders=(Tender("on_account", total),), expected_total=total,
        ),
    )  # fmt: skip
    address = reverse("admin:pos_register_customers")
    for person, due in ((ana, "18.90"), (eve, "0.00")):
        found = signed_in(person).get(address, {"q": "Rosa"}).json()["results"]
        assert [row["due"] for row in found] == [due]
