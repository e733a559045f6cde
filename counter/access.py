"""Who may do what: roles and what each may reach, passwords, and when a session ends."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from enum import StrEnum


class Role(StrEnum):
    """ADMINISTRATOR, FRONT_DESK, SOCIAL_WORKER and REFERENT are what an agent is; MANAGER (responsable des
    habilitations) comes from a group, KIOSK is a device (habilitations.py)."""

    ADMINISTRATOR = "administrateur"
    MANAGER = "responsable"
    FRONT_DESK = "agent-accueil"
    SOCIAL_WORKER = "travailleur-social"
    REFERENT = "referent"
    KIOSK = "borne"

    @property
    def label(self) -> str:
        return {
            "administrateur": "Administrateur",
            "responsable": "Responsable des habilitations",
            "agent-accueil": "Agent d'accueil",
            "travailleur-social": "Travailleur social",
            "referent": "Référent",
            "borne": "Borne",
        }[self]


class Permission(StrEnum):
    """What a view asks for. PUBLIC views are open to anyone but a kiosk, SIGNED_IN to every agent, KIOSK to a device
    that was enrolled, and to nobody else."""

    PUBLIC = "public"
    SIGNED_IN = "connecte"
    COUNTER = "accueil"
    MONITOR = "etat"
    FIGURES = "suivi"
    ADMINISTER = "administration"
    HABILITATE = "habilitations"
    KIOSK = "borne"


FUNCTIONS = (Role.ADMINISTRATOR, Role.FRONT_DESK, Role.SOCIAL_WORKER, Role.REFERENT)
_COUNTER = {Permission.SIGNED_IN, Permission.COUNTER, Permission.MONITOR, Permission.FIGURES}
_GRANTED = {
    Role.ADMINISTRATOR: {*_COUNTER, Permission.ADMINISTER, Permission.HABILITATE},
    Role.MANAGER: {Permission.SIGNED_IN, Permission.HABILITATE},
    Role.FRONT_DESK: _COUNTER,
    Role.SOCIAL_WORKER: _COUNTER,
    Role.REFERENT: {Permission.SIGNED_IN, Permission.MONITOR, Permission.FIGURES},
    Role.KIOSK: {Permission.KIOSK},
}


def may(role: Role | None, permission: Permission) -> bool:
    """Whether someone of this role (None: not signed in) holds the permission."""
    if role is Role.KIOSK:
        return permission is Permission.KIOSK
    return permission is Permission.PUBLIC or (role is not None and permission in _GRANTED[role])


MIN_PASSWORD, MAX_PASSWORD = 8, 32
CURRENCY_SIGNS = frozenset("$€£¥¤¢₩₽₹฿₿₺₴")


# Words on which too many passwords are built, digits and signs aside ("Motdepasse1!", "P@ssw0rd-2026").
_COMMON = frozenset(
    (
        "password", "passwords", "passw", "motdepasse", "motpasse", "azerty", "azertyuiop", "qwerty", "qwertyuiop",
        "admin", "administrateur", "administrator", "welcome", "bienvenue", "soleil", "chouchou", "doudou",
        "loulou", "marseille", "jetaime", "iloveyou", "letmein", "changeme", "changezmoi", "secret", "provisoire",
        "caf", "allocataire", "franceservices", "counter", "accueil", "test", "demo", "user", "root", "france",
        "football", "dragon", "monkey",
    )
)  # fmt: skip
_LOOKALIKES = str.maketrans("@43015!7", "aaeoisit")
_SHORTEST_PERSONAL = 4
PROVISIONAL = timedelta(hours=24)


def password_faults(password: str, personal: Iterable[str] = ()) -> list[str]:
    """What is wrong, in French; empty when the password will do (faits.md, "Partner accounts").

    `personal` are words that anyone may know of the agent: identifier, name, address, structure.
    """
    faults = []
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        faults.append(f"{MIN_PASSWORD} à {MAX_PASSWORD} caractères")
    if not any(c.isupper() for c in password):
        faults.append("une majuscule")
    if not any(c.islower() for c in password):
        faults.append("une minuscule")
    if not any(c.isdigit() for c in password):
        faults.append("un chiffre")
    if not any(not c.isalnum() and not c.isspace() for c in password):
        faults.append("un caractère spécial comme ! ou ?")
    if CURRENCY_SIGNS & set(password):
        faults.append("aucun signe de monnaie")
    if not faults and _is_common(password):
        faults.append("un mot de passe moins connu")
    if not faults and _tells_who(password, personal):
        faults.append("un mot de passe sans votre nom, votre identifiant ni le nom de la structure")
    return faults


def _is_common(password: str) -> bool:
    """A common word, whatever digits and signs surround or replace its letters."""
    spellings = (password, password.translate(_LOOKALIKES), password.strip("0123456789!?.-_*#+").translate(_LOOKALIKES))
    return any(_letters(text) in _COMMON for text in spellings)


def _tells_who(password: str, personal: Iterable[str]) -> bool:
    said = (_letters(password), _letters(password.translate(_LOOKALIKES)))
    words = (_letters(word) for text in personal for word in re.split(r"[^\w]+", text))
    return any(word in text for word in words if len(word) >= _SHORTEST_PERSONAL for text in said)


def _letters(text: str) -> str:
    """Small letters without accents, nothing else."""
    plain = unicodedata.normalize("NFD", text.lower())
    return "".join(c for c in plain if c.isalpha())


def initial_password(choose: Callable[[str], str]) -> str:
    """A provisional password as password_faults wants it, easy to copy from a paper (no 0/O, 1/I/l).

    `choose` picks one sign of a text at random; 4 × 10^15 of them.
    """
    small, capital, digit = "abcdefghjkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789"
    parts = (capital, small, small, small, "-", digit, digit, digit, digit, "-", small, small, small, small)
    return "".join(choose(part) for part in parts)


def session_ended(
    started_at: datetime, seen_at: datetime, now: datetime, idle_minutes: int, session_hours: int
) -> bool:
    """Whether a session is over, by idleness or by age."""
    return now - seen_at >= timedelta(minutes=idle_minutes) or now - started_at >= timedelta(hours=session_hours)
