"""The civil identity that API Particulier asks for."""

from __future__ import annotations

from datetime import date

from wtforms.fields import Field
from wtforms.validators import StopValidation

from counter.directory import department_code
from counter.formatting import month_long
from counter.forms.fields import CardField, Choice, ChoiceField, CounterForm, Rendered, Required, TextField
from counter.forms.validators import OneLine, PersonName
from counter.outside.communes import countries, find_communes
from counter.quotient import FRANCE, MOST_FIRST_NAMES, Identity, Period, first_names, months

OLDEST = 1900


class BornField(Rendered, Field):
    """Three boxes; each may stay empty, but a day needs its month and a month its year. `parts` are (year, month,
    day), None where it is not known."""

    component = "date_field"
    widget = None

    def __init__(self, label, validators=(), hint="", **kwargs):
        super().__init__(label, validators, **kwargs)
        self.hint, self.typed = hint, ("", "", "")
        self.parts: tuple[int | None, int | None, int | None] = (None, None, None)

    @property
    def first_id(self) -> str:
        return f"{self.id}-jour"

    def process(self, formdata, data=None, **kwargs):
        super().process(None, None, **kwargs)
        if formdata:
            self.typed = tuple(formdata.get(f"{self.name}-{p}", "").strip()[:20] for p in ("jour", "mois", "annee"))

    def validate(self, form, extra_validators=()):
        fault = self._fault(form.today)
        self.errors = [fault] if fault else []
        return not self.errors

    def _fault(self, today: date) -> str | None:
        if any(part and not (part.isascii() and part.isdigit() and len(part) < 5) for part in self.typed):
            return "Écrivez la date en chiffres, par exemple 7, 3 et 1985."
        # « 00 » on a paper means that nobody knows: it is an empty box.
        day, month, year = (int(part) if part and int(part) else None for part in self.typed)
        if year is None and (month or day):
            return "Écrivez aussi l'année. Si elle n'est pas connue, laissez les trois cases vides."
        if day and not month:
            return "Écrivez aussi le mois. S'il n'est pas connu, laissez le jour vide."
        if year and not OLDEST <= year <= today.year:
            return f"L'année va de {OLDEST} à {today.year}."
        try:
            if date(year or today.year, month or 1, day or 1) > today:
                return "Cette date n'est pas encore passée."
        except ValueError:
            return "Cette date n'existe pas. Vérifiez le jour et le mois."
        self.parts = (year, month, day)
        return None


class FirstNames:
    """One to three first names; `field.names` is what was read."""

    def __call__(self, form, field):
        field.names = first_names(field.data or "")
        if len(field.names) > MOST_FIRST_NAMES:
            raise StopValidation(f"{len(field.names)} prénoms, c'est trop : écrivez les {MOST_FIRST_NAMES} premiers.")
        field.data = " ".join(field.names)


_SEXES = [Choice("F", "Femme"), Choice("M", "Homme")]
_PLACES = [Choice("france", "En France", detail="Outre-mer compris"), Choice("etranger", "À l'étranger")]


class QuotientForm(CounterForm):
    """`candidates` are the communes of the name that was typed, when there are several to choose from."""

    birth_name = TextField(
        "Nom de naissance", [Required("Écrivez le nom de naissance."), PersonName()], maxlength=100, width=30
    )
    first_names = TextField(
        "Prénoms",
        [Required("Écrivez au moins un prénom."), FirstNames(), PersonName()],
        maxlength=100,
        width=30,
        hint="Les 3 premiers, dans l'ordre de la pièce d'identité. Avec des espaces : Élise Marie Rose.",
    )
    sex = CardField("Sexe, sur la pièce d'identité", _SEXES, [Required("Choisissez femme ou homme.")])
    born = BornField("Date de naissance", hint="Si une partie n'est pas connue, laissez sa case vide.")
    place = CardField("Où la personne est-elle née ?", _PLACES, [Required("Choisissez où la personne est née.")])
    commune = TextField("Commune de naissance", [OneLine(80)], width=30, maxlength=100, hint="Par exemple : Tarare.")
    department = TextField(
        "Département de naissance",
        [OneLine(5)],
        width=12,
        maxlength=6,
        hint="Son numéro, s'il est connu : 69, 2A, 974.",
    )
    commune_code = ChoiceField("Quelle commune ?", [("", "Choisissez")])
    country = ChoiceField("Pays de naissance", [("", "Choisissez")])
    month = ChoiceField("Quotient de quel mois ?")

    def __init__(self, today: date, *args, **kwargs):
        self.today = today
        super().__init__(*args, **kwargs)
        self.commune.flags.required = True  # where it is shown; someone born abroad has none
        self.month.options = [(f"{m:%Y-%m}", month_long(m)) for m in months(today)]
        if not self.month.data:
            self.month.data = f"{today:%Y-%m}"
        self.country.options = [("", "Choisissez"), *((f"{code} {name}", name) for code, name in countries())]
        self.candidates = self._candidates()
        named = [(c.code, f"{c.name} ({c.department})") for c in self.candidates]
        self.commune_code.options = [("", "Choisissez"), *named]
        if self.commune_code.data not in {code for code, _ in named}:
            self.commune_code.data = ""

    def _candidates(self):
        department = department_code(self.department.data or "") or ""
        return find_communes(self.commune.data or "", department) if self.place.data == "france" else []

    @property
    def choosing(self) -> bool:
        """Whether several communes bear the name that was typed."""
        return len(self.candidates) > 1

    def validate(self, extra_validators=None) -> bool:
        valid = super().validate(extra_validators)
        return self._place_is_told() and valid

    def _place_is_told(self) -> bool:
        if self.place.data == "etranger" and not self.country.data:
            return self._fault(self.country, "Choisissez le pays de naissance.")
        if self.place.data != "france":
            return True
        if not self.commune.data:
            return self._fault(self.commune, "Écrivez la commune de naissance.")
        if self.department.data and not department_code(self.department.data):
            return self._fault(self.department, "Écrivez le numéro d'un département, par exemple 69, 2A ou 974.")
        if not self.candidates and not self.department.data:
            return self._fault(
                self.department,
                "Cette commune n'est pas dans la liste. Vérifiez son nom, ou écrivez aussi le numéro du département.",
            )
        if self.choosing and not self.commune_code.data:
            return self._fault(self.commune_code, f"{len(self.candidates)} communes ont ce nom. Choisissez la bonne.")
        return True

    @staticmethod
    def _fault(field, sentence: str) -> bool:
        field.errors = [sentence]
        return False

    def identity(self) -> Identity:
        year, month, day = self.born.parts
        abroad = self.place.data == "etranger"
        code = self.commune_code.data or (self.candidates[0].code if self.candidates else "")
        named = not abroad and not code
        return Identity(
            birth_name=self.birth_name.data,
            first_names=self.first_names.names,
            sex=self.sex.data,
            year=year,
            month=month,
            day=day,
            country=self.country.data.split()[0] if abroad else FRANCE,
            commune="" if abroad else code,
            commune_name=self.commune.data if named else "",
            department=department_code(self.department.data or "") if named else "",
        )

    def period(self) -> Period:
        year, month = self.month.data.split("-")
        return Period(int(year), int(month))
