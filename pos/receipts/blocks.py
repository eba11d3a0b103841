"""The blocks a document is made of, from top to bottom. Knows no printer and no HTML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Row:
    """A label on the left and a figure on the right."""

    label: str
    amount: str


@dataclass(frozen=True, slots=True)
class Header:
    """The store, centred: its name large, then one text per line."""

    kind: ClassVar[str] = "header"
    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Marker:
    """A loud word over the whole width."""

    kind: ClassVar[str] = "marker"
    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Label and text pairs: number, date, seller."""

    kind: ClassVar[str] = "facts"
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the sale: `detail` is quantity × unit price, `amount` their product.

    Where prices are nobody's business (gift receipts, slips) `amount` is empty.
    """

    name: str
    detail: str
    amount: str
    discount: Row | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Items:
    kind: ClassVar[str] = "items"
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Sums:
    """Figures that lead to the total."""

    kind: ClassVar[str] = "sums"
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Total:
    """The one figure everybody looks for, with its currency."""

    kind: ClassVar[str] = "total"
    row: Row


@dataclass(frozen=True, slots=True)
class Payments:
    """What was given; `results` (change, due) stand out."""

    kind: ClassVar[str] = "payments"
    rows: tuple[Row, ...]
    results: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class TaxTable:
    """One row per rate: name, net, tax, gross."""

    kind: ClassVar[str] = "taxes"
    headings: tuple[str, str, str, str]
    rows: tuple[tuple[str, str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A heading and lines of free text."""

    kind: ClassVar[str] = "text"
    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across."""

    kind: ClassVar[str] = "rule"


@dataclass(frozen=True, slots=True)
class Codes:
    """The number as barcode, so that a scan finds the order again, and a QR code.

    `link` is what the QR code opens on the customer's phone; without one it is the number, too.
    """

    kind: ClassVar[str] = "codes"
    value: str
    link: str = ""

    @property
    def qr(self) -> str:
        return self.link or self.value


@dataclass(frozen=True, slots=True)
class Footer:
    """Centred closing lines."""

    kind: ClassVar[str] = "footer"
    lines: tuple[str, ...]


Block = (
    Header
    | Marker
    | Facts
    | Items
    | Sums
    | Total
    | Payments
    | TaxTable
    | Text
    | Rule
    | Codes
    | Footer
)


@dataclass(frozen=True, slots=True)
class Receipt:
    """`blocks` from top to bottom; `number` is the order's."""

    number: str
    blocks: tuple[Block, ...]
