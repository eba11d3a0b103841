"""The audit trail: every change of a record, and everything that services do, in words."""

from __future__ import annotations

from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pos import roles
from pos.models import (
    AuditEntry,
    CustomerLevel,
    Product,
    RoleLimit,
    Store,
    TaxRate,
    User,
)
from pos.services.activation import set_active
from pos.services.audit import readable, record
from pos.services.cash import close_session, move_cash, open_session
from pos.services.errors import Conflict
from pos.services.history import sign
from pos.services.importing import import_products
from pos.services.parking import discard_order, park_order, resume_order
from pos.services.receipts import record_print
from pos.services.stock import adjust_stock, waste_stock

from . import factories
from .tills import amount, cart, item, line, percent, post, request_body, sell

pytestmark = pytest.mark.django_db

# What is not audited record by record, and why.
NO_HISTORY = {
    "Order": "a document: its own acts are in the trail",
    "OrderLine": "part of a document",
    "OrderTax": "part of a document",
    "Payment": "a document",
    "CashSession": "a document: opened, moved and closed are in the trail",
    "CashMovement": "a ledger",
    "CashCount": "a document: each count is in the trail",
    "Refund": "a document: its own acts are in the trail",
    "RefundLine": "part of a document",
    "AccountPayment": "a document: its own acts are in the trail",
    "Balance": "follows from its entries; what people do with it is in the trail",
    "BalanceEntry": "a ledger",
    "DeliveryStep": "a ledger: each step is in the trail",
    "PrintJob": "what waits for a printer; the prints of documents are counted",
    "RegisterDisplay": "what a screen shows at the moment",
    "StockLevel": "follows from the ledger",
    "StockMovement": "a ledger",
    "Approval": "a document: asked, given, denied, used are in the trail",
    "AuditEntry": "the trail itself",
    "FinishedDay": "sums of documents, made anew at any time",
    "SalesDay": "sums of documents, made anew at any time",
    "SalesHour": "sums of documents, made anew at any time",
    "ProductDay": "sums of documents, made anew at any time",
    "PaymentDay": "sums of documents, made anew at any time",
    "TaxDay": "sums of documents, made anew at any time",
    "CustomerDay": "sums of documents, made anew at any time",
    "ImportJob": "a document: what it brought in is in the trail",
    "OrderBatch": "a document: brought in and taken out are in the trail",
    "SavedReport": "how one person likes to look at figures; what is mailed is in the trail",
    "StartPage": "how one person likes to look at figures",
    "RoleSeed": "which rights a role was given by the software; no person writes it",
}


def entries(**asked: Any) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(**asked).order_by("id"))


# --- Completeness ----------------------------------------------------------------------------


def test_every_table_is_audited_or_says_why_not() -> None:
    """A new model: give it `history = AuditedRecords()`, or a line in NO_HISTORY with the reason."""
    models = [
        model
        for model in apps.get_app_config("pos").get_models()
        if not model._meta.proxy and not hasattr(model, "history_object")
    ]
    silent = {
        model.__name__
        for model in models
        if not hasattr(model._meta, "simple_history_manager_attribute")
    }
    assert silent == set(NO_HISTORY)


def test_every_history_writes_to_the_trail() -> None:
    models = Path(settings.BASE_DIR) / "pos" / "models"
    plain = [
        path.name
        for path in models.glob("*.py")
        if path.name != "history.py" and "HistoricalRecords(" in path.read_text()
    ]
    assert plain == []


# --- Records ---------------------------------------------------------------------------------


def test_a_new_record_says_what_it_holds(max_: User) -> None:
    rate = TaxRate(name="VAT 7 %", percent=Decimal("7"))
    sign(rate, user=max_, reason="New law")
    rate.save()
    (entry,) = entries(model="pos.taxrate", object_id=str(rate.pk))
    assert (entry.kind, entry.actor, entry.reason) == ("created", max_, "New law")
    assert entry.object_text == "VAT 7 %"
    assert entry.changes == [["name", "", "VAT 7 %"], ["percent", "", "7 %"]]


