"""Setting up: a Caf, its motifs and its sites."""

from __future__ import annotations

import zoneinfo

from wtforms import BooleanField
from wtforms.validators import StopValidation

from counter.appointments import Audience
from counter.directory import department_code
from counter.formatting import plural
from counter.forms.fields import (
    AreaField,
    CardField,
    Choice,
    ChoiceField,
    CounterForm,
    FileField,
    NumberField,
    Required,
    TextField,
    VersionedForm,
)
from counter.forms.openings import SeenForm, words_of
from counter.forms.validators import EachOnce, Lines, OneLine, ReminderDays, VideoAddress
from counter.habilitations import siret_fault
from counter.lobby import LONGEST_DESK
from counter.messages import reminder_days
from counter.models import Caf, Motif, Opening, Site
from counter.slots import Mode

# What an administrator chooses by a word, as Lucide calls it.
ICONS = {
    "info": "Renseignement (i)",
    "refresh-cw": "Changement (flèches)",
    "folder-search": "Dossier",
    "file-up": "Document envoyé",
    "file-text": "Document",
    "user-round-plus": "Nouvelle personne",
    "users-round": "Famille",
    "baby": "Enfant",
    "house": "Logement",
    "hand-coins": "Dette, remboursement",
    "wallet": "Aide d'argent",
    "euro": "Paiement",
    "briefcase": "Travail",
    "accessibility": "Handicap",
    "heart-handshake": "Soutien",
    "scale": "Contestation",
    "monitor-smartphone": "Numérique",
    "graduation-cap": "Études",
    "calendar-days": "Date",
    "message-circle": "Échange",
}
ZONES = {
    "Europe/Paris": "France métropolitaine",
    "America/Guadeloupe": "Guadeloupe",
    "America/Martinique": "Martinique",
    "America/Cayenne": "Guyane",
    "Indian/Reunion": "La Réunion",
    "Indian/Mayotte": "Mayotte",
    "America/Miquelon": "Saint-Pierre-et-Miquelon",
    "America/Marigot": "Saint-Martin",
    "America/St_Barthelemy": "Saint-Barthélemy",
    "Pacific/Tahiti": "Polynésie française",
    "Pacific/Noumea": "Nouvelle-Calédonie",
    "Pacific/Wallis": "Wallis-et-Futuna",
}
_TOLD = "Écrit sur le papier et dans les messages, sauf pour un motif sensible et un contact prudent."
MODE_FIELDS = {Mode.ON_SITE: "minutes_on_site", Mode.PHONE: "minutes_phone", Mode.VIDEO: "minutes_video"}


class Department:
    """The number of a département, put into its usual form."""

    def __call__(self, form, field):
        code = department_code(field.data or "")
        if not code:
            raise StopValidation("Écrivez le numéro d'un département, par exemple 69, 2A ou 974.")
        field.data = code


def _post_address(rows: int) -> AreaField:
    return AreaField(
        "Adresse pour le courrier",
        [Lines(5, 45, wraps=False)],
        rows=rows,
        maxlength=300,
        hint="Sans le nom de la Caf, une ligne après l'autre. Elle s'écrit sur les lettres.",
    )


class CafForm(CounterForm):
    name = TextField("Nom de la Caf", [Required("Écrivez le nom, par exemple : Caf du Rhône."), OneLine(120)])
    department = TextField("Département", [Required("Écrivez le numéro du département."), Department()], width=12)
    post_address = _post_address(3)

    def new_caf(self) -> Caf:
        return Caf(name=self.name.data, department=self.department.data, post_address=self.post_address.data or "")


class PostAddressForm(VersionedForm):
    """Where the documents for a Caf are posted to."""

    post_address = _post_address(4)

    def __init__(self, *args, caf: Caf, **kwargs):
        known = {"post_address": caf.post_address}
        super().__init__(*args, data=known, **kwargs)
        self.watch(known)


def _minutes(label: str) -> NumberField:
    return NumberField(label, 5, 480, "minutes", hint="Durée en minutes. Vide : ce motif ne se prend pas ainsi.")


class OneWord:
    """The sheets name a topic by one word, in small letters."""

    def __call__(self, form, field):
        if len((field.data or "").split()) > 1:
            raise StopValidation("Écrivez un seul mot. Par exemple : logement.")
        field.data = (field.data or "").lower()


def _named(motif: Motif) -> str:
    return f"« {motif.plain_label} »" if motif.active else f"« {motif.plain_label} » (motif fermé)"


