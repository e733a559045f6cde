"""The grid AUT-1 as one form, its needs, and the agent's override."""

from __future__ import annotations

from wtforms import BooleanField

from counter.diagnosis import (
    CHANGE_QUESTION,
    DIAGNOSIS_NEEDS,
    NO,
    NOT_RAISED,
    SECTIONS,
    URGENT_EXAMPLES,
    URGENT_QUESTION,
    YES,
    Answers,
    Need,
    Outcome,
    Override,
)
from counter.forms.fields import CardField, ChecksField, Choice, CounterForm, KeyedForm, Required, TextField
from counter.forms.validators import OneLine

NOT_RAISED_LABEL = "Pas abordé"
_YES_NO = [Choice(YES, "Oui"), Choice(NO, "Non"), Choice(NOT_RAISED, "Je préfère ne pas le dire")]


class QuestionField(CardField):
    """A question said aloud, with its picture; not answered means not raised."""

    component = "question_field"

    def __init__(self, text, cards, icon, hint="", **kwargs):
        super().__init__(text, cards, hint=hint, **kwargs)
        self.icon = icon


class DiagnosisForm(KeyedForm):
    change = QuestionField(
        CHANGE_QUESTION,
        _YES_NO,
        "refresh-cw",
        hint="Séparation, naissance, deuil, perte d'emploi, déménagement, maladie.",
    )
    urgent = QuestionField(URGENT_QUESTION, _YES_NO, "siren", hint=URGENT_EXAMPLES)
    asks_social_worker = BooleanField("La personne demande à voir un travailleur social")
    needs = ChecksField(
        "De quoi la personne a-t-elle besoin pour être bien reçue ?",
        [Choice(need, need.label, need.icon) for need in DIAGNOSIS_NEEDS],
    )
    language = TextField(
        "Langue de l'interprète",
        [OneLine(40)],
        width=20,
        maxlength=40,
        hint="Par exemple : arabe, ukrainien, langue des signes.",
    )

    def sections(self):
        """(section, its fields) in the order of the grid."""
        return [(section, [self[question.key] for question in section.questions]) for section in SECTIONS]

    def answers(self, urgent_now: bool = False) -> Answers:
        """The answers; `urgent_now` is the button that orients at once, without the rest."""
        scored = {
            q.key: int(self[q.key].data)
            for section in SECTIONS
            for q in section.questions
            if self[q.key].data in {"0", "1", "2"}
        }
        return Answers(
            scored,
            self.change.data or NOT_RAISED,
            YES if urgent_now else self.urgent.data or NOT_RAISED,
            self.asks_social_worker.data,
        )

    def validate(self, extra_validators=None) -> bool:
        if Need.INTERPRETER not in (self.needs.data or ()):
            self.language.data = ""
        return super().validate(extra_validators)

    def need_values(self) -> tuple[Need, ...]:
        return tuple(Need(code) for code in self.needs.data or ())


for _section in SECTIONS:
    for _question in _section.questions:
        _cards = [Choice(str(value), label) for value, label in enumerate(_question.answers)]
        setattr(
            DiagnosisForm,
            _question.key,
            QuestionField(_question.text, [*_cards, Choice(NOT_RAISED, NOT_RAISED_LABEL)], _question.icon),
        )


class OverrideForm(CounterForm):
    chosen = CardField(
        "Vous proposez plutôt",
        [Choice(o, o.label) for o in Outcome if o is not Outcome.INCOMPLETE],
        [Required("Choisissez ce que vous proposez.")],
    )
    reason = CardField("Pourquoi ?", [Choice(r, r.label) for r in Override], [Required("Choisissez une raison.")])