def test_a_change_says_before_and_after_as_people_read_them(max_: User) -> None:
    rate = factories.make_tax_rate("VAT 20 %", "20")
    product = factories.make_product("Milk", "1.50")
    product.price, product.tax_rate, product.sold_by = Decimal("1.20"), rate, "weight"
    product.is_favourite = True
    sign(product, user=max_)
    product.save()
    entry = entries(kind="changed", model="pos.product")[-1]
    assert entry.changes == [
        ["price", "1.50", "1.20"],
        ["tax rate", "", "VAT 20 %"],
        ["sold by", "Piece", "Weight (kg)"],
        ["favourite", "no", "yes"],
    ]
    assert entry.amount == Decimal("0.30")


def test_nothing_is_written_when_nothing_changed(max_: User) -> None:
    product = factories.make_product("Milk")
    before = AuditEntry.objects.count(), Product.history.count()
    sign(product, user=max_)
    product.save()
    assert (AuditEntry.objects.count(), Product.history.count()) == before


def test_a_deleted_record_says_what_it_held(max_: User) -> None:
    product = factories.make_product("Milk", barcodes=["X1"])
    barcode = product.barcodes.get()
    sign(barcode, user=max_)
    barcode.delete()
    entry = entries(kind="deleted")[-1]
    assert entry.changes == [["product", "Milk", ""], ["barcode", "X1", ""]]


def test_no_password_or_pin_ever_shows(ana: User) -> None:
    ana.set_password("a secret 123")
    ana.pin = "hash of 4711"
    ana.last_name = "Silva"
    ana.save()
    (entry,) = entries(kind="changed", model="pos.user")
    assert entry.changes == [["last name", "", "Silva"]]
    stored = "".join(str(each.changes) + each.search_text for each in entries())
    assert "secret" not in stored and "4711" not in stored


def test_what_decides_on_rights_is_a_change_of_rights(ana: User) -> None:
    ana.is_active = False
    ana.save()
    (entry,) = entries(kind="rights", object_id=str(ana.pk), model="pos.user")
    assert entry.changes == [["active", "yes", "no"]]
    limit = RoleLimit.objects.filter(role__name="Seller").first()
    if limit:
        limit.refund_amount = Decimal("500")
        limit.save()
        assert entries(kind="rights", model="pos.rolelimit")[-1].changes[-1][2] == "500.00"


def test_a_store_and_a_register_know_their_place(main: Store, till_one: Any) -> None:
    till_one.name = "Bakery"
    till_one.save()
    entry = entries(kind="changed", model="pos.register")[-1]
    assert (entry.store, entry.register) == (main, till_one)


def test_a_request_signs_with_person_and_address(signed_in: Any, max_: User) -> None:
    level = CustomerLevel.objects.create(name="Gold", discount_percent=5)
    data = {"name": "Gold", "discount_percent": "10", "position": "0", "change_reason": "Summer"}
    url = f"/admin/pos/customerlevel/{level.pk}/change/"
    answer = signed_in(max_).post(url, data, REMOTE_ADDR="10.1.2.3", HTTP_X_FORWARDED_FOR="6.6.6.6")
    assert answer.status_code == 302
    entry = entries(kind="changed", model="pos.customerlevel")[-1]
    assert (entry.actor, entry.address, entry.reason) == (max_, "10.1.2.3", "Summer")
    assert entry.changes == [["discount percent", "5 %", "10 %"]]


# --- Many at once, and commands --------------------------------------------------------------


def test_switching_off_many_writes_one_line_each(max_: User) -> None:
    for name in ("Milk", "Bread"):
        factories.make_product(name)
    set_active(user=max_, rows=Product.objects.all(), is_active=False)
    lines = entries(kind="changed", model="pos.product")
    assert sorted((each.object_text, each.changes, each.actor.username) for each in lines) == [
        ("Bread", [["active", "yes", "no"]], "max"),
        ("Milk", [["active", "yes", "no"]], "max"),
    ]


