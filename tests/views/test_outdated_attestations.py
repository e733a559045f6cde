"""A paper that says a date which is no longer the appointment's: authentic, and said to be out of date."""

from __future__ import annotations

import pytest

from counter.attestations import Since
from counter.models import Site
from tests.papers import qr_codes_of_pdf
from tests.views.test_attestations import number_of, verify
from tests.views.test_changes import offers, taken, when

MOVED, CANCELLED = "Depuis, ce rendez-vous a été déplacé.", "Depuis, ce rendez-vous a été annulé."


@pytest.fixture
def attested(camille) -> dict:
    """An appointment, its paper (seal and number), and the page of the paper."""
    url = taken(camille)
    camille.get(f"/attestations/rendez-vous/{url.rsplit('/', 1)[1]}")
    page = camille.submit(having="appointment")
    (seal,) = qr_codes_of_pdf(camille.file(page.link("Imprimer l'attestation")))
    return {"url": url, "seal": seal, "number": number_of(page), "page": page.url}


def move(person, url: str, key: str) -> None:
    person.get(f"{url}/deplacer")
    person.submit({"creneau": key}, having="key")


def cancel(person, url: str, reason: str = "personne") -> None:
    person.get(f"{url}/annuler")
    person.submit({"reason": reason}, having="reason")


def words(person, attested) -> list[str]:
    """What /verifier answers to the code square and to the number."""
    return [verify(person, attested[how]).text for how in ("seal", "number")]


def test_a_paper_whose_appointment_stands_says_nothing_more(visitor, attested):
    assert all("Depuis" not in text for text in words(visitor, attested))


def test_after_a_move_the_paper_is_still_ours_but_no_longer_true(visitor, camille, attested, clock):
    clock.advance(minutes=1)
    move(camille, attested["url"], offers(camille, f"{attested['url']}/deplacer")[-1])
    new = when(camille.get(attested["url"]))
    for text in words(visitor, attested):
        assert MOVED in text and "Ce papier est un spécimen" in text
        assert new not in text, "the new date is the person's own"
    assert "n'imprimez plus ce papier" in camille.get(attested["page"]).text


@pytest.mark.parametrize("reason", ["personne", "service", "erreur"])
def test_after_a_cancellation_the_paper_says_so(visitor, camille, attested, reason):
    cancel(camille, attested["url"], reason)
    assert all(CANCELLED in text for text in words(visitor, attested))
    assert "n'imprimez plus ce papier" in camille.get(attested["page"]).text


def test_moved_and_moved_back_is_not_moved(visitor, camille, attested):
    there = offers(camille, f"{attested['url']}/deplacer")
    before = when(camille.get(attested["url"]))
    move(camille, attested["url"], there[-1])
    back = next(key for key in offers(camille, f"{attested['url']}/deplacer") if key not in there)
    move(camille, attested["url"], back)
    assert when(camille.get(attested["url"])) == before
    assert all("Depuis" not in text for text in words(visitor, attested))


def test_another_motif_at_the_same_time_changes_nothing_of_the_paper(visitor, camille, attested):
    camille.get(f"{attested['url']}/motif")
    camille.submit({"motif": "3"}, having="key")
    assert "L'heure et le code restent les mêmes" in camille.page.text
    assert all("Depuis" not in text for text in words(visitor, attested))


def test_a_site_that_changes_its_name_moves_nobody(app, visitor, attested):
    with app.extensions["counter"].main.writing() as session:
        session.get_one(Site, 5).name = "France Services du Pays de L'Arbresle"
    assert all("Depuis" not in text for text in words(visitor, attested))


def test_a_real_paper_is_said_authentic_and_out_of_date_in_one_title(real_instance, clock):
    from app import create_app
    from tests.conftest import settings_for
    from tests.pages import Visitor

    agent = Visitor(create_app(settings_for(real_instance), clock)).sign_in("camille", "Bonjour-2026")
    url = taken(agent)
    agent.get(f"/attestations/rendez-vous/{url.rsplit('/', 1)[1]}")
    number = number_of(agent.submit(having="appointment"))
    assert "Ce papier est authentique " in verify(agent, number).text
    cancel(agent, url)
    assert f"Ce papier est authentique, {Since.CANCELLED.label}" in verify(agent, number).text
