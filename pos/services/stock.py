"""Stock: on hand never changes without a movement, in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from pos.models import (
    AuditEntry,
    Order,
    Product,
    Refund,
    StockLevel,
    StockMovement,
    StockPolicy,
    Store,
    User,
)
from pos.models.fields import QuantityField
from pos.money import MAX_QUANTITY, MONEY_PLACES, ZERO, quantise, quantity_text

from .audit import record
from .errors import Conflict, Invalid
from .locks import lock_stock_level
from .rights import require


@dataclass(frozen=True)
class Shortage:
    """A product of which less is on hand than wanted."""

    product: Product
    on_hand: Decimal
    wanted: Decimal

    @property
    def message(self) -> str:
        if self.on_hand <= 0:
            return _("%(product)s is out of stock.") % {"product": self.product}
        return _("Only %(left)s of %(product)s left.") % {
            "left": quantity_text(self.on_hand),
            "product": self.product,
        }


def policy_of(product: Product, store: Store) -> str:
    return product.stock_policy or store.stock_policy


def shortages(
    *, store: Store, products: Mapping[int, Product], wanted: Mapping[int, Decimal]
) -> list[Shortage]:
    """What is short right now, by product id; a product that is not kept in stock counts as none."""
    asked = {pk: quantity for pk, quantity in wanted.items() if _counts(products[pk], store)}
    if not asked:
        return []
    levels = StockLevel.objects.filter(store=store, product_id__in=asked)
    on_hand = dict(levels.values_list("product_id", "on_hand"))
    found = [Shortage(products[pk], on_hand.get(pk, ZERO), asked[pk]) for pk in sorted(asked)]
    return [each for each in found if each.on_hand < each.wanted]


def _counts(product: Product, store: Store) -> bool:
    return policy_of(product, store) != StockPolicy.ALLOW


def take_stock(
    *, store: Store, products: Mapping[int, Product], wanted: Mapping[int, Decimal]
) -> None:
    """Take `wanted` (quantity by product id) from the shelf, in product id order.

    Raises Conflict("stock_short") naming all products that are short; the caller's transaction
    then takes nothing. The condition stands in the update itself: between a look and a write
    another till could take the last one.
    """
    short = [pk for pk in sorted(wanted) if not _take(store, products[pk], wanted[pk])]
    if short:
        found = shortages(store=store, products=products, wanted={pk: wanted[pk] for pk in short})
        message = " ".join(each.message for each in found) or _("Stock has just run short.")
        raise Conflict("stock_short", message, products=short)


def _take(store: Store, product: Product, quantity: Decimal) -> bool:
    """One product, one conditional update. False when there is not enough and the policy blocks."""
    levels = StockLevel.objects.filter(product=product, store=store)
    if policy_of(product, store) == StockPolicy.BLOCK:
        return _subtract(levels.filter(on_hand__gte=quantity), quantity) == 1
    if _subtract(levels, quantity) == 0:
        _level(product, store)
        _subtract(levels, quantity)
    return True


def _subtract(levels: QuerySet[StockLevel], quantity: Decimal) -> int:
    return levels.update(on_hand=F("on_hand") - Value(quantity, QuantityField()))


def _level(product: Product, store: Store) -> StockLevel:
    """The locked level, made at zero when the product was never kept in this store."""
    StockLevel.objects.bulk_create(
        [StockLevel(product=product, store=store, on_hand=ZERO)], ignore_conflicts=True
    )
    level = lock_stock_level(product.pk, store.pk)
    assert level is not None
    return level


def record_sale_movements(
    *, order: Order, products: Mapping[int, Product], taken: Mapping[int, Decimal], at: datetime
) -> None:
    """The ledger rows of goods that `take_stock` took for this order."""
    StockMovement.objects.bulk_create(
        StockMovement(
            product=products[pk],
            store_id=order.store_id,
            kind=StockMovement.Kind.SALE,
            quantity=-taken[pk],
            order=order,
            unit_cost=products[pk].cost,
            created_by_id=order.seller_id,
            created_at=at,
        )
        for pk in sorted(taken)
    )


def adjust_stock(
    *, user: User, product: Product, store: Store, quantity: Decimal, reason: str, note: str = ""
) -> StockMovement:
    """Add (+) or take away (−) `quantity` with a reason. Raises Invalid, Forbidden."""
    kind = StockMovement.Kind.ADJUSTMENT
    return _move(
        user=user,
        product=product,
        store=store,
        quantity=quantity,
        kind=kind,
        reason=reason,
        note=note,
    )


def waste_stock(
    *, user: User, product: Product, store: Store, quantity: Decimal, reason: str, note: str = ""
) -> StockMovement:
    """Throw away `quantity` (above zero). Raises Invalid, Forbidden."""
    if quantity <= 0:
        raise Invalid("too_small", _("Enter how much was thrown away, above zero."))
    kind = StockMovement.Kind.WASTE
    return _move(
        user=user,
        product=product,
        store=store,
        quantity=-quantity,
        kind=kind,
        reason=reason,
        note=note,
    )


@transaction.atomic
def set_stock(
    *, user: User, product: Product, store: Store, on_hand: Decimal, reason: str, note: str = ""
) -> StockMovement | None:
    """Make on hand what was counted; the movement is the difference. None when nothing differs."""
    require(user, "adjust_stock", store=store)
    level = _level(product, store)
    if level.on_hand == on_hand:
        return None
    if on_hand < 0:
        raise Invalid("too_small", _("A counted quantity cannot be negative."))
    difference = on_hand - level.on_hand
    return adjust_stock(
        user=user, product=product, store=store, quantity=difference, reason=reason, note=note
    )


@transaction.atomic
def _move(
    *,
    user: User,
    product: Product,
    store: Store,
    quantity: Decimal,
    kind: str,
    reason: str,
    note: str,
) -> StockMovement:
    require(user, "adjust_stock", store=store)
    _refuse_bad_movement(product, quantity, reason)
    level = _level(product, store)
    level.on_hand += quantity
    if abs(level.on_hand) > MAX_QUANTITY:
        raise Invalid("too_large", _("That is more than a shelf can hold. Check the quantity."))
    level.save(update_fields=["on_hand"])
    movement = StockMovement.objects.create(
        product=product,
        store=store,
        kind=kind,
        quantity=quantity,
        unit_cost=product.cost,
        reason=reason,
        note=note,
        created_by=user,
        created_at=timezone.now(),
    )
    _record_movement(user, movement, level)
    return movement


def _record_movement(user: User, movement: StockMovement, level: StockLevel) -> None:
    before, after = level.on_hand - movement.quantity, level.on_hand
    changes = [[_("on hand"), quantity_text(before), quantity_text(after)]]
    reason = " · ".join(filter(None, [movement.get_reason_display(), movement.note]))
    record(
        AuditEntry.Kind.STOCK,
        user=user,
        obj=movement.product,
        store=movement.store,
        changes=changes,
        amount=quantise(movement.quantity * movement.unit_cost, MONEY_PLACES),
        reason=reason,
    )


def _refuse_bad_movement(product: Product, quantity: Decimal, reason: str) -> None:
    if quantity == 0:
        raise Invalid("too_small", _("Enter a quantity other than zero."))
    if not product.is_weighed and quantity != quantity.to_integral_value():
        raise Invalid("too_precise", _("This product is sold by the piece: use whole numbers."))
    if reason not in StockMovement.Reason.values or not reason:
        raise Invalid("no_reason", _("Choose a reason."))


def total_by_product(pairs: Iterable[tuple[int, Decimal]]) -> dict[int, Decimal]:
    """Quantities added up per product, so that splitting a line cannot slip past the check."""
    total: dict[int, Decimal] = {}
    for product_id, quantity in pairs:
        total[product_id] = total.get(product_id, ZERO) + quantity
    return total


def return_stock(
    *, refund: Refund, returned: Mapping[int, Decimal], wasted: Mapping[int, Decimal], at: datetime
) -> None:
    """Goods that came back with a refund, by product id: all come in, what was thrown away goes out.

    `refund.seller` and `refund.lines` stand; the level is the refund's store's, whatever the policy.
    """
    kinds = StockMovement.Kind
    costs = dict(refund.lines.values_list("product_id", "unit_cost"))
    rows = []
    for pk in sorted(returned):
        kept = returned[pk] - wasted.get(pk, ZERO)
        levels = StockLevel.objects.filter(product_id=pk, store_id=refund.store_id)
        if _subtract(levels, -kept) == 0:
            StockLevel.objects.bulk_create(
                [StockLevel(product_id=pk, store_id=refund.store_id, on_hand=ZERO)],
                ignore_conflicts=True,
            )
            _subtract(levels, -kept)
        rows.append((pk, kinds.RETURN, returned[pk]))
        if pk in wasted:
            rows.append((pk, kinds.WASTE, -wasted[pk]))
    StockMovement.objects.bulk_create(
        StockMovement(
            product_id=pk,
            store_id=refund.store_id,
            kind=kind,
            quantity=quantity,
            refund=refund,
            unit_cost=costs[pk],
            reason=StockMovement.Reason.DAMAGED if kind == kinds.WASTE else "",
            created_by_id=refund.seller_id,
            created_at=at,
        )
        for pk, kind, quantity in rows
    )
