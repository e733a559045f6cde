"""Practice (« s'entraîner ») : a fictitious Mon Compte where a visitor really types and clicks.

An exercise is data (`content/`): screens in order, each made of panels of lines, buttons and fields. Exactly the
buttons without `says` lead on; each other one tells kindly what it does. The rules below say what a click does.

What was typed is held by the visitor's browser alone, sealed by the view: nothing goes to a database.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from counter.practice.fields import Field, Typed, Values

BACK = "avant"
KEPT_FOR = timedelta(minutes=60)  # an attempt left alone this long is forgotten
ONE_OF = "Remplissez au moins 1 de ces 2 cases."


class UnknownScreen(LookupError):
    """The exercise has no screen of this number."""


@dataclass(frozen=True)
class Fact:
    """A line of Élise's card."""

    label: str
    value: str


@dataclass(frozen=True)
class Line:
    """A sentence of the site; `**bold**` allowed."""

    text: str


@dataclass(frozen=True)
class Rows:
    """A small table of the site: a heading row, then (label, value, value…)."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Button:
    """A button of the site, named exactly as there. `says` tells what it does when it is not the one to click,
    one sentence a line; empty for a button that leads on. `look`: plain, main, link or pencil (an icon alone)."""

    key: str
    label: str
    says: str = ""
    icon: str = ""
    look: str = "plain"

    @property
    def leads_on(self) -> bool:
        return not self.says


Item = Line | Rows | Button | Field


@dataclass(frozen=True)
class Panel:
    """A part of the screen under its title (empty: none). `items` are shown in their order."""

    title: str
    items: tuple[Item, ...] = ()

    @property
    def pencils(self) -> list[Button]:
        """The pencils, which stand beside the title."""
        return [item for item in self.items if isinstance(item, Button) and item.look == "pencil"]

    @property
    def body(self) -> list[Item]:
        """All the rest."""
        return [item for item in self.items if not isinstance(item, Button) or item.look != "pencil"]


@dataclass(frozen=True)
class Screen:
    """One screen. `kind`: page (parts side by side), form (one column) or window (a small window over the page).

    `task` says what Élise wants, never which button; « Montrez-moi » says it. `one_of` names two fields of which
    one is enough.
    """

    key: str
    title: str
    task: tuple[str, ...]
    panels: tuple[Panel, ...]
    menu: tuple[Button, ...] = ()
    facts: tuple[Fact, ...] = ()
    kind: str = "page"
    one_of: tuple[str, ...] = ()

    def items(self) -> Iterator[Item]:
        yield from self.menu
        for panel in self.panels:
            yield from panel.items

    @property
    def buttons(self) -> list[Button]:
        return [item for item in self.items() if isinstance(item, Button)]

    @property
    def fields(self) -> list[Field]:
        return [item for item in self.items() if isinstance(item, Field)]

    @property
    def right(self) -> Button:
        """The button that leads on (the first of them)."""
        return next(button for button in self.buttons if button.leads_on)

    def button(self, key: str) -> Button | None:
        return next((button for button in self.buttons if button.key == key), None)

    def read(self, values: Values) -> dict[str, Typed]:
        """Field key -> what was typed; `values` gives what the page sent under a name."""
        return {item.key: item.read(values) for item in self.fields}

    def faults(self, typed: Mapping[str, Typed]) -> dict[str, str]:
        """Field key -> what to change; empty when all is right."""
        if self.one_of and not any(typed.get(key) for key in self.one_of):
            return {self.one_of[0]: ONE_OF}
        found = {}
        for item in self.fields:
            value = typed.get(item.key) or item.read(lambda _name: [])
            sentence = None if item.key in self.one_of and not value else item.fault(value)
            if sentence:
                found[item.key] = sentence
        return found


@dataclass(frozen=True)
class Exercise:
    """`slug` is the one of the sheet it goes with. `story` says who Élise is today, `ending` what to do or to
    expect on the real site."""

    slug: str
    title: str
    icon: str
    goal: str
    story: tuple[str, ...]
    screens: tuple[Screen, ...]
    ending: tuple[str, ...]

    @property
    def total(self) -> int:
        return len(self.screens)

    def screen(self, number: int) -> Screen:
        """Screen `number`, from 1. Raises UnknownScreen."""
        if not 1 <= number <= self.total:
            raise UnknownScreen(number)
        return self.screens[number - 1]

    @property
    def facts(self) -> list[Fact]:
        """All that the cards of its screens tell, once each."""
        return list(dict.fromkeys(fact for screen in self.screens for fact in screen.facts))


@dataclass(frozen=True)
class Said:
    """What the last click deserves to be told: about a button (its key), or else about the fields of a screen.

    `password` is the sentence about a password, since the password itself is gone by then.
    """

    screen: str
    button: str = ""
    password: str = ""


@dataclass(frozen=True)
class Attempt:
    """How far a visitor is. `typed` is by screen then field, never a password; `slips` counts by screen what had to
    be tried again; `helped` are the screens where « Montrez-moi » was used."""

    furthest: int = 1
    typed: Mapping[str, Mapping[str, Typed]] = field(default_factory=dict)
    slips: Mapping[str, int] = field(default_factory=dict)
    helped: frozenset[str] = frozenset()
    said: Said | None = None

    def typed_on(self, screen: Screen) -> Mapping[str, Typed]:
        return self.typed.get(screen.key, {})

    def told_on(self, screen: Screen) -> Said | None:
        """What the last click on this screen deserves to be told."""
        return self.said if self.said and self.said.screen == screen.key else None

    def dump(self) -> list:
        """The attempt as plain lists, for a sealed text."""
        said = [self.said.screen, self.said.button, self.said.password] if self.said else None
        return [self.furthest, self.typed, self.slips, sorted(self.helped), said]


def load_attempt(dumped: list) -> Attempt:
    """What `dump` gave. Raises ValueError for anything else."""
    try:
        furthest, typed, slips, helped, said = dumped
        return Attempt(int(furthest), dict(typed), dict(slips), frozenset(helped), Said(*said) if said else None)
    except TypeError as error:
        raise ValueError("not an attempt") from error


def press(
    exercise: Exercise, number: int, attempt: Attempt, button: str, typed: Mapping[str, Typed], helped: bool
) -> tuple[Attempt, int]:
    """What a click on `button` does on screen `number`: the attempt after it, and the screen to show.

    The screen shown is 0 for the page before the first one, `exercise.total + 1` after the last one.
    """
    screen = exercise.screen(number)
    attempt = _keep(attempt, screen, typed, helped)
    if button == BACK:
        return attempt, number - 1
    clicked = screen.button(button)
    if clicked is None:
        return attempt, number
    if not clicked.leads_on:
        return _slip(attempt, Said(screen.key, button=clicked.key)), number
    faults = screen.faults(typed)
    if faults:
        secret = next((faults[item.key] for item in screen.fields if item.secret and item.key in faults), "")
        return _slip(attempt, Said(screen.key, password=secret)), number
    return replace(attempt, furthest=max(attempt.furthest, number + 1)), number + 1


def _keep(attempt: Attempt, screen: Screen, typed: Mapping[str, Typed], helped: bool) -> Attempt:
    secrets = {item.key for item in screen.fields if item.secret}
    kept = {key: value for key, value in typed.items() if key not in secrets and value}
    return replace(
        attempt,
        typed={**attempt.typed, screen.key: kept},
        helped=attempt.helped | {screen.key} if helped else attempt.helped,
        said=None,
    )


def _slip(attempt: Attempt, said: Said) -> Attempt:
    count = attempt.slips.get(said.screen, 0) + 1
    return replace(attempt, slips={**attempt.slips, said.screen: count}, said=said)


def faults_to_tell(screen: Screen, attempt: Attempt) -> dict[str, str]:
    """Field key -> what to change, after a click that led nowhere because of the fields."""
    said = attempt.told_on(screen)
    if said is None or said.button:
        return {}
    open_fields = screen.faults(attempt.typed_on(screen))
    secrets = {item.key for item in screen.fields if item.secret}
    told = {key: sentence for key, sentence in open_fields.items() if key not in secrets}
    return told | {key: said.password for key in secrets if said.password}


def harder(exercise: Exercise, attempt: Attempt) -> list[Screen]:
    """The screens where something had to be tried again, or shown."""
    return [s for s in exercise.screens if attempt.slips.get(s.key) or s.key in attempt.helped]
