"""Days, in boxes: day and month, or the whole date."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from wtforms.fields import Field
from wtforms.validators import StopValidation

from counter.formatting import MONTHS
from counter.forms.fields.base import Rendered

_LEAP_YEAR = 2000


class DayMonthField(Rendered, Field):
    """Two boxes, day and month. `data` is (day, month) or None."""

    component = "day_month_field"
    widget = None
    parts = ("jour", "mois")

    def __init__(self, label, validators=(), hint="", **kwargs):
        super().__init__(label, validators, **kwargs)
        self.hint = hint
        self.typed = ("",) * len(self.parts)

    @property
    def first_id(self) -> str:
        return f"{self.id}-jour"

    def process(self, formdata, data=None, **kwargs):
        super().process(None, data, **kwargs)
        if formdata:
            self.typed = tuple(formdata.get(f"{self.name}-{part}", "").strip()[:20] for part in self.parts)
            self.data = self._read()
        elif self.data:
            self.typed = tuple(str(part) for part in self.data)

    def _read(self) -> tuple | None:
        if all(re.fullmatch(r"\d{1,2}", part, re.ASCII) for part in self.typed[:2]):
            return int(self.typed[0]), int(self.typed[1])
        return None

    def pre_validate(self, form):
        if not any(self.typed):
            if self.required:
                raise StopValidation("Écrivez le jour et le mois, par exemple 7 et 3.")
            return
        if self.data is None:
            raise StopValidation("Écrivez le jour et le mois en chiffres, par exemple 7 et 3.")
        if not 1 <= self.data[1] <= 12:
            raise StopValidation("Le mois va de 1 à 12.")
        self._check_day(*self.data)

    def _check_day(self, day: int, month: int, year: int | None = None) -> None:
        """Raises StopValidation when the month has no such day, in that year or, without one, in any."""
        longest = monthrange(year or _LEAP_YEAR, month)[1]
        if 1 <= day <= longest:
            return
        length = f"{longest} jours" if year or month != 2 else "28 ou 29 jours"
        when = f"{MONTHS[month - 1]} {year}" if year and month == 2 else MONTHS[month - 1]
        raise StopValidation(f"Ce jour n'existe pas : {when} a {length}.")

    def validate(self, form, extra_validators=()):
        self.errors = []
        try:
            self.pre_validate(form)
        except StopValidation as stop:
            self.errors.append(str(stop))
        return not self.errors


class DayMaybeYearField(DayMonthField):
    """Three boxes, the year being left empty for the next such day. `data` is (day, month, year or None) or None."""

    component = "date_field"
    parts = ("jour", "mois", "annee")

    def _read(self) -> tuple | None:
        year = self.typed[2]
        if super()._read() is None or not re.fullmatch(r"\d*", year, re.ASCII):
            return None
        return *super()._read(), int(year) if year else None

    def pre_validate(self, form):
        if self.data and self.data[2] is not None and not 2000 <= self.data[2] < 2100:
            raise StopValidation("Écrivez l'année avec ses quatre chiffres, par exemple 2027.")
        super().pre_validate(form)


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
        elif self.data is None and re.fullmatch(r"\d{1,3}", self.typed[2], re.ASCII):
            self.errors.append("Écrivez l'année avec ses quatre chiffres, par exemple 2027.")
        elif self.data is None:
            self.errors.append("Cette date n'existe pas. Écrivez-la en chiffres, par exemple 7, 3 et 2027.")
        return not self.errors


def check_order(first: DateField, last: DateField) -> None:
    """Say under the second date that it comes before the first; once both have been validated."""
    if first.data and last.data and last.data < first.data:
        last.errors = ["Cette date vient avant la première. Changez l'une des deux."]
