"""What a person chooses: a card, boxes to tick, a line of a list."""

from __future__ import annotations

from dataclasses import dataclass

from wtforms import RadioField, SelectField, SelectMultipleField
from wtforms.validators import Optional, StopValidation

from counter.forms.fields.base import Rendered


@dataclass(frozen=True)
class Choice:
    """A card to choose: what is sent, its words, an icon and one line more."""

    value: str
    label: str
    icon: str = ""
    detail: str = ""


class ChoiceField(Rendered, SelectField):
    """One choice in a list too long for cards. `options` are (value, words)."""

    component = "select_field"

    def __init__(self, label, options=(), validators=(), hint="", **kwargs):
        super().__init__(label, validators, choices=[], **kwargs)
        self.options, self.hint = list(options), hint

    def process_data(self, value):
        """Nothing is "", as in the list of options: WTForms would make it None."""
        super().process_data(value)
        self.data = "" if self.data is None else self.data

    def pre_validate(self, form):
        if self.data not in {value for value, _ in self.options}:
            raise StopValidation("Choisissez dans la liste.")


class CardField(Rendered, RadioField):
    """One choice among fewer than nine cards."""

    component = "card_field"

    def __init__(self, label, cards: list[Choice], validators=(), hint="", **kwargs):
        super().__init__(label, validators, choices=[card.value for card in cards], **kwargs)
        self.cards, self.hint = cards, hint

    @property
    def first_id(self) -> str:
        return f"{self.id}-0"

    def pre_validate(self, form):
        if self.data in (None, "", "None"):
            self.data = None
        elif self.data not in {card.value for card in self.cards}:
            raise StopValidation("Choisissez une des réponses proposées.")


class ChecksField(Rendered, SelectMultipleField):
    """Any number of boxes to tick. Of more than `most` (None: however many), the first ones are on the page and the
    others in a list to be opened, which is open when one of them is ticked."""

    component = "checks_field"
    shown = 8

    def __init__(self, label, cards: list[Choice], hint="", most: int | None = None, **kwargs):
        super().__init__(label, [Optional()], choices=[card.value for card in cards], **kwargs)
        self.cards, self.hint, self.most = cards, hint, most

    @property
    def first_id(self) -> str:
        return f"{self.id}-0"

    @property
    def beyond(self) -> bool:
        """Whether a box of the list to be opened is ticked."""
        return any(card.value in (self.data or ()) for card in self.cards[self.shown :])

    def pre_validate(self, form):
        if set(self.data or ()) - {card.value for card in self.cards}:
            raise StopValidation("Choisissez parmi les réponses proposées.")
