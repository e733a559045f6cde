"""What a field refuses, said in French with what to do next."""

from __future__ import annotations

import unicodedata

from email_validator import EmailNotValidError, validate_email
from wtforms.validators import StopValidation

from counter.formatting import normal_phone
from counter.pdf.fonts import printable

NAME_LENGTH = 80


class PersonName:
    """A name as people have them: letters of any language, hyphens, apostrophes; printable on paper."""

    def __call__(self, form, field):
        name = unicodedata.normalize("NFC", field.data or "")
        if not name:
            return
        if len(name) > NAME_LENGTH:
            raise StopValidation(f"Ce nom a {len(name)} lettres : {NAME_LENGTH} au plus. Raccourcissez-le.")
        if not any(c.isalpha() for c in name):
            raise StopValidation("Écrivez au moins une lettre.")
        wrong = sorted({c for c in name if not (unicodedata.category(c)[0] in "LM" or c in " -'’.·")})
        if wrong:
            raise StopValidation(
                f"Un nom ne contient que des lettres, des espaces, - et '. Enlevez : {' '.join(wrong)}"
            )
        lost = printable(name)[1]
        if lost:
            raise StopValidation(
                f"Ces lettres ne peuvent pas être imprimées : {' '.join(lost)}. Écrivez le nom en "
                "lettres latines, comme sur la pièce d'identité."
            )
        field.data = name


class Phone:
    """A French number, overseas ones included, or an international one that begins with +."""

    def __call__(self, form, field):
        if not field.data:
            return
        number = normal_phone(field.data)
        if number is None:
            raise StopValidation("Ce numéro n'existe pas. Écrivez 10 chiffres, par exemple 06 12 34 56 78.")
        field.normal = number


class Email:
    def __call__(self, form, field):
        if not field.data:
            return
        try:
            field.data = validate_email(field.data, check_deliverability=False).normalized
        except EmailNotValidError as error:
            raise StopValidation(
                "Cette adresse e-mail ne va pas. Vérifiez-la, elle s'écrit comme prenom.nom@exemple.fr."
            ) from error


class OneLine:
    """A short free text of at most `length` letters; with `printed`, only letters the papers can show."""

    def __init__(self, length: int, printed: bool = True):
        self.length, self.printed = length, printed

    def __call__(self, form, field):
        text = field.data or ""
        if len(text) > self.length:
            raise StopValidation(f"{len(text)} lettres, c'est trop : {self.length} au plus.")
        lost = printable(text)[1] if self.printed else []
        if lost:
            raise StopValidation(f"Ces signes ne peuvent pas être imprimés : {' '.join(lost)}. Enlevez-les.")
