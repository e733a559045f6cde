"""Dossiers on the screen: every profile × rubrique, seen and forged; found by both or not at all; why, once."""

from __future__ import annotations

import logging

import pytest
from flask import request, request_started
from sqlalchemy import func, select

from app import create_app
from counter.demonstration import PASSWORD
from counter.dossiers import Rubrique, profiles
from counter.models import Attestation, DossierAccess, DossierCopy, JournalLine
from counter.outside.fictitious_dossiers import fictitious_dossiers
from counter.store.agents import get_agent
from tests.conftest import START, settings_for
from tests.pages import Visitor
from tests.views.dossiers import INSTRUCTOR, REASONS, give_profile, open_dossier, search

CAMILLE, SACHA = 1, 2
SHOWN = {"instructor": INSTRUCTOR, "landlord": "690123"}
# What only that rubrique says of Élise Lambert's dossier: nothing of it may stand on a page of another rubrique.
ONLY_THERE = {
    Rubrique.SUMMARY: "Enfants à charge",
    Rubrique.PAYMENTS: "Les paiements, le plus récent d'abord",
    Rubrique.DOSSIER: "Caf de la Loire",
    Rubrique.FAMILY: "Mère, invalide",
    Rubrique.RIGHTS: "Jusqu'au",
    Rubrique.HOUSING: "58 m²",
    Rubrique.RESOURCES: "Pension alimentaire reçue",
    Rubrique.RSA: "signé, à revoir dans 6 mois",
    Rubrique.DEBTS: "Trop-perçu d'aide au logement",
    Rubrique.LETTERS: "Demande de justificatif de loyer",
    Rubrique.HEALTH_RSA: "Dernier mois avec du RSA",
    Rubrique.HEALTH_RESOURCES: "Prestations de la Caf",
    Rubrique.MORE: "elise@exemple.fr",
    Rubrique.PAYMENT_CERTIFICATE: "Dernier mois payé",
}
DOSSIER_OF = {"T9": ("Durand-Démo", "9000009")}  # the others open Élise Lambert's


def entries_of(page) -> set[str]:
    """The rubriques the page leads to, by the last word of their addresses."""
    known = {rubrique.value for rubrique in Rubrique}
    return {href.rpartition("/")[2] for href in page.links().values() if "/dossiers/" in href} & known


@pytest.mark.parametrize("profile", profiles())
def test_each_profile_reads_its_rubriques_and_no_other(app, camille, profile):
    """The whole matrix: every cell on the rendered page, and on a forged address."""
    give_profile(app, CAMILLE, profile)
    opened = open_dossier(camille, *DOSSIER_OF.get(profile, ("Lambert", "9000001")), **SHOWN)
    assert entries_of(camille.page) == {r.value for r in profiles()[profile].shown}
    for rubrique in Rubrique:
        may = profiles()[profile].opens(rubrique)
        with camille.client.post(f"{opened}/{rubrique.value}", data={"rubrique": rubrique.value}) as forged:
            assert forged.status_code == 405 and "Lambert" not in forged.text
        page = camille.get(f"{opened}/{rubrique.value}", expect=200 if may else 403)
        if not may:
            assert "n'ouvre pas cette rubrique" in page.text and "Lambert" not in page.text
            assert not [words for words in ONLY_THERE.values() if words in page.text]
            continue
        assert rubrique.label in [
            " ".join("".join(h.itertext()).split()).replace("\u00a0", " ") for h in page.all("h2")
        ]
        assert entries_of(page) == {r.value for r in profiles()[profile].shown}
        if profile not in DOSSIER_OF:
            assert [r for r, words in ONLY_THERE.items() if words in page.text] == [rubrique]


def test_without_a_profile_nothing_is_searched(app, camille):
    give_profile(app, CAMILLE, None)
    page = camille.get("/dossiers")
    assert "Aucun dossier ne s'ouvre avec votre compte" in page.text and not page.all("input")[1:]
    page = camille.post("/dossiers", {"name": "Lambert", "number": "9000001"})
    assert "Aucun dossier ne s'ouvre avec votre compte" in page.text


# ── finding ─────────────────────────────────────────────────────────────────────────────────────


