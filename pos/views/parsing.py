"""What the register sends, read field by field. Anything senseless is refused with the same words."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from pos.money import AmountError, currency_decimals, parse_amount, parse_percent, parse_quantity
from pos.pricing import Discount
from pos.services.carts import MAX_LINES, Cart, CartItem, Delivery
from pos.services.errors import Invalid
from pos.services.orders import Checkout
from pos.services.payments import Tender, looks_like_card_number
from pos.text import has_unseen_signs

MAX_ID = 2**63 - 1
MAX_TENDERS = 20
MAX_APPROVALS = 20
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_KEY = re.compile(r"[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}")


def read_amount(value: object, *, minimum: Decimal = Decimal(0)) -> Decimal:
    return _number(
        parse_amount, value, decimals=currency_decimals(settings.POS_CURRENCY), minimum=minimum
    )


def read_quantity(value: object) -> Decimal:
    return _number(parse_quantity, value)


def _number(parse: Callable[..., Decimal], value: object, **kwargs: Any) -> Decimal:
    try:
        return parse(value, **kwargs)
    except AmountError as error:
        raise Invalid(error.code, str(error)) from error


def read_id(value: object, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= MAX_ID:
        raise Invalid("bad_id", _("“%(name)s” is not valid.") % {"name": name})
    return value


def read_optional_id(value: object, name: str) -> int | None:
    return None if value is None else read_id(value, name)


def read_text(value: object, name: str, *, limit: int = 200, lines: bool = False) -> str:
    """Clean text: composed, no control or direction-changing signs. Raises Invalid."""
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > limit * 2:
        raise Invalid("bad_text", _("“%(name)s” is too long or not text.") % {"name": name})
    text = unicodedata.normalize("NFC", value).strip()
    if has_unseen_signs(text, lines=lines):
        raise Invalid(
            "bad_text", _("“%(name)s” contains invisible signs. Type it again.") % {"name": name}
        )
    if len(text) > limit:
        raise Invalid("bad_text", _("“%(name)s” is too long or not text.") % {"name": name})
    return text


def read_free_text(value: object, name: str, *, limit: int = 200, lines: bool = False) -> str:
    """As `read_text`, for what people type beside a sale: never a card number (PCI DSS)."""
    text = read_text(value, name, limit=limit, lines=lines)
    if looks_like_card_number(text):
        raise Invalid("card_number", _("Never type a card number in “%(name)s”.") % {"name": name})
    return text


def read_discount(value: object) -> Discount | None:
    """None is no discount; a discount of zero keeps the customer level's away from the line."""
    if value is None:
        return None
    if not isinstance(value, dict) or len(value) != 1 or not {"percent", "amount"} >= value.keys():
        raise Invalid("bad_discount", _("Give a discount as a percentage or as an amount."))
    if "percent" in value:
        return Discount(percent=_number(parse_percent, value["percent"]))
    return Discount(amount=read_amount(value["amount"]))


def read_cart(body: Mapping[str, Any]) -> Cart:
    items = body.get("lines")
    if not isinstance(items, list) or not items:
        raise Invalid("empty_cart", _("The cart is empty. Scan something first."))
    if len(items) > MAX_LINES:
        message = _("A cart holds at most %(limit)s lines. Finish this sale and start another.")
        raise Invalid("too_many_lines", message % {"limit": MAX_LINES})
    return Cart(
        items=tuple(_read_item(item, place) for place, item in enumerate(items)),
        customer_id=read_optional_id(body.get("customer"), "customer"),
        order_discount=read_discount(body.get("order_discount")),
        delivery=_read_delivery(body.get("delivery")),
        note=read_free_text(body.get("note"), "note"),
    )


def _read_item(item: object, place: int) -> CartItem:
    if not isinstance(item, dict):
        raise Invalid("bad_line", _("A line of the cart is not valid."), lines=[place])
    try:
        return CartItem(
            product_id=read_id(item.get("product"), "product"),
            quantity=read_quantity(item.get("quantity")),
            discount=read_discount(item.get("discount")),
            note=read_free_text(item.get("note"), "note"),
            unit_price=_read_price(item.get("unit_price")),
        )
    except Invalid as error:
        error.lines = [place]
        raise


def _read_price(value: object) -> Decimal | None:
    """A changed price. What a browser calls "price" or "total" is never looked at."""
    return None if value is None else read_amount(value)


def read_approvals(body: Mapping[str, Any]) -> tuple[int, ...]:
    """Ids of approvals that were given; those for something else do no harm."""
    ids = body.get("approvals")
    if ids is None:
        return ()
    if not isinstance(ids, list) or len(ids) > MAX_APPROVALS:
        raise Invalid("bad_approvals", _("The list of approvals is not valid."))
    return tuple(read_id(each, "approvals") for each in ids)


def _read_delivery(value: object) -> Delivery | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise Invalid("bad_delivery", _("The delivery is not valid."))
    address = read_free_text(value.get("address"), "address", limit=500, lines=True)
    if not address:
        raise Invalid("bad_delivery", _("Where to? Type the delivery address."))
    fee = value.get("fee")
    is_free = fee is None or fee == ""
    return Delivery(
        address=address,
        on=read_date(value.get("on")),
        fee=Decimal(0) if is_free else read_amount(fee),
        note=read_text(value.get("note"), "note"),
    )


def read_date(value: object) -> date | None:
    if value is None or value == "":
        return None
    try:
        # Of the ways ISO 8601 writes a day only one: not 20260131, not 2026-W05-6.
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            raise ValueError(value)
        return date.fromisoformat(value)
    except ValueError as error:
        raise Invalid(
            "bad_date", _("Write the date as year-month-day, for example 2026-01-31.")
        ) from error


def read_checkout(body: Mapping[str, Any]) -> Checkout:
    return Checkout(
        key=read_key(body.get("key")),
        request_hash=request_hash(body),
        register_id=read_id(body.get("register"), "register"),
        cart=read_cart(body),
        tenders=read_tenders(body.get("payments")),
        expected_total=read_amount(body.get("expected_total")),
        parked_id=read_optional_id(body.get("parked"), "parked"),
        approvals=read_approvals(body),
    )


def read_key(value: object) -> UUID:
    if not isinstance(value, str) or not _KEY.fullmatch(value):
        message = _("The register sent no valid key for this sale. Reload the page.")
        raise Invalid("bad_key", message)
    return UUID(value)


def request_hash(body: Mapping[str, Any]) -> str:
    """The same for the same request, whatever the order of its names. The key is not part of it."""
    content = {name: value for name, value in body.items() if name != "key"}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def read_tenders(value: object) -> tuple[Tender, ...]:
    if not isinstance(value, list) or len(value) > MAX_TENDERS:
        raise Invalid("bad_payments", _("The list of payments is not valid."))
    return tuple(read_tender(tender) for tender in value)


def read_tender(value: object) -> Tender:
    if not isinstance(value, dict):
        raise Invalid("bad_payments", _("The list of payments is not valid."))
    return Tender(
        method=read_text(value.get("method"), "method", limit=30),
        tendered=read_amount(value.get("tendered")),
        reference=read_text(value.get("reference"), "reference", limit=60),
    )
