"""Closures and openings that change: nobody is lost, nobody can book where nobody receives, the audit stays clean."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from counter.appointments import Status
from counter.directory import read_directory
from counter.figures import Period
from counter.models import Appointment, Caf, Closure, FreeTime, Motif, Opening, Site
from counter.slots import Mode, MotifClosed, SlotTaken
from counter.store import reception
from counter.store.appointments import appointment_by_id
from counter.store.closures import (
    close_days,
    get_closure,
    lift_closure,
    settle_site,
    stranded_by_closure,
    stranded_by_department,
)
from counter.store.directory import import_directory
from counter.store.figures import filling
from counter.store.free_time import prepare_free_time
from counter.store.openings import add_opening, lock, put_motifs, settle_opening, stranded_by
from counter.store.places import list_motifs, list_sites, put_modes, site_of_matricule
from counter.store.slots import local_now
from counter.store.staying import keep_elsewhere, kept_elsewhere, take_over
from tests.rules.test_directory import TARARE, csv_of
from tests.store.conftest import WEEK, Town, at, new_key

TUESDAY = date(2026, 11, 24)
WEDNESDAY, THURSDAY, FRIDAY = (TUESDAY + timedelta(days=n) for n in (1, 2, 3))


def local(town: Town, session):
    return local_now(town.clock(), session.get_one(Site, town.site))


def days(town: Town, first: date, last: date, opening: int | None = None) -> Closure:
    return Closure(site_id=town.site, opening_id=opening, first=first, last=last, reason="travaux")


def close(town: Town, first: date, last: date, opening: int | None = None) -> int:
    with town.database.writing() as session:
        closure = days(town, first, last, opening)
        close_days(session, closure, local(town, session))
        return closure.id


def lift(town: Town, number: int) -> None:
    with town.database.writing() as session:
        lift_closure(session, get_closure(session, town.site, number), local(town, session))


def change(town: Town, opening: int, **values) -> None:
    with town.database.writing() as session:
        row = session.get_one(Opening, opening)
        for name, value in values.items():
            setattr(row, name, value)
        settle_opening(session, row, local(town, session))


def to_move(town: Town, *booked) -> list[bool]:
    return [town.appointment(item.id).to_move for item in booked]


def filled(town: Town, day: date):
    with town.database.reading() as session:
        return filling(session, town.caf, Period(day, day))


# ── closures ────────────────────────────────────────────────────────────────────────────────────


def test_nobody_can_book_on_a_closed_day_and_who_had_booked_keeps_the_appointment(town, half_hour, opening):
    stays = town.book(half_hour, at(WEDNESDAY, opening, 2))
    elsewhere = town.book(half_hour, at(FRIDAY, opening, 2))
    close(town, WEDNESDAY, THURSDAY)
    for day in (WEDNESDAY, THURSDAY):
        with pytest.raises(SlotTaken):
            town.book(half_hour, at(day, opening, 6))
    assert {WEDNESDAY, THURSDAY}.isdisjoint(town.search(half_hour).days)
    assert to_move(town, stays, elsewhere) == [True, False]
    kept = town.appointment(stays.id)
    assert (kept.day, kept.minute, kept.desk, kept.status) == (stays.day, stays.minute, stays.desk, "pris")
    assert town.audit() == []


def test_an_agent_who_kept_a_slot_before_the_closure_is_told_it_is_gone(town, half_hour, opening):
    hold = town.hold(half_hour, at(WEDNESDAY, opening, 2))
    close(town, WEDNESDAY, WEDNESDAY)
    with pytest.raises(SlotTaken):
        town.book(half_hour, at(WEDNESDAY, opening, 2), hold=hold)
    assert town.audit() == []


def test_cancelling_on_a_closed_day_gives_nothing_to_book(town, half_hour, opening):
    booked = town.book(half_hour, at(WEDNESDAY, opening, 2))
    close(town, WEDNESDAY, WEDNESDAY)
    town.cancel(booked.id)
    with pytest.raises(SlotTaken):
        town.book(half_hour, at(WEDNESDAY, opening, 2))
    assert town.audit() == []


def test_lifting_a_closure_gives_back_the_time_but_that_of_the_appointments(town, half_hour, opening):
    booked, gone = (town.book(half_hour, at(WEDNESDAY, opening, index)) for index in (2, 6))
    before = town.words()
    number = close(town, TUESDAY, FRIDAY)
    town.cancel(gone.id)
    lift(town, number)
    after = town.words()
    assert after[opening, WEDNESDAY, 0] == before[opening, WEDNESDAY, 0] | 0b11000000
    assert {k: v for k, v in after.items() if k[1] != WEDNESDAY} == {
        k: v for k, v in before.items() if k[1] != WEDNESDAY
    }
    assert to_move(town, booked) == [False] and town.audit() == []


def test_lifting_one_of_two_closures_of_a_day_keeps_it_closed(town, half_hour, opening):
    booked = town.book(half_hour, at(WEDNESDAY, opening, 2))
    close(town, WEDNESDAY, WEDNESDAY)
    second = close(town, TUESDAY, FRIDAY)
    lift(town, second)
    assert to_move(town, booked) == [True]
    assert WEDNESDAY not in town.days(opening) and THURSDAY in town.days(opening) and town.audit() == []


def test_days_beyond_those_prepared_stay_closed_when_their_turn_comes(town, half_hour, opening):
    far = TUESDAY + timedelta(days=35)
    close(town, far, far)
    town.prepare(days=40)
    assert far not in town.days(opening) and far + timedelta(days=1) in town.days(opening)
    assert town.audit() == []


def test_a_closure_lifted_while_it_runs_leaves_the_audit_clean(town, half_hour, opening):
    number = close(town, WEDNESDAY, TUESDAY + timedelta(days=10))
    town.clock.advance(days=5)
    town.prepare()
    lift(town, number)
    assert TUESDAY + timedelta(days=6) in town.days(opening) and town.audit() == []


def test_what_changes_today_leaves_the_figures_of_the_days_gone_by(town, half_hour, opening):
    town.book(half_hour, at(TUESDAY, opening, 4))
    number = close(town, WEDNESDAY, FRIDAY)
    town.clock.advance(days=2)
    before = [filled(town, TUESDAY), filled(town, WEDNESDAY)]
    change(town, opening, desks=3)
    lift(town, number)
    assert [filled(town, TUESDAY), filled(town, WEDNESDAY)] == before and town.audit() == []


def test_who_goes_back_to_booked_is_to_move_as_the_day_now_stands(town, half_hour, opening):
    excused, arrived = town.book(half_hour, at(TUESDAY, opening, 6)), town.book(half_hour, at(TUESDAY, opening, 8))
    signal(town, arrived, Status.ARRIVED)
    number = close(town, TUESDAY, TUESDAY)
    signal(town, excused, Status.EXCUSED)
    back(town, arrived, Status.ARRIVED)
    assert town.appointment(arrived.id).must_move, "its day was closed meanwhile"
    lift(town, number)
    back(town, excused, Status.EXCUSED)
    assert to_move(town, excused, arrived) == [False, False]


def signal(town: Town, booked, to: Status) -> None:
    with town.database.writing() as session:
        mine = appointment_by_id(session, booked.id)
        reception.signal(session, mine, to, new_key(), town.clock(), None)


def back(town: Town, booked, status: Status) -> None:
    with town.database.writing() as session:
        mine = appointment_by_id(session, booked.id)
        reception.step_back(session, mine, status, new_key(), town.clock(), None)


def test_one_opening_can_be_closed_and_the_others_of_its_site_go_on(town, half_hour, opening):
    other = town.add_opening([half_hour])
    town.prepare()
    shut, stays = (town.book(half_hour, at(WEDNESDAY, number, 2)) for number in (opening, other))
    number = close(town, WEDNESDAY, WEDNESDAY, opening)
    assert to_move(town, shut, stays) == [True, False] and town.audit() == []
    assert WEDNESDAY not in town.days(opening) and WEDNESDAY in town.days(other)
    with pytest.raises(SlotTaken):
        town.book(half_hour, at(WEDNESDAY, opening, 6))
    assert town.book(half_hour, at(WEDNESDAY, other, 6)).day == WEDNESDAY
    lift(town, number)
    assert to_move(town, shut, stays) == [False, False] and town.audit() == []


def test_who_is_to_move_already_is_not_told_again(town, half_hour, opening):
    told = town.book(half_hour, at(WEDNESDAY, opening, 2))
    close(town, WEDNESDAY, WEDNESDAY)
    new = town.book(half_hour, at(THURSDAY, opening, 2))
    with town.database.reading() as session:
        found = stranded_by_closure(session, days(town, WEDNESDAY, THURSDAY), local(town, session))
        ended = stranded_by(session, session.get_one(Opening, opening), TUESDAY, 1, local(town, session))
    assert [item.id for item in found] == [item.id for item in ended] == [new.id] and told.id != new.id


def test_nobody_books_between_the_list_of_who_would_move_and_the_closure(town, half_hour, opening):
    made = []
    other = threading.Thread(target=lambda: made.append(town.book(half_hour, at(WEDNESDAY, opening, 2))))
    with town.database.writing() as session:
        assert stranded_by_closure(session, days(town, WEDNESDAY, WEDNESDAY), local(town, session)) == []
        other.start()
        other.join(0.5)  # enough to book, where nothing holds it back
        assert made == []
    other.join(30)
    assert [item.day for item in made] == [WEDNESDAY]


def while_preparing(town: Town, act) -> None:
    """`act` begins while the days of the morning are being prepared."""
    meanwhile(town, lambda session: prepare_free_time(session, TUESDAY, 40), act)


def meanwhile(town: Town, first, act) -> None:
    """`act` begins once `first` is done in a transaction that is not at its end."""
    other = threading.Thread(target=act)
    with town.database.writing() as session:
        first(session)
        other.start()
        other.join(0.5)
    other.join(30)


@pytest.mark.parametrize("whole", [True, False])
def test_an_opening_ended_while_a_closure_is_lifted_opens_no_day_after_its_last(town, half_hour, opening, whole):
    booked = town.book(half_hour, at(FRIDAY, opening, 0))
    number = close(town, THURSDAY, THURSDAY, None if whole else opening)

    def end(session):
        row = session.get_one(Opening, opening)
        stranded_by(session, row, WEDNESDAY, 1, local(town, session))
        row.valid_to = WEDNESDAY
        settle_opening(session, row, local(town, session))

    meanwhile(town, end, lambda: lift(town, number))
    assert max(town.days(opening)) == WEDNESDAY and to_move(town, booked) == [True]
    assert town.audit() == []


def test_an_opening_made_while_a_closure_is_lifted_receives_then_too(town, half_hour):
    number = close(town, FRIDAY, FRIDAY)
    made = []

    def make(session):
        values = {"weekdays": WEEK, "starts": 540, "ends": 720, "interval": 15, "desks": 1, "valid_from": TUESDAY}
        row = Opening(site_id=town.site, mode=Mode.ON_SITE, **values)
        made.append(add_opening(session, row, {half_hour}, TUESDAY, 10).id)

    meanwhile(town, make, lambda: lift(town, number))
    assert FRIDAY in town.days(made[0]) and town.audit() == []


def test_public_holidays_that_change_while_a_day_is_closed_are_kept(town, half_hour, opening):
    holiday = date(2026, 12, 20)  # at La Réunion
    change(town, opening, weekdays=127)

    def overseas(session):
        site = session.get_one(Site, town.site)
        stranded_by_department(session, site.id, "974", local(town, session))
        site.department = "974"
        settle_site(session, site.id, local(town, session))

    def shut():
        with town.database.writing() as session:
            site = session.get_one(Site, town.site)
            close_days(session, days(town, THURSDAY, THURSDAY), local_now(town.clock(), site))

    meanwhile(town, overseas, shut)
    assert holiday not in town.days(opening) and town.audit() == []


def test_who_changes_an_opening_has_it_as_another_left_it(town, half_hour, opening, server):
    def more_desks():
        change(town, opening, desks=3)

    if server == "sqlite":  # which lets one write at a time
        more_desks()
    with town.database.writing() as session:
        row = session.get_one(Opening, opening)
        if server != "sqlite":
            more_desks()
        lock(session, row)
        row.desks = 1
        settle_opening(session, row, local(town, session))
    assert {desk for _, _, desk in town.words()} == {0} and town.audit() == []


def test_an_opening_changed_while_days_are_prepared_keeps_them(town, half_hour, opening):
    def more_desks():
        with town.database.writing() as session:
            row = session.get_one(Opening, opening)
            stranded_by(session, row, None, 2, local(town, session))
            row.desks = 2
            settle_opening(session, row, local(town, session))

    while_preparing(town, more_desks)
    assert max(town.days(opening)) > TUESDAY + timedelta(days=35) and town.audit() == []


def test_an_opening_made_while_a_day_is_closed_does_not_open_then(town, half_hour):
    made = []

    def shut():
        close(town, FRIDAY, FRIDAY)

    other = threading.Thread(target=shut)
    with town.database.writing() as session:
        values = {"weekdays": WEEK, "starts": 540, "ends": 720, "interval": 15, "desks": 1, "valid_from": TUESDAY}
        row = Opening(site_id=town.site, mode=Mode.ON_SITE, **values)
        made.append(add_opening(session, row, {half_hour}, TUESDAY, 10).id)
        other.start()
        other.join(0.5)
    other.join(30)
    assert THURSDAY in town.days(made[0]) and FRIDAY not in town.days(made[0]) and town.audit() == []


def test_other_public_holidays_say_whom_they_would_move(town, half_hour, opening):
    booked = town.book(half_hour, at(WEDNESDAY, opening, 2))
    with town.database.reading() as session:
        now = local(town, session)
        assert stranded_by_department(session, town.site, "67", now) == []
    later = date(2026, 12, 20)  # the abolition of slavery, at La Réunion
    with town.database.writing() as session:
        session.get_one(Opening, opening).weekdays = 127
        session.execute(update(Appointment).where(Appointment.id == booked.id).values(day=later))
    with town.database.reading() as session:
        assert [item.id for item in stranded_by_department(session, town.site, "974", now)] == [booked.id]
        assert stranded_by_department(session, town.site, "67", now) == []


def test_who_came_this_morning_is_not_among_those_to_move(town, half_hour, opening):
    early, late = (town.book(half_hour, at(TUESDAY, opening, index)) for index in (0, 10))
    town.clock.advance(hours=1)
    with town.database.reading() as session:
        found = stranded_by_closure(session, days(town, TUESDAY, TUESDAY), local(town, session))
    assert [item.id for item in found] == [late.id]
    close(town, TUESDAY, TUESDAY)
    assert to_move(town, early, late) == [False, True]


def test_the_audit_finds_time_left_on_a_closed_day_and_takes_it_away(town, half_hour, opening):
    close(town, WEDNESDAY, WEDNESDAY)
    with town.database.writing() as session:
        session.add(FreeTime(opening_id=opening, day=WEDNESDAY, desk=0, free=7))
    assert town.audit() == [(opening, WEDNESDAY, 0, 7, 0)]
    town.audit(repair=True)
    assert town.audit() == [] and WEDNESDAY not in town.days(opening)


# ── openings ────────────────────────────────────────────────────────────────────────────────────


def test_an_opening_that_ends_keeps_its_appointments_and_offers_nothing_after(town, half_hour, opening):
    before, after = town.book(half_hour, at(WEDNESDAY, opening, 2)), town.book(half_hour, at(FRIDAY, opening, 2))
    with town.database.reading() as session:
        row = session.get_one(Opening, opening)
        found = stranded_by(session, row, THURSDAY, 1, local(town, session))
    assert [item.id for item in found] == [after.id]
    change(town, opening, valid_to=THURSDAY)
    assert to_move(town, before, after) == [False, True]
    assert max(town.days(opening)) == THURSDAY and town.audit() == []
    with pytest.raises(SlotTaken):
        town.book(half_hour, at(FRIDAY, opening, 6))


def test_an_opening_that_goes_on_after_all_gives_everything_back(town, half_hour, opening):
    booked = town.book(half_hour, at(FRIDAY, opening, 2))
    before = town.words()
    change(town, opening, valid_to=THURSDAY)
    town.clock.advance(days=2)
    change(town, opening, valid_to=None)
    assert town.words() == before
    assert to_move(town, booked) == [False] and town.audit() == []


def test_a_desk_less_moves_only_those_of_that_desk(town, half_hour):
    opening = town.add_opening([half_hour], desks=2)
    town.prepare()
    first, second = (town.book(half_hour, at(WEDNESDAY, opening, 2)) for _ in range(2))
    change(town, opening, desks=1)
    assert to_move(town, first, second) == [False, True] and town.audit() == []
    assert {desk for _, _, desk in town.words()} == {0}
    town.clock.advance(days=1)
    change(town, opening, desks=3)
    assert to_move(town, second) == [False] and town.audit() == []
    assert {desk for _, _, desk in town.words()} == {0, 1, 2}


def test_who_lost_a_desk_while_the_day_was_closed_finds_the_free_one_when_it_opens(town, half_hour):
    opening = town.add_opening([half_hour], desks=2)
    town.prepare()
    gone, stays = (town.book(half_hour, at(WEDNESDAY, opening, 2)) for _ in range(2))
    town.cancel(gone.id)
    number = close(town, WEDNESDAY, WEDNESDAY)
    change(town, opening, desks=1)
    assert to_move(town, stays) == [True]
    lift(town, number)
    assert to_move(town, stays) == [False] and town.appointment(stays.id).desk == 0 and town.audit() == []


def test_other_hours_are_another_opening_where_people_keep_their_hour(town, half_hour, quarter):
    """10 h and 11 h 30 of 9 h to 12 h; from Thursday on, 10 h to 12 h 30 every 10 minutes."""
    morning = town.add_opening([half_hour, quarter])
    town.prepare()
    fits, early, other = (
        town.book(motif, at(FRIDAY, morning, index)) for motif, index in ((half_hour, 4), (half_hour, 0), (quarter, 10))
    )
    change(town, morning, valid_to=WEDNESDAY)
    assert to_move(town, fits, early, other) == [True, True, True]
    with town.database.writing() as session:
        values = {"weekdays": WEEK, "starts": 600, "ends": 750, "interval": 10, "desks": 1, "valid_from": THURSDAY}
        row = Opening(site_id=town.site, mode=Mode.ON_SITE, **values)
        add_opening(session, row, {half_hour}, TUESDAY, 30)
        assert take_over(session, row, {half_hour}, local(town, session)) == 1
        later = row.id
    assert to_move(town, fits, early, other) == [False, True, True], "not at 9 h, nor for a motif it does not receive"
    kept = town.appointment(fits.id)
    assert (kept.opening_id, kept.day, kept.minute, kept.duration) == (later, FRIDAY, fits.minute, 30)
    assert town.audit() == []
    with pytest.raises(SlotTaken):
        town.book(half_hour, at(FRIDAY, later, 1))


def test_a_new_opening_takes_nobody_whose_hour_has_passed(town, half_hour, opening):
    """10 h is shut in the morning and open again at 11 h: who had that hour is told nothing new."""
    booked = town.book(half_hour, at(TUESDAY, opening, 4))
    number = close(town, TUESDAY, TUESDAY)
    town.clock.advance(hours=2)
    lift(town, number)
    assert (take_over_anew(town, half_hour), town.audit()) == (0, [])
    assert town.appointment(booked.id).opening_id == opening


def take_over_anew(town: Town, motif: int) -> int:
    """How many come to an opening made now, every half hour from 9 h to 12 h."""
    with town.database.writing() as session:
        values = {"weekdays": WEEK, "starts": 540, "ends": 720, "interval": 30, "desks": 1, "valid_from": TUESDAY}
        row = Opening(site_id=town.site, mode=Mode.ON_SITE, **values)
        add_opening(session, row, {motif}, TUESDAY, 30)
        return take_over(session, row, {motif}, local(town, session))


def test_who_keeps_their_hour_at_another_opening_leaves_the_time_they_had(town, half_hour, opening):
    """Marked to move though its place is there: the mark says to go, the time it leaves serves someone else."""
    booked = town.book(half_hour, at(WEDNESDAY, opening, 4))
    with town.database.writing() as session:
        appointment_by_id(session, booked.id).to_move = True
    assert take_over_anew(town, half_hour) == 1
    assert town.free(opening, WEDNESDAY) == list(range(12)) and town.audit() == []


def test_the_next_opening_made_first_keeps_those_whose_hour_it_has_when_the_old_one_ends(town, half_hour, quarter):
    """9 h to 12 h until Wednesday; from Thursday on, one desk from 10 h to 12 h 30 every 10 minutes, half taken."""
    morning = town.add_opening([half_hour, quarter], desks=2)
    later = town.add_opening([half_hour], starts=600, ends=750, interval=10, valid_from=THURSDAY)
    town.prepare()
    keys = ((half_hour, 4), (half_hour, 4), (half_hour, 0), (quarter, 10), (half_hour, 8))
    first, second, early, other, lost = (town.book(motif, at(FRIDAY, morning, index)) for motif, index in keys)
    town.book(half_hour, at(FRIDAY, later, 7))  # 11 h 10, over the last one's 11 h
    with town.database.writing() as session:
        row = session.get_one(Opening, morning)
        stranded = stranded_by(session, row, WEDNESDAY, 2, local(town, session))
        assert [item.id for item in stranded] == [item.id for item in (early, first, second, lost, other)]
        kept = kept_elsewhere(session, row, stranded)
        assert {number: opening.id for number, opening in kept.items()} == {first.id: later}
        row.valid_to = WEDNESDAY
        settle_opening(session, row, local(town, session))
        keep_elsewhere(session, kept)
    assert to_move(town, first, second, early, other, lost) == [False, True, True, True, True]
    stays = town.appointment(first.id)
    assert (stays.opening_id, stays.day, stays.minute) == (later, FRIDAY, first.minute)
    assert town.audit() == []
    with pytest.raises(SlotTaken):
        town.book(half_hour, at(FRIDAY, later, 0))


def test_who_was_at_a_desk_taken_away_stays_at_the_hour_where_another_desk_is_free(town, half_hour):
    opening = town.add_opening([half_hour], desks=2)
    town.prepare()
    gone, stays = (town.book(half_hour, at(WEDNESDAY, opening, 2)) for _ in range(2))
    town.cancel(gone.id)
    with town.database.reading() as session:
        assert stranded_by(session, session.get_one(Opening, opening), None, 1, local(town, session)) == []
    change(town, opening, desks=1)
    assert to_move(town, stays) == [False] and town.audit() == []
    assert (town.appointment(stays.id).desk, town.appointment(stays.id).minute) == (0, stays.minute)
    with pytest.raises(SlotTaken):
        town.book(half_hour, at(WEDNESDAY, opening, 2))


def test_a_new_opening_can_be_booked_at_once(town, half_hour):
    with town.database.writing() as session:
        row = Opening(site_id=town.site, mode="sur-place", weekdays=31, starts=540, ends=720, interval=15,
                      valid_from=WEDNESDAY)  # fmt: skip
        number = add_opening(session, row, {half_hour}, TUESDAY, 30).id
    assert town.days(number)[0] == WEDNESDAY
    assert town.book(half_hour, at(WEDNESDAY, number, 0)).minute == 540
    assert town.audit() == []


def test_a_motif_taken_from_an_opening_leaves_its_appointments(town, half_hour, quarter, opening):
    booked = town.book(half_hour, at(WEDNESDAY, opening, 2))
    with town.database.writing() as session:
        put_motifs(session, session.get_one(Opening, opening), {quarter})
    assert town.search(half_hour).days == {} and town.search(quarter).days
    assert to_move(town, booked) == [False]


# ── motifs ──────────────────────────────────────────────────────────────────────────────────────


def test_a_closed_motif_is_offered_no_more_and_its_appointments_stay(town, half_hour, opening):
    booked = town.book(half_hour, at(WEDNESDAY, opening, 2))
    hold = town.hold(half_hour, at(WEDNESDAY, opening, 6))
    with town.database.writing() as session:
        session.get_one(Motif, half_hour).active = False
    with pytest.raises(MotifClosed):
        town.hold(half_hour, at(THURSDAY, opening, 2))
    assert town.search(half_hour).days == {}
    with town.database.reading() as session:
        assert half_hour not in {m.id for m in list_motifs(session, town.caf)}
        assert half_hour in {m.id for m in list_motifs(session, town.caf, closed=True)}
    assert town.book(half_hour, at(WEDNESDAY, opening, 6), hold=hold).minute == 630, "who was typing may finish"
    assert town.appointment(booked.id).status == "pris"


def test_modes_of_a_motif_are_changed_in_place(town, half_hour):
    for durations in ({"sur-place": 45, "visio": 30}, {"visio": 20}):
        with town.database.writing() as session:
            put_modes(session, session.get_one(Motif, half_hour), durations)
        with town.database.reading() as session:
            assert {m.mode: m.duration for m in session.get_one(Motif, half_hour).modes} == durations


# ── the official list ───────────────────────────────────────────────────────────────────────────


@pytest.fixture
def rhone(town) -> Town:
    with town.database.writing() as session:
        session.add(Caf(name="Caf du Rhône", department="69"))
    return town


def bring_in(town: Town, *lines: str):
    with town.database.writing() as session:
        return import_directory(session, read_directory(csv_of(*lines)))


def test_the_list_is_imported_twice_without_doubles_and_corrected(rhone):
    done = bring_in(rhone, TARARE)
    assert (done.added, done.changed, done.same, done.faults) == (1, 0, 0, [])
    with rhone.database.writing() as session:
        site_of_matricule(session, "FS-69-1").short_name = "Tarare"
    assert bring_in(rhone, TARARE).same == 1
    assert bring_in(rhone, TARARE.replace("1 rue", "3 rue")).changed == 1
    with rhone.database.reading() as session:
        site = site_of_matricule(session, "FS-69-1")
        assert (site.short_name, site.street) == ("Tarare", "3 rue de l'Exemple, Bâtiment B")
        assert [other.id for other in list_sites(session, site.caf_id)] == [site.id]


@pytest.mark.parametrize("hours", ["-;-;-;-;-;-", ";".join(f"{day}{' sur rendez-vous,' * 5}" for day in range(6))])
def test_a_list_without_hours_or_with_too_long_ones_leaves_those_that_are_known(rhone, hours):
    shut, told = "9:00 - 12:00 / 13:30 - 17:00;-;-;-;-;-", "lundi 9 h – 12 h et 13 h 30 – 17 h"
    bring_in(rhone, TARARE)
    done = bring_in(rhone, TARARE.replace(shut, hours))
    assert done.same == 1
    with rhone.database.reading() as session:
        assert site_of_matricule(session, "FS-69-1").hours == told


def test_a_list_of_the_required_columns_alone_leaves_the_hours(rhone):
    bring_in(rhone, TARARE)
    head = "MATRICULE;DEPARTEMENT;FRANCE SERVICES;ADRESSE;CODE POSTAL;COMMUNE"
    short = f"{head}\nFS-69-1;69;France Services Tarare;3 rue Haute;69170;Tarare\n"
    with rhone.database.writing() as session:
        assert import_directory(session, read_directory(short.encode())).changed == 1
        site = site_of_matricule(session, "FS-69-1")
        assert (site.street, site.hours) == ("3 rue Haute", "lundi 9 h – 12 h et 13 h 30 – 17 h")


def test_the_departement_of_a_known_place_stays_and_no_public_holiday_moves_anybody_unseen(town, half_hour, opening):
    """26 December is a public holiday in the Bas-Rhin alone."""
    holiday = date(2026, 12, 26)
    change(town, opening, weekdays=127)
    with town.database.writing() as session:
        session.get_one(Caf, town.caf).department = "67"
        site = session.get_one(Site, town.site)
        site.matricule, before = "FS-69-1", site.department
    town.prepare(40)
    booked = town.book(half_hour, at(holiday, opening, 2))
    done = bring_in(town, TARARE.replace("FS-69-1;69", "FS-69-1;67"))
    ((line, sentence),) = done.faults
    assert line == 2 and f"le département reste {before}" in sentence and "la page du lieu" in sentence
    with town.database.reading() as session:
        site = session.get_one(Site, town.site)
        assert (site.department, site.street) == (before, "1 rue de l'Exemple, Bâtiment B")
    assert to_move(town, booked) == [False] and town.audit() == [], "no day became a holiday behind the free time"


def test_a_place_without_its_caf_is_told_and_no_caf_is_made(rhone):
    done = bring_in(rhone, TARARE, TARARE.replace("FS-69-1;69", "FS-52-1;52"))
    assert done.added == 1
    assert done.faults == [(3, "aucune Caf n'est créée pour le département 52 : le lieu n'est pas ajouté")]
