"""Guiding: the two views, what is ticked, a démarche on hold, its code, what the visit tells; reported errors."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from counter.guiding import mark_of
from counter.models import HeldDemarche
from counter.store.guiding import use_since
from counter.tutorials.loader import load_catalogue
from tests.conftest import START
from tests.papers import letter_sizes_of_pdf, qr_codes_of_pdf, text_of_pdf

SHEETS = load_catalogue().tutorials
SHEET = SHEETS["dtr-rsa"]
TOTAL = len(SHEET.steps)


def tick(agent, *things: int, **more) -> None:
    """As the boxes of the sheet are sent."""
    agent.get("/demarches/dtr-rsa")
    fields = agent.page.form(having="coche")["values"]
    agent.post("/demarches/dtr-rsa/coches", fields | {"coche": [mark_of(SHEET.bring[k]) for k in things]} | more)


def hold(agent, step: int) -> str:
    """« Mettre en attente » on a step (0: on the sheet's page); returns the code shown."""
    page = agent.get(f"/demarches/dtr-rsa/etape/{step}" if step else "/demarches/dtr-rsa")
    fields = page.form(having="etape" if step else "coche")["values"]
    page = agent.post("/demarches/dtr-rsa/attente", fields)
    assert page.h1 == "Démarche en attente"
    return re.search(r"\b[A-Z2-9]{4}-[A-Z2-9]{4}\b", page.text)[0]


def resume(agent, code: str, expect: int = 200):
    agent.get("/demarches")
    return agent.submit({"code": code}, having="code", expect=expect)


def held_rows(app) -> list[HeldDemarche]:
    with app.extensions["counter"].main.reading() as session:
        return list(session.scalars(select(HeldDemarche)))


def ticked(page) -> list[str]:
    return page.form(having="coche")["values"].get("coche", [])


# ── two views ───────────────────────────────────────────────────────────────────────────────────


def test_the_agent_sees_all_steps_and_what_to_say_and_the_person_never_does(camille):
    notes = [step.agent_note for step in SHEET.steps if step.agent_note]
    page = camille.get("/demarches/dtr-rsa/etape/4")
    assert notes and not any(note in page.text for note in notes)
    page = camille.get(page.link("Vue de l'agent"))
    assert page.h1 == SHEET.title and f"Étape 4 sur {TOTAL}" in page.text
    assert all(step.title in page.text for step in SHEET.steps)
    assert all(note in page.text for note in notes)
    assert all(line.replace("**", "") in page.text for line in SHEET.steps[3].sentences)
    here = [li for li in page.all("li") if li.get("aria-current") == "step"]
    assert len(here) == 1 and SHEET.steps[3].title in "".join(here[0].itertext())


def test_the_view_is_kept_from_step_to_step_and_from_sheet_to_sheet_until_the_visit_ends(camille):
    camille.get("/")
    camille.post("/accompagnement/commencer")
    page = camille.get("/demarches/dtr-rsa/etape/1?vue=agent")
    page = camille.get(page.link("Après").split("#")[0])
    assert f"Étape 2 sur {TOTAL}" in page.text
    assert camille.get("/demarches/me-connecter/etape/1").h1 == SHEETS["me-connecter"].title
    camille.get("/accompagnement/terminer")
    camille.submit({"nature": "information", "solved": "oui"}, having="solved")
    assert camille.get("/demarches/dtr-rsa/etape/1").h1 == SHEET.steps[0].title


def test_one_click_leads_back_to_the_person_at_the_same_step(camille):
    page = camille.get("/demarches/dtr-rsa/etape/3?vue=agent")
    page = camille.get(page.link("Vue de la personne"))
    assert page.h1 == SHEET.steps[2].title
    assert camille.get("/demarches/dtr-rsa/etape/4?vue=nimporte").h1 == SHEET.steps[3].title


def test_what_is_ticked_on_the_sheet_is_ticked_in_the_agents_view(camille):
    tick(camille, 0, 2)
    page = camille.get("/demarches/dtr-rsa/etape/1?vue=agent")
    assert ticked(page) == [mark_of(SHEET.bring[0]), mark_of(SHEET.bring[2])]
    camille.submit({"coche": []}, having="coche")
    assert ticked(camille.page) == []


def test_a_script_that_ticks_gets_no_page_and_an_unknown_mark_is_forgotten(camille):
    camille.get("/demarches/dtr-rsa")
    fields = camille.page.form(having="coche")["values"] | {"coche": ["zzz", mark_of(SHEET.bring[1])], "discret": "1"}
    assert camille.client.post("/demarches/dtr-rsa/coches", data=fields).status_code == 204
    assert ticked(camille.get("/demarches/dtr-rsa")) == [mark_of(SHEET.bring[1])]


# ── on hold ─────────────────────────────────────────────────────────────────────────────────────


def test_a_code_goes_on_at_the_step_with_what_was_ticked_at_another_counter(camille, sacha):
    tick(camille, 1)
    code = hold(camille, 5)
    assert "à finir plus tard" in camille.page.root_text()
    page = resume(sacha, code.lower().replace("-", " "))
    assert page.h1 == SHEET.steps[4].title
    assert ticked(sacha.get("/demarches/dtr-rsa")) == [mark_of(SHEET.bring[1])]


def test_what_is_kept_is_the_sheet_the_step_and_the_boxes_and_the_code_is_not(app, camille):
    tick(camille, 1)
    code = hold(camille, 5)
    (row,) = held_rows(app)
    assert {c.name for c in HeldDemarche.__table__.columns} == {"id", "code_index", "slug", "step", "marks", "until"}
    assert (row.slug, row.step, row.marks) == ("dtr-rsa", 5, mark_of(SHEET.bring[1]))
    database = app.extensions["counter"].settings.instance / "counter.sqlite"
    for file in database.parent.glob("counter.sqlite*"):
        assert code.replace("-", "").encode() not in file.read_bytes()


def test_the_paper_shows_the_code_and_what_is_missing_and_names_nobody(camille):
    tick(camille, 0)
    code = hold(camille, 0)
    paper = camille.file("/demarches/attente.pdf")
    text = text_of_pdf(paper)
    assert code in text and "jeudi 24 décembre 2026" in text and SHEET.title in text
    assert SHEET.bring[0] not in text and all(item in text for item in SHEET.bring[1:])
    assert "Camille" not in text and "page 1 sur 1" in text
    assert min(letter_sizes_of_pdf(paper)) >= 14 and code in letter_sizes_of_pdf(paper)[30.0]


def test_without_a_code_given_there_is_no_paper(camille):
    assert camille.get("/demarches/attente").h1 == "Démarches"
    camille.file("/demarches/attente.pdf", expect=404)


def test_the_form_sent_twice_gives_one_code(app, camille):
    fields = camille.get("/demarches/dtr-rsa/etape/2").form(having="etape")["values"]
    first = camille.post("/demarches/dtr-rsa/attente", fields).text
    assert camille.post("/demarches/dtr-rsa/attente", fields).text == first
    assert len(held_rows(app)) == 1


def test_a_demarche_put_on_hold_again_gets_a_new_code_and_the_old_one_opens_nothing(app, camille):
    old = hold(camille, 2)
    resume(camille, old)
    new = hold(camille, 6)
    assert len(held_rows(app)) == 1
    assert "n'ouvre aucune démarche" in resume(camille, old, expect=422).text
    assert resume(camille, new).h1 == SHEET.steps[5].title


def test_a_demarche_that_is_done_leaves_nothing(app, camille):
    resume(camille, hold(camille, TOTAL))
    camille.submit(action="/demarches/dtr-rsa/terminer")
    assert held_rows(app) == []


def test_a_wrong_code_and_one_too_old_get_the_same_answer_and_the_old_one_is_forgotten(app, camille, clock):
    code = hold(camille, 2)
    clock.advance(days=30)
    camille.sign_in("camille", "Bonjour-2026")
    assert resume(camille, code).h1 == SHEET.steps[1].title
    clock.advance(days=1)
    camille.sign_in("camille", "Bonjour-2026")
    assert held_rows(app) == []
    late, wrong = resume(camille, code, expect=422), resume(camille, "ZZZZ-ZZZZ", expect=422)
    assert late.errors() == wrong.errors() and late.errors()


def test_a_code_read_too_late_in_the_day_of_its_end_is_refused_before_the_upkeep_runs(app, camille, clock):
    code = hold(camille, 2)
    clock.advance(days=31)
    app.extensions["counter"].prepared_on = clock().date()  # as if this day's upkeep had not yet come round
    camille.sign_in("camille", "Bonjour-2026")
    assert len(held_rows(app)) == 1
    assert resume(camille, code, expect=422).errors()


def test_guessing_codes_waits_after_ten_tries(camille, sacha):
    for k in range(10):
        resume(camille, f"AAAA-AAA{k}", expect=422)
    camille.get("/demarches")
    assert "Attendez" in camille.submit({"code": "BBBB-BBBB"}, having="code", expect=429).text
    assert resume(sacha, "BBBB-BBBB", expect=422).errors(), "another agent is not slowed down"


@pytest.mark.parametrize("typed", ["", "   ", "é\u0000", "A" * 21])
def test_what_is_no_code_is_told_kindly(camille, typed):
    assert resume(camille, typed, expect=422).errors()


def test_a_sheet_that_has_become_shorter_or_is_gone_is_told_kindly(app, camille):
    code = hold(camille, TOTAL)
    tutorials = app.extensions["counter"].catalogue.tutorials
    from dataclasses import replace

    tutorials["dtr-rsa"] = replace(SHEET, steps=SHEET.steps[:3])
    page = resume(camille, code)
    assert page.h1 == SHEET.steps[2].title and "a changé" in page.text
    del tutorials["dtr-rsa"]
    page = resume(camille, code)
    assert page.h1 == "Démarches" and "n'existe plus" in page.text
    assert camille.get("/demarches/attente").h1 == "Démarches"


# ── the end ─────────────────────────────────────────────────────────────────────────────────────


def test_the_end_says_in_the_visit_whether_it_is_done_and_can_be_corrected(camille):
    camille.get(f"/demarches/dtr-rsa/etape/{TOTAL}")
    page = camille.submit(action="/demarches/dtr-rsa/terminer")
    assert page.h1 == "C'est fait" and f"Démarche : {SHEET.title} (faite)" in page.root_text()
    page = camille.post("/demarches/dtr-rsa/terminer", {"suite": "a-finir"})
    assert page.h1 == "À finir plus tard"
    assert "(à finir plus tard)" in page.root_text() and "(faite)" not in page.root_text()
    page = camille.post("/demarches/dtr-rsa/terminer", {"suite": "faite"})
    assert page.h1 == "C'est fait" and page.root_text().count(f"Démarche : {SHEET.title}") == 1
    assert page.link("Attestation de passage") == "/attestations/passage"


def test_the_end_read_without_a_visit_only_says_what_follows(camille):
    page = camille.get("/demarches/dtr-rsa/fin")
    assert page.h1 == "C'est fait" and "Noté dans l'accompagnement" not in page.text


# ── use ─────────────────────────────────────────────────────────────────────────────────────────


def uses(app) -> dict:
    with app.extensions["counter"].main.reading() as session:
        found = use_since(session, START.date())
        return {slug: (use.started, use.finished) for slug, use in found.items()}


def test_a_sheet_counts_once_in_a_visit_however_often_its_steps_are_read(app, camille, sacha):
    camille.get("/demarches/dtr-rsa")
    assert uses(app) == {}
    for number in (1, 2, 1):
        camille.get(f"/demarches/dtr-rsa/etape/{number}")
    for _ in range(2):
        camille.post("/demarches/dtr-rsa/terminer", {"suite": "faite"})
    sacha.get("/demarches/dtr-rsa/etape/1")
    assert uses(app) == {"dtr-rsa": (2, 1)}


def test_going_on_with_a_code_is_no_new_beginning(app, camille, sacha):
    resume(sacha, hold(camille, 2))
    assert uses(app) == {"dtr-rsa": (1, 0)}


# ── booklets ────────────────────────────────────────────────────────────────────────────────────


def test_the_small_booklet_is_as_whole_as_the_large_one(camille):
    sheet = SHEETS["creer-mon-compte"]
    booklet = camille.file("/demarches/creer-mon-compte/livret.pdf?format=a5")
    text = text_of_pdf(booklet)
    assert all(f"{number}. {step.title}" in text for number, step in enumerate(sheet.steps, 1))
    assert qr_codes_of_pdf(booklet) == [sheet.address]
    assert min(letter_sizes_of_pdf(booklet)) >= 14
    assert {tuple(round(side) for side in page.mediabox[2:]) for page in pages_of(booklet)} == {(420, 595)}


@pytest.mark.parametrize("form", ["", "?format=a5"])
@pytest.mark.parametrize("slug", ["dtr-rsa", "me-connecter", "montant-net-social"])
def test_no_sentence_stands_on_two_pages(camille, slug, form):
    sheet = SHEETS[slug]
    pages = [folded(page) for page in pages_of(camille.file(f"/demarches/{slug}/livret.pdf{form}"))]
    sentences = [*sheet.for_whom, *sheet.next, *sheet.stuck, *sheet.helps, *sheet.bring]
    sentences += [sentence for step in sheet.steps for sentence in step.sentences]
    assert len(pages) > 1
    assert [s for s in sentences if not any(plain(s) in page for page in pages)] == []


def test_several_sheets_make_one_booklet_whose_contents_tell_the_right_pages(camille):
    camille.get("/demarches/livret")
    page = camille.submit({"fiche": ["me-connecter", "creer-mon-compte"]}, having="fiche")
    assert "2 fiches dans le livret" in page.text
    booklet = camille.file(page.link("A4"))
    pages = [folded(page) for page in pages_of(booklet)]
    for slug in ("me-connecter", "creer-mon-compte"):
        title = SHEETS[slug].title
        number = int(re.search(rf"{re.escape(title)} ?page (\d+)", pages[0])[1])
        assert title in pages[number - 1] and SHEETS[slug].summary in pages[number - 1]
        assert number > 1 and f"page {number} sur {len(pages)}" in pages[number - 1]
    assert set(qr_codes_of_pdf(booklet)) == {SHEETS["creer-mon-compte"].address, SHEETS["me-connecter"].address}
    assert min(letter_sizes_of_pdf(booklet)) >= 14


def test_a_sheet_joins_the_booklet_of_the_visit_and_leaves_it(camille):
    camille.get("/demarches/dtr-rsa")
    page = camille.submit(action="/demarches/dtr-rsa/livret")
    assert "1 fiche dans le livret" in camille.get(page.link("Voir ce livret")).text
    camille.get("/demarches/dtr-rsa")
    camille.submit(action="/demarches/dtr-rsa/livret")
    assert "Cochez les fiches" in camille.get("/demarches/livret.pdf").text


def test_too_many_sheets_are_refused_kindly_and_unknown_ones_left_out(camille):
    camille.get("/demarches/livret")
    assert "c'est trop pour un livret" in camille.post("/demarches/livret", {"fiche": list(SHEETS)[:21]}).text
    assert "Cochez les fiches" in camille.post("/demarches/livret", {"fiche": ["../etc", "inconnue"]}).text


def pages_of(paper: bytes):
    import io

    from pypdf import PdfReader

    return PdfReader(io.BytesIO(paper)).pages


def folded(page) -> str:
    return " ".join(page.extract_text().replace("\u00a0", " ").split())


def plain(sentence: str) -> str:
    return " ".join(sentence.replace("**", "").split())
