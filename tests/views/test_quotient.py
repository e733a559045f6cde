"""The quotient familial on the screen, against a real local server with the shapes of API Particulier."""

from __future__ import annotations

import logging
import socket

import pytest
from flask import request, request_started
from sqlalchemy import func, select

from app import create_app
from counter.config import SettingsError
from counter.demonstration import PASSWORD
from counter.models import JournalLine, QuotientCopy, Site
from counter.quotient import Failure
from tests.conftest import settings_for
from tests.pages import Visitor
from tests.particulier import FAMILY, TOKEN, serving

ELISE = {
    "birth_name": "Lambert", "first_names": "Élise Marie", "sex": "F", "born-jour": "9", "born-mois": "3",
    "born-annee": "1987", "place": "france", "commune": "Tarare",
}  # fmt: skip


@pytest.fixture
def service():
    with serving() as running:
        yield running


@pytest.fixture
def branched(instance, clock, service):
    """The application with API Particulier configured, at the local server."""
    app = create_app(
        settings_for(instance, api_particulier_url=service.url, api_particulier_token=TOKEN, api_particulier_seconds=1),
        clock,
    )
    yield app
    app.extensions["counter"].main.close()
    app.extensions["counter"].cache.close()


@pytest.fixture
def agent(branched):
    return Visitor(branched).sign_in("camille", PASSWORD)


def demand(agent: Visitor, expect: int = 200, **values: str):
    agent.get("/quotient")
    return agent.submit(ELISE | values, having="birth_name", expect=expect)


def kept(app) -> int:
    with app.extensions["counter"].cache.reading() as cache:
        return cache.scalar(select(func.count()).select_from(QuotientCopy))


# ── asking ──────────────────────────────────────────────────────────────────────────────────────


def test_what_is_asked_is_what_the_service_wants(agent, service):
    demand(agent, month="2025-02")
    (asked,) = service.asked
    assert asked == {
        "path": ["/v3/dss/quotient_familial/identite"], "recipient": ["99900000300015"], "nomNaissance": ["Lambert"],
        "prenoms[]": ["Élise", "Marie"], "sexeEtatCivil": ["F"], "anneeDateNaissance": ["1987"],
        "moisDateNaissance": ["3"], "jourDateNaissance": ["9"], "codeCogInseePaysNaissance": ["99100"],
        "codeCogInseeCommuneNaissance": ["69243"], "annee": ["2025"], "mois": ["2"],
    }  # fmt: skip
    assert service.headers[0]["Authorization"] == f"Bearer {TOKEN}"


def test_the_siret_of_the_site_goes_before_that_of_the_convention(branched, agent, service):
    with branched.extensions["counter"].main.writing() as session:
        site = session.scalar(select(Site).where(Site.short_name == "L'Arbresle"))
        site.siret = "99900003700013"
    demand(agent)
    assert service.asked[0]["recipient"] == ["99900003700013"]


def test_an_administrator_writes_the_siret_of_a_site_and_a_wrong_one_is_said(branched, service):
    dominique = Visitor(branched).sign_in("dominique", PASSWORD)
    dominique.get("/administration/lieux/4")
    page = dominique.submit({"siret": "99900003700014"}, having="street", expect=422)
    assert page.errors() == ["Ce numéro SIRET ne va pas : un chiffre est faux, ou deux chiffres sont inversés."]
    dominique.submit({"siret": "999 000 037 00013"}, having="street")
    demand(dominique)
    assert service.asked[0]["recipient"] == ["99900003700013"]


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        (("", "", ""), (None, None, None)),
        (("", "", "1987"), ("1987", None, None)),
        (("", "3", "1987"), ("1987", "3", None)),
        (("00", "00", "1987"), ("1987", None, None)),
    ],
)
def test_a_birth_date_may_be_partial(agent, service, typed, sent):
    demand(agent, **dict(zip(("born-jour", "born-mois", "born-annee"), typed, strict=True)))
    (asked,) = service.asked
    names = ("anneeDateNaissance", "moisDateNaissance", "jourDateNaissance")
    assert tuple(asked.get(name, [None])[0] for name in names) == sent


def test_someone_born_abroad_has_a_country_and_no_commune(agent, service):
    demand(agent, place="etranger", commune="", country="99352 Algérie")
    (asked,) = service.asked
    assert asked["codeCogInseePaysNaissance"] == ["99352"] and not [name for name in asked if "Commune" in name]


