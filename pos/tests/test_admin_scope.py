"""Who sees what in the admin, by every door: list, address, history, autocomplete, palette."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.admin import site
from django.test import Client
from django.urls import reverse

from pos.models import (
    CashMovement,
    CashSession,
    Order,
    Payment,
    Product,
    StockLevel,
    StockMovement,
    Store,
    User,
)
from pos.services.carts import Cart, CartItem
from pos.services.cash import move_cash
from pos.services.orders import Checkout, complete_order
from pos.services.payments import Tender

SignIn = Callable[[User], Client]
DOCUMENTS = (Order, Payment, CashSession, CashMovement, StockLevel, StockMovement)


def page(model: Any, name: str = "changelist", *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


@pytest.fixture
def sale(ana: User, session: CashSession, shirt: Product, cash: Any, rosa: Any) -> Order:
    """One shirt for Rosa, paid in cash at Ana's register."""
    cart = Cart(items=(CartItem(shirt.pk, Decimal(1)),), customer_id=rosa.pk)
    total = Decimal("18.90")  # Rosa's 5 % off
    checkout = Checkout(
        key=uuid4(),
        request_hash="1",
        register_id=session.register_id,
        cart=cart,
        tenders=(Tender("cash", total),),
        expected_total=total,
    )
    return complete_order(user=ana, checkout=checkout).order


@pytest.fixture
def documents(sale: Order, session: CashSession, max_: User, shirt: Product) -> list[Any]:
    """One of each document of the main store."""
    movement = move_cash(
        user=max_, session=session, kind="pay_out", amount=Decimal("5.00"), reason="Window cleaner"
    )
    return [
        sale,
        sale.payments.get(),
        session,
        movement,
        shirt.stock_levels.get(),
        shirt.stock_movements.first(),
    ]


def test_a_seller_of_another_store_sees_none_of_its_documents(
    documents: list[Any], eve: User, sam: User, other: Store, signed_in: SignIn
) -> None:
    client = signed_in(eve)
    for document in documents:
        if not eve.has_perm(f"pos.view_{document._meta.model_name}"):
            continue
        listed = client.get(page(document))
        assert listed.context["cl"].result_count == 0, document
        assert client.get(page(document, "change", document.pk)).status_code == 302, document


def test_whoever_works_in_the_store_sees_its_documents(
    documents: list[Any], max_: User, signed_in: SignIn
) -> None:
    client = signed_in(max_)
    for document in documents:
        assert client.get(page(document)).context["cl"].result_count >= 1, document
        assert client.get(page(document, "change", document.pk)).status_code == 200, document


@pytest.mark.parametrize("model", DOCUMENTS)
def test_nobody_adds_changes_or_deletes_a_document(
    model: Any, documents: list[Any], root: User, signed_in: SignIn
) -> None:
    client = signed_in(root)
    document = next(each for each in documents if isinstance(each, model))
    before = model.objects.filter(pk=document.pk).values().get()
    for name, args in (("add", ()), ("change", (document.pk,)), ("delete", (document.pk,))):
        assert client.post(page(model, name, *args), {"status": "voided"}).status_code == 403
    assert client.post(
        page(model), {"action": "delete_selected", "_selected_action": document.pk}
    ).status_code in (200, 302, 403)
    assert model.objects.filter(pk=document.pk).values().get() == before


def test_no_list_offers_to_delete(root: User, rf: Any) -> None:
    request = rf.get("/")
    request.user, request.session = root, {}
    for model, screen in site._registry.items():
        assert "delete_selected" not in screen.get_actions(request), model
        assert not screen.has_delete_permission(request), model


# --- Packages' defaults that let people through ----------------------------------------------


