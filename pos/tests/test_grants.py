"""Stores granted by name: who gives what to whom, seen from the store and from the person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from pos import roles
from pos.models import AuditEntry, Store, User
from pos.services.errors import Forbidden, Invalid
from pos.services.grants import change_grants
from pos.services.rights import Grant, granted

from . import factories

SignIn = Callable[[User], Client]
WORK, MANAGE, REPORTS = "work_in_store", "manage_store", "view_store_reports"


def grants_of(person: User) -> set[tuple[str, str]]:
    codes = dict(Store.objects.values_list("pk", "code"))
    return {(codes[grant.store_id], grant.right) for grant in granted(people=[person.pk])}


def send(
    client: Client, address: str, keys: list[int], was: dict[int, str], ticked: list[str]
) -> Any:
    """What the browser sends: the rows shown, what was ticked then, what is ticked now."""
    data: dict[str, Any] = {"row": keys, "reason": "Holiday cover"}
    data |= {f"was-{key}": was.get(key, "") for key in keys}
    return client.post(address, data | dict.fromkeys(ticked, "on"))


@pytest.fixture
def hiring_max(max_: User) -> User:
    codes = ("view_seller", "add_seller", "change_seller")
    max_.user_permissions.add(*Permission.objects.filter(codename__in=codes))
    return User.objects.get(pk=max_.pk)


def test_an_administrator_grants_from_the_stores_page(
    ana: User, eve: User, other: Store, root: User, signed_in: SignIn
) -> None:
    address = reverse("admin:pos_store_people", args=[other.pk])
    page = signed_in(root).get(address)
    assert [row.title for row, _boxes in page.context["rows"]] == ["Eve", "Ana"]
    answer = send(
        signed_in(root),
        address,
        [ana.pk, eve.pk],
        {eve.pk: WORK},
        [f"{WORK}-{eve.pk}", f"{WORK}-{ana.pk}", f"{REPORTS}-{ana.pk}"],
    )
    assert answer.status_code == 302
    assert grants_of(ana) == {("MAIN", WORK), ("HARB", WORK), ("HARB", REPORTS)}
    assert grants_of(eve) == {("HARB", WORK)}
    entry = AuditEntry.objects.get(kind="rights", object_id=str(ana.pk))
    assert (entry.actor, entry.store, entry.reason) == (root, other, "Holiday cover")
    assert entry.changes == [["Reports", "no", "yes"], ["Work", "no", "yes"]]


def test_the_persons_page_shows_the_same_from_the_other_side(
    ana: User, main: Store, other: Store, root: User, signed_in: SignIn
) -> None:
    address = reverse("admin:pos_person_stores", args=[ana.pk])
    page = signed_in(root).get(address)
    assert [(row.title, row.held) for row, _boxes in page.context["rows"]] == [
        ("Main Street", {WORK}),
        ("Harbour", set()),
    ]
    send(signed_in(root), address, [main.pk, other.pk], {main.pk: WORK}, [f"{MANAGE}-{other.pk}"])
    assert grants_of(ana) == {("HARB", MANAGE)}
    rows = signed_in(root).get(reverse("admin:pos_store_people", args=[other.pk])).context["rows"]
    assert [(row.title, row.held) for row, _boxes in rows] == [("Ana", {MANAGE})]


def test_somebody_elses_change_of_a_moment_ago_stays(
    ana: User, other: Store, root: User, signed_in: SignIn
) -> None:
    """Only what differs from what the page showed is written."""
    address = reverse("admin:pos_person_stores", args=[ana.pk])
    change_grants(user=root, give=[Grant(ana.pk, other.pk, REPORTS)])
    send(signed_in(root), address, [other.pk], {other.pk: ""}, [f"{WORK}-{other.pk}"])
    assert grants_of(ana) == {("MAIN", WORK), ("HARB", WORK), ("HARB", REPORTS)}


def test_a_changed_grant_signs_the_person_in_again(
    ana: User, other: Store, root: User, signed_in: SignIn
) -> None:
    client = signed_in(ana)
    change_grants(user=root, give=[Grant(ana.pk, other.pk, WORK)])
    assert client.get(reverse("admin:index")).status_code == 302
    assert signed_in(root).get(reverse("admin:index")).status_code == 200


def test_nothing_is_written_where_nothing_changes(ana: User, main: Store, root: User) -> None:
    epoch = ana.session_epoch
    assert change_grants(user=root, give=[Grant(ana.pk, main.pk, WORK)]) == 0
    assert not AuditEntry.objects.filter(kind="rights").exists()
    ana.refresh_from_db()
    assert ana.session_epoch == epoch


def test_a_manager_who_hires_gives_work_in_their_own_stores(
    hiring_max: User, ana: User, eve: User, main: Store, other: Store
) -> None:
    assert change_grants(user=hiring_max, take=[Grant(ana.pk, main.pk, WORK)]) == 1
    assert change_grants(user=hiring_max, give=[Grant(ana.pk, main.pk, WORK)]) == 1
    strong = factories.make_user("kim", roles.MANAGER, [main, other])
    refused = [
        Grant(ana.pk, main.pk, MANAGE),
        Grant(ana.pk, main.pk, REPORTS),
        Grant(eve.pk, other.pk, WORK),
        Grant(hiring_max.pk, other.pk, WORK),
        Grant(hiring_max.pk, main.pk, WORK),
        Grant(strong.pk, main.pk, WORK),
    ]
    before = granted()
    for grant in refused:
        for kind in ("give", "take"):
            with pytest.raises(Forbidden):
                change_grants(user=hiring_max, **{kind: [grant]})
    assert granted() == before


@pytest.mark.parametrize("name", ["ana", "sam", "ada", "max_"])
def test_nobody_else_grants_anything(
    name: str, request: Any, eve: User, main: Store, other: Store, signed_in: SignIn
) -> None:
    actor = request.getfixturevalue(name)
    before = granted()
    for address, key in (
        (reverse("admin:pos_store_people", args=[main.pk]), actor.pk),
        (reverse("admin:pos_person_stores", args=[actor.pk]), other.pk),
        (reverse("admin:pos_person_stores", args=[eve.pk]), main.pk),
    ):
        ticked = [f"{right}-{key}" for right in User.STORE_RIGHTS]
        answer = send(signed_in(actor), address, [key], {}, ticked)
        assert answer.status_code in (403, 404), address
    with pytest.raises(Forbidden):
        change_grants(user=actor, give=[Grant(actor.pk, other.pk, MANAGE)])
    assert granted() == before


def test_administrators_need_no_grants_and_get_none(root: User, main: Store) -> None:
    pia = factories.make_user("pia", roles.ADMINISTRATOR)
    for person in (root, pia):
        with pytest.raises(Forbidden):
            change_grants(user=root, give=[Grant(person.pk, main.pk, WORK)])
    assert granted() == set()


def test_strange_keys_are_never_an_error_of_ours(
    ana: User, main: Store, root: User, signed_in: SignIn
) -> None:
    address = reverse("admin:pos_store_people", args=[main.pk])
    before = granted()
    data = {"row": ["x", "-1", "9" * 30, "999999", ""], "reason": " "}
    data |= {f"{WORK}-{key}": "on" for key in data["row"]}
    assert signed_in(root).post(address, data).status_code == 302
    for query in ("?page=abc", "?page=-1", "?page=99", "?q=%00", "?q=" + "a" * 3000):
        assert signed_in(root).get(address + query).status_code == 200
    with pytest.raises(Invalid):
        change_grants(user=root, give=[Grant(999999, main.pk, WORK)])
    with pytest.raises(Forbidden):
        change_grants(user=root, give=[Grant(ana.pk, main.pk, "delete_store")])
    assert granted() == before


def test_a_new_role_brings_its_usual_rights_and_the_same_role_keeps_the_granted_ones(
    ana: User, main: Store, other: Store, root: User
) -> None:
    from django.contrib.auth.models import Group

    from pos.services.people import save_seller

    change_grants(user=root, give=[Grant(ana.pk, main.pk, REPORTS)])
    seller = Group.objects.get(name=roles.SELLER)
    save_seller(user=root, person=ana, role=seller, stores=[main, other])
    assert grants_of(ana) == {("MAIN", WORK), ("MAIN", REPORTS), ("HARB", WORK)}
    manager = Group.objects.get(name=roles.MANAGER)
    save_seller(user=root, person=ana, role=manager, stores=[main])
    assert grants_of(ana) == {("MAIN", right) for right in User.STORE_RIGHTS}


# --- Many ---------------------------------------------------------------------------------------


@pytest.fixture
def chain(root: User) -> tuple[list[Store], list[User]]:
    """40 stores, 60 people who work in half of them."""
    stores = Store.objects.bulk_create(
        Store(name=f"Store {n:03}", code=f"S{n:03}") for n in range(40)
    )
    people = User.objects.bulk_create(
        User(username=f"p{n:03}", first_name=f"Person {n:03}", is_staff=True) for n in range(60)
    )
    change_grants(
        user=root,
        give=[Grant(person.pk, store.pk, WORK) for person in people for store in stores[::2]],
    )
    return stores, people


def test_the_table_asks_no_more_for_more_people_and_stores(
    ana: User,
    main: Store,
    root: User,
    chain: Any,
    signed_in: SignIn,
    django_assert_max_num_queries: Any,
) -> None:
    stores, people = chain
    client = signed_in(root)
    client.get(reverse("admin:pos_store_people", args=[main.pk]))
    with django_assert_max_num_queries(14):
        page = client.get(reverse("admin:pos_store_people", args=[stores[0].pk]))
    assert len(page.context["rows"]) == 50
    with django_assert_max_num_queries(16):
        page = client.get(reverse("admin:pos_person_stores", args=[people[0].pk]))
    assert len(page.context["rows"]) == 41


def test_somebody_with_many_stores_asks_no_more_than_with_one(
    ana: User, chain: Any, signed_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    from django.contrib.auth.models import Group
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    many = User.objects.get(pk=chain[1][0].pk)
    many.groups.add(Group.objects.get(name=roles.SELLER))
    counts = []
    for person in (ana, many):
        client = signed_in(person)
        for name in ("pos_order_changelist", "index", "pos_stocklevel_changelist"):
            client.get(reverse(f"admin:{name}"))
        with CaptureQueriesContext(
            connection,
        ) as captured:
            for name in ("pos_order_changelist", "index", "pos_stocklevel_changelist"):
                assert client.get(reverse(f"admin:{name}")).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_saving_fifty_rows_is_a_few_statements(
    root: User, chain: Any, signed_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    stores, people = chain
    address = reverse("admin:pos_store_people", args=[stores[1].pk])
    keys = [person.pk for person in people[:50]]
    client = signed_in(root)
    client.get(address)
    with django_assert_max_num_queries(30):
        answer = send(client, address, keys, {}, [f"{WORK}-{key}" for key in keys])
    assert answer.status_code == 302
    assert len(granted(stores=[stores[1].pk])) == 50
