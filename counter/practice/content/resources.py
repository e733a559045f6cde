"""Declaring resources for the RSA, every three months."""

from counter.practice import Button, Exercise, Fact, Line, Panel, Rows, Screen
from counter.practice.content.site import QUIT, account_home, pencil
from counter.practice.elise import POSTCODE, STREET, TOWN
from counter.practice.fields import Amount, Option, Ticks

_JULY, _AUGUST, _SEPTEMBER = "120,50", "120,50", "95,25"
_WAGES = (("Juillet", "350 €"), ("Août", "350 €"), ("Septembre", "0 €"))
_PENSION = (
    Fact("Pension de juillet", f"{_JULY} €"),
    Fact("Pension d'août", f"{_AUGUST} €"),
    Fact("Pension de septembre", f"{_SEPTEMBER} €"),
)
_SLIPS = tuple(Fact(f"Salaire de {month.lower()}", amount) for month, amount in _WAGES)
_NONE_LIKE_IT = "Élise n'a pas cette sorte d'argent : regardez la carte."


_PROFILE = Screen(
    "profil",
    "Je vérifie mon profil",
    (
        "Votre profil montre votre famille, votre travail et votre adresse.",
        "Relisez votre profil.",
        "La vie d'Élise n'a pas changé, tout est juste.",
    ),
    (
        Panel(
            "Situation familiale",
            (
                Line("Élise Lambert, 1 enfant : Bastien."),
                pencil("famille", "situation familiale", "Ce crayon sert à changer votre situation familiale."),
            ),
        ),
        Panel(
            "Situation professionnelle",
            (
                Line("Élise Lambert, quelques heures de travail."),
                pencil("travail", "situation professionnelle", "Ce crayon sert à changer votre travail."),
            ),
        ),
        Panel(
            "Adresse",
            (
                Line(f"{STREET}, {POSTCODE} {TOWN}"),
                pencil("adresse", "adresse", "Ce crayon sert à changer votre adresse."),
            ),
        ),
        Panel("", (Button("confirmer", "Confirmer mon profil", look="main"),)),
    ),
    facts=(Fact("Enfant", "Bastien"), Fact("Adresse", f"{STREET}, {POSTCODE} {TOWN}")),
)

_RULES = Screen(
    "regles",
    "J'accepte les règles",
    ("Lisez les règles du site.", "Vous promettez de dire la vérité.", "Acceptez, puis commencez."),
    (
        Panel(
            "Conditions d'utilisation",
            (
                Line("Vous donnez des informations exactes."),
                Line("Vous dites vite à la Caf chaque changement de votre vie."),
                Line("La Caf vérifie les réponses."),
                Ticks(
                    "accord",
                    "Votre accord",
                    options=(
                        Option(
                            "oui",
                            "J'ai pris connaissance des conditions d'utilisation du service et je les accepte.",
                        ),
                    ),
                    empty="Cliquez sur la case « J'ai pris connaissance ».",
                ),
                Button("commencer", "Commencer", look="main"),
            ),
        ),
    ),
    kind="form",
)

_FILLED = Screen(
    "sommes",
    "Je vérifie les sommes du site",
    ("Le site connaît déjà votre salaire.", "Comparez chaque somme avec la carte.", "Tout est juste : avancez."),
    (
        Panel(
            "Mes ressources pré-remplies",
            (
                Line("Salaires, en montant net social :"),
                Rows(("Mois", "Salaire"), _WAGES),
                Button(
                    "constat",
                    "Vous constatez une erreur ?",
                    "Ce bouton sert à corriger une somme fausse.\nIci, les sommes sont justes.",
                    look="link",
                ),
                QUIT,
                Button("continuer", "Continuer", look="main"),
            ),
        ),
    ),
    facts=_SLIPS,
)

_OTHERS = Screen(
    "autres",
    "Je dis mes autres ressources",
    ("Élise reçoit aussi une pension alimentaire.", "C'est l'argent du papa pour Bastien.",
     "Dites cette ressource au site."),
    (
        Panel(
            "Ressources à déclarer",
            (
                Line("Votre déclaration concerne juillet, août et septembre."),
                Ticks(
                    "ressources",
                    "Cliquez sur vos autres ressources",
                    options=(
                        Option("independant", "Revenus non salariés", _NONE_LIKE_IT),
                        Option("pension", "Pensions alimentaires reçues"),
                        Option("aides", "Aides et secours financiers réguliers", _NONE_LIKE_IT),
                        Option("etranger", "Ressources perçues à l'étranger", _NONE_LIKE_IT),
                        Option("place", "Argent placé", _NONE_LIKE_IT),
                        Option(
                            "aucune",
                            "Aucune ressource sur ces 3 mois",
                            "Élise reçoit une pension alimentaire : regardez la carte.",
                        ),
                    ),
                    alone="aucune",
                    empty="Cliquez sur la ressource d'Élise : regardez la carte.",
                ),
                QUIT,
                Button("continuer", "Continuer", look="main"),
            ),
        ),
    ),
    facts=_PENSION,
    kind="form",
)  # fmt: skip

