"""Sending a document. The files to choose from are drawn: no file of the visitor is ever read."""

from counter.practice import Button, Exercise, Fact, Line, Panel, Screen
from counter.practice.content.site import account_home
from counter.practice.fields import Choice, Option, Words

_WANTED = Fact("Document à envoyer", "Bulletin de salaire de septembre")

EXERCISE = Exercise(
    slug="transmettre-document",
    title="Transmettre un document",
    icon="file-up",
    goal="Vous envoyez un document à la Caf avec le site.",
    story=("Vous envoyez votre bulletin de salaire à la Caf.", "Vous êtes déjà dans Mon Compte."),
    screens=(
        account_home(
            "J'ouvre mes démarches",
            ("Vous êtes dans Mon Compte.", "Ouvrez la page de vos demandes et de vos documents."),
            "suivre",
            facts=(_WANTED,),
        ),
        Screen(
            "demarches",
            "J'ouvre À transmettre",
            ("Transmettre un document, c'est envoyer ce document.", "Ouvrez la page pour envoyer un document."),
            (
                Panel(
                    "Délais de traitement",
                    (Line("La Caf montre ici les dates qu'elle traite cette semaine."),),
                ),
                Panel(
                    "Mes démarches",
                    (
                        Button("transmettre", "À transmettre", icon="file-up"),
                        Button(
                            "consulter", "À consulter", "« À consulter » montre vos démarches déjà faites.",
                            icon="eye",
                        ),
                    ),
                ),
            ),
            facts=(_WANTED,),
        ),
        Screen(
            "envoi",
            "Je choisis mon envoi",
            ("La Caf n'a pas demandé ce document.", "Élise envoie un autre document."),
            (
                Panel(
                    "Documents demandés",
                    (
                        Line("La Caf demande une attestation de loyer."),
                        Button(
                            "repondre",
                            "Répondre à la demande",
                            "Ce bouton répond à une demande de la Caf.\nÉlise envoie un autre document.",
                        ),
                    ),
                ),
                Panel("Transmettre un document", (Button("autres", "Vos autres documents", icon="file-text"),)),
            ),
            facts=(_WANTED,),
        ),
        Screen(
            "nom",
            "Je dis quel document j'envoie",
            ("Une petite fenêtre s'ouvre.", "Écrivez le nom du document."),
            (
                Panel(
                    "Quel document ?",
                    (
                        Words(
                            "document",
                            "Nom du document",
                            "Par exemple : carte d'identité",
                            expected="bulletin de salaire",
                            also=("bulletin de salaire de septembre", "bulletin salaire", "fiche de paie",
                                  "bulletin de paie", "bulletin de salaire septembre"),
                            empty="Écrivez le nom du document : il est sur la carte.",
                        ),
                        Button("valider", "Valider", look="main"),
                    ),
                ),
            ),
            facts=(_WANTED,),
            kind="window",
        ),
        Screen(
            "fichier",
            "J'ajoute et j'envoie mon document",
            ("L'ordinateur montre les fichiers d'Élise.", "Choisissez le bon fichier, facile à lire.",
             "Puis envoyez le fichier."),
            (
                Panel(
                    "Mon document",
                    (
                        Choice(
                            "fichier",
                            "Choisissez un fichier",
                            options=(
                                Option(
                                    "flou",
                                    "photo-bulletin.jpg",
                                    "Cette photo est difficile à lire : choisissez un autre fichier.",
                                    "Photo difficile à lire",
                                    "file-x",
                                ),
                                Option(
                                    "aout",
                                    "bulletin-aout.pdf",
                                    "C'est le mois d'août : Élise envoie septembre.",
                                    "Bulletin de salaire d'août",
                                    "file-text",
                                ),
                                Option(
                                    "septembre", "bulletin-septembre.pdf", "", "Bulletin de salaire de septembre",
                                    "file-text",
                                ),
                                Option(
                                    "plage",
                                    "plage.jpg",
                                    "C'est une photo de vacances : gardez-la pour vous.",
                                    "Photo de vacances",
                                    "file-image",
                                ),
                            ),
                            empty="Choisissez d'abord un fichier.",
                        ),
                        Button("envoyer", "Envoyer", icon="send", look="main"),
                        Button("quitter", "Quitter", "« Quitter » ferme la page, et rien ne part à la Caf."),
                    ),
                ),
            ),
            facts=(_WANTED,),
            kind="form",
        ),
        Screen(
            "parti",
            "Je quitte la page",
            ("Votre document est parti.", "Vous avez fini."),
            (
                Panel(
                    "C'est envoyé",
                    (
                        Line("bulletin-septembre.pdf"),
                        Button(
                            "encore",
                            "Ajouter un document",
                            "Ce bouton sert à envoyer un deuxième document.\nÉlise a fini.",
                        ),
                        Button("quitter", "Quitter", look="main"),
                    ),
                ),
            ),
        ),
    ),
    ending=(
        "La Caf lit les documents dans l'ordre des dates.",
        "La page « Suivre mes démarches » montre les dates que la Caf traite.",
        "Sur un ordinateur public, supprimez votre fichier avant de partir.",
    ),
)  # fmt: skip
