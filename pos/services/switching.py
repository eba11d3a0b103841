"""Changing places at a register: who may sit down there with a PIN."""

from __future__ import annotations

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from guardian.models import GroupObjectPermission, UserObjectPermission

from pos.models import Register, Store, User

from .errors import Forbidden, NotFound
from .pins import check_pin
from .second_factor import must_set_up

PASSWORDS = "django.contrib.auth.backends.ModelBackend"
WORKING = ("work_in_store", "manage_store")


def people_at(store: Store) -> QuerySet[User]:
    """Everybody with a PIN who may sell in this store: one query, however many they are."""
    here = {
        "content_type": ContentType.objects.get_for_model(Store),
        "object_pk": str(store.pk),
        "permission__codename__in": WORKING,
    }
    works = Q(pk__in=UserObjectPermission.objects.filter(**here).values("user_id"))
    works |= Q(groups__in=GroupObjectPermission.objects.filter(**here).values("group_id"))
    for right in WORKING:
        everywhere = User.objects.with_perm(f"pos.{right}", backend=PASSWORDS)
        works |= Q(pk__in=everywhere.values("pk"))
    sells = User.objects.with_perm("pos.sell_order", backend=PASSWORDS)
    people = User.objects.filter(works, pk__in=sells.values("pk"), must_change_password=False)
    found: QuerySet[User] = people.exclude(pin="").distinct()
    return found


def take_place(*, user: User, register: Register, person_id: int, pin: str) -> User:
    """Who sits down at `register`, where `user` is signed in. Call it outside of any transaction.

    Raises NotFound, Forbidden (`wrong_pin`, `pin_locked`, `second_factor`); wrong tries are counted.
    """
    person = people_at(register.store).filter(pk=person_id).first()
    if person is None:
        raise NotFound("no_person", _("This person cannot sell here with a PIN."))
    if must_set_up(person):
        raise Forbidden(
            "second_factor", _("Sign in with your password first, to set up your second factor.")
        )
    if not check_pin(person=person, pin=pin, user=user, register=register):
        raise wrong_pin()
    return person


def wrong_pin() -> Forbidden:
    return Forbidden("wrong_pin", _("This PIN is not right. Try again."))
