"""Orders of an earlier system: brought in from a file, and taken out again as a batch.

They count in reports. They lie in no cash session, move no stock, and say that they were imported.
"""

from __future__ import annotations

from .bringing_in import Outcome, Wishes, file_digest, import_sales
from .places import REGISTER_CODE, StoreChoice
from .reading import COLUMNS, NEEDED
from .taking_out import take_out
from .writing import BATCH_RANGE

__all__ = [
    "BATCH_RANGE",
    "COLUMNS",
    "NEEDED",
    "REGISTER_CODE",
    "Outcome",
    "StoreChoice",
    "Wishes",
    "file_digest",
    "import_sales",
    "take_out",
]
