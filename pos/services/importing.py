"""Products from a file: all rows or none, with their history, fast enough for a whole catalogue."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from pos.models import AuditEntry, Store, User

from .audit import record
from .errors import Conflict, Invalid
from .import_rows import RowError
from .imports.base import FIRST_ROW, Importer, Outcome, filled, numbered_chunks
from .imports.products import ProductImporter
from .rights import require

MAX_ERRORS = 1000
LONGEST = 900  # seconds: on SQLite no till can save a sale meanwhile


@dataclass(slots=True)
class ImportResult:
    """How many products were made, changed, left alone; rows refused, and which cells are wrong."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    errors: list[RowError] = field(default_factory=list)


class _RollBack(Exception):
    pass


def import_products(
    *,
    user: User,
    rows: Iterable[Mapping[str, str]],
    store: Store | None = None,
    good_rows_only: bool = False,
    progress: Callable[[int], None] | None = None,
    source: str = "",
) -> ImportResult:
    """Add and change products, found by their code. Columns: `import_rows.COLUMNS`.

    A column that is missing leaves what is there. An empty cell empties size, style and
    description and leaves everything else. Barcodes are added, never taken away; categories
    become those of the cell. `quantity` is the opening stock in `store`, taken only where the
    product has no stock level yet. One error anywhere and nothing is written, unless
    `good_rows_only`. `progress` is told how many rows are done; `source` names the file.
    Raises Forbidden; Invalid for a quantity without a store or when it takes too long; Conflict
    when somebody else wrote the same products meanwhile.
    """
    require(user, "add_product")
    require(user, "change_product")
    result = ImportResult()
    try:
        with transaction.atomic():
            _run(ProductImporter(user=user, store=store), rows, result, good_rows_only, progress)
            if result.errors and not good_rows_only:
                raise _RollBack
            _record_import(user, store, result, source)
    except _RollBack:
        return ImportResult(refused=result.refused, errors=result.errors)
    except IntegrityError as error:
        message = _(
            "Somebody changed the same products meanwhile. Nothing was imported; try again."
        )
        raise Conflict("changed_meanwhile", message) from error
    return result


def _record_import(user: User, store: Store | None, result: ImportResult, source: str) -> None:
    counts = (
        (_("new products"), result.created),
        (_("changed products"), result.updated),
        (_("rows refused"), result.refused),
    )
    changes = [[label, "", str(count)] for label, count in counts if count]
    record(AuditEntry.Kind.IMPORT, user=user, store=store, changes=changes, reason=source)


def _run(
    importer: Importer,
    source: Iterable[Mapping[str, str]],
    result: ImportResult,
    good_rows_only: bool,
    progress: Callable[[int], None] | None,
) -> None:
    started = time.monotonic()
    for chunk in numbered_chunks(source):
        if time.monotonic() - started > LONGEST:
            message = _("This takes too long. Split the file and import the parts.")
            raise Invalid("too_slow", message)
        verdicts = importer.judge(filled(chunk))
        good = [each for each in verdicts if each.outcome != Outcome.REFUSED]
        result.errors += [error for each in verdicts for error in each.errors]
        result.refused += len(verdicts) - len(good)
        if good_rows_only or not result.errors:
            importer.write(good)
            result.created += sum(each.outcome == Outcome.NEW for each in good)
            result.updated += sum(each.outcome == Outcome.CHANGED for each in good)
            result.unchanged += sum(each.outcome == Outcome.SAME for each in good)
        if progress:
            progress(chunk[-1][0] - FIRST_ROW + 1)
        if len(result.errors) >= MAX_ERRORS and not good_rows_only:
            raise _RollBack
