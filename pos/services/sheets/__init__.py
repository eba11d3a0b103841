"""Everything between a file that somebody sends and clean cells: opened safely, read, named, checked."""

from .amounts import decimal_sign
from .cell_reader import CellError, CellReader
from .cells import Cell, Sheet, UnusableCell
from .columns import ColumnSpec, guess_columns
from .opening import open_sheet
from .tables import table_rows, text_rows
from .templates import write_template

__all__ = [
    "Cell",
    "CellError",
    "CellReader",
    "ColumnSpec",
    "Sheet",
    "UnusableCell",
    "decimal_sign",
    "guess_columns",
    "open_sheet",
    "table_rows",
    "text_rows",
    "write_template",
]
