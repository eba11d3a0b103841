"""Products in the admin: quantities are movements, codes lead to one product, refusals change nothing."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from pos.models import Barcode, Category, Product, StockLevel, StockMovement, Store, User
from pos.services import stock as stock_service
from pos.services.errors import Conflict

from . import factories

SignIn = Callable[[User], Client]
LIST = "/admin/pos/product/"


def address(product: Product, name: str = "change") -> str:
    return reverse(f"admin:pos_product_{name}", args=[product.pk])


def form(product: Product | None = None, **values: Any) -> dict[str, Any]:
    """What the browser sends: the product as it is, with `values` typed over it."""
    barcodes = list(product.barcodes.order_by("pk")) if product else []
    data: dict[str, Any] = {
        "name": "Mug",
        "code": "MUG",
        "size": "",
        "style": "",
        "price": "7.50",
        "cost": "3.00",
        "tax_rate": "",
        "sold_by": "unit",
        "description": "",
        "colour": "",
        "reorder_point": "0",
        "stock_policy": "",
        "is_active": "on",
        "change_reason": "",
        "stock_reason": "",
        "stock_note": "",
        "barcodes-TOTAL_FORMS": len(barcodes),
        "barcodes-INITIAL_FORMS": len(barcodes),
    }
    if product:
        data |= {
            name: getattr(product, name)
            for name in ("name", "code", "size", "style", "price", "cost", "sold_by")
        }
        data["tax_rate"] = product.tax_rate_id or ""
        for level in product.stock_levels.all():
            data[f"stock_{level.store_id}"] = data[f"initial-stock_{level.store_id}"] = (
                level.on_hand
            )
    for place, barcode in enumerate(barcodes):
        data |= {
            f"barcodes-{place}-id": barcode.pk,
            f"barcodes-{place}-product": product.pk,
            f"barcodes-{place}-code": barcode.code,
        }
    return data | values


def errors(response: Any) -> dict[str, Any]:
    assert response.status_code == 200
    return dict(response.context["adminform"].form.errors)


# --- Stock -----------------------------------------------------------------------------------


def test_a_typed_quantity_becomes_a_movement(
    shirt: Product, main: Store, max_: User, signed_in: SignIn
) -> None:
    data = form(
        shirt,
        **{f"stock_{main.pk}": "15", "stock_reason": "found", "stock_note": "Behind the shelf"},
    )
    assert signed_in(max_).post(address(shirt), data).status_code == 302
    assert shirt.stock_levels.get().on_hand == Decimal("15")
    movement = shirt.stock_movements.first()
    assert (movement.quantity, movement.reason, movement.note) == (
        Decimal("3"),
        "found",
        "Behind the shelf",
    )
    assert (movement.kind, movement.created_by) == (StockMovement.Kind.ADJUSTMENT, max_)


def test_a_quantity_left_alone_moves_nothing(
    shirt: Product, main: Store, max_: User, signed_in: SignIn
) -> None:
    data = form(shirt, price="21.00", change_reason="Supplier raised theirs")
    assert signed_in(max_).post(address(shirt), data).status_code == 302
    assert shirt.stock_movements.count() == 1
    shirt.refresh_from_db()
    assert shirt.price == Decimal("21.00")
    assert shirt.history.first().history_change_reason == "Supplier raised theirs"


def test_a_change_of_stock_alone_writes_no_history_of_the_product(
    shirt: Product, main: Store, max_: User, signed_in: SignIn
) -> None:
    before = shirt.history.count()
    data = form(shirt, **{f"stock_{main.pk}": "0", "stock_reason": "lost"})
    assert signed_in(max_).post(address(shirt), data).status_code == 302
    assert shirt.history.count() == before
    assert shirt.stock_levels.get().on_hand == 0


@pytest.mark.parametrize(
    ("typed", "reason", "field"),
    [
        ("15", "", "stock_reason"),
        ("15", "nonsense", "stock_reason"),
        ("", "found", "stock"),
        ("1.5", "found", "stock"),
        ("abc", "found", "stock"),
        ("1e3", "found", "stock"),
        ("1_000", "found", "stock"),
        ("NaN", "found", "stock"),
        ("99999999", "found", "stock"),
    ],
)
def test_a_refused_quantity_is_an_error_of_its_field(
    typed: str, reason: str, field: str, shirt: Product, main: Store, max_: User, signed_in: SignIn
) -> None:
    field = f"stock_{main.pk}" if field == "stock" else field
    data = form(shirt, price="1.00", **{f"stock_{main.pk}": typed, "stock_reason": reason})
    assert field in errors(signed_in(max_).post(address(shirt), data))
    shirt.refresh_from_db()
    assert shirt.price == Decimal("19.90")
    assert shirt.stock_levels.get().on_hand == Decimal("12") and shirt.stock_movements.count() == 1


def test_a_refusal_of_the_service_is_an_error_of_the_form(
    shirt: Product, main: Store, max_: User, signed_in: SignIn, monkeypatch: Any
) -> None:
    """An error caught while saving would still say “changed successfully”."""

    def refuse(**kwargs: Any) -> None:
        raise Conflict("counting", "This store is being counted.")

    monkeypatch.setattr("pos.admin.product_forms.set_stock", refuse)
    data = form(shirt, price="1.00", **{f"stock_{main.pk}": "15", "stock_reason": "found"})
    assert errors(signed_in(max_).post(address(shirt), data)) == {
        f"stock_{main.pk}": ["This store is being counted."]
    }
    shirt.refresh_from_db()
    assert shirt.price == Decimal("19.90")


def test_a_refusal_that_no_form_foresaw_changes_nothing_and_is_said(
    shirt: Product, main: Store, max_: User, signed_in: SignIn, monkeypatch: Any
) -> None:
    answers = iter([None])

    def refuse_second(**kwargs: Any) -> None:
        try:
            next(answers)
        except StopIteration:
            raise Conflict("counting", "This store is being counted.") from None

    monkeypatch.setattr("pos.admin.product_forms.set_stock", refuse_second)
    data = form(shirt, price="1.00", **{f"stock_{main.pk}": "15", "stock_reason": "found"})
    response = signed_in(max_).post(address(shirt), data, follow=True)
    said = [str(message) for message in response.context["messages"]]
    assert said == ["This store is being counted."]
    shirt.refresh_from_db()
    assert shirt.price == Decimal("19.90")


def test_what_was_sold_meanwhile_is_not_typed_away(
    shirt: Product, main: Store, max_: User, signed_in: SignIn
) -> None:
    data = form(shirt, **{f"stock_{main.pk}": "15", "stock_reason": "found"})
    stock_service.adjust_stock(
        user=max_, product=shirt, store=main, quantity=Decimal(-2), reason="damaged"
    )
    response = signed_in(max_).post(address(shirt), data)
    assert "10" in errors(response)[f"stock_{main.pk}"][0]
    assert shirt.stock_levels.get().on_hand == Decimal("10")
    hidden = response.context["adminform"].form[f"stock_{main.pk}"].as_hidden(only_initial=True)
    assert 'value="10"' in hidden  # so that saving again works
    data |= {f"initial-stock_{main.pk}": "10"}
    assert signed_in(max_).post(address(shirt), data).status_code == 302
    assert shirt.stock_levels.get().on_hand == Decimal("15")


def test_stock_of_another_store_cannot_be_posted(
    shirt: Product, main: Store, other: Store, max_: User, signed_in: SignIn
) -> None:
    data = form(shirt, **{f"stock_{other.pk}": "15", "stock_reason": "found"})
    assert signed_in(max_).post(address(shirt), data).status_code == 302
    assert not StockLevel.objects.filter(store=other).exists()


def test_a_new_product_starts_with_its_opening_stock(
    main: Store, max_: User, signed_in: SignIn
) -> None:
    data = form(
        **{
            f"stock_{main.pk}": "6",
            "stock_reason": "opening",
            "barcodes-TOTAL_FORMS": 1,
            "barcodes-0-code": "4006381333931",
        }
    )
    response = signed_in(max_).post(reverse("admin:pos_product_add"), data)
    assert response.status_code == 302, errors(response)
    mug = Product.objects.get(code="MUG")
    assert mug.stock_levels.get().on_hand == Decimal("6")
    assert mug.stock_movements.get().reason == "opening"
    assert "4006381333931" in mug.search_text
    assert mug.history.get().history_user == max_


# --- Dialogs ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "typed", "left", "kind"),
    [
        ("adjust_stock", "-2", "10", "adjustment"),
        ("adjust_stock", "5", "17", "adjustment"),
        ("record_waste", "2", "10", "waste"),
    ],
)
def test_a_dialog_moves_stock(
    name: str,
    typed: str,
    left: str,
    kind: str,
    shirt: Product,
    main: Store,
    sam: User,
    signed_in: SignIn,
) -> None:
    data = {
        "store": main.pk,
        "quantity": typed,
        "reason": "damaged",
        "note": "",
        "_form_submitted": "on",
    }
    response = signed_in(sam).post(address(shirt, name), data)
    assert response.headers["HX-Redirect"] == address(shirt)
    assert shirt.stock_levels.get().on_hand == Decimal(left)
    assert shirt.stock_movements.first().kind == kind


@pytest.mark.parametrize("typed", ["0", "-1", "1.5", "abc", "", "1e400"])
def test_a_dialog_says_what_is_wrong(
    typed: str, shirt: Product, main: Store, sam: User, signed_in: SignIn
) -> None:
    data = {
        "store": main.pk,
        "quantity": typed,
        "reason": "damaged",
        "note": "",
        "_form_submitted": "on",
    }
    response = signed_in(sam).post(address(shirt, "record_waste"), data)
    assert response.status_code == 200 and response.context["form"].errors
    assert shirt.stock_levels.get().on_hand == Decimal("12")


def test_a_dialog_needs_the_right_the_token_and_a_post(
    shirt: Product, main: Store, other: Store, ana: User, sam: User, signed_in: SignIn
) -> None:
    """The package runs actions on GET, for every staff user."""
    data = {"store": main.pk, "quantity": "1", "reason": "damaged", "_form_submitted": "on"}
    assert signed_in(ana).post(address(shirt, "adjust_stock"), data).status_code == 403
    assert signed_in(sam).get(address(shirt, "adjust_stock"), data).status_code == 200
    guarded = Client(enforce_csrf_checks=True)
    guarded.force_login(sam, "django.contrib.auth.backends.ModelBackend")
    assert guarded.post(address(shirt, "adjust_stock"), data).status_code == 403
    assert (
        signed_in(sam).post(address(shirt, "adjust_stock"), {**data, "store": other.pk}).status_code
        == 200
    )
    assert signed_in(sam).post("/admin/pos/product/999999/adjust_stock/", data).status_code == 403
    assert signed_in(sam).post("/admin/pos/product/abc/adjust_stock/", data).status_code == 403
    assert shirt.stock_levels.get().on_hand == Decimal("12")


# --- Codes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("barcode", "said"),
    [
        ("0012345678905", "“Wool scarf” already has this barcode."),
        ("SCARF", "This is already the code of “Wool scarf”."),
        ("4006381333932", "The last digit should be 1: a digit is mistyped or missing."),
        ("12 34", "A barcode has no blanks and no invisible characters."),
    ],
)
def test_a_barcode_leads_to_one_product(
    barcode: str, said: str, shirt: Product, scarf: Product, max_: User, signed_in: SignIn
) -> None:
    data = form(shirt) | {
        "barcodes-TOTAL_FORMS": 2,
        "barcodes-1-product": shirt.pk,
        "barcodes-1-code": barcode,
    }
    response = signed_in(max_).post(address(shirt), data)
    assert response.status_code == 200
    formset = response.context["inline_admin_formsets"][0].formset
    assert formset.errors[1] == {"code": [said]}
    assert shirt.barcodes.count() == 1


def test_a_code_is_not_another_products_barcode(
    shirt: Product, scarf: Product, max_: User, signed_in: SignIn
) -> None:
    data = form(shirt, code="0012345678905")
    assert errors(signed_in(max_).post(address(shirt), data))["code"] == [
        "This is already a barcode of “Wool scarf”."
    ]
    assert "code" in errors(signed_in(max_).post(address(shirt), form(shirt, code="SCARF")))


def test_a_removed_barcode_is_no_longer_found(
    shirt: Product, max_: User, signed_in: SignIn
) -> None:
    data = form(shirt) | {"barcodes-0-DELETE": "on"}
    assert signed_in(max_).post(address(shirt), data).status_code == 302
    assert not Product.objects.matching("4006381333931").exists()
    assert not Barcode.objects.filter(product=shirt).exists()


@pytest.mark.parametrize(
    "price", ["-1", "abc", "1e3", "NaN", "Infinity", "1.999", "1_000", "12345678901234567890", ""]
)
def test_a_senseless_price_is_refused(
    price: str, shirt: Product, max_: User, signed_in: SignIn
) -> None:
    assert "price" in errors(signed_in(max_).post(address(shirt), form(shirt, price=price)))
    shirt.refresh_from_db()
    assert shirt.price == Decimal("19.90")


def test_a_stock_keeper_cannot_post_what_a_form_hides(
    shirt: Product, ana: User, signed_in: SignIn
) -> None:
    assert signed_in(ana).post(address(shirt), form(shirt, price="1.00")).status_code == 403


# --- The list --------------------------------------------------------------------------------


def names(client: Client, query: str = "") -> list[str]:
    return [product.name for product in client.get(LIST + query).context["cl"].result_list]


@pytest.fixture
def clothes(shirt: Product, scarf: Product, tomatoes: Product) -> Category:
    """Clothes with the scarf in it, and Shirts inside with the shirt."""
    clothes = Category.objects.create(name="Clothes", code="CLOTHES")
    shirts = Category.objects.create(name="Shirts", code="SHIRTS", parent=clothes)
    scarf.categories.add(clothes)
    shirt.categories.add(shirts)
    return clothes


@pytest.mark.parametrize("view", ["table", "grid"])
def test_search_and_filters_work_in_both_views(
    view: str, clothes: Category, sam: User, signed_in: SignIn
) -> None:
    client = signed_in(sam)
    assert client.get(f"{LIST}?view={view}&q=shirt").url == f"{LIST}?q=shirt"
    assert client.get(LIST).context["cl"].is_grid is (view == "grid")
    assert names(client) == ["Linen shirt", "Tomatoes", "Wool scarf"]
    assert names(client, "?q=0012345678905") == ["Wool scarf"]
    assert names(client, "?q=SHIRT-M") == ["Linen shirt"]
    assert names(client, "?q=wool") == ["Wool scarf"]
    assert names(client, f"?category={clothes.pk}") == ["Linen shirt", "Wool scarf"]
    assert names(client, "?sold_by__exact=weight") == ["Tomatoes"]
    assert names(client, "?stock=out") == []


def test_the_list_finds_what_is_low_or_out(
    clothes: Category, scarf: Product, shirt: Product, main: Store, sam: User, signed_in: SignIn
) -> None:
    Product.objects.filter(pk=scarf.pk).update(reorder_point=Decimal("3"))
    stock_service.set_stock(user=sam, product=shirt, store=main, on_hand=Decimal(0), reason="lost")
    client = signed_in(sam)
    assert names(client, "?stock=low") == ["Wool scarf"]
    assert names(client, "?stock=out") == ["Linen shirt"]
    low = client.get("/admin/pos/stocklevel/?state=low").context["cl"].result_list
    assert [level.product for level in low] == [scarf]


def test_categories_count_each_product_once(
    clothes: Category, shirt: Product, root: User, signed_in: SignIn
) -> None:
    shirt.categories.add(clothes)  # in Clothes, and in Shirts inside it
    rows = signed_in(root).get("/admin/pos/category/").context["cl"].result_list
    assert [(row.name, row.branch.depth, row.product_count) for row in rows] == [
        ("Clothes", 0, 2),
        ("Shirts", 1, 1),
    ]


def test_ticked_products_are_switched_off_with_history(
    shirt: Product, scarf: Product, max_: User, ada: User, signed_in: SignIn
) -> None:
    data = {"action": "switch_off", "_selected_action": [shirt.pk, scarf.pk], "index": 0}
    signed_in(ada).post(LIST, data)
    assert Product.objects.filter(is_active=True).count() == 2
    signed_in(max_).post(LIST, data)
    assert Product.objects.filter(is_active=True).count() == 0
    assert shirt.history.first().history_user == max_
    assert shirt.history.first().is_active is False


def test_stock_in_the_list_is_that_of_ones_own_stores(
    shirt: Product, main: Store, other: Store, eve: User, root: User, signed_in: SignIn
) -> None:
    factories.put_in_stock(shirt, other, "77", by=root)
    shown = signed_in(eve).get(LIST).content.decode()
    assert "77" in shown and "Main Street" not in shown
