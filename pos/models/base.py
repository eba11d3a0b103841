"""What the models share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from pos.models.people import User


class ScopedQuerySet(models.QuerySet):
    """Rows narrowed to what a person may see. `store_path` leads from the row to its store."""

    store_path = "store_id"

    def visible_to(self, user: User) -> Self:
        stores = user.store_ids()
        return self.all() if stores is None else self.filter(**{f"{self.store_path}__in": stores})


class OwnQuerySet(ScopedQuerySet):
    """As above; somebody who only works in a store sees their own rows there, a manager all."""

    owner_path = ""

    def visible_to(self, user: User) -> Self:
        managed, stores = user.store_ids("manage_store", "view_store_reports"), user.store_ids()
        if managed is None:
            return self.all()
        own = models.Q(**{self.owner_path: user.pk})
        if stores is not None:
            own &= self.in_stores(stores - managed)
        # One condition where one is enough: an OR keeps a database from using its best index.
        if stores is not None and stores <= managed:
            return self.filter(self.in_stores(managed))
        return self.filter(self.in_stores(managed) | own) if managed else self.filter(own)

    def in_stores(self, ids: frozenset[int]) -> models.Q:
        return models.Q(**{f"{self.store_path}__in": ids})


def non_negative(field: str, name: str, message: object) -> models.CheckConstraint:
    """The database refuses a negative value; `message` is what the cashier reads."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__gte": 0}), name=name, violation_error_message=message
    )
