"""The dossiers of the demonstration: invented people, one for each thing an agent may meet.

Days are counted from `today`, so that the demonstration never grows old. Numbers are in series that hold no real file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from counter.months import first_of_month

RHONE, HAUTE_MARNE = "69", "52"
OUR_SIRET = "99900000300015"  # the structure of the demonstration, which protects some of them
INSTRUCTOR, OTHER_INSTRUCTOR = "069A01001", "052B12102"
LANDLORD, LANDLORD_SIRET = "690123", "99900003700013"


@dataclass(frozen=True)
class Trial:
    """A dossier to try: its Caf's département, the name to type, the number, and what it shows."""

    department: str
    name: str
    number: str
    shows: str


def trials(today: date) -> list[Trial]:
    """What the demonstration offers to try."""
    return [Trial(c["departement"], c["responsable"]["nom"], c["numero"], shows) for shows, c in _dossiers(today)]


def fictitious_dossiers(today: date) -> list[dict]:
    """All of them, as counter.dossiers.contents reads them."""
    return [content for _, content in _dossiers(today)]


# ── building ────────────────────────────────────────────────────────────────────────────────────


def _person(first: str, last: str, born: str, activity: str = "", **more) -> dict:
    return {"prenom": first, "nom": last, "naissance": born, "activite": activity, **more}


def _child(first: str, last: str, born: str, home: str = "foyer", **more) -> dict:
    return _person(first, last, born, more.pop("activite", "Scolaire"), residence=home, **more)


def _months_back(today: date, count: int) -> list[date]:
    """The first days of the last `count` months before this one, the latest first."""
    return [first_of_month(today, before) for before in range(1, count + 1)]


def _payments(today: date, count: int, lines: dict[str, int], to: str = "La personne") -> list[dict]:
    """One payment a month, made on the 5th of the next month, as the Caf does."""
    told = [{"droit": name, "montant": amount} for name, amount in lines.items()]
    return [
        {"mois": f"{m:%Y-%m}", "le": (m + timedelta(days=32)).replace(day=5).isoformat(), "a": to, "lignes": told}
        for m in _months_back(today, count)
        if (m + timedelta(days=32)).replace(day=5) <= today
    ]


def _right(name: str, amount: int | None, since: date, state: str = "verse", **more) -> dict:
    return {"nom": name, "montant": amount, "depuis": since.isoformat(), "etat": state, **more}


def _income(who: str, period: str, lines: dict[str, int]) -> dict:
    return {"qui": who, "periode": period, "lignes": [{"nature": n, "montant": a} for n, a in lines.items()]}


def _cover(rsa: bool, since: date | None, people: int, lines: dict[str, int], last: str | None = None) -> dict:
    return {
        "rsa": rsa,
        "rsa_depuis": since.isoformat() if since else None,
        "rsa_dernier_mois": last,
        "personnes": people,
        "ressources": [{"nature": n, "montant": a} for n, a in lines.items()],
    }


def _base(number: str, holder: dict, department: str = RHONE, **more) -> dict:
    caf = {RHONE: "Caf du Rhône", HAUTE_MARNE: "Caf de la Haute-Marne"}[department]
    town = {RHONE: "L'Arbresle", HAUTE_MARNE: "Chaumont"}[department]
    return {
        "numero": number,
        "departement": department,
        "caf": caf,
        "commune": town,
        "adresse": f"12 rue de l'Exemple, {town}",
        "responsable": holder,
        "conjoint": None,
        "etat": "actif",
        "etat_motif": "",
        "enfants": [],
        "droits": [],
        "paiements": [],
        **more,
    }


# ── the people ──────────────────────────────────────────────────────────────────────────────────


def _dossiers(today: date) -> Iterable[tuple[str, dict]]:
    for people in (_families, _states, _children_and_permits, _protected, _others):
        yield from people(today)


class _Days:
    """`day(20)` is twenty days ago, as it is kept."""

    def __init__(self, today: date):
        self.today = today

    def ago(self, days: int) -> date:
        return self.today - timedelta(days=days)

    def __call__(self, days: int) -> str:
        return self.ago(days).isoformat()


