"""A file that somebody sent, opened by what it is and not by what it is called."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..errors import Invalid
from . import cells as limits
from .cells import Sheet, too_large
from .text_files import open_text
from .workbooks import open_workbook

_ZIP = b"PK\x03\x04"
# Old Excel files and encrypted new ones come in the same container.
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OTHERS = (
    (b"%PDF", gettext_lazy("a PDF")),
    (b"\x89PNG", gettext_lazy("a picture")),
    (b"\xff\xd8\xff", gettext_lazy("a picture")),
    (b"GIF8", gettext_lazy("a picture")),
    (b"RIFF", gettext_lazy("a picture or a sound")),
    (b"{\\rtf", gettext_lazy("a text document")),
    (b"<", gettext_lazy("a web page")),
)


def open_sheet(
    path: Path, *, name: str, most_bytes: int | None = None, only_utf8: bool = False
) -> Sheet:
    """The first sheet of an XLSX workbook, or a CSV file. `name` is shown in messages only.

    Raises Invalid with what to do about it, before anything large is read.
    """
    size = path.stat().st_size
    if size > (limits.MAX_UPLOAD if most_bytes is None else most_bytes):
        raise too_large()
    with path.open("rb") as file:
        start = file.read(512)
    if not start.strip(b"\xef\xbb\xbf \t\r\n\0"):
        raise Invalid("empty_file", _("“%(name)s” is empty.") % {"name": name})
    if start.startswith(_OLD_OFFICE):
        raise _old_office(path)
    if start.startswith(b"PK"):
        return open_workbook(path)
    for sign, what in _OTHERS:
        if start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(sign):
            message = _("“%(name)s” is %(what)s, not a spreadsheet. Save it as XLSX or CSV.")
            raise Invalid("no_spreadsheet", message % {"name": name, "what": what})
    return open_text(path, only_utf8=only_utf8)


def _old_office(path: Path) -> Invalid:
    with path.open("rb") as file:
        is_encrypted = _ENCRYPTED in file.read(1 << 20)
        if not is_encrypted:
            file.seek(-min(path.stat().st_size, 1 << 20), 2)
            is_encrypted = _ENCRYPTED in file.read()
    if is_encrypted:
        message = _("This file has a password. Save it without one and try again.")
        return Invalid("encrypted_file", message)
    message = _("This is an old Excel file. Open it and save it as “Excel workbook (.xlsx)”.")
    return Invalid("old_spreadsheet", message)
