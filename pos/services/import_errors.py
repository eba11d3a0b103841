"""The rows with errors as a sheet of their own: to be mended and sent again."""

from __future__ import annotations

import tempfile
from typing import IO, Any, cast

import xlsxwriter
from django.utils.translation import gettext as _

from pos.models import ImportJob

from .import_files import JobFiles, all_result_rows
from .imports.base import Outcome
from .imports.kinds import kind_of


def write_errors(job: ImportJob) -> IO[bytes]:
    """A workbook at its start: the file's own headings and cells, and why each row was refused.

    Every cell is text, so that nothing in it is calculated and no leading zero is lost.
    """
    files = JobFiles(job.key)
    headings = files.read("head").get("headings", [])
    titles = {spec.name: str(spec.title) for spec in kind_of(job.kind).columns}
    file = cast(IO[bytes], tempfile.TemporaryFile())  # noqa: SIM115  the caller closes it
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        text = workbook.add_format({"num_format": "@"})
        heading = workbook.add_format({"bold": True, "bottom": 1})
        reason = workbook.add_format({"text_wrap": True, "font_color": "#B42318"})
        sheet.set_column(0, max(len(headings) - 1, 0), 18, text)
        sheet.set_column(len(headings), len(headings), 60)
        for place, name in enumerate([*headings, _("What is wrong")]):
            sheet.write_string(0, place, name, heading)
        for number, row in enumerate(all_result_rows(files, Outcome.REFUSED), start=1):
            for place, cell in enumerate(row.get("cells", [])[: len(headings)]):
                sheet.write_string(number, place, cell, text)
            sheet.write_string(number, len(headings), _reasons(row, titles), reason)
        sheet.freeze_panes(1, 0)
    file.seek(0)
    return file


def _reasons(row: dict[str, Any], titles: dict[str, str]) -> str:
    found = [
        f"{titles[name]}: {message}" if name in titles else message
        for name, _value, message in row.get("errors", ())
    ]
    return " ".join(found)
