"""Papers that relay what the Caf said: made from a dossier or from API Particulier by who may, verified, withdrawn."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app import create_app
from counter.demonstration import PASSWORD
from counter.models import Attestation, DossierCopy, JournalLine
from tests.conftest import settings_for
from tests.pages import Visitor
from tests.papers import qr_codes_of_pdf, text_of_pdf
from tests.particulier import FAMILY, TOKEN, serving
from tests.views.dossiers import give_profile, open_dossier, search
from tests.views.test_attestations import number_of, verify
from tests.views.test_quotient import ELISE
from tests.views.test_withdrawn_papers import print_it, send

CAMILLE = 1


def papers(app) -> int:
    with app.extensions["counter"].main.reading() as session:
        return session.scalar(select(func.count()).select_from(Attestation))


def journal(app) -> list[tuple[str, str, str]]:
    with app.extensions["counter"].main.reading() as session:
        lines = session.scalars(select(JournalLine).order_by(JournalLine.seq))
        return [(line.act, line.subject, line.detail) for line in lines]


@pytest.fixture
def dossier(app, camille) -> str:
    give_profile(app, CAMILLE, "T1")
    return open_dossier(camille)


def certificate(camille, dossier: str, month: str = "2026-10", expect: int = 200):
    camille.get(f"{dossier}/attestation")
    return camille.submit({"month": month}, having="month", expect=expect)


# ── a payment ───────────────────────────────────────────────────────────────────────────────────


def test_a_month_of_a_dossier_becomes_a_numbered_signed_paper(app, camille, visitor, dossier):
    page = certificate(camille, dossier)
    assert page.h1 == "Attestation de paiement" and number_of(page) == "2026-000001"
    assert "482,10 €" in page.text and "Naël Lambert, 21 septembre 2016" in page.text, "the same words on screen"
    paper = print_it(camille)
    text = text_of_pdf(paper)
    for words in ("Élise Lambert", "9000001", "octobre 2026", "5 novembre 2026", "RSA 482,10 €",
                  "Soit au total 952,74 €",
                  "Source : Démonstration, données fictives, copie du 24 novembre 2026 à 9 h",
                  "France Services du Val recopie", "SPÉCIMEN"):  # fmt: skip
        assert words in text, words
    page = verify(visitor, qr_codes_of_pdf(paper)[0])
    assert "Ce papier est un spécimen" in page.text and "952,74 €" in page.text
    assert "952,74 €" in send(visitor, paper).text
    acts = journal(app)
    assert acts.index(("creation", "attestation", "")) == acts.index(("export", "dossier", "attestation")) + 1


def test_each_month_of_the_24_held_may_be_asked_and_no_other(camille, dossier):
    camille.get(f"{dossier}/attestation")
    (select_,) = [field for field in camille.page.all("select") if field.get("name") == "month"]
    months = [option.get("value") for option in select_.iter() if option.get("value")]
    assert len(months) == 24 and months[0] == "2026-10" and months[-1] == "2024-11"
    certificate(camille, dossier, months[-1])
    assert "novembre 2024" in camille.page.text
    page = certificate(camille, dossier, "2024-10", expect=422)
    assert page.errors() == ["Choisissez dans la liste."]


def test_the_same_form_sent_twice_is_one_paper(app, camille, dossier):
    camille.get(f"{dossier}/attestation")
    form = camille.page.form(having="month")
    for _ in range(2):
        camille.post(form["action"], form["values"])
    assert papers(app) == 1


def test_a_debt_keeps_its_minus_sign_on_paper(app, camille):
    give_profile(app, CAMILLE, "T1")
    certificate(camille, open_dossier(camille, "Modèle", "9000004"))
    assert "Retenue pour une dette –49,00 €" in text_of_pdf(print_it(camille))


@pytest.mark.parametrize("profile", ["T2", "T6", "T18", None])
def test_another_profile_makes_no_payment_certificate_with_a_forged_form(app, camille, dossier, profile):
    camille.get(f"{dossier}/attestation")
    form = camille.page.form(having="month")
    give_profile(app, CAMILLE, profile)
    camille.post(form["action"], form["values"], expect=404)
    assert papers(app) == 0


def test_without_reasons_or_signed_out_nothing_is_made(app, camille, visitor):
    give_profile(app, CAMILLE, "T1")
    word = search(camille, "Lambert", "9000001").url.split("/")[2]
    token = camille.page.form(having="purpose")["values"]["csrf_token"]
    for what in ("attestation/papier", "synthese/papier"):
        response = camille.client.post(f"/dossiers/{word}/{what}", data={"csrf_token": token, "month": "2026-10"})
        assert response.headers["Location"] == f"/dossiers/{word}/raisons"
        assert visitor.client.post(f"/dossiers/{word}/{what}", data={"month": "2026-10"}).status_code in {302, 400, 401}
    assert papers(app) == 0


def test_an_expired_copy_makes_no_paper(app, camille, dossier, clock):
    camille.get(f"{dossier}/attestation")
    form = camille.page.form(having="month")
    with app.extensions["counter"].cache.writing() as cache:
        cache.scalar(select(DossierCopy)).expires_at = clock()
    assert camille.post(form["action"], form["values"]).h1 != "Attestation de paiement"
    assert papers(app) == 0


def test_letters_no_paper_can_print_are_said_before_a_number_is_taken(app, camille, dossier):
    with app.extensions["counter"].cache.writing() as cache:
        copy = cache.scalar(select(DossierCopy))
        copy.content = copy.content | {"responsable": copy.content["responsable"] | {"nom": "王小明"}}
    page = certificate(camille, dossier, expect=422)
    assert "ne savent pas imprimer ces lettres : 小 明 王" in page.text and "Rien n'a été fait" in page.text
    assert papers(app) == 0


def test_a_paper_too_long_for_its_code_square_is_said_before_a_number_is_taken(app, camille, dossier):
    with app.extensions["counter"].cache.writing() as cache:
        copy = cache.scalar(select(DossierCopy))
        lines = [{"droit": f"Prestation {n * 7919 % 9973} {n:x}", "montant": n * 7919} for n in range(400)]
        copy.content = copy.content | {"paiements": [copy.content["paiements"][0] | {"lignes": lines}]}
    page = certificate(camille, dossier, expect=422)
    assert "trop de lignes pour le code carré" in page.text and papers(app) == 0
    with app.extensions["counter"].cache.writing() as cache:
        copy = cache.scalar(select(DossierCopy))
        copy.content = copy.content | {"paiements": [copy.content["paiements"][0] | {"lignes": lines[:3]}]}
    assert number_of(certificate(camille, dossier)) == "2026-000001", "no gap"


def test_a_relayed_paper_is_withdrawn_or_sent_to_another_address_never_corrected(app, camille, visitor, dossier):
    certificate(camille, dossier)
    first = print_it(camille)
    page = camille.get(camille.page.link("Refaire ce papier"))
    assert "ne se corrige pas ici" in page.text
    fields = page.form(having="reason")["names"]
    assert "destinataire" in fields and not fields & {"personne", "total", "prestations"}
    camille.submit({"destinataire": "Élise Lambert\nchez Rose\n3 rue Neuve", "reason": "demande"}, having="reason")
    second = print_it(camille)
    assert "chez Rose" in text_of_pdf(second) and "952,74 €" in text_of_pdf(second)
    assert "a été annulé" in verify(visitor, qr_codes_of_pdf(first)[0]).text
    assert "2026-000002" in verify(visitor, qr_codes_of_pdf(second)[0]).text
    camille.get(camille.page.link("l'annuler"))
    camille.submit({"reason": "faits"}, having="reason")
    assert "a été annulé" in verify(visitor, qr_codes_of_pdf(second)[0]).text


# ── a quotient ──────────────────────────────────────────────────────────────────────────────────


def test_the_quotient_of_a_dossier_becomes_a_paper(app, camille, visitor, dossier):
    camille.get(f"{dossier}/synthese")
    page = camille.submit(having="key")
    assert page.h1 == "Attestation de quotient familial"
    paper = print_it(camille)
    text = text_of_pdf(paper)
    assert "d'après la Caf du Rhône, le quotient familial de novembre 2026 est de 318 €" in text
    assert "318 €" in verify(visitor, qr_codes_of_pdf(paper)[0]).text


def test_a_dossier_without_quotient_offers_none(app, camille):
    give_profile(app, CAMILLE, "T1")
    opened = open_dossier(camille, "Imaginaire", "9000014")
    page = camille.get(f"{opened}/synthese")
    assert "Faire l'attestation" not in page.text
    data = {"csrf_token": page.all("form")[-1].find(".//*[@name='csrf_token']").get("value")}
    assert camille.client.post(f"{opened}/synthese/papier", data=data).status_code == 404


@pytest.fixture
def service():
    with serving() as running:
        yield running


@pytest.fixture
def agent(instance, clock, service):
    """Camille, where API Particulier is configured, at a local server."""
    app = create_app(settings_for(instance, api_particulier_url=service.url, api_particulier_token=TOKEN), clock)
    yield Visitor(app).sign_in("camille", PASSWORD)
    app.extensions["counter"].main.close()
    app.extensions["counter"].cache.close()


def ask(agent):
    agent.get("/quotient")
    return agent.submit(ELISE, having="birth_name")


def test_an_answer_of_api_particulier_becomes_a_paper_with_its_source_and_date(agent):
    ask(agent)
    page = agent.submit(having="key")
    assert page.h1 == "Attestation de quotient familial"
    text = text_of_pdf(print_it(agent))
    said = (
        "de novembre 2026 est de 318 €", "Source : API Particulier, le 24 novembre 2026", "12 RUE DE L'EXEMPLE",
        "ELISE MARIE LAMBERT, 9 mars 1987", "MILA LAMBERT, date non connue",
    )  # fmt: skip
    for words in said:
        assert words in text, words
    acts = journal(agent.app)
    assert acts.index(("export", "quotient", "")) < acts.index(("creation", "attestation", ""))


@pytest.mark.parametrize(
    "lacking", [{"quotient_familial": {"fournisseur": "CNAF", "valeur": None}}, {"allocataires": []}]
)
def test_an_answer_that_lacks_the_quotient_or_the_person_makes_no_paper(agent, service, lacking):
    service.body = {"data": FAMILY | lacking}
    page = ask(agent)
    assert "Faire l'attestation" not in page.text
    data = {"csrf_token": page.all("form")[-1].find(".//*[@name='csrf_token']").get("value")}
    assert agent.client.post(f"{page.url}/attestation", data=data).status_code == 404


def test_the_word_of_an_answer_makes_no_paper_for_someone_else(agent):
    url = ask(agent).url
    other = Visitor(agent.app).sign_in("sacha", PASSWORD)
    other.get("/quotient")
    data = {"csrf_token": other.page.form(having="birth_name")["values"]["csrf_token"]}
    assert other.client.post(f"{url}/attestation", data=data).status_code == 404


def test_a_child_named_by_a_payment_is_found_by_who_looks_for_what_is_kept(app, camille, dossier):
    from counter.rights import Asked
    from counter.store.rights import find

    certificate(camille, dossier)
    with app.extensions["counter"].main.reading() as session:
        (item,) = find(session, Asked("Mila", "Lambert", 2, 2), None)
    assert item.title == "Attestation de paiement n° 2026-000001" and item.told["Total"].startswith("952,74")