def test_a_list_is_filtered_only_by_what_its_filters_offer(
    sale: Order, root: User, signed_in: SignIn
) -> None:
    """Django lets any local field through, with any lookup, regular expressions included."""
    client = signed_in(root)
    for query in (
        "number__regex=.*",
        "total_amount__gt=1",
        "seller__password__startswith=x",
        "note=x",
        "customer__phone__contains=1",
        "seller__id__in=1,2",
    ):
        assert client.get(f"{page(Order)}?{query}").status_code == 400, query
    for query in (
        "status__exact=completed",
        f"store={sale.store_id}",
        f"seller__id__exact={sale.seller_id}",
    ):
        assert client.get(f"{page(Order)}?{query}").context["cl"].result_count == 1, query


@pytest.mark.parametrize(
    "query",
    [
        "q=%00",
        "q=%00abc",
        "status__exact=%00",
        "p=abc",
        "p=-1",
        "o=99",
        "o=abc",
        "store=abc",
        "store=9" * 9,
        "seller__id__exact=abc",
        "seller__id__exact=99999999999999999999999",
        "created_at_from_0=abc",
        "created_at_from_0=2026-13-45&created_at_from_1=99:99",
        "all=",
        "e=1",
        "q=" + "a" * 5000,
    ],
)
def test_a_strange_address_is_never_an_error_of_ours(
    query: str, sale: Order, root: User, signed_in: SignIn
) -> None:
    assert signed_in(root).get(f"{page(Order)}?{query}").status_code in (200, 302, 400)


@pytest.mark.parametrize("object_id", ["abc", "0", "99999999999999999999999", "1%00", "-1", "_5F"])
def test_a_strange_id_is_never_an_error_of_ours(
    object_id: str, sale: Order, root: User, signed_in: SignIn
) -> None:
    client = signed_in(root)
    for model in ("order", "product", "store", "seller", "user", "cashsession"):
        for tail in ("change/", "history/"):
            assert client.get(f"/admin/pos/{model}/{object_id}/{tail}").status_code in (302, 404), (
                model,
                tail,
            )


def test_old_versions_of_another_store_stay_hidden(
    main: Store, eve: User, other: Store, signed_in: SignIn
) -> None:
    """The package falls back to history rows when the list hides the record."""
    eve.user_permissions.add(*_permissions("view_store"))
    client = signed_in(User.objects.get(pk=eve.pk))
    assert client.get(page(Store, "history", other.pk)).status_code == 200
    assert client.get(page(Store, "history", main.pk)).status_code == 403
    version = main.history.get()
    assert client.get(page(Store, "simple_history", main.pk, version.history_id)).status_code == 403


def test_an_old_version_cannot_be_written_back(
    shirt: Product, root: User, ada: User, signed_in: SignIn
) -> None:
    """The package's form writes it back on POST for whoever may look."""
    version = shirt.history.first()
    Product.objects.get(pk=shirt.pk)
    shirt.price = Decimal("25.00")
    shirt.save()
    for person in (root, ada):
        address = page(Product, "simple_history", shirt.pk, version.history_id)
        assert signed_in(person).get(address).status_code == 200
        answer = signed_in(person).post(
            address, {"name": "Linen shirt", "code": "SHIRT-M", "price": "1.00"}
        )
        assert answer.status_code == 403
    shirt.refresh_from_db()
    assert shirt.price == Decimal("25.00")


def test_cost_is_shown_only_to_those_who_may_see_it(
    shirt: Product, ana: User, max_: User, signed_in: SignIn
) -> None:
    for person, sees in ((ana, False), (max_, True)):
        client = signed_in(person)
        assert ("8.00" in client.get(page(Product)).content.decode()) is sees
        assert ("8.00" in client.get(page(Product, "change", shirt.pk)).content.decode()) is sees
        assert client.get(page(Product, "history", shirt.pk)).status_code == (200 if sees else 403)


def test_expected_cash_is_shown_only_to_those_who_may_see_it(
    documents: list[Any], session: CashSession, ana: User, max_: User, signed_in: SignIn
) -> None:
    for person, sees in ((ana, False), (max_, True)):
        text = signed_in(person).get(page(CashSession, "change", session.pk)).content.decode()
        assert ("113.90" in text) is sees  # 100.00 + 18.90 − 5.00


# --- Other doors -----------------------------------------------------------------------------


