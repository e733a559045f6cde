"""Setting up a workshop, enrolling someone, noting who came."""

from __future__ import annotations

from datetime import date

from wtforms.validators import StopValidation

from counter.forms.appointments import next_date
from counter.forms.fields import CardField, Choice, CounterForm, DayMonthField, KeyedForm, Required, TextField
from counter.forms.validators import OneLine, PersonName, Phone
from counter.slots import in_minutes
from counter.workshops import MAX_PLACES


class WholeNumber:
    """A number between two bounds, in figures."""

    def __init__(self, least: int, most: int):
        self.least, self.most = least, most

    def __call__(self, form, field):
        text = field.data or ""
        if not (text.isascii() and text.isdigit() and len(text) < 6 and self.least <= int(text) <= self.most):
            raise StopValidation(f"Écrivez un nombre entre {self.least} et {self.most}, en chiffres.")


class ClockTime:
    """An hour as people write it: 14 h, 14h30, 14:30."""

    def __call__(self, form, field):
        if in_minutes(field.data or "") is None:
            raise StopValidation("Écrivez l'heure comme 14 h 30.")


class WorkshopForm(KeyedForm):
    title = TextField("Nom de l'atelier", [Required("Écrivez le nom de l'atelier."), OneLine(120)], maxlength=200)
    partners = TextField("Avec qui ?", [OneLine(160)], maxlength=200, hint="Par exemple : Caf, CPAM et Département.")
    site = CardField("Où ?", [], [Required("Choisissez le lieu.")])
    day = DayMonthField("Quel jour ?", [Required("")])
    starts = TextField("À quelle heure ?", [Required("Écrivez l'heure."), ClockTime()], width=12, maxlength=20)
    duration = TextField(
        "Durée en minutes", [Required("Écrivez la durée."), WholeNumber(15, 480)], width=12, inputmode="numeric"
    )
    places = TextField(
        "Nombre de places", [Required("Écrivez le nombre."), WholeNumber(1, MAX_PLACES)], width=12, inputmode="numeric"
    )

    def __init__(self, *args, sites, **kwargs):
        super().__init__(*args, **kwargs)
        self.site.cards = [Choice(str(site.id), site.short_name) for site in sites]

    def values(self, today: date) -> dict:
        """The columns of the workshop."""
        return {
            "title": self.title.data,
            "partners": self.partners.data or "",
            "site_id": int(self.site.data),
            "day": next_date(self.day.data, today),
            "minute": in_minutes(self.starts.data),
            "duration": int(self.duration.data),
            "places": int(self.places.data),
        }


class EnrolForm(KeyedForm):
    first_name = TextField("Prénom", [Required("Écrivez le prénom."), PersonName()], maxlength=200)
    last_name = TextField("Nom", [Required("Écrivez le nom."), PersonName()], maxlength=200)
    phone = TextField("Téléphone", [Phone()], inputmode="tel", type="tel", width=20, maxlength=30,
                      hint="Pour prévenir si une place se libère.")  # fmt: skip

    def person(self) -> dict:
        return {
            "first_name": self.first_name.data,
            "last_name": self.last_name.data,
            "phone": getattr(self.phone, "normal", ""),
        }


class PresenceForm(CounterForm):
    """Boxes named `present`, one an enrolment; only its protection is a field."""
