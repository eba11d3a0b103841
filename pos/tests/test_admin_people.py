"""Accounts in the admin: nobody gives away, or takes over, more rights than they have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from pos import roles
from pos.models import Store, User
from pos.services import people
from pos.services.errors import Forbidden
from pos.services.grants import stores_of
from pos.services.history import sign
from pos.services.people import (
    assignable_roles,
    may_edit,
    save_administrator,
    save_seller,
    set_password,
)

from . import factories

SignIn = Callable[[User], Client]
PASSWORD = "a quite long password"


def role(name: str) -> Group:
    return Group.objects.get(name=name)


def form(user: User | None = None, **values: Any) -> dict[str, Any]:
    """What the browser sends for a seller."""
    data = {
        "username": user.username if user else "noor",
        "first_name": "Noor",
        "last_name": "Aziz",
        "is_active": "on",
        "level": "new",
        "joined_on": "2026-01-31",
        "phone": "",
        "email": "",
        "address": "",
        "change_reason": "",
    }
    if user is None:
        data |= {"password1": PASSWORD, "password2": PASSWORD}
    return data | values


@pytest.fixture
def hiring_max(max_: User) -> User:
    """Max may also hire: the owner gave managers that right."""
    codes = ("view_seller", "add_seller", "change_seller")
    max_.user_permissions.add(*Permission.objects.filter(codename__in=codes))
    return User.objects.get(pk=max_.pk)


def test_the_owner_hires_a_seller(main: Store, root: User, signed_in: SignIn) -> None:
    response = signed_in(root).post(
        reverse("admin:pos_seller_add"), form(role=role(roles.SELLER).pk, stores=[main.pk])
    )
    assert response.status_code == 200 and "errors" not in response.context, response.context[
        "errors"
    ]
    noor = User.objects.get(username="noor")
    assert noor.must_change_password
    assert noor.check_password(PASSWORD) and noor.is_staff and not noor.is_superuser
    assert [group.name for group in noor.groups.all()] == [roles.SELLER]
    assert noor.may("work_in_store", main.pk) and not noor.may("manage_store", main.pk)
    assert [entry.history_user for entry in noor.history.all()] == [root]


def test_a_change_of_an_account_is_kept_in_its_history(
    main: Store, ana: User, root: User, signed_in: SignIn
) -> None:
    """The history package hears only of the model itself, not of its proxies."""
    before = ana.history.count()
    data = form(
        ana, role=role(roles.SELLER).pk, stores=[main.pk], phone="+44 20", change_reason="New phone"
    )
    assert (
        signed_in(root).post(reverse("admin:pos_seller_change", args=[ana.pk]), data).status_code
        == 302
    )
    assert ana.history.count() == before + 1
    assert ana.history.first().history_change_reason == "New phone"
    assert ana.history.first().phone == "+44 20"


def test_fields_that_the_form_does_not_show_cannot_be_posted(
    main: Store, ana: User, root: User, signed_in: SignIn
) -> None:
    data = form(ana, role=role(roles.SELLER).pk, stores=[main.pk])
    data |= {
        "is_superuser": "on",
        "user_permissions": [1, 2, 3],
        "groups": [role(roles.ADMINISTRATOR).pk],
        "password": "x",
    }
    assert (
        signed_in(root).post(reverse("admin:pos_seller_change", args=[ana.pk]), data).status_code
        == 302
    )
    ana = User.objects.get(pk=ana.pk)
    assert not ana.is_superuser and not ana.user_permissions.exists()
    assert [group.name for group in ana.groups.all()] == [roles.SELLER]
    assert ana.check_password(factories.PASSWORD)


def test_nobody_becomes_administrator_as_a_seller(
    main: Store, ana: User, root: User, signed_in: SignIn
) -> None:
    data = form(ana, role=role(roles.ADMINISTRATOR).pk, stores=[])
    response = signed_in(root).post(reverse("admin:pos_seller_change", args=[ana.pk]), data)
    assert response.status_code == 200 and "role" in response.context["adminform"].form.errors
    assert [group.name for group in ana.groups.all()] == [roles.SELLER]


def test_a_manager_gives_no_role_above_their_own(
    main: Store, other: Store, hiring_max: User
) -> None:
    names = {group.name for group in assignable_roles(hiring_max)}
    assert names == {roles.SELLER, roles.STOCK_KEEPER}
    boss = Group.objects.create(name="Boss")
    boss.permissions.add(Permission.objects.get(codename="change_store"))
    assert boss not in assignable_roles(hiring_max)
    for bad_role, stores in (
        (boss, [main]),
        (role(roles.ADMINISTRATOR), [main]),
        (role(roles.SELLER), [other]),
    ):
        with pytest.raises(Forbidden):
            save_seller(user=hiring_max, person=User(username="noor"), role=bad_role, stores=stores)
    assert not User.objects.filter(username="noor").exists()


def test_nobody_changes_their_own_role_or_stores(
    main: Store, other: Store, hiring_max: User, signed_in: SignIn
) -> None:
    data = form(hiring_max, role=role(roles.MANAGER).pk, stores=[main.pk, other.pk])
    response = signed_in(hiring_max).post(
        reverse("admin:pos_seller_change", args=[hiring_max.pk]), data
    )
    assert response.status_code == 200 and response.context["adminform"].form.errors
    assert stores_of(User.objects.get(pk=hiring_max.pk)) == [main]


def test_nobody_changes_somebody_with_more_rights(
    main: Store, other: Store, hiring_max: User, root: User, eve: User, ana: User, signed_in: SignIn
) -> None:
    """Whoever could set their password could become them."""
    strong = factories.make_user("kim", roles.MANAGER, [main, other])
    assert may_edit(user=hiring_max, person=ana)
    client = signed_in(hiring_max)
    for person in (root, strong, eve):
        assert not may_edit(user=hiring_max, person=person)
        with pytest.raises(Forbidden):
            set_password(user=hiring_max, person=person, password=PASSWORD)
        kind = "administrator" if person == root else "seller"
        for name in ("change", "new_password"):
            address = reverse(f"admin:pos_{kind}_{name}", args=[person.pk])
            data = form(person, role=role(roles.SELLER).pk) | {
                "password1": PASSWORD,
                "password2": PASSWORD,
                "_form_submitted": "1",
            }
            assert client.post(address, data).status_code in (302, 403)
        assert User.objects.get(pk=person.pk).first_name != "Noor"
        assert User.objects.get(pk=person.pk).check_password(factories.PASSWORD)


def test_a_new_password_is_set_by_post_and_with_the_token(
    ana: User, root: User, signed_in: SignIn
) -> None:
    """Actions of the package run on GET and for every staff user unless told otherwise."""
    address = reverse("admin:pos_seller_new_password", args=[ana.pk])
    client = signed_in(root)
    query = {"password1": PASSWORD, "password2": PASSWORD, "_form_submitted": "on"}
    client.get(address, query)
    assert User.objects.get(pk=ana.pk).check_password(factories.PASSWORD)
    assert client.post(address, {**query, "password2": "another"}).status_code == 200
    assert User.objects.get(pk=ana.pk).check_password(factories.PASSWORD)
    guarded = Client(enforce_csrf_checks=True)
    guarded.force_login(root, "django.contrib.auth.backends.ModelBackend")
    assert guarded.post(address, query).status_code == 403
    assert client.post(address, query).headers["HX-Redirect"]
    assert User.objects.get(pk=ana.pk).check_password(PASSWORD)


def test_only_administrators_make_administrators(
    root: User, max_: User, hiring_max: User, signed_in: SignIn
) -> None:
    pia = factories.make_user("pia", roles.ADMINISTRATOR)
    for name in ("pos_administrator_add", "pos_administrator_changelist", "auth_group_changelist"):
        assert signed_in(hiring_max).get(reverse(f"admin:{name}")).status_code == 403
    with pytest.raises(Forbidden):
        save_administrator(user=hiring_max, person=User(username="noor"))
    response = signed_in(pia).post(reverse("admin:pos_administrator_add"), form())
    assert response.status_code == 200, response.context["errors"]
    noor = User.objects.get(username="noor")
    assert [group.name for group in noor.groups.all()] == [roles.ADMINISTRATOR]
    assert not noor.is_superuser and noor.must_change_password


def test_saving_an_account_leaves_what_happens_to_its_sign_in_meanwhile(
    main: Store, ana: User, root: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between reading and writing the row Ana chose a PIN and was signed out everywhere."""

    def meanwhile(account: User, **kwargs: Any) -> None:
        changed = {"session_epoch": 9, "pin": "hashed", "password": "new"}
        User.objects.filter(pk=account.pk).update(**changed)
        sign(account, **kwargs)

    monkeypatch.setattr(people, "sign", meanwhile)
    ana.phone = "123"
    save_seller(user=root, person=ana, role=ana.groups.get(), stores=[main])
    stored = User.objects.get(pk=ana.pk)
    assert (stored.phone, stored.session_epoch) == ("123", 9)
    assert (stored.pin, stored.password) == ("hashed", "new")
    set_password(user=root, person=ana, password=PASSWORD)
    stored.refresh_from_db()
    assert (stored.session_epoch, stored.pin) == (9, "hashed")


