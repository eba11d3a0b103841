"""Which cards somebody wants on their start page. Their own liking: no right is needed, nothing is audited."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _

from pos.models import StartPage, User

from .errors import Invalid

MOST = 60
NAME = re.compile(r"[a-z][a-z_]{0,39}")


def chosen_cards(*, user: User) -> list[str] | None:
    """The names somebody chose, in their order; None for who never chose and sees all that suit."""
    row = StartPage.objects.filter(owner=user).first()
    if row is None or not isinstance(row.cards, list):
        return None
    return [name for name in row.cards if isinstance(name, str)]


def choose_cards(*, user: User, cards: Sequence[str]) -> StartPage:
    """These cards, in this order, from now on. None at all is a choice, too."""
    if len(cards) > MOST or not all(NAME.fullmatch(name) for name in cards):
        raise Invalid("no_such_card", _("There is no such card. Reload the page."))
    wanted = list(dict.fromkeys(cards))
    row, _is_new = StartPage.objects.update_or_create(owner=user, defaults={"cards": wanted})
    return row


def reset_cards(*, user: User) -> None:
    """Back to all that suit, also those of later releases."""
    StartPage.objects.filter(owner=user).delete()
