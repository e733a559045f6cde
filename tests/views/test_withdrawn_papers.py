"""Every kind of attestation, withdrawn and made again papers, and the ways to verify one."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import timedelta

import pytest
from pypdf import PdfReader

from counter.commands import attestation as attestation_commands
from counter.commands import keys as keys_commands
from counter.models import Appointment
from tests.conftest import settings_for
from tests.pages import Visitor
from tests.papers import pictures_of_pdf, qr_codes_of_pdf, text_of_pdf
from tests.views.test_attestations import issue, number_of, verify


def send(person, content: bytes, name: str = "papier.pdf", expect: int = 200):
    """Upload a file to /verifier."""
    person.get("/verifier")
    return person.post("/verifier", {"paper": "", "file": (io.BytesIO(content), name)}, expect=expect)


def print_it(person) -> bytes:
    return person.file(person.page.link("Imprimer l'attestation"))


def support(person, **values):
    person.get("/attestations/accompagnement?fiche=dtr-rsa")
    typed = {"first_name": "Élise", "last_name": "Lambert", "result": "faite"} | values
    return person.submit(typed, having="demarche")


# ── kinds ───────────────────────────────────────────────────────────────────────────────────────


def test_help_with_a_demarche_says_which_and_where_it_stands(camille, visitor):
    page = support(camille, result="commencee", next_step="envoyer le bail.")
    assert page.h1 == "Attestation d'accompagnement"
    paper = print_it(camille)
    text = text_of_pdf(paper)
    assert "aidé Élise Lambert le mardi 24 novembre 2026, à 9 h, pour cette démarche : Déclarer mes ressources" in text
    assert "Ce jour-là : la démarche est commencée." in text
    assert "Suite : envoyer le bail." in text
    page = verify(visitor, qr_codes_of_pdf(paper)[0])
    assert "la démarche est commencée" in page.text


def test_nothing_left_to_do_prints_no_empty_line(camille):
    support(camille)
    assert "Suite" not in text_of_pdf(print_it(camille))


def test_the_end_of_a_demarche_is_asked(camille):
    camille.get("/attestations/accompagnement")
    page = camille.submit({"last_name": "Lambert", "demarche": "RSA"}, having="demarche", expect=422)
    assert page.errors() == ["Dites où en est la démarche."]


@pytest.fixture
def received(camille, clock) -> str:
    """Address of an appointment of today whose person arrived at 9 h and was received until 9 h 25."""
    page = camille.get("/agenda")
    url = next(href for href in page.links().values() if re.fullmatch(r"/rendez-vous/\d+", href))
    with camille.app.extensions["counter"].main.writing() as session:
        booked = session.get(Appointment, int(url.rsplit("/", 1)[1]))
        booked.status, booked.arrived_at = "recu", clock()
        booked.ended_at = clock() + timedelta(minutes=25)
    return url


def test_a_presence_gives_the_hours_of_the_agenda_and_never_why(camille, received):
    page = camille.get(received)
    camille.get(page.link("Attestation de présence"))
    camille.submit(having="starts")
    text = text_of_pdf(print_it(camille))
    assert "en rendez-vous le mardi 24 novembre 2026, de 9 h à 9 h 25" in text
    assert "Motif" not in text


def test_the_hours_of_a_presence_are_corrected_and_must_follow(camille, received):
    camille.get(camille.get(received).link("Attestation de présence"))
    page = camille.submit({"starts": "10 h", "ends": "9 h"}, having="starts", expect=422)
    assert page.errors() == ["La fin vient après le début."]
    camille.submit({"starts": "9 h 05", "ends": "9h40"}, having="starts")
    assert "de 9 h 05 à 9 h 40" in text_of_pdf(print_it(camille))


def test_nobody_is_attested_present_who_was_not_received(camille):
    page = camille.get("/agenda")
    url = next(href for href in page.links().values() if re.fullmatch(r"/rendez-vous/\d+", href))
    page = camille.get(url.replace("/rendez-vous/", "/attestations/presence/"))
    assert page.url == url and "Notez d'abord que la personne a été reçue" in page.root_text()


# ── a workshop ──────────────────────────────────────────────────────────────────────────────────


def prepare(person, day: int) -> str:
    """Address of a new workshop at L'Arbresle, in November."""
    person.get("/ateliers/nouveau")
    values = {"title": "Mes premiers pas", "site": "5", "day-jour": str(day), "day-mois": "11", "starts": "10 h",
              "duration": "45", "places": "8"}  # fmt: skip
    return person.submit(values, having="places").url