def _families(today: date) -> Iterable[tuple[str, dict]]:
    day = _Days(today)
    yield "tout : 24 mois de paiements, RSA, logement, dette, courriers", _everything(today)
    yield (
        "couple, 3 enfants dont un avec l'AEEH",
        _base(
            "9000002",
            _person("Malik", "Modèle", "1986-04-11", "Salarié"),
            conjoint=_person("Anna", "Modèle", "1988-09-02", "Congé parental", autorisation=True),
            situation="Mariés",
            ouvert_le="2014-03-01",
            enfants=[
                _child("Lina", "Modèle", "2015-05-20"),
                _child("Adam", "Modèle", "2018-01-08", aeeh=True, aeeh_fin=day(-400)),
                _child("Noa", "Modèle", day(240), activite="Moins de 3 ans"),
            ],
            quotient={"valeur": 741, "mois": f"{today:%Y-%m}"},
            droits=[
                _right("Allocations familiales", 33880, day.ago(2000)),
                _right("AEEH", 15101, day.ago(700), jusquau=day(-400)),
            ],
            paiements=_payments(today, 6, {"Allocations familiales": 33880, "AEEH": 15101}),
            ressources=[_income("Malik", "année 2024", {"Salaires": 2140000}), _income("Anna", "année 2024", {})],
        ),
    )
    yield (
        "jamais payé : demande à l'étude",
        _base(
            "9000003",
            _person("Yanis", "Essai", "2003-11-30", "Étudiant"),
            situation="Célibataire",
            ouvert_le=day(20),
            droits=[_right("Aide au logement", None, day.ago(20), "etude")],
            courriers=[{"le": day(18), "sens": "Reçu", "objet": "Demande d'aide au logement"}],
        ),
    )
    yield "deux dettes, dont une après une fraude", _in_debt(today)


def _states(today: date) -> Iterable[tuple[str, dict]]:
    day = _Days(today)
    yield (
        "droit suspendu : déclaration de ressources en retard",
        _base(
            "9000005",
            _person("Inès", "Imaginaire", "1990-02-17", "Sans emploi"),
            situation="Vit seule",
            droits=[
                _right(
                    "RSA", 56834, day.ago(500), "suspendu",
                    motif="La déclaration de ressources n'est pas faite. Faites-la dans Mon Compte.",
                )
            ],
            etat="suspendu",
            etat_motif="la déclaration de ressources manque",
            etat_depuis=day(25),
            quotient={"valeur": 205, "mois": f"{_months_back(today, 1)[0]:%Y-%m}"},
            paiements=_payments(today, 12, {"RSA": 56834})[1:],
            rsa={"periodes": [{"du": day(500), "au": None, "montant": 56834}], "orientation": "France Travail",
                 "declaration": day(120)},
            instructeurs=[INSTRUCTOR],
        ),
    )  # fmt: skip
    yield (
        "montant trop petit pour être versé",
        _base(
            "9000006",
            _person("Paul", "Fictive", "1979-07-05", "Salarié"),
            situation="Vit seul",
            quotient={"valeur": 988, "mois": f"{today:%Y-%m}"},
            droits=[
                _right("Prime d'activité", 1240, day.ago(90), "seuil"),
                _right("Aide au logement", 760, day.ago(90), "seuil"),
            ],
            ressources=[_income("Paul", "3 derniers mois", {"Montant net social": 465000})],
        ),
    )  # fmt: skip


def _children_and_permits(today: date) -> Iterable[tuple[str, dict]]:
    day = _Days(today)
    yield (
        "enfants en résidence alternée",
        _base(
            "9000007",
            _person("Zoé", "Inventé", "1985-12-24", "Salariée"),
            situation="Séparée",
            quotient={"valeur": 622, "mois": f"{today:%Y-%m}"},
            enfants=[
                _child("Jade", "Inventé", "2013-06-14", "alternee", part="une demi-part pour chaque parent"),
                _child("Tom", "Inventé", "2016-03-03", "alternee", part="une demi-part pour chaque parent"),
            ],
            droits=[_right("Allocations familiales", 7553, day.ago(700))],
            paiements=_payments(today, 8, {"Allocations familiales": 7553}),
        ),
    )
    yield (
        "titres de séjour, dont un qui est fini",
        _base(
            "9000008",
            _person("Amina", "Specimen", "1992-08-19", "Sans emploi", nationalite="Hors Union européenne"),
            conjoint=_person("Omar", "Specimen", "1989-01-25", "Salarié", autorisation=False),
            situation="Mariés",
            quotient={"valeur": 430, "mois": f"{today:%Y-%m}"},
            complements={
                "telephone": "01 99 00 00 08",
                "sejour": [
                    {"qui": "Amina Specimen", "titre": "Vie privée et familiale", "du": day(395), "au": day(30)},
                    {"qui": "Omar Specimen", "titre": "Carte de résident", "du": day(1200), "au": day(-2450)},
                ],
            },
            droits=[_right("Prime d'activité", 21450, day.ago(400))],
            paiements=_payments(today, 10, {"Prime d'activité": 21450}),
        ),
    )


