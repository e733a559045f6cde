"""Declaring a change of address."""

from counter.practice import Button, Exercise, Fact, Line, Panel, Rows, Screen
from counter.practice.content.site import account_home, pencil
from counter.practice.elise import POSTCODE, STREET, TOWN
from counter.practice.fields import Day, Digits, Words

_NEW_STREET, _NEW_POSTCODE = "8 rue des Lilas", "13005"
_FACTS = (
    Fact("Nouvelle rue", _NEW_STREET),
    Fact("Nouveau code postal", _NEW_POSTCODE),
    Fact("Ville", TOWN),
    Fact("Déménagement", "1er octobre 2026"),
)


EXERCISE = Exercise(
    slug="changement-adresse",
    title="Déclarer un changement d'adresse",
    icon="house",
    goal="Vous donnez votre nouvelle adresse à la Caf.",
    story=("Vous changez de logement.", "Vous êtes déjà dans Mon Compte."),
    screens=(
        account_home(
            "J'ouvre mon profil",
            ("Votre profil montre votre famille, votre travail et votre adresse.", "Ouvrez votre profil."),
            "profil",
            changement="Ce bouton sert quand votre vie change.\nPour l'adresse, passez ici par Mon profil.",
        ),
        Screen(
            "crayon",
            "Je clique sur le crayon",
            ("Votre profil a plusieurs parties.", "Chaque crayon change une partie.", "Changez votre adresse."),
            (
                Panel(
                    "Situation familiale",
                    (
                        Line("Élise Lambert, 1 enfant : Bastien."),
                        pencil("famille", "situation familiale", "Ce crayon change votre situation familiale."),
                    ),
                ),
                Panel(
                    "Situation professionnelle",
                    (
                        Line("Élise Lambert, un travail salarié."),
                        pencil("travail", "situation professionnelle", "Ce crayon change votre travail."),
                    ),
                ),
                Panel("Adresse", (Line(f"{STREET}, {POSTCODE} {TOWN}"), pencil("adresse", "adresse"))),
                Panel(
                    "Adresse mail et téléphones",
                    (
                        Line("elise@exemple.fr"),
                        pencil("mail", "adresse mail", "Ce crayon change votre adresse mail, pas votre logement."),
                    ),
                ),
            ),
            facts=_FACTS[:3],
        ),
        Screen(
            "savoir",
            "Je commence",
            ("Une fenêtre s'ouvre.", "Lisez cette fenêtre, puis commencez."),
            (
                Panel(
                    "À savoir avant de commencer",
                    (
                        Line("Votre démarche a 4 étapes."),
                        Line("Elle dure de 2 à 5 minutes."),
                        Line("Le point d'interrogation ouvre une bulle d'aide."),
                        Button("commencer", "Commencer", look="main"),
                    ),
                ),
            ),
            kind="window",
        ),
        Screen(
            "nouvelle",
            "Je réponds aux questions",
            ("Écrivez la nouvelle adresse d'Élise.", "Tout est sur la carte."),
            (
                Panel(
                    "Nouvelle adresse",
                    (
                        Day(
                            "date",
                            "Date du déménagement",
                            "Le jour, le mois, puis l'année",
                            expected=(1, 10, 2026),
                            words="1er octobre 2026",
                        ),
                        Words("rue", "Numéro et rue", expected=_NEW_STREET),
                        Digits("postal", "Code postal", "5 chiffres", expected=_NEW_POSTCODE),
                        Words("ville", "Ville", expected=TOWN),
                        Button("continuer", "Continuer", look="main"),
                    ),
                ),
            ),
            facts=_FACTS,
            kind="form",
        ),
        Screen(
            "relire",
            "Je relis et je valide",
            ("Comparez chaque ligne avec la carte.", "Tout est juste : envoyez votre nouvelle adresse."),
            (
                Panel(
                    "Mes réponses",
                    (
                        Rows(
                            ("Question", "Réponse"),
                            (
                                ("Date du déménagement", "1er octobre 2026"),
                                ("Nouvelle adresse", f"{_NEW_STREET}, {_NEW_POSTCODE} {TOWN}"),
                            ),
                        ),
                        Button("quitter", "Quitter", "« Quitter » arrête la démarche, et rien ne part à la Caf."),
                        Button("valider", "Valider", look="main"),
                    ),
                ),
            ),
            facts=_FACTS,
        ),
    ),
    ending=(
        "La Caf envoie un mail après chaque changement.",
        "Le site peut demander un justificatif, un papier qui prouve votre réponse.",
        "Vous recevez une aide au logement : demandez la suite à un agent.",
    ),
)