def test_name_and_number_together_open_and_a_spouse_too(camille):
    assert search(camille, "lambert", "900 0001").h1 == "Pourquoi ouvrir ce dossier ?"
    assert "Malik" in Visitor.get(camille, open_dossier(camille, "MODELE", "9000002") + "/synthese").h1


@pytest.mark.parametrize(("name", "number"), [("Lambertt", "9000001"), ("Lambert", "9000002"), ("Nul", "9999999")])
def test_the_answer_is_the_same_whichever_is_wrong(camille, name, number):
    page = search(camille, name, number, expect=422)
    assert page.errors() == [
        "Aucun dossier ne s'ouvre avec ce nom et ce numéro. Vérifiez les deux sur un courrier de la Caf."
    ]


def test_a_dossier_that_does_not_fit_the_mission_is_answered_like_none(app, camille):
    nobody = search(camille, "Personne", "9999999", expect=422).errors()
    for profile, name, number in (
        ("T4", "Modèle", "9000002"), ("T9", "Lambert", "9000001"), ("T10", "Modèle", "9000002"),
        ("T18", "Fictive", "9000012"), ("T19", "Fictive", "9000012"),
    ):  # fmt: skip
        give_profile(app, CAMILLE, profile)
        assert search(camille, name, number, expect=422, **SHOWN).errors() == nobody, profile


def test_a_wrong_instructor_number_is_explained(app, camille):
    give_profile(app, CAMILLE, "T4")
    page = search(camille, "Lambert", "9000001", expect=422, instructor="069A01001")
    assert page.errors() == ["Ce numéro a 9 caractères : il en faut 14. Par exemple : 069A0100100000."]


def test_another_cafs_dossier_is_not_found(camille, sacha):
    search(camille, "Specimen", "8000001", expect=422)
    assert search(sacha, "Specimen", "8000001").h1 == "Pourquoi ouvrir ce dossier ?"
    search(sacha, "Lambert", "9000001", expect=422)


def test_guessing_is_slowed_down(camille):
    for number in range(9999980, 9999990):
        search(camille, "Lambert", str(number), expect=422)
    camille.get("/dossiers")
    page = camille.submit({"name": "Lambert", "number": "9000001"}, having="number", expect=429)
    assert "trop d'essais" in page.text


def test_a_real_counter_lists_nothing_and_says_it_has_no_source(real_instance, clock):
    app = create_app(settings_for(real_instance), clock)
    camille = Visitor(app).sign_in("camille", PASSWORD)
    text = camille.get("/dossiers").text
    assert "n'est relié à aucun service de la Caf" in text and "9000001" not in text and "Lambert" not in text
    search(camille, "Lambert", "9000001", expect=422)


# ── why ─────────────────────────────────────────────────────────────────────────────────────────


def accesses(app) -> int:
    with app.extensions["counter"].main.reading() as session:
        return session.scalar(select(func.count()).select_from(DossierAccess))


def test_nothing_is_shown_before_the_three_reasons(app, camille):
    page = search(camille, "Lambert", "9000001")
    assert "Lambert" not in page.text and "Élise" not in page.text
    word = page.url.split("/")[2]
    for rubrique in Rubrique:
        assert camille.get(f"/dossiers/{word}/{rubrique.value}").h1 == "Pourquoi ouvrir ce dossier ?"
    for missing in REASONS:
        camille.get(f"/dossiers/{word}/raisons")
        page = camille.submit({k: v for k, v in REASONS.items() if k != missing}, having="purpose", expect=422)
        assert len(page.errors()) == 1
    camille.submit(REASONS | {"purpose": "curiosite"}, having="purpose", expect=422)
    assert accesses(app) == 0


def test_a_forged_profile_or_rubrique_in_a_form_opens_nothing_more(app, camille):
    give_profile(app, CAMILLE, "T2")
    forged = {"profile": "T1", "profil": "T1", "rubrique": "creances", "group_id": "4"}
    camille.get("/dossiers")
    camille.post("/dossiers", {"name": "Lambert", "number": "9000001"} | forged)
    camille.post(camille.page.url, REASONS | forged)
    opened = camille.page.url.rpartition("/")[0]
    assert entries_of(camille.page) == {"synthese"}
    camille.get(f"{opened}/creances?profile=T1&profil=T1", expect=403)
    with app.extensions["counter"].main.reading() as session:
        assert session.scalars(select(DossierAccess.profile)).all() == ["T2"]