def test_an_import_writes_a_line_per_product_and_one_for_itself(root: User) -> None:
    milk = factories.make_product("Milk", "1.50", code="1")
    AuditEntry.objects.all().delete()
    rows = [
        {"code": "1", "price": "1.40", "categories": "Dairy", "barcode": "X1"},
        {"code": "2", "name": "Bread", "price": "2.00"},
    ]
    import_products(user=root, rows=rows, source="goods.csv")
    (changed,) = entries(kind="changed")
    assert (changed.object_id, changed.actor, changed.amount) == (
        str(milk.pk),
        root,
        Decimal("0.10"),
    )
    assert changed.changes == [
        ["price", "1.50", "1.40"],
        ["categories", "", "Dairy"],
        ["barcode", "", "X1"],
    ]
    (created,) = entries(kind="created", model="pos.product")
    assert created.changes == [["name", "", "Bread"], ["code", "", "2"], ["price", "", "2.00"]]
    (whole,) = entries(kind="import")
    assert whole.changes == [["new products", "", "1"], ["changed products", "", "1"]]
    assert (whole.actor, whole.reason) == (root, "goods.csv")


def test_a_refused_import_leaves_no_trace(root: User) -> None:
    AuditEntry.objects.all().delete()
    rows = [{"code": "1", "name": "Milk", "price": "1.50"}, {"code": "2", "name": "Bread"}]
    assert import_products(user=root, rows=rows).errors
    assert entries() == []


def test_a_command_writes_in_somebodys_name(root: User, main: Store, tmp_path: Any) -> None:
    file = tmp_path / "goods.csv"
    file.write_text("code,name,price,quantity\n1,Milk,1.50,3\n")
    call_command("import_products", file, store=main.code, stdout=StringIO())
    assert {entry.actor for entry in entries(kind__in=("import",))} == {root}
    (created,) = entries(kind="created", model="pos.product")
    assert created.actor == root and ["opening stock", "", "3"] in created.changes


# --- What services do ------------------------------------------------------------------------


def told(*kinds: str) -> list[tuple[Any, ...]]:
    """(kind, person, amount, reason) of the entries of these kinds."""
    rows = entries(kind__in=kinds)
    return [(row.kind, row.actor.username, row.amount, row.reason) for row in rows]


@pytest.mark.usefixtures("session", "cash")
def test_a_sale_is_one_line_with_its_amount(ana: User, till_one: Any, shirt: Product) -> None:
    order = sell(ana, till_one, item(shirt, "2"), total="39.80", pay="cash 40.00").order
    (entry,) = entries(kind="sale")
    assert (entry.actor, entry.amount, entry.object_text) == (ana, Decimal("39.80"), order.number)
    assert (entry.store, entry.register) == (till_one.store, till_one)
    assert entries(kind="discount") == []


@pytest.mark.usefixtures("session", "cash", "no_limits")
def test_discounts_of_the_seller_are_told_those_of_a_level_are_not(
    ana: User, till_one: Any, shirt: Product, scarf: Product, rosa: Any
) -> None:
    sell(
        ana,
        till_one,
        item(shirt, "1", percent("10"), "stain"),
        item(scarf),
        customer=rosa,
        order_discount=amount("1.00"),
        total="28.78",
        pay="cash 30.00",
    )
    lines = [(each.changes, each.amount, each.reason) for each in entries(kind="discount")]
    assert lines == [
        ([["Linen shirt M", "19.90", "17.91"]], Decimal("1.99"), "stain"),
        ([["whole order", "29.78", "28.78"]], Decimal("1.00"), ""),
    ]


@pytest.mark.usefixtures("session", "cash")
def test_the_trail_of_a_sale_costs_one_statement(ana: User, till_one: Any, shirt: Product) -> None:
    with CaptureQueriesContext(connection) as asked:
        sell(ana, till_one, item(shirt), total="19.90", pay="cash 20.00")
    written = [each["sql"] for each in asked if "pos_auditentry" in each["sql"]]
    assert len(written) == 1 and written[0].startswith("INSERT")


@pytest.mark.usefixtures("session", "cash")
def test_a_refused_sale_leaves_no_sale_in_the_trail(
    ana: User, till_one: Any, shirt: Product
) -> None:
    with pytest.raises(Conflict):
        sell(ana, till_one, item(shirt), total="0.01", pay="cash 20.00")
    assert entries(kind="sale") == []


