"""Issuing an attestation, and verifying one."""

from __future__ import annotations

from wtforms import HiddenField

from counter.forms.fields import CounterForm, KeyedForm, Required, TextField
from counter.forms.validators import OneLine, PersonName


class VisitAttestationForm(KeyedForm):
    first_name = TextField("Prénom", [Required("Écrivez le prénom."), PersonName()], maxlength=200)
    last_name = TextField("Nom", [Required("Écrivez le nom."), PersonName()], maxlength=200)
    purpose = TextField(
        "Pour quelle démarche ?",
        [OneLine(120)],
        maxlength=200,
        hint="Écrit sur le papier. Par exemple : déclaration de ressources.",
    )


class AppointmentAttestationForm(KeyedForm):
    """For an appointment that is already there: nothing to type."""

    appointment = HiddenField()


class VerifyForm(CounterForm):
    paper = TextField(
        "Numéro du papier, ou texte du code carré",
        [Required("Écrivez le numéro, ou collez le texte du code carré."), OneLine(2000, printed=False)],
        maxlength=2000,
        hint="Le numéro est en haut du papier, par exemple 2026-000042.",
    )
