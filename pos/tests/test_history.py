"""A record's history in words, and going back to an earlier version."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from pos.models import AuditEntry, Category, Order, PaymentMethod, Product, Store, User
from pos.services.errors import Forbidden, Invalid, NotFound
from pos.services.history import revert, sign

from . import factories
from .tills import item, sell

pytestmark = pytest.mark.django_db
FIELDS = {"name", "price", "code", "description"}


@pytest.fixture
def milk(max_: User) -> Product:
    """Once 1.50, now 1.20 and called fresh."""
    product = factories.make_product("Milk", "1.50")
    product.price, product.name = Decimal("1.20"), "Fresh milk"
    sign(product, user=max_, reason="Offer")
    product.save()
    return product


def first_version(product: Product) -> int:
    return int(product.history.order_by("history_id").first().history_id)


def test_going_back_is_a_new_version_with_a_reason(max_: User, milk: Product) -> None:
    changes = revert(
        user=max_, record=milk, to=first_version(milk), reason="Offer is over", fields=FIELDS
    )
    milk.refresh_from_db()
    assert (milk.price, milk.name) == (Decimal("1.50"), "Milk")
    assert changes == [["name", "Fresh milk", "Milk"], ["price", "1.20", "1.50"]]
    newest = milk.history.first()
    assert (newest.history_user, newest.history_change_reason) == (max_, "Offer is over")
    entry = AuditEntry.objects.order_by("id").last()
    assert (entry.kind, entry.actor, entry.reason) == ("reverted", max_, "Offer is over")
    assert entry.changes == changes
    assert Product.objects.matching("fresh").count() == 0


def test_only_the_fields_that_are_named_go_back(max_: User, milk: Product) -> None:
    revert(user=max_, record=milk, to=first_version(milk), reason="x", fields={"price"})
    milk.refresh_from_db()
    assert (milk.price, milk.name) == (Decimal("1.50"), "Fresh milk")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"reason": " "}, Invalid),
        ({"to": 999_999}, NotFound),
        ({"fields": {"description"}}, Invalid),
    ],
)
def test_refused_and_nothing_changed(
    max_: User, milk: Product, change: dict[str, Any], error: type[Exception]
) -> None:
    before = Product.history.count(), AuditEntry.objects.count()
    asked = {"to": first_version(milk), "reason": "x", "fields": FIELDS} | change
    with pytest.raises(error):
        revert(user=max_, record=milk, **asked)
    milk.refresh_from_db()
    assert (milk.price, Product.history.count(), AuditEntry.objects.count()) == (
        Decimal("1.20"),
        *before,
    )


def test_a_version_of_another_record_is_none(max_: User, milk: Product) -> None:
    bread = factories.make_product("Bread")
    with pytest.raises(NotFound):
        revert(user=max_, record=milk, to=first_version(bread), reason="x", fields=FIELDS)


def test_old_values_that_are_taken_by_now_are_refused(max_: User, milk: Product) -> None:
    old, milk.code = milk.code, "NEW"
    milk.save()
    factories.make_product("Other milk", code=old)
    with pytest.raises(Invalid, match="already has this code"):
        revert(user=max_, record=milk, to=first_version(milk), reason="x", fields=FIELDS)
    milk.refresh_from_db()
    assert milk.code == "NEW"


def test_without_the_right_nothing_goes_back(ana: User, milk: Product) -> None:
    with pytest.raises(Forbidden):
        revert(user=ana, record=milk, to=first_version(milk), reason="x", fields=FIELDS)


@pytest.mark.usefixtures("session", "cash")
def test_documents_and_people_never_go_back(
    root: User, ana: User, till_one: Any, shirt: Any
) -> None:
    order = sell(ana, till_one, item(shirt), total="19.90", pay="cash 20.00").order
    for record in (Order.objects.get(pk=order.pk), ana):
        with pytest.raises(Forbidden):
            revert(user=root, record=record, to=1, reason="x", fields={"note", "username"})


# --- In the admin ----------------------------------------------------------------------------


def test_the_history_page_says_what_changed_when_and_why(
    signed_in: Any, max_: User, milk: Product
) -> None:
    page = signed_in(max_).get(f"/admin/pos/product/{milk.pk}/history/").content.decode()
    for text in ("<del>1.50</del>", "<ins>1.20</ins>", "<del>Milk</del>", "Offer", "Max"):
        assert text in page
    assert page.count("Go back to it") == 1


def test_where_nothing_would_change_nothing_is_asked(
    signed_in: Any, max_: User, milk: Product
) -> None:
    newest = milk.history.order_by("history_id").last().history_id
    page = signed_in(max_).get(f"/admin/pos/product/{milk.pk}/history/{newest}/revert/")
    assert "nothing would change" in page.content.decode()
    assert 'name="reason"' not in page.content.decode()


def test_where_a_change_came_from_is_for_who_reads_the_audit_trail(
    signed_in: Any, max_: User, ana: User
) -> None:
    category = Category.objects.create(name="Dairy")
    AuditEntry.objects.filter(model="pos.category").update(address="10.9.8.7")
    for person, sees in ((max_, True), (ana, False)):
        page = signed_in(person).get(f"/admin/pos/category/{category.pk}/history/")
        assert ("10.9.8.7" in page.content.decode()) is sees


def test_the_dialog_goes_back_by_post_with_a_reason_only(
    signed_in: Any, max_: User, milk: Product
) -> None:
    client = signed_in(max_)
    url = f"/admin/pos/product/{milk.pk}/history/{first_version(milk)}/revert/"
    assert "<ins>1.50</ins>" in client.get(url).content.decode()
    assert client.post(url, {"reason": ""}).status_code == 200
    milk.refresh_from_db()
    assert milk.price == Decimal("1.20")
    assert client.post(url, {"reason": "Over"}).status_code == 302
    milk.refresh_from_db()
    assert milk.price == Decimal("1.50")


@pytest.mark.parametrize(("name", "status"), [("ana", 403), ("ada", 403), ("sam", 200)])
def test_who_gets_the_dialog(
    request: pytest.FixtureRequest, signed_in: Any, milk: Product, name: str, status: int
) -> None:
    client = signed_in(request.getfixturevalue(name))
    url = f"/admin/pos/product/{milk.pk}/history/{first_version(milk)}/revert/"
    assert client.get(url).status_code == status


def test_what_the_form_would_not_change_stays(signed_in: Any, root: User, ana: User) -> None:
    """The kind of a payment method that was used decides what old drawers should hold."""
    method = PaymentMethod.objects.create(name="Cash", code="cash", kind="cash")
    till = factories.make_register(Store.objects.get(code="MAIN"), "R", "R9")
    version = method.history.first().history_id
    method.kind, method.name = "card", "Card"
    method.save()
    from pos.services.cash import open_session

    open_session(user=ana, register=till, opening_float=Decimal(0))
    tea = factories.make_product("Tea", "1.00", stock_policy="allow")
    sell(ana, till, item(tea), total="1.00", pay="cash 1.00")
    url = f"/admin/pos/paymentmethod/{method.pk}/history/{version}/revert/"
    assert signed_in(root).post(url, {"reason": "Mistake"}).status_code == 302
    method.refresh_from_db()
    assert (method.name, method.kind) == ("Cash", "card")


def test_a_version_stands_beside_how_it_is_now(signed_in: Any, max_: User, milk: Product) -> None:
    url = f"/admin/pos/product/{milk.pk}/history/{first_version(milk)}/"
    answer = signed_in(max_).get(url)
    rows = {row["label"]: (row["then"], row["now"]) for row in answer.context["rows"]}
    assert (rows["price"], rows["name"]) == (("1.50", "1.20"), ("Milk", "Fresh milk"))
    assert f"{url}revert/" in answer.content.decode()
    assert signed_in(max_).get(f"{url[:-1]}999/").status_code == 404


def test_whoever_may_not_change_it_is_not_offered_to_go_back(
    signed_in: Any, ada: User, ana: User, milk: Product
) -> None:
    url = f"/admin/pos/product/{milk.pk}/history/{first_version(milk)}/"
    assert "/revert/" not in signed_in(ada).get(url).content.decode()
    assert signed_in(ana).get(url).status_code == 403  # it holds the cost


def test_the_package_own_revert_stays_shut(signed_in: Any, root: User, milk: Product) -> None:
    url = f"/admin/pos/product/{milk.pk}/history/{first_version(milk)}/"
    assert signed_in(root).post(url, {"name": "x"}).status_code == 403


def test_an_old_version_leads_back_to_the_history(
    signed_in: Any, root: User, milk: Product
) -> None:
    history = f"/admin/pos/product/{milk.pk}/history/"
    page = signed_in(root).get(f"{history}{first_version(milk)}/").content.decode()
    assert f'<a href="{history}"' in page
    assert "actionDropdownOpen" not in page


def test_categories_are_told_as_well(signed_in: Any, root: User, max_: User) -> None:
    from pos.models import Category
    from pos.services.catalog import record_categories

    product = factories.make_product("Milk")
    product.categories.add(Category.objects.create(name="Dairy", code="DAIRY"))
    record_categories(user=max_, product=product, before="", reason="Sorted")
    entry = AuditEntry.objects.order_by("id").last()
    assert (entry.changes, entry.actor, entry.reason) == (
        [["categories", "", "Dairy"]],
        max_,
        "Sorted",
    )
    count = AuditEntry.objects.count()
    record_categories(user=max_, product=product, before="Dairy")
    assert AuditEntry.objects.count() == count
