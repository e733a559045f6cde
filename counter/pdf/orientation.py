"""The orientation sheet: what is proposed, where to go. It prints no reason and no score."""

from __future__ import annotations

from datetime import date

from counter.diagnosis import Help, Need, Outcome
from counter.formatting import date_long
from counter.pdf.sheet import Sheet

_WORDS = {
    Outcome.AUTONOMOUS: (
        "Vous pouvez faire vos démarches seul.",
        [
            "Vous pouvez utiliser l'ordinateur en libre accès, ici.",
            "Vous pouvez aussi les faire chez vous, sur caf.fr.",
            "Si vous êtes bloqué, revenez nous voir : nous vous aidons.",
        ],
    ),
    Outcome.SOCIAL: (
        "Un travailleur social peut vous aider.",
        [
            "Il vous écoute et cherche des solutions avec vous.",
            "C'est gratuit et confidentiel.",
            "Gardez cette feuille et montrez-la à l'accueil.",
        ],
    ),
    Outcome.INCOMPLETE: (
        "Parlons-en ensemble.",
        ["Un agent prend le temps de vous écouter.", "Vous pouvez revenir quand vous voulez."],
    ),
}
_HELP_WORDS = {
    Help.DIGITAL: [
        "Pour l'ordinateur et le téléphone, un agent vous accompagne.",
        "Vous pouvez apprendre dans un atelier numérique. C'est gratuit.",
    ],
    Help.PAPERWORK: [
        "Pour les papiers, un conseiller vous reçoit sur rendez-vous.",
        "Apportez vos courriers et vos papiers, même dans le désordre.",
    ],
}
EMERGENCY = (
    ("115", "Vous n'avez pas de toit ce soir"),
    ("3919", "Violences dans le couple ou la famille"),
    ("119", "Un enfant est en danger"),
    ("15", "Votre santé est en danger"),
    ("17", "Danger immédiat : la police"),
    ("114", "Par SMS, si vous ne pouvez pas parler"),
)
_PARTIAL_TITLE = "Nous vous aidons pour une partie de vos démarches."


def orientation_words(outcome: Outcome, helps: tuple[Help, ...]) -> tuple[str, list[str]]:
    """Title and sentences said to the person, the same on screen and on paper."""
    if outcome is Outcome.PARTIAL:
        return _PARTIAL_TITLE, [
            line for help_ in helps or (Help.DIGITAL, Help.PAPERWORK) for line in _HELP_WORDS[help_]
        ]
    return _WORDS[outcome]


def orientation_pdf(
    outcome: Outcome,
    helps: tuple[Help, ...],
    needs: tuple[Need, ...],
    language: str,
    structure: str,
    place: str,
    day: date,
    *,
    specimen: bool,
    logo=None,
) -> bytes:
    title, lines = orientation_words(outcome, helps)
    sheet = Sheet(
        "Votre orientation", structure, aside=date_long(day), specimen=specimen, falc=True, logo=logo, footer=place
    )
    sheet.panel([(title, 18)])
    for line in lines:
        sheet.paragraph(line)
    if needs:
        sheet.heading("Pour bien vous recevoir")
        for need in needs:
            detail = f" : {language}" if need is Need.INTERPRETER and language else ""
            sheet.paragraph(f"{need.label}{detail}")
    sheet.heading("Si vous avez besoin d'aide")
    sheet.facts(
        [
            ("Ici", place),
            ("La Caf par téléphone", "3230, de 9 h à 12 h et de 13 h 15 à 16 h 30"),
        ]
    )
    sheet.heading("En cas d'urgence")
    sheet.facts([(f"**{number}**", words) for number, words in EMERGENCY])
    sheet.paragraph("Cette proposition n'est pas une décision. Vous avez le choix.")
    return sheet.to_bytes()
