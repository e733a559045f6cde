"""The dossier of an allocataire: its rubriques, who may read which, and why it is opened.

The matrix profile × rubrique is data (`profils.csv`, from cdap_profils.csv of the partner documents). A dossier is only
ever read, and is found by a name and a number together.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

_MATRIX = Path(__file__).with_name("profils.csv")


class Rubrique(StrEnum):
    """The fourteen rubriques, in the order of the portal; the values are part of addresses and of the journal."""

    SUMMARY = "synthese"
    PAYMENTS = "paiements"
    DOSSIER = "dossier"
    FAMILY = "famille"
    RIGHTS = "droits"
    HOUSING = "logement"
    RESOURCES = "ressources"
    RSA = "rsa"
    DEBTS = "creances"
    LETTERS = "courriers"
    HEALTH_RSA = "couverture-rsa"
    HEALTH_RESOURCES = "couverture-ressources"
    MORE = "complements"
    PAYMENT_CERTIFICATE = "attestation"

    @property
    def label(self) -> str:
        return _RUBRIQUES[self][0]

    @property
    def icon(self) -> str:
        return _RUBRIQUES[self][1]


_RUBRIQUES = {
    Rubrique.SUMMARY: ("Fiche de synthèse", "layout-list"),
    Rubrique.PAYMENTS: ("Paiements", "euro"),
    Rubrique.DOSSIER: ("Dossier", "folder-open"),
    Rubrique.FAMILY: ("Famille", "users-round"),
    Rubrique.RIGHTS: ("Droits", "badge-check"),
    Rubrique.HOUSING: ("Logement", "house"),
    Rubrique.RESOURCES: ("Ressources", "wallet"),
    Rubrique.RSA: ("RSA", "hand-helping"),
    Rubrique.DEBTS: ("Créances", "hand-coins"),
    Rubrique.LETTERS: ("Courriers", "mail"),
    Rubrique.HEALTH_RSA: ("Couverture santé : RSA", "heart-pulse"),
    Rubrique.HEALTH_RESOURCES: ("Couverture santé : ressources", "stethoscope"),
    Rubrique.MORE: ("Données complémentaires", "list-plus"),
    Rubrique.PAYMENT_CERTIFICATE: ("Attestation de paiement", "file-badge"),
}


class Check(StrEnum):
    """What a profile must show, or a dossier must have, beside the name and the number."""

    INSTRUCTOR = "instructeur"
    PROTECTION = "protection"
    LANDLORD = "bailleur"
    RSA = "rsa"

    @property
    def told(self) -> str:
        """What the agent must know of it before searching."""
        return {
            "instructeur": "Votre numéro d'instructeur doit être celui du service qui a instruit le dossier.",
            "protection": "Seuls s'ouvrent les dossiers que votre structure protège, ou a protégés.",
            "bailleur": "Votre numéro de bailleur doit être celui du logement du dossier.",
            "rsa": "Seuls s'ouvrent les dossiers avec du RSA maintenant, ou dans les deux dernières années.",
        }[self]


# faits.md, "Partner accounts, groups and profiles": the extra checks.
_CHECKS = {
    "T4": Check.INSTRUCTOR,
    "T9": Check.PROTECTION,
    "T10": Check.LANDLORD,
    "T18": Check.RSA,
    "T19": Check.RSA,
}


@dataclass(frozen=True)
class Profile:
    """A Cdap profile: its code, its name, the rubriques it opens and its extra check."""

    code: str
    label: str
    rubriques: frozenset[Rubrique]

    @property
    def check(self) -> Check | None:
        return _CHECKS.get(self.code)

    def opens(self, rubrique: Rubrique) -> bool:
        return rubrique in self.rubriques

    @property
    def shown(self) -> list[Rubrique]:
        """Its rubriques, in the order of the portal."""
        return [rubrique for rubrique in Rubrique if rubrique in self.rubriques]


@cache
def profiles() -> dict[str, Profile]:
    """Code -> profile, in the order of the portal."""
    with _MATRIX.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        row["profil"]: Profile(row["profil"], row["libelle"], frozenset(r for r in Rubrique if row[r.value] == "x"))
        for row in rows
    }


def profile_of(code: str | None) -> Profile | None:
    """None for no profile, or one that the portal does not know: nothing is opened."""
    return profiles().get(code or "")


def profile_words(code: str) -> str:
    """`T12 (Aide juridictionnelle)`: the code alone says nothing to who does not know them by heart."""
    known = profile_of(code)
    return f"{code} ({known.label})" if known else code


# ── finding ─────────────────────────────────────────────────────────────────────────────────────

_NUMBER = re.compile(r"(\d{7})[A-Z]?")


def normal_number(typed: str) -> str | None:
    """The seven digits of an allocataire number, without spaces nor its key letter; None when it is not one."""
    found = _NUMBER.fullmatch(re.sub(r"[\s.-]", "", typed).upper())
    return found[1] if found and found[1].isascii() else None


def normal_name(typed: str) -> str:
    """A name as it is compared: capitals without accents, one space for all that is no letter."""
    spread = unicodedata.normalize("NFKD", typed.upper().replace("Œ", "OE").replace("Æ", "AE"))
    letters = "".join(c for c in spread if not unicodedata.combining(c))
    return " ".join(re.findall(r"[^\W\d_]+", letters))


# ── why ─────────────────────────────────────────────────────────────────────────────────────────


class Purpose(StrEnum):
    """What the reading is for (« finalité »)."""

    SUPPORT = "accompagnement"
    REQUEST = "instruction"
    RESOURCES = "ressources"
    HOUSING = "logement"
    PROTECTION = "protection"
    CONTROL = "controle"

    @property
    def label(self) -> str:
        return {
            "accompagnement": "Accompagner la personne",
            "instruction": "Instruire une demande",
            "ressources": "Vérifier ses ressources",
            "logement": "Traiter son logement",
            "protection": "La protéger",
            "controle": "Contrôler un droit au RSA",
        }[self]

    @property
    def detail(self) -> str:
        return {
            "accompagnement": "Elle est là, ou vous la suivez",
            "instruction": "RSA, aide, secours",
            "ressources": "Pour un tarif ou une aide d'action sociale",
            "logement": "Loyer, FSL, expulsion",
            "protection": "Tutelle, curatelle, enfance",
            "controle": "Contrôle ou contentieux",
        }[self]


class LegalBasis(StrEnum):
    """What allows the reading (« base légale »): article 6 of the General Data Protection Regulation."""

    PUBLIC_TASK = "mission"
    LEGAL_DUTY = "obligation"
    CONSENT = "consentement"

    @property
    def label(self) -> str:
        return {
            "mission": "Une mission d'intérêt public",
            "obligation": "Une obligation de la loi",
            "consentement": "L'accord de la personne",
        }[self]

    @property
    def detail(self) -> str:
        return {
            "mission": "Celle de votre structure, écrite dans la convention",
            "obligation": "Un texte vous demande cette vérification",
            "consentement": "Elle vous l'a dit, et peut changer d'avis",
        }[self]


class Recipient(StrEnum):
    """Who will know what is read (« destinataire »)."""

    MYSELF = "agent"
    PERSON = "personne"
    SERVICE = "service"
    COMMISSION = "commission"

    @property
    def label(self) -> str:
        return {
            "agent": "Moi seulement",
            "personne": "La personne elle-même",
            "service": "Mon service",
            "commission": "Une commission",
        }[self]

    @property
    def detail(self) -> str:
        return {
            "agent": "Rien n'est transmis",
            "personne": "Vous lui lisez son dossier",
            "service": "Collègues habilités, pour la même demande",
            "commission": "FSL, Ccapex, surendettement…",
        }[self]


@dataclass(frozen=True)
class Reasons:
    """Why a dossier is opened: the three things that make an access lawful."""

    purpose: Purpose
    legal_basis: LegalBasis
    recipient: Recipient

    @property
    def code(self) -> str:
        """For the journal: codes, no words about anyone."""
        return f"{self.purpose.value}/{self.legal_basis.value}/{self.recipient.value}"
