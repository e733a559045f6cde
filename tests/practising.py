"""A visitor who practises: the right answer and a wrong one for every kind of field, as a browser would send them."""

from __future__ import annotations

from counter.practice import Exercise, Screen
from counter.practice.fields import Choice, Day, Field, NewSecret, Secret, Ticks
from tests.pages import Page, Visitor

TYPED_SECRET = "Ma-vraie-phrase-98"  # what a visitor may type where a password is asked for


def right(field: Field) -> dict[str, object]:
    """What to send for a field, so that it is right."""
    if isinstance(field, Day):
        return boxes(field, *map(str, field.expected))
    if isinstance(field, Ticks):
        return {field.key: [option.value for option in field.options if not option.says]}
    if isinstance(field, Choice):
        return {field.key: next(option.value for option in field.options if not option.says)}
    return {field.key: field.expected}


def wrong(field: Field) -> dict[str, object]:
    """What to send for a field, so that it is not."""
    if isinstance(field, Day):
        return boxes(field, "31", "2", "2026")
    if isinstance(field, Ticks | Choice):
        return {field.key: [option.value for option in field.options if option.says][:1]}
    if isinstance(field, NewSecret):
        return {field.key: "secretsecret"}
    return {field.key: TYPED_SECRET if isinstance(field, Secret) else "zzz"}


def boxes(field: Day, day: str, month: str, year: str) -> dict[str, str]:
    return {f"{field.key}-jour": day, f"{field.key}-mois": month, f"{field.key}-annee": year}


def answers(screen: Screen, of=right) -> dict[str, object]:
    return {name: value for field in screen.fields for name, value in of(field).items()}


def begin(visitor: Visitor, slug: str) -> Page:
    visitor.get(f"/entrainement/{slug}")
    return visitor.submit(action=f"/entrainement/{slug}", having="csrf_token")


def click(visitor: Visitor, button: str, values: dict | None = None) -> Page:
    """Fill what is given, and click a button of the screen."""
    return visitor.submit({**(values or {}), "bouton": button}, having="montrer")


def pass_screen(visitor: Visitor, screen: Screen) -> Page:
    return click(visitor, screen.right.key, answers(screen))


def reach(visitor: Visitor, exercise: Exercise, number: int) -> Page:
    """Begin the exercise and go straight to a screen (`total + 1`: to the end)."""
    page = begin(visitor, exercise.slug)
    for screen in exercise.screens[: number - 1]:
        page = pass_screen(visitor, screen)
    return page
