"""Free slots searched: the earliest of each site and mode, and those of the first days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache, reduce
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    and_,
    any_,
    bindparam,
    exists,
    literal,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session

from counter.free_days import FreeDay, FreeOpening
from counter.models import FreeTime, Motif, Opening, OpeningMotif, Site
from counter.slots import (
    MINUTES_A_DAY,
    Grid,
    Half,
    Mode,
    Slot,
    first_bookable,
    fitting,
    from_minute,
    grid_of,
    intervals_needed,
    last_bookable,
    minute_of,
    minutes_between,
    nearest,
)

DAYS_SHOWN, DAYS_OF_MANY = 4, 2
MANY_PLACES = 12  # beyond, a day has so many slots that fewer days fill the page


@dataclass(frozen=True)
class SlotFilter:
    """What the person wants; empty means any. `weekdays` counts from Monday = 0, `half` is a part of the day."""

    modes: frozenset[Mode] = frozenset()
    site_ids: frozenset[int] = frozenset()
    weekdays: frozenset[int] = frozenset()
    first_day: date | None = None
    half: Half | None = None


@dataclass
class SlotSearch:
    """`earliest` per site and mode, whatever the weekday page; `days` in order, `more_from` the next day with slots."""

    earliest: dict[tuple[int, Mode], Slot] = field(default_factory=dict)
    days: dict[date, FreeDay] = field(default_factory=dict)
    more_from: date | None = None

    def on(self, day: date) -> FreeDay:
        """What is free that day, nothing for a day that was not found."""
        return self.days.get(day, FreeDay(day, ()))


def local_now(now: datetime, site: Site) -> datetime:
    """The wall clock of a site, without zone, as the grid counts."""
    return now.astimezone(ZoneInfo(site.timezone)).replace(tzinfo=None)


class _Place(NamedTuple):
    """What a search needs of an opening: an appointment takes `count` intervals there, and begins at one of the bits
    `begins`. A thousand of these cost less than a hundred Opening objects."""

    opening_id: int
    site_id: int
    mode: Mode
    grid: Grid
    count: int
    begins: int
    timezone: str


@dataclass(frozen=True)
class _Span:
    """Where to look: the places by opening, all on the same clock, from the moment `first` and the day `start` to the
    day `last`."""

    places: dict[int, _Place]
    weekdays: frozenset[int]
    first: datetime
    start: date
    last: date


def search_slots(session: Session, motif: Motif, wanted: SlotFilter, now: datetime) -> SlotSearch:
    """The earliest slot of each site and mode, and the slots of the first days that have some."""
    places = _places(session, motif, wanted) if motif.active else []
    found = [_search(session, span) for span in _spans(places, motif, wanted, now)]
    return reduce(merged, found) if found else SlotSearch()


def _search(session: Session, span: _Span) -> SlotSearch:
    result = SlotSearch(_earliest(session, span))
    if result.earliest:
        _add_days(session, span, result)
    return result


def earliest_of_nearest(
    session: Session, motif: Motif, site_ids: Sequence[int], now: datetime, count: int = 10
) -> list[Slot]:
    """The earliest slot of each of the first `count` sites that have one; `site_ids` goes from near to far."""
    found: dict[int, Slot] = {}
    begin, step = 0, count
    while begin < len(site_ids) and len(found) < count:
        near = site_ids[begin : begin + step]
        places = _places(session, motif, SlotFilter(site_ids=frozenset(near)))
        spans = _spans(places, motif, SlotFilter(), now)
        for slot in sorted(slot for span in spans for slot in _earliest(session, span).values()):
            found.setdefault(slot.site_id, slot)
        begin, step = begin + step, step * 4
    return [found[site_id] for site_id in site_ids if site_id in found][:count]


def _spans(places: list[_Place], motif: Motif, wanted: SlotFilter, now: datetime) -> list[_Span]:
    """One for each clock: it is not the same hour at all the places of a Caf that has some overseas."""
    zones: dict[str, dict[int, _Place]] = defaultdict(dict)
    for place in places:
        zones[place.timezone][place.opening_id] = place
    return [_span(zone, there, motif, wanted, now) for zone, there in zones.items()]


def _span(zone: str, places: dict[int, _Place], motif: Motif, wanted: SlotFilter, now: datetime) -> _Span:
    local = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    first = first_bookable(local, motif.notice)
    start = max(first.date(), wanted.first_day or first.date())
    return _Span(places, wanted.weekdays, first, start, last_bookable(local.date(), motif.horizon))


def merged(one: SlotSearch, other: SlotSearch) -> SlotSearch:
    """Two searches as one: each is whole up to the day before its `more_from`, so their days are, up to the first."""
    later = [day for day in (one.more_from, other.more_from) if day is not None]
    days = sorted({*one.days, *other.days})
    shown = [day for day in days if not later or day < min(later)][:DAYS_SHOWN]
    later += [day for day in days if day not in shown]
    return SlotSearch(
        one.earliest | other.earliest,
        {day: one.on(day) | other.on(day) for day in shown},
        min(later, default=None),
    )


def _places(session: Session, motif: Motif, wanted: SlotFilter) -> list[_Place]:
    durations = {
        Mode(item.mode): item.duration for item in motif.modes if not wanted.modes or item.mode in wanted.modes
    }
    values = {"motif": motif.id, "modes": list(durations)}
    if wanted.site_ids:
        values["sites"] = list(wanted.site_ids)
    rows, places = session.connection().execute(_places_of(bool(wanted.site_ids)), values), []
    for number, site, mode, *cut, zone in rows:
        mode, grid = Mode(mode), grid_of(*cut)
        count = intervals_needed(durations[mode], grid.interval)
        places.append(_Place(number, site, mode, grid, count, grid.beginning_in(wanted.half), zone))
    return places


# Statements are built once, of plain columns: building them for each search took longer than the search.
_openings, _sites = Opening.__table__, Site.__table__
_received, _free_time = OpeningMotif.__table__, FreeTime.__table__


@cache
def _places_of(some_sites: bool) -> Select:
    columns = (_openings.c[name] for name in ("id", "site_id", "mode", "starts", "ends", "interval"))
    of_motif = (_received.c.opening_id == _openings.c.id) & (_received.c.motif_id == bindparam("motif"))
    query = select(*columns, _sites.c.timezone).join(_sites, _sites.c.id == _openings.c.site_id)
    query = query.where(_openings.c.mode.in_(bindparam("modes", expanding=True)))
    if not some_sites:
        return query.join(_received, of_motif)
    # EXISTS, so that the sites lead and not the whole catalogue of openings
    return query.where(
        _openings.c.site_id.in_(bindparam("sites", expanding=True)), exists().where(of_motif).correlate(_openings)
    )


def count_for(opening: Opening, motif: Motif) -> int:
    return intervals_needed(motif.duration(opening.mode_value), opening.interval)


class _Shape(NamedTuple):
    """What the word of a place must hold; `begins` is None when an appointment may begin at any bit."""

    count: int
    begins: int | None


def _by_shape(span: _Span, but: Collection[int] = ()) -> dict[_Shape, list[int]]:
    """Opening ids by what their words must hold."""
    found = defaultdict(list)
    for place in span.places.values():
        if place.opening_id not in but:
            begins = None if place.begins == place.grid.all_free() else place.begins
            found[_Shape(place.count, begins)].append(place.opening_id)
    return found


def _ask(session: Session, statement: Callable, span: _Span, shape: _Shape, ids: list[int], *days: date) -> list:
    """(opening, day, word) of the words of these openings that suit, between two days."""
    values = {"ids": ids, "first": days[0], "last": days[1]}
    if shape.begins is not None:
        values["begins"] = shape.begins
    if span.weekdays:
        values["weekdays"] = list(span.weekdays)
    query = statement(shape.count, shape.begins is not None, bool(span.weekdays), _has_arrays(session))
    return session.connection().execute(query, values).all()


def _has_arrays(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def _among(column: ColumnElement, name: str, arrays: bool) -> ColumnElement[bool]:
    """One of a list of numbers: a single value where there are arrays, so that the database keeps its plan however
    long the list is."""
    if arrays:
        return column == any_(bindparam(name, type_=ARRAY(Integer)))
    return column.in_(bindparam(name, expanding=True))


@cache
def _free_words(count: int, some_bits: bool, some_days: bool, arrays: bool) -> Select:
    """All words where the appointment fits."""
    row = _free_time
    there = _among(row.c.opening_id, "ids", arrays)
    return select(row.c.opening_id, row.c.day, row.c.free).where(
        there, _within(row, some_days), _fits(row, count, some_bits)
    )


@cache
def _first_words(count: int, some_bits: bool, some_days: bool, arrays: bool) -> Select:
    """The words of each opening on its first day where the appointment fits."""
    row, inner = _free_time, _free_time.alias()
    first_day = (
        select(inner.c.day)
        .where(inner.c.opening_id == _openings.c.id, _within(inner, some_days), _fits(inner, count, some_bits))
        .order_by(inner.c.day)
        .limit(1)
        .scalar_subquery()
    )
    query = select(row.c.opening_id, row.c.day, row.c.free).join(_openings, _openings.c.id == row.c.opening_id)
    there = _among(_openings.c.id, "ids", arrays)
    return query.where(there, row.c.day == first_day, _fits(row, count, some_bits))


def _fits(row: FromClause, count: int, some_bits: bool) -> ColumnElement[bool]:
    """The word has free intervals in a row, as many as are needed, from one of the bits where an appointment may
    begin; a full one (0) is told apart without arithmetic."""
    terms = [row.c.free] + [row.c.free.bitwise_rshift(literal(shift, Integer)) for shift in range(1, count)]
    if some_bits:
        terms.append(bindparam("begins", type_=BigInteger))
    fits = reduce(lambda left, right: left.bitwise_and(right), terms) != 0
    return fits if len(terms) == 1 else and_(row.c.free != 0, fits)


def _within(row: FromClause, some_days: bool) -> ColumnElement[bool]:
    days = row.c.day.between(bindparam("first"), bindparam("last"))
    if not some_days:
        return days
    weekday = (type_coerce(row.c.day, Integer) + 3) % 7  # 1970-01-01 was a Thursday
    return days & weekday.in_(bindparam("weekdays", expanding=True))


def _free_rows(session: Session, span: _Span, first: date, last: date) -> list:
    """(opening, day, word) of the words where the appointment fits, between two days."""
    asked = (_ask(session, _free_words, span, shape, ids, first, last) for shape, ids in _by_shape(span).items())
    return [row for rows in asked for row in rows]


def _earliest(session: Session, span: _Span) -> dict[tuple[int, Mode], Slot]:
    """Today's slots first, since some have gone by; then, for the openings that have none, one look at the index
    each: its first day where the appointment fits."""
    found: dict[int, Slot] = {}
    today = span.first.date()
    if span.start == today:
        _keep_earliest(found, _free_rows(session, span, today, today), span)
    since = max(span.start, today + timedelta(days=1))
    for shape, ids in _by_shape(span, but=found.keys()).items():
        _keep_earliest(found, _ask(session, _first_words, span, shape, ids, since, span.last), span)
    return {(slot.site_id, slot.mode): slot for slot in sorted(found.values(), reverse=True)}  # the earliest last


def _keep_earliest(found: dict[int, Slot], rows, span: _Span) -> None:
    for opening_id, day, free in rows:
        if bits := _beginnings(span, opening_id, day, free):
            place, index = span.places[opening_id], (bits & -bits).bit_length() - 1
            slot = Slot(day, place.grid.minute(index), place.site_id, place.mode, opening_id, index)
            found[opening_id] = min(found.get(opening_id, slot), slot)


def _add_days(session: Session, span: _Span, result: SlotSearch) -> None:
    """Read ever longer stretches of days from the very first slot on, until the page is full."""
    shown = DAYS_SHOWN if len(span.places) <= MANY_PLACES else DAYS_OF_MANY
    begin, length = min(slot.day for slot in result.earliest.values()), shown + 3
    while begin <= span.last and result.more_from is None:
        end = min(begin + timedelta(days=length - 1), span.last)
        words = _words_by_day(session, span, begin, end)
        for day in sorted(words):
            if len(result.days) == shown:
                result.more_from = day
                break
            free_day = _free_day(span, day, words[day])
            if free_day.openings:
                result.days[day] = free_day
        begin, length = end + timedelta(days=1), 2 * length


def _words_by_day(session: Session, span: _Span, first: date, last: date) -> dict[date, list[tuple[int, int]]]:
    """Day -> (opening, word) where the appointment fits."""
    words = defaultdict(list)
    for opening_id, day, free in _free_rows(session, span, first, last):
        words[day].append((opening_id, free))
    return words


def _free_day(span: _Span, day: date, words: list[tuple[int, int]]) -> FreeDay:
    """What is free that day, whatever the number of desks, from (opening, word)."""
    begins: dict[int, int] = defaultdict(int)
    for opening_id, free in words:
        begins[opening_id] |= _beginnings(span, opening_id, day, free)
    there = ((span.places[number], bits) for number, bits in begins.items() if bits)
    return FreeDay(day, tuple(sorted(FreeOpening(*place[1:3], place[0], place.grid, bits) for place, bits in there)))


def _beginnings(span: _Span, opening_id: int, day: date, free: int) -> int:
    """The bits of that word where an appointment may begin, in time."""
    place = span.places[opening_id]
    if day == span.first.date():
        minute = minute_of(span.first) + (span.first.second > 0 or span.first.microsecond > 0)
        free = from_minute(free, place.grid, minute)
    return fitting(free, place.count) & place.begins


def near_slots(session: Session, motif: Motif, slot: Slot, now: datetime, count: int = 3) -> list[Slot]:
    """The slots nearest to a lost one: at the same site in the same mode, completed when there are too few by the
    same mode elsewhere, then by the other modes. Mostly three openings are read, however many sites there are."""
    modes = frozenset({slot.mode})
    found: list[Slot] = []
    for wanted in (SlotFilter(modes=modes, site_ids=frozenset({slot.site_id})), SlotFilter(modes=modes), SlotFilter()):
        near = _around(session, motif, slot, wanted, now, count + len(found))
        found += [other for other in near if other not in found][: count - len(found)]
        if len(found) == count:
            break
    return sorted(found)


def _around(session: Session, motif: Motif, slot: Slot, wanted: SlotFilter, now: datetime, count: int) -> list[Slot]:
    """The `count` slots nearest to this one, before or after it, looked for in ever more days around it: nothing
    further away than those found can be nearer."""
    spans = _spans(_places(session, motif, wanted) if motif.active else [], motif, wanted, now)
    found: list[Slot] = []
    for days in (1, 4, 16, 64, 400):
        near = {other for span in spans for other in _within_days(session, span, slot.day, days)} - {slot}
        found = nearest(near, slot, count)
        if len(found) == count and all(minutes_between(other, slot) <= days * MINUTES_A_DAY for other in found):
            break
    return found


def _within_days(session: Session, span: _Span, day: date, days: int) -> Iterator[Slot]:
    first, last = max(span.start, day - timedelta(days=days)), min(span.last, day + timedelta(days=days))
    for other, words in _words_by_day(session, span, first, last).items():
        yield from _free_day(span, other, words)
