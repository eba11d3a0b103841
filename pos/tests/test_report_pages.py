"""The reports as pages and files: who reads what, filtered how, and the same figures everywhere."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook
from pypdf import PdfReader

from pos.models import (
    AuditEntry,
    CashSession,
    Customer,
    Order,
    Product,
    Register,
    SavedReport,
    User,
)
from pos.reports.registry import REPORTS, report_named
from pos.services.cash import open_session

from .books import nothing_changes
from .returns import refund
from .tills import item, sell

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
NONSENSE = (
    "?period=never&from=x&to=9999-99-99&compare=what&by=%00&o=-%00&p=-1&store=9999999999999999999"
    "&register=a&seller=-1&customer=%F0%9F%92%A9&category=1e9&method=0&product=0x1&unknown=1"
)
CAST = ("ana", "max_", "sam", "ada", "eve", "root")


@pytest.fixture
def trade(
    ana: User,
    eve: User,
    session: CashSession,
    till_one: Register,
    other_till: Register,
    shirt: Product,
    scarf: Product,
    cash: Any,
    card: Any,
    rosa: Customer,
    other: Any,
    root: User,
) -> Iterator[list[Order]]:
    """Ana sells 18.90 to Rosa and 25.00, and takes one shirt back; Eve sells 19.90 elsewhere."""
    from pos.services.stock import adjust_stock

    adjust_stock(user=root, product=shirt, store=other, quantity=Decimal(5), reason="found")
    open_session(user=eve, register=other_till, opening_float=Decimal(0))
    first = sell(ana, till_one, item(shirt), total="18.90", pay="card 18.90", customer=rosa).order
    second = sell(ana, till_one, item(scarf, "2"), total="25.00", pay="cash 25.00").order
    third = sell(eve, other_till, item(shirt), total="19.90", pay="cash 19.90").order
    return [first, second, third]


def page(client: Client, name: str = "sales-by-day", query: str = "") -> Any:
    return client.get(f"/admin/reports/{name}/{query}")


def taken(client: Client, kind: str, name: str = "sales-by-day", query: str = "") -> bytes:
    response = client.post(f"/admin/reports/{name}/file/{kind}/{query}")
    assert response.status_code == 200
    return b"".join(response.streaming_content) if response.streaming else response.content


def sheet(content: bytes) -> list[list[Any]]:
    book = load_workbook(BytesIO(content))
    return [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]


@pytest.mark.parametrize("name", [report.name for report in REPORTS])
def test_a_report_opens_for_whoever_has_the_right_and_no_nonsense_breaks_it(
    name: str, request: pytest.FixtureRequest, trade: Any, signed_in: SignIn
) -> None:
    report = report_named(name)
    assert report is not None
    for who in CAST:
        user = request.getfixturevalue(who)
        client, may = signed_in(user), report.is_allowed(user)
        assert page(client, name, NONSENSE).status_code == (200 if may else 403), who
        takes = may and user.has_perm("pos.export_list")
        answer = client.post(f"/admin/reports/{name}/file/csv/{NONSENSE}")
        assert answer.status_code == (200 if takes else 403), who
    for query in ("", "?compare=previous&period=today"):
        assert page(client, name, query).status_code == 200
        for kind in ("xlsx", "pdf"):
            assert taken(client, kind, name, query)


def test_each_way_to_group_opens(trade: Any, root: User, signed_in: SignIn) -> None:
    client = signed_in(root)
    for report in REPORTS:
        for by in report.choices:
            url = f"?by={by}&compare=previous&o=-{report.columns[-1].name}"
            assert page(client, report.name, url).status_code == 200


def test_the_index_shows_only_what_a_person_may_read(
    sam: User, root: User, signed_in: SignIn
) -> None:
    text = signed_in(sam).get("/admin/reports/").content.decode()
    assert "Inventory" in text or "On hand" in text
    assert "Sales by day" not in text
    assert "Nothing has been sold yet" in text
    assert "Sales by day" in signed_in(root).get("/admin/reports/").content.decode()


def test_a_seller_reads_own_sales_and_a_manager_those_of_the_store(
    trade: Any, ana: User, max_: User, eve: User, root: User, signed_in: SignIn
) -> None:
    for who, total in ((ana, "€43.90"), (max_, "€43.90"), (eve, "€19.90"), (root, "€63.80")):
        figures = page(signed_in(who)).context["figures"]
        assert figures[0]["text"] == total, who


def test_the_store_filter_narrows_and_a_foreign_store_is_no_way_in(
    trade: Any, main: Any, other: Any, max_: User, root: User, signed_in: SignIn
) -> None:
    answer = page(signed_in(root), query=f"?store={other.pk}")
    assert answer.context["figures"][0]["text"] == "€19.90"
    assert ("Store", "Harbour") in answer.context["words"]
    answer = page(signed_in(max_), query=f"?store={other.pk}")
    assert answer.context["figures"][0]["text"] == "€43.90"
    assert "Harbour" not in answer.content.decode()


def test_page_spreadsheet_and_csv_say_the_same(trade: Any, root: User, signed_in: SignIn) -> None:
    client = signed_in(root)
    query = "?period=today"
    table = page(client, query=query).context["table"]
    heads = [str(head["title"]) for head in table["heads"]]
    rows = sheet(taken(client, "xlsx", query=query))
    assert rows[0] == heads
    assert rows[1][0] == datetime.combine(timezone.localdate(), datetime.min.time())
    assert [Decimal(str(value)) for value in rows[1][1:]] == [
        Decimal(value) for value in ("3", "64.80", "1.00", "53.16", "10.64", "63.80", "0", "63.80")
    ] + [Decimal("21.27")]
    text = taken(client, "csv", query=query).decode("utf-8-sig")
    lines = list(csv.reader(StringIO(text)))
    assert lines[0] == heads
    assert lines[1][1:] == [f"{value}" for value in lines[1][1:]]
    assert [Decimal(value) for value in lines[1][1:]] == [
        Decimal(str(value)) for value in rows[1][1:]
    ]
    shown = [cell["text"] for cell in table["rows"][0]["cells"][1:]]
    assert shown == [
        *("3", "€64.80", "€1.00", "€53.16", "€10.64", "€63.80", "€0.00", "€63.80", "€21.27"),
    ]


def test_the_pdf_names_the_filters_and_the_figures(
    trade: Any, root: User, signed_in: SignIn
) -> None:
    content = taken(signed_in(root), "pdf", query="?period=today")
    (paper,) = PdfReader(BytesIO(content)).pages
    text = paper.extract_text()
    assert "Sales by day" in text
    assert "Period: Today" in text
    assert "€63.80" in text
    assert "Page 1 of 1" in text


def test_taking_figures_away_is_written_down(trade: Any, root: User, signed_in: SignIn) -> None:
    taken(signed_in(root), "csv", query="?period=today")
    entry = AuditEntry.objects.filter(kind="export").latest("pk")
    assert (entry.actor, entry.reason) == (root, "Sales by day to CSV")
    assert ["rows", "", "1"] in entry.changes
    assert entry.changes[1][0] == "Period"


def test_who_may_not_export_takes_nothing(trade: Any, ana: User, signed_in: SignIn) -> None:
    client = signed_in(ana)
    assert 'id="pos-reports-print"' in page(client).content.decode()
    assert "table_view" not in page(client).content.decode()
    with nothing_changes():
        assert client.post("/admin/reports/sales-by-day/file/xlsx/").status_code == 403
    assert client.get("/admin/reports/sales-by-day/file/xlsx/").status_code == 405


def test_orders_behind_a_row_add_up_to_it(
    trade: Any, main: Any, root: User, signed_in: SignIn
) -> None:
    client = signed_in(root)
    table = page(client, query=f"?period=today&store={main.pk}").context["table"]
    url = table["rows"][0]["cells"][0]["url"]
    orders = client.get(url).context["cl"].queryset
    assert sum(order.total_amount for order in orders) == Decimal("43.90")
    asked = parse_qs(urlsplit(url).query)
    assert asked["sold_on_from"] == [timezone.localdate().isoformat()]
    assert asked["store"] == [str(main.pk)]


@pytest.mark.parametrize("name", [report.name for report in REPORTS])
def test_every_list_behind_a_figure_opens(
    name: str, trade: Any, ana: User, till_one: Register, root: User, signed_in: SignIn
) -> None:
    refund(ana, till_one, trade[1], "1 x 1", total="12.50")
    client = signed_in(root)
    report = report_named(name)
    assert report is not None
    for by in report.choices or ("",):
        table = page(client, name, f"?period=today&by={by}").context["table"]
        for row in table["rows"][:5]:
            for cell in row["cells"]:
                if cell["url"]:
                    answer = client.get(cell["url"])
                    assert answer.status_code == 200, cell["url"]  # 302: a lookup it refuses


def test_sorting_by_a_heading_turns_round_with_each_click(
    trade: Any, root: User, signed_in: SignIn
) -> None:
    client = signed_in(root)
    heads = page(client, "sales-by-product").context["table"]["heads"]
    sales = next(head for head in heads if head["title"] == "Net sales")
    for _click in range(2):
        answer = page(client, "sales-by-product", f"?{sales['query']}")
        heads = answer.context["table"]["heads"]
        place = next(i for i, head in enumerate(heads) if head["title"] == "Net sales")
        before, sales = sales, heads[place]
        assert sales["sorted"]
        assert before["query"] != sales["query"]


def test_periods_keep_the_other_filters(
    trade: Any, main: Any, root: User, signed_in: SignIn
) -> None:
    found = page(signed_in(root), query=f"?store={main.pk}&by=month&compare=year").context[
        "filters"
    ]
    last_month = next(each for each in found["periods"] if each["title"] == "Last month")
    assert parse_qs(last_month["query"]) == {
        "period": ["last_month"],
        "store": [str(main.pk)],
        "compare": ["year"],
        "by": ["month"],
    }


# --- Saved reports ----------------------------------------------------------------------------


def test_a_view_is_saved_opened_renamed_and_deleted(max_: User, signed_in: SignIn) -> None:
    client = signed_in(max_)
    url = "/admin/reports/sales-by-day/save/?period=last_month&by=week"
    assert client.post(url, {"name": "  Last  month "}).status_code == 302
    saved = SavedReport.objects.get()
    assert (saved.owner, saved.name, saved.query) == (
        max_,
        "Last month",
        "period=last_month&by=week",
    )
    assert "Last month" in client.get("/admin/reports/").content.decode()
    opened = client.get(f"/admin/reports/saved/{saved.pk}/")
    assert opened["Location"] == "/admin/reports/sales-by-day/?period=last_month&by=week"
    assert client.get(opened["Location"]).context["saved"] == saved
    client.post(f"/admin/reports/saved/{saved.pk}/change/", {"name": "Weeks"})
    saved.refresh_from_db()
    assert saved.name == "Weeks"
    client.post(f"/admin/reports/saved/{saved.pk}/delete/")
    assert not SavedReport.objects.exists()


def test_typed_days_are_saved_as_days_and_named_ones_by_name(max_: User, signed_in: SignIn) -> None:
    client = signed_in(max_)
    client.post(
        "/admin/reports/sales-by-day/save/?period=today&from=2026-01-01&to=2026-01-31",
        {"name": "January"},
    )
    assert SavedReport.objects.get().query == "from=2026-01-01&to=2026-01-31"


def test_a_name_is_taken_once_and_never_empty(max_: User, signed_in: SignIn) -> None:
    client = signed_in(max_)
    url = "/admin/reports/sales-by-day/save/"
    client.post(url, {"name": "Mine"})
    for name, told in (
        ("Mine", "of this name already"),
        (" ", "Give it a name"),
        ("x" * 81, "too long"),
    ):
        assert told in client.post(url, {"name": name}, follow=True).content.decode()
    assert SavedReport.objects.count() == 1


def test_a_saved_report_is_its_owners_alone(max_: User, root: User, signed_in: SignIn) -> None:
    saved = SavedReport.objects.create(owner=max_, report="sales-by-day", name="Mine")
    client = signed_in(root)
    with nothing_changes():
        assert client.get(f"/admin/reports/saved/{saved.pk}/").status_code == 404
        for verb in ("change", "delete"):
            answer = client.post(f"/admin/reports/saved/{saved.pk}/{verb}/", {"name": "x"})
            assert answer.status_code == 404
    assert "Mine" not in client.get("/admin/reports/").content.decode()
    saved.refresh_from_db()
    assert saved.name == "Mine"


def test_mail_needs_the_right_and_an_address(ana: User, max_: User, signed_in: SignIn) -> None:
    for user, told in ((ana, "not allowed"), (max_, "one email address")):
        saved = SavedReport.objects.create(owner=user, report="sales-by-day", name="Mine")
        url = f"/admin/reports/saved/{saved.pk}/change/"
        answer = signed_in(user).post(url, {"every": "day", "address": "nonsense"}, follow=True)
        assert told in answer.content.decode()
        saved.refresh_from_db()
        assert (saved.every, saved.address) == ("", "")


def test_a_week_that_ends_today_is_what_its_name_says() -> None:
    from pos.reports.periods import span_of

    today = date(2026, 3, 1)  # a Sunday
    spans = {name: span_of(name, today) for name in ("this_week", "last_week", "last_month")}
    assert [(str(each.first), str(each.last)) for each in spans.values()] == [
        ("2026-02-23", "2026-03-01"),
        ("2026-02-16", "2026-02-22"),
        ("2026-02-01", "2026-02-28"),
    ]
