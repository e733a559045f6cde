"""Figures of the counter: how full it is, how long one waits, what nobody could be offered."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

PAST_DAYS, COMING_DAYS = 30, 15  # looked at when nobody chose dates
ONE_NEED = timedelta(minutes=30)  # the same search again, and it is somebody else who finds nothing


@dataclass(frozen=True)
class Period:
    """From a day to another, both included."""

    first: date
    last: date


@dataclass(frozen=True)
class Asked:
    """The days somebody asks about, of which those before `since` are no longer kept."""

    days: Period
    since: date

    @property
    def whole(self) -> bool:
        return self.days.first >= self.since

    @property
    def kept(self) -> Period | None:
        """None when none of them is."""
        first = max(self.days.first, self.since)
        return Period(first, self.days.last) if first <= self.days.last else None


@dataclass(frozen=True)
class Scope:
    """The part of a Caf that is looked at: one site, one motif, both; None means all of them."""

    site_id: int | None = None
    motif_id: int | None = None


WHOLE = Scope()


@dataclass(frozen=True)
class Counted:
    """The part of a period that can be counted: up to `until`, the last day prepared everywhere when that is not the
    whole of it."""

    asked: Period
    until: date | None = None

    @property
    def whole(self) -> bool:
        return self.until is None

    @property
    def period(self) -> Period | None:
        """None when no day of it is prepared everywhere."""
        if self.until is None:
            return self.asked
        return Period(self.asked.first, self.until) if self.until >= self.asked.first else None


def past_days(today: date) -> Period:
    """The last 30 days, today included."""
    return Period(today - timedelta(days=PAST_DAYS - 1), today)


def coming_days(today: date) -> Period:
    """The next 15 days, today included."""
    return Period(today, today + timedelta(days=COMING_DAYS - 1))


@dataclass(frozen=True)
class Filling:
    """Minutes taken among all those a site opens over a period."""

    site: str
    taken: int
    total: int

    @property
    def percent(self) -> int:
        """0 to 100, rounded; 0 for a site that opens nothing."""
        return min(100, round(100 * self.taken / self.total)) if self.total else 0


@dataclass(frozen=True)
class Delay:
    """Days until the first slot of a motif at each site that receives it; None when there is none up to its horizon."""

    motif: str
    by_site: dict[str, int | None] = field(default_factory=dict)

    @property
    def days(self) -> int | None:
        """Those until the very first slot, whatever the site."""
        return min((days for days in self.by_site.values() if days is not None), default=None)


@dataclass(frozen=True)
class Unmet:
    """Searches of a motif that found nothing, over a period."""

    motif: str
    searches: int


@dataclass(frozen=True)
class Absence:
    """Of the appointments of a motif at a site that have an outcome, those nobody came to. An excuse is no absence."""

    motif: str
    site: str
    absent: int
    total: int

    @property
    def percent(self) -> int:
        """0 to 100, rounded; 0 when there was no appointment."""
        return round(100 * self.absent / self.total) if self.total else 0


def absences_by(part: str, rows: list[Absence]) -> list[Absence]:
    """The rows added up by `motif` or by `site`, the highest share first; the other part is "" then."""
    added: dict[str, list[int]] = {}
    for row in rows:
        count = added.setdefault(getattr(row, part), [0, 0])
        count[0] += row.absent
        count[1] += row.total
    found = [Absence(**{"motif": "", "site": "", part: name}, absent=a, total=t) for name, (a, t) in added.items()]
    return sorted(found, key=lambda row: (-row.percent, -row.total, row.motif, row.site))


def days_until(day: date | None, today: date) -> int | None:
    return None if day is None else (day - today).days


@dataclass(frozen=True)
class Bar:
    """A bar to draw: what it tells of, how much of its width is full (0 to 100), and the words beside it."""

    label: str
    full: int
    words: str


def waiting_bar(delay: Delay, longest: int, words: str) -> Bar:
    """As wide as the wait is long; full when there is no slot at all."""
    return Bar(delay.motif, 100 if delay.days is None else min(100, round(100 * delay.days / longest)), words)
