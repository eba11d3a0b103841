"""The timeline, its search, its filters and its spreadsheet; what stands out per seller."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from time import sleep
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from pos.models import AuditEntry, Order, Product, Register, Store, User
from pos.reports.unusual import WATCHED, price_dips, unusual_activity
from pos.services.audit import prepare, record, record_all
from pos.services.history import sign
from pos.services.voids import VoidRequest, void_sale

from . import factories
from .returns import refund
from .tills import item, sell

pytestmark = pytest.mark.django_db
TIMELINE = "/admin/pos/auditentry/"
EVIL = ("<img src=x onerror=alert(1)>", "=1+1", "@SUM(A1)", "{{7*7}}", "\u202eevil")


@pytest.fixture
def clean(db: None) -> None:
    AuditEntry.objects.all().delete()


def shown(client: Client, **asked: Any) -> list[str]:
    """The reasons of the entries on the page, newest first."""
    answer = client.get(TIMELINE, asked)
    assert answer.status_code == 200
    return [entry.reason for entry in answer.context["cl"].result_list]


# --- Who gets there --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "status"), [("root", 200), ("max_", 200), ("ada", 200), ("ana", 403), ("sam", 403)]
)
def test_who_reads_the_trail(
    request: pytest.FixtureRequest, signed_in: Any, name: str, status: int
) -> None:
    client = signed_in(request.getfixturevalue(name))
    assert client.get(TIMELINE).status_code == status
    assert client.get("/admin/audit/unusual/").status_code == status
    assert client.get("/admin/audit/?kind=sale").status_code == 302


@pytest.mark.parametrize(
    ("name", "status"), [("root", 200), ("ada", 200), ("max_", 403), ("ana", 403)]
)
def test_who_takes_it_to_excel(
    request: pytest.FixtureRequest, signed_in: Any, name: str, status: int
) -> None:
    client = signed_in(request.getfixturevalue(name))
    assert client.get(f"{TIMELINE}export/").status_code == 405
    assert client.post(f"{TIMELINE}export/").status_code == status


def test_nobody_changes_or_deletes_an_entry(signed_in: Any, root: User) -> None:
    entry, client = record("changed", user=root), signed_in(root)
    for url in (f"{TIMELINE}add/", f"{TIMELINE}{entry.pk}/delete/"):
        assert client.get(url).status_code == 403
    client.post(f"{TIMELINE}{entry.pk}/change/", {"reason": "none"})
    entry.refresh_from_db()
    assert entry.reason == ""


# --- Finding ---------------------------------------------------------------------------------


@pytest.fixture
def told(clean: None, root: User, ana: User, main: Store, till_one: Register) -> None:
    milk = factories.make_product("Milk")
    AuditEntry.objects.all().delete()
    price = [["price", "1.50", "1.20"]]
    record("changed", user=root, obj=milk, changes=price, reason="milk")
    record("no_sale", user=ana, store=main, register=till_one, reason="drawer")
    record("sign_in_failed", user=None, actor_name="mallory", reason="guess")


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["guess", "drawer", "milk"]),
        ({"q": "1.20"}, ["milk"]),
        ({"q": "MILK 1.5"}, ["milk"]),
        ({"q": "Ana"}, ["drawer"]),
        ({"q": "mallory"}, ["guess"]),
        ({"q": "nothing"}, []),
        ({"q": "an"}, []),
        ({"q": '"'}, []),
        ({"kind": "no_sale"}, ["drawer"]),
        ({"kind": "nonsense"}, []),
        ({"model": "pos.product"}, ["milk"]),
        ({"q": "milk", "kind": "sale"}, []),
        ({"at_from_0": "2000-01-01", "at_to_0": "2000-01-02"}, []),
    ],
)
def test_filters_and_search(
    signed_in: Any, root: User, asked: dict[str, str], found: list[str]
) -> None:
    assert shown(signed_in(root), **asked) == found


@pytest.mark.usefixtures("told")
def test_filters_by_person_store_and_record(
    signed_in: Any, root: User, ana: User, main: Store
) -> None:
    client, milk = signed_in(root), Product.objects.get()
    assert shown(client, actor__id__exact=ana.pk) == ["drawer"]
    assert shown(client, store=main.pk) == ["drawer"]
    assert shown(client, model="pos.product", object_id__exact=milk.pk) == ["milk"]
    assert shown(client, model="pos.product", object_id__exact="0") == []


def test_no_other_column_can_be_asked(signed_in: Any, root: User) -> None:
    answer = signed_in(root).get(TIMELINE, {"actor__password__startswith": "pbkdf2"})
    assert answer.status_code == 400


@pytest.mark.usefixtures("told")
def test_a_manager_sees_the_store_and_what_all_stores_share(signed_in: Any, max_: User) -> None:
    # The sign-in of somebody unknown belongs to no store.
    assert [each for each in shown(signed_in(max_)) if each] == ["drawer", "milk"]


def test_pages_go_on_without_a_count(signed_in: Any, root: User, clean: None) -> None:
    record_all([prepare("sale", user=root, reason=str(number)) for number in range(120)])
    client = signed_in(root)
    first = client.get(TIMELINE)
    assert b"Older" in first.content and b"Newer" not in first.content
    with CaptureQueriesContext(connection) as asked:
        last = client.get(TIMELINE, {"p": "3"})
    assert len(last.context["cl"].result_list) == 20
    assert b"Older" not in last.content and b"Newer" in last.content
    of_the_trail = [each["sql"] for each in asked if "pos_auditentry" in each["sql"]]
    assert not [sql for sql in of_the_trail if "COUNT(" in sql]
    assert client.get(TIMELINE, {"p": "99"}).status_code in (200, 302)
    assert client.get(TIMELINE, {"p": "x"}).status_code == 200


def test_queries_do_not_grow_with_the_rows(signed_in: Any, root: User, clean: None) -> None:
    client = signed_in(root)

    def asked() -> int:
        cache.clear()  # the number of waiting approvals is kept for some seconds
        with CaptureQueriesContext(connection) as queries:
            client.get(TIMELINE)
        return len(queries)

    product = factories.make_product("Milk")
    asked()
    record("sale", user=root, obj=product)
    few = asked()
    record_all([prepare("sale", user=root, obj=product) for _ in range(40)])
    assert asked() == few


@pytest.mark.parametrize("text", EVIL)
def test_what_people_typed_is_never_markup(
    signed_in: Any, root: User, clean: None, text: str
) -> None:
    record("changed", user=None, actor_name=text, changes=[[text, text, text]], reason=text)
    page = signed_in(root).get(TIMELINE).content.decode()
    assert "<img src=x" not in page and ">49<" not in page


# --- The spreadsheet -------------------------------------------------------------------------


def sheet_of(client: Client, query: str = "") -> tuple[list[list[Any]], str]:
    """The sheet's cells, and its raw XML."""
    answer = client.post(f"{TIMELINE}export/{query}")
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content)
    book = ZipFile(BytesIO(content))
    xml = book.read("xl/worksheets/sheet1.xml").decode()
    return rows_of(xml), xml