@pytest.mark.usefixtures("session")
def test_parking_taking_over_and_discarding_are_told(
    ana: User, max_: User, till_one: Any, shirt: Product
) -> None:
    order = park_order(user=ana, register=till_one, cart=cart(item(shirt)), label="blue coat")
    resume_order(user=max_, order_id=order.pk, register=till_one)
    discard_order(user=max_, order_id=order.pk, reason="left the shop")
    assert told("parked", "taken_over", "void") == [
        ("parked", "ana", Decimal("19.90"), "blue coat"),
        ("taken_over", "max", Decimal("19.90"), ""),
        ("void", "max", Decimal("19.90"), "left the shop"),
    ]
    assert entries(kind="taken_over")[0].changes == [["being served by", "Ana", "Max"]]


def test_an_order_that_is_taken_back_is_told_and_its_own_is_not(
    ana: User, max_: User, till_one: Any, shirt: Product
) -> None:
    order = park_order(user=ana, register=till_one, cart=cart(item(shirt)))
    resume_order(user=ana, order_id=order.pk, register=till_one)
    assert entries(kind="taken_over") == []
    for person in (max_, ana):
        resume_order(user=person, order_id=order.pk, register=till_one, take_over=True)
    assert [entry.changes[0][1:] for entry in entries(kind="taken_over")] == [
        ["Ana", "Max"],
        ["Max", "Ana"],
    ]


def test_the_drawer_is_told_from_float_to_count(max_: User, till_one: Any) -> None:
    session = open_session(user=max_, register=till_one, opening_float=Decimal("100"))
    move_cash(user=max_, session=session, kind="pay_out", amount=Decimal("9.60"), reason="Stamps")
    close_session(user=max_, session=session, counted_cash=Decimal("90.00"), note="Twice")
    assert told("session_opened", "cash_moved", "session_closed") == [
        ("session_opened", "max", Decimal("100"), ""),
        ("cash_moved", "max", Decimal("-9.60"), "Stamps"),
        ("session_closed", "max", Decimal("-0.40"), "Twice"),
    ]
    assert entries(kind="session_closed")[0].changes == [["counted cash", "90.40", "90.00"]]


def test_stock_is_told_with_reason_and_cost(sam: User, main: Store, shirt: Product) -> None:
    AuditEntry.objects.all().delete()
    adjust_stock(user=sam, product=shirt, store=main, quantity=Decimal(-2), reason="lost")
    waste_stock(
        user=sam, product=shirt, store=main, quantity=Decimal(1), reason="damaged", note="torn"
    )
    lines = [(each.changes, each.amount, each.reason, each.store) for each in entries(kind="stock")]
    assert lines == [
        ([["on hand", "12", "10"]], Decimal("-16.00"), "Lost or stolen", main),
        ([["on hand", "10", "9"]], Decimal("-8.00"), "Damaged · torn", main),
    ]


@pytest.mark.usefixtures("session", "cash")
def test_only_copies_of_a_receipt_are_told(ana: User, till_one: Any, shirt: Product) -> None:
    order = sell(ana, till_one, item(shirt), total="19.90", pay="cash 20.00").order
    record_print(user=ana, order=order)
    assert entries(kind="reprint") == []
    record_print(user=ana, order=order)
    (entry,) = entries(kind="reprint")
    assert (entry.changes, entry.amount) == ([["times printed", "1", "2"]], Decimal("19.90"))


# --- Refusals --------------------------------------------------------------------------------


def test_a_page_without_the_right_is_told(signed_in: Any, ana: User, main: Store) -> None:
    answer = signed_in(ana).get("/admin/pos/auditentry/", REMOTE_ADDR="10.9.8.7")
    assert answer.status_code == 403
    (entry,) = entries(kind="refused")
    assert (entry.actor, entry.address, entry.store) == (ana, "10.9.8.7", main)
    assert entry.changes == [["asked for", "", "/admin/pos/auditentry/"]]


@pytest.mark.parametrize("address", ["store/%00/change/", "category/1%00/delete/"])
def test_an_address_that_no_database_stores_is_told_as_far_as_it_goes(
    signed_in: Any, ana: User, main: Store, address: str
) -> None:
    assert signed_in(ana).get(f"/admin/pos/{address}").status_code == 403
    (entry,) = entries(kind="refused")
    assert entry.changes == [["asked for", "", f"/admin/pos/{address.replace('%00', '')}"]]


