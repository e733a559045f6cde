"""Attestations: issued once, printed with a code square that proves them; anyone can verify."""

from __future__ import annotations

import base64
import io
import re

import cbor2
import pytest
from pypdf import PdfReader

from counter.keys import load_keys
from tests.papers import pictures_of_pdf, qr_codes_of_pdf, text_of_pdf


def issue(person, first="Élise", last="Lambert", **values):
    person.get("/attestations/passage")
    return person.submit({"first_name": first, "last_name": last} | values, having="purpose")


def verify(person, text: str, expect: int = 200):
    person.get("/verifier")
    return person.submit({"paper": text}, having="paper", expect=expect)


def number_of(page) -> str:
    return re.search(r"N° (\d{4}-\d{6})", page.text)[1]


@pytest.fixture
def paper(camille) -> bytes:
    page = issue(camille, purpose="déclaration de ressources")
    return camille.file(page.link("Imprimer l'attestation"))


def test_the_paper_says_who_came_when_and_where(paper):
    text = text_of_pdf(paper)
    assert "atteste avoir reçu Élise Lambert le mardi 24 novembre 2026, à 9 h" in text
    assert "France Services L'Arbresle, 1 rue de l'Exemple, 69210 L'Arbresle" in text
    assert "Objet de la venue : déclaration de ressources." in text
    assert "Fait à L'Arbresle, le 24 novembre 2026." in text
    assert "SPÉCIMEN" in text and "N° 2026-000001" in text and "page 1 sur 1" in text


def test_the_printed_code_square_proves_the_paper_to_anyone(visitor, paper):
    (seal,) = qr_codes_of_pdf(paper)
    page = verify(visitor, seal)
    assert "Ce papier est un spécimen, sans valeur" in page.text
    assert "Élise Lambert" in page.text and "2026-000001" in page.text


def test_a_real_structures_paper_is_authentic(empty_instance, clock):
    from app import create_app
    from counter.access import Role
    from counter.store.agents import create_agent
    from tests.conftest import settings_for
    from tests.groups import put_in_group
    from tests.pages import Visitor

    app = create_app(settings_for(empty_instance, structure_name="Mairie de Test", structure_city="Test"), clock)
    with app.extensions["counter"].main.writing() as session:
        put_in_group(session, create_agent(session, "agent", "Agent", Role.FRONT_DESK, "Bonjour-2026"))
    person = Visitor(app).sign_in("agent", "Bonjour-2026")
    page = issue(person)
    paper = person.file(page.link("Imprimer l'attestation"))
    assert "SPÉCIMEN" not in text_of_pdf(paper)
    page = verify(Visitor(app), qr_codes_of_pdf(paper)[0])
    assert "Ce papier est authentique" in page.text and "Mairie de Test" in page.text


@pytest.mark.parametrize("field", range(9))
def test_one_changed_fact_and_the_paper_is_not_authentic(visitor, paper, field):
    (seal,) = qr_codes_of_pdf(paper)
    key_id, payload, signature = cbor2.loads(base64.urlsafe_b64decode(seal + "=" * (-len(seal) % 4)))
    content = cbor2.loads(payload)
    old = content[field]
    content[field] = {bool: lambda v: not v, int: lambda v: v + 1, str: lambda v: v + "x",
                      list: lambda v: [[n, t + "x"] for n, t in v]}[type(old)](old)  # fmt: skip
    forged = cbor2.dumps([key_id, cbor2.dumps(content, canonical=True), signature])
    page = verify(visitor, base64.urlsafe_b64encode(forged).rstrip(b"=").decode())
    assert "Ce papier n'est pas authentique" in page.text and "Lambert" not in page.text


def test_a_paper_sealed_by_another_key_is_not_authentic(visitor, paper, tmp_path):
    (seal,) = qr_codes_of_pdf(paper)
    _, payload, _ = cbor2.loads(base64.urlsafe_b64decode(seal + "=" * (-len(seal) % 4)))
    forger = load_keys(tmp_path / "forger", create=True).signer
    assert "n'est pas authentique" in verify(visitor, forger.seal(cbor2.loads(payload))).text