def test_nobody_took_part_in_a_workshop_to_come(camille):
    url = prepare(camille, day=30)
    camille.submit({"first_name": "Ana", "last_name": "Essai"}, having="first_name")
    page = camille.get(url)
    boxes = [i.get("value") for i in page.all("input") if i.get("name") == "present"]
    camille.post(f"{url}/presences", {"present": boxes})
    page = camille.get(url.replace("/ateliers/", "/attestations/atelier/"))
    assert "n'a pas encore eu lieu" in page.text
    page = camille.post(page.url, {})
    assert "n'a pas encore eu lieu" in page.text and "2026-000001" not in camille.get("/attestations").text


@pytest.fixture
def workshop(camille, clock) -> str:
    """Address of a workshop of today, which has begun and to which three people came out of four."""
    url = prepare(camille, day=24)
    for name in ("Ana", "Bao", "Chloé", "Dan"):
        camille.get(url)
        camille.submit({"first_name": name, "last_name": "Essai"}, having="first_name")
    page = camille.get(url)
    assert "Noter les présences" not in page.text, "it is 9 h, and it begins at 10 h"
    for _ in range(3):
        clock.advance(minutes=25)
        page = camille.get(url)
    boxes = [i.get("value") for i in page.all("input") if i.get("name") == "present"]
    camille.submit({"present": boxes[:3]}, action=f"{url}/presences")
    return url


def test_a_workshop_gives_one_paper_to_each_who_came(camille, visitor, workshop):
    url = workshop.replace("/ateliers/", "/attestations/atelier/")
    assert url in camille.get(workshop).links().values()
    page = camille.get(url)
    assert "0 sur 3" in page.text and "Dan Essai" not in page.text
    page = camille.submit(action=page.url)
    assert "3 sur 3" in page.text
    paper = camille.file(page.link("Tout imprimer"))
    text = text_of_pdf(paper)
    assert all(f"{name} Essai a participé à l'atelier" in text for name in ("Ana", "Bao", "Chloé"))
    assert "Dan" not in text and text.count("page 1 sur 1") == 3
    assert len(PdfReader(io.BytesIO(paper)).outline) == 3
    codes = qr_codes_of_pdf(paper)
    assert len(set(codes)) == 3 and "Bao Essai" in verify(visitor, codes[1]).text


def test_the_papers_of_a_workshop_come_apart_in_a_zip_without_names(camille, workshop):
    url = workshop.replace("/ateliers/", "/attestations/atelier/")
    camille.get(url)
    page = camille.submit(action=url)
    content = camille.file(page.link("Un fichier par personne"))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == [f"attestation-2026-{n:06d}.pdf" for n in (1, 2, 3)]
        assert "Ana Essai" in text_of_pdf(archive.read("attestation-2026-000001.pdf"))
    assert camille.file(page.link("Un fichier par personne")) == content, "same papers, same bytes"


def test_who_is_noted_absent_after_all_has_a_paper_to_withdraw(camille, workshop):
    url = workshop.replace("/ateliers/", "/attestations/atelier/")
    camille.get(url)
    camille.submit(action=url)
    boxes = [i.get("value") for i in camille.get(workshop).all("input") if i.get("name") == "present"]
    page = camille.submit({"present": boxes[1:3]}, action=f"{workshop}/presences")
    assert (
        "Une absence est notée pour Ana Essai, qui a une attestation de participation, n° 2026-000001."
        in page.root_text()
    )
    assert "n°\u00a02026-000001" in page.html, "the number is not parted from its « n° »"
    camille.get(page.link("Annuler ce papier"))
    camille.submit({"reason": "erreur"}, having="reason")
    assert "Une absence est notée pour Ana Essai" not in camille.get(workshop).root_text()


