"""Prices and stock of products that are there: opening stock, and what was counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from pos import money
from pos.models import Product, StockLevel, StockMovement, Store, User
from pos.money import ZERO, AmountError, quantity_text

from ..import_rows import RowError
from ..locks import lock_products, lock_stock_levels
from ..stock import set_stock
from .base import Cells, Outcome, Verdict, outcome_of, pairs, refused
from .products import ProductImporter


class KnownProductImporter(ProductImporter):
    """For prices and opening stock: a code that is not there is a mistake, not a new product."""

    def judge(self, rows: Sequence[tuple[int, Cells]]) -> list[Verdict]:
        verdicts = super().judge(rows)
        stocked = self._on_hand([each for each in verdicts if each.plan])
        for verdict, (_number, cells) in zip(verdicts, rows, strict=True):
            code = cells.get("code", "")
            if code and code not in self._judge.known.products:
                _turn_down(verdict, "code", code, no_product())
            elif verdict.plan and (row := verdict.plan.row).quantity is not None:
                on_hand = stocked.get(verdict.plan.product.pk)
                if on_hand is not None and on_hand != row.quantity:
                    message = _("There is stock already: %(on_hand)s. Use a stock count instead.")
                    shown = message % {"on_hand": quantity_text(on_hand)}
                    _turn_down(verdict, "quantity", quantity_text(row.quantity), shown)
        return verdicts

    def _on_hand(self, verdicts: list[Verdict]) -> dict[int, Decimal]:
        if self.store is None:
            return {}
        ids = [verdict.plan.product.pk for verdict in verdicts if not verdict.plan.is_new]
        return on_hand_of(ids, self.store)


@dataclass(slots=True)
class CountPlan:
    product: Product
    counted: Decimal


class StockCountImporter:
    """On hand becomes what was counted, by a movement of the difference."""

    def __init__(self, *, user: User, store: Store | None, lock: bool = True) -> None:
        assert store is not None  # asked for before
        self.user, self.store, self.lock = user, store, lock
        self._row_of_code: dict[str, int] = {}

    def judge(self, rows: Sequence[tuple[int, Cells]]) -> list[Verdict]:
        codes = [cells.get("code", "") for _number, cells in rows]
        found = Product.objects.filter(code__in=codes)
        products = {each.code: each for each in (lock_products(found) if self.lock else found)}
        ids = [product.pk for product in products.values()]
        if self.lock:
            lock_stock_levels(ids, self.store.pk)
        on_hand = on_hand_of(ids, self.store)
        return [self._verdict(number, cells, products, on_hand) for number, cells in rows]

    def _verdict(
        self,
        number: int,
        cells: Cells,
        products: dict[str, Product],
        on_hand: dict[int, Decimal],
    ) -> Verdict:
        code, text = cells.get("code", ""), cells.get("quantity", "")
        product = products.get(code)
        if product is None:
            message = no_product() if code else _("Every row needs a code.")
            return refused(number, code, [RowError(number, "code", code, message)])
        earlier = self._row_of_code.setdefault(code, number)
        if earlier != number:
            message = _("Row %(row)s has this code already.") % {"row": earlier}
            return refused(number, str(product), [RowError(number, "code", code, message)])
        try:
            counted = money.parse_quantity(text, minimum=ZERO)
        except AmountError as error:
            return refused(number, str(product), [RowError(number, "quantity", text, str(error))])
        if not product.is_weighed and counted != counted.to_integral_value():
            message = _("This product is sold by the piece: use whole numbers.")
            return refused(number, str(product), [RowError(number, "quantity", text, message)])
        before = on_hand.get(product.pk)
        is_changed = counted != (before or ZERO)
        texts = ["" if before is None else quantity_text(before), quantity_text(counted)]
        changes = [[_("on hand"), *texts]] if is_changed else []
        outcome = outcome_of(is_new=False, is_changed=is_changed)
        return Verdict(number, str(product), outcome, changes, plan=CountPlan(product, counted))

    def write(self, verdicts: Sequence[Verdict]) -> None:
        for verdict in verdicts:
            if verdict.outcome != Outcome.SAME:
                set_stock(
                    user=self.user,
                    product=verdict.plan.product,
                    store=self.store,
                    on_hand=verdict.plan.counted,
                    reason=StockMovement.Reason.CORRECTION,
                    note=_("Counted, from a file"),
                )

    def undo(self) -> None:
        """All of it is in the transaction."""


def on_hand_of(product_ids: Sequence[int], store: Store) -> dict[int, Decimal]:
    levels = StockLevel.objects.filter(store=store)
    known = dict(pairs(StockLevel, "product_id", "pk", product_ids)) if product_ids else {}
    if not known:
        return {}
    found = levels.filter(product_id__in=known)
    return dict(found.values_list("product_id", "on_hand"))


def no_product() -> str:
    return _("There is no product with this code.")


def _turn_down(verdict: Verdict, column: str, value: str, message: str) -> None:
    others = [each for each in verdict.errors if each.column not in (column, "name", "price")]
    verdict.errors = [RowError(verdict.number, column, value, message), *others]
    verdict.outcome, verdict.changes, verdict.plan = Outcome.REFUSED, [], None
