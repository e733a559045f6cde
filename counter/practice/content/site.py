"""What several exercises share: the bar at the top of the site, the home page of Mon Compte, the sign-in screen.

Labels of buttons are those of the documents of 2024 and 2025 (sources of the sheets).
"""

from __future__ import annotations

from dataclasses import replace

from counter.practice import Button, Line, Panel, Screen
from counter.practice.elise import PASSWORD_FACT, POSTCODE, STREET, TOWN, VITALE, number_field, password_field
from counter.practice.fields import Option, Ticks

MENU = (
    Button("actualites", "Actualités", "« Actualités » montre les nouvelles de la Caf."),
    Button("aides", "Aides et démarches", "« Aides et démarches » sert à demander une aide."),
    Button("ma-caf", "Ma Caf", "« Ma Caf » montre la Caf de votre département."),
    Button("mon-compte", "Mon Compte", "« Mon Compte » ouvre votre espace personnel.", icon="circle-user-round"),
)
SIGN_OUT = Button("deconnexion", "Déconnexion", "« Déconnexion » ferme votre compte.", icon="log-out")
QUIT = Button("quitter", "Quitter", "« Quitter » arrête la démarche avant la fin.")
HOME_NEWS = Panel(
    "À la une en ce moment",
    (Line("La Caf donne ici des nouvelles."), Line("Vous avez le temps de les lire plus tard.")),
)

_PAYMENTS = (
    Button("detail", "Voir le détail", "« Voir le détail » montre les aides de ce paiement.", look="link"),
    Button("paiements", "Mes paiements et droits", "Ce bouton montre vos aides et tous vos paiements."),
    Button("attestations", "Mes attestations", "« Mes attestations » donne les papiers officiels de la Caf."),
    Button("ressources", "Mes ressources", "« Mes ressources » montre l'argent que la Caf connaît."),
    Button("dettes", "Mes dettes", "« Mes dettes » montre l'argent à rendre à la Caf."),
    Button(
        "derniere",
        "Télécharger ma dernière attestation",
        "Ce bouton donne le papier le plus récent, sans choisir.",
        icon="file-down",
        look="link",
    ),
)
_DEMARCHES = (
    Button("suivre", "Suivre mes démarches", "Ce bouton montre vos demandes et vos documents.", icon="folder-open"),
    Button("changement", "Déclarer un changement", "Ce bouton sert quand votre vie change.", icon="arrow-right-left"),
    Button("demander", "Simuler ou demander une prestation", "Ce bouton sert à demander une aide.", icon="hand-coins"),
)
_PROFILE = (
    Button("profil", "Consulter ou modifier", "« Consulter ou modifier » ouvre votre profil.", icon="user-round"),
    Button("contacter", "Contacter ma Caf", "Ce bouton montre comment parler à la Caf.", icon="phone", look="link"),
)


def pencil(key: str, of: str, says: str = "") -> Button:
    """The button in the shape of a pencil beside a part of the page."""
    return Button(key, f"Crayon, {of}", says, icon="pencil", look="pencil")


def led_on(buttons: tuple[Button, ...], right: str = "", **says: str) -> tuple[Button, ...]:
    """The buttons, the one named `right` leading on; `says` gives some of them another sentence."""
    told = (replace(button, says=says.get(button.key.replace("-", "_"), button.says)) for button in buttons)
    return tuple(replace(button, says="") if button.key == right else button for button in told)


def site_menu(right: str = "") -> tuple[Button, ...]:
    """The bar at the top of the site."""
    return led_on(MENU, right)


def account_menu(right: str = "") -> tuple[Button, ...]:
    """The same once signed in: « Déconnexion » takes the place of « Mon Compte »."""
    return led_on((*MENU[:3], SIGN_OUT), right)


def account_home(
    title: str, task: tuple[str, ...], right: str, alert: Button | None = None, facts=(), **says: str
) -> Screen:
    """The home page of Mon Compte."""
    alerts = (alert,) if alert else (Line("Vous n'avez pas d'alerte."),)
    payments = (Line("Mon dernier paiement, le 5 octobre : **575,52 €**"), *led_on(_PAYMENTS, right, **says))
    address = (Line(f"Élise Lambert, {STREET}, {POSTCODE} {TOWN}"), *led_on(_PROFILE, right, **says))
    return Screen(
        "accueil",
        title,
        task,
        (
            Panel("Mes alertes", alerts),
            Panel("Mes paiements et mes droits", payments),
            Panel("Mes démarches", led_on(_DEMARCHES, right, **says)),
            Panel("Mon profil", address),
        ),
        menu=account_menu(right),
        facts=tuple(facts),
    )


def sign_in_screen(title: str = "Je tape mon numéro et mon mot de passe") -> Screen:
    """Number, password, and what else stands on that page."""
    remember = Ticks(
        "souvenir",
        "Cet ordinateur",
        options=(
            Option(
                "oui", "Se souvenir de moi", "Laissez cette case vide : d'autres personnes utilisent cet ordinateur."
            ),
        ),
    )
    return Screen(
        "connexion",
        title,
        (
            "Entrez dans le compte d'Élise.",
            "Son numéro et son mot de passe sont sur la carte.",
            "Cet ordinateur est public, d'autres personnes l'utilisent.",
        ),
        (
            Panel(
                "Connexion",
                (
                    number_field(),
                    Button(
                        "provisoire",
                        "J'ai un identifiant provisoire",
                        "L'identifiant provisoire remplace le numéro quand on attend ce numéro.\n"
                        "Élise a déjà son numéro.",
                        look="link",
                    ),
                    remember,
                    password_field(),
                    Button(
                        "oublie",
                        "Mot de passe oublié ?",
                        "Ce bouton sert à choisir un nouveau mot de passe.\nCelui d'Élise est sur la carte.",
                        look="link",
                    ),
                    Button("entrer", "Se connecter", look="main"),
                ),
            ),
        ),
        facts=(VITALE, PASSWORD_FACT),
        kind="form",
    )
