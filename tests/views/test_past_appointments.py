"""An appointment whose hour has come, or whose place or motif is gone: nobody is told what is no longer true."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from counter.appointments import Status
from counter.demonstration import PASSWORD
from counter.models import Appointment, AppointmentEvent, Message, Motif, Site
from tests.pages import Visitor
from tests.papers import text_of_pdf
from tests.views.test_appointments import PERSON, book, choose, slots_of
from tests.views.test_changes import code, offers, taken
from tests.views.test_to_move import row


@pytest.fixture
def booked(app, camille, clock) -> Appointment:
    """One of the first of December."""
    choose(camille, query="&lieu=5&comment=sur-place&des-jour=1&des-mois=12")
    book(camille, phone="01 99 00 00 00")
    found = row(app, int(camille.page.url.rsplit("/", 1)[1]))
    assert (found.day.day, found.day.month) == (1, 12)
    return found


@pytest.fixture
def person(app, camille, booked) -> Visitor:
    """Whose appointment it is, with their code."""
    found = Visitor(app)
    find(found, code(camille.page))
    return found


def find(person: Visitor, typed: str) -> None:
    person.get("/rendez-vous/gerer")
    person.submit({"code": typed, "birth-jour": PERSON["birth-jour"], "birth-mois": PERSON["birth-mois"]})


def after(clock, booked: Appointment, **by) -> None:
    """It is that much after its hour (winter time of Paris)."""
    begins = clock.now.replace(year=booked.day.year, month=booked.day.month, day=booked.day.day, hour=0, minute=0)
    clock.now = begins + timedelta(minutes=booked.minute - 60) + timedelta(**by)


def again(app, who: str = "camille") -> Visitor:
    return Visitor(app).sign_in(who, PASSWORD)


def test_before_its_hour_the_person_may_change_it(clock, person, booked):
    after(clock, booked, minutes=-1)
    find(person, booked.code)
    page = person.get("/rendez-vous/gerer/mien")
    assert page.h1 == "Votre rendez-vous" and "Annuler ce rendez-vous" in page.text and "Calendrier" in page.links()


@pytest.mark.parametrize("late", [{"minutes": 1}, {"days": 2}])
def test_once_its_hour_has_come_the_person_changes_nothing_and_is_told_so(app, clock, person, booked, late):
    after(clock, booked, **late)
    find(person, booked.code)
    page = person.get("/rendez-vous/gerer/mien")
    assert page.h1 == "Votre rendez-vous est passé" and "ne peut plus être changé ici" in page.text
    assert "3230" in page.text and "Imprimer le papier" not in page.links() and "À apporter" not in page.text
    form = page.form(having="csrf_token")
    person.post("/rendez-vous/gerer/annuler", form["values"])
    assert row(app, booked.id).status == Status.BOOKED, "a no-show stays one"
    assert person.get("/rendez-vous/gerer/deplacer").url == "/rendez-vous/gerer/mien"
    paper = text_of_pdf(person.file("/rendez-vous/gerer/papier.pdf"))
    assert "L'heure de ce rendez-vous est passée" in paper and "annuler" not in paper


@pytest.mark.parametrize(
    ("status", "title", "said"),
    [
        (Status.SEEN, "Votre rendez-vous est passé", "Ce rendez-vous a eu lieu."),
        (Status.ABSENT, "Votre rendez-vous est passé", "ne peut plus être changé ici"),
        (Status.EXCUSED, "Votre rendez-vous", "Vous avez prévenu que vous ne venez pas."),
        (Status.CANCELLED_BY_SERVICE, "Rendez-vous annulé", "nous ne pouvions pas vous recevoir"),
        (Status.CANCELLED, "Rendez-vous annulé", "Vous n'avez rien d'autre à faire."),
    ],
)
def test_the_person_is_told_how_it_ended(app, person, booked, status, title, said):
    put(app, booked, status=status)
    page = person.get("/rendez-vous/gerer/mien")
    assert page.h1 == title and said in page.text and "Calendrier" not in page.links()


def put(app, booked: Appointment, **values) -> None:
    with app.extensions["counter"].main.writing() as session:
        session.execute(update(Appointment).where(Appointment.id == booked.id).values(**values))


def test_what_is_past_is_not_attested_as_to_come(app, clock, booked):
    after(clock, booked, minutes=5)
    camille = again(app)
    page = camille.get(f"/rendez-vous/{booked.id}")
    assert page.h1.startswith("Rendez-vous à noter") and "Attestation de rendez-vous" not in page.links()
    assert "Une place plus tôt" not in page.text and "Calendrier" not in page.links()
    assert page.link("Le noter dans l'agenda").endswith(f"#rdv-{booked.id}")
    page = camille.get(f"/attestations/rendez-vous/{booked.id}")
    assert page.url == f"/rendez-vous/{booked.id}" and "notez « Entretien fait »" in page.text


def test_an_agent_cancels_a_past_one_for_the_service_only(app, clock, booked):
    after(clock, booked, days=1)
    camille = again(app)
    page = camille.get(f"/rendez-vous/{booked.id}/annuler")
    assert "la place n'est plus à prendre" in page.text and "une autre personne peut la prendre" not in page.text
    assert (
        "personne" not in page.form(having="reason")["values"].get("reason", []) and "Elle ne peut pas" not in page.text
    )
    page = camille.submit({"reason": "absence-agent"}, having="reason")
    assert page.h1 == "Rendez-vous annulé" and "Annulé : agent absent, par Camille Démo" in page.text
    assert "À prévenir" not in page.text, "nobody can be told in time"


def test_one_to_move_whose_day_is_past_leads_to_another(app, clock, booked):
    put(app, booked, to_move=True)
    after(clock, booked, days=1)
    camille = again(app)
    page = camille.get(f"/rendez-vous/{booked.id}")
    assert "Personne ne pouvait recevoir à cette heure" in page.text and "Nous ne pouvons plus" not in page.text
    assert "Un autre rendez-vous ?" in page.text
    assert camille.get(page.link("Choisir un autre motif")).h1 == "Un autre rendez-vous"
    assert "Absence" not in camille.get(f"/agenda?jour={booked.day}").root_text().split(booked.name)[1][:200]
    assert page.h1 == "Rendez-vous qui n'a pas eu lieu"
    assert "notez « Absence »" not in camille.get(f"/rendez-vous/{booked.id}/annuler").text
    assert "il n'y a pas d'attestation" in camille.get(f"/attestations/rendez-vous/{booked.id}").text
    own = Visitor(app)
    find(own, booked.code)
    assert "Ce rendez-vous n'a pas eu lieu" in own.page.text and "choisissez" not in own.page.text.lower()


def test_the_close_of_day_notes_nobody_absent_before_their_hour(app, clock, booked):
    after(clock, booked, hours=-1)
    camille = again(app)
    page = camille.get(f"/agenda/cloture?jour={booked.day}")
    form = page.form(having=f"issue-{booked.id}")
    assert "absent" not in page.html.split(f'name="issue-{booked.id}"', 1)[1].split("</fieldset>")[0]
    camille.post(form["action"], form["values"] | {f"issue-{booked.id}": "absent"})
    assert row(app, booked.id).status == Status.BOOKED


def test_a_closed_motif_is_said_and_not_that_all_is_taken(app, person, camille, booked):
    with app.extensions["counter"].main.writing() as session:
        session.get_one(Motif, booked.motif_id).active = False
    page = camille.get(f"/rendez-vous/{booked.id}/deplacer")
    assert "Ce motif n'est plus proposé." in page.text and "Tout est pris" not in page.text
    assert page.link("Changer le motif").endswith("/motif")
    own = person.get("/rendez-vous/gerer/deplacer")
    assert "Venez à l'accueil, ou appelez le 3230." in own.text and "Proposez" not in own.text
    page = camille.get(f"/rendez-vous/{booked.id}")
    assert "Une place plus tôt ?" not in page.text and "Déplacer" not in page.links()
    assert "Son motif n'est plus proposé. Pour une autre heure, choisissez d'abord un autre motif." in page.text
    own = person.get("/rendez-vous/gerer/mien")
    assert "pour une autre heure, venez à l'accueil, ou appelez le 3230" in own.root_text().replace("\xa0", " ")
    put(app, booked, to_move=True)
    assert "« Changer le motif »" in camille.get(f"/rendez-vous/{booked.id}").text
    own = person.get("/rendez-vous/gerer/mien")
    assert "Choisissez une autre heure" not in own.text and "ou appelez le 3230" in own.text


@pytest.mark.parametrize("who", ["person", "agent"])
def test_a_mode_the_motif_no_longer_has_is_said_and_no_answer_is_called_wrong(app, person, camille, booked, who):
    with app.extensions["counter"].main.writing() as session:
        motif = session.get_one(Motif, booked.motif_id)
        session.delete(next(item for item in motif.modes if item.mode == booked.mode))
    if who == "person":
        page = person.get(person.get("/rendez-vous/gerer/mien").link("Changer l'heure ou le jour"))
    else:
        page = camille.get(camille.get(f"/rendez-vous/{booked.id}").link("Déplacer"))
    assert "Sur place, ce motif n'est plus proposé. Voici les autres façons." in page.text
    assert "Choisissez parmi les réponses proposées." not in page.text


def test_a_mistake_is_told_by_telephone(app, camille, booked):
    camille.get(f"/rendez-vous/{booked.id}/annuler")
    camille.submit({"reason": "erreur"}, having="reason")
    page = camille.get(f"/agenda/appels?jour={booked.day}&site={booked.site_id}")
    assert "Annulés : la personne ne doit pas venir" in page.text and booked.name in page.text


def test_a_cancellation_that_comes_after_the_outcome_tells_nobody(app, camille, booked):
    page = camille.get(f"/rendez-vous/{booked.id}/annuler")
    put(app, booked, status=Status.EXCUSED)
    form = page.form(having="reason")
    page = camille.post(form["action"], form["values"] | {"reason": "service"})
    assert "Rien n'est annulé" in page.text
    with app.extensions["counter"].main.reading() as session:
        assert not session.scalar(select(func.count()).select_from(Message).where(Message.kind == "annulation"))
        assert not session.scalar(select(func.count()).select_from(AppointmentEvent))


def test_an_old_form_sent_again_after_other_acts_changes_and_says_nothing(app, camille, booked):
    url = f"/rendez-vous/{booked.id}"
    keys = offers(camille, f"{url}/deplacer")
    first = camille.page.form(having="key")["values"]
    camille.post(f"{url}/deplacer", first | {"creneau": keys[-1]})
    again = camille.post(f"{url}/deplacer", first | {"creneau": keys[-1]})
    assert "Le rendez-vous est déplacé. Le code" in again.text, "sent twice, the answer of the second is read"
    offers(camille, f"{url}/deplacer")
    camille.post(f"{url}/deplacer", camille.page.form(having="key")["values"] | {"creneau": keys[-2]})
    assert (
        "Le rendez-vous est déplacé. Le code" not in camille.post(f"{url}/deplacer", first | {"creneau": keys[-1]}).text
    )
    page = camille.get(url)
    assert page.text.count("Déplacé :") == 2


def test_overseas_the_person_reads_the_day_of_there(app, clock, camille, booked):
    with app.extensions["counter"].main.writing() as session:
        session.execute(update(Site).values(timezone="America/Martinique"))
    clock.now = datetime(2026, 11, 25, 0, 30, tzinfo=UTC)  # Tuesday 24, 20 h 30 there
    own = Visitor(app)
    find(own, booked.code)
    page = own.get("/rendez-vous/gerer/deplacer?comment=sur-place&lieu=5")
    assert "Demain, mercredi 25 novembre" in page.text and "Aujourd'hui, mercredi" not in page.text


def test_from_a_day_just_gone_by_is_from_today(camille, booked):
    """The 22nd, asked on the 23rd or later, is not that of next year."""
    page = camille.get("/rendez-vous?motif=1&des-jour=22&des-mois=11")
    assert "pas plus tard" not in page.text and slots_of(page)
    camille.get(f"/rendez-vous/{booked.id}")
    page = camille.submit({"pas_avant-jour": "22", "pas_avant-mois": "11", "attendre": "oui"}, having="pas_avant-jour")
    assert "écrivez un jour plus tôt" not in page.text and "sur la liste d'attente depuis" in page.text


def test_a_careful_contact_at_a_place_of_the_caf_has_papers_that_name_no_caf(app, camille):
    with app.extensions["counter"].main.writing() as session:
        session.get_one(Site, 5).name = "Caf du Rhône, L'Arbresle"
    url = taken(camille, careful=["prudent"])
    for name in ("papier.pdf", "rendez-vous.ics"):
        file = camille.file(f"{url}/{name}")
        said = text_of_pdf(file) if name.endswith("pdf") else file.decode()
        assert "Caf" not in said and "1 rue de l'Exemple" in said.replace("\\", ""), name
    assert "ce papier nomme la Caf" in camille.get(url.replace("/rendez-vous", "/attestations/rendez-vous")).text


def test_a_careful_call_does_not_tell_the_number_that_rings(app, camille):
    choose(camille, query="&comment=telephone")
    page = book(camille, careful=["prudent"], phone="06 12 34 56 78")
    assert "Le téléphone montre le numéro +33 32 30. Est-ce sans risque pour vous ?" in page.text
    own = Visitor(app)
    find(own, code(page))
    assert "06 12 34 56 78" in own.page.text and "32 30" not in own.page.text


def test_the_place_kept_for_someone_is_answered_on_their_page(app, camille, booked):
    camille.get(f"/rendez-vous/{booked.id}")
    camille.submit({"attendre": "oui"}, having="pas_avant-jour")
    other = taken(camille, first_name="Ada", last_name="Autre")
    camille.get(f"{other}/annuler")
    camille.submit({"reason": "personne"}, having="reason")
    with app.extensions["counter"].main.writing() as session:
        session.get_one(Motif, booked.motif_id).active = False  # what is kept is a promise
    page = camille.get(f"/rendez-vous/{booked.id}")
    assert "Place plus tôt à proposer" in page.text and "Enlever de la liste" not in page.text
    page = camille.submit({"reponse": "oui"}, having="creneau")
    assert "Le rendez-vous est avancé" in page.text and re.search(r"2[34] novembre", page.text)
