"""Places of a workshop: guarded by the database, given to the first who waits."""

from __future__ import annotations

import threading
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from counter.models import Enrolment, Site, Workshop
from counter.store.workshops import (
    cancel_enrolment,
    cancel_workshop,
    change_workshop,
    create_workshop,
    enrol,
    get_workshop,
    mark_presence,
    mark_told,
    past_workshops,
    people_to_tell,
    unmarked,
)
from counter.workshops import (
    AlreadyEnrolled,
    AlreadyMarked,
    News,
    NobodyTicked,
    NoNumber,
    NotYetHeld,
    OtherNews,
    Seat,
    TooFewPlaces,
    WorkshopCancelled,
    WorkshopOver,
)
from tests.conftest import START

TODAY = START.date()
LOCAL = START.astimezone(ZoneInfo("Europe/Paris"))


def values_of(workshop: Workshop) -> dict:
    """What the form of a session sends when nothing is changed in it."""
    names = ("title", "partners", "bring", "site_id", "day", "minute", "duration", "places")
    return {name: getattr(workshop, name) for name in names}


def person(number: int) -> dict:
    return {"first_name": "Alix", "last_name": f"Numéro-{number}", "phone": f"+3319900123{number}"}


class Room:
    """A workshop of two places, by ids."""

    def __init__(self, database, places: int = 2, days: int = 3):
        self.database = database
        with database.writing() as session:
            site = session.scalars(select(Site).order_by(Site.id)).first()
            self.caf = site.caf_id
            made = create_workshop(session, f"key {places} {days}", site_id=site.id, title="Essai", minute=600,
                                   duration=60, places=places, day=TODAY + timedelta(days=days))  # fmt: skip
            self.id = made.id

    def enrol(self, number: int, key: str | None = None) -> tuple[int, str]:
        with self.database.writing() as session:
            kept = enrol(session, session.get(Workshop, self.id), person(number), key or f"key {number}", START, TODAY,
                         None)  # fmt: skip
            return kept.id, kept.seat

    def enrol_person(self, whom: dict, key: str, returns: bool = False) -> str:
        with self.database.writing() as session:
            return enrol(session, session.get(Workshop, self.id), whom, key, START, TODAY, None, returns).seat

    def cancel(self, enrolment: int, later: int = 0, hour: int = 8) -> tuple[Seat, int | None]:
        with self.database.writing() as session:
            local = datetime.combine(TODAY + timedelta(days=later), time(hour))
            done = cancel_enrolment(session, session.get(Enrolment, enrolment), local)
            return done.before, done.promoted.id if done.promoted else None

    def shown(self) -> dict[int, Seat]:
        """The boxes of its page, and where each was shown."""
        with self.database.reading() as session:
            listed = get_workshop(session, self.id, self.caf).enrolments
            return {item.id: item.seat_value for item in listed if item.seat_value is not Seat.CANCELLED}

    def mark(
        self, present: set[int], later: int = 3, nobody: bool = False, shown: dict[int, Seat] | None = None
    ) -> list[str]:
        """The seats once it is noted on a page that showed `shown`, by default the list as it is."""
        self.mark_and_check(present, self.shown() if shown is None else shown, later, nobody)
        return self.seats()[1]

    def mark_and_check(
        self, present: set[int], shown: dict[int, Seat], later: int = 3, nobody: bool = False
    ) -> list[int]:
        """Those to check."""
        with self.database.writing() as session:
            held = get_workshop(session, self.id, self.caf)
            now = LOCAL + timedelta(days=later, hours=1)  # it begins
            return [other.id for other in mark_presence(session, held, present, shown, now, nobody)]

    def change(self, later: int = 0, **values) -> bool:
        with self.database.writing() as session:
            mine = session.get(Workshop, self.id)
            return change_workshop(session, mine, LOCAL + timedelta(days=later), **values_of(mine) | values)

    def call_off(self, later: int = 0) -> bool:
        with self.database.writing() as session:
            return cancel_workshop(session, session.get(Workshop, self.id), START, TODAY + timedelta(days=later))

    def tell(self, enrolment: int, mark: str | None = None) -> str:
        """What `mark` names, by default the news there is; the mark it was told by."""
        with self.database.writing() as session:
            kept = session.get(Enrolment, enrolment)
            mark = mark or kept.news_mark
            mark_told(session, kept, mark)
            return mark

    def news_mark(self, enrolment: int) -> str:
        with self.database.reading() as session:
            return session.get(Enrolment, enrolment).news_mark

    def news(self) -> list[News | None]:
        with self.database.reading() as session:
            return [enrolment.news for enrolment in get_workshop(session, self.id, self.caf).enrolments]

    def seats(self) -> tuple[int, list[str]]:
        with self.database.reading() as session:
            shown = get_workshop(session, self.id, self.caf)
            return shown.taken, [enrolment.seat for enrolment in shown.enrolments]


