"""An import from upload to done: once, by whoever may."""

from __future__ import annotations

import os
import stat
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone

from pos.models import (
    AuditEntry,
    Category,
    ImportJob,
    Product,
    StockLevel,
    Store,
    User,
)
from pos.services import import_jobs, import_runner
from pos.services.errors import Conflict, Forbidden, Invalid, NotFound
from pos.services.import_files import JobFiles, imports_folder

from .importing import checked, counts, imported, results, run_here, upload

Status = ImportJob.Status
HEAD = ("Artikelnummer", "Bezeichnung", "Preis", "Bestand", "Farbe")
TEA = ("00042", "Green tea", "3,49", "12", "green")


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_runner, "launch", run_here)


# --- From upload to done -----------------------------------------------------------------------


def test_a_foreign_file_is_mapped_by_itself_checked_and_imported(
    max_: User, main: Store, verified: None
) -> None:
    job = upload(max_, "products", HEAD, TEA, store=main)
    assert job.status == Status.UPLOADED
    assert job.columns == {
        "Artikelnummer": "code",
        "Bezeichnung": "name",
        "Preis": "price",
        "Bestand": "quantity",
        "Farbe": "",
    }

    job = imported(max_, "products", HEAD, TEA, store=main)

    assert (job.status, counts(job)) == (Status.DONE, (1, 0, 0, 0))
    product = Product.objects.get()
    assert (product.code, product.name, product.price) == ("00042", "Green tea", Decimal("3.49"))
    assert StockLevel.objects.get().on_hand == 12
    entry = AuditEntry.objects.get(kind="import")
    assert (entry.actor, entry.store, entry.reason) == (max_, main, "Products: shop.csv")


def test_a_check_changes_nothing(max_: User, main: Store) -> None:
    job = checked(max_, "products", HEAD, TEA, store=main)

    assert (job.status, counts(job)) == (Status.CHECKED, (1, 0, 0, 0))
    assert Product.objects.count() == Category.objects.count() == 0
    assert StockLevel.objects.count() == AuditEntry.objects.filter(kind="import").count() == 0


def test_the_check_says_old_and_new_of_every_cell(max_: User, shirt: Product) -> None:
    job = checked(max_, "products", ("code", "name", "price"), ("SHIRT-M", "Linen shirt", "21.50"))

    assert results(job, "changed") == [
        {"row": 2, "title": "Linen shirt M", "changes": [["price", "19.90", "21.50"]]}
    ]


def test_an_error_names_row_cell_value_and_reason(max_: User) -> None:
    job = checked(
        max_, "products", ("code", "name", "price"), ("A", "Tea", "cheap"), ("B", "", "1")
    )

    assert counts(job) == (0, 0, 0, 2)
    first, second = results(job, "refused")
    assert first["row"] == 2
    assert [error[:2] for error in first["errors"]] == [["price", "cheap"]]
    assert first["cells"] == ["A", "Tea", "cheap"]
    assert second["errors"] == [["name", "", "A product needs a name."]]


def test_all_or_nothing_refuses_while_a_row_is_wrong(max_: User) -> None:
    job = checked(max_, "products", ("code", "name", "price"), ("A", "Tea", "1"), ("B", "Bun", "?"))

    with pytest.raises(Conflict):
        import_jobs.start_import(user=max_, job=job)

    assert Product.objects.count() == 0
    job.refresh_from_db()
    assert job.status == Status.CHECKED


def test_good_rows_only_leaves_out_the_others(max_: User) -> None:
    rows = (("code", "name", "price"), ("A", "Tea", "1"), ("B", "Bun", "?"))
    job = imported(max_, "products", *rows, good_rows_only=True)

    assert (job.status, counts(job)) == (Status.DONE, (1, 0, 0, 1))
    assert list(Product.objects.values_list("code", flat=True)) == ["A"]


def test_saying_yes_twice_imports_once(max_: User) -> None:
    job = checked(max_, "products", ("code", "name", "price"), ("A", "Tea", "1"))
    again = ImportJob.objects.get(pk=job.pk)
    import_jobs.start_import(user=max_, job=job)

    with pytest.raises(Conflict):
        import_jobs.start_import(user=max_, job=again)

    assert Product.history.count() == 1
    assert AuditEntry.objects.filter(kind="import").count() == 1


def test_a_shop_that_changed_since_the_check_is_judged_anew(max_: User, shirt: Product) -> None:
    job = checked(max_, "prices", ("code", "price"), ("SHIRT-M", "21.50"))
    Product.objects.filter(pk=shirt.pk).update(price=Decimal("21.50"))

    import_jobs.start_import(user=max_, job=job)

    job.refresh_from_db()
    assert (job.status, counts(job)) == (Status.DONE, (0, 0, 1, 0))


def test_new_errors_since_the_check_import_nothing_and_are_shown(
    max_: User, shirt: Product, scarf: Product
) -> None:
    job = checked(max_, "prices", ("code", "price"), ("SCARF", "9"), ("SHIRT-M", "21.50"))
    Product.objects.filter(pk=shirt.pk).update(code="OTHER")

    import_jobs.start_import(user=max_, job=job)

    job.refresh_from_db()
    assert (job.status, counts(job)) == (Status.CHECKED, (0, 1, 0, 1))
    assert Product.objects.get(pk=scarf.pk).price == Decimal("12.50")
    assert [row["row"] for row in results(job, "refused")] == [3]


def test_the_same_file_again_is_all_the_same(max_: User, main: Store) -> None:
    imported(max_, "products", HEAD, TEA, store=main)

    assert counts(imported(max_, "products", HEAD, TEA, store=main)) == (0, 0, 1, 0)


