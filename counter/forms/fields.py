"""Fields that render themselves: label above, hint under it, error under the field."""

from __future__ import annotations

import json
import re
import unicodedata
import uuid
from dataclasses import dataclass
from datetime import date

from flask import get_template_attribute
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.fields import Field
from wtforms.validators import Optional, StopValidation


@dataclass(frozen=True)
class Choice:
    """A card to choose: what is sent, its words, an icon and one line more."""

    value: str
    label: str
    icon: str = ""
    detail: str = ""


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


class TextField(Rendered, StringField):
    """One line of text. `inputmode`, `autocomplete` and `width` (in characters) go to the input."""

    component = "text_field"

    def __init__(
        self,
        label,
        validators=(),
        hint="",
        autocomplete="off",
        inputmode=None,
        width=None,
        type="text",
        maxlength=None,
        **kwargs,
    ):
        super().__init__(label, validators, **kwargs)
        self.hint, self.autocomplete, self.inputmode, self.width = hint, autocomplete, inputmode, width
        self.type_name, self.maxlength = type, maxlength

    def process_formdata(self, valuelist):
        typed = valuelist[0] if valuelist else None
        self.data = typed if typed is None or self.type_name == "password" else _one_line(typed)


def _one_line(typed: str) -> str:
    """What can be seen of a typed line: no control or invisible signs, single spaces."""
    seen = "".join(c if unicodedata.category(c) not in {"Cc", "Cf"} or c.isspace() else "" for c in typed)
    return " ".join(seen.split())


class AreaField(TextField):
    """Several lines of text; empty lines at its ends are left out."""

    component = "area_field"

    def __init__(self, label, validators=(), rows=4, **kwargs):
        super().__init__(label, validators, **kwargs)
        self.rows = rows

    def process_formdata(self, valuelist):
        typed = valuelist[0] if valuelist else None
        lines = [_one_line(line) for line in typed.splitlines()] if typed is not None else []
        self.data = None if typed is None else "\n".join(lines).strip()


class NumberField(TextField):
    """A whole number between two bounds, followed by its unit. `number` is what was read, or None."""

    def __init__(self, label, least: int, most: int, unit="", validators=(), **kwargs):
        super().__init__(label, validators, inputmode="numeric", width=12, maxlength=6, **kwargs)
        self.least, self.most, self.unit = least, most, unit
        self.hint = self.hint or f"De {least} à {most} {unit}".strip() + "."

    @property
    def number(self) -> int | None:
        text = str(self.data if self.data is not None else "")
        return int(text) if re.fullmatch(r"\d{1,6}", text, re.ASCII) else None

    def pre_validate(self, form):
        if self.data in (None, ""):
            return
        if self.number is None or not self.least <= self.number <= self.most:
            raise StopValidation(f"Écrivez un nombre de {self.least} à {self.most}.")


class HourField(TextField):
    """A time of day as people write it: 9 h 30, 9h30, 9:30, 9 h. `minute` counts from midnight."""

    def __init__(self, label, validators=(), **kwargs):
        super().__init__(label, validators, width=12, maxlength=12, **kwargs)

    @property
    def minute(self) -> int | None:
        found = re.fullmatch(r"(\d{1,2})(?:\s*[hH:]\s*(\d{2})?)?", self.data or "", re.ASCII)
        hours, minutes = (int(found[1]), int(found[2] or 0)) if found else (99, 0)
        return hours * 60 + minutes if (hours < 24 and minutes < 60) or (hours, minutes) == (24, 0) else None

    def pre_validate(self, form):
        if self.data and self.minute is None:
            raise StopValidation("Écrivez une heure, par exemple 9 h 30.")


class FileField(Rendered, Field):
    """One file. `data` is what was sent, or None; `accept` helps the browser, and proves nothing."""

    component = "file_field"
    widget = None

    def __init__(self, label, validators=(), hint="", accept="", **kwargs):
        super().__init__(label, validators, **kwargs)
        self.hint, self.accept = hint, accept

    def process(self, formdata, data=None, **kwargs):
        super().process(None, data, **kwargs)
        sent = formdata.get(self.name) if formdata else None
        self.data = sent if getattr(sent, "filename", "") else None

    @property
    def filled(self) -> bool:
        return self.data is not None

    def content(self) -> bytes:
        """The bytes of the file."""
        return self.data.read()


class ChoiceField(Rendered, SelectField):
    """One choice in a list too long for cards. `options` are (value, words)."""

    component = "select_field"

    def __init__(self, label, options=(), validators=(), hint="", **kwargs):
        super().__init__(label, validators, choices=[], **kwargs)
        self.options, self.hint = list(options), hint

    def pre_validate(self, form):
        if self.data not in {value for value, _ in self.options}:
            raise StopValidation("Choisissez dans la liste.")


