"""Finding a dossier, and saying why it is opened."""

from __future__ import annotations

from wtforms.validators import StopValidation

from counter.dossiers import Check, LegalBasis, Profile, Purpose, Reasons, Recipient, normal_name, normal_number
from counter.dossiers.checks import BadInstructor, Shown, normal_landlord, read_instructor
from counter.forms.fields import CardField, Choice, CounterForm, Required, TextField
from counter.forms.validators import PersonName


class AllocataireNumber:
    """Seven digits, perhaps a letter; `field.number` is what was read."""

    def __call__(self, form, field):
        field.number = normal_number(field.data or "")
        if field.number is None:
            raise StopValidation("Un numéro d'allocataire a 7 chiffres, parfois une lettre à la fin : 1234567 A.")


class InstructorNumber:
    """`field.instructor` is what was read."""

    def __call__(self, form, field):
        try:
            field.instructor = read_instructor(field.data or "")
        except BadInstructor as fault:
            raise StopValidation(str(fault)) from fault


class LandlordNumber:
    """`field.landlord` is what was read."""

    def __call__(self, form, field):
        field.landlord = normal_landlord(field.data or "")
        if field.landlord is None:
            raise StopValidation(
                "Un numéro de bailleur a 6 chiffres. Vous pouvez aussi écrire votre SIRET : 14 chiffres."
            )


class FindForm(CounterForm):
    """Name and number together, and what the profile must show beside them."""

    name = TextField(
        "Nom de famille",
        [Required("Écrivez le nom de la personne, ou de son conjoint."), PersonName()],
        maxlength=100,
        width=30,
        hint="Celui du responsable du dossier, ou de son conjoint.",
    )
    number = TextField(
        "Numéro d'allocataire",
        [Required("Écrivez le numéro d'allocataire : il est sur chaque courrier de la Caf."), AllocataireNumber()],
        width=12,
        maxlength=12,
        inputmode="numeric",
        hint="7 chiffres, en haut des courriers de la Caf.",
    )
    instructor = TextField(
        "Votre numéro d'instructeur",
        [Required("Écrivez votre numéro d'instructeur : 14 caractères."), InstructorNumber()],
        width=20,
        maxlength=24,
        hint="14 caractères : département (3 chiffres), type (1 lettre), commune (3 chiffres), agrément ou rang "
        "(2 chiffres), puis 00000.",
    )
    landlord = TextField(
        "Votre numéro de bailleur",
        [Required("Écrivez votre numéro de bailleur."), LandlordNumber()],
        width=20,
        maxlength=20,
        inputmode="numeric",
        hint="6 chiffres, ou le SIRET de votre organisme.",
    )

    def __init__(self, profile: Profile, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if profile.check is not Check.INSTRUCTOR:
            del self.instructor
        if profile.check is not Check.LANDLORD:
            del self.landlord

    def searched(self) -> tuple[str, str]:
        """Name and number, as they are compared."""
        return normal_name(self.name.data), self.number.number

    def shown(self, siret: str) -> Shown:
        instructor = self.instructor.instructor if "instructor" in self else None
        return Shown(instructor, self.landlord.landlord if "landlord" in self else None, siret)


def _cards(values) -> list[Choice]:
    return [Choice(value.value, value.label, detail=value.detail) for value in values]


class ReasonsForm(CounterForm):
    """The three things that make an access lawful."""

    purpose = CardField("Pour quoi faire ?", _cards(Purpose), [Required("Choisissez pour quoi faire.")])
    legal_basis = CardField(
        "Qu'est-ce qui vous y autorise ?", _cards(LegalBasis), [Required("Choisissez ce qui vous y autorise.")]
    )
    recipient = CardField("Qui saura ce que vous lisez ?", _cards(Recipient), [Required("Choisissez qui le saura.")])

    def reasons(self) -> Reasons:
        return Reasons(Purpose(self.purpose.data), LegalBasis(self.legal_basis.data), Recipient(self.recipient.data))