def rows_of(xml: str) -> list[list[Any]]:
    from xml.etree import ElementTree

    space = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    rows = []
    for row in ElementTree.fromstring(xml).iterfind(".//x:row", space):
        cells = []
        for cell in row.iterfind("x:c", space):
            text = cell.find(".//x:t", space)
            value = cell.find("x:v", space)
            cells.append(text.text if text is not None else value.text if value is not None else "")
        rows.append(cells)
    return rows


@pytest.mark.usefixtures("told")
def test_the_sheet_holds_what_is_filtered(signed_in: Any, ada: User, main: Store) -> None:
    rows, _xml = sheet_of(signed_in(ada), "?kind=no_sale")
    assert len(rows) == 2
    assert rows[1][1:3] == ["Ana", "Drawer opened without a sale"]
    rows, _xml = sheet_of(signed_in(ada), "?q=1.20")
    assert [row[5] for row in rows[1:]] == ["price: 1.50 → 1.20"]


@pytest.mark.usefixtures("told")
def test_taking_it_away_is_told(signed_in: Any, root: User) -> None:
    sheet_of(signed_in(root), "?kind=no_sale")
    entry = AuditEntry.objects.get(kind="export")
    assert (entry.actor, entry.changes) == (
        root,
        [["rows", "", "1"], ["filter", "", "kind=no_sale"]],
    )