@pytest.fixture
def room(database) -> Room:
    return Room(database)


def test_who_comes_after_the_last_place_waits_in_order(room):
    assert [room.enrol(n)[1] for n in range(4)] == ["inscrit", "inscrit", "attente", "attente"]
    assert room.seats() == (2, ["inscrit", "inscrit", "attente", "attente"])


def test_a_place_given_back_goes_to_the_first_who_waits_and_must_be_called(room):
    ids = [room.enrol(n)[0] for n in range(4)]
    assert room.cancel(ids[0]) == (Seat.ENROLLED, ids[2])
    assert room.seats() == (2, ["annule", "inscrit", "inscrit", "attente"])
    with room.database.reading() as session:
        assert [session.get(Enrolment, i).news for i in ids] == [None, None, News.PLACE, None]


def test_a_place_nobody_waits_for_is_free_again(room):
    first, _ = room.enrol(0)
    assert room.cancel(first) == (Seat.ENROLLED, None)
    assert room.seats() == (0, ["annule"])
    assert room.cancel(first) == (Seat.CANCELLED, None), "a second cancellation changes nothing"
    assert room.seats() == (0, ["annule"])


def test_who_waits_and_gives_up_takes_nobodys_place(room):
    ids = [room.enrol(n)[0] for n in range(3)]
    assert room.cancel(ids[2]) == (Seat.WAITING, None)
    assert room.seats() == (2, ["inscrit", "inscrit", "annule"])


def test_the_same_form_sent_twice_takes_one_place(room):
    assert room.enrol(0, "same") == room.enrol(0, "same")
    assert room.seats()[0] == 1


def test_nobody_enrols_in_a_workshop_of_yesterday(database):
    with pytest.raises(WorkshopOver):
        Room(database, days=-1).enrol(0)


def test_presence_is_noted_for_those_who_held_a_place(room):
    ids = [room.enrol(n)[0] for n in range(3)]
    assert room.mark({ids[0], 999}) == [Seat.PRESENT, Seat.ABSENT, Seat.WAITING]
    with pytest.raises(AlreadyMarked):
        room.cancel(ids[0])


def test_who_waited_and_came_is_noted_even_beyond_the_places_and_waits_again_when_it_was_a_mistake(room):
    ids = [room.enrol(n)[0] for n in range(4)]
    assert room.mark(set(ids)) == [Seat.PRESENT, Seat.PRESENT, Seat.EXTRA, Seat.EXTRA]
    assert room.seats()[0] == 2
    assert room.mark(set(ids[:3])) == [Seat.PRESENT, Seat.PRESENT, Seat.EXTRA, Seat.WAITING]
    with pytest.raises(AlreadyMarked):
        room.cancel(ids[2])


def test_who_waited_alone_and_came_is_somebody(room):
    ids = [room.enrol(n)[0] for n in range(3)]
    assert room.mark({ids[2]}) == [Seat.ABSENT, Seat.ABSENT, Seat.EXTRA]


def test_presence_is_noted_again_to_correct_it(room):
    ids = [room.enrol(n)[0] for n in range(2)]
    room.mark({ids[0]})
    assert room.mark({ids[1]}, later=10) == [Seat.ABSENT, Seat.PRESENT]


def test_who_was_not_on_the_page_is_not_noted_absent(database):
    room = Room(database, places=3)
    first, _ = room.enrol(0)
    shown = room.shown()
    second, _ = room.enrol(1)
    assert room.mark_and_check({first}, shown) == [second]
    assert room.seats()[1] == [Seat.PRESENT, Seat.ENROLLED]


def test_who_cancelled_meanwhile_is_not_noted_present_and_is_to_be_checked(room):
    ids = [room.enrol(n)[0] for n in range(2)]
    shown = room.shown()
    room.cancel(ids[0])
    assert room.mark_and_check(set(ids), shown) == [ids[0]]
    assert room.seats() == (1, [Seat.CANCELLED, Seat.PRESENT])


def test_two_who_note_presence_at_once_keep_what_each_of_them_ticked(room):
    ids = [room.enrol(n)[0] for n in range(2)]
    shown = room.shown()
    assert room.mark({ids[0]}, shown=shown) == [Seat.PRESENT, Seat.ABSENT]
    assert room.mark_and_check({ids[1]}, shown) == [ids[0]]
    assert room.seats()[1] == [Seat.PRESENT, Seat.PRESENT]


