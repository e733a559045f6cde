"""The diagnosis on screen: what the agent sees, what is printed, what is never kept."""

from __future__ import annotations

from counter.diagnosis import SCORED
from tests.papers import text_of_pdf
from tests.planted import everywhere, files_with


def answer(person, values: str, expect: int = 200, **more):
    """Fill the grid: one sign a question, « . » for not answered, n for not raised."""
    person.get("/diagnostic")
    given = {q.key: {"n": "na"}.get(v, v) for q, v in zip(SCORED, values, strict=True) if v != "."}
    return person.submit(given | more, having="q1", expect=expect)


def test_a_person_who_manages_alone_is_offered_the_booklet(camille):
    page = answer(camille, "0000000000")
    assert page.h1 == "Proposition" and "Autonome" in page.text
    assert "La personne se débrouille seule" in page.text
    assert page.link("Donner le livret") == "/demarches"


def test_a_person_lost_on_line_is_offered_help_with_it(camille):
    page = answer(camille, "0012110000")
    assert "Partiellement autonome : aide numérique" in page.text
    workshops = camille.get(page.link("Proposer un atelier"))
    assert "Premiers pas sur caf.fr" in workshops.text
    instead = camille.get(workshops.link("Plutôt un rendez-vous"))
    assert "Motif : Je veux de l'aide pour caf.fr ou l'application" in instead.text


def test_a_person_lost_in_papers_is_offered_an_adviser(camille):
    page = answer(camille, "0000000120")
    assert "Partiellement autonome : aide administrative" in page.text
    assert camille.get(page.link("rendez-vous avec un conseiller")).h1 == "Prendre un rendez-vous"


def test_the_urgent_button_goes_to_a_human_without_the_rest(sacha):
    sacha.get("/diagnostic")
    page = sacha.submit({"urgence": "oui"}, having="q1")
    assert "Accompagnement social" in page.text and "quelqu'un la reçoit maintenant" in page.text
    numbers = sacha.get(page.link("Appeler maintenant")).text
    assert all(number in numbers for number in ("15", "17", "114", "115", "119", "3919"))
    assert "J'ai des difficultés" in sacha.get(sacha.page.link("travailleur social")).text


def test_a_caf_without_social_motif_still_leads_to_its_motifs(camille):
    page = answer(camille, "0000000000", asks_social_worker="y")
    page = camille.get(page.link("Rendez-vous avec un travailleur social"))
    assert page.h1 == "Prendre un rendez-vous" and "Choisissez le plus proche" in page.text


def test_too_little_was_raised_to_say_anything(camille):
    page = answer(camille, "00....nn..")
    assert "Diagnostic incomplet" in page.text and "8 questions sur 10" in page.text


def test_the_agent_may_propose_something_else_and_both_are_kept(camille):
    answer(camille, "0000000000")
    page = camille.submit(having="chosen", expect=422)
    assert page.errors() == ["Choisissez ce que vous proposez.", "Choisissez une raison."]
    page = camille.submit({"chosen": "social", "reason": "situation"}, having="chosen")
    assert "Vous avez choisi Accompagnement social" in page.text
    assert "Je connais mieux sa situation. La proposition était : Autonome" in page.text
    assert "Un travailleur social peut vous aider" in text_of_pdf(camille.file(page.link("Imprimer la feuille")))


def test_the_orientation_sheet_prints_no_reason_and_no_score(camille):
    page = answer(camille, "2222222222", change="oui", urgent="oui")
    assert "besoin urgent" in page.text
    paper = text_of_pdf(camille.file(page.link("Imprimer la feuille")))
    assert "Un travailleur social peut vous aider" in paper and "SPÉCIMEN" in paper
    assert not any(word in paper.lower() for word in ("urgent", "changement", "autonom", "diagnostic", " 14"))


def test_the_reason_is_shown_once_and_kept_nowhere(camille, instance, clock):
    page = answer(camille, "0000000000", urgent="oui")
    url = page.url
    clock.advance(minutes=45)
    camille.get("/")
    camille.sign_in("camille", "Bonjour-2026")
    assert "besoin urgent" not in camille.get(url).text
    assert everywhere(camille.app.extensions["counter"], "besoin urgent") == set()
    assert files_with(instance, "besoin urgent") == []


def test_needs_follow_the_person_to_the_appointment_and_the_paper(camille):
    page = answer(camille, "0000000120", needs=["interprete", "audition"], language="ukrainien")
    assert "Interprète (ukrainien)" in page.text
    assert "Interprète : ukrainien" in text_of_pdf(camille.file(page.link("Imprimer la feuille")))
    camille.get("/rendez-vous?motif=1")
    slot = camille.page.form(action="/rendez-vous/creneau")["buttons"][0][1]
    page = camille.post("/rendez-vous/creneau", {"motif": "1", "creneau": slot})
    fields = page.form(having="first_name")["values"]
    assert fields["needs"] == ["interprete", "audition"] and fields["language"] == ["ukrainien"]


def test_the_same_form_sent_twice_is_one_diagnosis(camille):
    camille.get("/diagnostic")
    form = camille.page.form(having="q1")
    urls = {camille.post("/diagnostic", form["values"] | {"q1": "0"}).url for _ in range(2)}
    assert len(urls) == 1
    assert camille.page.root_text().count("Diagnostic : ") == 1


def test_a_made_up_answer_is_refused_and_the_others_stay(camille):
    page = answer(camille, "0000000009", expect=422)
    assert page.errors() == ["Choisissez une des réponses proposées."]
    assert page.form(having="q1")["values"]["q9"] == ["0"]


def test_another_agents_diagnosis_is_not_shown(camille, sacha):
    url = answer(camille, "0000000000").url
    sacha.get(url, expect=404)
    sacha.file(f"{url}/fiche.pdf", expect=404)