def test_what_the_papers_of_a_workshop_say_is_put_right_by_making_them_again(camille, workshop):
    url = workshop.replace("/ateliers/", "/attestations/atelier/")
    camille.get(url)
    camille.submit(action=url)
    for wrong in ({"title": "Mes démarches"}, {"duration": "60"}, {"partners": "Caf"}):
        camille.get(f"{workshop}/changer")
        page = camille.submit(wrong, having="places", expect=422)
        assert "3 attestations portent déjà le nom, la durée et les partenaires de cet atelier." in page.text
        assert "Annulez-les d'abord, avec la raison « Un autre mot, une date ou une heure est faux »." in page.text
    camille.get(f"{workshop}/changer")
    assert "L'atelier est changé." in camille.submit({"places": "9"}, having="places").text
    for number in (1, 2, 3):
        camille.get(camille.get(url).link(f"2026-{number:06d}"))
        camille.get(camille.page.link("l'annuler"))
        camille.submit({"reason": "faits"}, having="reason")
    assert "0 sur 3" in camille.get(url).text and "N° 2026-000001, annulée, à refaire" in camille.page.text
    camille.get(f"{workshop}/changer")
    assert "L'atelier est changé." in camille.submit({"title": "Mes démarches"}, having="places").text
    camille.get(url)
    page = camille.submit(action=url)
    assert "3 sur 3" in page.text and "N° 2026-000004" in page.text and "annulée" not in page.text
    paper = camille.file(page.link("Tout imprimer"))
    assert text_of_pdf(paper).count("Mes démarches") == 3 and "Mes premiers pas" not in text_of_pdf(paper)


def test_who_was_noted_absent_by_mistake_gets_a_paper_again(camille, workshop):
    """The paper was withdrawn because it should not have been made; they are noted present again."""
    url = workshop.replace("/ateliers/", "/attestations/atelier/")
    camille.get(url)
    camille.submit(action=url)
    camille.get("/attestations/1/annuler")
    camille.submit({"reason": "erreur"}, having="reason")
    page = camille.get(url)
    assert "N° 2026-000001, annulée, à refaire" in page.text and "2 sur 3" in page.text
    assert "N° 2026-000004" in camille.submit(action=url).text


@pytest.mark.parametrize("reason", ["demande", "nom"])
def test_a_paper_withdrawn_for_good_is_not_made_again(camille, workshop, reason):
    url = workshop.replace("/ateliers/", "/attestations/atelier/")
    camille.get(url)
    camille.submit(action=url)
    camille.get("/attestations/1/annuler")
    camille.submit({"reason": reason}, having="reason")
    form = camille.get(workshop).form(having="csrf_token")
    page = camille.post(url, {"csrf_token": form["values"]["csrf_token"]})
    assert "N° 2026-000001, annulée" in page.text and "2026-000004" not in page.text and "refaire" not in page.text


def test_asked_twice_a_workshop_issues_no_second_paper(camille, workshop):
    url = workshop.replace("/ateliers/", "/attestations/atelier/")
    form = camille.get(url).form(action=url)
    for _ in range(2):
        page = camille.post(url, form["values"])
    assert "N° 2026-000003" in page.text and "2026-000004" not in page.text
    assert number_of(issue(camille)) == "2026-000004"