def test_autocomplete_offers_only_people_of_ones_own_stores(
    ana: User, eve: User, max_: User, signed_in: SignIn
) -> None:
    address = reverse("admin:autocomplete")
    query = {"app_label": "pos", "model_name": "order", "field_name": "seller", "term": ""}
    names = {row["text"] for row in signed_in(max_).get(address, query).json()["results"]}
    assert names == {"Ana", "Max"}
    assert signed_in(eve).get(address, query).status_code == 403
    assert signed_in(max_).get(address, {**query, "term": "\x00"}).status_code == 200


def test_the_filter_by_store_names_only_ones_own_stores(
    main: Store, other: Store, max_: User, signed_in: SignIn
) -> None:
    response = signed_in(max_).get(page(Order))
    assert "Main Street" in response.content.decode()
    assert "Harbour" not in response.content.decode()
    assert signed_in(max_).get(f"{page(Order)}?store={other.pk}").context["cl"].result_count == 0


@pytest.mark.parametrize(
    "filtered",
    ["order/?seller", "payment/?received_by", "cashsession/?opened_by", "auditentry/?actor"],
)
def test_a_filter_names_nobody_of_another_store(
    filtered: str, eve: User, ana: User, max_: User, signed_in: SignIn
) -> None:
    client, address = signed_in(max_), f"/admin/pos/{filtered}__id__exact="
    assert " selected>Ana</option>" in client.get(f"{address}{ana.pk}").content.decode()
    assert "Eve" not in client.get(f"{address}{eve.pk}").content.decode()


def test_a_filter_names_no_customer_to_who_may_not_see_customers(
    rosa: Any, sam: User, signed_in: SignIn
) -> None:
    sam.user_permissions.add(*_permissions("view_order"))
    page = signed_in(sam).get(f"/admin/pos/order/?customer__id__exact={rosa.pk}")
    assert page.status_code == 200 and "Rosa" not in page.content.decode()


def test_the_palette_finds_orders_products_and_customers(
    sale: Order, shirt: Product, rosa: Any, ana: User, signed_in: SignIn
) -> None:
    client, address = signed_in(ana), reverse("admin:search")

    def found(text: str) -> str:
        return client.get(address, {"s": text, "extended": "1"}).content.decode()

    assert page(Order, "change", sale.pk) in found(sale.number)
    assert page(Order, "change", sale.pk) in found(sale.number[:7].lower())
    assert page(Product, "change", shirt.pk) in found("4006381333931")
    assert page(Product, "change", shirt.pk) in found("linen")
    assert f"/admin/pos/customer/{rosa.pk}/change/" in found("7946 0123")
    assert reverse("admin:pos_register") in found("register")


def test_the_palette_keeps_to_rights_and_stores(
    sale: Order, rosa: Any, eve: User, sam: User, signed_in: SignIn
) -> None:
    address = reverse("admin:search")
    assert (
        "/admin/pos/order/" not in signed_in(eve).get(address, {"s": sale.number}).content.decode()
    )
    assert "/admin/pos/customer/" not in signed_in(sam).get(address, {"s": "Rosa"}).content.decode()
    for query in ({"s": "\x00"}, {"s": "a", "page": "abc"}, {"s": "ab", "page": "99"}, {}):
        assert signed_in(eve).get(address, query).status_code == 200


def test_the_menu_shows_only_what_may_be_opened(
    main: Store, ana: User, sam: User, root: User, signed_in: SignIn
) -> None:
    for person in (ana, sam, root):
        client = signed_in(person)
        sidebar = client.get(reverse("admin:index")).context["sidebar_navigation"]
        items = [item for group in sidebar for item in group["items"] if item["has_permission"]]
        for item in items:
            address = str(item.get("link_callback") or item["link"])
            assert client.get(address).status_code == 200, (person, address)


def _permissions(*codes: str) -> Any:
    from django.contrib.auth.models import Permission

    return Permission.objects.filter(content_type__app_label="pos", codename__in=codes)
