"""The fields of a practice screen, drawn by the same components as every form of the application.

What is right or to be changed is said by counter.practice; here a field only takes the shape a component wants.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace

from counter.forms.fields import Rendered
from counter.practice import Screen
from counter.practice.fields import Amount, Choice, Day, Digits, Field, Ticks, Typed

_COMPONENTS = {Day: "date_field", Choice: "card_field", Ticks: "checks_field"}
_INPUT_MODES = {Digits: "numeric", Amount: "decimal"}
_WIDTHS = {Amount: 12, Digits: 20}


@dataclass
class ShownField(Rendered):
    """A field as the components read it. `show` is what « Montrez-moi » says beside it."""

    field: Field
    value: Typed
    errors: list[str]

    def __post_init__(self):
        kind = type(self.field)
        self.id = self.name = self.field.key
        self.label, self.hint, self.show = SimpleNamespace(text=self.field.label), self.field.hint, self.field.shown
        self.component = _COMPONENTS.get(kind, "text_field")
        self.flags = SimpleNamespace(required=True)
        self.type_name = "password" if self.field.secret else "text"
        self.data, self.typed = ("" if self.field.secret else self.value), self.value
        self.autocomplete, self.maxlength = "off", None
        self.inputmode, self.width = _INPUT_MODES.get(kind), _WIDTHS.get(kind, 30)
        self.cards, self.most = getattr(self.field, "options", ()), None

    @property
    def first_id(self) -> str:
        ending = {"date_field": "-jour", "card_field": "-0", "checks_field": "-0"}.get(self.component, "")
        return self.id + ending


AGAIN = "Écrivez encore le mot de passe : cette case se vide toujours."


def shown_fields(
    screen: Screen, typed: Mapping[str, Typed], faults: Mapping[str, str], again: bool
) -> dict[str, ShownField]:
    """Field key -> the field, with what was typed and what to change. `again`: the same screen is shown once more."""
    empty = {item.key: item.read(lambda _name: []) for item in screen.fields}
    shown = {
        item.key: ShownField(
            item, typed.get(item.key) or empty[item.key], [faults[item.key]] if item.key in faults else []
        )
        for item in screen.fields
    }
    for item in shown.values():
        if again and item.field.secret and not item.errors:
            item.hint = AGAIN
    return shown
