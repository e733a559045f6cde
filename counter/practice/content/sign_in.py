"""Signing in to Mon Compte, and leaving it."""

from counter.practice import Button, Exercise, Panel, Screen
from counter.practice.content.site import HOME_NEWS, account_home, sign_in_screen, site_menu

EXERCISE = Exercise(
    slug="me-connecter",
    title="Me connecter à Mon Compte",
    icon="log-in",
    goal="Vous entrez dans Mon Compte, puis vous fermez Mon Compte.",
    story=("Vous avez déjà un compte sur le site de la Caf.", "Vous voulez voir votre dernier paiement."),
    screens=(
        Screen(
            "site",
            "J'ouvre Mon Compte",
            ("Vous êtes sur le site de la Caf.", "Ouvrez votre espace personnel."),
            (HOME_NEWS,),
            menu=site_menu("mon-compte"),
        ),
        Screen(
            "facon",
            "Je choisis ma façon d'entrer",
            ("La page montre 2 façons d'entrer.", "Élise utilise son mot de passe de la Caf."),
            (
                Panel(
                    "Connexion allocataire",
                    (
                        Button("identifiants", "Avec vos identifiants Caf", icon="circle-user-round"),
                        Button(
                            "franceconnect",
                            "Avec FranceConnect",
                            "FranceConnect ouvre plusieurs sites publics avec un seul compte.\n"
                            "C'est possible aussi, mais Élise utilise son mot de passe de la Caf.",
                            icon="shield-check",
                        ),
                    ),
                ),
            ),
            menu=site_menu(),
        ),
        sign_in_screen(),
        account_home(
            "Je lis ma page, puis je ferme mon compte",
            ("Vous êtes dans Mon Compte.", "Cherchez votre dernier paiement.", "Ensuite, fermez votre compte."),
            "deconnexion",
            detail="« Voir le détail » montre les aides de ce paiement.\nCette page montre déjà le paiement.",
        ),
    ),
    ending=(
        "Fermez toujours votre compte avant de partir.",
        "Ainsi, les autres personnes restent en dehors de votre compte.",
    ),
)