def test_several_communes_of_one_name_are_shown_to_choose_from(agent, service):
    page = demand(agent, expect=422, commune="saint denis")
    assert page.errors() == ["4 communes ont ce nom. Choisissez la bonne."] and not service.asked
    assert "SAINT-DENIS (974)" in page.text
    agent.submit({"commune_code": "97411"}, having="birth_name")
    assert service.asked[0]["codeCogInseeCommuneNaissance"] == ["97411"]
    assert service.asked[0]["prenoms[]"] == ["Élise", "Marie"], "nothing typed was lost"


def test_the_departement_tells_which_one(agent, service):
    demand(agent, commune="Saint-Denis", department="974")
    assert service.asked[0]["codeCogInseeCommuneNaissance"] == ["97411"]


def test_a_commune_that_is_not_in_the_list_is_sent_by_its_name(agent, service):
    page = demand(agent, expect=422, commune="Villeneuve-Inventée")
    assert page.errors() == [
        "Cette commune n'est pas dans la liste. Vérifiez son nom, ou écrivez aussi le numéro du département."
    ]
    agent.submit({"department": "69"}, having="birth_name")
    (asked,) = service.asked
    assert asked["nomCommuneNaissance"] == ["Villeneuve-Inventée"]
    assert asked["codeCogInseeDepartementNaissance"] == ["69"] and "codeCogInseeCommuneNaissance" not in asked


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"birth_name": ""}, "Écrivez le nom de naissance."),
        ({"first_names": "A B C D"}, "4 prénoms, c'est trop : écrivez les 3 premiers."),
        ({"sex": "X"}, "Choisissez une des réponses proposées."),
        ({"born-jour": "30", "born-mois": "2"}, "Cette date n'existe pas. Vérifiez le jour et le mois."),
        ({"born-mois": ""}, "Écrivez aussi le mois. S'il n'est pas connu, laissez le jour vide."),
        ({"born-annee": ""}, "Écrivez aussi l'année. Si elle n'est pas connue, laissez les trois cases vides."),
        ({"born-annee": "2027"}, "L'année va de 1900 à 2026."),
        ({"born-annee": "2026", "born-mois": "12"}, "Cette date n'est pas encore passée."),
        ({"born-jour": "neuf"}, "Écrivez la date en chiffres, par exemple 7, 3 et 1985."),
        ({"commune": ""}, "Écrivez la commune de naissance."),
        ({"department": "120"}, "Écrivez le numéro d'un département, par exemple 69, 2A ou 974."),
        ({"place": "etranger"}, "Choisissez le pays de naissance."),
        ({"place": "etranger", "country": "99999 Nulle part"}, "Choisissez dans la liste."),
        ({"month": "2024-10"}, "Choisissez dans la liste."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_asked(agent, service, wrong, told):
    assert told in demand(agent, expect=422, **wrong).errors()
    assert service.asked == []


def test_24_months_back_may_be_asked_and_no_more(agent):
    agent.get("/quotient")
    months = [o.get("value") for s in agent.page.all("select") if s.get("name") == "month" for o in s]
    assert months[0] == "2026-11" and months[-1] == "2024-11" and len(months) == 25


# ── what came back ──────────────────────────────────────────────────────────────────────────────


def test_the_answer_is_shown_with_its_source_its_age_and_its_expiry(agent, clock):
    page = demand(agent)
    clock.advance(minutes=5)
    page = agent.get(page.url)
    assert "318 €" in page.text and "Quotient familial de novembre 2026, donné par la Caf." in page.text
    assert "Calculé en octobre 2026." in page.text
    assert "Copie, il y a 5 minutes. Source : API Particulier, la Caf, mardi 24 novembre à 9 h." in page.text
    assert "Sera effacée mardi 1er décembre à 9 h." in page.text
    assert "12 RUE DE L'EXEMPLE" in page.text and "celles du jour de la réponse" in page.text


def test_birth_dates_that_are_null_empty_or_zero_are_shown_as_they_are_known(agent):
    text = demand(agent).text
    for name, born in (
        ("ELISE MARIE LAMBERT", "9 mars 1987"), ("SAM MODELE nom d'usage : LAMBERT", "1985"),
        ("NAEL LAMBERT", "date non connue"), ("MILA LAMBERT", "date non connue"), ("ZOE LAMBERT", "juillet 2019"),
    ):  # fmt: skip
        assert f"{name}Naissance : {born}" in text


def test_another_name_than_the_one_asked_is_shown_and_said(agent, service):
    assert "n'est pas celui que vous avez écrit" not in demand(agent).text
    assert "n'est pas celui que vous avez écrit" in demand(agent, birth_name="Dupont").text


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"allocataires": None, "enfants": None, "adresse": None, "quotient_familial": None},
        {"allocataires": [None, {}, {"prenoms": None}], "enfants": "?", "adresse": [], "quotient_familial": []},
        FAMILY | {"quotient_familial": {"fournisseur": None, "valeur": None, "annee": "x", "mois": 13}},
    ],
)
def test_an_odd_answer_is_never_refused_as_a_whole(agent, service, data):
    service.body = {"data": data}
    page = demand(agent)
    assert page.h1 == "Quotient familial" and "Pas de quotient" in page.text