@pytest.mark.parametrize(("hour", "given"), [(9, True), (10, False), (23, False)])
def test_a_place_given_back_once_the_session_has_begun_calls_nobody(database, hour, given):
    room = Room(database, days=0, places=1)
    there, waits = (room.enrol(n)[0] for n in range(2))
    assert room.cancel(there, hour=hour) == (Seat.ENROLLED, waits if given else None)
    assert room.seats() == (int(given), [Seat.CANCELLED, Seat.ENROLLED if given else Seat.WAITING])


def test_a_cancellation_made_while_presence_is_noted_stays(database):
    room = Room(database, days=0)
    ids = [room.enrol(n)[0] for n in range(2)]
    shown = room.shown()
    marking = threading.Thread(target=lambda: room.mark_and_check({ids[1]}, shown, later=0))
    with database.writing() as session:
        cancel_enrolment(session, session.get(Enrolment, ids[0]), datetime.combine(TODAY, time(8)))
        marking.start()
        marking.join(0.5)  # enough to read the list, where nothing holds it back
    marking.join(30)
    assert room.seats() == (1, [Seat.CANCELLED, Seat.PRESENT])


def test_nobody_came_yet_before_it_begins(room):
    ids = [room.enrol(n)[0] for n in range(2)]
    early = LOCAL + timedelta(days=3, minutes=59)
    with room.database.writing() as session, pytest.raises(NotYetHeld):
        mark_presence(session, session.get(Workshop, room.id), set(ids), {}, early)
    assert room.seats()[1] == [Seat.ENROLLED, Seat.ENROLLED]


def test_that_nobody_came_must_be_said(room):
    ids = [room.enrol(n)[0] for n in range(3)]
    room.cancel(ids[2])
    for present in (set(), {999}, {ids[2]}):  # none of them is on the list
        with pytest.raises(NobodyTicked):
            room.mark(present)
    assert room.seats()[1] == [Seat.ENROLLED, Seat.ENROLLED, Seat.CANCELLED]
    assert room.mark(set(), nobody=True) == [Seat.ABSENT, Seat.ABSENT, Seat.CANCELLED]


def test_nobody_gets_a_place_in_a_session_that_is_over(room):
    ids = [room.enrol(n)[0] for n in range(3)]
    with pytest.raises(WorkshopOver):
        room.cancel(ids[0], later=4)
    assert room.seats() == (2, ["inscrit", "inscrit", "attente"])


ADA = {"first_name": "Zoé-Ada", "last_name": "Fictive", "phone": "+33199001234"}


@pytest.mark.parametrize("other", [ADA, {"first_name": "zoe ada", "last_name": "FICTIVE", "phone": "+33199001234"}])
def test_the_same_person_takes_one_place(room, other):
    room.enrol_person(ADA, "one")
    with pytest.raises(AlreadyEnrolled) as there:
        room.enrol_person(other, "two")
    assert there.value.seat is Seat.ENROLLED and room.seats() == (1, ["inscrit"])


def test_a_relative_at_the_same_number_and_a_namesake_at_another_take_a_place(room):
    room.enrol_person(ADA, "one")
    assert room.enrol_person(ADA | {"first_name": "Paul"}, "two") == "inscrit"
    assert room.enrol_person(ADA | {"phone": "+33199001235"}, "three") == "attente"


def test_who_cancelled_may_enrol_again(room):
    first, _ = room.enrol(0, "one")
    room.cancel(first)
    assert room.enrol(0, "two")[1] == "inscrit"


def test_who_waits_leaves_a_number_or_says_they_come_back(room):
    for number in range(2):
        room.enrol_person(person(number) | {"phone": ""}, f"place {number}")
    alix = person(2) | {"phone": ""}
    with pytest.raises(NoNumber):
        room.enrol_person(alix, "waits")
    assert room.seats() == (2, ["inscrit", "inscrit"])
    assert room.enrol_person(alix, "waits", returns=True) == "attente"


def test_sessions_held_lately_are_listed_the_last_first_until_thirty_days(database):
    rooms = {days: Room(database, days=days) for days in (-31, -30, -1, 0)}
    with database.reading() as session:
        listed = [shown.id for shown in past_workshops(session, rooms[0].caf, TODAY)]
        assert listed == [rooms[-1].id, rooms[-30].id]


def test_a_session_is_unmarked_until_who_came_is_noted(room):
    first, _ = room.enrol(0)
    with room.database.reading() as session:
        assert unmarked(session, [room.id]) == {room.id}
    room.mark({first})
    with room.database.reading() as session:
        assert unmarked(session, [room.id]) == set()


