"""Asking for the prime d'activité: from the site to the amounts of the payslips."""

from counter.practice import Button, Exercise, Fact, Panel, Rows, Screen
from counter.practice.content.site import HOME_NEWS, pencil, sign_in_screen, site_menu
from counter.practice.content.topics import prime_benefit, prime_request, topics
from counter.practice.fields import Amount, Option, Ticks

_MONTHS = ("Juillet", "Août", "Septembre")
_NET_SOCIAL = ("862,45", "862,45", "910,30")
_NET = ("871,20", "871,20", "919,75")
_WRONG_LINE = "C'est la ligne « Net à payer » : prenez le « Montant net social »."
_NOT_HERS = "Élise reçoit seulement un salaire."


def _amount(place: int) -> Amount:
    month = _MONTHS[place]
    return Amount(
        ("juillet", "aout", "septembre")[place],
        f"{month}, en euros",
        expected=_NET_SOCIAL[place],
        traps=(
            (_NET[place], _WRONG_LINE),
            *(
                (amount, "Cette somme est celle d'un autre mois.")
                for amount in _NET_SOCIAL
                if amount != _NET_SOCIAL[place]
            ),
        ),
        where="sur la fiche de paie",
    )


_PAYSLIP = Rows(
    ("Fiche de paie", *_MONTHS),
    (("Montant net social", *_NET_SOCIAL), ("Net à payer avant impôt sur le revenu", *_NET)),
)

EXERCISE = Exercise(
    slug="demande-prime-activite",
    title="Demander la prime d'activité",
    icon="hand-coins",
    goal="Vous demandez une aide en plus de votre petit salaire.",
    story=(
        "Vous travaillez et vous gagnez peu d'argent.",
        "Vous avez déjà un compte sur le site de la Caf.",
        "Pour l'exercice, nous sommes en octobre.",
    ),
    screens=(
        Screen(
            "site",
            "J'ouvre le site de la Caf",
            ("Vous êtes sur le site de la Caf.", "Vous cherchez comment demander une aide."),
            (HOME_NEWS,),
            menu=site_menu("aides"),
        ),
        topics("Je choisis Vie professionnelle"),
        prime_benefit("Je choisis la prime d'activité"),
        prime_request("Je fais la demande"),
        sign_in_screen(),
        Screen(
            "sortes",
            "Je dis mes ressources",
            ("Les ressources sont l'argent que vous recevez.", "Élise reçoit seulement un salaire."),
            (
                Panel(
                    "Mes ressources",
                    (
                        Ticks(
                            "ressources",
                            "Cliquez sur vos ressources des 3 mois",
                            options=(
                                Option("salaire", "Salaire"),
                                Option("chomage", "Chômage", _NOT_HERS),
                                Option("retraite", "Retraite", _NOT_HERS),
                                Option("pension", "Pension alimentaire", _NOT_HERS),
                            ),
                            empty="Cliquez sur la ressource d'Élise : regardez la carte.",
                        ),
                        Button("continuer", "Continuer", look="main"),
                    ),
                ),
            ),
            facts=(Fact("Ressource", "Un salaire, et rien d'autre"),),
            kind="form",
        ),
        Screen(
            "salaires",
            "J'écris mes salaires",
            ("Prenez la fiche de paie d'Élise.", "Cherchez la ligne « Montant net social ».",
             "Copiez la somme de chaque mois."),
            (
                Panel("La fiche de paie d'Élise", (_PAYSLIP,)),
                Panel(
                    "Salaires",
                    (_amount(0), _amount(1), _amount(2), Button("continuer", "Continuer", look="main")),
                ),
            ),
            kind="form",
        ),
        Screen(
            "relire",
            "Je relis et je termine ma demande",
            ("Comparez les sommes avec la carte.", "Tout est juste : envoyez la demande."),
            (
                Panel(
                    "Mes réponses",
                    (
                        Rows(
                            ("Mois", "Salaire"),
                            tuple(
                                (month, f"{amount} €") for month, amount in zip(_MONTHS, _NET_SOCIAL, strict=True)
                            ),
                        ),
                        pencil(
                            "modifier", "mes ressources", "Ce crayon sert à changer vos réponses.\nIci, tout est juste."
                        ),
                        Button("valider", "Valider", look="main"),
                    ),
                ),
            ),
            facts=tuple(
                Fact(f"Net social, {month.lower()}", f"{amount} €")
                for month, amount in zip(_MONTHS, _NET_SOCIAL, strict=True)
            ),
        ),
    ),
    ending=(
        "La Caf étudie votre demande.",
        "Il vous manque un papier : vous pouvez faire une pause de 30 jours.",
        "Avec la prime d'activité, vous déclarez vos ressources tous les 3 mois.",
    ),
)  # fmt: skip
