"""When the demo's shops are open, who stands at which register, and when somebody buys."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pos.models import Register, Store, User

MONDAY, SUNDAY = 0, 6
# Sales of a weekday against an average one, Monday first.
WEEKDAYS = (0.8, 0.85, 0.95, 1.0, 1.25, 1.6, 0.7)
# How likely a sale falls into an hour of the day.
HOURS = {9: 4, 10: 7, 11: 9, 12: 11, 13: 8, 14: 6, 15: 7, 16: 9, 17: 12, 18: 10}
BREAK = timedelta(minutes=2)


@dataclass
class Shift:
    """One cash session to be: who, where, from when to when, and the moments of its sales."""

    register: Register
    seller: User
    opens_at: datetime
    closes_at: datetime
    moments: list[datetime] = field(default_factory=list)


@dataclass(frozen=True)
class Rota:
    """A store's registers with their shifts (first and last minute of the day), and its sellers."""

    store: Store
    registers: Sequence[Register]
    sellers: Sequence[User]
    sales_per_day: int
    closed_on: int | None

    def plan(self, day: date) -> list[tuple[Register, time, time]]:
        """The day's shifts. The second register opens towards the weekend."""
        weekday = day.weekday()
        first = self.registers[0]
        if weekday == self.closed_on:
            return []
        if weekday == SUNDAY:
            return [(first, time(9, 45), time(17, 10))]
        if len(self.registers) == 1:
            return [(first, time(8, 50), time(19, 10))]
        shifts = [(first, time(8, 45), time(14, 0)), (first, time(14, 5), time(19, 15))]
        if weekday >= 3:
            shifts.append((self.registers[1], time(10, 0), time(18, 30)))
        return shifts


def shifts(
    rota: Rota, *, days: Sequence[date], now: datetime, chance: random.Random
) -> Iterator[Shift]:
    """Every shift of every day. Today's end before `now`: no register is open."""
    zone = ZoneInfo(rota.store.time_zone)
    for number, day in enumerate(days):
        plan = rota.plan(day)
        for place, (register, start, end) in enumerate(plan):
            opens_at = datetime.combine(day, start, zone)
            closes_at = min(datetime.combine(day, end, zone), now - BREAK)
            if closes_at - opens_at < timedelta(minutes=15):
                continue
            seller = rota.sellers[(number + 1 - len(days) + place) % len(rota.sellers)]
            moments = list(_moments(rota, day, start, end, len(plan), chance))
            sold = [moment for moment in moments if opens_at < moment < closes_at - 2 * BREAK]
            yield Shift(register, seller, opens_at, closes_at, sold)


def _moments(
    rota: Rota, day: date, start: time, end: time, parts: int, chance: random.Random
) -> Iterator[datetime]:
    expected = rota.sales_per_day * WEEKDAYS[day.weekday()] / parts
    count = max(1, round(expected * chance.uniform(0.75, 1.25)))
    hours = [hour for hour in HOURS if start.hour <= hour < end.hour]
    zone = ZoneInfo(rota.store.time_zone)
    drawn = chance.choices(hours, [HOURS[hour] for hour in hours], k=count)
    seconds = [hour * 3600 + chance.randrange(3600) for hour in drawn]
    for second in sorted(set(seconds)):
        clock = time(second // 3600, second // 60 % 60, second % 60)
        yield datetime.combine(day, clock, zone)
