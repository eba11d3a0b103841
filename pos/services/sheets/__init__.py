"""Everything between a file that somebody sends and clean cells: opened safely, read, named, checked."""

from .cells import Cell, Sheet, UnusableCell
from .opening import open_sheet

__all__ = ["Cell", "Sheet", "UnusableCell", "open_sheet"]
