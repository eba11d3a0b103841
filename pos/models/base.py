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
        condition = seen_by(user, self.store_path, self.owner_path)
        return self.filter(condition) if condition else self.all()


def seen_by(user: User, store_path: str, owner_path: str) -> models.Q:
    """The condition behind `OwnQuerySet`; the paths may lead through other rows. Empty: all."""
    managed, stores = user.store_ids("manage_store", "view_store_reports"), user.store_ids()
    if managed is None:
        return models.Q()
    own = models.Q(**{owner_path: user.pk})
    if stores is not None:
        own &= models.Q(**{f"{store_path}__in": stores - managed})
    of_managed = models.Q(**{f"{store_path}__in": managed})
    # One condition where one is enough: an OR keeps a database from using its best index.
    if stores is not None and stores <= managed:
        return of_managed
    return of_managed | own if managed else own


def non_negative(field: str, name: str, message: object) -> models.CheckConstraint:
    """The database refuses a negative value; `message` is what the cashier reads."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__gte": 0}), name=name, violation_error_message=message
    )