def _protected(today: date) -> Iterable[tuple[str, dict]]:
    day = _Days(today)
    yield (
        "tutelle en cours (profil T9)",
        _base(
            "9000009",
            _person("Agnès", "Durand-Démo", "1951-10-09", "Retraitée"),
            situation="Veuve",
            quotient={"valeur": 802, "mois": f"{today:%Y-%m}"},
            protections=[
                {"siret": OUR_SIRET, "organisme": "France Services du Val", "mesure": "Tutelle", "du": day(900),
                 "au": None}
            ],
            droits=[_right("Aide au logement", 18700, day.ago(900))],
            paiements=_payments(today, 12, {"Aide au logement": 18700}, "La résidence"),
        ),
    )  # fmt: skip
    yield (
        "curatelle finie, AAH (profil T9)",
        _base(
            "9000010",
            _person("Loïc", "Essai", "1974-05-13", "En Esat"),
            situation="Vit seul",
            protections=[
                {"siret": OUR_SIRET, "organisme": "France Services du Val", "mesure": "Curatelle", "du": day(1500),
                 "au": day(300)}
            ],
            complements={"taux": "de 50 % à 79 %", "taux_fin": day(-600)},
            droits=[_right("AAH", 103332, day.ago(1500), jusquau=day(-600))],
            paiements=_payments(today, 24, {"AAH": 103332}),
        ),
    )  # fmt: skip
    yield "RSA fini il y a 18 mois (profils T18 et T19)", _former_rsa(today, "9000011", "Karim", "Exemple", 548)
    yield "RSA fini il y a 3 ans (refusé à T18 et T19)", _former_rsa(today, "9000012", "Maëlle", "Fictive", 1100)
    yield "loyer impayé chez un bailleur social (profil T10)", _tenant(today)
    yield (
        "dossier fermé, presque vide",
        _base(
            "9000014",
            _person("Alix", "Imaginaire", "1999-02-28"),
            etat="radie",
            etat_motif="la personne a demandé la fermeture",
            etat_depuis=day(210),
            adresse="",
            commune="",
        ),
    )


def _others(today: date) -> Iterable[tuple[str, dict]]:
    yield "dossier de la Haute-Marne, avec le RSA", _of_haute_marne(today)


def _everything(today: date) -> dict:
    ago = [(today - timedelta(days=d)).isoformat() for d in (2400, 700, 95, 12)]
    lines = {"RSA": 48210, "Aide au logement": 27104, "Allocation de soutien familial": 19960}
    return _base(
        "9000001",
        _person("Élise", "Lambert", "1987-03-09", "Sans emploi"),
        situation="Parent isolé",
        ouvert_le=ago[0],
        etat_depuis=ago[0],
        adresse_depuis=ago[1],
        caf_precedente="Caf de la Loire",
        quotient={"valeur": 318, "mois": f"{today:%Y-%m}"},
        enfants=[_child("Naël", "Lambert", "2016-09-21"), _child("Mila", "Lambert", "2021-02-02")],
        autres=[_person("Rose", "Lambert", "1949-01-15", lien="Mère, invalide")],
        droits=[_right(name, amount, today - timedelta(days=700)) for name, amount in lines.items()],
        paiements=_payments(today, 25, lines)[:24],
        logement={
            "adresse": "12 rue de l'Exemple, L'Arbresle", "occupation": "Locataire", "entree": ago[1], "loyer": 56400,
            "charges": 6200, "surface": 58, "bailleur": "Habitat Exemple", "bailleur_numero": LANDLORD,
            "bailleur_siret": LANDLORD_SIRET, "tiers_payant": True,
        },
        ressources=[
            _income("Élise", "3 derniers mois", {"Montant net social": 61200, "Pension alimentaire reçue": 30000}),
            _income("Élise", "année 2024", {"Salaires": 412000, "Chômage": 233000}),
        ],
        rsa={"periodes": [{"du": ago[1], "au": None, "montant": 48210}], "orientation": "Département, parcours social",
             "contrat": "signé, à revoir dans 6 mois", "declaration": ago[2]},
        creances=[{"nature": "Trop-perçu d'aide au logement", "du": ago[2], "etat": "Remboursé chaque mois",
                   "initial": 42000, "reste": 31500}],
        courriers=[{"le": ago[3], "sens": "Envoyé", "objet": "Demande de justificatif de loyer"},
                   {"le": ago[2], "sens": "Reçu", "objet": "Bail"}],
        couverture=_cover(True, today - timedelta(days=700), 3, {"Salaires": 184000, "Prestations de la Caf": 935000},
                          f"{today:%Y-%m}"),
        complements={"telephone": "01 99 00 00 01", "email": "elise@exemple.fr"},
        instructeurs=[INSTRUCTOR],
        protections=[],
    )  # fmt: skip


