"""Setting up a workshop, enrolling someone, noting who came."""

from __future__ import annotations

from datetime import date, datetime

from wtforms import HiddenField
from wtforms.validators import StopValidation

from counter.attestations import Reason
from counter.formatting import birthday, date_long, hour, plural
from counter.forms.appointments import next_date
from counter.forms.fields import (
    AreaField,
    CardField,
    ChecksField,
    Choice,
    CounterForm,
    DayMaybeYearField,
    KeyedForm,
    Required,
    TextField,
    VersionedForm,
)
from counter.forms.validators import Lines, OneLine, PersonName, Phone
from counter.models import Workshop
from counter.places import site_names
from counter.slots import in_minutes
from counter.workshops import (
    MAX_PLACES,
    MIDNIGHT,
    DayPassed,
    HourPassed,
    Seat,
    TooFarAhead,
    YearUnsaid,
    check_day,
    check_hour,
)

RETURNS = "repassera"


class WholeNumber:
    """`what` (« la durée en minutes »), a number between two bounds, in figures."""

    def __init__(self, what: str, least: int, most: int):
        self.what, self.least, self.most = what, least, most

    def __call__(self, form, field):
        text = field.data or ""
        if not (text.isascii() and text.isdigit() and len(text) < 6 and self.least <= int(text) <= self.most):
            raise StopValidation(f"Écrivez {self.what} en chiffres, entre {self.least} et {self.most}.")


class ClockTime:
    """An hour as people write it: 14 h, 14h30, 14:30."""

    def __call__(self, form, field):
        if in_minutes(field.data or "") is None:
            raise StopValidation("Écrivez l'heure comme 14 h 30.")


class WorkshopForm(KeyedForm, VersionedForm):
    """A session to prepare; with `shown`, one to change, whose day and hour may stay what they are."""

    title = TextField("Nom de l'atelier", [Required("Écrivez le nom de l'atelier."), OneLine(120)], maxlength=200)
    partners = TextField("Avec qui ?", [OneLine(160)], maxlength=200, hint="Par exemple : Caf, CPAM et Département.")
    site = CardField("Où ?", [], [Required("Choisissez le lieu.")])
    day = DayMaybeYearField("Quel jour ?", [Required("")], hint="Écrivez l'année si c'est l'année prochaine.")
    starts = TextField("À quelle heure ?", [Required("Écrivez l'heure."), ClockTime()], width=12, maxlength=20)
    duration = TextField(
        "Durée en minutes",
        [Required("Écrivez la durée."), WholeNumber("la durée en minutes,", 15, 480)],
        width=12,
        inputmode="numeric",
    )
    places = TextField(
        "Nombre de places",
        [Required("Écrivez le nombre de places."), WholeNumber("le nombre de places", 1, MAX_PLACES)],
        width=12,
        inputmode="numeric",
    )

    shut = HiddenField()  # what was said of a place that is shut that day
    bring = AreaField("À apporter", [Lines(15)], hint="Une chose par ligne.", rows=2)

    def __init__(self, *args, sites, now: datetime, shown: Workshop | None = None, **kwargs):
        known = _typed(shown) if shown else {}
        super().__init__(*args, data=known, **kwargs)
        self.watch(known)
        self.now, self.shown = now, shown
        self.site.cards = [Choice(str(number), name) for number, name in site_names(sites).items()]

    def says(self, known: dict) -> bool:
        """Hours and days are written in many ways: what they come to counts."""
        typed = self.values()
        return self.shown is not None and all(getattr(self.shown, name) == value for name, value in typed.items())

    def validate(self, extra_validators=None) -> bool:
        valid = super().validate(extra_validators)
        if self.day.errors:
            return False
        if self._stays():
            return valid
        try:
            check_day(self._day(), self.day.data[2] is not None, self.now.date())
            if not self.starts.errors:
                check_hour(self._day(), in_minutes(self.starts.data), self.now)
        except HourPassed:
            self.starts.errors = ["Cette heure est déjà passée : écrivez une heure à venir, ou un autre jour."]
        except (DayPassed, YearUnsaid, TooFarAhead) as refusal:
            self.day.errors = [_day_sentence(refusal, self._day())]
        return valid and not self.day.errors and not self.starts.errors

    def validate_duration(self, field):
        starts = in_minutes(self.starts.data or "")
        if starts is not None and starts + int(field.data) > MIDNIGHT:
            raise StopValidation(
                "L'atelier finirait après minuit : écrivez une durée plus courte, ou une heure plus tôt."
            )

    def _stays(self) -> bool:
        """Whether the session keeps its day and hour, even one that has begun."""
        there = (self._day(), in_minutes(self.starts.data or ""))
        return self.shown is not None and there == (self.shown.day, self.shown.minute)

    def where_and_when(self) -> tuple[int, date]:
        """Site and day."""
        return int(self.site.data), self._day()

    def is_meant(self, why: str) -> bool:
        """Whether the place is open that day, or was said not to be (`why`) and the form is sent again all the same."""
        said = f"{self.site.data} {why}"
        if not why or self.shut.data == said:
            return True
        self.shut.data = said
        self.day.errors = [f"{why} Écrivez un autre jour. L'atelier a quand même lieu ? Validez de nouveau."]
        return False

    def ask_for_places(self, taken: int) -> None:
        """Say that so many people hold a place."""
        self.places.errors = [
            f"{taken} personnes ont déjà une place : écrivez {taken} ou plus, ou annulez d'abord des inscriptions."
        ]

    def say_already_marked(self) -> None:
        """Say that the day, the hour and the place of a session that took place stay."""
        self.day.errors = ["Les présences sont déjà notées : le jour, l'heure et le lieu ne changent plus."]

    def say_attested(self, papers: int) -> None:
        """Say what is to be done before what the papers say is changed."""
        them = "la" if papers == 1 else "les"
        self.form_errors = [
            f"{plural(papers, 'attestation porte', 'attestations portent')} déjà le nom, la durée et les partenaires "
            f"de cet atelier. Annulez-{them} d'abord, avec la raison « {Reason.FACTS.label} ». Changez ensuite "
            f"l'atelier, puis refaites-{them}."
        ]

    def _day(self) -> date:
        day, month, year = self.day.data
        return date(year, month, day) if year else next_date((day, month), self.now.date())

    def values(self) -> dict:
        """The columns of the workshop."""
        return {
            "title": self.title.data,
            "partners": self.partners.data or "",
            "site_id": int(self.site.data),
            "day": self._day(),
            "minute": in_minutes(self.starts.data),
            "duration": int(self.duration.data),
            "places": int(self.places.data),
            "bring": self.bring.data or "",
        }


