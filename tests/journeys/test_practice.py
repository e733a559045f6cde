"""Practice in a real browser: a whole exercise with and without scripts, by mouse, by keyboard, on the touch screen."""

from __future__ import annotations

import re

import pytest

from counter.practice.content import EXERCISES
from tests.journeys.test_whole_visit import sign_in
from tests.practising import answers

KIOSK = {"width": 1080, "height": 1920}


def start(person, slug: str) -> None:
    sign_in(person)
    person.go(f"/entrainement/{slug}")
    person.click("button:has-text('Commencer')")


def show_me(person) -> None:
    person.click("label:has-text('Montrez-moi')")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_someone_learns_to_sign_in_with_mistakes_and_help(person_with, scripts):
    person = person_with(scripts=scripts)
    sign_in(person)
    person.go("/demarches/me-connecter")
    person.click("a:has-text('S\\'entraîner')")
    assert "Aujourd'hui, vous êtes Élise Lambert" in person.text
    person.click("button:has-text('Commencer')")

    person.click(".mock button:has-text('Actualités')")
    assert "« Actualités » montre les nouvelles de la Caf." in person.text
    assert person.page.evaluate("document.activeElement.id") == "erreurs" if scripts else True
    marked = person.page.locator(".mock .pointer")
    assert not marked.is_visible()
    show_me(person)  # no answer of the server is needed
    assert marked.is_visible() and "Cliquez sur « Mon Compte »." in person.text
    person.click(".mock button:has-text('Mon Compte')")
    assert not person.page.locator(".drill-shown").is_visible()

    person.click("button:has-text('Avec FranceConnect')")
    assert "C'est possible aussi" in person.text
    person.click("button:has-text('Avec vos identifiants Caf')")

    person.fill(numero="2 77 09 00 123 456", password="train7violet")
    person.page.check("#souvenir-0")
    person.page.keyboard.press("Enter")  # the way on, not the first button of the page
    person.page.wait_for_selector("#erreurs")
    person.look()
    for words in ("sans espace", "Laissez cette case vide", "Respectez les grandes et les petites lettres"):
        assert words in person.text
    assert person.page.input_value("#password") == ""
    person.fill(numero="2770900123456", password="Train7Violet")
    person.page.uncheck("#souvenir-0")
    show_me(person)
    assert person.page.input_value("#password") == "Train7Violet"  # asking for help loses nothing
    person.click("button:has-text('Se connecter')")
    assert "575,52" in person.text

    person.click("button:has-text('Déconnexion')")
    assert person.h1 == "Bravo, vous avez fini" and "Je choisis ma façon d'entrer" in person.text
    assert person.page.context.cookies(person.address + "/entrainement/me-connecter/fin")[0]["name"] == "counter"
    person.click("a:has-text('Un autre exercice')")
    assert person.h1 == "S'entraîner"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_the_browsers_back_button_never_asks_to_send_again(person_with, scripts):
    person = person_with(scripts=scripts)
    start(person, "me-connecter")
    person.click(".mock button:has-text('Ma Caf')")
    person.click(".mock button:has-text('Mon Compte')")
    person.click("button:has-text('Avec vos identifiants Caf')")
    person.page.go_back()
    person.look()
    assert person.h1 == "Je choisis ma façon d'entrer"
    person.page.go_forward()
    assert person.h1 == "Je tape mon numéro et mon mot de passe"
    person.page.reload()
    assert person.h1 == "Je tape mon numéro et mon mot de passe"