_AMOUNTS = Screen(
    "montants",
    "J'écris la somme de chaque mois",
    ("Écrivez la pension alimentaire de chaque mois.", "Mettez une virgule « , » avant les centimes."),
    (
        Panel(
            "Pensions alimentaires reçues",
            (
                Amount("juillet", "Juillet, en euros", expected=_JULY),
                Amount("aout", "Août, en euros", expected=_AUGUST),
                Amount(
                    "septembre",
                    "Septembre, en euros",
                    expected=_SEPTEMBER,
                    traps=((_AUGUST, "C'est la somme d'août : en septembre, elle change."),),
                ),
                QUIT,
                Button("continuer", "Continuer", look="main"),
            ),
        ),
    ),
    facts=_PENSION,
    kind="form",
)

_SUMMARY = Screen(
    "resume",
    "Je relis et je valide",
    ("Comparez chaque somme avec la carte.", "Tout est juste : envoyez votre déclaration."),
    (
        Panel(
            "Ressources récupérées",
            (Rows(("Mois", "Salaire"), _WAGES),),
        ),
        Panel(
            "Ressources déclarées",
            (
                Rows(
                    ("Mois", "Pension"),
                    (("Juillet", f"{_JULY} €"), ("Août", f"{_AUGUST} €"), ("Septembre", f"{_SEPTEMBER} €")),
                ),
                pencil(
                    "crayon", "ressources déclarées", "Ce crayon sert à changer vos réponses.\nIci, tout est juste."
                ),
            ),
        ),
        Panel("", (QUIT, Button("valider", "Valider", look="main"))),
    ),
    facts=(*_SLIPS, *_PENSION),
)

_PROOF = Screen(
    "preuve",
    "Je garde la preuve",
    ("Votre déclaration est partie.", "Prenez le papier qui prouve votre déclaration."),
    (
        Panel(
            "Votre démarche est finie",
            (
                Line("Le justificatif de démarche est la preuve de votre déclaration."),
                Button("preuve", "Télécharger le justificatif", icon="file-down"),
                Button("quitter", "Quitter", "« Quitter » ferme la page.\nPrenez d'abord votre preuve."),
            ),
        ),
    ),
)

EXERCISE = Exercise(
    slug="dtr-rsa",
    title="Déclarer mes ressources pour le RSA",
    icon="coins",
    goal="Vous dites à la Caf l'argent que vous recevez.",
    story=(
        "Vous recevez le RSA, une aide pour les personnes qui ont peu d'argent.",
        "Pour l'exercice, nous sommes en octobre.",
        "Vous êtes déjà dans Mon Compte.",
    ),
    screens=(
        account_home(
            "Je clique sur mon alerte",
            ("La Caf vous demande vos ressources, l'argent que vous recevez.", "Cherchez ce message et ouvrez-le."),
            "alerte",
            alert=Button("alerte", "RSA : déclarez vos ressources trimestrielles", icon="bell"),
            ressources="« Mes ressources » montre l'argent que la Caf connaît.\nPour déclarer, cherchez l'alerte.",
            changement="Ce bouton sert quand votre vie change.\nPour déclarer, cherchez l'alerte.",
        ),
        Screen(
            "savoir",
            "Je commence",
            ("Une fenêtre s'ouvre.", "Lisez cette fenêtre, puis commencez."),
            (
                Panel(
                    "À savoir avant de commencer",
                    (
                        Line("Vous vérifiez d'abord votre profil."),
                        Line("Le point d'interrogation ouvre une bulle d'aide."),
                        Button("commencer", "Commencer", look="main"),
                    ),
                ),
            ),
            kind="window",
        ),
        _PROFILE,
        _RULES,
        _FILLED,
        _OTHERS,
        _AMOUNTS,
        _SUMMARY,
        _PROOF,
    ),
    ending=(
        "Faites cette déclaration tous les 3 mois.",
        "Gardez la preuve avec vos fiches de paie.",
        "Vous voyez une erreur plus tard : dites vite l'erreur à la Caf.",
    ),
)