def test_refused_grants_are_told(signed_in: Any, max_: User, root: User, main: Store) -> None:
    codes = ("view_seller", "change_seller")
    max_.user_permissions.add(*Permission.objects.filter(codename__in=codes))
    strong = factories.make_user("mia", roles.MANAGER, [main])
    strong.user_permissions.add(Permission.objects.get(codename="add_store"))
    body = {"row": strong.pk, f"was-{strong.pk}": "work_in_store"}
    answer = signed_in(max_).post(reverse("admin:pos_store_people", args=[main.pk]), body)
    assert answer.status_code == 400
    (entry,) = entries(kind="refused")
    assert (entry.actor, entry.changes[1]) == (max_, ["answer", "", "above"])


@pytest.mark.usefixtures("session", "cash")
@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"lines": [{"product": 1, "quantity": "-1"}]}, 400),
        ({"payments": [{"method": "cash", "tendered": "-20.00", "reference": ""}]}, 400),
        ({"register": 999_999}, 404),
        ({"expected_total": "NaN"}, 400),
    ],
)
def test_tampering_at_the_checkout_is_told(
    signed_in: Any, ana: User, till_one: Any, shirt: Product, change: Any, status: int
) -> None:
    body = request_body(till_one, line(shirt), total="19.90", pay="cash 20.00") | change
    answer = post(signed_in(ana), "checkout", body)
    assert answer.status_code == status
    (entry,) = entries(kind="refused")
    assert (entry.actor, entry.changes[0][2]) == (ana, "/admin/register/checkout/")
    assert entries(kind="sale") == []


@pytest.mark.usefixtures("cash")
def test_selling_in_another_store_is_told_to_nobody_elses_manager(
    signed_in: Any, eve: User, till_one: Any, shirt: Product, other: Store
) -> None:
    body = request_body(till_one, line(shirt), total="19.90", pay="cash 20.00")
    assert post(signed_in(eve), "checkout", body).status_code in (403, 404)
    (entry,) = entries(kind="refused")
    assert (entry.actor, entry.store) == (eve, other)


# --- What somebody may read ------------------------------------------------------------------


def test_cost_and_expected_cash_are_for_those_with_the_right(ana: User, max_: User) -> None:
    shirt = factories.make_product("Shirt", cost=Decimal("4"))
    shirt.cost, shirt.price = Decimal("5"), Decimal("9")
    shirt.save()
    entry = entries(kind="changed")[-1]
    assert readable(user=max_, entry=entry)[0] == [
        ["price", "10.00", "9.00"],
        ["cost", "4.00", "5.00"],
    ]
    assert readable(user=ana, entry=entry)[0] == [["price", "10.00", "9.00"]]
    count = record("session_closed", user=max_, changes=[["counted", "1", "2"]], amount=Decimal(1))
    assert readable(user=ana, entry=count) == ([], None)
    assert readable(user=max_, entry=count) == ([["counted", "1", "2"]], Decimal(1))


def test_who_sees_which_rows(root: User, max_: User, ana: User, eve: User, other: Store) -> None:
    AuditEntry.objects.all().delete()
    main = Store.objects.get(code="MAIN")
    for text, details in {
        "main by eve": {"user": eve, "store": main},
        "main by ana": {"user": ana, "store": main},
        "other by eve": {"user": eve, "store": other},
        "sign-in of eve": {"user": eve},
        "price": {"user": root, "obj": factories.make_product("Milk")},
        "account": {"user": root, "obj": ana},
    }.items():
        record("changed", reason=text, **details)

    def seen(user: User) -> set[str]:
        return set(
            AuditEntry.objects.visible_to(user).exclude(reason="").values_list("reason", flat=True)
        )

    assert len(seen(root)) == 6
    assert seen(max_) == {"main by eve", "main by ana", "price"}
    assert seen(ana) == {"main by ana"}
    assert seen(eve) == {"other by eve", "sign-in of eve"}