def _listed(motif: Motif) -> str:
    return f"{motif.code} {motif.plain_label}{'' if motif.active else ' (motif fermé)'}".strip()


def _already_without(motif: Motif) -> str:
    return f"{_named(motif)} est déjà sans code. Donnez un code à celui-ci."


class MotifForm(VersionedForm):
    code = TextField("Code", [OneLine(4)], width=12, maxlength=4, hint="Celui de votre Caf, par exemple 03.")
    label = TextField("Nom officiel", [Required("Écrivez le nom officiel du motif."), OneLine(160)], maxlength=200)
    plain_label = TextField(
        "Nom en mots simples",
        [Required("Écrivez le nom en mots simples."), OneLine(160)],
        maxlength=200,
        hint="Celui que la personne lit. Par exemple : Je demande une aide au logement.",
    )
    topic = TextField(
        "Sujet",
        [Required("Écrivez le sujet en un mot."), OneLine(30), OneWord()],
        width=20,
        maxlength=40,
        hint="Un mot, le même dans toutes les Caf : les fiches s'en servent. Par exemple : logement.",
    )
    icon = ChoiceField("Dessin", list(ICONS.items()))
    synonyms = AreaField("Autres mots pour le dire", [Lines(40)], hint="Un par ligne. Par exemple : APL.", rows=3)
    bring = AreaField("À apporter", [Lines(15)], hint="Une chose par ligne.", rows=4)
    before = AreaField("À savoir avant le rendez-vous", [Lines(12)], rows=3, hint=_TOLD)
    after = AreaField("À faire après le rendez-vous", [Lines(12)], rows=3, hint=_TOLD)
    minutes_on_site = _minutes("Sur place")
    minutes_phone = _minutes("Par téléphone")
    minutes_video = _minutes("En visio")
    notice = NumberField(
        "Délai le plus court", 0, 43200, "minutes", [Required("Écrivez le délai en minutes, 0 s'il n'y en a pas.")],
        hint="En minutes. 60 : on peut prendre rendez-vous jusqu'à une heure avant.",
    )  # fmt: skip
    horizon = NumberField(
        "Jusqu'à quand ?", 1, 366, "jours", [Required("Écrivez combien de jours à l'avance.")],
        hint="En jours. 60 : on peut prendre rendez-vous deux mois à l'avance.",
    )  # fmt: skip
    audience = CardField("Pour qui ?", [Choice(a, a.label) for a in Audience], [Required("Choisissez pour qui.")])
    video_url = TextField(
        "Adresse de la visio",
        [VideoAddress()],
        inputmode="url",
        maxlength=320,
        hint="Vide : celle du lieu. Choisissez une adresse qui ne dit pas le motif.",
    )
    reminder_days = TextField(
        "Rappels",
        [ReminderDays()],
        width=12,
        maxlength=40,
        hint="Combien de jours avant. 2, 0 : deux jours avant, et le jour même. Vide : aucun rappel.",
    )
    follow_up = ChoiceField("Motif de suite", [("", "Aucun")], hint="Proposé à la fin de ce rendez-vous.")
    sensitive = BooleanField("Motif sensible : il n'est écrit ni sur les papiers ni dans les messages")
    active = BooleanField("Ce motif est proposé. Décochez pour le fermer : les rendez-vous déjà pris restent.")

    def __init__(self, *args, others: list[Motif], obj: Motif | None = None, **kwargs):
        known = _of_motif(obj) if obj else {"icon": "info", "notice": 60, "horizon": 60, "active": True,
                                            "audience": Audience.ALL, "reminder_days": "2, 0"}  # fmt: skip
        super().__init__(*args, data=known, **kwargs)
        self.watch(known)
        if obj and obj.icon not in ICONS:
            self.icon.options = [(obj.icon, obj.icon), *self.icon.options]
        unnamed = next((motif for motif in others if not motif.code), None)
        if unnamed:  # the database takes one motif of a Caf without code
            self.code.validators = [Required(_already_without(unnamed)), *self.code.validators]
            self.code.flags.required = True
        self.others, self.is_new, after = others, obj is None, obj and obj.follow_up_id
        offered = [motif for motif in others if motif.active or motif.id == after]
        self.follow_up.options = [("", "Aucun"), *((str(motif.id), _listed(motif)) for motif in offered)]

    def validate(self, extra_validators=None) -> bool:
        valid = super().validate(extra_validators)
        taken = next((motif for motif in self.others if motif.code == (self.code.data or "")), None)
        if taken is not None:
            if self.is_sent_twice(taken):
                self.code.errors = []
                return True
            self.refuse_code(taken)
            return False
        if valid and not self.durations():
            self.minutes_on_site.errors = ["Écrivez une durée pour au moins une façon de venir."]
            return False
        return valid

    def is_sent_twice(self, other: Motif) -> bool:
        """Whether the motif with the same code is this new one, kept a moment before."""
        return self.is_new and self.says(_of_motif(other))

    def refuse_code(self, other: Motif) -> None:
        """Say that the code is already that of another motif of the Caf, closed perhaps."""
        said = f"Le code {other.code} est déjà celui de {_named(other)}. Choisissez-en un autre."
        self.code.errors = [said if other.code else _already_without(other)]

    def durations(self) -> dict[str, int]:
        """Mode -> minutes, of the modes that are allowed."""
        found = {mode.value: self[name].number for mode, name in MODE_FIELDS.items()}
        return {mode: minutes for mode, minutes in found.items() if minutes}

    def fill(self, motif: Motif) -> None:
        for name in ("code", "label", "plain_label", "topic", "icon", "synonyms", "bring", "before", "after",
                     "audience", "video_url"):  # fmt: skip
            setattr(motif, name, self[name].data or "")
        motif.reminder_days = (self.reminder_days.data or "").replace(" ", "")
        motif.notice, motif.horizon = self.notice.number, self.horizon.number
        motif.sensitive, motif.active = self.sensitive.data, self.active.data
        motif.follow_up_id = int(self.follow_up.data) if self.follow_up.data else None