def test_another_day_is_told_to_everyone_on_the_list_and_another_title_to_nobody(room):
    ids = [room.enrol(n)[0] for n in range(3)]
    room.cancel(ids[0])
    assert not room.change(title="Autre titre") and room.news() == [None, None, News.PLACE]
    assert room.change(day=TODAY + timedelta(days=4))
    assert room.news() == [None, News.CHANGED, News.PLACE], "who was not told of a place hears the new day with it"
    room.tell(ids[1])
    assert room.news() == [None, None, News.PLACE]
    with room.database.reading() as session:
        assert people_to_tell(session, [room.id]) == {room.id: 1}


@pytest.mark.parametrize("change", [{"duration": 90}, {"bring": "Votre téléphone\nSon chargeur"}])
def test_a_duration_and_things_to_bring_are_told_until_it_begins(room, change):
    room.enrol(0)
    assert not room.change(), "nothing is changed"
    assert room.change(**change) and room.news() == [News.CHANGED]
    assert not room.change(**change), "nothing more is changed"


def test_a_duration_put_right_afterwards_is_told_to_nobody(database):
    room = Room(database, days=0)
    room.enrol(0)
    with database.writing() as session:
        mine = session.get(Workshop, room.id)
        assert not change_workshop(session, mine, LOCAL + timedelta(hours=1), **values_of(mine) | {"duration": 90})
    assert room.news() == [None]


def test_nobody_is_called_for_a_place_once_it_has_begun(database):
    room = Room(database, places=1, days=0)
    room.enrol(0), room.enrol(1)
    with database.writing() as session:
        mine = session.get(Workshop, room.id)
        assert not change_workshop(session, mine, LOCAL + timedelta(hours=1), **values_of(mine) | {"places": 2})
    assert room.seats()[1] == ["inscrit", "attente"] and room.news() == [None, None]


def test_who_is_noted_is_no_longer_to_be_told(room):
    first = [room.enrol(n)[0] for n in range(3)][0]
    assert room.change(duration=90) and room.news() == [News.CHANGED] * 3
    room.mark({first})
    assert room.news() == [None, None, None], "nor is who only waits"


@pytest.mark.parametrize("since", [Room.call_off, lambda room: room.change(day=TODAY + timedelta(days=5))])
def test_who_was_told_of_the_news_before_is_still_to_be_told_the_last(room, since):
    first, _ = room.enrol(0)
    room.change(day=TODAY + timedelta(days=4))
    mark = room.news_mark(first)
    since(room)
    with pytest.raises(OtherNews):
        room.tell(first, mark)
    assert room.news()[0] is not None
    mark = room.tell(first)
    assert room.tell(first, mark) and room.news() == [None], "told twice is once"


def test_places_added_go_to_those_who_wait_in_order(room):
    for number in range(4):
        room.enrol(number)
    assert room.change(places=3)
    assert room.seats() == (3, ["inscrit", "inscrit", "inscrit", "attente"])
    assert room.news() == [None, None, News.PLACE, None]
    assert room.change(places=6)
    assert room.seats() == (4, ["inscrit"] * 4)


def test_nobody_loses_a_place_when_there_are_fewer(room):
    for number in range(2):
        room.enrol(number)
    with pytest.raises(TooFewPlaces) as there:
        room.change(places=1)
    assert there.value.taken == 2 and room.seats()[0] == 2
    with pytest.raises(WorkshopOver):
        room.change(later=4, title="Trop tard")


def test_a_session_that_is_cancelled_keeps_its_list_to_tell_everyone(room):
    ids = [room.enrol(n)[0] for n in range(3)]
    room.cancel(ids[1])
    room.enrol(4)
    assert room.call_off()
    assert room.news() == [News.CANCELLED, None, News.CANCELLED, News.CANCELLED]
    room.tell(ids[0])
    assert not room.call_off(), "told once, nobody is to be told again"
    assert room.news()[0] is None
    for act in (lambda: room.enrol(7), lambda: room.cancel(ids[0]), lambda: room.mark({ids[0]}), room.change):
        with pytest.raises(WorkshopCancelled):
            act()
    with room.database.reading() as session:
        assert unmarked(session, [room.id]) == set()


def test_a_session_that_took_place_is_not_cancelled(room):
    first, _ = room.enrol(0)
    with pytest.raises(WorkshopOver):
        room.call_off(later=4)
    room.mark({first})
    with pytest.raises(AlreadyMarked):
        room.call_off(later=3)


def test_names_are_encrypted(room, instance):
    with room.database.writing() as session:
        named = {"first_name": "Zébulon", "last_name": "Introuvable", "phone": ""}
        enrol(session, session.get(Workshop, room.id), named, "secret", START, TODAY, None)
    content = b"".join(path.read_bytes() for path in instance.glob("counter.sqlite*"))
    assert b"Introuvable" not in content
