"""The sheets Counter comes with: they all load, their icons exist, their pictures can be drawn."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from counter.icons import UnknownIcon, icon, icon_shapes
from counter.tutorials import PLACES, SCREENS, TOPICS, Picture
from counter.tutorials.loader import CONTENT, load_catalogue
from counter.tutorials.pictures import HEIGHT, SUN, WIDTH, draw

CATALOGUE = load_catalogue()
STEPS = [
    pytest.param(step, id=f"{slug}:{step.line}") for slug, sheet in CATALOGUE.tutorials.items() for step in sheet.steps
]


def drawn(picture: Picture) -> ElementTree.Element:
    return ElementTree.fromstring(draw(picture, icon_shapes))  # noqa: S314 our own drawing


def words_of(drawing: ElementTree.Element) -> str:
    return " ".join("".join(text.itertext()) for text in drawing.iter("text"))


def test_every_sheet_loads_without_a_fault():
    assert CATALOGUE.errors == []
    assert len(CATALOGUE.tutorials) == len(list(CONTENT.glob("*.md"))) >= 8
    assert sum(len(sheets) for sheets in CATALOGUE.by_theme().values()) == len(CATALOGUE.tutorials)


def test_every_icon_of_a_sheet_exists():
    for sheet in CATALOGUE.tutorials.values():
        assert icon(sheet.icon)
        for step in sheet.steps:
            if step.picture.icon:
                assert icon(step.picture.icon)


def test_a_picture_names_something_that_exists_or_says_so():
    with pytest.raises(UnknownIcon):
        icon("there-is-no-such-icon")


def test_every_sheet_leads_to_sheets_and_appointments_that_exist():
    for sheet in CATALOGUE.tutorials.values():
        assert sheet.motif_topic in TOPICS
        assert sheet.slug not in sheet.follow_ups
        assert set(sheet.follow_ups) <= CATALOGUE.tutorials.keys()


def test_every_step_is_short_as_the_guide_asks():
    for sheet in CATALOGUE.tutorials.values():
        assert sheet.minutes > 0
        for step in sheet.steps:
            assert 1 <= len(step.sentences) <= 5, f"{sheet.slug}, ligne {step.line}"
            assert all(sentence.count("**") % 2 == 0 for sentence in step.sentences)


@pytest.mark.parametrize("step", STEPS)
def test_the_picture_of_every_step_is_drawn_with_its_words_inside_its_frame(step):
    drawing = drawn(step.picture)
    assert drawing.get("aria-hidden") == "true"
    if step.picture.screen:
        assert step.picture.shows in words_of(drawing)
    for box in drawing.iter("rect"):
        if box.get("x"):
            x, y, width, height = (float(box.get(name)) for name in ("x", "y", "width", "height"))
            assert 0 <= x <= x + width <= WIDTH
            assert 0 <= y <= y + height <= HEIGHT
    for text in drawing.iter("text"):
        assert 0 < float(text.get("x")) < WIDTH
        assert 0 < float(text.get("y")) < HEIGHT


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("shows", ["Oui", "Suivre toutes mes démarches"])
def test_the_mark_covers_none_of_the_other_words(screen, place, shows):
    drawing = drawn(Picture("texte", "bus", screen, shows, place, ("Un", "Deux", "Trois", "Quatre")))
    [mark] = [box for box in drawing.iter("rect") if box.get("fill") == SUN]
    top, bottom = float(mark.get("y")), float(mark.get("y")) + float(mark.get("height"))
    others = [float(text.get("y")) for text in drawing.iter("text") if not text.get("font-weight")]
    assert others
    assert all(baseline <= top - 6 or baseline - 19 >= bottom for baseline in others)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("shows", ["", "Oui", 'Télécharger ma dernière attestation de quotient familial <&">'])
def test_every_kind_of_picture_holds_its_words_whatever_their_length(screen, place, shows):
    picture = Picture("texte", "bus", screen, shows, place, ("Un", "<Deux & trois>", "Quatre", "Cinq"))
    drawing = drawn(picture)
    assert shows in words_of(drawing)
    assert " ".join(words_of(drawing).split()).count("Un") == 1
