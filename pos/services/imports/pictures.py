"""Pictures in a ZIP file, found by a product's code or barcode. The file may be hostile."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

from pos.models.pictures import MAX_BYTES, re_encode

from ..errors import Invalid

MAX_PICTURES = 10_000
MAX_TOTAL = 1_000_000_000  # bytes they unpack to
ENDINGS = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif"})
_ENCRYPTED = 0x1


class PictureArchive:
    """Only names and sizes are read at first; folders in the file mean nothing."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            message = _("The file with the pictures is not a ZIP file, or it is damaged.")
            raise Invalid("bad_archive", message) from error
        entries = self._zip.infolist()
        if len(entries) > MAX_PICTURES or sum(each.file_size for each in entries) > MAX_TOTAL:
            message = _("There are too many pictures in this ZIP file. Split it.")
            raise Invalid("archive_too_large", message)
        self._by_name: dict[str, zipfile.ZipInfo] = {}
        for entry in entries:
            name = PurePosixPath(entry.filename.replace("\\", "/")).name
            place = PurePosixPath(name)
            if entry.is_dir() or name.startswith(".") or place.suffix.lower() not in ENDINGS:
                continue
            if self._by_name.setdefault(place.stem.casefold(), entry) is not entry:
                message = _("Two pictures in the ZIP file are called “%(name)s”.")
                raise Invalid("picture_twice", message % {"name": place.stem[:80]})

    def find(self, codes: Iterable[str]) -> tuple[str, ContentFile[bytes]] | None:
        """File name and picture, encoded anew, of the first code that has one.

        Raises ValidationError for what is no picture.
        """
        for code in codes:
            entry = self._by_name.get(code.casefold())
            if entry is not None:
                name = PurePosixPath(entry.filename.replace("\\", "/")).name
                return name, re_encode(self._unpacked(entry))
        return None

    def _unpacked(self, entry: zipfile.ZipInfo) -> ContentFile[bytes]:
        """The size in the directory may be a lie: one byte more than allowed is enough to know."""
        if entry.flag_bits & _ENCRYPTED:
            raise ValidationError(_("This picture has a password."))
        try:
            with self._zip.open(entry) as file:
                data = file.read(MAX_BYTES + 1)
        except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, zlib.error) as error:
            raise ValidationError(_("This picture is damaged.")) from error
        return ContentFile(data)


def is_same_picture(stored: object, new: ContentFile[bytes]) -> bool:
    """Whether the stored file holds these very bytes; a file that is gone is not the same."""
    if not stored:
        return False
    try:
        with stored.storage.open(stored.name) as file:  # type: ignore[attr-defined]
            return bool(file.read() == _bytes(new))
    except OSError:
        return False


def _bytes(file: ContentFile[bytes]) -> bytes:
    file.seek(0, io.SEEK_SET)
    data: bytes = file.read()
    file.seek(0, io.SEEK_SET)
    return data
