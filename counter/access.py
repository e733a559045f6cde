"""Who may do what: roles and what each may reach, passwords, and when a session ends."""

from __future__ import annotations

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
    """What a view asks for. PUBLIC views are open to anyone, SIGNED_IN to every agent."""

    PUBLIC = "public"
    SIGNED_IN = "connecte"
    COUNTER = "accueil"
    MONITOR = "etat"
    FIGURES = "suivi"
    ADMINISTER = "administration"
    HABILITATE = "habilitations"


FUNCTIONS = (Role.ADMINISTRATOR, Role.FRONT_DESK, Role.SOCIAL_WORKER, Role.REFERENT)
_COUNTER = {Permission.SIGNED_IN, Permission.COUNTER, Permission.MONITOR, Permission.FIGURES}
_GRANTED = {
    Role.ADMINISTRATOR: {*_COUNTER, Permission.ADMINISTER, Permission.HABILITATE},
    Role.MANAGER: {Permission.SIGNED_IN, Permission.HABILITATE},
    Role.FRONT_DESK: _COUNTER,
    Role.SOCIAL_WORKER: _COUNTER,
    Role.REFERENT: {Permission.SIGNED_IN, Permission.MONITOR, Permission.FIGURES},
    Role.KIOSK: set(),
}


def may(role: Role | None, permission: Permission) -> bool:
    """Whether someone of this role (None: not signed in) holds the permission."""
    return permission is Permission.PUBLIC or (role is not None and permission in _GRANTED[role])


MIN_PASSWORD, MAX_PASSWORD = 8, 32
CURRENCY_SIGNS = frozenset("$€£¥¤¢₩₽₹฿₿₺₴")


def password_faults(password: str) -> list[str]:
    """What is missing, in French; empty when the password will do (faits.md, "Partner accounts")."""
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
    return faults


def session_ended(
    started_at: datetime, seen_at: datetime, now: datetime, idle_minutes: int, session_hours: int
) -> bool:
    """Whether a session is over, by idleness or by age."""
    return now - seen_at >= timedelta(minutes=idle_minutes) or now - started_at >= timedelta(hours=session_hours)