def test_a_large_workshop_is_done_some_at_a_time_and_says_how_far(camille, workshop, monkeypatch):
    monkeypatch.setattr("counter.views.workshop_papers.PART", 2)
    url = workshop.replace("/ateliers/", "/attestations/atelier/")
    camille.get(url)
    page = camille.submit(action=url)
    assert "2 sur 3" in page.text and page.all("progress")[0].get("value") == "2"
    assert "data-go-on" in page.html, "the page goes on by itself where scripts run"
    page = camille.submit(action=url)
    assert "3 sur 3" in page.text and "data-go-on" not in page.html


def test_another_caf_reaches_no_paper_of_a_workshop(camille, workshop, sacha):
    url = workshop.replace("/ateliers/", "/attestations/atelier/")
    camille.get(url)
    camille.submit(action=url)
    sacha.get(url, expect=404)
    sacha.file(f"{url}/attestations.pdf", expect=404)
    sacha.file(f"{url}/attestations.zip", expect=404)


# ── withdrawn, made again ───────────────────────────────────────────────────────────────────────


def test_a_withdrawn_paper_is_said_to_be_by_all_the_ways(camille, visitor):
    issue(camille)
    paper, url = print_it(camille), camille.page.url
    camille.get(camille.page.link("l'annuler"))
    page = camille.submit({"reason": "nom"}, having="reason")
    assert "Ce papier est annulé depuis le 24 novembre 2026 : le nom était mal écrit." in page.text
    for page in (verify(visitor, qr_codes_of_pdf(paper)[0]), verify(visitor, "2026-000001"), send(visitor, paper)):
        assert "Ce papier a été annulé" in page.text and "le nom était mal écrit" in page.text
    camille.file(f"{url}/attestation.pdf", expect=409)
    published = json.loads(visitor.file("/.well-known/counter.json"))
    assert published["annulees"] == ["2026-000001"]


def test_a_paper_made_again_takes_the_place_of_the_first(camille, visitor):
    issue(camille, last="Lambret")
    old = print_it(camille)
    camille.get(camille.page.link("Refaire ce papier"))
    page = camille.submit({"personne": "Élise Lambert", "reason": "nom"}, having="personne")
    assert "remplace le n° 2026-000001" in page.text
    new = print_it(camille)
    assert "Élise Lambert" in text_of_pdf(new) and "N° 2026-000002" in text_of_pdf(new)
    page = verify(visitor, qr_codes_of_pdf(old)[0])
    assert "Un autre papier a pris sa place : n° 2026-000002" in page.text
    assert "Ce papier a été annulé" not in verify(visitor, qr_codes_of_pdf(new)[0]).text


def test_a_paper_is_withdrawn_once_and_made_again_once(camille):
    issue(camille)
    url = camille.page.url
    form = camille.get(f"{url}/refaire").form(having="personne")
    values = form["values"] | {"reason": ["nom"]}
    assert {number_of(camille.post(f"{url}/refaire", values)) for _ in range(2)} == {"2026-000002"}
    camille.post(f"{url}/refaire", values | {"personne": "Autre Nom"})
    assert "était déjà annulé" in camille.page.root_text()
    assert number_of(issue(camille)) == "2026-000003"


def test_a_reason_is_asked(camille):
    issue(camille)
    camille.get(camille.page.link("l'annuler"))
    page = camille.submit(having="reason", expect=422)
    assert page.errors() == ["Dites pourquoi ce papier est annulé."]


def test_another_agent_withdraws_nothing_but_an_administrator_may(camille, sacha, app):
    from counter.demonstration import PASSWORD

    url = issue(camille).url
    sacha.get(f"{url}/annuler", expect=404)
    sacha.get(f"{url}/refaire", expect=404)
    dominique = Visitor(app).sign_in("dominique", PASSWORD)
    page = dominique.get(f"{url}/annuler")
    assert "Lambert" not in page.html
    dominique.submit({"reason": "erreur"}, having="reason")
    assert "est annulé" in camille.get(url).text


# ── verifying ───────────────────────────────────────────────────────────────────────────────────


