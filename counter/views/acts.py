"""What is done to an appointment, whoever does it: the row, its message, the waiting list and the journal, in one
transaction. An agent does it for someone; a person does it with their code, at home or before a kiosk."""

from __future__ import annotations

from sqlalchemy.orm import Session

from counter.appointments import CancelReason, WrongCode, normal_code
from counter.journal import Act, Subject
from counter.messages import Kind
from counter.models import Appointment
from counter.sending import outgoing
from counter.slots import FreedTime
from counter.store import appointments as store
from counter.store import waiting
from counter.store.history import act_done
from counter.store.messages import abandon, means_of, queue
from counter.throttle import Guess
from counter.web import note, now, reading, services


def find_by_code(place: str, typed: str, birth: tuple[int, int]) -> Appointment:
    """The appointment of a code and of the day and month of birth; failures are counted by `place` and by code.

    Raises WrongCode, the same whichever is wrong, and TooManyTries.
    """
    throttle, code = services().throttle, normal_code(typed)
    throttle.check(Guess.APPOINTMENT_CODE, place)
    throttle.check(Guess.APPOINTMENT_CODE, code)
    try:
        return store.find_by_code(reading(), services().keys.vault, code, *birth)
    except WrongCode:
        throttle.failed(Guess.APPOINTMENT_CODE, place)
        throttle.failed(Guess.APPOINTMENT_CODE, code)
        raise


def tell_booked(main: Session, number: int, person: dict) -> None:
    """It was just made for that person: its confirmation, where one can be sent; its line in the journal."""
    here = outgoing()
    if means_of(person, here):
        queue(main, store.appointment_by_id(main, number), Kind.CONFIRMATION, here, now())
    note(main, Act.CREATED, Subject.APPOINTMENT, number)


def move(main: Session, booked: Appointment, slot: str, key: str, **by) -> bool:
    """To another slot; `by` are the agent, the other motif and the hold, as `store.move` takes them. Raises its
    refusals. Returns whether it is elsewhere now for the person: one that was to move and takes its own hour again is
    as they know it, and nothing is sent; nor for a form sent twice."""
    changes = booked.slot.key != slot or by.get("motif") is not None
    freed = store.move(main, booked, slot, key, now(), **by)
    if freed is None:
        return act_done(main, key) and booked.slot.key == slot and not booked.is_cancelled
    if changes:
        _tell(main, booked, Kind.CHANGE, Act.CHANGED, freed)
    else:
        note(main, Act.CHANGED, Subject.APPOINTMENT, booked.id, "meme heure")
    return changes


def take_offer(main: Session, appointment_id: int, slot: str, key: str, agent_id: int | None) -> bool:
    """The earlier place, for who waits and said yes. Returns whether it is theirs now: nothing is sent to who cancelled
    meanwhile, nor when another place was kept for them since."""
    taken = waiting.accept(main, appointment_id, slot, key, now(), agent_id)
    if taken:
        queue(main, store.appointment_by_id(main, appointment_id), Kind.CHANGE, outgoing(), now())
    return taken


def answer_offer(
    main: Session, appointment_id: int, slot: str, yes: bool, key: str, agent_id: int | None = None
) -> bool:
    """What was said of the earlier place, the one that was read to them. Returns whether it was still kept for them, or
    is theirs already: a yes sent twice is one."""
    if yes:
        done = take_offer(main, appointment_id, slot, key, agent_id)
    else:
        done = waiting.refuse(main, appointment_id, slot, now())
    if done:
        note(main, Act.CHANGED, Subject.APPOINTMENT, appointment_id, f"place-plus-tot {'oui' if yes else 'non'}")
        return True
    booked = store.appointment_by_id(main, appointment_id)
    return yes and booked is not None and booked.slot.key == slot and not booked.is_cancelled


def correct(main: Session, booked: Appointment, person: dict, agent_id: int) -> None:
    """Who comes, said better. Where messages go elsewhere from now on, those that waited are sent anew."""
    before = {name: booked.person.get(name) for name in _WHERETO}
    if not store.correct(main, booked, person, now(), agent_id):
        return
    note(main, Act.CHANGED, Subject.APPOINTMENT, booked.id, "coordonnees")
    if before != {name: person.get(name) for name in _WHERETO}:
        abandon(main, booked.id)
        queue(main, booked, Kind.CONFIRMATION, outgoing(), now())


_WHERETO = ("phone", "email", "contact_shared", "careful", "first_name")


def cancel(
    main: Session, booked: Appointment, reason: CancelReason = CancelReason.PERSON, agent_id: int | None = None
) -> bool:
    """Give its time back; twice is once. Returns whether it is cancelled now: not when it had its outcome before."""
    freed = store.cancel(main, booked, now(), reason, agent_id)
    if freed is not None:
        _tell(main, booked, Kind.CANCELLATION, Act.CANCELLED, freed)
    return booked.is_cancelled


def _tell(main: Session, booked: Appointment, kind: Kind, act: Act, freed: FreedTime) -> None:
    """Its message, and the time it leaves to who waits for it."""
    queue(main, booked, kind, outgoing(), now())
    waiting.after_change(main, booked.id, freed, now())
    note(main, act, Subject.APPOINTMENT, booked.id)
