"""Documents as lists of blocks: what they say, in order. One module per document."""

from __future__ import annotations

from .accounts import build_account_receipt
from .blocks import (
    Block,
    Codes,
    Facts,
    Footer,
    Header,
    Item,
    Items,
    Marker,
    Payments,
    Receipt,
    Row,
    Rule,
    Sums,
    TaxTable,
    Text,
    Total,
)
from .delivery import build_delivery_slip
from .gift import build_gift_receipt
from .orders import build_receipt
from .refunds import build_refund_receipt
from .sessions import build_session_slip, report_title
from .test_page import build_test_page
from .texts import (
    UNIT_SPACE,
    amount,
    copy_text,
    discount_label,
    local_time,
    store_header,
    taken,
    text_lines,
    unit_price,
)

__all__ = [
    "UNIT_SPACE",
    "Block",
    "Codes",
    "Facts",
    "Footer",
    "Header",
    "Item",
    "Items",
    "Marker",
    "Payments",
    "Receipt",
    "Row",
    "Rule",
    "Sums",
    "TaxTable",
    "Text",
    "Total",
    "amount",
    "build_account_receipt",
    "build_delivery_slip",
    "build_gift_receipt",
    "build_receipt",
    "build_refund_receipt",
    "build_session_slip",
    "build_test_page",
    "copy_text",
    "discount_label",
    "local_time",
    "report_title",
    "store_header",
    "taken",
    "text_lines",
    "unit_price",
]