def _in_debt(today: date) -> dict:
    ago = [(today - timedelta(days=d)).isoformat() for d in (610, 200)]
    return _base(
        "9000004",
        _person("Fatou", "Modèle", "1982-06-06", "Salariée"),
        situation="Vit en couple",
        conjoint=_person("Idriss", "Modèle", "1980-10-10", "Salarié", autorisation=False),
        quotient={"valeur": 910, "mois": f"{today:%Y-%m}"},
        creances=[
            {"nature": "Trop-perçu de RSA", "du": ago[0], "etat": "Remboursé chaque mois", "initial": 215000,
             "reste": 98000, "fraude": True},
            {"nature": "Trop-perçu de prime d'activité", "du": ago[1], "etat": "Contesté", "initial": 38050,
             "reste": 38050},
        ],
        droits=[_right("Prime d'activité", 14200, today - timedelta(days=800))],
        paiements=_payments(today, 12, {"Prime d'activité": 14200, "Retenue pour une dette": -4900}),
        courriers=[{"le": ago[1], "sens": "Envoyé", "objet": "Notification de dette"}],
    )  # fmt: skip


def _former_rsa(today: date, number: str, first: str, last: str, ended: int) -> dict:
    from_day, to_day = (today - timedelta(days=d) for d in (ended + 800, ended))
    return _base(
        number,
        _person(first, last, "1983-04-04", "Salarié(e)"),
        situation="Vit seul(e)",
        quotient={"valeur": 655, "mois": f"{today:%Y-%m}"},
        rsa={"periodes": [{"du": from_day.isoformat(), "au": to_day.isoformat(), "montant": 56834}],
             "orientation": "France Travail", "contrat": "terminé", "declaration": to_day.isoformat()},
        droits=[_right("Prime d'activité", 18850, to_day)],
        paiements=_payments(today, 14, {"Prime d'activité": 18850}),
        couverture=_cover(False, None, 1, {"Salaires": 1320000}, f"{to_day:%Y-%m}"),
        instructeurs=[INSTRUCTOR],
    )  # fmt: skip


def _tenant(today: date) -> dict:
    since = (today - timedelta(days=1900)).isoformat()
    return _base(
        "9000013",
        _person("Noé", "Durand-Démo", "1969-08-08", "Salarié"),
        situation="Vit seul",
        quotient={"valeur": 540, "mois": f"{today:%Y-%m}"},
        logement={"adresse": "4 place du Modèle, L'Arbresle", "occupation": "Locataire HLM", "entree": since,
                  "loyer": 41200, "charges": 8800, "surface": 41, "bailleur": "Habitat Exemple",
                  "bailleur_numero": LANDLORD, "bailleur_siret": LANDLORD_SIRET, "tiers_payant": True,
                  "impaye": "3 mois de loyer"},
        droits=[_right("Aide au logement", 20315, today - timedelta(days=1900))],
        paiements=_payments(today, 12, {"Aide au logement": 20315}, "Le bailleur"),
    )  # fmt: skip


def _of_haute_marne(today: date) -> dict:
    since = (today - timedelta(days=340)).isoformat()
    return _base(
        "8000001",
        _person("Yann", "Specimen", "1995-12-01", "Sans emploi"),
        HAUTE_MARNE,
        situation="Vit seul",
        quotient={"valeur": 187, "mois": f"{today:%Y-%m}"},
        rsa={"periodes": [{"du": since, "au": None, "montant": 56834}], "orientation": "Département, parcours social",
             "contrat": "à signer", "declaration": (today - timedelta(days=40)).isoformat()},
        droits=[_right("RSA", 56834, today - timedelta(days=340))],
        paiements=_payments(today, 11, {"RSA": 56834}),
        couverture=_cover(True, today - timedelta(days=340), 1, {"Prestations de la Caf": 625000}, f"{today:%Y-%m}"),
        instructeurs=[OTHER_INSTRUCTOR],
    )  # fmt: skip
