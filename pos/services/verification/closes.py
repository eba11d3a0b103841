"""Closes: Z numbers without a gap, frozen figures that still follow from their rows, counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from pos.denominations import worth
from pos.figures import Figures
from pos.models import CashCount, CashSession, Register
from pos.money import AmountError
from pos.services.session_figures import figures_of, frozen_figures

from .problem import Problem, Scope, as_problems, differs, money_text

# Sessions summed at once.
BATCH = 200


def z_numbers(scope: Scope) -> Iterator[Problem]:
    """A register's Z numbers run from 1 to its last one, in the order of closing.

    Sessions closed before there were Z reports have none; every later one has its number and figures.
    """
    numbered = CashSession.objects.filter(register=OuterRef("pk"), z_number__isnull=False)
    by_register = numbered.order_by().values("register")
    registers = scope.within(Register.objects.all()).annotate(
        highest=Coalesce(Subquery(by_register.annotate(n=Max("z_number")).values("n")), 0),
        count=Coalesce(Subquery(by_register.annotate(n=Count("id")).values("n")), 0),
    )
    wrong = registers.exclude(last_z_number=F("highest"), count=F("highest"))
    yield from as_problems(
        "z_numbers",
        wrong.select_related("store").iterator(),
        lambda register: (
            _("Z numbers of %(register)s in %(store)s")
            % {"register": register, "store": register.store},
            _("1 to %(last)s, each once") % {"last": register.last_z_number},
            _("%(count)s, the last is %(last)s")
            % {"count": register.count, "last": register.highest},
        ),
    )
    yield from _out_of_order(scope)


def _out_of_order(scope: Scope) -> Iterator[Problem]:
    closed = scope.within(CashSession.objects.exclude(closed_at=None), "register__store_id")
    rows = closed.order_by("register", "closed_at", "z_number", "pk").values_list(
        "register", "register__name", "pk", "z_number", "figures__version"
    )
    last: dict[int, int] = {}
    for register, name, pk, number, version in rows.iterator():
        before = last.get(register, 0)
        is_old = number is None and not before and version is None
        if not is_old and (number != before + 1 or version is None):
            what = _("Session #%(id)s of %(register)s, Z report") % {"id": pk, "register": name}
            expected = _("%(number)s, with its figures") % {"number": before + 1}
            yield Problem("z_numbers", what, expected, str(number or _("none")))
        last[register] = number or before


def session_figures(scope: Scope) -> Iterator[Problem]:
    """What a Z report says is what the rows of its session say, for ever."""
    sessions = scope.within(
        CashSession.objects.filter(z_number__isnull=False), "register__store_id"
    )
    for some in _batches(sessions.order_by("pk").iterator(chunk_size=BATCH)):
        now = figures_of(some)
        for session in some:
            what = _("%(session)s, Z report") % {"session": session}
            try:
                frozen = frozen_figures(session)
            except (ArithmeticError, KeyError, TypeError, ValueError):
                frozen = None
            if frozen is None:
                yield Problem("session_figures", what, _("figures"), _("something unreadable"))
            elif not frozen.agrees_with(now[session.pk]):
                yield _differing(what, frozen, now[session.pk])
            elif frozen.expected_cash != session.expected_cash:
                expected = money_text(session.expected_cash)
                yield Problem("session_figures", what, expected, money_text(frozen.expected_cash))


def _batches(sessions: Iterable[CashSession]) -> Iterator[list[CashSession]]:
    waiting = iter(sessions)
    while some := list(islice(waiting, BATCH)):
        yield some


def _differing(what: str, frozen: Figures, now: Figures) -> Problem:
    """The first figure that is not the same."""
    before, after = _leaves(frozen.nameless().as_json()), _leaves(now.nameless().as_json())
    names = [*before, *(name for name in after if name not in before)]
    name = next((each for each in names if before.get(each) != after.get(each)), "")
    found, expected = before.get(name, _("none")), after.get(name, _("none"))
    return Problem("session_figures", f"{what}, {name}", str(expected), str(found))


def _leaves(content: Any, path: str = "") -> dict[str, Any]:
    """figure's path -> figure: "sales.total", "tenders.0.received"."""
    if isinstance(content, list):
        content = {str(place): each for place, each in enumerate(content)}
    if not isinstance(content, dict):
        return {path: content}
    found: dict[str, Any] = {}
    for name, each in content.items():
        found |= _leaves(each, f"{path}.{name}" if path else name)
    return found


def cash_counts(scope: Scope) -> Iterator[Problem]:
    """A session closes with its last count; counts run from 1, and pieces come to their sum."""
    counts = CashCount.objects.filter(session=OuterRef("pk")).order_by()
    sessions = scope.within(CashSession.objects.all(), "register__store_id").annotate(
        last=Subquery(counts.order_by("-position").values("cash_amount")[:1]),
        highest=Subquery(counts.order_by("-position").values("position")[:1]),
        number=Coalesce(Subquery(counts.values("session").annotate(n=Count("id")).values("n")), 0),
    )
    closed = sessions.filter(z_number__isnull=False)
    yield from as_problems(
        "cash_counts",
        closed.filter(differs("counted_cash", "last")).iterator(),
        lambda session: (
            _("%(session)s, counted cash") % {"session": session},
            money_text(session.last),
            money_text(session.counted_cash),
        ),
    )
    yield from as_problems(
        "cash_counts",
        sessions.filter(highest__isnull=False).exclude(highest=F("number")).iterator(),
        lambda session: (
            _("%(session)s, counts") % {"session": session},
            str(session.highest),
            str(session.number),
        ),
    )
    yield from _wrong_pieces(scope.within(CashCount.objects.all(), "session__register__store_id"))


def _wrong_pieces(counts: QuerySet[CashCount]) -> Iterator[Problem]:
    counted = counts.exclude(denominations={}).select_related("session").order_by("pk")
    for count in counted.iterator():
        try:
            total = worth(count.denominations, settings.POS_CURRENCY)
        except (AmountError, AttributeError):
            continue  # in a currency the shop had before, or coins that are no more
        if total != count.cash_amount:
            yield Problem(
                "cash_counts",
                _("%(count)s, notes and coins") % {"count": count},
                money_text(total),
                money_text(count.cash_amount),
            )
