"""The pages of an import: from the list over the columns and the check to done."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from pos.models import ImportJob, Product, StockLevel, Store, User
from pos.services import import_runner

from .importing import run_here, sheet

Status = ImportJob.Status
LIST = "/admin/imports/"


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_runner, "launch", run_here)


@pytest.fixture
def max_client(max_: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(max_)


def send(client: Client, *rows: tuple[object, ...], **fields: Any) -> str:
    """The address of the new job."""
    file = SimpleUploadedFile("Preise <b>.csv", sheet(*rows))
    answer = client.post(f"{LIST}new/", {"kind": "products", "file": file, **fields})
    assert answer.status_code == 302, answer.content
    return str(answer["Location"])


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_empty_list_says_what_it_is_for(max_client: Client) -> None:
    assert "Bring in your spreadsheet" in text(max_client, LIST)


def test_a_manager_imports_products_step_by_step(max_client: Client, main: Store) -> None:
    rows = (("SKU", "Title", "Price", "On hand"), ("A", "<i>Tea</i>", "1.50", "4"))
    job = send(max_client, *rows, store=main.pk)

    columns = text(max_client, job)
    assert "Which column is what?" in columns
    assert "&lt;i&gt;Tea&lt;/i&gt;" in columns
    chosen = {"column_0": "code", "column_1": "name", "column_2": "price", "column_3": "quantity"}
    max_client.post(job, {"verb": "check", **chosen})

    assert "Import 1 row" in text(max_client, job)
    assert Product.objects.count() == 0
    max_client.post(job, {"verb": "import"})

    done = text(max_client, job)
    assert "1 new, 0 changed, 0 the same as before, 0 left out." in done
    assert StockLevel.objects.get().on_hand == 4
    again = max_client.post(job, {"verb": "import"}, follow=True)
    assert "moved on meanwhile" in again.content.decode()
    assert Product.history.count() == 1
    assert "Preise &lt;b&gt;.csv" in text(max_client, LIST)


def test_a_needed_column_that_is_left_out_is_asked_for(max_client: Client) -> None:
    job = send(max_client, ("x", "name"), ("A", "Tea"))

    answer = max_client.post(job, {"verb": "check", "column_0": "", "column_1": "name"})

    assert "it is needed" in answer.content.decode()
    assert ImportJob.objects.get().status == Status.UPLOADED


def test_errors_are_shown_and_come_back_as_a_sheet_with_reasons(max_client: Client) -> None:
    job = send(max_client, ("code", "name", "price"), ("007", "Tea", "=1+1"), ("B", "Bun", "1"))
    chosen = {"column_0": "code", "column_1": "name", "column_2": "price"}
    max_client.post(job, {"verb": "check", **chosen})
    assert "=1+1" in text(max_client, job)

    answer = max_client.get(f"{job}errors.xlsx")

    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    rows = list(book.active.values)
    assert rows[0] == ("code", "name", "price", "What is wrong")
    assert rows[1][:3] == ("007", "Tea", "=1+1")
    assert rows[1][3].startswith("Price: ")
    assert len(rows) == 2
    assert book.active["C2"].data_type == "s"

    max_client.post(job, {"verb": "import"})
    assert Product.objects.count() == 0
    max_client.post(job, {"verb": "import", "rows": "good"})
    assert list(Product.objects.values_list("code", flat=True)) == ["B"]


def test_progress_is_told_and_a_page_of_rows_has_fifty(max_client: Client) -> None:
    rows = [("code", "name", "price"), *((f"C{n}", "Tea", "1") for n in range(60))]
    job = send(max_client, *rows)
    chosen = {"column_0": "code", "column_1": "name", "column_2": "price"}
    max_client.post(job, {"verb": "check", **chosen})

    told = max_client.get(f"{job}progress/").json()
    assert told["state"] == "checked"
    assert told["done"] == 60
    assert text(max_client, job).count('data-label="Row"') == 50
    assert text(max_client, f"{job}?tab=new&page=2").count('data-label="Row"') == 10
    assert text(max_client, f"{job}?tab=nonsense&page=x").count('data-label="Row"') == 50


def test_templates_come_back_through_the_import(max_client: Client) -> None:
    for kind in ImportJob.Kind.values:
        for format in ("xlsx", "csv"):
            answer = max_client.get(f"{LIST}template/{kind}.{format}")
            file = SimpleUploadedFile(f"t.{format}", b"".join(answer.streaming_content))
            store = Store.objects.get().pk
            sent = {"kind": kind, "file": file, "store": store}
            job = max_client.post(f"{LIST}new/", sent)["Location"]
            columns = ImportJob.objects.latest("pk").columns
            assert all(columns.values()), (kind, columns)
            assert "Still needed" not in text(max_client, job)


def test_without_a_file_or_a_store_it_says_so(max_client: Client) -> None:
    assert "Choose a file." in max_client.post(f"{LIST}new/", {"kind": "products"}).content.decode()
    file = SimpleUploadedFile("a.csv", b"code,quantity\nA,1\n")
    answer = max_client.post(f"{LIST}new/", {"kind": "stock_count", "file": file})
    assert "Choose the store" in answer.content.decode()
    assert ImportJob.objects.count() == 0


def test_lists_have_a_button_for_whoever_may(
    max_client: Client, ana: User, signed_in: Callable[[User], Client]
) -> None:
    for model, kind in (("product", "products"), ("customer", "customers")):
        address = f"/admin/pos/{model}/"
        button = reverse(f"admin:pos_{model}_bring_in")
        assert button in text(max_client, address)
        assert max_client.get(button)["Location"] == f"{LIST}new/?kind={kind}"
        assert button not in text(signed_in(ana), address)


def test_a_seller_and_strangers_are_kept_out(
    max_client: Client, sam: User, ana: User, signed_in: Callable[[User], Client]
) -> None:
    job = send(max_client, ("code",), ("A",))

    for address in (LIST, f"{LIST}new/", job, f"{job}progress/", f"{job}errors.xlsx"):
        assert signed_in(ana).get(address).status_code == 403
    for address in (job, f"{job}progress/", f"{job}errors.xlsx", f"{LIST}{uuid.uuid4()}/"):
        assert signed_in(sam).get(address).status_code == 404
