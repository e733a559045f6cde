"""What a person types: a line, several lines, a number, an hour."""

from __future__ import annotations

import re
import unicodedata

from wtforms import StringField
from wtforms.validators import StopValidation

from counter.forms.fields.base import CounterForm, Rendered


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
            asked = f"un nombre de {self.least} à {self.most} {self.unit}".strip()
            raise StopValidation(f"« {self.label.text} » : écrivez {asked}.")


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
