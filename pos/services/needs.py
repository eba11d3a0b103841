"""What somebody needs another person's yes for, worked out from the shop's own figures."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pos.figures import Difference
from pos.models import Approval, CashCount, CashSession, Order, Register, User
from pos.money import ZERO, amount_text, currency_decimals, format_money, quantise
from pos.pricing import Discount

from .approvals import covering, use
from .carts import CartItem, PricedCart
from .counts import total_off
from .errors import ApprovalNeeded
from .limits import limit_of

HUNDRED = Decimal(100)
Kind = Approval.Kind


@dataclass(frozen=True)
class Need:
    """`message` is for the one who asks, `summary` for the one who approves; `lines` of the cart."""

    kind: str
    amount: Decimal
    summary: str
    message: str
    fingerprint: str
    lacks_right: bool = False
    lines: tuple[int, ...] = ()

    @property
    def facts(self) -> dict[str, str]:
        """As the register shows it and sends it back."""
        return {
            "kind": self.kind,
            "amount": amount_text(self.amount, currency_decimals(settings.POS_CURRENCY)),
            "summary": self.summary,
            "fingerprint": self.fingerprint,
        }


@dataclass(frozen=True)
class Covered:
    """A need with the yes that covers it."""

    need: Need
    approval_id: int


# --- What needs a yes ------------------------------------------------------------------------


def cart_needs(*, user: User, register: Register, priced: PricedCart) -> list[Need]:
    """The discount and the changed prices of a cart."""
    price_need = _price_need(user, register, priced)
    # A yes to the prices is one to this very cart, with its discounts.
    cut = ZERO if price_need else _cut(priced)
    needs = [_discount_need(user, register, priced, cut), price_need]
    return [need for need in needs if need]


def _discount_need(user: User, register: Register, priced: PricedCart, cut: Decimal) -> Need | None:
    """`cut`: what changed prices take off already."""
    lines = priced.totals.lines[: len(priced.cart.items)]  # without the delivery fee
    given, places = ZERO, []
    for place, (item, line) in enumerate(zip(priced.cart.items, lines, strict=True)):
        given += line.order_discount_amount
        if item.discount and line.discount_amount:
            given += line.discount_amount
            places.append(place)
    if not given:
        return None
    lacks_right = not user.has_perm("pos.give_discount")
    subtotals = tuple(line.subtotal_amount for line in lines)
    taken = _Taken(given, subtotals, limit_of(user, "discount_percent"))
    if not lacks_right and not taken.is_over:
        taken = taken.with_cut(cut, limit_of(user, "price_change_percent"))
        if not taken.is_over:
            return None
    facts = {
        "amount": _money(taken.given),
        "percent": _percent(taken.given, taken.subtotal),
        "total": _money(taken.subtotal),
        "limit": _plain(taken.limit or ZERO),
    }
    summary = _("%(amount)s off %(total)s (%(percent)s %%)") % facts
    message = _("You are not allowed to give discounts. Ask for an approval.")
    if not lacks_right:
        message = _("%(percent)s %% off is over your limit of %(limit)s %%. Ask for an approval.")
        message %= facts
    print_ = cart_fingerprint(Kind.DISCOUNT, register, priced)
    return Need(Kind.DISCOUNT, taken.given, summary, message, print_, lacks_right, tuple(places))


@dataclass(frozen=True)
class _Taken:
    """What is taken off `subtotals`, and how far somebody may go."""

    given: Decimal
    subtotals: tuple[Decimal, ...]
    limit: Decimal | None

    @property
    def subtotal(self) -> Decimal:
        return sum(self.subtotals, ZERO)

    @property
    def is_over(self) -> bool:
        """`limit` percent of each line and of all differ by the rounding: both are within it."""
        if self.limit is None:
            return False
        decimals = currency_decimals(settings.POS_CURRENCY)
        shares = [quantise(each * self.limit / HUNDRED, decimals) for each in self.subtotals]
        whole = quantise(self.subtotal * self.limit / HUNDRED, decimals)
        return self.given > max(whole, sum(shares, ZERO))

    def with_cut(self, cut: Decimal, limit: Decimal | None) -> _Taken:
        """Lower prices and a discount on top stay within the wider of their two limits together."""
        wider = None if self.limit is None or limit is None else max(self.limit, limit)
        return _Taken(self.given + cut, (*self.subtotals, cut), wider)


def _price_need(user: User, register: Register, priced: PricedCart) -> Need | None:
    changed = changed_prices(priced)
    if not changed:
        return None
    lacks_right = not user.has_perm("pos.change_price")
    limit = limit_of(user, "price_change_percent")
    over = [each for each in changed if limit is not None and each.percent > limit]
    if not lacks_right and not over:
        return None
    worst = max(changed, key=lambda each: each.percent)
    summary = _("%(product)s for %(new)s instead of %(old)s") % worst.facts
    if len(changed) > 1:
        more = len(changed) - 1
        text = ngettext(", and %(count)d more price", ", and %(count)d more prices", more)
        summary = summary[:250] + text % {"count": more}
    message = _("You are not allowed to change prices. Ask for an approval.")
    if not lacks_right:
        message = _("%(percent)s %% below the price is over your limit. Ask for an approval.")
        message %= worst.facts
    amount = sum((abs(each.amount) for each in changed), ZERO)
    print_ = cart_fingerprint(Kind.PRICE_CHANGE, register, priced)
    lines = tuple(each.place for each in changed)
    return Need(Kind.PRICE_CHANGE, amount, summary, message, print_, lacks_right, lines)


@dataclass(frozen=True)
class ChangedPrice:
    """A line whose unit price is not the catalogue's. `amount`: what the line loses by it."""

    place: int
    product: Any
    quantity: Decimal
    before: Decimal
    after: Decimal

    @property
    def amount(self) -> Decimal:
        decimals = currency_decimals(settings.POS_CURRENCY)
        return quantise((self.before - self.after) * self.quantity, decimals)

    @property
    def percent(self) -> Decimal:
        """How far below the catalogue's price; nothing where it is above."""
        cut = self.before - self.after
        return cut * HUNDRED / self.before if cut > 0 and self.before else ZERO

    @property
    def facts(self) -> dict[str, str]:
        return {
            "product": str(self.product),
            "old": _money(self.before),
            "new": _money(self.after),
            "percent": _percent(max(self.before - self.after, ZERO), self.before),
        }


