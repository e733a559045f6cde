"""Searching the journal, by plain GET."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict
from wtforms.validators import StopValidation

from counter.forms.fields import ChoiceField, CounterForm, DateField, TextField, check_order
from counter.journal import Act, Subject
from counter.models import Agent
from counter.store.journal import Search


class ObjectNumber:
    """Letters, figures and - only."""

    def __call__(self, form, field):
        if not all(c.isascii() and (c.isalnum() or c in "-_") for c in field.data or ""):
            raise StopValidation("Un numéro n'a que des chiffres et des lettres.")


class JournalForm(CounterForm):
    """What is looked for; a field that is wrong is said, and left out of the search."""

    class Meta(CounterForm.Meta):
        csrf = False

    agent = ChoiceField("Qui ?", [("", "Tout le monde")], default="")
    acte = ChoiceField("A fait quoi ?", [("", "Tous les actes"), *((a, a.label) for a in Act)], default="")
    objet = ChoiceField("Sur quoi ?", [("", "Tous les objets"), *((s, s.label) for s in Subject)], default="")
    numero = TextField("Numéro", [ObjectNumber()], width=12, maxlength=40)
    du = DateField("Du")
    au = DateField("Au")

    def __init__(self, args: MultiDict, agents: list[Agent]):
        super().__init__(formdata=args)
        self.agent.options = [("", "Tout le monde"), *((str(a.id), a.display_name) for a in agents)]

    def wanted(self, caf_id: int | None, zone: ZoneInfo, before: int | None = None) -> Search:
        """The search; days are those of the wall clock in `zone`."""
        self.validate()
        check_order(self.du, self.au)
        said = {field.name: field.data for field in self if field.data and not field.errors}
        last = said.get("au")
        return Search(
            caf_id=caf_id,
            agent_id=int(said["agent"]) if "agent" in said else None,
            act=Act(said["acte"]) if "acte" in said else None,
            subject=Subject(said["objet"]) if "objet" in said else None,
            subject_id=said.get("numero", ""),
            since=_starts(said["du"], zone) if "du" in said else None,
            until=_starts(last + timedelta(days=1), zone) if last else None,
            before=before,
        )


def _starts(day, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone)
