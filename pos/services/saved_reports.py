"""Reports with their filters under a name, each person's own, and which of them go out by mail."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from pos.models import AuditEntry, SavedReport, User
from pos.text import with_signs_seen

from .audit import record
from .errors import Conflict, Invalid, NotFound
from .mailing import checked_address
from .rights import require

MOST = 100  # of one person
LONGEST_NAME = 80
LONGEST_QUERY = 1000
Every = SavedReport.Every


def saved_reports(*, user: User, report: str = "") -> QuerySet[SavedReport]:
    """This person's own, of one report or of all."""
    rows: QuerySet[SavedReport] = SavedReport.objects.filter(owner=user)
    return rows.filter(report=report) if report else rows


def find_saved(*, user: User, pk: int) -> SavedReport:
    """Raises NotFound for what is not this person's."""
    found = saved_reports(user=user).filter(pk=pk).first()
    if found is None:
        raise NotFound("no_saved_report", _("This saved report is not there any more."))
    return found


def save_report(*, user: User, report: str, name: str, query: str) -> SavedReport:
    """`query` as in the page's address. Raises Invalid and Conflict (`name_taken`, `too_many`)."""
    name = checked_name(name)
    if len(query) > LONGEST_QUERY:
        raise Invalid("too_long", _("These filters are too many to be saved."))
    if saved_reports(user=user).count() >= MOST:
        raise Conflict("too_many", _("You have saved many reports. Delete one first."))
    return _kept(SavedReport(owner=user, report=report, name=name, query=query))


def rename_saved(*, user: User, pk: int, name: str) -> SavedReport:
    found = find_saved(user=user, pk=pk)
    found.name = checked_name(name)
    return _kept(found)


def delete_saved(*, user: User, pk: int) -> SavedReport:
    found = find_saved(user=user, pk=pk)
    SavedReport.objects.filter(pk=found.pk).delete()
    return found


def mail_saved(*, user: User, pk: int, every: str, address: str) -> SavedReport:
    """Have it sent every day, Monday or first of a month, or never. Where it goes is recorded.

    Raises Forbidden without `mail_report`, Invalid, NotFound. Switching it off needs no right.
    """
    if every not in Every.values:
        raise Invalid("bad_rhythm", _("Choose how often it is sent."))
    found = find_saved(user=user, pk=pk)
    if every:
        require(user, "mail_report")
        address = checked_address(address or user.email)
    before = _mail_text(found)
    with transaction.atomic():
        if every != found.every:
            # The first mail goes out on the next day of the new rhythm, today at the earliest.
            found.sent_on = timezone.localdate() - timedelta(days=1)
        found.every, found.address = every, address if every else ""
        found.save(update_fields=["every", "address", "sent_on"])
        if before != _mail_text(found):
            record(
                AuditEntry.Kind.CHANGED,
                user=user,
                changes=[[_("sent by mail"), before, _mail_text(found)]],
                reason=_("Saved report “%(name)s”") % {"name": found.name},
            )
    return found


def checked_name(text: str) -> str:
    name = " ".join(with_signs_seen(text).split())
    if not name:
        raise Invalid("no_name", _("Give it a name."))
    if len(name) > LONGEST_NAME:
        raise Invalid(
            "long_name", _("The name is too long: %(most)d signs at most.") % {"most": LONGEST_NAME}
        )
    return name


def _mail_text(saved: SavedReport) -> str:
    return f"{saved.get_every_display()}: {saved.address}" if saved.every else ""


def _kept(saved: SavedReport) -> SavedReport:
    try:
        with transaction.atomic():
            saved.save()
    except IntegrityError as error:
        raise Conflict(
            "name_taken", _("You have a saved report of this name already. Choose another name.")
        ) from error
    return saved


# --- What is due --------------------------------------------------------------------------------


def due_on(every: str, today: date) -> date:
    """The newest day on or before `today` that a rhythm falls on."""
    if every == Every.WEEK:
        return today - timedelta(days=today.weekday())
    return today.replace(day=1) if every == Every.MONTH else today


def due_reports(*, today: date) -> list[SavedReport]:
    """Everything that should have gone out by today and has not, oldest first."""
    rows = SavedReport.objects.exclude(every=Every.NEVER).select_related("owner").order_by("pk")
    return [each for each in rows if _is_due(each, today)]


def _is_due(saved: SavedReport, today: date) -> bool:
    day = due_on(saved.every, today)
    # One saved after its day waits for the next one.
    start = saved.sent_on or saved.created_at.date() - timedelta(days=1)
    return start < day


def claim(*, saved: SavedReport, today: date) -> bool:
    """Whether this process is the one that sends it; no other will for the same day."""
    day = due_on(saved.every, today)
    open_ones = SavedReport.objects.filter(Q(sent_on=None) | Q(sent_on__lt=day), pk=saved.pk)
    return open_ones.update(sent_on=day) == 1


def release(*, saved: SavedReport, today: date) -> None:
    """It did not leave: the next run tries again."""
    day = due_on(saved.every, today)
    SavedReport.objects.filter(pk=saved.pk, sent_on=day).update(sent_on=saved.sent_on)
