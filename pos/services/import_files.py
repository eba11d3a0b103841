"""Where an import's files lie: privately, by the job's key; and what its pages read of them."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from .errors import Invalid
from .imports.base import Outcome, Verdict

PAGE = 50  # rows on a page of results
OUTCOMES = tuple(Outcome)


def imports_folder() -> Path:
    return Path(settings.DATA_DIR) / "imports"


def private(path: str, flags: int) -> int:
    """For `open`: nobody else on this machine reads it."""
    return os.open(path, flags, 0o600)


class JobFiles:
    """Everything of one job. No name that somebody typed is ever part of a path."""

    def __init__(self, key: UUID) -> None:
        self.folder = imports_folder() / key.hex
        self.sheet = self.folder / "sheet"
        self.pictures = self.folder / "pictures"
        self.lock = self.folder / "lock"
        self.log = self.folder / "log"

    def make(self) -> None:
        imports_folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.mkdir(mode=0o700)

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def keep(self, upload: Iterable[bytes], path: Path, *, most: int) -> str:
        """Write what was sent to `path`; its SHA-256. Raises Invalid above `most` bytes."""
        digest, size = hashlib.sha256(), 0
        with self.writing(path) as file:
            for chunk in upload:
                size += len(chunk)
                if size > most:
                    message = _("This file is too large: at most %(limit)s MB.")
                    raise Invalid("file_too_large", message % {"limit": most // 1_000_000})
                digest.update(chunk)
                file.write(chunk)
        return digest.hexdigest()

    @contextmanager
    def writing(self, path: Path) -> Iterator[BinaryIO]:
        with open(path, "wb", opener=private) as file:
            yield file

    def write(self, name: str, value: Mapping[str, Any]) -> None:
        """Whole or not at all: somebody may be reading."""
        new = self.folder / f"{name}.new"
        with open(new, "w", encoding="utf-8", opener=private) as file:
            json.dump(value, file, ensure_ascii=False)
        new.replace(self.folder / name)

    def read(self, name: str) -> dict[str, Any]:
        try:
            found: dict[str, Any] = json.loads((self.folder / name).read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return found

    def forget(self, name: str) -> None:
        with suppress(FileNotFoundError):
            (self.folder / name).unlink()


class ResultWriter:
    """One line of JSON per row and one file per outcome, with the place of every page."""

    def __init__(self, files: JobFiles) -> None:
        self.files = files
        self.counts = dict.fromkeys(OUTCOMES, 0)
        self._starts: dict[str, list[int]] = {outcome: [] for outcome in OUTCOMES}
        self._open: dict[str, BinaryIO] = {}

    def __enter__(self) -> ResultWriter:
        for outcome in OUTCOMES:
            path = self.files.folder / f"{outcome}.rows.new"
            self._open[outcome] = open(path, "wb", opener=private)  # noqa: SIM115  closed below
        return self

    def __exit__(self, *problem: object) -> None:
        for file in self._open.values():
            file.close()

    def add(self, verdict: Verdict, cells: Sequence[str]) -> None:
        """`cells`: the row as it stands in the file; kept only where something is wrong with it."""
        outcome = verdict.outcome
        if self.counts[outcome] % PAGE == 0:
            self._starts[outcome].append(self._open[outcome].tell())
        self.counts[outcome] += 1
        line: dict[str, Any] = {"row": verdict.number, "title": verdict.title}
        if verdict.changes:
            line["changes"] = verdict.changes
        if verdict.errors:
            line["errors"] = [[each.column, each.value, each.message] for each in verdict.errors]
            line["cells"] = list(cells)
        text = json.dumps(line, ensure_ascii=False, default=str)
        self._open[outcome].write(text.encode("utf-8", "backslashreplace") + b"\n")

    def publish(self) -> None:
        """From now on these are the job's results."""
        for outcome, file in self._open.items():
            file.close()
            path = self.files.folder / f"{outcome}.rows"
            path.with_suffix(".rows.new").replace(path)
        self.files.write("results", {"counts": self.counts, "starts": self._starts})


def result_rows(files: JobFiles, outcome: str, page: int) -> list[dict[str, Any]]:
    """The PAGE rows of one page, counted from 1."""
    starts = files.read("results").get("starts", {}).get(outcome, [])
    if not 1 <= page <= len(starts):
        return []
    with (files.folder / f"{outcome}.rows").open("rb") as file:
        file.seek(starts[page - 1])
        return [json.loads(line) for line, _count in zip(file, range(PAGE), strict=False)]


def all_result_rows(files: JobFiles, outcome: str) -> Iterator[dict[str, Any]]:
    path = files.folder / f"{outcome}.rows"
    if path.exists():
        with path.open("rb") as file:
            yield from map(json.loads, file)
