"""The demo's people: who signs in, who sells, who buys."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.utils import timezone
from django.utils.text import slugify
from guardian.shortcuts import assign_perm

from pos.models import Customer, CustomerLevel, Store, User
from pos.roles import ADMINISTRATOR
from pos.services.bulk_rows import insert_history, insert_objects, reserve_ids
from pos.services.pins import hash_pin

from .shop import fixture

PIN = "2580"  # for switching and approving at the demo's register
PASSWORD = "tilldesk"  # public: the system check refuses it in a real shop
REASON = "Demo shop"


def seed_people() -> User:
    """Users with roles and stores, customers with levels. Returns the administrator."""
    people = fixture("demo_people.json")
    password = make_password(PASSWORD)  # one hash for all: it is slow by intent
    for place, row in enumerate(people["users"]):
        seed_user(row, password, joined_days_ago=900 - 70 * place)
    names = [row["username"] for row in people["users"] if row.get("signs_in")]
    User.objects.filter(username__in=names, pin="").update(pin=hash_pin(PIN))
    levels = [
        CustomerLevel.objects.create(
            name=row["name"], discount_percent=Decimal(row["discount_percent"]), position=position
        )
        for position, row in enumerate(people["customer_levels"])
    ]
    administrator = User.objects.get(username="root")
    seed_customers(people, levels, administrator)
    return administrator


def seed_user(row: dict[str, Any], password: str, *, joined_days_ago: int) -> User:
    """One user with role and store grants; one who exists already keeps the password."""
    user, _created = User.objects.get_or_create(
        username=row["username"],
        defaults={
            "first_name": row["first_name"],
            "last_name": row["last_name"],
            "email": f"{row['username']}@tilldesk.example",
            "phone": row["phone"],
            "level": row["level"],
            "joined_on": timezone.localdate() - timedelta(days=joined_days_ago),
            "is_staff": True,
            "is_superuser": row["role"] == ADMINISTRATOR,
            "password": password if row.get("signs_in") else make_password(None),
        },
    )
    user.groups.add(Group.objects.get(name=row["role"]))
    for store in Store.objects.filter(code__in=row["stores"]):
        for right in row.get("rights", ["work_in_store"]):
            assign_perm(f"pos.{right}", user, store)
    return user


def seed_customers(
    people: dict[str, Any], levels: list[CustomerLevel], administrator: User
) -> None:
    chance = random.Random("customers")
    now = timezone.now()
    names = people["customers"]
    customers = []
    for pk, name in zip(reserve_ids(Customer, len(names)), names, strict=True):
        customer = Customer(
            pk=pk,
            name=name,
            email=f"{slugify(name).replace('-', '.')}@example.com" if chance.random() < 0.7 else "",
            phone=f"+33 6 {' '.join(f'{chance.randrange(100):02d}' for _ in range(4))}",
            address=f"{chance.randrange(1, 90)} {chance.choice(people['addresses'])}\n"
            f"{chance.choice(people['towns'])}",
            level=chance.choices([None, *levels], [45, 25, 20, 10])[0],
            status="inactive" if chance.random() < 0.04 else "active",
            created_at=now - timedelta(days=chance.randrange(61, 700)),
        )
        customer.search_text = customer.searchable()
        customers.append(customer)
    insert_objects(customers)
    insert_history(customers, sign="+", user=administrator, reason=REASON, at=now)
