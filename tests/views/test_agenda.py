"""The agenda by day, week and agent; the day of reception; its close; the list on paper."""

from __future__ import annotations

import io
import re
from datetime import timedelta

from pypdf import PdfReader
from sqlalchemy import update

from counter.appointments import Status
from counter.demonstration import PASSWORD
from counter.models import Appointment
from tests.pages import Visitor, text_of
from tests.papers import text_of_pdf
from tests.views.test_appointments import book, choose
from tests.views.test_to_move import row

HERE = "&lieu=5&comment=sur-place"


def lines(page) -> list[str]:
    """Addresses of the reception forms, in the order of the day."""
    return [form.get("action") for form in page.all("form") if (form.get("action") or "").endswith("/etat")]


def test_arrived_called_seen_in_one_click_each_with_the_waiting_time(camille, clock):
    line = lines(camille.get("/agenda"))[0]
    page = camille.submit({"etat": "arrive"}, action=line)
    assert "arrivée notée à l'instant" in page.text
    clock.advance(minutes=12)
    page = camille.get("/agenda")
    assert "attend depuis 12 min" in page.text
    assert "attend depuis 12 min" in camille.get("/").text, "the home page says who waits"
    camille.get("/agenda")
    assert "appel fait" in camille.submit({"etat": "appele"}, action=line).text
    page = camille.submit({"etat": "recu"}, action=line)
    assert "entretien fait" in page.text and line not in lines(page)


def test_each_step_can_be_taken_back_once(camille):
    line = lines(camille.get("/agenda"))[0]
    camille.submit({"etat": "absent"}, action=line)
    back = line.replace("/etat", "/retour")
    form = camille.page.form(action=back)
    for _ in range(2):
        page = camille.post(back, form["values"] | {"depuis": "absent"})
        assert line in lines(page) and "absence" not in page.text
    page = camille.get(line.replace("/agenda/", "/rendez-vous/").removesuffix("/etat"))
    assert page.text.count("Retour en arrière") == 1


def test_a_click_on_an_old_page_says_what_happened(camille):
    line = lines(camille.get("/agenda"))[0]
    old = camille.page.form(action=line)
    camille.submit({"etat": "recu"}, action=line)
    page = camille.post(line, old["values"] | {"etat": "absent"})
    assert "Ce rendez-vous a changé entre-temps" in page.text and "entretien fait" in page.text


def test_an_old_page_does_not_send_away_who_has_arrived_since(camille):
    line = lines(camille.get("/agenda"))[0]
    old = camille.page.form(action=line)
    camille.submit({"etat": "arrive"}, action=line)
    page = camille.post(line, old["values"] | {"etat": "absent"})
    assert "Ce rendez-vous a changé entre-temps" in page.text
    assert "Absence" not in camille.get(line.replace("/agenda/", "/rendez-vous/").removesuffix("/etat")).h1


def test_nothing_is_signalled_before_the_day_nor_for_another_caf(camille, sacha):
    line = lines(camille.get("/agenda"))[0]
    assert lines(camille.get("/agenda?jour=2026-11-25")) == []
    sacha.get("/")
    sacha.post(line, {"etat": "arrive"}, expect=404)
    camille.get("/agenda")
    camille.post(line, {"etat": "pris-par-magie"}, expect=404)


def test_the_close_of_day_lists_who_has_no_outcome_and_says_what_is_left(camille):
    count = len(lines(camille.get("/agenda")))
    page = camille.get(camille.page.link("Clore la journée"))
    names = sorted(n for n in page.form(having="key")["names"] if n.startswith("issue-"))
    assert len(names) == count >= 2
    form = page.form(having="key")
    for _ in range(2):
        page = camille.post(form["action"], form["values"] | {names[0]: "recu", names[1]: "excuse"})
    left = count - 2
    if left:
        assert page.h1 == "Clore la journée"
        rest = sorted(n for n in page.form(having="key")["names"] if n.startswith("issue-"))
        assert rest == names[2:]
        page = camille.submit(dict.fromkeys(rest, "excuse"), having="key")
    assert "La journée est close." in page.text and lines(page) == []
    assert "Tous les rendez-vous de ce jour ont une issue" in camille.get("/agenda/cloture").text