def _typed(shown: Workshop) -> dict:
    """What the form of a session that is there begins with."""
    return {
        "title": shown.title,
        "partners": shown.partners,
        "site": str(shown.site_id),
        "day": (shown.day.day, shown.day.month, shown.day.year),
        "starts": hour(shown.minute),
        "duration": str(shown.duration),
        "places": str(shown.places),
        "bring": shown.bring,
    }


def _day_sentence(refusal: Exception, day: date) -> str:
    """What to write instead of this day."""
    if isinstance(refusal, TooFarAhead):
        return f"Le {date_long(day)}, c'est dans plus de deux ans : vérifiez l'année."
    if isinstance(refusal, DayPassed):
        return f"Le {date_long(day)} est passé : écrivez un jour à venir."
    if (day.day, day.month) == (29, 2):
        return f"Il n'y a pas de 29 février avant {day.year} : écrivez un autre jour, ou ajoutez l'année."
    return (
        f"Le {birthday(day.day, day.month)} est passé : écrivez un jour à venir, avec son année s'il est l'année "
        "prochaine."
    )


class EnrolForm(KeyedForm):
    first_name = TextField("Prénom", [Required("Écrivez le prénom."), PersonName()], maxlength=200)
    last_name = TextField("Nom", [Required("Écrivez le nom."), PersonName()], maxlength=200)
    phone = TextField("Téléphone", [Phone()], inputmode="tel", type="tel", width=20, maxlength=30,
                      hint="Pour prévenir si une place se libère.")  # fmt: skip
    returns = ChecksField("Pas de numéro ?", [Choice(RETURNS, "La personne n'a pas de téléphone : elle repassera")])
    at_door = HiddenField()

    def is_at_door(self) -> bool:
        """Whether the page said that who is enrolled is noted as there."""
        return self.at_door.data == "oui"

    def for_who_comes(self) -> None:
        """The session has begun: who is written down sits in, nobody has to be told anything."""
        self.at_door.data, self.phone.hint, self.phone.flags.required = "oui", "", False

    def will_return(self) -> bool:
        """Whether the person has no telephone and said they will come back to ask."""
        return RETURNS in (self.returns.data or ())

    def ask_for_a_number(self) -> None:
        """Say that who waits must be told, one way or the other."""
        self.phone.errors = [
            "L'atelier est complet. Écrivez un numéro pour prévenir la personne, ou cochez qu'elle repassera."
        ]

    def say_already_enrolled(self, seat: Seat) -> None:
        """Say that the same person is there already, and what to do when it is someone else."""
        where = "sur la liste d'attente" if seat is Seat.WAITING else "dans la liste des inscrits"
        number = "avec ce numéro" if self.phone.data else "sans numéro"
        tick = " Si c'est elle, cochez son nom dans la liste." if self.is_at_door() else ""
        self.first_name.errors = [
            f"Une personne de ce nom, {number}, est déjà {where}.{tick} Si c'est quelqu'un d'autre, ajoutez son "
            f"deuxième prénom{'' if self.phone.data else ' ou son numéro'}."
        ]

    def person(self) -> dict:
        return {
            "first_name": self.first_name.data,
            "last_name": self.last_name.data,
            "phone": getattr(self.phone, "normal", ""),
        }


class PresenceForm(CounterForm):
    """Boxes named `present`, one an enrolment, each with the seat it was shown at (`shown-inscrit`…), and `nobody` when
    none is ticked; only its protection is a field."""