def test_the_pdf_itself_is_verified(camille, visitor):
    issue(camille)
    page = send(visitor, print_it(camille))
    assert "spécimen" in page.text and "Élise Lambert" in page.text


def test_a_photo_of_the_paper_is_verified(camille, visitor):
    issue(camille)
    for kind in ("PNG", "JPEG"):
        photo = io.BytesIO()
        pictures_of_pdf(print_it(camille), 200)[0].convert("RGB").save(photo, kind)
        assert "Élise Lambert" in send(visitor, photo.getvalue(), f"photo.{kind}").text


def test_a_pdf_whose_words_were_retouched_is_not_authentic(camille, visitor):
    """The true code square, on a sheet that says something else: made by our own software, as a forger would."""
    from dataclasses import replace

    from counter.attestations import Attestation
    from counter.pdf.attestation import attestation_pdf

    issue(camille)
    (seal,) = qr_codes_of_pdf(print_it(camille))
    paper = Attestation.from_signed_content(camille.app.extensions["counter"].keys.signer.open(seal))
    for name in paper.facts:
        forged = replace(paper, facts=paper.facts | {name: "autre chose"})
        page = send(visitor, attestation_pdf(forged, seal, "exemple"))
        assert "Les mots du fichier ont été changés" in page.text and "n'est pas authentique" in page.text


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Ce fichier ne s'ouvre pas."),
        (b"bonjour", "Ce fichier ne s'ouvre pas."),
        (b"%PDF-1.7\n%%EOF", "Ce fichier ne s'ouvre pas."),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 60, "Ce fichier ne s'ouvre pas."),
        (b"\xff\xd8\xff\xe0" + b"\0" * 60, "Ce fichier ne s'ouvre pas."),
    ],
)
def test_what_is_no_paper_is_refused_with_what_to_do(visitor, content, sentence):
    assert sentence in send(visitor, content, expect=422).errors()[0]


def test_a_paper_without_code_square_says_what_to_do(camille, visitor):
    page = send(visitor, camille.file("/demarches/dtr-rsa/livret.pdf"), expect=422)
    assert "Aucun code carré lisible dans ce fichier." in page.errors()[0]


def test_nothing_sent_asks_for_one_of_the_three(visitor):
    visitor.get("/verifier")
    page = visitor.submit(having="paper", expect=422)
    assert page.errors() == ["Écrivez le numéro, collez le texte du code carré, ou choisissez un fichier."]


# ── keys, and another machine ───────────────────────────────────────────────────────────────────


def run(monkeypatch, instance, command, *words: str) -> tuple[int, str]:
    from click.testing import CliRunner

    monkeypatch.setenv("COUNTER_INSTANCE", str(instance))
    monkeypatch.delenv("COUNTER_DATABASE_URL", raising=False)
    result = CliRunner().invoke(command, words)
    return result.exit_code, result.output