def _of_motif(motif: Motif) -> dict:
    names = ("code", "label", "plain_label", "topic", "icon", "synonyms", "bring", "before", "after", "notice",
             "horizon", "audience", "video_url", "sensitive", "active")  # fmt: skip
    known = {name: getattr(motif, name) for name in names}
    minutes = {name: motif.duration(mode) for mode, name in MODE_FIELDS.items()}
    reminders = ", ".join(map(str, reminder_days(motif.reminder_days)))
    return known | minutes | {"follow_up": str(motif.follow_up_id or ""), "reminder_days": reminders}


class Coordinate:
    """A number of degrees, with a point or a comma; `field.degrees` is what was read."""

    def __init__(self, most: int):
        self.most = most

    def __call__(self, form, field):
        field.degrees = None
        if not field.data:
            return
        try:
            field.degrees = float(str(field.data).replace(",", "."))
        except ValueError:
            field.degrees = self.most + 1.0
        if not -self.most <= field.degrees <= self.most:
            asked = f"Écrivez la {field.label.text.lower()}"
            raise StopValidation(f"{asked} : un nombre entre -{self.most} et {self.most}, par exemple 45,76.")


class PostalCode:
    def __call__(self, form, field):
        if not (len(field.data) == 5 and field.data.isascii() and field.data.isdigit()):
            raise StopValidation("Un code postal a 5 chiffres, par exemple 69003.")


class Siret:
    """14 digits that go together, kept without spaces."""

    def __call__(self, form, field):
        field.data = "".join((field.data or "").split())
        if field.data and (fault := siret_fault(field.data)):
            raise StopValidation(fault)


class SiteListForm(CounterForm):
    """The official list of France Services, as it is downloaded."""

    file = FileField(
        "La liste des France Services",
        [Required("Choisissez le fichier.")],
        hint="Le fichier CSV de data.gouv.fr, tel qu'il est téléchargé.",
        accept=".csv,text/csv",
    )


_OF_SITE = ("name", "short_name", "street", "postal_code", "city", "department", "access", "hours", "video_url",
            "siret", "desk_names")  # fmt: skip
_MORE_OF_SITE = ("timezone", "matricule", "latitude", "longitude")