@pytest.mark.parametrize("garbage", ["x" * 300, "é" * 50, "AAAA" * 40, "<script>" * 10, "9" * 41])
def test_garbage_is_not_authentic(visitor, garbage):
    assert "n'est pas authentique" in verify(visitor, garbage).text


@pytest.mark.parametrize("typed", ["000004", "2026-00001", "2026-99999999999999999999", "bonjour", "AAAA-BBBB"])
def test_a_slip_of_the_fingers_accuses_nobody(visitor, typed):
    page = verify(visitor, typed, expect=422)
    assert "Ce n'est pas un numéro de papier" in page.errors()[0] and "authentique" not in page.text


def test_the_number_alone_tells_no_name_to_a_stranger(visitor, camille):
    number = number_of(issue(camille))
    page = verify(visitor, f"N° {number}")
    assert "Attestation de passage" in page.text and "24 novembre 2026" in page.text
    assert "Lambert" not in page.html
    assert "Élise Lambert" in verify(camille, number).text


def test_an_unknown_number_is_said_and_guessing_is_slowed_down(visitor):
    assert "Ce numéro n'existe pas ici" in verify(visitor, "2026-000099").text
    for rank in range(29):
        verify(visitor, f"2025-{rank:06d}")
    assert "Attendez" in verify(visitor, "2026-000001", expect=429).text


def test_the_same_form_sent_twice_is_one_paper_and_numbers_have_no_gap(camille):
    camille.get("/attestations/passage")
    form = camille.page.form(having="purpose")
    sent = form["values"] | {"first_name": "Élise", "last_name": "Lambert"}
    assert {number_of(camille.post("/attestations/passage", sent)) for _ in range(2)} == {"2026-000001"}
    assert number_of(issue(camille)) == "2026-000002"


def test_an_appointment_is_attested_without_its_motif(camille):
    page = camille.get("/rendez-vous?motif=6")
    slot = page.form(action="/rendez-vous/creneau")["buttons"][0][1]
    camille.post("/rendez-vous/creneau", {"motif": "6", "creneau": slot})
    person = {"first_name": "Élise", "last_name": "Lambert", "birth-jour": "3", "birth-mois": "9"}
    page = camille.submit(person, having="first_name")
    camille.get(page.link("Attestation de rendez-vous"))
    page = camille.submit(having="appointment")
    text = text_of_pdf(camille.file(page.link("Imprimer l'attestation")))
    assert "Élise Lambert a un rendez-vous avec la Caf du Rhône le" in text
    assert "argent" not in text.replace("Je dois de l'argent", "argent")


def test_the_same_paper_printed_twice_has_the_same_bytes(camille, clock):
    page = issue(camille)
    first = camille.file(page.link("Imprimer l'attestation"))
    clock.advance(minutes=10)
    assert camille.file(page.link("Imprimer l'attestation")) == first


def test_an_agent_does_not_read_again_the_paper_of_another(camille, sacha):
    url = issue(camille).url
    sacha.get(url, expect=404)
    sacha.file(f"{url}/attestation.pdf", expect=404)


def test_names_are_not_readable_on_the_disk(camille, instance):
    issue(camille, first="Zébulon", last="Introuvable")
    content = b"".join(path.read_bytes() for path in instance.glob("*.sqlite*"))
    assert "Zébulon".encode() not in content and b"Introuvable" not in content


