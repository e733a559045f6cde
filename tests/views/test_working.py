"""Working sheets: filled and printed, kept nowhere."""

from __future__ import annotations

import pytest

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