class SiteForm(SeenForm, VersionedForm):
    name = TextField("Nom", [Required("Écrivez le nom du lieu."), OneLine(120)], maxlength=150)
    short_name = TextField(
        "Nom court",
        [Required("Écrivez un nom court."), OneLine(60)],
        width=20,
        maxlength=80,
        hint="Celui des boutons et de l'agenda. Par exemple : Tarare.",
    )
    street = TextField("Numéro et rue", [Required("Écrivez le numéro et la rue."), OneLine(200)], maxlength=220)
    postal_code = TextField(
        "Code postal", [Required("Écrivez le code postal."), PostalCode()], width=12, inputmode="numeric", maxlength=8
    )
    city = TextField("Commune", [Required("Écrivez la commune."), OneLine(80)], width=30, maxlength=100)
    department = TextField(
        "Département",
        [Required("Écrivez le numéro du département."), Department()],
        width=12,
        maxlength=5,
        hint="Il décide des jours fériés (Alsace-Moselle, outre-mer).",
    )
    access = TextField("Accès", [OneLine(300)], maxlength=320, hint="Par exemple : entrée de plain-pied, sonnette.")
    hours = TextField("Horaires", [OneLine(300)], maxlength=320, hint="Par exemple : du lundi au vendredi 9 h – 12 h.")
    desk_names = AreaField(
        "Guichets et bureaux",
        [Lines(50, LONGEST_DESK, wraps=False), EachOnce()],
        rows=4,
        hint="Un par ligne. Les agents y appellent les personnes, et aucune plage n'en reçoit plus à la fois. Vide : "
        "pas de limite.",
    )
    timezone = ChoiceField("Heure locale", list(ZONES.items()))
    video_url = TextField(
        "Adresse de la visio",
        [VideoAddress()],
        inputmode="url",
        maxlength=320,
        hint="Pour les rendez-vous en visio de ce lieu. Elle est imprimée : ne la changez pas trop souvent.",
    )
    matricule = TextField(
        "Matricule France Services",
        [OneLine(20)],
        width=20,
        maxlength=30,
        hint="Son numéro dans la liste officielle : l'import reconnaît le lieu ainsi.",
    )
    siret = TextField(
        "SIRET",
        [Siret()],
        width=20,
        maxlength=20,
        inputmode="numeric",
        hint="Donné à API Particulier avec chaque demande. Vide : celui de la convention.",
    )
    latitude = TextField("Latitude", [Coordinate(90)], width=12, maxlength=20)
    longitude = TextField("Longitude", [Coordinate(180)], width=12, maxlength=20)

    def __init__(self, *args, obj: Site | None = None, **kwargs):
        super().__init__(*args, obj=obj, **kwargs)
        self.watch({name: getattr(obj, name) for name in (*_OF_SITE, *_MORE_OF_SITE)} if obj else {})
        if obj and obj.timezone not in ZONES and obj.timezone in zoneinfo.available_timezones():
            self.timezone.options = [(obj.timezone, obj.timezone), *self.timezone.options]

    def validate(self, extra_validators=None) -> bool:
        valid = super().validate(extra_validators)
        if valid and (self.latitude.degrees is None) != (self.longitude.degrees is None):
            self.longitude.errors = ["Écrivez la latitude et la longitude, ou aucune des deux."]
            return False
        return valid

    def refuse_short_name(self, other: Site) -> None:
        """Say that another site of the Caf is called so: on buttons, nobody could tell which is which."""
        said = f"Ce nom court est déjà celui de « {other.name} » ({other.city}). Choisissez-en un autre."
        self.short_name.errors = [said]

    def takes_desks_from(self, site: Site) -> bool:
        """Whether fewer people could be received at once than before; with no desk named there is no limit."""
        left, before = len(self.typed().desk_list), len(site.desk_list)
        return left > 0 and (left < before or not before)

    def refuse_desks(self, too_large: list[tuple[Opening, int]]) -> None:
        """Say which openings receive more people at once than the desks that are left, each with how many."""
        room = plural(len(self.typed().desk_list), "guichet ou bureau", "guichets ou bureaux")
        told = " ; ".join(f"{words_of(opening)} ({plural(most, 'personne')})" for opening, most in too_large)
        one = len(too_large) == 1
        needs = "Cette plage reçoit" if one else "Seules ou ensemble, ces plages reçoivent"
        self.desk_names.errors = [
            f"{room}, c'est trop peu. {needs} plus de personnes en même temps : {told}. Mettez-y d'abord moins de "
            f"personnes, ou terminez-{'la' if one else 'les'}."
        ]

    def typed(self) -> Site:
        """A site with what is typed, and nothing else."""
        site = Site()
        self.fill(site)
        return site

    def tells(self, site: Site) -> bool:
        """Whether what is typed is what is known of that site, nothing more and nothing else."""
        typed = self.typed()
        return all(getattr(typed, name) == getattr(site, name) for name in (*_OF_SITE, *_MORE_OF_SITE))

    def fill(self, site: Site) -> None:
        for name in _OF_SITE:
            setattr(site, name, self[name].data or "")
        site.timezone, site.matricule = self.timezone.data, self.matricule.data or None
        site.latitude, site.longitude = self.latitude.degrees, self.longitude.degrees