def test_a_file_that_is_no_spreadsheet_is_told_so(max_: User) -> None:
    job = import_jobs.create_job(
        user=max_, kind="products", upload=[b"%PDF-1.7 hello"], file_name="a.pdf"
    )

    job.refresh_from_db()
    assert job.status == Status.FAILED
    assert "a PDF" in job.message


def test_needed_columns_and_columns_chosen_twice_are_refused(max_: User) -> None:
    job = upload(max_, "products", ("code", "name", "title"), ("A", "Tea", "Tea"))

    for columns, code in (
        ({"name": "name"}, "missing_column"),
        ({"code": "code", "name": "name", "title": "name"}, "column_twice"),
        ({"code": "code", "name": "password"}, "unknown_column"),
    ):
        with pytest.raises(Invalid) as refusal:
            import_jobs.set_columns(user=max_, job=job, columns=columns)
        assert refusal.value.code == code


def test_extra_cells_blank_rows_and_duplicates(max_: User) -> None:
    rows = [("code", "name", "price"), ("A", "Tea", "1", "?"), (), ("B", "Bun", "1"), ("B", "", "")]
    job = checked(max_, "products", *rows)

    assert counts(job) == (1, 0, 0, 2)
    found = {row["row"]: [error[0] for error in row["errors"]] for row in results(job, "refused")}
    assert found[2] == [""]
    assert "code" in found[5]


# --- Files -------------------------------------------------------------------------------------


def test_files_are_private_and_no_name_steers_their_path(max_: User) -> None:
    job = import_jobs.create_job(
        user=max_, kind="products", upload=[b"code\nA\n"], file_name="../../etc/passwd"
    )

    files = JobFiles(job.key)
    assert stat.S_IMODE(os.stat(files.folder).st_mode) == 0o700
    assert all(stat.S_IMODE(each.stat().st_mode) == 0o600 for each in files.folder.iterdir())
    assert files.folder.parent == imports_folder()
    assert not Path(files.folder / "passwd").exists()


def test_a_file_that_is_too_large_leaves_nothing(
    max_: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_jobs, "MAX_SHEET", 5)
    before = set(imports_folder().glob("*"))

    with pytest.raises(Invalid):
        import_jobs.create_job(user=max_, kind="products", upload=[b"123456"], file_name="a.csv")

    assert ImportJob.objects.count() == 0
    assert set(imports_folder().glob("*")) == before


def test_giving_up_removes_the_files_and_old_ones_go_by_themselves(max_: User) -> None:
    given_up, old = (checked(max_, "products", ("code", "name", "price")) for _ in range(2))
    import_jobs.cancel(user=max_, job=given_up)
    assert not JobFiles(given_up.key).folder.exists()
    ImportJob.objects.filter(pk=old.pk).update(created_at=timezone.now() - import_jobs.KEPT * 2)

    assert import_jobs.clean_up() == 1

    assert not JobFiles(old.key).folder.exists()
    old.refresh_from_db()
    assert old.status == Status.CANCELLED


def test_a_job_whose_process_is_gone_has_failed(
    max_: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = checked(max_, "products", ("code", "name", "price"), ("A", "Tea", "1"))
    monkeypatch.setattr(import_runner, "launch", lambda key, step, lock: os.close(lock))
    import_jobs.start_import(user=max_, job=job)

    job = import_jobs.own_job(user=max_, key=job.key)

    assert job.status == Status.FAILED
    assert "Nothing was imported" in job.message


# --- Rights and scope --------------------------------------------------------------------------


def test_what_people_may_import_follows_their_rights(
    max_: User, sam: User, ana: User, ada: User
) -> None:
    allowed = {
        user.username: [kind.name for kind in import_jobs.allowed_kinds(user)]
        for user in (max_, sam, ana, ada)
    }
    assert set(allowed["max"]) == set(ImportJob.Kind.values)
    assert set(allowed["sam"]) == set(ImportJob.Kind.values) - {"customers"}
    assert allowed["ana"] == allowed["ada"] == []


def test_a_seller_imports_nothing(ana: User) -> None:
    with pytest.raises(Forbidden):
        upload(ana, "products", ("code",), ("A",))
    assert ImportJob.objects.count() == 0


def test_stock_of_another_store_is_not_touched(max_: User, other: Store, shirt: Product) -> None:
    for kind in ("stock_count", "opening_stock", "products"):
        with pytest.raises(Forbidden):
            checked(max_, kind, ("code", "quantity"), ("SHIRT-M", "1"), store=other)
    assert not StockLevel.objects.filter(store=other).exists()


def test_somebody_elses_import_is_not_there(max_: User, sam: User, root: User) -> None:
    job = checked(max_, "products", ("code", "name", "price"), ("A", "Tea", "1"))

    with pytest.raises(NotFound):
        import_jobs.own_job(user=sam, key=job.key)
    seen = import_jobs.own_job(user=root, key=job.key)
    with pytest.raises(Forbidden):
        import_jobs.start_import(user=root, job=seen)
    assert Product.objects.count() == 0


def test_a_right_taken_away_after_the_check_stops_the_import(max_: User) -> None:
    job = checked(max_, "products", ("code", "name", "price"), ("A", "Tea", "1"))
    max_.groups.clear()
    job.status = Status.IMPORTING
    job.save()

    lock = import_runner.hold(job.key)
    run_here(job.key, "import", lock)

    job.refresh_from_db()
    assert job.status == Status.FAILED
    assert Product.objects.count() == 0
