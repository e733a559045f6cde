"""Choosing a slot (plain GET), giving contact details, finding an appointment by its code."""

from __future__ import annotations

from datetime import date, timedelta

from werkzeug.datastructures import MultiDict
from wtforms import HiddenField

from counter.appointments import CancelReason
from counter.diagnosis import Need
from counter.formatting import DAYS, day_long, phone, spoken_list
from counter.forms.fields import (
    CardField,
    ChecksField,
    Choice,
    ChoiceField,
    CounterForm,
    DayMonthField,
    KeyedForm,
    Required,
    TextField,
)
from counter.forms.validators import Email, OneLine, PersonName, Phone
from counter.places import communes, site_names, within
from counter.slots import Half, Mode
from counter.store.slots import SlotFilter

THE_PERSON, SOMEONE_ELSE = "personne", "proche"
CAREFUL = "prudent"


class SlotFilterForm(CounterForm):
    """The filters of the slot page, as they stand in its address: a search is a link one can keep."""

    class Meta(CounterForm.Meta):
        csrf = False

    comment = ChecksField("Comment ?", [Choice(mode, mode.label, mode.icon) for mode in Mode])
    lieu = ChecksField("Où ?", [], most=12)
    jour = ChecksField("Quel jour ?", [Choice(str(number), DAYS[number]) for number in range(7)])
    moment = ChecksField("À quel moment ?", [Choice(half, half.label) for half in Half])
    des = DayMonthField("À partir du")
    pres = ChoiceField("Près de", [("", "Peu importe")], default="")
    km = ChoiceField("À moins de", [(str(km), f"{km} km") for km in (10, 20, 30, 50)], default="20")

    def __init__(self, args: MultiDict, sites, modes, receiving: set[int]):
        """`receiving`: the sites that may have such appointments; the others are not to choose."""
        super().__init__(formdata=args)
        self.sites, self.names, self.communes = sites, site_names(sites), communes(sites)
        self.pres.options = [*self.pres.options, *((name, name) for name in self.communes)]
        self.lieu.cards = [Choice(str(number), name) for number, name in self.names.items() if number in receiving]
        self.lieu.choices = [card.value for card in self.lieu.cards]
        self.comment.cards = [card for card in self.comment.cards if card.value in modes]

    def wanted(self, today: date) -> SlotFilter:
        """The filter, what is not understood being left out."""
        self.validate()
        halves = [] if self.moment.errors else self.moment.data or []
        return SlotFilter(
            modes=frozenset() if self.comment.errors else frozenset(Mode(m) for m in self.comment.data or ()),
            site_ids=frozenset() if self.lieu.errors else frozenset(int(s) for s in self.lieu.data or ()),
            weekdays=frozenset() if self.jour.errors else frozenset(int(d) for d in self.jour.data or ()),
            half=Half(halves[0]) if len(halves) == 1 else None,  # both is the whole day
            first_day=from_day(self.des.data, today) if self.des.data and not self.des.errors else None,
        )

    def near(self) -> dict[int, int] | None:
        """Site -> kilometres, of the sites near the commune that was chosen; None when none was, or not understood."""
        centre = self.communes.get(self.pres.data or "")
        return None if centre is None or self.km.errors else within(self.sites, centre, int(self.km.data))

    def left_out(self, wanted: SlotFilter, near: dict[int, int] | None) -> str:
        """Which ticked places are further away than the person goes, in a sentence; "" when none is."""
        far = [self.names[number] for number in sorted(wanted.site_ids) if near is not None and number not in near]
        if not far:
            return ""
        verb, whose = ("est", "ses") if len(far) == 1 else ("sont", "leurs")
        where = f"{verb} à plus de {self.km.data} km de {self.pres.data}"
        return f"{spoken_list(far)} {where} : {whose} créneaux sur place ne sont pas montrés."


def next_date(day_month: tuple[int, int], today: date) -> date | None:
    """The next such day from today on (29 February: the next one there is)."""
    day, month = day_month
    for year in range(today.year, today.year + 9):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found >= today:
            return found
    return None


def from_day(day_month: tuple[int, int], today: date) -> date | None:
    """« À partir du »: such a day less than two months ago is meant as from today on, else the next such day."""
    since = next_date(day_month, today - timedelta(days=59))
    return since and max(since, today)


