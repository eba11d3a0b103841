"""Fills a fresh shop, run in its environment: prints ids and signed-in sessions as JSON."""

from __future__ import annotations

import json
import sys
from decimal import Decimal

import django

django.setup()

from django.test import Client  # noqa: E402

from pos import roles  # noqa: E402
from pos.services.cash import open_session  # noqa: E402
from pos.tests import factories  # noqa: E402

CLIENTS = 4


def main() -> None:
    store = factories.make_store()
    root = factories.make_root()
    mug = factories.make_product("Mug", "8.00", stock={store: "100000"}, by=root)
    factories.make_payment_method("cash")
    tills = []
    for number in range(CLIENTS):
        seller = factories.make_user(f"seller{number}", roles.SELLER, [store])
        register = factories.make_register(store, f"Register {number}", f"R{number}")
        open_session(user=seller, register=register, opening_float=Decimal(0))
        client = Client()
        client.force_login(seller, "django.contrib.auth.backends.ModelBackend")
        tills.append({"register": register.pk, "session": client.cookies["sessionid"].value})
    json.dump({"product": mug.pk, "tills": tills}, sys.stdout)


main()