def test_the_week_of_a_site(camille):
    choose(camille, query=HERE)
    book(camille)
    page = camille.get("/agenda?semaine=2026-11-26")
    assert page.h1 == "Semaine du 23 novembre au 29 novembre"
    assert "Élise Lambert" in page.text and "mar. 24 nov." in page.text
    assert "Élise Lambert" not in camille.get(page.link("Semaine d'après")).text


def test_the_agenda_of_an_agent_is_what_they_booked_or_received(camille):
    assert "Aucun rendez-vous" in camille.get("/agenda?agent=1").text
    choose(camille, query=HERE)
    book(camille)
    page = camille.get("/agenda?agent=1")
    assert "Élise Lambert" in page.text and "L'Arbresle" in page.text
    line = lines(camille.get("/agenda"))[0]
    camille.submit({"etat": "recu"}, action=line)
    assert "entretien fait" in camille.get("/agenda?agent=1").text
    assert "Élise Lambert" in camille.get("/agenda?agent=1&semaine=2026-11-24").text
    for nobody in ("2", "999", "abc"):
        camille.get(f"/agenda?agent={nobody}", expect=404)


def test_an_agents_own_agenda_receives_like_the_sites_and_stays_the_agents(camille):
    choose(camille, query=HERE)
    line = f"/agenda/{book(camille).url.rsplit('/', 1)[1]}"
    page = camille.get("/agenda?agent=1")
    assert lines(page) == [f"{line}/etat"]
    page = camille.submit({"etat": "arrive"}, action=f"{line}/etat")
    assert "arrivée notée à l'instant" in page.text and "Ce que Camille Démo a pris ou reçu" in page.text
    page = camille.submit({"etat": "recu"}, action=f"{line}/etat")
    assert "Suite : un autre rendez-vous pour Élise Lambert" in page.links()
    page = camille.submit({"depuis": "recu"}, action=f"{line}/retour")
    assert "Ce que Camille Démo a pris ou reçu" in page.text and "arrivée notée" in page.text
    form = camille.page.form(action=f"{line}/etat")
    page = camille.post(form["action"], form["values"] | {"etat": "recu", "agent": "999"})
    assert "Ce que" not in page.text and "entretien fait" in page.text, "an agent who is nobody: the agenda of the site"


def test_the_tab_of_the_agenda_is_the_current_one_on_the_call_list(camille):
    for address, tab in (
        ("/agenda", "Agenda"),
        ("/agenda/appels", "Agenda"),
        ("/agenda/cloture", "Agenda"),
        ("/rendez-vous", "Rendez-vous"),
        ("/rendez-vous/gerer", "Rendez-vous"),
    ):
        current = [text_of(a) for a in camille.get(address).all("a") if a.get("aria-current") == "page"]
        assert current == [tab], address


def test_the_list_of_a_day_on_paper_names_needs_and_no_sensitive_motif(camille):
    choose(camille, motif=6, query=HERE)
    book(camille, needs=["interprete"], language="ukrainien")
    content = camille.file("/agenda/liste.pdf?jour=2026-11-24")
    paper = text_of_pdf(content)
    assert "Rendez-vous du mardi 24 novembre" in paper and "Élise Lambert" in paper
    assert "Interprète (ukrainien)" in paper and "argent" not in paper
    assert "page 1 sur 1" in paper and "SPÉCIMEN" in paper