class ContactForm(KeyedForm):
    """Who comes. Only the name and the day and month of birth are asked; the rest helps."""

    motif = HiddenField()
    creneau = HiddenField()
    first_name = TextField("Prénom", [Required("Écrivez le prénom."), PersonName()], autocomplete="off", maxlength=200)
    last_name = TextField("Nom", [Required("Écrivez le nom."), PersonName()], autocomplete="off", maxlength=200)
    birth = DayMonthField(
        "Jour et mois de naissance",
        [Required("")],
        hint="Avec le code, ils permettent de retrouver le rendez-vous. L'année n'est pas demandée.",
    )
    phone = TextField(
        "Téléphone", [Phone()], inputmode="tel", type="tel", width=20, maxlength=30, hint="Fixe ou mobile."
    )
    email = TextField(
        "E-mail", [Email()], inputmode="email", type="email", maxlength=200, hint="Pour recevoir la confirmation."
    )
    contact_of = CardField(
        "À qui sont ce téléphone ou cet e-mail ?",
        [Choice(THE_PERSON, "À la personne"), Choice(SOMEONE_ELSE, "À un proche")],
        default=THE_PERSON,
    )
    contact_name = TextField(
        "Nom du proche", [PersonName()], width=30, maxlength=200, hint="Seulement si c'est le contact d'un proche."
    )
    needs = ChecksField("Pour être bien reçu", [Choice(need, need.label, need.icon) for need in Need])
    language = TextField("Langue de l'interprète", [OneLine(40)], width=20, maxlength=40)

    careful = ChecksField(
        "Faut-il être prudent ?",
        [Choice(CAREFUL, "Contact prudent : aucun message, papier sans motif", "shield")],
        hint="Quand un proche ne doit pas savoir pourquoi la personne vient.",
    )

    def __init__(self, *args, mode: Mode, **kwargs):
        super().__init__(*args, **kwargs)
        self.mode = mode
        if mode is Mode.PHONE:
            self.phone.hint = "La Caf appelle à ce numéro. Relisez-le à voix haute."
            self.phone.flags.required = True
        if mode is Mode.VIDEO:
            self.email.hint = "Le lien de la visio y sera envoyé. Contact prudent : rien n'est envoyé, laissez vide."
            self.email.flags.required = True

    def validate(self, extra_validators=None) -> bool:
        if self.contact_of.data != SOMEONE_ELSE:
            self.contact_name.data = ""
        if Need.INTERPRETER not in (self.needs.data or ()):
            self.language.data = ""
        valid = super().validate(extra_validators)
        if self.mode is Mode.PHONE and not self.phone.data:
            self.phone.errors = ["Pour un rendez-vous par téléphone, écrivez le numéro à appeler."]
            return False
        if self.mode is Mode.VIDEO and not (self.email.data or self._is_careful()):
            self.email.errors = ["Pour un rendez-vous en visio, écrivez une adresse e-mail."]
            return False
        return valid

    def _is_careful(self) -> bool:
        return CAREFUL in (self.careful.data or ())

    def person(self) -> dict:
        """What is kept, encrypted, of the person."""
        day, month = self.birth.data
        shared = self.contact_of.data == SOMEONE_ELSE
        return {
            "first_name": self.first_name.data,
            "last_name": self.last_name.data,
            "birth_day": day,
            "birth_month": month,
            "phone": getattr(self.phone, "normal", ""),
            "email": self.email.data or "",
            "contact_name": (self.contact_name.data or "") if shared else "",
            "contact_shared": shared,
            "needs": list(self.needs.data or ()),
            "language": self.language.data or "",
            "careful": self._is_careful(),
        }


def typed_of(person: dict) -> dict:
    """What `ContactForm` is filled with to say the same person again."""
    return {
        "first_name": person["first_name"],
        "last_name": person["last_name"],
        "birth": (person["birth_day"], person["birth_month"]),
        "phone": phone(person["phone"]) if person["phone"] else "",
        "email": person["email"],
        "contact_of": SOMEONE_ELSE if person["contact_shared"] else THE_PERSON,
        "contact_name": person["contact_name"],
        "needs": list(person["needs"]),
        "language": person["language"],
        "careful": [CAREFUL] if person.get("careful") else [],
    }


class FindAppointmentForm(CounterForm):
    code = TextField(
        "Code du rendez-vous",
        [Required("Écrivez le code : 8 lettres et chiffres."), OneLine(20, printed=False)],
        width=12,
        maxlength=20,
        hint="Il est sur le papier du rendez-vous, par exemple ABCD-EFGH.",
    )
    birth = DayMonthField("Jour et mois de naissance", [Required("")])


class CancelForm(CounterForm):
    """Only a confirmation: it carries no field but its protection."""


class ActForm(KeyedForm):
    """Buttons that act once, without any field."""


class CancelReasonForm(KeyedForm):
    """Why an agent cancels."""

    reason = CardField(
        "Pourquoi l'annuler ?",
        [Choice(reason, reason.label, reason.icon, reason.detail) for reason in CancelReason],
        [Required("Choisissez pourquoi.")],
    )

    def __init__(self, *args, begun: bool = False, **kwargs):
        """Once its hour has come, who does not come is absent or excused."""
        super().__init__(*args, **kwargs)
        if begun:
            self.reason.cards = [card for card in self.reason.cards if card.value != CancelReason.PERSON]
            self.reason.choices = [card.value for card in self.reason.cards]

    def reason_value(self) -> CancelReason:
        return CancelReason(self.reason.data)


class WaitForm(KeyedForm):
    """On the waiting list, perhaps not before a day."""

    pas_avant = DayMonthField("Pas avant le", hint="Laissez vide si tous les jours conviennent.")

    def comes_before(self, day: date, today: date) -> bool:
        """Whether a place from then on could be earlier than that day; says so when none can."""
        earliest = self.earliest(today)
        if earliest is None or earliest <= day:
            return True
        self.pas_avant.errors = [f"Le rendez-vous est le {day_long(day)} : écrivez un jour plus tôt."]
        return False

    def earliest(self, today: date) -> date | None:
        return from_day(self.pas_avant.data, today) if self.pas_avant.data else None
