"""What a field refuses, said in French with what to do next."""

from __future__ import annotations

import math
import re
import unicodedata

from email_validator import EmailNotValidError, validate_email
from wtforms.validators import StopValidation

from counter.formatting import normal_phone
from counter.messages import LAST_REMINDER
from counter.pdf.fonts import printable
from counter.places import alike

NAME_LENGTH = 80
ADDRESS_LENGTH = 300
MOST_REMINDERS = 4
_VIDEO_ADDRESS = re.compile(r"https://[a-z0-9.-]+(:[0-9]{1,5})?([/?#][a-z0-9._~:/?#@!$&'()+,;=%-]*)?", re.IGNORECASE)


class PersonName:
    """A name as people have them: letters of any language, hyphens, apostrophes; printable on paper."""

    def __call__(self, form, field):
        name = "".join(c for c in unicodedata.normalize("NFC", field.data or "") if unicodedata.category(c) != "Cf")
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
            field.data = validate_email(field.data, check_deliverability=False, allow_smtputf8=False).normalized
        except EmailNotValidError as error:
            raise StopValidation(
                "Cette adresse e-mail ne va pas. Vérifiez-la, elle s'écrit comme prenom.nom@exemple.fr."
            ) from error


class VideoAddress:
    """An https address of at most 300 signs, plain enough to be printed, sent by SMS and typed again."""

    def __call__(self, form, field):
        text = field.data or ""
        if not text:
            return
        if len(text) > ADDRESS_LENGTH:
            raise StopValidation(f"{len(text)} signes, c'est trop : {ADDRESS_LENGTH} au plus.")
        if not text.lower().startswith("https://"):
            raise StopValidation("L'adresse doit commencer par https:// : la visio est alors protégée.")
        if not _VIDEO_ADDRESS.fullmatch(text):
            raise StopValidation("Cette adresse ne va pas. Copiez-la depuis votre outil de visio, sans espace.")


class ReminderDays:
    """Days before an appointment, as people write them (`2, 0`), kept as `2,0`, the longest first."""

    def __call__(self, form, field):
        parts = [part for part in re.split(r"[\s,;]+", field.data or "") if part]
        if any(not re.fullmatch(r"[0-9]{1,2}", part) or int(part) > LAST_REMINDER for part in parts):
            raise StopValidation(f"Écrivez des nombres de 0 à {LAST_REMINDER}, avec des virgules. Par exemple : 2, 0.")
        days = sorted({int(part) for part in parts}, reverse=True)
        if len(days) > MOST_REMINDERS:
            raise StopValidation(f"{len(days)} rappels, c'est trop : {MOST_REMINDERS} au plus.")
        field.data = ", ".join(map(str, days))


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


class EachOnce:
    """No line twice, whatever its accents and capitals: nobody could tell which is meant."""

    def __call__(self, form, field):
        known = set()
        for line in filter(None, (field.data or "").splitlines()):
            if (name := alike(line) or line) in known:
                raise StopValidation(f"« {line} » est écrit deux fois. Donnez à chacun son nom, ou enlevez une ligne.")
            known.add(name)


class Lines:
    """Several lines that fit on the sheet, with letters the papers can show. A line longer than `length` letters counts
    as the lines it takes on paper; when it never `wraps`, as in an address, it is refused."""

    def __init__(self, count: int, length: int = 90, wraps: bool = True):
        self.count, self.length, self.wraps = count, length, wraps

    def __call__(self, form, field):
        lines = (field.data or "").splitlines()
        taken = sum(max(1, math.ceil(len(line) / self.length)) for line in lines)
        if not self.wraps and any(len(line) > self.length for line in lines):
            raise StopValidation(f"Une ligne a plus de {self.length} lettres. Coupez-la en deux.")
        if taken > self.count:
            raise StopValidation(f"{taken} lignes, c'est trop : {self.count} au plus.")
        lost = printable(" ".join(lines))[1]
        if lost:
            raise StopValidation(f"Ces signes ne peuvent pas être imprimés : {' '.join(lost)}. Enlevez-les.")
