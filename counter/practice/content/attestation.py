"""Downloading an attestation, and leaving nothing on a public computer."""

from counter.practice import Button, Exercise, Fact, Line, Panel, Screen
from counter.practice.content.site import account_home
from counter.practice.fields import Choice, Option

_WANTED = (Fact("Papier demandé", "Attestation de quotient familial"), Fact("Mois", "Septembre"))

EXERCISE = Exercise(
    slug="telecharger-attestation",
    title="Télécharger une attestation",
    icon="file-down",
    goal="Vous prenez sur le site un papier officiel de la Caf.",
    story=(
        "La cantine de Bastien demande votre quotient familial.",
        "C'est un nombre qui aide à fixer le prix.",
        "Pour l'exercice, nous sommes en octobre.",
        "Vous êtes déjà dans Mon Compte.",
    ),
    screens=(
        account_home(
            "J'ouvre mes attestations",
            ("Une attestation est un papier officiel de la Caf.", "Ouvrez la page pour choisir votre papier."),
            "attestations",
            facts=_WANTED,
            derniere="Ce bouton donne le papier le plus récent, sans choisir.\n"
            "La cantine veut un papier précis : choisissez-le.",
        ),
        Screen(
            "sorte",
            "Je choisis mon attestation",
            ("La page propose 2 papiers.", "Choisissez le papier pour la cantine."),
            (
                Panel(
                    "Choisir mon attestation",
                    (
                        Button(
                            "paiement",
                            "Attestation de paiement",
                            "Ce papier montre l'argent que la Caf vous donne.\nLa cantine veut l'autre papier.",
                        ),
                        Button("quotient", "Attestation de quotient familial"),
                    ),
                ),
            ),
            facts=_WANTED,
        ),
        Screen(
            "mois",
            "Je choisis le mois et je télécharge",
            ("Choisissez le mois de la carte.", "La cantine attend le papier aujourd'hui."),
            (
                Panel(
                    "Attestation de quotient familial",
                    (
                        Choice(
                            "periode",
                            "Pour quelle période ?",
                            options=(
                                Option("septembre", "Pour le mois de septembre"),
                                Option(
                                    "autre",
                                    "Pour une autre période",
                                    "Ce choix sert pour un mois plus ancien : prenez septembre.",
                                ),
                            ),
                            empty="Choisissez d'abord le mois.",
                        ),
                        Button(
                            "courrier",
                            "Recevoir par courrier",
                            "Avec ce bouton, la Caf envoie le papier chez vous.\n"
                            "La cantine attend le papier aujourd'hui.",
                            icon="mailbox",
                        ),
                        Button("telecharger", "Télécharger", icon="download", look="main"),
                    ),
                ),
            ),
            facts=_WANTED,
            kind="form",
        ),
        Screen(
            "dossier",
            "Je protège mes informations",
            (
                "Le papier est dans l'ordinateur, et vous l'imprimez.",
                "Cet ordinateur est public, d'autres personnes l'utilisent.",
                "Enlevez votre papier de l'ordinateur.",
            ),
            (
                Panel(
                    "Téléchargements",
                    (
                        Line("attestation-quotient-familial.pdf"),
                        Button("ouvrir", "Ouvrir", "« Ouvrir » montre le papier.", icon="eye"),
                        Button("imprimer", "Imprimer", "« Imprimer » met le papier sur une feuille.", icon="printer"),
                        Button("supprimer", "Supprimer", icon="trash-2"),
                    ),
                ),
            ),
        ),
    ),
    ending=(
        "Vous pouvez choisir un mois dans les 24 derniers mois.",
        "Vous pouvez aussi envoyer ce papier par mail.",
        "Fermez toujours Mon Compte avec « Déconnexion ».",
    ),
)
