"""The agent's own account: password, second step, sessions."""

from __future__ import annotations

from wtforms import HiddenField
from wtforms.validators import StopValidation

from counter.access import MAX_PASSWORD, MIN_PASSWORD, password_faults
from counter.formatting import spoken_list
from counter.forms.fields import CounterForm, Required, TextField
from counter.forms.validators import Email


def _password(label: str, message: str, autocomplete: str, hint: str = "") -> TextField:
    return TextField(
        label, [Required(message)], autocomplete=autocomplete, type="password", maxlength=200, hint=hint
    )  # fmt: skip


class PasswordForm(CounterForm):
    """`personal` are the words nobody should build the password on."""

    current = _password("Mot de passe actuel", "Écrivez le mot de passe avec lequel vous êtes entré.",
                        "current-password")  # fmt: skip
    chosen = _password(
        "Nouveau mot de passe",
        "Écrivez le nouveau mot de passe.",
        "new-password",
        f"De {MIN_PASSWORD} à {MAX_PASSWORD} caractères, avec une majuscule, une minuscule, un chiffre et un signe "
        "comme ! ou ? (pas de signe de monnaie).",
    )
    again = _password("Encore une fois", "Écrivez une deuxième fois le nouveau mot de passe.", "new-password")

    def __init__(self, *args, personal: tuple[str, ...] = (), **kwargs):
        super().__init__(*args, **kwargs)
        self._personal = personal

    def validate_chosen(self, field):
        if faults := password_faults(field.data, self._personal):
            raise StopValidation(f"Il faut : {spoken_list(faults)}.")
        if field.data == self.current.data:
            raise StopValidation("C'est le même que l'actuel. Choisissez-en un autre.")

    def validate_again(self, field):
        if field.data != self.chosen.data:
            raise StopValidation("Les deux nouveaux mots de passe ne sont pas pareils. Écrivez-les encore.")


class CodeForm(CounterForm):
    """The six digits of the telephone, or a recovery code."""

    code = TextField(
        "Code à 6 chiffres",
        [Required("Écrivez le code.")],
        autocomplete="one-time-code",
        width=20,
        maxlength=20,
        hint="Celui que votre téléphone montre maintenant.",
    )


class SecondStepForm(CodeForm):
    """Starting the second step: the secret goes to and fro until a first code proves that the telephone has it."""


class StopForm(CounterForm):
    current = _password("Votre mot de passe", "Écrivez votre mot de passe.", "current-password")


class SessionForm(CounterForm):
    session = HiddenField()


class ForgottenForm(CounterForm):
    email = TextField(
        "Votre adresse e-mail de travail",
        [Required("Écrivez votre adresse e-mail."), Email()],
        autocomplete="email",
        inputmode="email",
        maxlength=200,
    )