def test_a_quotient_of_zero_and_the_msa_are_told(agent, service):
    service.body = {
        "data": FAMILY | {"quotient_familial": {"fournisseur": "MSA", "valeur": 0, "annee": 2026, "mois": 1}}
    }
    assert "0 €" in demand(agent).text and "donné par la MSA" in agent.page.text


# ── what goes wrong ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        (400, Failure.BAD_REQUEST), (401, Failure.REFUSED_HERE), (403, Failure.NOT_ALLOWED),
        (404, Failure.UNKNOWN_PERSON), (409, Failure.CONFLICT), (422, Failure.BAD_REQUEST), (429, Failure.TOO_MANY),
        (500, Failure.PROVIDER_DOWN), (502, Failure.PROVIDER_DOWN), (504, Failure.PROVIDER_SLOW),
        (418, Failure.UNREADABLE),
    ],
)  # fmt: skip
def test_every_error_has_its_sentence_and_its_next_step(agent, service, status, failure):
    service.refuse(status)
    page = demand(agent, expect=422 if failure in {Failure.UNKNOWN_PERSON, Failure.BAD_REQUEST} else 503)
    assert failure.told in page.text and failure.next_step in page.text
    assert "Détail du service" not in page.text
    assert page.form(having="birth_name")["values"]["birth_name"] == ["Lambert"], "what was typed is still there"


def test_no_two_failures_say_the_same():
    assert len({failure.told for failure in Failure}) == len(Failure)


@pytest.mark.parametrize(
    ("code", "provider", "told"),
    [
        ("37003", None, "Le fichier d'identité commun à la Caf et à la MSA ne trouve pas cette personne."),
        ("23003", "CNAF", "La Caf ne trouve pas cette personne."),
        ("35003", "MSA", "La MSA ne trouve pas cette personne."),
        ("10003", None, "Ni la Caf ni la MSA ne trouvent cette personne."),
    ],
)
def test_who_does_not_know_the_person_is_told(agent, service, code, provider, told):
    service.refuse(404, code, provider)
    assert told in demand(agent, expect=422).text


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"data": 3}', b"[" * 100_000])
def test_an_answer_that_cannot_be_read_is_said(agent, service, body):
    service.body = body
    assert Failure.UNREADABLE.told in demand(agent, expect=503).text


def test_a_refusal_without_json_is_said_all_the_same(agent, service):
    service.status, service.body = 502, b"<html>Bad gateway</html>"
    assert Failure.PROVIDER_DOWN.told in demand(agent, expect=503).text


def test_an_identity_is_not_sent_on_to_another_address(agent, service):
    with serving() as other:
        service.status, service.location = 302, f"{other.url}/ailleurs"
        assert Failure.UNREADABLE.told in demand(agent, expect=503).text
        assert other.asked == []


def test_a_slow_server_is_not_waited_for(agent, service):
    """It sends a byte each tenth of a second: no time-out of a socket would ever stop it."""
    service.slow = True
    assert Failure.SLOW.told in demand(agent, expect=503).text


def closed_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}"


def test_without_a_line_the_copy_that_is_still_good_is_shown_with_its_age(agent, service, clock):
    demand(agent)
    for broken in ("slow", "status"):
        clock.advance(minutes=20)
        setattr(service, broken, True if broken == "slow" else 504)
        page = demand(agent)
        assert "318 €" in page.text and "Voici la dernière réponse gardée" in page.text
        service.slow = False
    assert "Copie, il y a 40 minutes." in page.text
    assert Failure.PROVIDER_SLOW.told in page.text
    assert Failure.PROVIDER_SLOW.told in demand(agent, expect=503, month="2026-10").text, "another month is not kept"


def test_a_refusal_that_will_not_pass_never_shows_the_copy(agent, service):
    demand(agent)
    for status in (401, 403):
        service.refuse(status)
        assert "318" not in demand(agent, expect=503).text


