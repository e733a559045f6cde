"""What is typed at a kiosk, or about one."""

from __future__ import annotations

from counter.forms.fields import ChoiceField, CounterForm, Required, TextField
from counter.forms.validators import OneLine


class EnrolForm(CounterForm):
    """The protection is the code itself: the browser holds nothing yet."""

    class Meta(CounterForm.Meta):
        csrf = False

    code = TextField(
        "Code d'installation",
        [Required("Écrivez le code : 8 lettres et chiffres."), OneLine(20, printed=False)],
        width=12,
        maxlength=20,
        hint="L'administrateur le trouve dans Administration, puis Les bornes.",
    )


class KioskForm(CounterForm):
    """A new kiosk."""

    name = TextField(
        "Nom de la borne",
        [Required("Écrivez un nom, par exemple : Hall d'entrée."), OneLine(60)],
        width=30,
        maxlength=60,
        hint="Pour la reconnaître, par exemple : Hall d'entrée.",
    )
    site = ChoiceField("Lieu", [])

    def __init__(self, *args, sites, **kwargs):
        super().__init__(*args, **kwargs)
        self.site.options = [(str(site.id), site.short_name) for site in sites]
