"""What is typed at a kiosk, or about one."""

from __future__ import annotations

from counter.forms.fields import ChoiceField, CounterForm, Required, TextField
from counter.forms.validators import Email, OneLine, PersonName, Phone
from counter.kiosk import text
from counter.places import site_names


class UnprotectedForm(CounterForm):
    """Without token: views/kiosk/base.py says why."""

    class Meta(CounterForm.Meta):
        csrf = False


class EnrolForm(UnprotectedForm):
    """The protection is the code itself: the browser holds nothing yet."""

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
        self.site.options = [(str(number), name) for number, name in site_names(sites).items()]


class TypedForm(UnprotectedForm):
    """One thing typed on the screen of a kiosk."""

    @property
    def fault(self) -> str:
        """The first fault, "" when there is none."""
        return next((str(error) for errors in self.errors.values() for error in errors), "")


class FirstNameForm(TypedForm):
    texte = TextField(text("Votre prénom"), [Required("Écrivez votre prénom."), PersonName()])


class LastNameForm(TypedForm):
    texte = TextField(text("Votre nom"), [Required("Écrivez votre nom."), PersonName()])


class PhoneForm(TypedForm):
    texte = TextField(text("Votre numéro de téléphone"), [Phone()])


class NeededPhoneForm(TypedForm):
    texte = TextField(
        text("Votre numéro de téléphone"), [Required("Écrivez le numéro où nous vous appelons."), Phone()]
    )


class EmailForm(TypedForm):
    texte = TextField(text("Votre adresse e-mail"), [Required("Écrivez l'adresse où nous envoyons le lien."), Email()])