def test_a_long_day_repeats_the_head_of_its_table(camille):
    for _ in range(16):
        choose(camille, motif=3, query=HERE, nth=-1)
        book(camille, last_name="Lambert de la Tour-Exemple du Pin", needs=["audition", "vue", "mobilite"])
    day = re.search(r"Quand\w+ (\d+) novembre", camille.page.text)[1]
    paper = PdfReader(io.BytesIO(camille.file(f"/agenda/liste.pdf?jour=2026-11-{day}")))
    assert len(paper.pages) > 1
    assert all("Besoins" in page.extract_text() for page in paper.pages)


def test_the_next_day_list_is_the_next_day_with_appointments(camille):
    paper = text_of_pdf(camille.file("/agenda/liste.pdf"))
    assert re.search(r"Rendez-vous du \w+ (2[5-9]|30|\d) (novembre|décembre)", paper)
    assert "Aucun rendez-vous ce jour-là" in text_of_pdf(camille.file("/agenda/liste.pdf?jour=2027-03-07"))


def test_the_close_of_day_takes_nobody_for_seen_who_still_waits(camille):
    line = lines(camille.get("/agenda"))[0]
    issue = f"issue-{line.split('/')[2]}"
    camille.submit({"etat": "arrive"}, action=line)
    assert issue not in camille.get("/agenda/cloture").form(having="key")["values"]
    camille.get("/agenda")
    camille.submit({"etat": "appele"}, action=line)
    assert camille.get("/agenda/cloture").form(having="key")["values"][issue] == ["recu"]


def test_the_close_of_day_shows_who_has_arrived_and_takes_them_for_absent_no_more(camille, clock):
    line = lines(camille.get("/agenda"))[0]
    issue = f"issue-{line.split('/')[2]}"
    clock.advance(hours=12)
    camille = again(camille)
    assert "absent" in choices(camille.get("/agenda/cloture?jour=2026-11-24"), issue)
    clock.advance(hours=-12)
    camille = again(camille)
    camille.get("/agenda")
    page = camille.submit({"etat": "arrive"}, action=line)
    assert 'value="absent"' not in page.html.split(f'action="{line}"')[1].split("</form>")[0]
    form = page.form(action=line)
    page = camille.post(line, form["values"] | {"etat": "absent"})
    assert "Ce rendez-vous a changé entre-temps" in page.text and "arrivée notée" in page.text
    clock.advance(days=1)
    camille = again(camille)
    page = camille.get("/agenda/cloture?jour=2026-11-24")
    assert re.search(r"arrivée notée à \d+ h", page.text) and "Annulez son rendez-vous" in page.text
    assert "absent" not in choices(page, issue) and "recu" in choices(page, issue)
    form = page.form(having=issue)
    camille.post(form["action"], form["values"] | {issue: "absent"})
    page = camille.get("/agenda?jour=2026-11-24")
    assert "arrivée notée" in page.text and "attend depuis" not in page.text, "nobody waits since yesterday"


def choices(page, issue: str) -> str:
    """What the close of day offers for one appointment."""
    return page.html.split(f'name="{issue}"', 1)[1].split("</fieldset>")[0]


def again(visitor: Visitor) -> Visitor:
    """Signed in anew: hours have passed."""
    return Visitor(visitor.app).sign_in("camille", PASSWORD)


def test_the_list_on_paper_marks_who_said_they_do_not_come_and_counts_who_is_to_be_received(camille):
    listed = lines(camille.get("/agenda"))
    assert "à recevoir" not in text_of_pdf(camille.file("/agenda/liste.pdf?jour=2026-11-24"))
    camille.get("/agenda")
    camille.submit({"etat": "excuse"}, action=listed[0])
    paper = text_of_pdf(camille.file("/agenda/liste.pdf?jour=2026-11-24"))
    assert f"{len(listed)} rendez-vous, dont {len(listed) - 1} à recevoir." in paper
    assert paper.count(f"{Status.EXCUSED.label}.") == 1