def changed_prices(priced: PricedCart) -> list[ChangedPrice]:
    found = []
    for place, item in enumerate(priced.cart.items):
        product = priced.products[item.product_id]
        if item.unit_price is not None and item.unit_price != product.price:
            change = ChangedPrice(place, product, item.quantity, product.price, item.unit_price)
            found.append(change)
    return found


def _cut(priced: PricedCart) -> Decimal:
    """How much lower than the catalogue's the changed prices are, on the whole cart."""
    return sum((max(each.amount, ZERO) for each in changed_prices(priced)), ZERO)


def void_needs(*, user: User, order: Order) -> list[Need]:
    """Giving up somebody else's parked order."""
    if user.pk in (order.seller_id, order.held_by_id) or user.has_perm("pos.void_order"):
        return []
    facts = {
        "order": order.label or f"#{order.pk}",
        "person": str(order.seller),
        "amount": _money(order.total_amount),
    }
    summary = _("Discard parked order %(order)s of %(person)s, %(amount)s") % facts
    message = _("This is %(person)s's parked order. Ask for an approval.") % facts
    print_ = fingerprint(Kind.VOID, order.pk, order.total_amount)
    return [Need(Kind.VOID, order.total_amount, summary, message, print_, lacks_right=True)]


def no_sale_needs(*, user: User, session: CashSession, count: int, reason: str) -> list[Need]:
    """Opening the drawer; `count`: how often it was opened in this session without a sale."""
    if user.has_perm("pos.open_drawer"):
        return []
    summary = _("Open the drawer of %(register)s: %(reason)s")
    summary %= {"register": session.register, "reason": reason}
    message = _("You are not allowed to open the drawer without a sale. Ask for an approval.")
    print_ = fingerprint(Kind.NO_SALE, session.pk, count, reason)
    return [Need(Kind.NO_SALE, ZERO, summary, message, print_, lacks_right=True)]


