"""Making the demo shop, and the large one for measuring."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from PIL import Image

from pos.models import (
    CashSession,
    Order,
    OrderLine,
    Product,
    Store,
    User,
)
from pos.services.demo import catalogue, indexes, pictures
from pos.services.demo.shapes import SHAPES
from pos.services.demo.shop import fixture, seed_master_data
from pos.services.demo.trade import seed_trade
from pos.services.verification import verify

SATURDAY_NOON = datetime(2026, 3, 14, 12, 30, tzinfo=ZoneInfo("Europe/Paris"))


@pytest.fixture
def demo(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A demo installation; pictures are drawn once, which is all the same to these tests."""
    settings.POS_DEMO = True
    settings.MEDIA_ROOT = tmp_path
    drawn = pictures.picture(SHAPES["apple"], "#cf4a3c")
    monkeypatch.setattr(catalogue, "picture", lambda shape, colour: drawn)


# --- The command ------------------------------------------------------------------------------


def test_seed_demo_fills_an_empty_shop_with_sound_figures(demo: None, db: None) -> None:
    call_command("seed_demo", days=2, verbosity=0)

    assert list(Store.objects.values_list("code", flat=True)) == ["HARB", "MAIN"]
    assert Product.objects.count() == 300
    assert verify() == []


def test_seed_demo_leaves_a_shop_that_exists_alone(
    demo: None, main: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("seed_demo")

    assert Product.objects.count() == 0
    assert capsys.readouterr().out == "There is a shop already: the demo data stay as they are.\n"


def test_seed_demo_makes_nothing_up_in_a_real_shop(
    db: None, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.POS_DEMO = False

    call_command("seed_demo")

    assert Store.objects.count() == 0
    assert User.objects.count() == 0
    assert "POS_DEMO is not set" in capsys.readouterr().out


@pytest.mark.parametrize("option", ["--days=0", "--products=-1", "--orders=0"])
def test_seed_demo_refuses_numbers_that_make_no_shop(demo: None, db: None, option: str) -> None:
    with pytest.raises(CommandError, match="above zero"):
        call_command("seed_demo", option)

    assert Store.objects.count() == 0


def test_a_large_shop_has_what_was_asked_for_and_sound_figures(demo: None, db: None) -> None:
    call_command("seed_demo", products=320, orders=150, days=20, verbosity=0)

    assert Product.objects.count() == 320
    assert Order.objects.completed().count() == 150
    assert OrderLine.objects.filter(order__status="completed").count() > 900
    assert CashSession.objects.open().count() == 0
    assert verify() == []


def test_a_large_shop_has_its_indexes_back(demo: None, db: None) -> None:
    def names() -> set[str]:
        from django.db import connection

        with connection.cursor() as cursor:
            found = connection.introspection.get_constraints(cursor, OrderLine._meta.db_table)
        return set(found)

    before = names()
    with indexes.without_indexes([OrderLine]):
        assert names() < before
    assert names() == before


def test_the_same_day_makes_the_same_shop(demo: None, db: None) -> None:
    assert _trade() == _trade()


def _trade() -> list[Any]:
    from django.db import transaction

    with transaction.atomic():
        seed_master_data(say=lambda text: None)
        seed_trade(days=2, now=SATURDAY_NOON)
        orders = Order.objects.order_by("created_at", "number")
        found = list(orders.values_list("number", "total_amount", "created_at", "customer__name"))
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("currency", ["JPY", "KWD"])
def test_the_demo_trades_in_any_currency(
    demo: None, db: None, settings: Any, currency: str
) -> None:
    settings.POS_CURRENCY = currency
    seed_master_data(say=lambda text: None)
    seed_trade(days=2, now=SATURDAY_NOON)

    assert Order.objects.completed().count() > 20
    assert verify() == []


# --- Pictures ---------------------------------------------------------------------------------


def test_every_article_has_a_shape() -> None:
    assert {row["picture"] for row in fixture("demo_catalogue.json")["articles"]} <= set(SHAPES)


@pytest.mark.parametrize("name", ["shirt", "apple", "mug", "book"])
def test_a_picture_is_small_and_always_the_same(name: str, tmp_path: Path) -> None:
    drawn = pictures.picture(SHAPES[name], "#2f7060")

    assert drawn == pictures.picture(SHAPES[name], "#2f7060")
    assert len(drawn) < 15_000
    path = tmp_path / "picture.jpg"
    path.write_bytes(drawn)
    with Image.open(path) as picture:
        assert (picture.format, picture.size) == ("JPEG", (480, 360))
