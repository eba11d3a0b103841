"""The ways of paying that the program itself needs, found by their kind."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from pos.models import PaymentMethod
from pos.payment_methods import choices


def method_of_kind(kind: str) -> PaymentMethod:
    """The first method in use of this kind; one with the kind's own name is made where there is none."""
    methods = PaymentMethod.objects.filter(kind=kind).order_by("-is_active", "position", "pk")
    found = methods.first()
    if found is None:
        name = str(dict(choices()).get(kind, kind.replace("_", " ").capitalize()))
        code = slugify(kind.replace("_", "-"))
        while PaymentMethod.objects.filter(code=code).exists():
            code = f"{code}-1"[-30:]
        position = PaymentMethod.objects.count()
        try:
            with transaction.atomic():
                methods.create(kind=kind, code=code, name=name, position=position)
        except IntegrityError:
            pass  # somebody else's first one was quicker
        found = methods.get()
    return found
