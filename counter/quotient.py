"""The quotient familial of API Particulier: who is asked about, what came back, what to do when nothing did.

Shapes of the service: outside.md. A birth date may be partial on both sides, a name may differ from the one asked:
nothing is refused for that, what came is shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from counter.dossiers import normal_name as plain
from counter.months import first_of_month

FRANCE = "99100"
MONTHS_BACK = 24
MOST_FIRST_NAMES = 3


@dataclass(frozen=True)
class Identity:
    """A civil identity as API Particulier wants it. A part of the birth date that is not known is None; `commune` is an
    INSEE code, or "" with `commune_name` and `department`; neither for someone born abroad."""

    birth_name: str
    first_names: tuple[str, ...]
    sex: str
    year: int | None = None
    month: int | None = None
    day: int | None = None
    country: str = FRANCE
    commune: str = ""
    commune_name: str = ""
    department: str = ""


@dataclass(frozen=True)
class Period:
    """The month whose quotient is asked."""

    year: int
    month: int


def query(identity: Identity, period: Period, recipient: str) -> list[tuple[str, str]]:
    """The parameters of the call, in a fixed order; `recipient` is the SIRET of the structure."""
    parameters = [("recipient", recipient), ("nomNaissance", identity.birth_name)]
    parameters += [("prenoms[]", name) for name in identity.first_names]
    parameters.append(("sexeEtatCivil", identity.sex))
    dated = (("annee", identity.year), ("mois", identity.month), ("jour", identity.day))
    parameters += [(f"{name}DateNaissance", str(value)) for name, value in dated if value is not None]
    parameters.append(("codeCogInseePaysNaissance", identity.country))
    if identity.commune:
        parameters.append(("codeCogInseeCommuneNaissance", identity.commune))
    elif identity.commune_name:
        parameters.append(("nomCommuneNaissance", identity.commune_name))
        parameters.append(("codeCogInseeDepartementNaissance", identity.department))
    return [*parameters, ("annee", str(period.year)), ("mois", str(period.month))]


def months(today: date) -> list[date]:
    """The first days of the months whose quotient may be asked, this one first."""
    return [first_of_month(today, back) for back in range(MONTHS_BACK + 1)]


def first_names(typed: str) -> tuple[str, ...]:
    """First names as they are typed, between spaces or commas; hyphens stay inside a name."""
    return tuple(name for name in re.split(r"[\s,;]+", typed) if name)


# ── what came back ──────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Born:
    """A birth date; what is not known of it is None."""

    year: int | None = None
    month: int | None = None
    day: int | None = None


def read_born(value: object) -> Born:
    """From `1985-03-09`, `19850309`, `1985-00-00`, `1985-03`, nothing at all: what can be known."""
    found = re.fullmatch(r"(\d{4})(?:-?(\d{2})(?:-?(\d{2}))?)?(?:T.*)?", str(value or "").strip(), re.ASCII)
    if not found:
        return Born()
    year, month, day = (int(part) if part else 0 for part in found.groups())
    month = month if 1 <= month <= 12 else 0
    return Born(year or None, month or None, day if month and 1 <= day <= 31 else None)


@dataclass(frozen=True)
class Person:
    """Someone of the family, as the service names them."""

    name: str
    used_name: str
    born: Born


@dataclass(frozen=True)
class Answer:
    """What the service said. `value` None: no quotient for that month; `computed` when it was worked out. Family and
    address are those of the day it answered, whatever the month asked."""

    value: int | None
    provider: str
    month: date | None
    computed: date | None
    adults: tuple[Person, ...]
    children: tuple[Person, ...]
    address: tuple[str, ...]


_ADDRESS = (
    "destinataire",
    "complement_information",
    "complement_information_geographique",
    "numero_libelle_voie",
    "lieu_dit",
    "code_postal_ville",
    "pays",
)


def read_answer(data: Mapping) -> Answer:
    """The `data` of an answer; what is missing or odd in it is left out, never the whole."""
    quotient, address = _mapping(data.get("quotient_familial")), _mapping(data.get("adresse"))
    lines = (_text(address.get(name)) for name in _ADDRESS)
    return Answer(
        value=_whole(quotient.get("valeur")),
        provider=_text(quotient.get("fournisseur")).upper(),
        month=_first_day(quotient.get("annee"), quotient.get("mois")),
        computed=_first_day(quotient.get("annee_calcul"), quotient.get("mois_calcul")),
        adults=_people(data.get("allocataires")),
        children=_people(data.get("enfants")),
        address=tuple(line for line in lines if line),
    )


def provider_words(provider: str) -> str:
    """Who worked the quotient out."""
    return {"CNAF": "la Caf", "MSA": "la MSA"}.get(provider, provider or "la Caf ou la MSA")


def names_differ(asked: str, answer: Answer) -> bool:
    """Whether no adult of the answer bears the birth name or used name that was asked (compared without accents)."""
    known = [f" {plain(name)} " for person in answer.adults for name in (person.name, person.used_name)]
    return bool(answer.adults) and not any(f" {plain(asked)} " in name for name in known)


def _people(value: object) -> tuple[Person, ...]:
    items = [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
    return tuple(
        Person(
            " ".join(part for part in (_text(item.get("prenoms")), _text(item.get("nom_naissance"))) if part),
            _text(item.get("nom_usage")),
            read_born(item.get("date_naissance")),
        )
        for item in items
    )


def _mapping(value: object) -> Mapping:
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _whole(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return round(float(value))
    except (ValueError, OverflowError):
        return None


def _first_day(year: object, month: object) -> date | None:
    year, month = _whole(year), _whole(month)
    return date(year, month, 1) if year and month and 1900 < year < 2200 and 1 <= month <= 12 else None


# ── what went wrong ─────────────────────────────────────────────────────────────────────────────


class Failure(StrEnum):
    """Why there is no answer. Those of `passing` may be over in a while: a copy that is kept is shown meanwhile."""

    NOT_CONFIGURED = "non-configure"
    NO_RECIPIENT = "sans-siret"
    NO_LINE = "injoignable"
    SLOW = "trop-lent"
    REFUSED_HERE = "jeton"
    NOT_ALLOWED = "interdit"
    UNKNOWN_PERSON = "inconnu"
    CONFLICT = "en-cours"
    BAD_REQUEST = "incomplet"
    TOO_MANY = "trop-d-appels"
    PROVIDER_DOWN = "fournisseur"
    PROVIDER_SLOW = "fournisseur-lent"
    UNREADABLE = "illisible"

    @property
    def passing(self) -> bool:
        return self in {
            Failure.NO_LINE,
            Failure.SLOW,
            Failure.CONFLICT,
            Failure.TOO_MANY,
            Failure.PROVIDER_DOWN,
            Failure.PROVIDER_SLOW,
            Failure.UNREADABLE,
        }

    @property
    def told(self) -> str:
        return _FAILURES[self][0]

    @property
    def next_step(self) -> str:
        return _FAILURES[self][1]


_ELSEWHERE = "La personne peut lire son quotient dans Mon Compte, ou imprimer son attestation."
_FAILURES = {
    Failure.NOT_CONFIGURED: (
        "La demande de quotient familial n'est pas branchée sur ce poste.",
        f"Votre administrateur remplit l'adresse et le jeton d'API Particulier. {_ELSEWHERE}",
    ),
    Failure.NO_RECIPIENT: (
        "Il manque le numéro SIRET de votre structure : API Particulier le demande.",
        "Votre administrateur l'écrit sur la page du lieu, ou sur la convention.",
    ),
    Failure.NO_LINE: (
        "API Particulier ne répond pas : la ligne est peut-être coupée.",
        f"Réessayez dans quelques minutes. {_ELSEWHERE}",
    ),
    Failure.SLOW: (
        "API Particulier met trop de temps à répondre.",
        f"Réessayez dans quelques minutes. {_ELSEWHERE}",
    ),
    Failure.REFUSED_HERE: (
        "API Particulier ne reconnaît pas ce poste : le jeton est faux, ou fini.",
        "Prévenez votre administrateur : il demande un autre jeton. Ce que vous avez écrit n'y est pour rien.",
    ),
    Failure.NOT_ALLOWED: (
        "Votre structure n'a pas le droit de demander le quotient familial.",
        "Prévenez votre administrateur : il vérifie l'habilitation de la structure auprès d'API Particulier.",
    ),
    Failure.UNKNOWN_PERSON: (
        "Ni la Caf ni la MSA ne trouvent cette personne.",
        "Vérifiez avec elle : nom de naissance, tous les prénoms, date et lieu de naissance, comme sur sa pièce "
        "d'identité. Si tout est juste, elle n'a peut-être pas de dossier.",
    ),
    Failure.CONFLICT: (
        "La même demande est déjà en train d'être traitée.",
        "Attendez une minute, puis renvoyez.",
    ),
    Failure.BAD_REQUEST: (
        "API Particulier refuse ce qui a été écrit.",
        "Relisez chaque case : une date qui n'existe pas, un lieu de naissance qui manque ?",
    ),
    Failure.TOO_MANY: (
        "Trop de demandes ont été faites à API Particulier en peu de temps.",
        f"Attendez quelques minutes, puis renvoyez. {_ELSEWHERE}",
    ),
    Failure.PROVIDER_DOWN: (
        "Le service de la Caf ou de la MSA est en panne.",
        f"Réessayez plus tard dans la journée. {_ELSEWHERE}",
    ),
    Failure.PROVIDER_SLOW: (
        "La Caf ou la MSA met trop de temps à répondre.",
        f"Réessayez dans quelques minutes. {_ELSEWHERE}",
    ),
    Failure.UNREADABLE: (
        "La réponse d'API Particulier ne se lit pas.",
        f"Réessayez plus tard. Si cela recommence, prévenez votre administrateur. {_ELSEWHERE}",
    ),
}
_OF_STATUS = {
    400: Failure.BAD_REQUEST,
    401: Failure.REFUSED_HERE,
    403: Failure.NOT_ALLOWED,
    404: Failure.UNKNOWN_PERSON,
    409: Failure.CONFLICT,
    422: Failure.BAD_REQUEST,
    429: Failure.TOO_MANY,
    502: Failure.PROVIDER_DOWN,
    503: Failure.PROVIDER_DOWN,
    504: Failure.PROVIDER_SLOW,
}
# The first two digits of a 404's code are those of the service that did not find the person.
_WHOM = {"CNAF": "La Caf", "MSA": "La MSA", "CNAV": "Le fichier d'identité commun à la Caf et à la MSA"}


class NoAnswer(Exception):
    """There is no answer: why, and the service that said so ("" when it did not say)."""

    def __init__(self, failure: Failure, provider: str = ""):
        self.failure, self.provider = failure, provider
        super().__init__(failure.value)

    @property
    def told(self) -> str:
        """What happened, in French; a person that one service alone does not know is told so."""
        if self.failure is Failure.UNKNOWN_PERSON and self.provider in _WHOM:
            return f"{_WHOM[self.provider]} ne trouve pas cette personne."
        return self.failure.told


def failure_of(status: int) -> Failure:
    """What a status that is not 200 means."""
    return _OF_STATUS.get(status, Failure.PROVIDER_DOWN if status >= 500 else Failure.UNREADABLE)


_PROVIDER_OF_CODE = {"37003": "CNAV"}


def provider_of(body: object) -> str:
    """Which service an error says it comes from: `errors[0].meta.provider`, else what its code tells."""
    errors = _mapping(body).get("errors")
    first = _mapping(errors[0]) if isinstance(errors, list) and errors else {}
    return _text(_mapping(first.get("meta")).get("provider")).upper() or _PROVIDER_OF_CODE.get(
        str(first.get("code")), ""
    )
