"""Élise Lambert, who does not exist: what her card says in the exercises.

Her number cannot be anybody's: the 6th and 7th digits of a number are the département of birth, and there is no
département 00. Her identity card begins with a year and a month, and there is no month 00. Her telephone is in the
range kept for fiction (Arcep: 06 39 98 …).
"""

from __future__ import annotations

from counter.practice import Fact
from counter.practice.fields import Day, Digits, Mail, Secret, Words

FIRST_NAME, LAST_NAME = "Élise", "Lambert"
NUMBER = "2770900123456"
KEY = f"{97 - int(NUMBER) % 97:02d}"  # the two last digits on a carte Vitale
PASSWORD = "Train7Violet"  # noqa: S105 -- printed on the card of the exercise
PHONE = "06 39 98 12 34"
MAIL = "elise@exemple.fr"
STREET, POSTCODE, TOWN = "6 rue des Pivoines", "13013", "Marseille"

NUMBER_ON_CARD = f"{NUMBER[0]} {NUMBER[1:3]} {NUMBER[3:5]} {NUMBER[5:7]} {NUMBER[7:10]} {NUMBER[10:]}"
VITALE = Fact("Carte Vitale", f"{NUMBER_ON_CARD} {KEY}")
PASSWORD_FACT = Fact("Mot de passe", PASSWORD)
NAME_FACT = Fact("Nom", LAST_NAME)
FIRST_NAME_FACT = Fact("Prénom", FIRST_NAME)
BIRTH_FACT = Fact("Date de naissance", "3 septembre 1977")
BIRTH_PLACE_FACT = Fact("Lieu de naissance", TOWN)
PHONE_FACT = Fact("Téléphone portable", PHONE)
MAIL_FACT = Fact("Adresse mail", MAIL)


def number_field() -> Digits:
    """The 13 first digits of her carte Vitale."""
    return Digits(
        "numero",
        "Numéro de Sécurité sociale",
        "13 chiffres, sans espace",
        expected=NUMBER,
        too_long="Gardez les 13 premiers chiffres, laissez les 2 derniers.",
    )


def password_field() -> Secret:
    """Her password, as the card gives it."""
    return Secret("password", "Mot de passe", "La case cache ce que vous écrivez.", expected=PASSWORD)


def name_field(label: str = "Nom") -> Words:
    return Words("nom", label, expected=LAST_NAME)


def first_name_field(label: str = "Prénom") -> Words:
    return Words("prenom", label, expected=FIRST_NAME)


def birth_field() -> Day:
    return Day("naissance", "Date de naissance", expected=(3, 9, 1977), words="3 septembre 1977")


def phone_field() -> Digits:
    return Digits("telephone", "Téléphone portable", "10 chiffres", expected=PHONE.replace(" ", ""), spaces=True)


def mail_field() -> Mail:
    return Mail("mail", "Adresse mail", "Avec le signe @", expected=MAIL)
