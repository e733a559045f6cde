"""What every field and form shares: it renders itself, is filled or not, sums its faults up, acts once."""

from __future__ import annotations

import json
import uuid

from flask import get_template_attribute
from flask_wtf import FlaskForm
from wtforms import HiddenField
from wtforms.validators import StopValidation

from counter.shown import mark_of_shown

OUTDATED = (
    "Cette page a été changée depuis que vous l'avez ouverte : rien n'est enregistré. Ouvrez-la dans un autre onglet "
    "pour voir ce qui est enregistré. Pour le remplacer par vos réponses, enregistrez de nouveau."
)


class Rendered:
    """Mixed into a field: `{{ form.x() }}` calls the macro of its component. `hint` is one plain sentence."""

    component = ""
    hint = ""

    def __call__(self, **options):
        macro = get_template_attribute(f"components/{self.component}.html", self.component)
        return macro(self, **options)

    @property
    def required(self) -> bool:
        return self.flags.required or False

    @property
    def error_id(self) -> str:
        return f"{self.id}-erreur"

    @property
    def first_id(self) -> str:
        """The id of the first control, where a link in the list of errors leads."""
        return self.id


class Required:
    """The field must be filled; `message` says how, in French."""

    field_flags = {"required": True}

    def __init__(self, message: str):
        self.message = message

    def __call__(self, form, field):
        if not field.data:
            field.errors[:] = []
            raise StopValidation(self.message)


class CounterForm(FlaskForm):
    """Every form of the application: French messages, no traceback for a bad field, errors summed up."""

    class Meta(FlaskForm.Meta):
        locales = ["fr"]

    def error_list(self) -> list[tuple[str, str]]:
        """(id of the control, sentence) for each fault, in the order of the page."""
        return [(field.first_id, error) for field in self if isinstance(field, Rendered) for error in field.errors]


class KeyedForm(CounterForm):
    """A form that acts once: sent twice (double click, reload), the same `key` gives the same result."""

    key = HiddenField()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.key.data:
            self.key.data = str(uuid.uuid4())

    def act_key(self, *more: str) -> str:
        """The key of this form with what is in it: sent again unchanged it is the same act, with another
        name in it another one."""
        typed = [str(field.data) for field in self if isinstance(field, Rendered)]
        return str(uuid.uuid5(uuid.UUID(self.key.data), json.dumps([*typed, *more])))

    def validate_key(self, field):
        try:
            field.data = str(uuid.UUID(field.data))
        except ValueError:
            field.data = str(uuid.uuid4())


class VersionedForm(CounterForm):
    """A form that changes what is there. `version` says what was there when the page was opened, so that what was
    changed since, by someone else or in another tab, is not overwritten unseen."""

    version = HiddenField()

    def watch(self, known: dict) -> None:
        """`known` is what the form is filled with, as it is in the database now."""
        self._known, self._now = known, mark_of_shown(json.dumps(known, default=str, sort_keys=True))
        if not self.is_submitted():
            self.version.data = self._now

    def says(self, known: dict) -> bool:
        """Whether what is typed, once it is found right, is exactly that, nothing more and nothing else."""
        return all(_same(self[name].data, value) for name, value in known.items())

    def validate(self, extra_validators=None) -> bool:
        """Refused once when it was changed since the page was opened; sent again, it is meant. Never refused when it
        asks for what is there: it was sent twice, and the first time was kept."""
        return super().validate(extra_validators) and not self._is_outdated()

    def changed_since(self, known: dict) -> bool:
        """Asked of a form that is right, once nobody else can change what is there: whether someone did between."""
        self.watch(known)
        return self._is_outdated()

    def _is_outdated(self) -> bool:
        if self.version.data == self._now or self.says(self._known):
            return False
        self.version.data = self._now
        self.form_errors = [OUTDATED]
        return True


def _same(typed: object, known: object) -> bool:
    """Whether a field holds what is stored, however each of them writes it: nothing, degrees, a list of boxes."""
    if isinstance(known, list):
        return sorted(typed or ()) == sorted(known)
    if isinstance(known, float):
        try:
            return float(str(typed).replace(",", ".")) == known
        except ValueError:
            return False
    typed, known = ("" if value is None else str(value) for value in (typed, known))
    return typed == known