def test_reasons_are_asked_once_for_a_dossier_and_kept(app, camille):
    opened = open_dossier(camille)
    assert search(camille, "Lambert", "9000001").url.rpartition("/")[0] == opened, "opened straight away"
    with app.extensions["counter"].main.reading() as session:
        (access,) = session.scalars(select(DossierAccess))
    assert (access.agent_id, access.profile) == (CAMILLE, "T12")
    assert access.reasons.code == "accompagnement/mission/agent"
    open_dossier(camille, "Modèle", "9000002")
    assert accesses(app) == 2, "another dossier, other reasons"


def test_reasons_are_asked_again_once_closed_or_signed_in_anew(app, camille):
    opened = open_dossier(camille)
    camille.submit(action=f"{opened}/fermer")
    assert camille.get(f"{opened}/synthese", expect=404)
    assert search(camille, "Lambert", "9000001").h1 == "Pourquoi ouvrir ce dossier ?"
    again = Visitor(app).sign_in("camille", PASSWORD)
    assert search(again, "Lambert", "9000001").h1 == "Pourquoi ouvrir ce dossier ?"


def test_the_word_of_an_address_means_nothing_to_someone_else(camille, app):
    opened = open_dossier(camille)
    robin = Visitor(app).sign_in("robin", PASSWORD)
    robin.get(f"{opened}/synthese", expect=404)


def test_a_dossier_closes_when_the_profile_or_the_site_changes(app, camille):
    opened = open_dossier(camille)
    give_profile(app, CAMILLE, "T1")
    camille.get(f"{opened}/creances", expect=404)
    give_profile(app, CAMILLE, "T12")
    camille.get(f"{opened}/synthese")
    with app.extensions["counter"].main.writing() as session:
        get_agent(session, CAMILLE).site_id = get_agent(session, SACHA).site_id
    camille.get(f"{opened}/synthese", expect=404)


# ── a copy ──────────────────────────────────────────────────────────────────────────────────────


def copies(app) -> int:
    with app.extensions["counter"].cache.reading() as cache:
        return cache.scalar(select(func.count()).select_from(DossierCopy))


def test_source_age_and_expiry_are_always_in_sight(camille, clock):
    opened = open_dossier(camille)
    clock.advance(minutes=20)
    for rubrique in profiles()["T12"].shown:
        text = camille.get(f"{opened}/{rubrique}").text
        assert "Copie, il y a 20 minutes. Source : Démonstration, données fictives (Caf du Rhône)" in text
        assert "mardi 24 novembre à 9 h. Sera effacée mercredi 25 novembre à 9 h." in text


def test_an_expired_copy_is_not_shown_and_is_erased(instance, clock):
    app = create_app(settings_for(instance, dossier_hours=1), clock)
    camille = Visitor(app).sign_in("camille", PASSWORD)
    opened = open_dossier(camille)
    for _ in range(2):
        clock.advance(minutes=29)
        assert "Lambert" in camille.get(f"{opened}/synthese").h1
    clock.advance(minutes=2)
    page = camille.get(f"{opened}/synthese")
    assert page.h1 == "Cette copie est effacée" and "Lambert" not in page.text
    search(camille, "Modèle", "9000002")
    assert copies(app) == 1, "the expired one is gone"


def test_expired_copies_are_erased_each_day_even_if_nobody_searches(app, camille, clock):
    open_dossier(camille)
    assert copies(app) == 1
    clock.advance(hours=25)
    Visitor(app).get("/connexion")
    assert copies(app) == 0


def test_nothing_of_a_dossier_is_readable_on_the_disk(app, camille, instance):
    opened = open_dossier(camille)
    for rubrique in profiles()["T12"].shown:
        camille.get(f"{opened}/{rubrique}")
    app.extensions["counter"].cache.close()
    app.extensions["counter"].main.close()
    for path in instance.glob("*.sqlite*"):
        content = path.read_bytes()
        for planted in ("Lambert", "LAMBERT", "9000001", "elise@exemple.fr", "Habitat Exemple"):
            assert planted.encode() not in content, (path.name, planted)


