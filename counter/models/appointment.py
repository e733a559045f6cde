"""Appointments (the truth) and the holds that protect a slot while an agent types."""

from __future__ import annotations

import re
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from counter.appointments import GIVEN_BACK, OUTCOMES, WITHOUT_OUTCOME, EventKind, Status
from counter.models.agent import Agent
from counter.models.base import Base, Day, Digest, Moment, Person, Second, Uid
from counter.models.opening import Opening
from counter.models.place import Motif, Site
from counter.slots import FreedTime, Mode, Slot, has_begun

_CAF = re.compile(r"\b(caf|allocations familiales)\b", re.IGNORECASE)


class Appointment(Base):
    """`index` and `count` are the intervals it holds at its opening's `desk`; `minute` is the local
    time of day and `duration` the minutes promised. `person` holds everything that names someone, and their code.
    `changed_at` is the last move, change of motif or cancellation; `agent_id` booked it, `seen_by_id` received.
    `uid` is that of the calendars, and of the form that made it: counter.appointments.uid_of.
    `to_move`: its opening no longer receives then (closure, opening ended); the person must be called."""

    __tablename__ = "appointment"
    __table_args__ = (Index("ix_appointment_site_day", "site_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(Uid, unique=True)
    sequence: Mapped[int] = mapped_column(default=0)
    code_index: Mapped[str] = mapped_column(Digest(8), unique=True)
    person: Mapped[dict] = mapped_column(Person("appointment.person"))
    status: Mapped[str] = mapped_column(String(14), default=Status.BOOKED)
    motif_id: Mapped[int] = mapped_column(ForeignKey("motif.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    opening_id: Mapped[int] = mapped_column(ForeignKey("opening.id"))
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id", ondelete="SET NULL"))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    mode: Mapped[str] = mapped_column(String(12))
    day: Mapped[date] = mapped_column(Day)
    desk: Mapped[int]
    index: Mapped[int]
    count: Mapped[int]
    minute: Mapped[int]
    duration: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(Second)
    cancelled_at: Mapped[datetime | None] = mapped_column(Moment)
    changed_at: Mapped[datetime | None] = mapped_column(Moment)
    arrived_at: Mapped[datetime | None] = mapped_column(Moment)
    called_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    seen_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    to_move: Mapped[bool] = mapped_column(default=False, server_default=false())
    motif: Mapped[Motif] = relationship()
    site: Mapped[Site] = relationship()
    opening: Mapped[Opening] = relationship()

    @property
    def mode_value(self) -> Mode:
        return Mode(self.mode)

    @property
    def code(self) -> str:
        return self.person["code"]

    @property
    def name(self) -> str:
        return f"{self.person['first_name']} {self.person['last_name']}"

    @property
    def careful(self) -> bool:
        """« Contact prudent »: no message goes out, and no paper tells why the person comes."""
        return bool(self.person.get("careful"))

    @property
    def told_motif(self) -> str:
        """The motif as a paper may name it; "" when it is sensitive or the contact careful."""
        return "" if self.motif.sensitive or self.careful else self.motif.plain_label

    def told_name(self, site: Site) -> str:
        """The name of a place, its own or one it may go to, as the person is given it; "" when it would name the Caf
        of a careful contact."""
        return "" if self.careful and _CAF.search(site.name) else site.name

    @property
    def told_place(self) -> str:
        """The name of its place, under the same rule."""
        return self.told_name(self.site)

    @property
    def told_bring(self) -> list[str]:
        """What to bring, nothing for a careful contact: it would tell the subject."""
        return [] if self.careful else self.motif.bring_list

    @property
    def told_before(self) -> str:
        """What to know before, as a paper may say it: nothing where it could tell a motif that is not told."""
        return self.motif.before if self.told_motif else ""

    @property
    def told_after(self) -> str:
        """What to do after, under the same rule."""
        return self.motif.after if self.told_motif else ""

    @property
    def listed_motif(self) -> str:
        """The motif as lists on screen and on paper name it; "" for a careful contact: only its own page tells."""
        return "" if self.careful else self.motif.plain_label

    @property
    def still_offered(self) -> bool:
        """Whether its motif is still booked in its mode: only then is another hour of the same to be chosen."""
        return self.motif.active and self.motif.duration(self.mode_value) is not None

    @property
    def video_url(self) -> str:
        """Where a video appointment is held: its motif's address, else its site's; "" when there is none.

        Where the motif must not be told, to a relative neither, the site's comes first: the other could tell it.
        """
        if self.mode != Mode.VIDEO:
            return ""
        hidden = not self.told_motif or self.person.get("contact_shared")
        addresses = (self.motif.video_url, self.site.video_url)
        return next(filter(None, reversed(addresses) if hidden else addresses), "")

    @property
    def is_cancelled(self) -> bool:
        return self.status in GIVEN_BACK

    @property
    def must_move(self) -> bool:
        """Its place is gone, and it has not become anything else since."""
        return self.to_move and self.status == Status.BOOKED

    def has_begun(self, now: datetime) -> bool:
        """Whether its hour has come. `now` is on the wall clock of its site, here and below."""
        return has_begun(self.day, self.minute, now)

    def may_change_alone(self, now: datetime) -> bool:
        """Whether the person can move or cancel it with their code: booked, and its hour not come."""
        return self.status == Status.BOOKED and not self.has_begun(now)

    def is_coming(self, now: datetime) -> bool:
        """Whether its paper still serves: no outcome yet, its hour not come, nothing to move."""
        return self.status in WITHOUT_OUTCOME and not self.must_move and not self.has_begun(now)

    def is_over(self, now: datetime) -> bool:
        """Whether it has its outcome, or its hour has come and the person is neither in the waiting room nor with an
        agent."""
        here = self.status in (Status.ARRIVED, Status.CALLED) and self.day == now.date()
        return self.status in OUTCOMES or (self.has_begun(now) and not here)

    @property
    def void(self) -> bool:
        """Nobody comes with its paper any more."""
        return self.is_cancelled or self.status in (Status.ABSENT, Status.EXCUSED)

    @property
    def status_value(self) -> Status:
        return Status(self.status)

    @property
    def slot(self) -> Slot:
        """Where it stands."""
        return Slot(self.day, self.minute, self.site_id, self.mode_value, self.opening_id, self.index)


class AppointmentEvent(Base):
    """What happened to an appointment after it was booked: who, when, from when to when. Names nobody.

    `detail` is a code: a reason, `pris>arrive`, motif and opening before and after a change (`3@12>5@12`), the number
    of the appointment that follows, or how a call ended (`jointe`, `sans-reponse>deplacer`).
    `agent_id` is None for the person.
    The key makes an act sent twice one act.
    """

    __tablename__ = "appointment_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointment.id", ondelete="CASCADE"), index=True)
    idempotency_key: Mapped[str | None] = mapped_column(Digest, unique=True)
    kind: Mapped[str] = mapped_column(String(12))
    detail: Mapped[str] = mapped_column(String(40), default="")
    at: Mapped[datetime] = mapped_column(Moment)
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    from_day: Mapped[date | None] = mapped_column(Day)
    from_minute: Mapped[int | None]
    to_day: Mapped[date | None] = mapped_column(Day)
    to_minute: Mapped[int | None]
    agent: Mapped[Agent | None] = relationship()

    @property
    def kind_value(self) -> EventKind:
        return EventKind(self.kind)


class WaitingRequest(Base):
    """« Prévenez-moi si une place plus tôt se libère »: in the order of `since`, not before the day `earliest`.

    `hold_token`, `offered_slot` and `offered_until` are set while a place is kept to be offered. `let_pass`: the places
    that were kept and that they did not take, which are not offered to them again; keys of FreedTime, in a row.
    """

    __tablename__ = "waiting_request"
    __table_args__ = (UniqueConstraint("appointment_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointment.id", ondelete="CASCADE"))
    since: Mapped[datetime] = mapped_column(Moment)
    earliest: Mapped[date | None] = mapped_column(Day)
    hold_token: Mapped[str | None] = mapped_column(String(36))
    offered_slot: Mapped[str | None] = mapped_column(String(40))
    offered_until: Mapped[datetime | None] = mapped_column(Moment)
    let_pass: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    appointment: Mapped[Appointment] = relationship()

    def has_let_pass(self, time: FreedTime) -> bool:
        """Whether it was asked about that time before, or some of it."""
        return any(time.overlaps(FreedTime.of_key(key)) for key in self.let_pass.split())


class Hold(Base):
    """Intervals taken out of the free time until `expires_at`, for whoever has the `token`."""

    __tablename__ = "hold"

    token: Mapped[str] = mapped_column(String(36), primary_key=True)
    opening_id: Mapped[int] = mapped_column(ForeignKey("opening.id", ondelete="CASCADE"))
    motif_id: Mapped[int] = mapped_column(ForeignKey("motif.id", ondelete="CASCADE"))
    day: Mapped[date] = mapped_column(Day)
    desk: Mapped[int]
    index: Mapped[int]
    count: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)