# What a spreadsheet may take for a formula, a link or a number, also in full width.
TRIGGERS = (
    *("=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1+1", "{=1+1}"),
    *("＝1+1", "＋1", "－1", "＠SUM(A1)", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x","y")'),
    *("http://evil.example", "mailto:a@b.example", "internal:A1", "external:c:/x", "007", "1e5"),
)


def test_text_never_executes_and_figures_are_figures(
    signed_in: Any, root: User, clean: None
) -> None:
    """xlsxwriter makes formulas, links and numbers of such texts unless it is told not to."""
    texts = EVIL + TRIGGERS
    for text in texts:
        record(
            "discount", user=root, reason=text, changes=[[text, "", text]], amount=Decimal("-1.5")
        )
    rows, xml = sheet_of(signed_in(root))
    assert "<f>" not in xml and "<hyperlink" not in xml
    # When, who, what, changes, amount, reason: no entry here has a record or a place.
    assert [Decimal(row[4]) for row in rows[1:]] == [Decimal("-1.5")] * len(texts)
    assert {row[5] for row in rows[1:]} == {as_read(text) for text in texts}
    assert set(re.findall(r'<c r="[FH]\d+"[^>]*t="(\w+)"', xml)) == {"inlineStr"}


def as_read(text: str) -> str:
    """A sign that nobody sees is shown; a carriage return is written as its number."""
    return text.replace("\u202e", "\ufffd").replace("\r", "_x000D_")


# --- Unusual activity ------------------------------------------------------------------------


def sales(user: User, store: Store, count: int) -> None:
    """Completed orders that are good for counting."""
    till = Register.objects.filter(store=store).first()
    product = factories.make_product(f"Gift of {user}", "0.01", stock_policy="allow")
    for _ in range(count):
        sell(user, till, item(product), total="0.01", pay="cash 0.01")


def month() -> dict[str, Any]:
    now = timezone.now()
    return {"start": now - timedelta(days=30), "end": now + timedelta(days=1)}


@pytest.mark.usefixtures("session", "cash")
def test_each_seller_against_the_median(root: User, ana: User, max_: User, main: Store) -> None:
    sales(ana, main, 4)
    sales(max_, main, 4)
    for _ in range(8):
        record("reprint", user=ana, store=main, amount=Decimal("5"))
    record("reprint", user=max_, store=main, amount=Decimal("5"))
    found = {str(each.seller): each for each in unusual_activity(user=root, **month())}
    place = WATCHED.index("reprint")
    mine, others = found["Ana"].figures[place], found["Max"].figures[place]
    assert (found["Ana"].sales, mine.count, mine.amount, mine.rate) == (4, 8, Decimal(40), 200)
    assert (others.count, others.rate, mine.median) == (1, 25, Decimal("112.5"))
    assert (mine.level, others.level) == ("", "")


@pytest.mark.usefixtures("session", "cash")
def test_refunds_and_voided_sales_stand_out_too(
    root: User, ana: User, max_: User, main: Store, till_one: Register
) -> None:
    sales(ana, main, 4)
    refund(ana, till_one, Order.objects.earliest("pk"), "1 x 1", total="0.01")
    wrong = Order.objects.latest("pk")
    void_sale(user=max_, request=VoidRequest(uuid4(), "", wrong.pk, "Rung up wrong"))
    found = {str(each.seller): each for each in unusual_activity(user=root, **month())}
    refunds, voids = WATCHED.index("refund"), WATCHED.index("sale_voided")
    cent = Decimal("0.01")
    assert [(each.count, each.amount) for each in found["Ana"].figures[refunds : voids + 1]] == [
        (1, cent),
        (0, 0),
    ]
    assert (found["Max"].figures[voids].count, found["Max"].figures[voids].amount) == (1, cent)


@pytest.mark.parametrize(
    ("count", "rate", "median", "level"),
    [
        (2, "100", "1", ""),
        (3, "2", "1", ""),
        (3, "2.1", "1", "high"),
        (3, "4.1", "1", "very_high"),
        (9, "9", "5", ""),
        (9, None, "0", "high"),
        (3, "1.5", "0", ""),
    ],
)
def test_what_is_far_above(count: int, rate: str | None, median: str, level: str) -> None:
    from pos.reports.unusual import Figure

    per_sale = None if rate is None else Decimal(rate)
    assert Figure("void", count, Decimal(0), per_sale, Decimal(median)).level == level


@pytest.mark.usefixtures("session", "cash")
def test_the_number_of_queries_stays(root: User, ana: User, max_: User, main: Store) -> None:
    sales(ana, main, 1)
    record("reprint", user=ana, store=main)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            unusual_activity(user=root, **month())
        return len(queries)

    few = asked()
    for person in (max_, root):
        for kind in WATCHED:
            record(kind, user=person, store=main)
    assert asked() == few == 3


def lower_and_raise(person: User, product: Product, prices: Sequence[str]) -> None:
    for price in prices:
        product.price = Decimal(price)
        sign(product, user=person, reason="price")
        product.save()


@pytest.mark.usefixtures("session", "cash")
def test_a_price_that_was_low_while_it_was_sold(
    root: User, ana: User, max_: User, till_one: Register, shirt: Product, scarf: Product
) -> None:
    lower_and_raise(max_, shirt, ["9.90"])
    lower_and_raise(max_, scarf, ["10.00", "12.50"])  # nothing sold meanwhile
    order = sell(max_, till_one, item(shirt, "2"), total="19.80", pay="cash 20.00").order
    assert price_dips(user=root, **month()) == []
    lower_and_raise(ana, shirt, ["19.90"])
    (dip,) = price_dips(user=root, **month())
    assert (dip.lowered.actor, dip.raised.actor, dip.was_own) == (max_, ana, True)
    assert (dip.orders, dip.quantity, dip.lost) == ([order], Decimal(2), Decimal("20.00"))


@pytest.mark.usefixtures("session", "cash")
def test_what_somebody_lowered_and_sold_themselves_comes_first(
    root: User, ana: User, max_: User, till_one: Register, shirt: Product, scarf: Product
) -> None:
    for product, seller in ((shirt, max_), (scarf, ana)):
        lower_and_raise(max_, product, ["9.90"])
        sell(seller, till_one, item(product), total="9.90", pay="cash 20.00")
        lower_and_raise(max_, product, ["19.90"])
    dips = price_dips(user=root, **month())
    assert [(dip.lowered.object_text, dip.was_own) for dip in dips] == [
        ("Linen shirt M", True),
        ("Wool scarf", False),
    ]


@pytest.mark.usefixtures("session", "cash")
def test_a_dip_opens_what_was_sold_meanwhile(
    signed_in: Any, ada: User, max_: User, ana: User, till_one: Register, shirt: Product
) -> None:
    sell(ana, till_one, item(shirt), total="19.90", pay="cash 20.00")
    wait_for_the_next_second()
    lower_and_raise(max_, shirt, ["9.90"])
    order = sell(ana, till_one, item(shirt, "2"), total="19.80", pay="cash 20.00").order
    lower_and_raise(max_, shirt, ["19.90"])
    client = signed_in(ada)
    (dip,) = client.get("/admin/audit/unusual/").context["dips"]
    assert (dip["quantity"], dip["orders"], dip["prices"]) == ("2", 1, ("19.90", "9.90"))
    found = client.get(dip["sold_url"]).context["cl"].result_list
    assert [each.order for each in found] == [order]


def wait_for_the_next_second() -> None:
    """Filters know seconds, not parts of them."""
    now = timezone.now()
    sleep(1 - now.microsecond / 1_000_000)


@pytest.mark.usefixtures("session", "cash")
@pytest.mark.parametrize("query", ["", "?store={main}", "?from={today}&to={today}"])
def test_every_figure_opens_as_many_rows(
    signed_in: Any, ada: User, ana: User, main: Store, query: str
) -> None:
    sales(ana, main, 3)
    elsewhere = factories.make_store("Other", "OTH")
    for count, kind in enumerate(WATCHED, start=1):
        for _ in range(count):
            record(kind, user=ana, store=main, reason="here")
        record(kind, user=ana, store=elsewhere, reason="elsewhere")
    client, day = signed_in(ada), timezone.localdate().isoformat()
    page = client.get(f"/admin/audit/unusual/{query.format(main=main.pk, today=day)}")
    (row,) = page.context["rows"]
    figures = [(row["sales_url"], row["sales"])]
    figures += [(cell["url"], cell["figure"].count) for cell in row["cells"]]
    assert [count for _url, count in figures] == [3, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    for url, count in figures:
        found = client.get(url).context["cl"].result_list
        assert len(found) == count
        assert "elsewhere" not in {entry.reason for entry in found}


@pytest.mark.parametrize(
    "query", ["?from=nonsense", "?from=2026-02-31", "?from=9999-01-01&to=0001-01-01", "?store=x"]
)
def test_nonsense_is_the_last_thirty_days(signed_in: Any, root: User, query: str) -> None:
    assert signed_in(root).get(f"/admin/audit/unusual/{query}").status_code == 200
