"""How a finding was dealt with."""

from __future__ import annotations

from wtforms import HiddenField

from counter.control import Reason
from counter.forms.fields import ChoiceField, CounterForm, Required


class DecisionForm(CounterForm):
    finding = HiddenField()
    reason = ChoiceField("Ce qui a été fait", [("", "Choisissez"), *((r, r.label) for r in Reason)],
                         [Required("Dites ce qui a été fait.")])  # fmt: skip