@pytest.fixture
def elsewhere(visitor, tmp_path):
    """A folder of another machine, with what the structure publishes and nothing else."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()

    def fetch():
        (folder / "counter.json").write_bytes(visitor.file("/.well-known/counter.json"))
        return folder

    return fetch


def test_another_machine_verifies_with_the_published_file_alone(camille, elsewhere, tmp_path, monkeypatch):
    issue(camille)
    paper = tmp_path / "papier.pdf"
    paper.write_bytes(print_it(camille))
    nowhere = tmp_path / "no-instance-here"
    words = ("verifier", str(paper), "--cles", str(elsewhere()))
    code, said = run(monkeypatch, nowhere, attestation_commands, *words)
    assert code == 0 and "SPÉCIMEN" in said and "Élise Lambert" in said
    assert not nowhere.exists()
    camille.get(f"{camille.page.url}/annuler")
    camille.submit({"reason": "erreur"}, having="reason")
    elsewhere()
    code, said = run(monkeypatch, nowhere, attestation_commands, *words)
    assert code == 1 and "PAPIER ANNULÉ" in said


def test_another_machine_refuses_a_changed_seal_and_an_empty_folder(camille, elsewhere, tmp_path, monkeypatch):
    issue(camille)
    seal = qr_codes_of_pdf(print_it(camille))[0]
    text = tmp_path / "code.txt"
    text.write_text(seal[:-8] + ("A" if seal[-8] != "A" else "B") + seal[-7:], "ascii")
    code, said = run(monkeypatch, tmp_path, attestation_commands, "verifier", str(text), "--cles", str(elsewhere()))
    assert code == 1 and "NON AUTHENTIQUE" in said
    (tmp_path / "empty").mkdir()
    code, said = run(
        monkeypatch, tmp_path, attestation_commands, "verifier", str(text), "--cles", str(tmp_path / "empty")
    )
    assert code == 1 and "Aucune clé publique" in said and "Traceback" not in said


def test_after_the_keys_turned_old_and_new_papers_are_good(camille, instance, clock, monkeypatch):
    from app import create_app
    from counter.demonstration import PASSWORD

    issue(camille)
    old = qr_codes_of_pdf(print_it(camille))[0]
    code, said = run(monkeypatch, instance, keys_commands, "tourner")
    assert code == 0 and "Nouvelle clé" in said and "Relancez le serveur" in said
    again = create_app(settings_for(instance), clock)
    person = Visitor(again).sign_in("camille", PASSWORD)
    issue(person)
    new = qr_codes_of_pdf(print_it(person))[0]
    assert old[:16] != new[:16]
    for seal in (old, new):
        assert "Élise Lambert" in verify(Visitor(again), seal).text
    page = Visitor(again).get("/verifier/cles")
    assert page.text.count("Ancienne clé") == 1
    assert len(json.loads(Visitor(again).file("/.well-known/counter.json"))["cles"]) == 2
    for part in ("main", "cache"):
        getattr(again.extensions["counter"], part).close()


def test_a_missing_key_says_what_to_do_when_the_keys_turn(instance, monkeypatch):
    (instance / "keys" / "signing.key").unlink()
    code, said = run(monkeypatch, instance, keys_commands, "tourner")
    assert code == 1 and "Remettez-la depuis votre sauvegarde" in said


def test_the_public_keys_are_printed_with_their_fingerprint(visitor, instance):
    page = visitor.get("/verifier/cles")
    text = text_of_pdf(visitor.file(page.link("Imprimer les clés")))
    fingerprint = re.search(r"Empreinte \(SHA-256\) : ((?:[0-9a-f]{4} ?){16})", page.text)[1].strip()
    assert fingerprint.replace(" ", "") in text.replace(" ", "")
    assert "PRIVATE" not in page.html


# ── on paper ────────────────────────────────────────────────────────────────────────────────────


def test_the_slip_is_also_printed_to_be_folded_in_two(camille):
    page = camille.get("/agenda")
    camille.get(next(href for href in page.links().values() if re.fullmatch(r"/rendez-vous/\d+", href)))
    flat = camille.file(camille.page.link("Imprimer le papier"))
    folded = camille.file(camille.page.link("À plier en deux"))
    (page,) = PdfReader(io.BytesIO(folded)).pages
    assert page.mediabox.width > page.mediabox.height, "A4 on its side: two A5 halves"
    assert qr_codes_of_pdf(folded) == qr_codes_of_pdf(flat)
    assert set(text_of_pdf(flat).split()) == set(text_of_pdf(folded).split())


def test_the_screen_says_word_for_word_what_the_paper_says(camille):
    support(camille, next_step="rappeler la Caf")
    page, printed = camille.page, text_of_pdf(print_it(camille)).replace(" ", "")
    (article,) = page.all("article")
    lines = [" ".join("".join(p.itertext()).replace("\u00a0", " ").split()) for p in article if p.tag == "p"]
    assert len(lines) > 6
    for line in lines[1:]:
        assert line.replace("\u202f", "").replace(" ", "") in printed.replace("\u202f", ""), line