def test_an_exercise_is_done_with_the_keyboard_alone(person_with):
    """Tab and Enter only; what is reached can be seen."""
    person = person_with()
    start(person, "telecharger-attestation")

    def tab_to(words: str) -> None:
        for _ in range(40):
            person.page.keyboard.press("Tab")
            there = person.page.evaluate("""() => { const e = document.activeElement;
                const label = e.labels?.[0] ?? e;
                const seen = label.getBoundingClientRect();
                return [label.textContent.trim().replace(/\\s+/g, ' '), seen.top >= 0 && seen.bottom <= innerHeight + 1,
                        getComputedStyle(label).outlineStyle, getComputedStyle(e).outlineStyle] }""")
            assert there[1], f"{there[0]} is out of sight"
            if words in there[0]:
                assert "solid" in there[2:], f"the focus on {words} is not seen"
                return
        raise AssertionError(f"{words} is never reached")

    tab_to("Montrez-moi")
    person.page.keyboard.press("Space")
    assert person.page.locator(".drill-shown").is_visible()
    for number, words in ((2, "Mes attestations"), (3, "Attestation de quotient familial")):
        tab_to(words)
        person.page.keyboard.press("Enter")
        person.page.wait_for_url(re.compile(f"/ecran/{number}$"))
    tab_to("Pour le mois de septembre")
    person.page.keyboard.press("Space")
    tab_to("Télécharger")
    person.page.keyboard.press("Enter")
    person.page.wait_for_selector("button:has-text('Supprimer')")
    tab_to("Supprimer")
    person.page.keyboard.press("Enter")
    person.page.wait_for_selector("text=Bravo, vous avez fini")


@pytest.mark.parametrize("slug", ["creer-mon-compte", "dtr-rsa", "demande-prime-activite", "prendre-rdv-en-ligne"])
def test_every_screen_and_its_mistakes_are_accessible(person_with, slug):
    """axe on each screen, then on the same with everything still to be filled; shown and touched on a kiosk."""
    exercise = EXERCISES[slug]
    person = person_with(viewport=KIOSK, has_touch=True)
    start(person, slug)
    for screen in exercise.screens:
        assert person.h1 == screen.title
        assert too_small(person) == [], screen.title
        if screen.fields:
            person.met.clear()
            person.click(f"button:visible[value={screen.right.key}]")
            assert person.page.locator("#erreurs").is_visible()
        person.met.clear()
        show_me(person)
        for name, value in answers(screen).items():
            _fill(person, name, value)
        person.click(f"button:visible[value={screen.right.key}]")
    assert person.h1 == "Bravo, vous avez fini"


def _fill(person, name: str, value) -> None:
    target = person.page.locator(f"[name={name}]").first
    if target.get_attribute("type") in {"radio", "checkbox"}:
        for choice in value if isinstance(value, list) else [value]:
            person.page.check(f"[name={name}][value={choice}]")
    else:
        target.fill(value)


def too_small(person) -> list[str]:
    """What can be touched and is not 60 pixels high (a box to tick is touched by its words)."""
    return person.page.evaluate("""() => [...document.querySelectorAll('main button, main a, main label, main input')]
        .filter((e) => e.offsetParent && !e.classList.contains('visually-hidden'))
        .filter((e) => !e.matches('input[type=radio], input[type=checkbox]')) // its label is what is touched
        .filter((e) => !e.matches('label[for]:not([for=montrer])')) // above a text field, nobody touches it
        .filter((e) => e.getBoundingClientRect().height < 60)
        .map((e) => e.outerHTML.slice(0, 120))""")


def test_no_screen_scrolls_sideways_on_a_narrow_screen(person_with):
    person = person_with(viewport={"width": 320, "height": 640})
    person.scripts = False  # axe has its own test
    sign_in(person)
    wide = {}
    for exercise in EXERCISES.values():
        person.go(f"/entrainement/{exercise.slug}")
        person.click("button:has-text('Commencer')")
        for screen in exercise.screens:
            if screen.fields:
                person.click(f"button:visible[value={screen.right.key}]")
            show_me(person)
            wide[f"{exercise.slug}/{screen.key}"] = person.page.evaluate(SIDEWAYS)
            for name, value in answers(screen).items():
                _fill(person, name, value)
            person.click(f"button:visible[value={screen.right.key}]")
    assert len(wide) > 50
    assert {where: cut for where, cut in wide.items() if cut} == {}


# The page itself, and anything inside it that is wider than its frame and cut (a table scrolls in its own frame).
SIDEWAYS = """() => [...document.querySelectorAll('html, main, main *')]
    .filter((e) => e.scrollWidth > e.clientWidth + 1 && e.clientWidth && !e.matches('.scroll, .visually-hidden'))
    .filter((e) => e === document.documentElement || getComputedStyle(e).overflowX === 'hidden')
    .map((e) => e.outerHTML.slice(0, 80))"""
