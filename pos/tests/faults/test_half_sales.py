"""A till dies in the middle of a sale: there is a whole sale or none, and the retry makes it one."""

from __future__ import annotations

from typing import Any

import pytest

from pos.tests.faults.shops import Shop

pytestmark = [pytest.mark.fault, pytest.mark.xdist_group("faults")]


def test_process_dying_inside_a_sale_leaves_nothing_and_after_it_everything(
    shop: Shop, staff: dict[str, Any]
) -> None:
    told = shop.ask("dying")
    last = max(sequence for *_, sequence in told.values())
    first = last - len(told) + 1
    nothing_left = {
        step: [9, False, False, first + place] for place, step in enumerate(list(told)[:-1])
    }
    assert told == nothing_left | {"commit": [9, True, True, last]}
    assert shop.ask("auditing")["problems"] == []
