"""Nobody raises their own rights, or touches somebody above them, by any door: doors × actors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from pos import roles
from pos.models import AuditEntry, Store, User
from pos.services.errors import Conflict, Forbidden, Invalid, PosError
from pos.services.grants import change_grants
from pos.services.people import (
    make_administrator,
    make_seller,
    may_edit,
    save_administrator,
    save_seller,
    set_password,
)
from pos.services.pins import remove_pin
from pos.services.rights import Grant, is_no_stronger, rights_of
from pos.services.roles import save_role

from . import factories
from .test_roles import limits

SignIn = Callable[[User], Client]
PASSWORD = "a quite long password"
HIRING = ("view_seller", "add_seller", "change_seller")


def state_of(person: User) -> Any:
    """Everything that decides what somebody is and may do."""
    row = User.objects.filter(pk=person.pk).values(
        "username", "email", "password", "is_active", "is_superuser", "is_staff", "pin"
    )
    grants = person.userobjectpermission_set.values_list("permission__codename", "object_pk")
    return (
        row.get(),
        sorted(person.groups.values_list("name", flat=True)),
        sorted(person.user_permissions.values_list("codename", flat=True)),
        sorted(grants),
        sorted(
            (g.name, *sorted(g.permissions.values_list("codename", flat=True)))
            for g in Group.objects.all()
        ),
    )


def account(person: User, **values: Any) -> dict[str, Any]:
    """An account form as a browser, or somebody who makes one up, sends it."""
    return {
        "username": person.username,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "email": person.email,
        "is_active": "on",
        "level": "new",
        "joined_on": "2026-01-31",
        "role": person.groups.values_list("pk", flat=True).first() or "",
        "stores": [
            int(pk) for pk in person.userobjectpermission_set.values_list("object_pk", flat=True)
        ],
        "is_superuser": "on",
        "is_staff": "on",
        "user_permissions": list(Permission.objects.values_list("pk", flat=True)[:5]),
        "groups": [Group.objects.get(name=roles.ADMINISTRATOR).pk],
        "permissions": list(Permission.objects.values_list("pk", flat=True)),
    } | values


# --- The doors: (client, actor, person) -> nothing; each tries to get further ------------------


def page(person: User, name: str) -> list[str]:
    return [
        reverse(f"admin:pos_{kind}_{name}", args=[person.pk])
        for kind in ("seller", "administrator")
    ]


def give_administrator(client: Client, actor: User, person: User) -> None:
    role = Group.objects.get(name=roles.ADMINISTRATOR).pk
    for address in (*page(person, "change"), reverse("admin:pos_user_change", args=[person.pk])):
        client.post(address, account(person, role=role))


def give_more_stores(client: Client, actor: User, person: User) -> None:
    stores = list(Store.objects.values_list("pk", flat=True))
    for address in page(person, "change"):
        client.post(address, account(person, stores=stores))


def change_email_and_name(client: Client, actor: User, person: User) -> None:
    for address in page(person, "change"):
        client.post(address, account(person, email="mine@example.org", username="mine"))


def switch_off(client: Client, actor: User, person: User) -> None:
    data = account(person)
    del data["is_active"]
    for address in page(person, "change"):
        client.post(address, data)


def reset_password(client: Client, actor: User, person: User) -> None:
    data = {"password1": PASSWORD, "password2": PASSWORD, "_form_submitted": "1"}
    for address in page(person, "new_password"):
        client.post(address, data)


def promote(client: Client, actor: User, person: User) -> None:
    data = {"change_reason": "", "_form_submitted": "1"}
    client.post(reverse("admin:pos_seller_promote", args=[person.pk]), data)


def demote(client: Client, actor: User, person: User) -> None:
    role = Group.objects.get(name=roles.SELLER).pk
    data = {"role": role, "change_reason": "", "_form_submitted": "1"}
    client.post(reverse("admin:pos_administrator_demote", args=[person.pk]), data)


def take_pin_away(client: Client, actor: User, person: User) -> None:
    for address in page(person, "remove_pin"):
        client.post(address, {"reason": "lost", "_form_submitted": "1"})


def edit_role(client: Client, actor: User, person: User) -> None:
    for role in Group.objects.all():
        data = {"name": role.name, "rights": sorted(roles.OFFERED), **limits(role)}
        client.post(reverse("admin:auth_group_change", args=[role.pk]), data)
    client.post(reverse("admin:auth_group_add"), {"name": "Mine", "rights": sorted(roles.OFFERED)})


def grants_pages(client: Client, actor: User, person: User) -> None:
    for store in Store.objects.all():
        for address, key in (
            (reverse("admin:pos_store_people", args=[store.pk]), person.pk),
            (reverse("admin:pos_person_stores", args=[person.pk]), store.pk),
        ):
            ticked = {f"{right}-{key}": "on" for right in User.STORE_RIGHTS}
            client.post(address, {"row": [key], f"was-{key}": "", **ticked})


def bulk_actions(client: Client, actor: User, person: User) -> None:
    for kind in ("seller", "administrator", "user"):
        for name in ("delete_selected", "switch_off", "switch_on"):
            data = {"action": name, "_selected_action": person.pk, "post": "yes"}
            client.post(reverse(f"admin:pos_{kind}_changelist"), data)


def delete(client: Client, actor: User, person: User) -> None:
    for kind in ("seller", "administrator", "user"):
        client.post(reverse(f"admin:pos_{kind}_delete", args=[person.pk]), {"post": "yes"})


def history(client: Client, actor: User, person: User) -> None:
    version = person.history.first()
    for kind in ("seller", "administrator"):
        if version:
            address = reverse(f"admin:pos_{kind}_simple_history", args=[person.pk, version.pk])
            client.post(address, account(person, username="old"))
            address = reverse(f"admin:pos_{kind}_revert", args=[person.pk, version.pk])
            client.post(address, {"reason": "as it was"})


def services(client: Client, actor: User, person: User) -> None:
    """The functions themselves, without any page before them."""
    store = Store.objects.order_by("-pk").first()
    administrator = Group.objects.get(name=roles.ADMINISTRATOR)
    fresh = User.objects.get(pk=person.pk)
    fresh.email = "mine@example.org"
    for call in (
        lambda: save_seller(user=actor, person=fresh, role=administrator, stores=[]),
        lambda: save_administrator(user=actor, person=fresh),
        lambda: make_administrator(user=actor, person=person),
        lambda: make_seller(user=actor, person=person, role=Group.objects.get(name=roles.SELLER)),
        lambda: set_password(user=actor, person=person, password=PASSWORD),
        lambda: change_grants(user=actor, give=[Grant(person.pk, store.pk, "manage_store")]),
        lambda: save_role(user=actor, role=person.groups.first(), name="x", rights=roles.OFFERED),
    ):
        with pytest.raises(PosError):
            call()
    if person != actor:
        with pytest.raises(Forbidden):
            remove_pin(user=actor, person=person)


DOORS = [
    give_administrator, give_more_stores, change_email_and_name, switch_off, reset_password, promote,
    demote, take_pin_away, edit_role, grants_pages, bulk_actions, delete, history, services,
]  # fmt: skip
SOMEBODY_ABOVE = (
    "owner",
    "administrator",
    "manager of more",
    "switched-off manager",
    "other store",
    "wider limits",
)


@pytest.fixture
def cast(
    main: Store, other: Store, root: User, max_: User, ana: User, sam: User, ada: User, eve: User
) -> dict[str, User]:
    """Everybody by what they are. `hiring manager` may hire and change accounts."""
    max_.user_permissions.add(*Permission.objects.filter(codename__in=HIRING))
    zoe = factories.make_user("zoe", roles.MANAGER, [main, other], is_active=False)
    senior = Group.objects.create(name="Senior seller")
    senior.permissions.set(Group.objects.get(name=roles.SELLER).permissions.all())
    uma = factories.make_user("uma", "Senior seller", [main])  # no limits row: without limits
    from pos.models import RoleLimit

    RoleLimit(
        role=senior,
        discount_percent=90,
        price_change_percent=0,
        refund_amount=0,
        credit_amount=0,
        cash_difference=0,
    ).save()
    factories.make_user("pia", roles.ADMINISTRATOR)
    factories.make_user("kim", roles.MANAGER, [main, other])
    User.objects.update(pin="somebody's")
    return {
        "hiring manager": User.objects.get(pk=max_.pk),
        "seller": ana,
        "stock keeper": sam,
        "auditor": ada,
        "owner": root,
        "administrator": User.objects.get(username="pia"),
        "manager of more": User.objects.get(username="kim"),
        "switched-off manager": zoe,
        "other store": eve,
        "wider limits": uma,
    }


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
@pytest.mark.parametrize("who", ["hiring manager", "seller", "stock keeper", "auditor"])
def test_nobody_gets_further_by_themselves(
    who: str, door: Any, cast: dict[str, User], signed_in: SignIn
) -> None:
    actor = cast[who]
    before = state_of(actor)
    door(signed_in(actor), actor, actor)
    after = state_of(actor)
    if who == "hiring manager" and door in (change_email_and_name, take_pin_away):
        # Name, contact and PIN of one's own account are no rights.
        own = {"email": "", "username": "", "pin": ""}
        before, after = ((state[0] | own, *state[1:]) for state in (before, after))
    assert after == before


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
@pytest.mark.parametrize("above", SOMEBODY_ABOVE)
def test_nobody_touches_somebody_above_them(
    above: str, door: Any, cast: dict[str, User], signed_in: SignIn
) -> None:
    actor, person = cast["hiring manager"], cast[above]
    before = state_of(person)
    assert not may_edit(user=actor, person=person)
    door(signed_in(actor), actor, person)
    assert state_of(person) == before


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_an_administrator_does_not_touch_the_owner(
    door: Any, cast: dict[str, User], signed_in: SignIn
) -> None:
    actor, owner = cast["administrator"], cast["owner"]
    before = state_of(owner)[0]
    if door is services:
        for call in (
            lambda: save_administrator(user=actor, person=owner),
            lambda: make_seller(
                user=actor, person=owner, role=Group.objects.get(name=roles.SELLER)
            ),
            lambda: set_password(user=actor, person=owner, password=PASSWORD),
            lambda: remove_pin(user=actor, person=owner),
        ):
            with pytest.raises(PosError):
                call()
    else:
        door(signed_in(actor), actor, owner)
    assert state_of(owner)[0] == before and is_no_stronger(actor, than=owner)


def test_a_switched_off_account_counts_as_strong_as_it_was(cast: dict[str, User]) -> None:
    """Django says that an inactive account has no permission at all; switched on, it has them back."""
    zoe = cast["switched-off manager"]
    assert zoe.get_all_permissions() == set()
    assert "pos.approve_refund" in rights_of(zoe)


# --- The last administrator -------------------------------------------------------------------


def test_the_last_administrator_stays(root: User) -> None:
    pia = factories.make_user("pia", roles.ADMINISTRATOR)
    User.objects.filter(pk=root.pk).update(is_active=False)
    root.refresh_from_db()
    seller = Group.objects.get(name=roles.SELLER)
    pia.is_active = False
    with pytest.raises(Invalid):  # nobody switches off their own account
        save_administrator(user=pia, person=pia)
    with pytest.raises(Forbidden):
        make_seller(user=User.objects.get(pk=pia.pk), person=pia, role=seller)
    tom = factories.make_user("tom", roles.ADMINISTRATOR, is_active=False)
    with pytest.raises(Forbidden):  # switched off, he runs nothing
        make_seller(user=tom, person=pia, role=seller)
    assert User.objects.get(pk=pia.pk).is_active


def test_two_administrators_cannot_remove_each_other(root: User) -> None:
    """The second of two who do it at once finds that they are no administrator any more."""
    pia = factories.make_user("pia", roles.ADMINISTRATOR)
    tom = factories.make_user("tom", roles.ADMINISTRATOR)
    User.objects.filter(pk=root.pk).update(is_active=False)
    seller = Group.objects.get(name=roles.SELLER)
    make_seller(user=pia, person=tom, role=seller)
    with pytest.raises((Forbidden, Conflict)):  # Tom's request started before
        make_seller(user=tom, person=pia, role=seller)
    assert pia.groups.get().name == roles.ADMINISTRATOR


def test_an_administrator_makes_and_unmakes_another(
    ana: User, main: Store, root: User, signed_in: SignIn
) -> None:
    client = signed_in(root)
    data = {"change_reason": "Runs the shop in summer", "_form_submitted": "1"}
    answer = client.post(reverse("admin:pos_seller_promote", args=[ana.pk]), data)
    assert answer.headers["HX-Redirect"] == reverse("admin:pos_administrator_change", args=[ana.pk])
    assert [group.name for group in ana.groups.all()] == [roles.ADMINISTRATOR]
    assert not ana.userobjectpermission_set.exists()
    data["role"] = str(Group.objects.get(name=roles.SELLER).pk)
    answer = client.post(reverse("admin:pos_administrator_demote", args=[ana.pk]), data)
    assert answer.headers["HX-Redirect"] == reverse("admin:pos_person_stores", args=[ana.pk])
    assert [group.name for group in ana.groups.all()] == [roles.SELLER]
    changes = [entry.changes for entry in AuditEntry.objects.filter(kind="rights").order_by("id")]
    assert changes[1] == [["Role", "Seller", "Administrator"]]
    assert changes[2] == [["Role", "Administrator", "Seller"]]


# --- The first password -----------------------------------------------------------------------


def test_an_account_is_made_in_one_step_with_a_password_made_for_it(
    main: Store, root: User, signed_in: SignIn
) -> None:
    data = account(User(username="noor", first_name="Noor", last_name="Aziz", pk=0)) | {
        "role": Group.objects.get(name=roles.SELLER).pk,
        "stores": [main.pk],
        "password1": "",
        "password2": "",
    }
    answer = signed_in(root).post(reverse("admin:pos_seller_add"), data)
    password = answer.context["password"]
    noor = User.objects.get(username="noor")
    assert answer.status_code == 200 and "no-store" in answer.headers["Cache-Control"]
    assert noor.check_password(password) and len(password) == 14 and noor.must_change_password
    assert noor.may("work_in_store", main.pk) and noor.groups.get().name == roles.SELLER
    assert not noor.is_superuser and not noor.user_permissions.exists()
    again = signed_in(root).get(reverse("admin:pos_seller_change", args=[noor.pk]))
    assert password not in again.content.decode()
    assert not AuditEntry.objects.filter(search_text__contains=password[:4]).exists()


def test_a_new_password_by_somebody_else_is_a_first_password(ana: User, root: User) -> None:
    set_password(user=root, person=ana, password=PASSWORD)
    ana.refresh_from_db()
    assert ana.must_change_password and ana.check_password(PASSWORD)
    with pytest.raises(Forbidden):  # one's own: with the old one, on one's own page
        set_password(user=root, person=root, password=PASSWORD)


OPEN_TO_THE_OWNER = [
    change_email_and_name, switch_off, reset_password, promote, take_pin_away, grants_pages, edit_role,
    give_more_stores,
]  # fmt: skip


@pytest.mark.parametrize("door", OPEN_TO_THE_OWNER, ids=lambda door: door.__name__)
def test_the_doors_are_real(door: Any, cast: dict[str, User], signed_in: SignIn) -> None:
    """The control: the owner gets through each, so that a refusal above is no mistyped form."""
    ana = cast["seller"]
    before = state_of(ana)
    door(signed_in(cast["owner"]), cast["owner"], ana)
    assert state_of(ana) != before
