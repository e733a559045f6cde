"""The control plan: what in the papers, the rights and the use of the accounts should be looked at, and why (faits.md,
« Control plan »). Each family has a module; `store.control` gathers what they look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

LOOKED_BACK = timedelta(days=60)


class Family(StrEnum):
    """The three families of checks (faits.md, « Control plan »)."""

    PAPERS = "papiers"
    RIGHTS = "droits"
    SIGN_INS = "connexions"

    @property
    def label(self) -> str:
        return {"papiers": "Les papiers", "droits": "Les droits", "connexions": "Les connexions"}[self]


class Kind(StrEnum):
    PAPERS = "papier"
    MISSION = "mission"
    GROUPS = "groupes"
    PROFILES = "profils"
    ROTATION = "rotation"
    HOURS = "heures"
    MACHINES = "machines"
    REFUSED = "refus"
    NEVER = "jamais"
    INACTIVE = "inactif"

    @property
    def family(self) -> Family:
        if self is Kind.PAPERS:
            return Family.PAPERS
        return Family.RIGHTS if self in _ABOUT_RIGHTS else Family.SIGN_INS

    @property
    def label(self) -> str:
        return {
            "papier": "Un papier manque, ou n'est plus valable",
            "mission": "Un profil qui ne va pas avec la mission",
            "groupes": "Un agent dans plusieurs groupes",
            "profils": "Plusieurs profils",
            "rotation": "Des droits qui changent vite",
            "heures": "Connexion à une heure inhabituelle",
            "machines": "Plusieurs machines en peu de temps",
            "refus": "Beaucoup de connexions refusées",
            "jamais": "Compte jamais utilisé",
            "inactif": "Compte sans connexion depuis longtemps",
        }[self]

    @property
    def advice(self) -> str:
        return {
            "papier": "Demandez le papier, ou son renouvellement, puis écrivez ses dates ici. Sans papier, les droits "
            "s'arrêtent.",
            "mission": "Demandez à l'agent pourquoi. Si ce n'est pas son travail, changez le groupe ou le profil.",
            "groupes": "Un seul groupe suffit le plus souvent. Terminez l'appartenance qui ne sert plus.",
            "profils": "Un groupe a une mission, donc un profil ; un agent aussi. Deux missions ? Faites deux groupes, "
            "avec d'autres agents.",
            "rotation": "Demandez qui a décidé ces changements. Terminez les droits qui ne servent plus.",
            "heures": "Demandez à l'agent si c'était bien lui. Sinon, fermez le compte et changez le mot de passe.",
            "machines": "Demandez à l'agent s'il a changé de poste. Un mot de passe ne se prête pas.",
            "refus": "Cherchez quelle machine a cette adresse, et qui s'en servait. Personne ne le sait ? "
            "Prévenez la sécurité.",
            "jamais": "L'agent n'est pas arrivé, ou n'a pas reçu son mot de passe ? Donnez-en un autre, ou fermez le "
            "compte.",
            "inactif": "L'agent est parti ? Fermez le compte. Sinon, qu'il se connecte : sans connexion, le compte se "
            "ferme seul.",
        }[self]

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """How it can be dealt with."""
        if self is Kind.PAPERS:
            return (Reason.RENEWED, Reason.ASKED, Reason.CHECKED)
        if self.family is Family.RIGHTS:
            return (Reason.CHANGED, Reason.WANTED, Reason.EXPLAINED, Reason.TOLD)
        return (Reason.EXPLAINED, Reason.CHECKED, Reason.PASSWORD, Reason.CLOSED, Reason.TOLD)


_ABOUT_RIGHTS = (Kind.MISSION, Kind.GROUPS, Kind.PROFILES, Kind.ROTATION)


class Reason(StrEnum):
    """How a finding was dealt with. A code: nobody's name is written down."""

    EXPLAINED = "explique"
    CHECKED = "verifie"
    PASSWORD = "mot-de-passe"  # noqa: S105 not one
    CLOSED = "ferme"
    TOLD = "signale"
    RENEWED = "recu"
    ASKED = "demande"
    CHANGED = "droits"
    WANTED = "voulu"

    @property
    def label(self) -> str:
        return {
            "explique": "L'agent l'a expliqué",
            "verifie": "Vérifié avec son responsable",
            "mot-de-passe": "Mot de passe changé",
            "ferme": "Compte fermé",
            "signale": "Signalé à la sécurité",
            "recu": "Papier reçu ou renouvelé",
            "demande": "Papier demandé, en attente",
            "droits": "Droits changés",
            "voulu": "C'est voulu, et permis",
        }[self]


@dataclass(frozen=True)
class Thresholds:
    """Hours of the day, counts, minutes, months and days, as the settings have them."""

    opens: int = 7
    closes: int = 20
    machines: int = 3
    minutes: int = 60
    refused: int = 20
    inactive_months: int = 6
    notice_days: int = 30
    never_days: int = 30
    paper_days: int = 60
    groups: int = 2
    rotations: int = 3
    rotation_days: int = 30


@dataclass(frozen=True)
class Finding:
    """`key` is the same each time it is found, so that a decision lasts, and another one when the facts change: codes
    only, for the journal. `detail` is one plain sentence. The agent, the group or the convention to go to."""

    kind: Kind
    key: str
    on: date
    detail: str
    agent_id: int | None = None
    group_id: int | None = None
    convention_id: int | None = None