def difference_needs(
    *, user: User, session: CashSession, count: CashCount, differences: list[Difference]
) -> list[Need]:
    """A count that is further off than this person may close with. The message tells no figure."""
    limit, off = limit_of(user, "cash_difference"), total_off(differences)
    if limit is None or off <= limit:
        return []
    wrong = [each for each in differences if each.amount]
    told = ", ".join(_told_difference(each, is_alone=len(wrong) == 1) for each in wrong)
    summary = f"{session.register}, {session}: {told}"
    message = _("This count needs a second person. Count again, or ask for an approval.")
    print_ = fingerprint(
        Kind.CASH_DIFFERENCE, session.pk, count.cash_amount, sorted(count.amounts.items())
    )
    return [Need(Kind.CASH_DIFFERENCE, off, summary, message, print_)]


def _told_difference(each: Difference, *, is_alone: bool) -> str:
    amount = _money(abs(each.amount))
    if is_alone and not each.code:
        text = _("%(amount)s missing in the drawer")
        if each.amount > 0:
            text = _("%(amount)s too much in the drawer")
        return text % {"amount": amount}
    text = _("%(amount)s of %(tender)s missing")
    if each.amount > 0:
        text = _("%(amount)s of %(tender)s too much")
    return text % {"amount": amount, "tender": each.name}


# --- The yes that covers it ------------------------------------------------------------------


def uncovered(*, user: User, needs: Sequence[Need], approvals: Sequence[int]) -> list[Need]:
    """The needs for which none of these approvals stands."""
    return [need for need in needs if _covering(user, need, approvals) is None]


def cover(*, user: User, needs: Sequence[Need], approvals: Sequence[int]) -> list[Covered]:
    """Each need with its approval, to be spent in this transaction. Raises ApprovalNeeded."""
    found = [(need, _covering(user, need, approvals)) for need in needs]
    missing = [need for need, approval_id in found if approval_id is None]
    if missing:
        raise approval_needed(missing)
    return [Covered(need, approval_id) for need, approval_id in found if approval_id is not None]


def spend(*, user: User, covered: Sequence[Covered], order: Order | None = None) -> None:
    """Use the approvals up. Raises Conflict when somebody was quicker."""
    for each in sorted(covered, key=lambda one: one.approval_id):
        use(
            user=user,
            approval_id=each.approval_id,
            kind=each.need.kind,
            fingerprint=each.need.fingerprint,
            amount=each.need.amount,
            order=order,
        )


def approval_needed(needs: Sequence[Need]) -> ApprovalNeeded:
    first = needs[0]
    error = ApprovalNeeded(
        "approval_needed", first.message, lines=first.lines, needs=[need.facts for need in needs]
    )
    if any(need.lacks_right for need in needs):
        error.status = 403
    return error


def _covering(user: User, need: Need, approvals: Sequence[int]) -> int | None:
    if not approvals:
        return None
    rows = covering(
        user=user, kind=need.kind, fingerprint=need.fingerprint, amount=need.amount
    ).filter(Q(pk__in=approvals))
    found: int | None = rows.order_by("pk").values_list("pk", flat=True).first()
    return found


# --- Fingerprints ----------------------------------------------------------------------------


def fingerprint(kind: str, *facts: object) -> str:
    """Of exactly what is asked for: another cart, price, session or count has another one."""
    text = json.dumps([kind, *facts], default=_stable, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _stable(value: object) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def cart_fingerprint(kind: str, register: Register, priced: PricedCart) -> str:
    """Of a request about a whole cart."""
    cart = priced.cart
    lines = [_line_facts(item, priced.products[item.product_id].price) for item in cart.items]
    return fingerprint(
        kind, register.pk, cart.customer_id, _discount_facts(cart.order_discount), lines
    )


def _line_facts(item: CartItem, price: Decimal) -> list[object]:
    charged = price if item.unit_price is None else item.unit_price
    return [item.product_id, item.quantity, price, charged, _discount_facts(item.discount)]


def _discount_facts(discount: Discount | None) -> list[object] | None:
    return [discount.percent, discount.amount] if discount else None


def _money(amount: Decimal) -> str:
    return format_money(amount, settings.POS_CURRENCY)


def _percent(part: Decimal, whole: Decimal) -> str:
    return _plain(quantise(part * HUNDRED / whole, 1)) if whole else "0"


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
