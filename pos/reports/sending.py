"""Saved reports by mail: what is due goes out once, as its owner may see it at that moment."""

from __future__ import annotations

import logging
import smtplib
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qsl

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from pos.models import SavedReport
from pos.services.days.rolling import keep_up
from pos.services.report_exports import record_mail
from pos.services.saved_reports import claim, due_reports, release

from .answering import Answer, answer, change_of, change_text, text_of
from .asking import read_question
from .papers import write_report
from .registry import report_named
from .sheets import XLSX_TYPE

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sent:
    """One report that was due: `trouble` says why it did not go out, and is empty when it did."""

    saved: SavedReport
    trouble: str = ""


def send_due(*, today: date) -> list[Sent]:
    """Send all that is due. Two runs at once send nothing twice; what fails is tried again.

    Must not be called inside a transaction: a mail server may be slow.
    """
    keep_up()
    done = []
    for saved in due_reports(today=today):
        trouble = why_not(saved)
        if trouble:
            done.append(Sent(saved, trouble))
        elif claim(saved=saved, today=today):
            done.append(Sent(saved, _send(saved, today)))
    return done


def why_not(saved: SavedReport) -> str:
    """What keeps this report from its owner now; empty when nothing does."""
    owner, report = saved.owner, report_named(saved.report)
    if not owner.is_active:
        return _("%(person)s is switched off.") % {"person": owner}
    if report is None:
        return _("There is no such report any more.")
    if not report.is_allowed(owner) or not owner.has_perm("pos.mail_report"):
        return _("%(person)s may not have this report sent any more.") % {"person": owner}
    return ""


def _send(saved: SavedReport, today: date) -> str:
    report = report_named(saved.report)
    assert report is not None  # why_not has asked
    query = dict(parse_qsl(saved.query))
    try:
        found = answer(read_question(report, user=saved.owner, query=query, today=today))
        message_of(saved, found, today).send()
    except (OSError, smtplib.SMTPException, ValueError) as error:
        logger.warning("Report %s was not sent: %s", saved.pk, error)
        release(saved=saved, today=today)
        return _("The mail server did not take it: %(error)s") % {"error": error}
    except BaseException:
        release(saved=saved, today=today)
        raise
    record_mail(saved=saved, rows=len(found.rows))
    return ""


def message_of(saved: SavedReport, found: Answer, today: date) -> EmailMessage:
    title = str(found.question.report.title)
    lines = [f"{saved.name} – {title}", ""]
    lines += [f"{label}: {value}" for label, value in found.question.words()]
    lines += ["", *(figure_lines(found) or [_("There is nothing to show for these days.")])]
    lines += ["", _("All rows are in the attached spreadsheet.")]
    message = EmailMessage(
        subject=_one_line(f"{saved.name}: {title}"),
        body="\n".join(lines) + "\n",
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[saved.address],
    )
    with write_report(found) as file:
        name = f"{found.question.report.name}-{today.isoformat()}.xlsx"
        message.attach(name, file.read(), XLSX_TYPE)
    return message


def figure_lines(found: Answer) -> list[str]:
    """The large figures as text, with what they were before."""
    lines = []
    for column in found.figures():
        value = found.totals[column.name]
        if value is None:
            continue
        line = f"{column.title}: {text_of(value, column.kind)}"
        change = change_text(change_of(value, found.totals_before.get(column.name)))
        if change:
            before = text_of(found.totals_before[column.name], column.kind)
            line += " " + _("(%(change)s, before: %(before)s)") % {
                "change": change,
                "before": before,
            }
        lines.append(line)
    return lines


def _one_line(text: str) -> str:
    """A subject is one line; who adds a second one writes headers."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
