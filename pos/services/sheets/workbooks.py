"""An XLSX workbook: which sheet is read, what its numbers look like, what is refused at the door."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import override

from ..errors import Invalid
from . import cells as limits
from .archives import Archive, damaged
from .cells import Cell, Sheet, check_headings, too_large
from .markup import Markup
from .number_formats import Style, style_of
from .sheet_rows import SharedTexts, SheetRows

_ROOT = "_rels/.rels"
_TYPES = "[content_types].xml"
_MAX_SMALL = 10_000_000  # bytes of a part that is kept: styles, names of sheets


@dataclass
class _Workbook:
    sheet: str
    texts: str | None
    styles: list[Style]
    is_1904: bool
    notes: list[str]


def open_workbook(path: Path) -> Sheet:
    """The first visible sheet. Raises Invalid for macros, links to other files, passwords, bombs."""
    with Archive(path) as archive:
        workbook = _workbook(archive)
        rows = _sheet_rows(archive, workbook)
        first = next(rows.table(archive.blocks(workbook.sheet)), (0, []))
    headings = _headings(first[1]) if first[0] == 1 else []
    check_headings(headings)

    def read() -> Iterator[list[Cell]]:
        with Archive(path) as archive:
            done = 1
            for number, cells in _sheet_rows(archive, workbook).table(
                archive.blocks(workbook.sheet)
            ):
                if number == 1:
                    continue
                for _blank in range(number - done - 1):
                    yield []
                yield cells
                done = number

    count = rows.announced - 1 if 0 < rows.announced <= limits.MAX_ROWS_XLSX else None
    return Sheet("xlsx", headings, count, read, workbook.notes)


def _sheet_rows(archive: Archive, workbook: _Workbook) -> SheetRows:
    texts = SharedTexts(archive.blocks(workbook.texts) if workbook.texts else ())
    return SheetRows(texts, workbook.styles, workbook.is_1904)


def _headings(cells: list[Cell]) -> list[str]:
    return [
        "" if cell is None else " ".join(str(cell).replace("\ufeff", "").split()) for cell in cells
    ]


def _workbook(archive: Archive) -> _Workbook:
    _refuse_programs(archive)
    main = next(iter(_links(archive, _ROOT, "").of("officedocument")), "")
    if not main:
        raise _other_archive(archive)
    if main.endswith(".bin"):
        message = _("Excel binary workbooks (.xlsb) cannot be read. Save it as XLSX.")
        raise Invalid("old_spreadsheet", message)
    folder, _slash, file_name = main.rpartition("/")
    links = _links(archive, f"{folder}/_rels/{file_name}.rels".lstrip("/"), folder)
    book = _Book()
    book.read(_small(archive, main))
    if len(book.sheets) > limits.MAX_SHEETS:
        message = _("This workbook has %(count)s sheets. Save the one you mean by itself.")
        raise Invalid("too_many_sheets", message % {"count": len(book.sheets)})
    visible = [sheet for sheet in book.sheets if links.kinds.get(sheet[1]) == "worksheet"]
    if not visible:
        raise Invalid("missing_column", _("This workbook has no sheet with a table."))
    styles = _Styles()
    for part in links.of("styles")[:1]:
        styles.read(_small(archive, part))
    texts = next(iter(links.of("sharedstrings")), None)
    notes = _notes([title for title, _link in visible])
    return _Workbook(links.targets[visible[0][1]], texts, styles.found(), book.is_1904, notes)


def _notes(titles: list[str]) -> list[str]:
    with override("en"):
        help_titles = {_("Help")}
    help_titles.add(_("Help"))
    others = [title for title in titles[1:] if title not in help_titles]
    if not others:
        return []
    message = _("Only the first sheet, “%(name)s”, is read; left out: %(others)s.")
    return [message % {"name": titles[0], "others": ", ".join(others)[:200]}]


def _refuse_programs(archive: Archive) -> None:
    names = archive.parts
    types = _ContentTypes()
    if _TYPES in names:
        types.read(_small(archive, _TYPES))
    if types.has_macros or any("vbaproject" in name for name in names):
        message = _("This workbook has macros. Save it as “Excel workbook (.xlsx)”, without them.")
        raise Invalid("macros", message)
    if any("/externallinks/" in f"/{name}" for name in names):
        message = _(
            "This workbook takes values from other files. Copy the table, paste it as values "
            "into a new workbook, and send that."
        )
        raise Invalid("external_links", message)


def _other_archive(archive: Archive) -> Invalid:
    if "mimetype" in archive.parts:
        message = _("This is no Excel workbook. Save it as XLSX or CSV and try again.")
        return Invalid("no_spreadsheet", message)
    if archive.parts and _TYPES not in archive.parts:
        message = _("This is an archive of files, not a spreadsheet. Send the XLSX or CSV itself.")
        return Invalid("no_spreadsheet", message)
    return damaged()


def _small(archive: Archive, name: str) -> Iterator[bytes]:
    if archive.parts[name.casefold()].file_size > _MAX_SMALL:
        raise too_large()
    return archive.blocks(name)


@dataclass
class _Links(Markup):
    """Which part a part refers to, by its identifier: {"rId1": "xl/worksheets/sheet1.xml"}."""

    folder: str
    parts: frozenset[str]
    targets: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name != "Relationship" or attributes.get("TargetMode") == "External":
            return
        target = attributes.get("Target", "")
        whole = target if target.startswith("/") else f"{self.folder}/{target}"
        steps: list[str] = []
        for step in whole.split("/"):
            if step == "..":
                steps = steps[:-1]
            elif step not in ("", "."):
                steps.append(step)
        path, link = "/".join(steps), attributes.get("Id", "")
        if path.casefold() in self.parts:
            self.targets[link] = path
            self.kinds[link] = attributes.get("Type", "").rpartition("/")[2].casefold()

    def of(self, kind: str) -> list[str]:
        return [self.targets[link] for link, found in self.kinds.items() if found == kind]


def _links(archive: Archive, name: str, folder: str) -> _Links:
    links = _Links(folder, frozenset(archive.parts))
    if name.casefold() in archive.parts:
        links.read(_small(archive, name))
    return links


class _ContentTypes(Markup):
    has_macros = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        kind = attributes.get("ContentType", "").casefold()
        self.has_macros = self.has_macros or "macroenabled" in kind or "vbaproject" in kind


class _Book(Markup):
    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[tuple[str, str]] = []  # title and link of those that are shown
        self.is_1904 = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "workbookPr":
            self.is_1904 = attributes.get("date1904") in ("1", "true")
        elif name == "sheet" and attributes.get("state", "visible") == "visible":
            link = next((attributes[key] for key in attributes if key.endswith(":id")), "")
            self.sheets.append((attributes.get("name", ""), link))


class _Styles(Markup):
    def __init__(self) -> None:
        super().__init__()
        self.codes: dict[str, str] = {}
        self.formats: list[str] = []
        self.is_in_cells = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            self.codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self.is_in_cells = True
        elif name == "xf" and self.is_in_cells:
            self.formats.append(attributes.get("numFmtId", "0"))

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self.is_in_cells = False

    def found(self) -> list[Style]:
        """The style by the number that a cell names."""
        return [
            style_of(int(key) if key.isdecimal() and len(key) < 6 else 0, self.codes.get(key, ""))
            for key in self.formats
        ]
