"""Issuing an attestation, withdrawing one, and verifying one."""

from __future__ import annotations

from wtforms import HiddenField
from wtforms.validators import StopValidation

from counter.attestations import Kind, Reason, Result
from counter.dossiers.contents import month_of
from counter.formatting import month_long
from counter.forms.fields import (
    AreaField,
    CardField,
    Choice,
    ChoiceField,
    CounterForm,
    FileField,
    HourField,
    KeyedForm,
    Required,
    TextField,
)
from counter.forms.validators import Lines, OneLine, PersonName


class NamedForm(KeyedForm):
    """For whom. A person may have one name only."""

    first_name = TextField("Prénom", [PersonName()], maxlength=200)
    last_name = TextField("Nom", [Required("Écrivez le nom."), PersonName()], maxlength=200)

    def person(self) -> str:
        return f"{self.first_name.data or ''} {self.last_name.data}".strip()


class VisitAttestationForm(NamedForm):
    purpose = TextField(
        "Pour quelle démarche ?",
        [OneLine(120)],
        maxlength=200,
        hint="Écrit sur le papier. Par exemple : déclaration de ressources.",
    )


class SupportAttestationForm(NamedForm):
    demarche = TextField(
        "Quelle démarche ?",
        [Required("Écrivez la démarche."), OneLine(120)],
        maxlength=200,
        hint="Écrite sur le papier.",
    )
    result = CardField(
        "Où en est-elle ?",
        [Choice(r, r.label, r.icon) for r in Result],
        [Required("Dites où en est la démarche.")],
    )
    next_step = TextField(
        "Et après ?",
        [OneLine(160)],
        maxlength=300,
        hint="Écrit sur le papier. Par exemple : envoyer le bail avant le 30 novembre.",
    )

    def result_value(self) -> Result:
        return Result(self.result.data)


class PresenceAttestationForm(KeyedForm):
    """From when to when the person was received: filled from the agenda, to be corrected."""

    starts = HourField("Reçue à", [Required("Écrivez l'heure du début.")])
    ends = HourField("Jusqu'à", [Required("Écrivez l'heure de la fin.")])

    def validate_ends(self, field):
        if None not in (self.starts.minute, field.minute) and field.minute <= self.starts.minute:
            raise StopValidation("La fin vient après le début.")


class RevokeForm(CounterForm):
    reason = CardField(
        "Pourquoi ?", [Choice(r, r.label) for r in Reason], [Required("Dites pourquoi ce papier est annulé.")]
    )

    def reason_value(self) -> Reason:
        return Reason(self.reason.data)


class ReissueForm(KeyedForm):
    """The words an agent had written, to be corrected, and why."""

    personne = TextField("Prénom et nom", [Required("Écrivez le nom."), OneLine(170)], maxlength=300)
    objet = TextField("Objet de la venue", [Required("Écrivez l'objet."), OneLine(120)], maxlength=200)
    demarche = TextField("Démarche", [Required("Écrivez la démarche."), OneLine(120)], maxlength=200)
    suite = TextField("Suite", [OneLine(160)], maxlength=300)
    destinataire = AreaField(
        "Destinataire",
        [Required("Écrivez à qui va le papier."), Lines(7, 60, wraps=False)],
        rows=7,
        hint="Le nom puis l'adresse, 7 lignes au plus. Le reste du papier est recopié : il ne se corrige pas ici.",
    )
    reason = CardField(
        "Pourquoi l'ancien papier est-il annulé ?",
        [Choice(r, r.label) for r in Reason],
        [Required("Dites pourquoi le papier est refait.")],
    )

    def __init__(self, *args, kind: Kind, **kwargs):
        super().__init__(*args, **kwargs)
        for name in {"personne", "objet", "demarche", "suite", "destinataire"} - kind.typed.keys():
            delattr(self, name)

    def facts(self, kind: Kind) -> dict[str, str]:
        return {
            name: self[name].data if name in {"personne", "destinataire"} else (self[name].data or "").rstrip(" .")
            for name in kind.typed
        }

    def reason_value(self) -> Reason:
        return Reason(self.reason.data)


class PaymentAttestationForm(KeyedForm):
    """Of which month: those of the dossier."""

    month = ChoiceField("Quel mois ?")

    def __init__(self, months: list[str], *args, **kwargs):
        super().__init__(*args, data={"month": months[0] if months else ""}, **kwargs)
        self.month.options = [(month, month_long(month_of(month))) for month in months]


class AppointmentAttestationForm(KeyedForm):
    """For an appointment that is already there: nothing to type."""

    appointment = HiddenField()


class VerifyForm(CounterForm):
    """A number, the text of the code square, or a file: one of them is enough."""

    paper = TextField(
        "Numéro du papier, ou texte du code carré",
        [OneLine(4000, printed=False)],
        maxlength=4000,
        hint="Le numéro est en haut du papier, par exemple 2026-000042.",
    )
    file = FileField("Ou le fichier : PDF, scan ou photo du papier", accept="application/pdf,image/jpeg,image/png")

    def validate_paper(self, field):
        if not field.data and not self.file.filled:
            raise StopValidation("Écrivez le numéro, collez le texte du code carré, ou choisissez un fichier.")
