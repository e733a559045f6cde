"""The autonomy diagnosis, grid AUT-1: questions, scores, and the orientation it proposes.

Not a test of the person: a proposal, explained, that the agent may override. Of the answers only
the scores, the outcome and "route sociale : oui / non / non abordé" are ever kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

GRID_VERSION = "AUT-1"
NOT_RAISED = "na"
YES, NO = "oui", "non"
MAX_NOT_RAISED = 3


class Outcome(StrEnum):
    AUTONOMOUS = "autonome"
    PARTIAL = "partiel"
    SOCIAL = "social"
    INCOMPLETE = "incomplet"

    @property
    def label(self) -> str:
        return {
            "autonome": "Autonome",
            "partiel": "Partiellement autonome",
            "social": "Accompagnement social",
            "incomplet": "Diagnostic incomplet",
        }[self]


class Help(StrEnum):
    """Which help a partly autonomous person needs."""

    DIGITAL = "numerique"
    PAPERWORK = "administratif"

    @property
    def label(self) -> str:
        return {"numerique": "aide numérique", "administratif": "aide administrative"}[self]


class SocialRoute(StrEnum):
    """All that is kept of the Situation section."""

    YES = "oui"
    NO = "non"
    NOT_RAISED = "non-aborde"

    @property
    def label(self) -> str:
        return {"oui": "oui", "non": "non", "non-aborde": "non abordé"}[self]


class Need(StrEnum):
    """Unscored needs that follow the person to the appointment and the paper."""

    INTERPRETER = "interprete"
    SIGHT = "vue"
    HEARING = "audition"
    MOBILITY = "mobilite"
    WHEELCHAIR = "fauteuil"
    COMPANION = "accompagnant"

    @property
    def label(self) -> str:
        return {
            "interprete": "Interprète",
            "vue": "Voit mal",
            "audition": "Entend mal",
            "mobilite": "Se déplace avec difficulté",
            "fauteuil": "En fauteuil roulant",
            "accompagnant": "Vient avec quelqu'un",
        }[self]

    @property
    def icon(self) -> str:
        return {
            "interprete": "languages",
            "vue": "eye",
            "audition": "ear",
            "mobilite": "footprints",
            "fauteuil": "accessibility",
            "accompagnant": "users-round",
        }[self]


# Those the diagnosis asks (diagnosis.md); an appointment may carry all of them.
DIAGNOSIS_NEEDS = (Need.INTERPRETER, Need.SIGHT, Need.HEARING, Need.MOBILITY)


@dataclass(frozen=True)
class Question:
    """`answers` are the words on screen for 0 (alone), 1 (a little help), 2 (no)."""

    number: int
    key: str
    text: str
    icon: str
    answers: tuple[str, str, str]


@dataclass(frozen=True)
class Section:
    key: str
    title: str
    questions: tuple[Question, ...]


_ALONE = ("Oui, seul", "Avec un peu d'aide", "Non")
SECTIONS = (
    Section(
        "materiel",
        "Le matériel",
        (
            Question(
                1,
                "q1",
                "Avez-vous un ordinateur, une tablette ou un téléphone avec Internet ?",
                "monitor-smartphone",
                ("Oui, à moi", "Prêté, ou un téléphone", "Non, aucun"),
            ),
            Question(2, "q2", "Avez-vous Internet quand vous en avez besoin ?", "wifi", ("Oui", "Pas toujours", "Non")),
            Question(
                3,
                "q3",
                "Avez-vous une adresse e-mail que vous arrivez à ouvrir ?",
                "mail",
                ("Oui", "J'en ai une, je ne l'ouvre pas", "Non, aucune"),
            ),
        ),
    ),
    Section(
        "en-ligne",
        "Se débrouiller en ligne",
        (
            Question(
                4,
                "q4",
                "Arrivez-vous à vous connecter à votre compte ?",
                "log-in",
                ("Oui, seul", "Parfois je suis perdu", "Non, jamais"),
            ),
            Question(5, "q5", "Savez-vous envoyer un document, ou le prendre en photo ?", "camera", _ALONE),
            Question(
                6,
                "q6",
                "Savez-vous remplir un formulaire en ligne et vérifier qu'il est bien parti ?",
                "clipboard-check",
                _ALONE,
            ),
            Question(
                7,
                "q7",
                "Avez-vous peur de vous tromper ou de vous faire arnaquer ?",
                "shield-question-mark",
                ("Pas vraiment", "Parfois", "Oui, cela m'arrête"),
            ),
        ),
    ),
    Section(
        "papiers",
        "Les papiers",
        (
            Question(
                8,
                "q8",
                "Comprenez-vous les courriers écrits en français ?",
                "mail-open",
                ("Oui, seul", "Avec de l'aide", "Non"),
            ),
            Question(9, "q9", "Savez-vous quelle aide demander, et à qui ?", "signpost", _ALONE),
            Question(
                10,
                "q10",
                "Avez-vous vos papiers, et quelqu'un pour vous aider ?",
                "folder-heart",
                ("Oui, les deux", "L'un des deux", "Ni l'un ni l'autre"),
            ),
        ),
    ),
)
SCORED = tuple(question for section in SECTIONS for question in section.questions)
DIGITAL_KEYS = tuple(f"q{n}" for n in range(1, 8))
PAPERWORK_KEYS = ("q8", "q9", "q10")
CHANGE_QUESTION = "Y a-t-il eu un changement récent dans votre vie ?"
URGENT_QUESTION = "Avez-vous un besoin urgent ?"
URGENT_EXAMPLES = "Plus d'argent pour vivre, loyer impayé, pas de toit, pas à manger, ou peur pour votre sécurité."


@dataclass(frozen=True)
class Answers:
    """`scored` maps q1..q10 to 0, 1, 2 or NOT_RAISED; what is missing was not raised.

    `change` (Q11) and `urgent` (Q12) are YES, NO or NOT_RAISED; `asks_social_worker` is the
    person's own request.
    """

    scored: dict[str, int | str]
    change: str = NOT_RAISED
    urgent: str = NOT_RAISED
    asks_social_worker: bool = False

    def of(self, key: str) -> int | str:
        return self.scored.get(key, NOT_RAISED)


@dataclass(frozen=True)
class Orientation:
    """What is proposed, and the one sentence that says what decided it.

    `digital` is N (0–14), `paperwork` is A (0–6). `right_now` asks for a human at once;
    `offer_social` adds the offer of social work to another outcome.
    """

    outcome: Outcome
    helps: tuple[Help, ...]
    digital: int
    paperwork: int
    route: SocialRoute
    explanation: str
    right_now: bool = False
    offer_social: bool = False
    not_raised: int = 0


def orient(answers: Answers) -> Orientation:
    """The first rule of the grid that matches (diagnosis.md, rules 1 to 6)."""
    digital, paperwork = _score(answers, DIGITAL_KEYS), _score(answers, PAPERWORK_KEYS)
    missing = sum(answers.of(question.key) == NOT_RAISED for question in SCORED)

    def result(outcome: Outcome, explanation: str, *, helps=(), right_now=False) -> Orientation:
        social = outcome is Outcome.SOCIAL
        route = SocialRoute.YES if social else _route_without_social(answers)
        return Orientation(
            outcome,
            helps,
            digital,
            paperwork,
            route,
            explanation,
            right_now,
            offer_social=answers.change == YES and not social,
            not_raised=missing,
        )

    if answers.urgent == YES:
        return result(
            Outcome.SOCIAL, "La personne a un besoin urgent : quelqu'un la reçoit maintenant.", right_now=True
        )
    if answers.asks_social_worker:
        return result(Outcome.SOCIAL, "La personne demande elle-même un travailleur social.")
    if missing > MAX_NOT_RAISED:
        return result(
            Outcome.INCOMPLETE,
            f"{missing} questions sur 10 n'ont pas été abordées : c'est trop peu pour proposer une orientation.",
        )
    if answers.change == YES and (digital >= 8 or paperwork >= 3):
        return result(Outcome.SOCIAL, "Un changement récent, et des démarches difficiles à faire seul.")
    if paperwork >= 5 and answers.of("q10") == 2:
        return result(Outcome.SOCIAL, "Les papiers sont très difficiles, et personne ne peut aider la personne.")
    helps = _helps(answers, digital, paperwork)
    if not helps and digital <= 3 and paperwork <= 1:
        return result(Outcome.AUTONOMOUS, "La personne se débrouille seule, en ligne et avec les papiers.")
    return result(Outcome.PARTIAL, _partial_explanation(helps), helps=helps)


def _score(answers: Answers, keys: tuple[str, ...]) -> int:
    return sum(1 if answers.of(key) == NOT_RAISED else int(answers.of(key)) for key in keys)


def _helps(answers: Answers, digital: int, paperwork: int) -> tuple[Help, ...]:
    found = []
    if digital >= 4 or any(answers.of(key) == 2 for key in DIGITAL_KEYS):
        found.append(Help.DIGITAL)
    if paperwork >= 2 or any(answers.of(key) == 2 for key in PAPERWORK_KEYS):
        found.append(Help.PAPERWORK)
    return tuple(found)


def _partial_explanation(helps: tuple[Help, ...]) -> str:
    if helps == (Help.DIGITAL,):
        return "Les papiers vont bien ; c'est l'ordinateur ou le téléphone qui bloque."
    if helps == (Help.PAPERWORK,):
        return "Le numérique va bien ; ce sont les papiers et les démarches qui bloquent."
    return "Le numérique et les papiers demandent tous les deux un coup de main."


def _route_without_social(answers: Answers) -> SocialRoute:
    raised = answers.change != NOT_RAISED or answers.urgent != NOT_RAISED
    return SocialRoute.NO if raised else SocialRoute.NOT_RAISED


class Override(StrEnum):
    """Why an agent chose another orientation than the proposed one; kept and counted."""

    PERSON_PREFERS = "personne"
    KNOWN_SITUATION = "situation"
    ANSWERS_UNSURE = "reponses"
    OFFER_MISSING = "offre"

    @property
    def label(self) -> str:
        return {
            "personne": "La personne préfère autre chose",
            "situation": "Je connais mieux sa situation",
            "reponses": "Les réponses ne sont pas sûres",
            "offre": "Cette offre n'existe pas ici",
        }[self]


@dataclass(frozen=True)
class NextAction:
    """What the app offers next. `target` names a page: demarches, motifs, appointment, workshops, call, visit."""

    label: str
    detail: str
    icon: str
    target: str
    topic: str = ""


def next_actions(
    outcome: Outcome, helps: tuple[Help, ...], right_now: bool = False, offer_social: bool = False
) -> list[NextAction]:
    """The next actions for an outcome, the first one being the one to do (diagnosis.md, last table)."""
    social = NextAction(
        "Rendez-vous avec un travailleur social",
        "Le papier imprimé ne dit pas pourquoi.",
        "heart-handshake",
        "appointment",
        "difficultes",
    )
    urgent = NextAction("Appeler maintenant", "Les numéros d'urgence et le travailleur social.", "phone-call", "call")
    guided = NextAction("Faire la démarche ensemble", "Pas à pas, côte à côte.", "footprints", "demarches")
    workshop = NextAction(
        "Proposer un atelier ou une aide numérique",
        "Apprendre à se servir de caf.fr.",
        "laptop",
        "workshops",
    )
    adviser = NextAction(
        "Prendre un rendez-vous avec un conseiller",
        "Motif, lieu et liste des papiers à apporter.",
        "calendar-plus",
        "motifs",
    )
    memo = NextAction(
        "Donner le livret de la démarche", "À lire ou à faire seul, ici ou à la maison.", "book-open", "demarches"
    )
    if outcome is Outcome.SOCIAL:
        return [urgent, social] if right_now else [social, urgent]
    if outcome is Outcome.INCOMPLETE:
        return [
            NextAction(
                "En parler avec la personne",
                "Reprendre le point plus tard, sans formulaire.",
                "messages-square",
                "visit",
            ),
            adviser,
            social,
        ]
    if outcome is Outcome.PARTIAL and not helps:  # chosen by the agent: both kinds of help are offered
        helps = tuple(Help)
    actions = [] if helps else [memo]
    if Help.PAPERWORK in helps:
        actions.append(adviser)
    if Help.DIGITAL in helps:
        actions += [guided, workshop]
    return actions + ([social] if offer_social else [])
