"""What is kept, what for, and for how long: the one register that the page shows and the purge applies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from counter.journal import Subject
from counter.months import months_before

RETIRED = "Compte effacé"  # in the place of the name of an agent


class Where(StrEnum):
    BASE = "base"
    CACHE = "cache"
    FILES = "fichiers"

    @property
    def label(self) -> str:
        return {"base": "Base principale", "cache": "Base de travail, qui peut être perdue", "fichiers": "Fichiers"}[
            self
        ]


class Data(StrEnum):
    """A class of data that is purged."""

    APPOINTMENTS = "rendez-vous"
    MESSAGES = "messages"
    ENROLMENTS = "inscriptions"
    ATTESTATIONS = "attestations"
    VISITS = "accompagnements"
    HELD = "demarches-en-attente"
    REPORTS = "signalements"
    COUNTS = "comptages"
    LOBBY = "appels-et-numeros"
    FINDINGS = "constats"
    JOURNAL = "journal"
    ACCESSES = "acces-dossiers"
    HABILITATIONS = "habilitations"
    ACCOUNTS = "comptes-fermes"
    PROVISIONAL = "mots-de-passe-provisoires"
    SESSIONS = "sessions"
    DOSSIERS = "copies-dossiers"
    KIOSK_VISITS = "visites-bornes"
    COPIES = "copies"


@dataclass(frozen=True)
class Kept:
    """One line of the register. `months` or `days` count from what `since` says; both 0: the settings decide. `names`:
    it names people who are served, and is told in the copy they are given."""

    data: Data
    label: str
    holds: str
    why: str
    since: str
    subject: Subject
    months: int = 0
    days: int = 0
    where: Where = Where.BASE
    names: bool = True

    @property
    def term(self) -> str:
        """`12 mois après le jour du rendez-vous`."""
        length = f"{self.months} mois" if self.months else f"{self.days} jours" if self.days else ""
        return f"{length} {self.since}".strip()

    def limit(self, today: date) -> date:
        """What is older than this day goes."""
        return months_before(today, self.months) - timedelta(days=self.days)


REGISTER = (
    Kept(
        Data.APPOINTMENTS,
        "Rendez-vous",
        "Prénom, nom, jour et mois de naissance, téléphone, e-mail, besoins d'accueil, proche à prévenir, historique, "
        "liste d'attente.",
        "Recevoir la personne, retrouver un rendez-vous passé, en refaire l'attestation.",
        "après le jour du rendez-vous",
        Subject.APPOINTMENT,
        months=12,
    ),
    Kept(
        Data.MESSAGES,
        "Messages envoyés",
        "Numéro ou adresse, texte de l'e-mail ou du SMS.",
        "Dire à l'agent ce qui est parti, et ce qui a échoué.",
        "après le moment où le message ne sert plus",
        Subject.MESSAGE,
        days=30,
    ),
    Kept(
        Data.ENROLMENTS,
        "Inscriptions aux ateliers",
        "Prénom, nom, téléphone, présence.",
        "Recevoir la personne, faire son attestation.",
        "après le jour de l'atelier",
        Subject.ENROLMENT,
        months=12,
    ),
    Kept(
        Data.ATTESTATIONS,
        "Attestations",
        "Noms et faits attestés, avec les montants recopiés. Le numéro d'un papier annulé reste, sans le nom.",
        "Vérifier un papier par son numéro, l'imprimer de nouveau.",
        "après le jour où l'attestation est faite",
        Subject.ATTESTATION,
        months=24,
    ),
    Kept(
        Data.VISITS,
        "Accompagnements et diagnostics",
        "Heures, démarches faites, résultat du diagnostic. Aucun nom.",
        "Suivre l'activité.",
        "après l'accompagnement",
        Subject.VISIT,
        months=24,
        names=False,
    ),
    Kept(
        Data.HELD,
        "Démarches en attente",
        "La fiche, l'étape, les cases cochées. Aucun nom.",
        "Reprendre une démarche avec un code.",
        "après le dernier jour du code",
        Subject.SHEET,
        names=False,
    ),
    Kept(
        Data.REPORTS,
        "Erreurs signalées dans les fiches",
        "Ce qu'un agent a écrit. Le texte est déjà oublié quand l'erreur est réglée.",
        "Corriger les fiches.",
        "après le signalement",
        Subject.SHEET,
        months=12,
    ),
    Kept(
        Data.COUNTS,
        "Comptages",
        "Recherches sans créneau, usage des fiches. Aucun nom.",
        "Suivre l'activité.",
        "après le mois compté",
        Subject.FIGURES,
        months=36,
        names=False,
    ),
    Kept(
        Data.LOBBY,
        "Appels de la borne et numéros d'attente",
        "Heure de l'appel, de la réponse, numéro, motif, guichet. Aucun nom.",
        "Venir voir la personne, l'appeler à son tour.",
        "après le jour",
        Subject.KIOSK,
        days=30,
        names=False,
    ),
    Kept(
        Data.FINDINGS,
        "Constats du contrôle",
        "Quel agent, quel jour, ce qui a été fait.",
        "Ne pas montrer deux fois ce qui est traité.",
        "après la décision",
        Subject.FINDING,
        months=12,
        names=False,
    ),
    Kept(
        Data.JOURNAL,
        "Journal",
        "Qui a fait ou lu quoi, quand, de quelle machine. Aucun nom d'usager.",
        "Savoir qui a consulté quoi, découvrir un abus.",
        "après la fin du mois",
        Subject.JOURNAL,
        months=12,
        names=False,
    ),
    Kept(
        Data.ACCESSES,
        "Raisons d'ouverture des dossiers",
        "Qui a ouvert un dossier, avec quel profil, pour quoi faire, autorisé par quoi, pour qui. Pas le nom de la "
        "personne.",
        "Montrer que chaque lecture était permise.",
        "après l'ouverture",
        Subject.DOSSIER,
        months=12,
        names=False,
    ),
    Kept(
        Data.HABILITATIONS,
        "Appartenances aux groupes et rôles terminés",
        "Quel agent a eu quels droits, de quand à quand, donnés par qui.",
        "Montrer, pour chaque lecture du journal, que l'agent en avait le droit.",
        "après leur dernier jour, ou le refus",
        Subject.HABILITATION,
        months=24,
        names=False,
    ),
    Kept(
        Data.ACCOUNTS,
        "Comptes d'agents fermés",
        "Nom, identifiant, e-mail, mot de passe (jamais lisible), deuxième étape et codes de secours, lien ProConnect. "
        "Il reste un numéro.",
        "Dire qui a fait quoi tant que les papiers et le journal en parlent, rouvrir un compte.",
        "après la fermeture du compte",
        Subject.AGENT,
        months=24,
        names=False,
    ),
    Kept(
        Data.PROVISIONAL,
        "Mots de passe provisoires",
        "De quoi le reconnaître, jamais le mot de passe lui-même. Son e-mail est vidé quand il est parti.",
        "Entrer la première fois, ou après un oubli.",
        "après ses 24 heures",
        Subject.AGENT,
        days=7,
        names=False,
    ),
    Kept(
        Data.SESSIONS,
        "Sessions des agents",
        "La page en cours, ce qui était en train d'être écrit.",
        "Rester connecté, ne rien perdre quand la session se termine.",
        "24 heures après la fin de la session",
        Subject.SESSION,
        where=Where.CACHE,
    ),
    Kept(
        Data.DOSSIERS,
        "Copies des dossiers et des quotients familiaux",
        "Ce que la Caf ou la MSA a répondu, chiffré.",
        "Relire un dossier sans le redemander, répondre quand la ligne est coupée.",
        "1 jour pour un dossier, 7 jours pour un quotient, sauf autre réglage",
        Subject.DOSSIER,
        where=Where.CACHE,
    ),
    Kept(
        Data.KIOSK_VISITS,
        "Visites devant une borne",
        "La langue, ce qui est choisi et écrit sur l'écran, chiffré.",
        "Passer d'un écran au suivant.",
        "2 minutes et 20 secondes après le dernier geste",
        Subject.KIOSK,
        where=Where.CACHE,
    ),
    Kept(
        Data.COPIES,
        "Copies de la base avant une mise à jour",
        "Tout ce que la base contenait ce jour-là.",
        "Revenir en arrière si la mise à jour échoue.",
        "après la mise à jour",
        Subject.COPY,
        days=30,
        where=Where.FILES,
    ),
)
NOT_PURGED = (
    (
        "Comptes d'agents ouverts",
        "Tant qu'ils servent : nom, identifiant, e-mail, deuxième étape, groupes et rôles en "
        "cours. Un compte qui ne sert plus se ferme seul.",
    ),
    ("Conventions, contrats, bulletins, groupes, activités", "Tant qu'ils servent. Aucun nom d'usager."),
    ("Caf, lieux, bornes, motifs, plages, fermetures, ateliers", "Tant qu'ils servent. Aucun nom d'usager."),
    ("Numéros des papiers annulés", "Sans limite et sans le nom, car un papier annulé ne redevient jamais bon."),
)


def kept(data: Data) -> Kept:
    return next(item for item in REGISTER if item.data is data)
