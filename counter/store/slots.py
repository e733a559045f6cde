"""Free slots searched: the earliest of each site and mode, and those of the first days."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import reduce
from zoneinfo import ZoneInfo

from sqlalchemy import Integer, Select, or_, select, type_coerce
from sqlalchemy.orm import Session, contains_eager

from counter.appointments import (
    Mode,
    Slot,
    first_bookable,
    fitting,
    from_minute,
    indexes,
    intervals_needed,
    last_bookable,
    nearest,
)
from counter.models import FreeTime, Motif, Opening, OpeningMotif, Site

DAYS_SHOWN = 4


@dataclass(frozen=True)
class SlotFilter:
    """What the person wants; empty means any. `weekdays` counts from Monday = 0."""

    modes: frozenset[Mode] = frozenset()
    site_ids: frozenset[int] = frozenset()
    weekdays: frozenset[int] = frozenset()
    first_day: date | None = None


@dataclass
class SlotSearch:
    """`earliest` per site and mode, whatever the weekday page; `days` in order, `more_from` the next day with slots."""

    earliest: dict[tuple[int, Mode], Slot] = field(default_factory=dict)
    days: dict[date, list[Slot]] = field(default_factory=dict)
    more_from: date | None = None


def local_now(now: datetime, site: Site) -> datetime:
    """The wall clock of a site, without zone, as the grid counts."""
    return now.astimezone(ZoneInfo(site.timezone)).replace(tzinfo=None)


def search_slots(session: Session, motif: Motif, wanted: SlotFilter, now: datetime) -> SlotSearch:
    """The earliest slot of each site and mode, and the slots of the first days that have some."""
    openings = _openings(session, motif, wanted) if motif.active else []
    result = SlotSearch()
    if not openings:
        return result
    first = first_bookable(local_now(now, openings[0].site), motif.notice)
    last = last_bookable(local_now(now, openings[0].site).date(), motif.horizon)
    start = max(first.date(), wanted.first_day or first.date())
    base = _free_rows(openings, motif, wanted).where(FreeTime.day >= start, FreeTime.day <= last)
    days = _days_with_slots(session, base, openings, motif, first)
    result.days = {day: days[day] for day in list(days)[:DAYS_SHOWN]}
    result.more_from = list(days)[DAYS_SHOWN] if len(days) > DAYS_SHOWN else None
    result.earliest = _earliest(session, base, openings, motif, first)
    return result


def _openings(session: Session, motif: Motif, wanted: SlotFilter) -> list[Opening]:
    modes = {item.mode for item in motif.modes} & ({str(mode) for mode in wanted.modes} or {str(m) for m in Mode})
    query = (
        select(Opening)
        .join(OpeningMotif, OpeningMotif.opening_id == Opening.id)
        .join(Opening.site)
        .options(contains_eager(Opening.site))
        .where(OpeningMotif.motif_id == motif.id, Opening.mode.in_(modes))
    )
    if wanted.site_ids:
        query = query.where(Opening.site_id.in_(wanted.site_ids))
    return list(session.scalars(query))


def count_for(opening: Opening, motif: Motif) -> int:
    return intervals_needed(motif.duration(opening.mode_value), opening.interval)


def _fits(count: int):
    shifted = [FreeTime.free] + [FreeTime.free.op(">>")(shift) for shift in range(1, count)]
    return reduce(lambda left, right: left.op("&")(right), shifted) != 0


def _free_rows(openings: list[Opening], motif: Motif, wanted: SlotFilter) -> Select:
    by_count = defaultdict(list)
    for opening in openings:
        by_count[count_for(opening, motif)].append(opening.id)
    query = select(FreeTime.opening_id, FreeTime.day, FreeTime.free).where(
        or_(*(FreeTime.opening_id.in_(ids) & _fits(count) for count, ids in by_count.items()))
    )
    if wanted.weekdays:  # 1970-01-01 was a Thursday
        query = query.where(((type_coerce(FreeTime.day, Integer) + 3) % 7).in_(wanted.weekdays))
    return query


def _days_with_slots(
    session: Session, base: Select, openings: list[Opening], motif: Motif, first: datetime
) -> dict[date, list[Slot]]:
    """The first days with slots, at least one more than are shown: of the days read, only the very first may
    hold nothing that is still bookable."""
    query = base.with_only_columns(FreeTime.day).distinct().order_by(FreeTime.day).limit(DAYS_SHOWN + 2)
    days = list(session.scalars(query))
    rows = session.execute(base.where(FreeTime.day.in_(days)).order_by(FreeTime.day))
    return _slots_by_day(rows, openings, motif, first)


def _slots_by_day(rows, openings: list[Opening], motif: Motif, first: datetime) -> dict[date, list[Slot]]:
    known = {opening.id: opening for opening in openings}
    slots: dict[date, dict] = defaultdict(dict)
    for opening_id, day, free in rows:
        for slot in _slots_of(known[opening_id], day, free, motif, first):
            slots[day].setdefault((slot.minute, slot.site_id, slot.mode), slot)
    return {day: sorted(found.values()) for day, found in slots.items() if found}


def _slots_of(opening: Opening, day: date, free: int, motif: Motif, first: datetime) -> list[Slot]:
    grid = opening.grid
    if day < first.date():
        return []
    if day == first.date():
        free = from_minute(free, grid, first.hour * 60 + first.minute + (first.second > 0))
    return [
        Slot(day, grid.minute(k), opening.site_id, opening.mode_value, opening.id, k)
        for k in indexes(fitting(free, count_for(opening, motif)))
    ]


def _earliest(
    session: Session, base: Select, openings: list[Opening], motif: Motif, first: datetime
) -> dict[tuple[int, Mode], Slot]:
    """Read whole days until each site and mode has its first slot, or the days run out."""
    wanted = {(opening.site_id, opening.mode_value) for opening in openings}
    known = {opening.id: opening for opening in openings}
    found: dict[tuple[int, Mode], Slot] = {}
    for opening_id, day, free in session.execute(base.order_by(FreeTime.day)).yield_per(200):
        if len(found) == len(wanted) and day > max(slot.day for slot in found.values()):
            break
        for slot in _slots_of(known[opening_id], day, free, motif, first)[:1]:
            place = slot.site_id, slot.mode
            found[place] = min(found.get(place, slot), slot)
    return found


def near_slots(session: Session, motif: Motif, slot: Slot, now: datetime, count: int = 3) -> list[Slot]:
    """The slots nearest to a lost one: of the same mode, completed with other modes when there are too few."""
    same = _around(session, motif, slot, SlotFilter(modes=frozenset({slot.mode})), now, count)
    if len(same) == count:
        return same
    others = [other for other in _around(session, motif, slot, SlotFilter(), now, 2 * count) if other not in same]
    return sorted([*same, *others[: count - len(same)]])


def _around(session: Session, motif: Motif, slot: Slot, wanted: SlotFilter, now: datetime, count: int) -> list[Slot]:
    """The `count` slots nearest to this one, looked for from its eve on, then from ever earlier."""
    found: set[Slot] = set()
    for days_before in (1, 7, 400):
        since = replace(wanted, first_day=slot.day - timedelta(days=days_before))
        days = search_slots(session, motif, since, now).days
        found |= {other for slots in days.values() for other in slots} - {slot}
        if len(found) >= count:
            break
    return nearest(found, slot, count)
