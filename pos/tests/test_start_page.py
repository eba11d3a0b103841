"""Which cards somebody chose for their start page."""

from __future__ import annotations

import pytest

from pos.models import StartPage, User
from pos.services.errors import Invalid
from pos.services.start_page import choose_cards, chosen_cards, reset_cards

pytestmark = pytest.mark.django_db


def test_who_never_chose_has_no_choice_and_sees_all_that_suits(ana: User) -> None:
    assert chosen_cards(user=ana) is None


def test_cards_are_kept_in_the_order_chosen_and_per_person(ana: User, max_: User) -> None:
    choose_cards(user=ana, cards=["orders", "sales", "orders"])
    choose_cards(user=max_, cards=["sales"])
    assert chosen_cards(user=ana) == ["orders", "sales"]
    assert chosen_cards(user=max_) == ["sales"]


def test_none_at_all_is_a_choice_and_a_reset_is_none(ana: User) -> None:
    choose_cards(user=ana, cards=[])
    assert chosen_cards(user=ana) == []
    reset_cards(user=ana)
    assert chosen_cards(user=ana) is None


@pytest.mark.parametrize(
    "cards", [["<script>"], [""], ["a" * 41], [f"card_{i}" for i in "abc"] * 21]
)
def test_what_is_no_name_of_a_card_is_refused_and_nothing_changes(
    ana: User, cards: list[str]
) -> None:
    choose_cards(user=ana, cards=["sales"])
    with pytest.raises(Invalid, match="no such card"):
        choose_cards(user=ana, cards=cards)
    assert chosen_cards(user=ana) == ["sales"]
    assert StartPage.objects.count() == 1
