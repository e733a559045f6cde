"""Closing a visit."""

from __future__ import annotations

from counter.forms.fields import CardField, Choice, CounterForm, Required
from counter.visits import Nature, Solved


class CloseVisitForm(CounterForm):
    nature = CardField(
        "Qu'avez-vous fait surtout ?",
        [Choice(n, n.label, n.icon, n.detail) for n in Nature],
        [Required("Choisissez ce que vous avez fait surtout.")],
    )
    solved = CardField(
        "Est-ce réglé sur place ?",
        [Choice(s, s.label, s.icon) for s in Solved],
        [Required("Dites si la demande est réglée.")],
    )

    def nature_value(self) -> Nature:
        return Nature(self.nature.data)

    def solved_value(self) -> Solved:
        return Solved(self.solved.data)