class CardField(Rendered, RadioField):
    """One choice among fewer than nine cards."""

    component = "card_field"

    def __init__(self, label, cards: list[Choice], validators=(), hint="", **kwargs):
        super().__init__(label, validators, choices=[card.value for card in cards], **kwargs)
        self.cards, self.hint = cards, hint

    @property
    def first_id(self) -> str:
        return f"{self.id}-0"

    def pre_validate(self, form):
        if self.data in (None, "", "None"):
            self.data = None
        elif self.data not in {card.value for card in self.cards}:
            raise StopValidation("Choisissez une des réponses proposées.")


class ChecksField(Rendered, SelectMultipleField):
    """Any number of boxes to tick."""

    component = "checks_field"

    def __init__(self, label, cards: list[Choice], hint="", **kwargs):
        super().__init__(label, [Optional()], choices=[card.value for card in cards], **kwargs)
        self.cards, self.hint = cards, hint

    @property
    def first_id(self) -> str:
        return f"{self.id}-0"

    def pre_validate(self, form):
        if set(self.data or ()) - {card.value for card in self.cards}:
            raise StopValidation("Choisissez parmi les réponses proposées.")


class DayMonthField(Rendered, Field):
    """Two boxes, day and month. `data` is (day, month) or None."""

    component = "day_month_field"
    widget = None

    def __init__(self, label, validators=(), hint="", **kwargs):
        super().__init__(label, validators, **kwargs)
        self.hint = hint
        self.typed = ("", "")

    @property
    def first_id(self) -> str:
        return f"{self.id}-jour"

    def process(self, formdata, data=None, **kwargs):
        super().process(None, data, **kwargs)
        if formdata:
            self.typed = tuple(formdata.get(f"{self.name}-{part}", "").strip()[:20] for part in ("jour", "mois"))
            self.data = None
            if all(part.isascii() and part.isdigit() and len(part) < 3 for part in self.typed):
                self.data = (int(self.typed[0]), int(self.typed[1]))
        elif self.data:
            self.typed = tuple(str(part) for part in self.data)

    def pre_validate(self, form):
        if self.typed == ("", ""):
            if self.required:
                raise StopValidation("Écrivez le jour et le mois, par exemple 7 et 3.")
            return
        if self.data is None:
            raise StopValidation("Écrivez le jour et le mois en chiffres, par exemple 7 et 3.")
        day, month = self.data
        if not 1 <= month <= 12:
            raise StopValidation("Le mois va de 1 à 12.")
        longest = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]
        if not 1 <= day <= longest:
            raise StopValidation(f"Ce jour n'existe pas : ce mois a {longest} jours.")

    def validate(self, form, extra_validators=()):
        self.errors = []
        try:
            self.pre_validate(form)
        except StopValidation as stop:
            self.errors.append(str(stop))
        return not self.errors


class DateField(Rendered, Field):
    """Three boxes: day, month, year. `data` is a date or None."""

    component = "date_field"
    widget = None

    def __init__(self, label, validators=(), hint="", **kwargs):
        super().__init__(label, validators, **kwargs)
        self.hint = hint
        self.typed = ("", "", "")

    @property
    def first_id(self) -> str:
        return f"{self.id}-jour"

    def process(self, formdata, data=None, **kwargs):
        super().process(None, data, **kwargs)
        if formdata:
            self.typed = tuple(formdata.get(f"{self.name}-{p}", "").strip()[:20] for p in ("jour", "mois", "annee"))
            self.data = self._read()
        elif self.data:
            self.typed = (str(self.data.day), str(self.data.month), str(self.data.year))

    def _read(self) -> date | None:
        if not all(re.fullmatch(r"\d{1,4}", part, re.ASCII) for part in self.typed):
            return None
        day, month, year = map(int, self.typed)
        try:
            return date(year, month, day) if 2000 <= year < 2100 else None
        except ValueError:
            return None

    def validate(self, form, extra_validators=()):
        self.errors = []
        if self.typed == ("", "", ""):
            if self.required:
                self.errors.append("Écrivez le jour, le mois et l'année, par exemple 7, 3 et 2027.")
        elif self.data is None:
            self.errors.append("Cette date n'existe pas. Écrivez-la en chiffres, par exemple 7, 3 et 2027.")
        return not self.errors


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


def typed_labels() -> dict[str, str]:
    """Name -> label of every field of free text, to tell a person what they had written."""
    forms, labels = [CounterForm], {}
    while forms:
        form = forms.pop()
        forms += form.__subclasses__()
        fields = ((name, getattr(form, name)) for name in dir(form) if not name.startswith("_"))
        labels |= {name: field.args[0] for name, field in fields if _is_text(field)}
    return labels


def _is_text(field) -> bool:
    return issubclass(getattr(field, "field_class", object), TextField)


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