def test_nobody_switches_off_their_own_account(root: User, signed_in: SignIn) -> None:
    data = form(root)
    del data["is_active"]
    response = signed_in(root).post(reverse("admin:pos_administrator_change", args=[root.pk]), data)
    assert response.status_code == 200 and response.context["adminform"].form.non_field_errors()
    assert User.objects.get(pk=root.pk).is_active


def test_a_manager_sees_the_people_of_their_own_stores(
    main: Store, max_: User, ana: User, eve: User, signed_in: SignIn
) -> None:
    client = signed_in(max_)
    shown = client.get(reverse("admin:pos_seller_changelist")).context["cl"].result_list
    assert {person.username for person in shown} == {"max", "ana"}
    assert client.get(reverse("admin:pos_seller_change", args=[eve.pk])).status_code == 302
    assert client.get(reverse("admin:pos_user_change", args=[ana.pk])).url == reverse(
        "admin:pos_seller_change", args=[ana.pk]
    )


def test_a_weak_password_is_refused_on_the_form(main: Store, root: User, signed_in: SignIn) -> None:
    for first, second in (("12345678", "12345678"), (PASSWORD, "another one"), ("short", "short")):
        data = form(role=role(roles.SELLER).pk, stores=[main.pk], password1=first, password2=second)
        response = signed_in(root).post(reverse("admin:pos_seller_add"), data)
        assert response.status_code == 200
    assert not User.objects.filter(username="noor").exists()
