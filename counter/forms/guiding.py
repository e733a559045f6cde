"""Guiding: a code to go on with, an error to report."""

from __future__ import annotations

from counter.forms.fields import CounterForm, KeyedForm, Required, TextField
from counter.forms.validators import OneLine


class ResumeForm(CounterForm):
    code = TextField(
        "Reprendre avec un code",
        [Required("Écrivez le code : 8 lettres et chiffres."), OneLine(20, printed=False)],
        width=12,
        maxlength=20,
        hint="Il est sur le papier, par exemple ABCD-EFGH.",
    )


class HoldForm(KeyedForm):
    """A button that acts once."""


class ReportForm(KeyedForm):
    """Its buttons say the reason: reporting takes two clicks."""

    text = TextField(
        "Précision",
        [OneLine(200, printed=False)],
        maxlength=200,
        hint="Ni nom, ni numéro, ni dossier.",
    )
