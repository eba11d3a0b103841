"""Saved reports by mail, through a real mail server that also refuses."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from openpyxl import load_workbook

from pos.models import AuditEntry, CashSession, Product, Register, SavedReport, User
from pos.reports.sending import send_due
from pos.services.saved_reports import due_on, mail_saved

from .mail_server import Mailbox, mail_server
from .tills import item, sell

pytestmark = pytest.mark.django_db


@pytest.fixture
def box(settings: Any) -> Iterator[Mailbox]:
    with mail_server(settings) as mailbox:
        yield mailbox


@pytest.fixture
def saved(
    max_: User, ana: User, session: CashSession, till_one: Register, shirt: Product, card: Any
) -> SavedReport:
    """Max gets today's sales every day, €19.90 of them."""
    sell(ana, till_one, item(shirt), total="19.90", pay="card 19.90")
    found = SavedReport.objects.create(
        owner=max_, report="sales-by-day", name="Today", query="period=today"
    )
    return mail_saved(user=max_, pk=found.pk, every="day", address="max@shop.example")


def run() -> tuple[str, str]:
    from io import StringIO

    out, err = StringIO(), StringIO()
    call_command("send_reports", stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_the_mail_has_the_figures_and_the_spreadsheet(box: Mailbox, saved: SavedReport) -> None:
    out, err = run()
    assert (out, err) == ("“Today” (Max): sent to max@shop.example.\n1 sent, 0 not.\n", "")
    (mail,) = box.mails
    assert box.recipients == [["max@shop.example"]]
    assert mail["Subject"] == "Today: Sales by day"
    text = mail.get_body().get_content()  # type: ignore[union-attr]
    assert "Sales: €19.90" in text
    assert "Orders: 1" in text
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == f"sales-by-day-{timezone.localdate()}.xlsx"
    rows = list(load_workbook(BytesIO(attached.get_content())).worksheets[0].values)
    assert Decimal(str(rows[1][6])) == Decimal("19.90")
    entry = AuditEntry.objects.filter(kind="export").latest("pk")
    assert (entry.actor, entry.changes[0][2]) == (saved.owner, "max@shop.example")


def test_running_it_again_sends_nothing_twice(box: Mailbox, saved: SavedReport) -> None:
    run()
    assert run()[0] == "0 sent, 0 not.\n"
    assert len(box.mails) == 1
    send_due(today=timezone.localdate() + timedelta(days=1))
    assert len(box.mails) == 2


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_send_it_once(box: Mailbox, saved: SavedReport) -> None:
    def send() -> None:
        try:
            send_due(today=timezone.localdate())
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _place in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(box.mails) == 1


def test_what_the_server_refuses_is_tried_again(box: Mailbox, saved: SavedReport) -> None:
    box.refuses = "550 nobody here"
    out, err = run()
    assert out == "0 sent, 1 not.\n"
    assert "did not take it" in err
    box.refuses = ""
    assert run()[0].endswith("1 sent, 0 not.\n")
    assert len(box.mails) == 1


def test_who_left_or_lost_the_right_gets_nothing(
    box: Mailbox, saved: SavedReport, max_: User
) -> None:
    max_.is_active = False
    max_.save()
    assert "switched off" in run()[1]
    max_.is_active = True
    max_.save()
    max_.groups.clear()
    assert "may not have this report sent" in run()[1]
    assert box.mails == []


def test_without_mail_settings_the_command_says_what_to_set(saved: SavedReport) -> None:
    with pytest.raises(CommandError, match="EMAIL_URL"):
        call_command("send_reports")


def test_a_rhythm_falls_on_its_day() -> None:
    wednesday = date(2026, 11, 25)
    assert due_on("day", wednesday) == wednesday
    assert due_on("week", wednesday) == date(2026, 11, 23)
    assert due_on("month", wednesday) == date(2026, 11, 1)


def test_one_switched_on_in_the_middle_of_a_month_waits_for_the_next(
    box: Mailbox, saved: SavedReport, max_: User
) -> None:
    mail_saved(user=max_, pk=saved.pk, every="month", address="max@shop.example")
    today = timezone.localdate()
    first = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    if today.day > 1:
        assert send_due(today=today) == []
    assert [each.trouble for each in send_due(today=first)] == [""]
