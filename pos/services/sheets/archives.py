"""The archive that a workbook is: looked through before anything is unpacked, counted while it is."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _

from ..errors import Invalid
from . import cells as limits
from .cells import too_large

_END = struct.Struct("<4s4H2LH")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR_SIZE = 20
_ENCRYPTED = 0x1
_BLOCK = 1 << 16


def damaged() -> Invalid:
    message = _("This workbook is damaged. Open it, save it again as XLSX and try once more.")
    return Invalid("unreadable_file", message)


class Archive:
    """A workbook's parts by name. Raises Invalid for an archive that no spreadsheet program writes."""

    def __init__(self, path: Path) -> None:
        self.size = path.stat().st_size
        with path.open("rb") as file:
            _check_directory(file, self.size)
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise damaged() from error
        try:
            self.parts = self._checked()
        except Invalid:
            self.close()
            raise

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        self._zip.close()

    def _checked(self) -> dict[str, zipfile.ZipInfo]:
        parts: dict[str, zipfile.ZipInfo] = {}
        packed = unpacked = 0
        for part in self._zip.infolist():
            name = part.orig_filename.lstrip("/").casefold()
            if not _is_plain(part.orig_filename) or name in parts:
                raise damaged()
            if part.flag_bits & _ENCRYPTED:
                message = _("This file has a password. Save it without one and try again.")
                raise Invalid("encrypted_file", message)
            parts[name] = part
            packed += part.compress_size
            unpacked += part.file_size
        if packed > self.size:
            raise damaged()  # parts that share their bytes: each of them unpacks to the same bomb
        if unpacked > limits.MAX_INFLATED:
            raise too_large()
        return parts

    def blocks(self, name: str) -> Iterator[bytes]:
        """A part, unpacked in blocks. Raises Invalid when it grows beyond what it may."""
        part = self.parts[name.casefold()]
        if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise damaged()
        # What is small may be as regular as it likes.
        most = min(limits.MAX_PART, max(1_000_000, part.compress_size * limits.MAX_RATIO))
        if part.file_size > most:
            raise too_large()
        size = 0
        try:
            with self._zip.open(part) as file:
                while block := file.read(_BLOCK):
                    size += len(block)
                    if size > most:
                        raise too_large()
                    yield block
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
            raise damaged() from error


def _is_plain(name: str) -> bool:
    return not ("\\" in name or "\0" in name or ":" in name or ".." in name.split("/"))


def _check_directory(file: BinaryIO, size: int) -> None:
    """Looks at what the archive says of its directory, before that is read into the memory."""
    tail_size = min(size, _END.size + 0xFFFF + _LOCATOR_SIZE + _END_64.size)
    file.seek(size - tail_size)
    tail = file.read()
    at = len(tail) - _END.size
    if at < 0:
        raise damaged()
    if tail[at : at + 4] != b"PK\x05\x06" or tail[-2:] != b"\0\0":
        at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        raise damaged()
    _sign, _disk, _start, _here, count, length, _offset, _comment = _END.unpack_from(tail, at)
    locator = at - _LOCATOR_SIZE
    if locator >= _END_64.size and tail[locator : locator + 4] == b"PK\x06\x07":
        *_rest, count, length, _offset = _END_64.unpack_from(tail, locator - _END_64.size)
    if count > limits.MAX_PARTS or length > limits.MAX_DIRECTORY:
        raise too_large()