def test_the_number_is_in_no_address_nor_log(app, camille, caplog):
    caplog.set_level(logging.DEBUG)
    addresses = []
    with request_started.connected_to(lambda *_, **__: addresses.append(request.full_path), app):
        opened = open_dossier(camille)
        for rubrique in Rubrique:
            camille.client.get(f"{opened}/{rubrique.value}")
    assert len(addresses) > 10
    for text in (*addresses, caplog.text, *camille.page.links().values()):
        assert "9000001" not in text and "ambert" not in text


def test_a_dossier_is_read_only(app):
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("dossiers.")]
    papers = {"dossiers.certificate", "dossiers.quotient_certificate"}  # they copy, and change nothing of it
    posts = {rule.endpoint for rule in rules if "POST" in rule.methods}
    assert posts == {"dossiers.find", "dossiers.reasons", "dossiers.close"} | papers
    assert not [r for r in rules if r.methods & {"PUT", "PATCH", "DELETE"}]


@pytest.mark.parametrize("content", fictitious_dossiers(START.date()), ids=lambda c: c["numero"])
def test_every_dossier_reads_well_in_every_rubrique(app, camille, sacha, content):
    person, agent_id = (camille, CAMILLE) if content["departement"] == "69" else (sacha, SACHA)
    for profile in ("T1", "T6"):
        give_profile(app, agent_id, profile)
        opened = open_dossier(person, content["responsable"]["nom"], content["numero"])
        for rubrique in profiles()[profile].shown:
            assert content["responsable"]["prenom"] in person.get(f"{opened}/{rubrique}").h1


# ── the payment certificate ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("profile", profiles())
def test_only_the_profiles_of_the_matrix_make_the_certificate(app, camille, profile):
    give_profile(app, CAMILLE, profile)
    opened = open_dossier(camille, *DOSSIER_OF.get(profile, ("Lambert", "9000001")), **SHOWN)
    allowed = profile in {"T1", "T9", "T19"}
    page = camille.get(f"{opened}/attestation/papier", expect=200 if allowed else 403)
    assert ("Quel mois ?" in page.text) is allowed
    if not allowed:
        refused = camille.client.post(f"{opened}/attestation/papier", data={"month": "2026-10"})
        assert refused.status_code in {400, 403}
        assert not papers_made(app)


def papers_made(app) -> int:
    with app.extensions["counter"].main.reading() as session:
        return session.scalar(select(func.count()).select_from(Attestation))


def test_without_a_month_held_there_is_no_certificate(app, camille):
    give_profile(app, CAMILLE, "T1")
    opened = open_dossier(camille, "Essai", "9000003")
    assert "Faire l'attestation" not in camille.get(f"{opened}/attestation").text
    camille.get(f"{opened}/attestation/papier", expect=404)


def test_the_certificate_wants_reasons_too(app, camille):
    give_profile(app, CAMILLE, "T1")
    word = search(camille, "Lambert", "9000001").url.split("/")[2]
    for response in (
        camille.client.get(f"/dossiers/{word}/attestation/papier"),
        camille.client.get(f"/dossiers/{word}/synthese"),
    ):
        assert response.status_code == 302 and response.headers["Location"] == f"/dossiers/{word}/raisons"


# ── the journal ─────────────────────────────────────────────────────────────────────────────────


def test_who_opened_and_who_read_what_is_in_the_journal_and_refusals_showed_nothing(app, camille):
    give_profile(app, CAMILLE, "T1")
    opened = open_dossier(camille)
    camille.get(f"{opened}/creances")
    camille.get(f"{opened}/couverture-rsa", expect=403)
    camille.get(f"{opened}/attestation/papier")
    camille.submit(having="month")
    with app.extensions["counter"].main.reading() as session:
        (access,) = session.scalars(select(DossierAccess))
        lines = session.scalars(
            select(JournalLine).where(JournalLine.subject == "dossier").order_by(JournalLine.seq)
        ).all()
        told = [(line.act, line.agent_id, line.subject_id, line.detail) for line in lines]
    number = str(access.id)
    assert told == [
        ("creation", CAMILLE, number, "accompagnement/mission/agent"),
        ("consultation", CAMILLE, number, "synthese"),
        ("consultation", CAMILLE, number, "creances"),
        ("export", CAMILLE, number, "attestation"),
    ]
    assert {line.address for line in lines} == {"127.0.0.1"}
