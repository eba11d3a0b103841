"""Taking lists away: who gets which rows and columns, in which format, and what is told about it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pos import roles
from pos.models import AuditEntry, Customer, Product, Store, User
from pos.resources import RESOURCES

from .two_stores import TwoStores, open_two_stores

SignIn = Callable[[User], Client]
SECRETS = ("password", "pin", "token", "hash", "secret", "key", "search_text", "epoch", "figures")


def url(model: str, query: str = "") -> str:
    return reverse(f"admin:pos_{model}_export") + query


def take(client: Client, address: str, *, which: int = 0, **choices: Any) -> Any:
    """What the page answers to its own form with every column ticked, or those of `columns`."""
    page = client.get(address)
    assert page.status_code == 200
    form = page.context["form"]
    resource = form.resources[which]
    columns = choices.pop("columns", list(resource.fields))
    data = {"resource": str(which), "format": "0", "most_rows": "", **choices}
    data |= {form.create_boolean_field_name(resource, name): "on" for name in columns}
    return client.post(address, data)


def content(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def xlsx_rows(response: Any) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(content(response)))
    return list(book.worksheets[0].values)


def csv_rows(response: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content(response).decode("utf-8-sig"), newline="")))


@pytest.fixture
def exporting_seller(ana: User) -> User:
    """Ana, whose shop lets sellers take lists away."""
    from django.contrib.auth.models import Permission

    right = Permission.objects.get(codename="export_list", content_type__app_label="pos")
    Group.objects.get(name=roles.SELLER).permissions.add(right)
    return User.objects.get(pk=ana.pk)


# --- Every list ------------------------------------------------------------------------------


def test_every_list_of_the_admin_can_be_taken_away() -> None:
    own_ways = {AuditEntry, User}  # the audit's own button; a list that leads on to the sellers'
    lists = {
        model for model, shown in admin.site._registry.items() if model._meta.app_label == "pos"
    }
    lists.add(Group)
    assert lists - own_ways == set(RESOURCES)


def test_no_column_holds_what_signs_in_or_is_only_for_machines() -> None:
    for resources in RESOURCES.values():
        for resource in resources:
            paths = {each.path.rsplit("__", 1)[-1] for each in resource.fields.values()}
            assert not [path for path in paths if any(word in path for word in SECRETS)]


@pytest.fixture
def world(db: None) -> TwoStores:
    return open_two_stores()


@pytest.mark.parametrize("place", range(len(RESOURCES)))
def test_the_owner_takes_every_list_in_both_formats(
    place: int, world: TwoStores, signed_in: SignIn
) -> None:
    model = list(RESOURCES)[place]
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_export")
    client = signed_in(world.people["root"])
    for which in range(len(RESOURCES[model])):
        sheet = xlsx_rows(take(client, address, which=which))
        text = csv_rows(take(client, address, which=which, format="1"))
        assert len(sheet) == len(text)
        assert [str(title) for title in sheet[0]] == text[0]
        assert len(set(text[0])) == len(text[0])


def test_a_list_has_the_columns_titles_and_values_it_shows(
    rosa: Customer, max_: User, signed_in: SignIn
) -> None:
    columns = ["name", "phone", "email", "status", "level", "credit_limit", "due"]
    rows = csv_rows(take(signed_in(max_), url("customer"), columns=columns, format="1"))
    assert rows == [
        ["Name", "Phone", "Email", "Status", "Level", "Credit limit", "Due"],
        ["Rosa Lind", "'+44 20 7946 0123", "rosa@example.org", "Active", "Gold", "", ""],
    ]


# --- As it is filtered, searched, sorted -----------------------------------------------------


@pytest.fixture
def three(shirt: Product, scarf: Product, tomatoes: Product) -> None:
    return None


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("", ["SHIRT-M", "TOMATO", "SCARF"]),
        ("?q=scarf", ["SCARF"]),
        ("?sold_by__exact=weight", ["TOMATO"]),
        ("?q=nothing+like+it", []),
    ],
)
def test_only_what_the_list_is_narrowed_to_leaves(
    query: str, codes: list[str], three: None, max_: User, signed_in: SignIn
) -> None:
    answer = take(signed_in(max_), url("product", query), columns=["code"])
    assert [row[0] for row in xlsx_rows(answer)] == ["code", *codes]


def test_rows_come_in_the_order_of_the_list(three: None, max_: User, signed_in: SignIn) -> None:
    answers = [
        take(signed_in(max_), url("product", f"?o={order}"), columns=["code", "price"])
        for order in ("3", "-3")
    ]
    up, down = (xlsx_rows(answer)[1:] for answer in answers)
    assert up == [("TOMATO", 2.8), ("SCARF", 12.5), ("SHIRT-M", 19.9)]
    assert down == up[::-1]


def test_only_the_first_rows_where_that_is_asked(max_: User, signed_in: SignIn) -> None:
    Customer.objects.bulk_create(Customer(name=f"Customer {n:03}") for n in range(120))
    rows = xlsx_rows(take(signed_in(max_), url("customer"), most_rows="100", columns=["name"]))
    assert len(rows) == 101


def test_a_filter_the_list_does_not_have_exports_nothing(max_: User, signed_in: SignIn) -> None:
    data = {"resource": "0", "format": "0", "productresource_code": "on"}
    answer = signed_in(max_).post(url("product", "?cost__gt=5"), data)
    assert answer.status_code == 400
    assert not AuditEntry.objects.filter(kind="export").exists()


# --- Who ---------------------------------------------------------------------------------------


def test_who_may_not_export_is_not_offered_it(ana: User, shirt: Product, signed_in: SignIn) -> None:
    client = signed_in(ana)
    assert (
        url("product") not in client.get(reverse("admin:pos_product_changelist")).content.decode()
    )
    assert client.get(url("product")).status_code == 403
    assert client.post(url("product"), {"format": "0"}).status_code == 403
    assert not AuditEntry.objects.filter(kind="export").exists()


def test_the_list_offers_the_export_with_its_filters(
    shirt: Product, max_: User, signed_in: SignIn
) -> None:
    page = signed_in(max_).get(reverse("admin:pos_product_changelist") + "?q=shirt")
    assert f'href="{url("product", "?q=shirt")}"' in page.content.decode()


def test_a_list_that_one_may_not_see_cannot_be_taken_away(
    exporting_seller: User, signed_in: SignIn
) -> None:
    assert signed_in(exporting_seller).get(url("stockmovement")).status_code == 403
    assert signed_in(exporting_seller).get(url("seller")).status_code == 403


def test_cost_leaves_only_with_who_may_see_it(
    exporting_seller: User, max_: User, shirt: Product, signed_in: SignIn
) -> None:
    sellers = xlsx_rows(take(signed_in(exporting_seller), url("product")))
    assert "cost" not in sellers[0]
    managers = xlsx_rows(take(signed_in(max_), url("product")))
    assert managers[1][managers[0].index("cost")] == 8


def test_a_column_that_is_hidden_cannot_be_asked_for(
    exporting_seller: User, shirt: Product, signed_in: SignIn
) -> None:
    data = {
        "resource": "0",
        "format": "1",
        "productresource_code": "on",
        "productresource_cost": "on",
    }
    answer = signed_in(exporting_seller).post(url("product"), data)
    assert csv_rows(answer) == [["code"], ["SHIRT-M"]]


def test_everybody_takes_only_what_is_theirs_to_see(world: TwoStores, signed_in: SignIn) -> None:
    """Ana sells in the main store, Max manages it, Ada audits it, Eve belongs to the other one."""
    for name, number_of_stores in (("max", 1), ("ada", 1), ("root", 2)):
        person = world.people[name]
        rows = xlsx_rows(take(signed_in(person), url("order"), columns=["number", "store"]))
        stores = {row[1] for row in rows[1:]}
        assert len(stores) == number_of_stores, name
        seen = {str(store) for store in Store.objects.visible_to(person)}
        assert stores <= seen


def test_another_store_s_lines_stay_there(world: TwoStores, signed_in: SignIn) -> None:
    person = world.people["max"]
    rows = xlsx_rows(take(signed_in(person), url("order"), which=1, columns=["number", "store"]))
    assert len(rows) > 1
    assert len({row[1] for row in rows[1:]}) == 1


def test_expected_cash_leaves_only_with_who_may_see_it(
    world: TwoStores, exporting_seller_role: None, signed_in: SignIn
) -> None:
    seller = world.people["ana"]
    page = signed_in(seller).get(url("cashsession"))
    offered = {name for each in page.context["form"].resources for name in each.fields}
    assert not offered & {"expected_cash", "difference", "cash_amount", "pieces"}
    manager = signed_in(world.people["max"]).get(url("cashsession"))
    offered = {name for each in manager.context["form"].resources for name in each.fields}
    assert {"expected_cash", "difference", "cash_amount", "pieces"} <= offered


@pytest.fixture
def exporting_seller_role(world: TwoStores) -> None:
    from django.contrib.auth.models import Permission

    right = Permission.objects.get(codename="export_list", content_type__app_label="pos")
    Group.objects.get(name=roles.SELLER).permissions.add(right)


# --- The door ----------------------------------------------------------------------------------


def test_without_a_column_the_page_says_so(shirt: Product, max_: User, signed_in: SignIn) -> None:
    answer = signed_in(max_).post(url("product"), {"resource": "0", "format": "0"})
    assert answer.status_code == 200
    assert "Select at least 1 field" in answer.content.decode()
    assert not AuditEntry.objects.filter(kind="export").exists()


@pytest.mark.parametrize("wrong", [{"format": "7"}, {"resource": "9"}, {"most_rows": "-1"}])
def test_nonsense_is_refused_on_the_page(
    wrong: dict[str, str], shirt: Product, max_: User, signed_in: SignIn
) -> None:
    data = {"resource": "0", "format": "0", "productresource_code": "on"} | wrong
    answer = signed_in(max_).post(url("product"), data)
    assert answer.status_code == 200
    assert "attachment" not in answer.headers.get("Content-Disposition", "")
    assert not AuditEntry.objects.filter(kind="export").exists()


def test_the_file_comes_as_a_download(shirt: Product, max_: User, signed_in: SignIn) -> None:
    answer = take(signed_in(max_), url("product"), format="1")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="product-')
    assert "no-store" in answer.headers["Cache-Control"]


def test_looking_at_the_page_is_no_export(shirt: Product, max_: User, signed_in: SignIn) -> None:
    assert "1 row" in signed_in(max_).get(url("product")).content.decode()
    assert not AuditEntry.objects.filter(kind="export").exists()


def test_what_left_the_shop_is_told(three: None, max_: User, signed_in: SignIn) -> None:
    take(signed_in(max_), url("product", "?q=scarf"), columns=["code", "price"])
    entry = AuditEntry.objects.get(kind="export")
    assert entry.actor == max_
    assert entry.reason == "Products, to change and import again to XLSX"
    assert entry.changes == [
        ["rows", "", "1"],
        ["columns", "", "code, price"],
        ["filter", "", "q=scarf"],
    ]


def test_the_columns_chosen_last_are_ticked_again(
    shirt: Product, max_: User, signed_in: SignIn
) -> None:
    client = signed_in(max_)
    take(client, url("product"), columns=["code", "price"])
    form = client.get(url("product")).context["form"]
    ticked = {field.name for field in form if getattr(field.field, "initial", None) is True}
    assert {"productresource_code", "productresource_price"} == {
        name for name in ticked if name.startswith("productresource_")
    }


# --- How much it costs ---------------------------------------------------------------------------


@pytest.mark.parametrize("which", [0, 1])
def test_five_hundred_products_ask_no_more_than_ten(
    which: int, main: Store, root: User, vat20: Any, signed_in: SignIn
) -> None:
    client = signed_in(root)
    client.get(url("product"))  # what is asked once in the life of the process
    asked = []
    for number, start in ((10, 0), (490, 10)):
        Product.objects.bulk_create(
            Product(name=f"P {n}", code=f"P{n}", price=Decimal(1), tax_rate=vat20)
            for n in range(start, start + number)
        )
        with CaptureQueriesContext(
            connection,
        ) as queries:
            rows = xlsx_rows(take(client, url("product"), which=which))
        assert len(rows) == start + number + 1
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_many_lines_ask_no_more_than_a_few(world: TwoStores, signed_in: SignIn) -> None:
    from pos.models import OrderLine

    client = signed_in(world.people["root"])
    line = OrderLine.objects.filter(order__status="completed").first()
    assert line is not None
    asked = []
    for number in (0, 490):
        OrderLine.objects.bulk_create(_copies(line, number))
        with CaptureQueriesContext(connection) as queries:
            rows = xlsx_rows(take(client, url("order"), which=1))
        asked.append(len(queries))
    assert len(rows) > 490
    assert asked[0] == asked[1]


def _copies(line: Any, number: int) -> list[Any]:
    values = {field.attname: getattr(line, field.attname) for field in line._meta.concrete_fields}
    values.pop("id")
    return [type(line)(**values | {"position": 100 + n}) for n in range(number)]


# --- Hostile cells -------------------------------------------------------------------------------

HOSTILE = (
    *("=1+1", "+1", "-1", "@SUM(A1)", "＝1+1", "＋1", "－1", "＠x"),
    *(" =1+1", "'=1+1", '"=1+1', "''-1", '=HYPERLINK("http://evil.example")'),
)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_that_is_a_formula_stays_a_name(
    name: str, max_: User, signed_in: SignIn, db: None
) -> None:
    Customer.objects.bulk_create([Customer(name=name)])
    client = signed_in(max_)
    answer = take(client, url("customer"), columns=["name"])
    sheet = openpyxl.load_workbook(io.BytesIO(content(answer))).worksheets[0]
    assert (sheet["A2"].value, sheet["A2"].data_type) == (name, "s")
    rows = csv_rows(take(client, url("customer"), columns=["name"], format="1"))
    assert rows[1] == [f"'{name}"]
