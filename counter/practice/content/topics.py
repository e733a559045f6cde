"""The two pages between « Aides et démarches » and a request: the topic, then the benefit."""

from counter.practice import Button, Line, Panel, Screen
from counter.practice.content.site import site_menu

_TOPICS = (
    Button("personnelle", "Vie personnelle", "Cette partie parle du couple, des enfants, des études.", icon="heart"),
    Button("professionnelle", "Vie professionnelle", icon="briefcase"),
    Button("logement", "Logement", "Cette partie parle du loyer et du déménagement.", icon="house"),
    Button("handicap", "Handicap", "Cette partie parle des aides pour le handicap.", icon="accessibility"),
    Button("accident", "Accident de vie", "Cette partie parle d'un décès ou de l'hôpital.", icon="life-buoy"),
)


def topics(title: str) -> Screen:
    """The five topics; the prime d'activité is under the working life."""
    return Screen(
        "sujet",
        title,
        ("Élise travaille avec un petit salaire.", "Choisissez le sujet qui parle du travail."),
        (Panel("Faites une demande de prestation en ligne", _TOPICS),),
        menu=site_menu(),
    )


def prime_benefit(title: str) -> Screen:
    """The benefits of the working life."""
    return Screen(
        "aide",
        title,
        ("Élise veut la prime d'activité.", "C'est une aide en plus d'un petit salaire."),
        (
            Panel(
                "RSA et Prime d'activité",
                (
                    Button(
                        "rsa",
                        "Revenu de solidarité active",
                        "Le RSA aide les personnes qui ont peu d'argent.\nÉlise veut la prime d'activité.",
                    ),
                    Button("prime", "Prime d'activité"),
                ),
            ),
            Panel(
                "Autres demandes",
                (
                    Button(
                        "bafa",
                        "Bafa : demande d'aide à la formation",
                        "Le Bafa est une formation pour s'occuper d'enfants en vacances.",
                    ),
                ),
            ),
        ),
        menu=site_menu(),
    )


def prime_request(title: str) -> Screen:
    """Try, ask or read."""
    return Screen(
        "demande",
        title,
        ("La prime d'activité est une aide en plus d'un petit salaire.", "Élise veut envoyer sa demande."),
        (
            Panel(
                "Prime d'activité",
                (
                    Line("Cette aide est pour les personnes qui travaillent."),
                    Button("simuler", "Simuler", "« Simuler » fait un essai, sans demande."),
                    Button("faire", "Faire la demande"),
                    Button("savoir", "En savoir plus", "« En savoir plus » montre les règles de cette aide."),
                ),
            ),
        ),
        menu=site_menu(),
    )
