"""Appointments in a real browser: the next one of the same person, trying a video call, counting an opening."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from counter.models import Appointment, Motif
from tests.conftest import START
from tests.journeys.test_whole_visit import sign_in


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_the_next_appointment_of_the_same_person_takes_five_clicks(person_with, scripts):
    person = person_with(scripts=scripts)
    sign_in(person)
    person.go("/rendez-vous?motif=1&lieu=5&comment=sur-place")
    person.click("button.slot.first")
    person.fill(first_name="Élise", last_name="Lambert", birth__jour="3", birth__mois="9", email="elise@exemple.fr")
    person.click("button:has-text('Prendre ce rendez-vous')")
    person.click('a:has-text("L\'agenda de ce jour")')
    person.clicks = 0
    person.click("li:has-text('Élise Lambert') button:has-text('Entretien fait')")
    person.click("li:has-text('Élise Lambert') a:has-text('Suite')")
    assert person.h1 == "Un autre rendez-vous"
    person.click("a.tile:has-text('La suite habituelle')")
    person.click("button.slot.first")
    assert person.page.input_value("#last_name") == "Lambert"
    person.click("button:has-text('Prendre ce rendez-vous')")
    assert person.h1 == "Le rendez-vous est pris" and person.clicks == 5
    assert "Je dois donner des documents" in person.text and "elise" not in person.page.url


def test_trying_a_video_call_says_kindly_what_is_missing(person_with):
    """This browser has neither camera nor microphone."""
    person = person_with()
    person.go("/visio/test")
    for name in ("camera", "micro"):
        card = person.page.locator(f"[data-test={name}]")
        card.locator("button").click()
        card.locator(".said:not(:empty)").wait_for()
        assert "recommencez" in card.locator(".said").inner_text()
        assert not card.locator(".works").is_visible(), "nothing works yet"
    person.met.clear()
    person.look()


def test_trying_a_video_call_with_a_camera_a_microphone_and_sound(person_with_devices):
    person = person_with_devices
    person.go("/visio/test")
    page = person.page
    for name, shown in (("camera", "video"), ("micro", "progress")):
        page.click(f"[data-test={name}] button")
        page.locator(f"[data-test={name}] .works").wait_for()
        assert page.locator(f"[data-test={name}] {shown}").is_visible()
    assert page.locator("[data-test=camera] video").is_hidden(), "one device at a time"
    bar = page.locator("[data-test=micro] progress")
    heard = (page.wait_for_timeout(100) or bar.evaluate("bar => bar.value") for _ in range(50))
    assert any(level > 0 for level in heard), "the bar follows the beeps of the pretended microphone"
    page.click("[data-test=sound] button")
    page.locator("[data-test=sound] .works").wait_for()
    page.locator("[data-test=sound] .said:not(:empty)").wait_for()
    assert bar.is_hidden(), "the microphone was let go"
    person.met.clear()
    person.look()


def test_a_browser_that_cannot_is_told_so(person_with_devices):
    person = person_with_devices
    person.page.add_init_script("Object.defineProperty(navigator, 'mediaDevices', { value: undefined })")
    person.go("/visio/test")
    person.page.click("[data-test=camera] button")
    person.page.locator("[data-test=camera] .said:not(:empty)").wait_for()
    assert "Ce n'est pas grave : essayez avec un téléphone" in person.text


def test_without_scripts_the_page_says_what_to_check(person_with):
    person = person_with(scripts=False)
    person.go("/visio/test")
    assert "Vérifiez que rien ne cache la caméra." in person.text and "Si la visio ne marche pas" in person.text
    assert not person.page.locator("#essai").is_visible() and "recommencez" not in person.text


def test_the_count_of_an_opening_follows_what_is_typed_and_agrees_with_the_server(person_with):
    person = person_with()
    sign_in(person, "dominique")
    person.go("/administration/lieux/4/plages/nouvelle")
    count = person.page.locator("#compte")
    assert not count.is_visible()
    person.fill(starts="9 h", ends="12h30", desks="1")
    for box in ("#weekdays-1", "#weekdays-4", "#motifs-0", "#motifs-1"):
        person.page.check(box)
    person.page.select_option("#interval", "10")
    typed = " ".join(count.inner_text().split())
    assert "21 créneaux par jour, 42 par semaine" in typed.replace("\u00a0", " ")
    for wrong in ({"ends": "midi"}, {"ends": "25h"}, {"ends": "12h75"}, {"desks": "2.5"}, {"desks": "1e1"}):
        person.fill(**wrong)
        assert not count.is_visible(), wrong
        person.fill(ends="12 h 30", desks="1")
        assert count.is_visible()
    person.fill(ends="9 h 10")
    assert "trop long pour cette plage : personne ne peut le prendre" in count.inner_text().replace("\u00a0", " ")
    person.fill(ends="12 h 30")
    person.click("button:has-text('Compter les créneaux')")
    person.page.locator("#compte").wait_for()
    assert " ".join(count.inner_text().split()) == typed
    tuesday = {"valid_from-jour": "1", "valid_from-mois": "12", "valid_from-annee": "2026", "valid_to-jour": "1",
               "valid_to-mois": "12", "valid_to-annee": "2026"}  # fmt: skip
    person.fill(**tuesday)
    assert "21 créneaux par jour, 21 par semaine" in count.inner_text().replace("\u00a0", " ")
    person.fill(**{"valid_to-jour": "31", "valid_to-mois": "2"})
    assert not count.is_visible()
    person.go("/administration/plages/7")
    before = count.inner_text()
    person.fill(desks="7")
    assert count.inner_text() != before


def test_the_count_of_an_opening_is_made_again_without_scripts(person_with):
    person = person_with(scripts=False)
    sign_in(person, "dominique")
    person.go("/administration/plages/7")
    person.fill(desks="4")
    person.click("button:has-text('Compter les créneaux')")
    assert "Cette plage fait 64 créneaux par jour, 320 par semaine" in person.text
    assert person.page.input_value("#desks") == "4"


def test_what_a_block_of_the_week_says_stays_inside_it(person_with):
    """Tuesday and Friday at Lyon 3, three openings side by side."""
    person = person_with()
    sign_in(person, "dominique")
    person.go("/administration/lieux/4/semaine?jour=2026-11-24")
    over = person.page.evaluate("""[...document.querySelectorAll('svg.week .block')].filter((block) => {
      const edge = block.querySelector('rect').getBoundingClientRect();
      return [...block.querySelectorAll('text, .sign')].map((one) => one.getBoundingClientRect())
        .some((one) => one.right > edge.right - 2 || one.bottom > edge.bottom);
    }).map((block) => block.getAttribute('aria-label'))""")
    assert over == []
    assert person.page.locator("svg.week text:text-is('13h30')").count() == 4


def test_a_long_word_in_a_motif_does_not_widen_the_page_of_an_opening(person_with, app):
    with app.extensions["counter"].main.writing() as session:
        session.get_one(Motif, 1).plain_label = "Mot" * 50
    person = person_with(viewport={"width": 1280, "height": 800})
    sign_in(person, "dominique")
    for path in ("/administration/lieux/4/plages/nouvelle", "/administration/plages/7"):
        person.go(path)
        assert person.page.evaluate("document.documentElement.scrollWidth") <= 1280, path


def test_on_a_telephone_the_earliest_slot_of_each_place_is_whole_on_the_screen(person_with):
    person = person_with(viewport={"width": 342, "height": 740})
    sign_in(person)
    person.go("/rendez-vous?motif=1")
    cut = person.page.evaluate("""[...document.querySelectorAll('.early button')].filter((one) => {
      const box = one.getBoundingClientRect(), around = one.closest('.scroll').getBoundingClientRect();
      return box.width < 1 || box.left < around.left || box.right > around.right;
    }).map((one) => one.innerText)""")
    assert cut == [] and person.page.locator(".early button").count() == 8
    named = person.page.locator(".early .afar[data-mode]").evaluate_all(
        "cells => cells.map((one) => getComputedStyle(one, '::before').content)"
    )
    assert named == ['"Téléphone"', '"Visio"'], "its column has no head there"


@pytest.mark.parametrize("width", [320, 1280])
def test_a_long_name_stays_on_the_page_that_closes_the_day(person_with, app, width):
    long = {"first_name": "Marie-Clémentine-Anne-Louise-Charlotte", "last_name": "Rakotondramanana" * 8}
    with app.extensions["counter"].main.writing() as session:
        for booked in session.scalars(select(Appointment).where(Appointment.day == START.date())):
            booked.person = booked.person | long
            booked.to_move = booked.id % 2 == 0
    person = person_with(viewport={"width": width, "height": 740})
    sign_in(person)
    person.go("/agenda/cloture")
    assert person.page.evaluate("document.documentElement.scrollWidth") == width
    hour, name = (
        person.page.locator(f".closing > li >> nth=0 >> {part}").bounding_box() for part in ("time", "legend")
    )
    above = hour["y"] + hour["height"] <= name["y"]
    assert above is (width == 320) and name["x"] + name["width"] <= width
