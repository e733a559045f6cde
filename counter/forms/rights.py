"""A person's request: who they are, and what of theirs goes."""

from __future__ import annotations

from wtforms import BooleanField

from counter.forms.fields import CounterForm, DayMonthField, Required, TextField
from counter.forms.validators import PersonName
from counter.rights import Asked


class PersonForm(CounterForm):
    first_name = TextField("Prénom", [Required("Écrivez le prénom."), PersonName()], maxlength=200)
    last_name = TextField("Nom", [Required("Écrivez le nom."), PersonName()], maxlength=200)
    birth = DayMonthField(
        "Jour et mois de naissance", [Required("")], hint="Comme sur la pièce d'identité. L'année n'est jamais gardée."
    )

    def asked(self) -> Asked:
        return Asked(self.first_name.data, self.last_name.data, *self.birth.data)


class EraseForm(CounterForm):
    """The boxes named `choisi` say what goes."""

    checked = BooleanField("J'ai vérifié l'identité de la personne, et les lignes cochées sont bien les siennes.")

    def validate(self, extra_validators=None) -> bool:
        valid = super().validate(extra_validators)
        if valid and not self.checked.data:
            self.checked.errors = ["Vérifiez l'identité de la personne, puis cochez la case."]
            return False
        return valid