class TestEveryPaper:
    """What look.md asks of every PDF, on every kind there is."""

    @pytest.fixture(params=["attestation", "livret", "orientation", "rendez-vous", "resume"])
    def pdf(self, request, camille) -> bytes:
        if request.param == "attestation":
            return camille.file(issue(camille).link("Imprimer l'attestation"))
        if request.param == "livret":
            return camille.file("/demarches/dtr-rsa/livret.pdf")
        if request.param == "orientation":
            camille.get("/diagnostic")
            return camille.file(camille.submit(having="q1").link("Imprimer la feuille"))
        if request.param == "rendez-vous":
            page = camille.get("/agenda")
            url = next(href for href in page.links().values() if re.fullmatch(r"/rendez-vous/\d+", href))
            return camille.file(f"{url}/papier.pdf")
        camille.submit(action="/accompagnement/commencer")
        camille.get("/accompagnement/terminer")
        page = camille.submit({"nature": "information", "solved": "oui"}, having="nature")
        return camille.file(page.link("Imprimer le résumé"))

    def test_it_is_named_in_french_with_every_font_inside(self, pdf):
        reader = PdfReader(io.BytesIO(pdf))
        assert reader.metadata.title and reader.trailer["/Root"]["/Lang"] == "fr-FR"
        assert reader.outline, "no bookmark"
        for page in reader.pages:
            for font in page["/Resources"]["/Font"].values():
                font = font.get_object()
                descriptor = font.get("/FontDescriptor")
                assert descriptor and "/FontFile2" in descriptor.get_object(), font["/BaseFont"]

    def test_no_letter_is_smaller_than_twelve_points_and_pages_are_counted(self, pdf):
        reader = PdfReader(io.BytesIO(pdf))
        for number, page in enumerate(reader.pages, 1):
            sizes, words = [], []

            def see(text, _cm, _tm, _font, size, sizes=sizes, words=words):
                if text.strip():
                    sizes.append(size)
                    words.append(text)

            page.extract_text(visitor_text=see)
            assert f"page {number} sur {len(reader.pages)}" in "".join(words)
            drawn_in_pictures = 0.7  # the words inside a schema are drawn, and scaled with it
            assert min(sizes) >= (12 if number == 1 else 12 * drawn_in_pictures)

    def test_it_reads_in_black_and_white(self, pdf):
        darkest = min(min(picture.convert("L").getextrema()) for picture in pictures_of_pdf(pdf, 50))
        assert darkest < 60


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("Thị Hồng", "Nguyễn"),
        ("Ștefan", "Țăran"),
        ("Łucja", "Żółć"),
        ("Işıl", "Güneş"),
        ("Олена", "Ґудзь"),
        ("Γιώργος", "Νικολάου"),
        ("Zoë", "A" * 80),
        ("Ngô'Ộ-Ứ", "d’Œuvre"),
        ("", "Mononyme"),
    ],
)
def test_a_name_is_printed_and_sealed_as_it_is_written(camille, visitor, first, last):
    paper = camille.file(issue(camille, first, last).link("Imprimer l'attestation"))
    printed = text_of_pdf(paper).replace(" ", "")
    assert f"{first}{last}".replace(" ", "") in printed
    assert f"reçu {first} {last}".replace("  ", " ") in verify(visitor, qr_codes_of_pdf(paper)[0]).text


@pytest.mark.parametrize("name", ["محمد عبد الله", "پرویز گلزار", "ټډړ ښڼۆێڵ", "محمد" * 20])
def test_a_name_in_arabic_letters_is_printed_sealed_and_verified(camille, visitor, name):
    page = issue(camille, "", name)
    assert name in page.text
    paper = camille.file(page.link("Imprimer l'attestation"))
    assert name in verify(visitor, qr_codes_of_pdf(paper)[0]).text
    visitor.get("/verifier")
    page = visitor.post("/verifier", {"paper": "", "file": (io.BytesIO(paper), "papier.pdf")})
    assert "Ce papier est un spécimen" in page.text and "modifié" not in page.text


@pytest.mark.parametrize("last", ["אברהם", "王", "தமிழ்"])
def test_letters_the_papers_cannot_show_are_refused_with_what_to_do(camille, last):
    camille.get("/attestations/passage")
    page = camille.submit({"first_name": "Élise", "last_name": last}, having="purpose", expect=422)
    assert "Ces lettres ne peuvent pas être imprimées" in page.errors()[0]
    assert "comme sur la pièce d'identité" in page.errors()[0]
