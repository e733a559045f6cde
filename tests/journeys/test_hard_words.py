"""Hard words in a real browser: opened and closed by hand, by keyboard, without scripts; FALC sizes as shown."""

from __future__ import annotations

import pytest

from tests.journeys.test_whole_visit import sign_in

STEP = "/demarches/dtr-rsa/etape/3"
WORD = "button.word:text-is('RSA')"
MEANING = "#mot-rsa"

# What falc.md asks of the screen, for each element that holds words of its own.
LAYOUT = """() => [...document.querySelectorAll("h1, .sheet *, .meaning *")]
  .filter((e) => e.offsetParent !== null && !e.closest("svg, .visually-hidden, .mark"))
  .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()))
  .map((e) => [e, getComputedStyle(e)])
  .filter(([e, s]) => parseFloat(s.fontSize) < 18 || s.fontStyle !== "normal" || s.textAlign === "justify"
    || s.hyphens === "auto" || s.textTransform !== "none")
  .map(([e, s]) => `${e.tagName} ${s.fontSize} ${e.textContent.trim().slice(0, 40)}`)"""


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_word_opens_its_explanation_beside_it_and_closes(person_with, scripts):
    person = person_with(scripts=scripts)
    sign_in(person)
    person.go(STEP)
    assert person.page.locator(MEANING).is_hidden()
    person.page.click(WORD)
    assert person.page.locator(MEANING).is_visible()
    assert "Le RSA est une aide" in person.page.locator(MEANING).inner_text()
    word, meaning = person.page.locator(WORD).bounding_box(), person.page.locator(MEANING).bounding_box()
    gap = max(meaning["y"] - word["y"] - word["height"], word["y"] - meaning["y"] - meaning["height"])
    assert 0 <= gap <= 40, "the explanation is on the spot"
    person.met.clear()
    person.look()
    person.page.click(f"{MEANING} button")
    assert person.page.locator(MEANING).is_hidden()


def test_a_word_is_opened_and_closed_by_keyboard_and_the_focus_comes_back(person_with):
    person = person_with()
    sign_in(person)
    person.go(STEP)
    person.page.focus(WORD)
    person.page.keyboard.press("Enter")
    assert person.page.locator(MEANING).is_visible()
    assert person.page.evaluate("document.activeElement.innerText.trim()") == "Fermer"
    person.page.keyboard.press("Escape")
    assert person.page.locator(MEANING).is_hidden()
    assert person.page.evaluate("document.activeElement.innerText") == "RSA"


def test_on_a_telephone_the_explanation_stands_at_the_foot_and_nothing_is_cut(person_with):
    person = person_with(viewport={"width": 320, "height": 640})
    sign_in(person)
    person.go(STEP)
    person.page.click(WORD)
    box = person.page.locator(MEANING).bounding_box()
    assert (box["x"], round(box["width"]), round(box["y"] + box["height"])) == (0, 320, 640)
    assert person.page.evaluate("document.documentElement.scrollWidth") == 320


@pytest.mark.parametrize("path", ["/demarches/dtr-rsa", STEP, "/demarches/dtr-rsa/fin", "/demarches/dico"])
def test_falc_texts_are_eighteen_pixels_or_more_and_plain(person_with, path):
    person = person_with()
    sign_in(person)
    person.go(path)
    if person.page.locator("button.word").count():
        person.page.locator("button.word").first.click()
    assert person.page.evaluate(LAYOUT) == []