def test_home_says_how_many_of_the_day_are_still_to_come_and_leads_to_each(camille):
    listed = lines(camille.get("/agenda"))
    page = camille.get("/")
    assert f"Aujourd'hui, {len(listed)} rendez-vous" in page.text and "encore" not in page.text
    for line in listed:
        assert f'href="{line.replace("/agenda/", "/rendez-vous/").removesuffix("/etat")}"' in page.html
    camille.get("/agenda")
    camille.submit({"etat": "excuse"}, action=listed[0])
    assert f"Aujourd'hui, {len(listed) - 1} rendez-vous" in camille.get("/").text, "who does not come is not counted"
    camille.get("/agenda")
    camille.submit({"etat": "recu"}, action=listed[1])
    said = f"Aujourd'hui, encore {len(listed) - 2} rendez-vous sur {len(listed) - 1}"
    assert (said if len(listed) > 2 else "Plus de rendez-vous aujourd'hui.") in camille.get("/").text


def test_a_day_without_appointments_is_not_said_to_be_noted_and_a_past_one_offers_no_calls(camille):
    page = camille.get("/agenda/cloture?jour=2026-11-21")
    assert "Aucun rendez-vous ce jour-là : il n'y a rien à clore." in page.text and "ont une issue" not in page.text
    for day, offered in (("2026-11-23", False), ("2026-11-24", True), ("2026-11-25", True)):
        page = camille.get(f"/agenda?jour={day}")
        bar = next(part for part in page.all("div") if "agenda-bar" in (part.get("class") or ""))
        assert ("À appeler" in [text_of(a) for a in bar.iter("a")]) is ("À appeler" in page.links()) is offered, day


def test_closing_a_day_without_a_choice_says_what_to_choose(camille):
    camille.get("/agenda/cloture")
    page = camille.submit({}, having="key")
    assert "Rien n'est noté : choisissez une réponse à côté d'un nom, puis « Enregistrer »." in page.text
    assert "0 rendez-vous" not in page.text


def test_whose_number_is_rung_for_a_call_is_said_beside_it(camille):
    call = "&comment=telephone&des-jour=1&des-mois=12"
    choose(camille, query=call)
    book(camille, phone="01 99 00 00 11", contact_of="proche", contact_name="Mme Voisine")
    choose(camille, query=call, nth=1)
    book(camille, phone="01 99 00 00 22", last_name="Prudente", careful="prudent")
    page = camille.get("/agenda?agent=1&jour=2026-12-01").text.replace("\xa0", " ").replace("\u202f", " ")
    assert "01 99 00 00 11, chez Mme Voisine : n'en dites pas le motif" in page
    assert "01 99 00 00 22 · contact prudent" in page


def test_the_close_of_day_cancels_for_the_service_who_could_not_be_received(app, camille, clock):
    choose(camille, query=HERE)
    lost = row(app, int(book(camille).url.rsplit("/", 1)[1]))
    with app.extensions["counter"].main.writing() as session:
        session.execute(update(Appointment).where(Appointment.id == lost.id).values(to_move=True))
    for later, said in ((0, "Changez-la avec la personne"), (1, "Prenez un autre rendez-vous avec la personne")):
        clock.now = clock.now.replace(year=lost.day.year, month=lost.day.month, day=lost.day.day) + timedelta(
            days=later
        )
        camille = Visitor(app).sign_in("camille", PASSWORD)
        page = camille.get(f"/agenda/cloture?jour={lost.day}")
        line = page.html.split(f'name="issue-{lost.id}"', 1)[1].split("</fieldset>")[0]
        assert "à déplacer" in page.text and said in line and f"/rendez-vous/{lost.id}/annuler" in line
        form = page.form(having=f"issue-{lost.id}")
        camille.post(form["action"], form["values"] | {f"issue-{lost.id}": "excuse"})
        assert row(app, lost.id).status == Status.BOOKED, "nobody excused themselves"
    camille.get(f"/rendez-vous/{lost.id}/annuler")
    camille.submit({"reason": "service"}, having="reason")
    assert f"issue-{lost.id}" not in camille.get(f"/agenda/cloture?jour={lost.day}").html
