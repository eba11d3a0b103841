"""Customers, found by their email, else by their phone, else by their name."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from pos import money
from pos.models import Customer, CustomerLevel, User
from pos.models.history import Change

from .base import Cells
from .records import RecordImporter, RecordPlan, RowRefused

TEXTS = ("name", "email", "phone", "address", "note")


class CustomerImporter(RecordImporter):
    """Holds a few words of every customer: whoever has 100,000 waits a second and 50 MB."""

    def __init__(self, *, user: User) -> None:
        super().__init__(user=user)
        self.decimals = money.currency_decimals(settings.POS_CURRENCY)
        self.levels = {each.name.casefold(): each for each in CustomerLevel.objects.all()}
        self.known: dict[tuple[str, str], list[int]] = {}
        self._row_of: dict[object, int] = {}
        rows = Customer.objects.order_by("pk").values_list("pk", "email", "phone", "name")
        for pk, email, phone, name in rows.iterator():
            for key in _keys(email, phone, name):
                self.known.setdefault(key, []).append(pk)

    def plan(self, number: int, cells: Cells) -> tuple[RecordPlan, list[Change]]:
        values: dict[str, Any] = {name: cells[name] for name in TEXTS if name in cells}
        if not values.get("name"):
            raise RowRefused("name", "", _("Every row needs a name."))
        customer = self._find(cells)
        self._once(number, customer, cells)
        self._choices(values, cells)
        return RecordPlan(customer or Customer(), values), []

    def _find(self, cells: Cells) -> Customer | None:
        for key in _keys(cells.get("email", ""), cells.get("phone", ""), cells["name"]):
            if key[0] == "name" and (cells.get("email") or cells.get("phone")):
                return None  # a namesake is somebody else
            found = self.known.get(key, [])
            if len(found) > 1:
                message = _("%(count)s customers have this. Merge or mend them first.")
                raise RowRefused(key[0], cells[key[0]], message % {"count": len(found)})
            if found:
                return Customer.objects.get(pk=found[0])
        return None

    def _once(self, number: int, customer: Customer | None, cells: Cells) -> None:
        keys: list[object] = [("pk", customer.pk)] if customer else []
        has_address = cells.get("email") or cells.get("phone")
        for key in _keys(cells.get("email", ""), cells.get("phone", ""), cells["name"]):
            if key[0] != "name" or not has_address:
                keys.append(key)
        for known in keys:
            earlier = self._row_of.setdefault(known, number)
            if earlier != number:
                message = _("Row %(row)s is about this customer already.") % {"row": earlier}
                column = "email" if cells.get("email") else "phone" if has_address else "name"
                raise RowRefused(column, cells[column], message)

    def _choices(self, values: dict[str, Any], cells: Cells) -> None:
        """Empty cells leave the level, the status and the limit as they are."""
        if level := cells.get("level"):
            if level.casefold() not in self.levels:
                raise RowRefused("level", level, _("There is no such customer level."))
            values["level"] = self.levels[level.casefold()]
        if status := cells.get("status"):
            values["status"] = status
        if limit := cells.get("credit_limit"):
            try:
                values["credit_limit"] = money.parse_amount(limit, decimals=self.decimals)
            except money.AmountError as error:
                raise RowRefused("credit_limit", limit, error) from error


def _keys(email: str, phone: str, name: str) -> list[tuple[str, str]]:
    """What a customer is found by, the surest first; blanks and signs in a phone do not count."""
    digits = "".join(sign for sign in phone if sign.isdigit())
    found = (("email", email.strip().casefold()), ("phone", digits), ("name", name.casefold()))
    return [(kind, value) for kind, value in found if value]
