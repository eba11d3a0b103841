"""Customers added at the register."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pos.models import Customer, User

from .errors import Invalid
from .history import sign
from .rights import require


@transaction.atomic
def add_customer(*, user: User, name: str, phone: str = "", email: str = "") -> Customer:
    """A new customer with what the till knows. Raises Invalid naming the field that is wrong."""
    require(user, "add_customer")
    customer = Customer(name=name.strip(), phone=phone.strip(), email=email.strip())
    try:
        customer.full_clean()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        label = getattr(Customer._meta.get_field(field), "verbose_name", field)
        message = _("%(field)s: %(problem)s") % {
            "field": str(label).capitalize(),
            "problem": messages[0],
        }
        raise Invalid("bad_customer", message, field=field) from error
    sign(customer, user=user)
    customer.save()
    return customer