def test_without_a_line_nor_a_good_copy_it_is_said(instance, clock, service):
    settings = {"api_particulier_token": TOKEN, "api_particulier_seconds": 1, "quotient_days": 1}
    app = create_app(settings_for(instance, api_particulier_url=service.url, **settings), clock)
    demand(Visitor(app).sign_in("camille", PASSWORD))
    assert kept(app) == 1
    app = create_app(settings_for(instance, api_particulier_url=closed_port(), **settings), clock)
    assert "318 €" in demand(Visitor(app).sign_in("camille", PASSWORD)).text
    clock.advance(hours=25)
    page = demand(Visitor(app).sign_in("camille", PASSWORD), expect=503)
    assert Failure.NO_LINE.told in page.text and "318" not in page.text
    assert kept(app) == 0, "and the expired copy is erased"


def test_an_answer_that_expired_is_no_longer_shown(instance, clock, service):
    app = create_app(
        settings_for(
            instance, api_particulier_url=service.url, api_particulier_token=TOKEN, quotient_days=1,
            session_hours=48, idle_minutes=3000,
        ),
        clock,
    )  # fmt: skip
    agent = Visitor(app).sign_in("camille", PASSWORD)
    url = demand(agent).url
    clock.advance(hours=25)
    assert agent.get(url).h1 == "Cette réponse est effacée" and "318" not in agent.page.text


# ── not configured, state, secrecy ──────────────────────────────────────────────────────────────


def test_a_demonstration_says_plainly_that_it_is_not_configured(camille):
    page = camille.get("/quotient")
    assert "Pas branché sur ce poste" in page.text and "c'est une démonstration" in page.text
    page = camille.submit(ELISE, having="birth_name", expect=503)
    assert Failure.NOT_CONFIGURED.told in page.text and "Mon Compte" in page.text
    assert "Quotient familial (API Particulier)pas branché sur ce poste" in camille.get("/etat").text


def test_without_a_siret_it_is_said_and_nothing_leaves(branched, agent, service):
    from counter.models import Convention

    with branched.extensions["counter"].main.writing() as session:
        for convention in session.scalars(select(Convention)):
            convention.siret = ""
    assert Failure.NO_RECIPIENT.told in demand(agent, expect=503).text
    assert service.asked == []


def test_the_state_of_the_post_tells_how_the_last_call_went(agent, service, clock):
    assert "branché, pas encore appelé" in agent.get("/etat").text
    demand(agent)
    assert "a répondu à 9 h" in agent.get("/etat").text
    service.refuse(404, "37003")
    demand(agent, expect=422)
    assert "a répondu à 9 h" in agent.get("/etat").text, "not knowing a person is an answer"
    service.refuse(401)
    demand(agent, expect=503)
    text = agent.get("/etat").text
    assert Failure.REFUSED_HERE.told in text and Failure.REFUSED_HERE.next_step in text


def test_nothing_of_the_person_is_in_an_address_a_log_a_file_or_the_journal(branched, agent, instance, caplog):
    caplog.set_level(logging.DEBUG)
    addresses = []
    with request_started.connected_to(lambda *_, **__: addresses.append(request.full_path), branched):
        agent.get(demand(agent).url)
    on = branched.extensions["counter"]
    with on.main.reading() as session:
        lines = list(session.scalars(select(JournalLine).where(JournalLine.subject == "quotient")))
        told = " ".join(f"{line.subject_id} {line.detail}" for line in lines)
    assert [line.act for line in lines] == ["creation", "consultation", "consultation"]
    assert {line.agent_id for line in lines} == {1}
    on.main.close()
    on.cache.close()
    content = b" ".join(path.read_bytes() for path in instance.glob("*.sqlite*"))
    for planted in ("Lambert", "LAMBERT", "Tarare", "69243", "1987-03-09", TOKEN):
        assert planted not in caplog.text and planted not in told and not [a for a in addresses if planted in a]
        if planted not in ("Tarare", "69243"):  # a site of the demonstration is there
            assert planted.encode() not in content, planted


def test_the_word_of_an_address_means_nothing_to_someone_else(branched, agent):
    url = demand(agent).url
    Visitor(branched).sign_in("robin", PASSWORD).get(url, expect=404)


@pytest.mark.parametrize("url", ["http://api.exemple.fr", "api.exemple.fr", "https://a.fr/?x=1", "ftp://a.fr"])
def test_a_token_never_travels_unprotected(instance, url):
    with pytest.raises(SettingsError, match="api_particulier_url"):
        settings_for(instance, api_particulier_url=url, api_particulier_token=TOKEN)


def test_an_address_without_a_token_is_refused_at_start(instance):
    with pytest.raises(SettingsError, match="api_particulier_token"):
        settings_for(instance, api_particulier_url="https://api.exemple.fr")
