"""Working sheets: filled and printed, kept nowhere."""

from __future__ import annotations

import pytest

from counter.demonstration import PASSWORD
from tests.pages import Visitor
from tests.papers import pictures_of_pdf, text_of_pdf

CONTACT = {"first_name": "Zébulon", "last_name": "Introuvable", "consent": "oui", "to": "Travailleur social",
           "phone": "06 12 34 56 78", "safe": "prudent", "say": "Je cherche un logement."}  # fmt: skip
ESCALATION = {"last_name": "Nguyễn", "tried": "oui", "tried_how": "3230 le 2 novembre", "since": "deux mois",
              "what": "Le dossier est en attente.", "asked": "Le faire avancer."}  # fmt: skip
ADDRESS = "\n".join(f"Ligne {n}" for n in range(1, 7))
LETTER = {"first_name": "Élise", "last_name": "Lambert", "sender": ADDRESS, "addressee": ADDRESS,
          "subject": "documents pour le RSA", "documents": "Bail\nFiche de paie"}  # fmt: skip


def fill(person, url: str, values: dict, expect: int = 200):
    """Send the form of a sheet; its paper as text, or its page when it is sent back."""
    form = person.get(url).form(having="last_name")
    if expect != 200:
        return person.post(url, form["values"] | values, expect=expect)
    response = person.client.post(url, data=form["values"] | values)
    assert response.status_code == 200 and response.mimetype == "application/pdf", response.text[:300]
    return text_of_pdf(response.data)


def test_a_contact_says_how_to_reach_the_person_without_danger(camille):
    text = fill(camille, "/feuilles/contact", CONTACT)
    assert "sans laisser de message" in text and "06 12 34 56 78" in text and "Zébulon Introuvable" in text
    assert "d'accord pour que cette feuille soit transmise" in text
    assert "06 12" not in fill(camille, "/feuilles/contact", CONTACT | {"safe": "jamais"})


def test_without_consent_there_is_no_contact_sheet(camille):
    page = fill(camille, "/feuilles/contact", CONTACT | {"consent": "non"}, expect=422)
    assert "Sans son accord" in page.errors()[0]
    assert page.form(having="say")["values"]["to"] == ["Travailleur social"]


def test_someone_to_be_called_has_a_number(camille):
    page = fill(camille, "/feuilles/contact", CONTACT | {"phone": ""}, expect=422)
    assert "Écrivez le numéro à appeler." in page.errors()[0]
    assert "Ne pas appeler" in fill(camille, "/feuilles/contact", CONTACT | {"phone": "", "safe": "jamais"})


def test_long_sentences_take_several_lines_and_are_not_refused(camille):
    text = fill(camille, "/feuilles/dossier-bloque", ESCALATION | {"what": "très long " * 60})
    assert text.count("très long") == 60
    page = fill(camille, "/feuilles/dossier-bloque", ESCALATION | {"what": "très long " * 80}, expect=422)
    assert page.errors() == ["9 lignes, c'est trop : 8 au plus."]


def test_a_blocked_case_says_whom_to_answer_and_its_number(camille):
    form = camille.get("/feuilles/dossier-bloque").form(having="answer_to")
    assert form["values"]["answer_to"] == ["Camille Démo, France Services du Val"]
    text = fill(
        camille, "/feuilles/dossier-bloque", ESCALATION | {"number": "9000001", "answer_to": "accueil@exemple.fr"}
    )
    assert "9000001" in text and "Répondre à accueil@exemple.fr" in text and "La voie normale a été essayée" in text
    page = fill(camille, "/feuilles/dossier-bloque", ESCALATION | {"number": "12"}, expect=422)
    assert page.errors() == ["Un numéro d'allocataire a 7 chiffres. Vérifiez-le sur un courrier de la Caf."]


def addressee_of(person) -> str:
    areas = person.get("/feuilles/lettre").all("textarea")
    return next(area.text.strip() for area in areas if area.get("name") == "addressee")


def test_a_letter_has_the_address_of_the_caf_in_the_window(camille):
    addressee = addressee_of(camille)
    assert addressee == "Caf du Rhône\n1 place de l'Exemple\n69000 Exempleville"
    text = fill(camille, "/feuilles/lettre", LETTER | {"addressee": addressee, "number": "9000001 A"})
    assert "69000 Exempleville" in text and "9000001" in text and "2 documents" in text and "Bail" in text


def test_an_administrator_writes_the_address_of_their_caf_only(app, camille):
    dominique = Visitor(app).sign_in("dominique", PASSWORD)
    dominique.get(dominique.get("/administration").link("Le courrier"))
    dominique.submit({"post_address": "Service du courrier\n69999 Lyon cedex"}, having="post_address")
    assert "69999 Lyon cedex" in dominique.page.text
    assert addressee_of(camille) == "Caf du Rhône\nService du courrier\n69999 Lyon cedex"
    dominique.get("/administration/caf/1/courrier")
    page = dominique.submit({"post_address": "x" * 46}, having="post_address", expect=422)
    assert page.errors() == ["Une ligne a plus de 45 lettres. Coupez-la en deux."]
    dominique.get("/administration/caf/2/courrier", expect=404)
    camille.get("/administration/caf/1/courrier", expect=403)


def test_a_blocked_case_was_tried_first_the_normal_way(camille):
    text = fill(camille, "/feuilles/dossier-bloque", ESCALATION)
    assert "Nguyễn" in text and "deux mois" in text and "3230 le 2 novembre" in text
    page = fill(camille, "/feuilles/dossier-bloque", ESCALATION | {"tried": "non"}, expect=422)
    assert "Essayez d'abord la voie normale" in page.errors()[0]


def test_a_letter_holds_addresses_of_six_lines(camille):
    text = fill(camille, "/feuilles/lettre", LETTER)
    assert text.count("Ligne 6") == 2 and "Fiche de paie" in text and "page 1 sur 1" in text
    page = fill(camille, "/feuilles/lettre", LETTER | {"sender": ADDRESS + "\nLigne 7"}, expect=422)
    assert page.errors() == ["7 lignes, c'est trop : 6 au plus."]


def test_resources_are_prepared_for_the_three_months_before(camille):
    text = text_of_pdf(camille.file("/feuilles/ressources.pdf"))
    assert all(month in text for month in ("Août 2026", "Septembre 2026", "Octobre 2026"))
    assert "Novembre" not in text and "page 1 sur 1" in text


def test_the_papers_of_a_demarche_are_listed(camille):
    page = camille.get("/demarches/dtr-rsa")
    paper = camille.file(page.link("Liste des papiers"))
    assert "Votre numéro de Sécurité sociale" in text_of_pdf(paper)
    assert pictures_of_pdf(paper)
    camille.file("/feuilles/papiers/introuvable.pdf", expect=404)


@pytest.mark.parametrize(("url", "values"), [("/feuilles/contact", CONTACT), ("/feuilles/dossier-bloque", ESCALATION)])
def test_what_is_typed_is_kept_nowhere(camille, instance, url, values):
    fill(camille, url, values)
    content = b"".join(path.read_bytes() for path in instance.glob("*.sqlite*"))
    assert values["last_name"].encode() not in content
