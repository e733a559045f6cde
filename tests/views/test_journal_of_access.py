"""What changes who may do what is in the journal: each act once, by codes, without anyone's name."""

from __future__ import annotations

import re

import pyotp
import pytest
from sqlalchemy import select

from counter.demonstration import PASSWORD
from counter.journal import check_words
from counter.models import Agent, JournalLine
from counter.store import agents
from counter.store.journal import verify
from tests.pages import Visitor

OWN = "Quetzal-4221"
DOMINIQUE, CHARLIE = 3, 6
VAL, CAMILLE = 1, 1


@pytest.fixture
def dominique(app) -> Visitor:
    return Visitor(app).sign_in("dominique", PASSWORD)


@pytest.fixture
def written(database):
    """What was written since it was last asked: (act, who, subject, number, detail)."""
    last = [0]

    def new() -> list[tuple]:
        with database.reading() as session:
            lines = session.scalars(select(JournalLine).where(JournalLine.seq > last[0]).order_by(JournalLine.seq))
            rows = [(n.act, n.agent_id, n.subject, n.subject_id, n.detail) for n in lines]
            last[0] += len(rows)
            assert list(verify(session)) == []
        for _, _, _, number, detail in rows:
            check_words(number, detail)
        return rows

    return new


def test_making_changing_and_closing_an_agent(dominique, written, database):
    dominique.get("/agents/nouveau")
    written()
    typed = {"identifier": "noa", "display_name": "Noa Essai", "role": "agent-accueil", "site": "5"}
    dominique.submit(typed, having="display_name")
    with database.reading() as session:
        number = str(session.scalar(select(Agent.id).where(Agent.identifier == "noa")))
    assert written() == [("creation", DOMINIQUE, "agent", number, "mot-de-passe provisoire")]
    dominique.file(f"/agents/{number}/pli.pdf")
    dominique.client.get(f"/agents/{number}/pli.pdf")  # given already: nothing leaves
    assert written() == [("export", DOMINIQUE, "agent", number, "mot-de-passe provisoire pli")]
    dominique.get(f"/agents/{number}")
    dominique.submit({}, having="display_name")
    assert written() == [], "nothing was changed"
    dominique.get(f"/agents/{number}")
    new = {"display_name": "Noa Autre", "role": "referent", "email": "noa@exemple.fr", "closes_on-jour": "1"}
    dominique.submit(new | {"closes_on-mois": "2", "closes_on-annee": "2027"}, having="display_name")
    assert written() == [("modification", DOMINIQUE, "agent", number, "nom fonction dates adresse")]
    dominique.get(f"/agents/{number}")
    dominique.submit({}, action=f"/agents/{number}/mot-de-passe")
    assert written() == [("modification", DOMINIQUE, "agent", number, "mot-de-passe provisoire")]
    for expected in (("fermeture", ""), ("modification", "rouvert")):
        dominique.get(f"/agents/{number}")
        dominique.submit({}, action=f"/agents/{number}/fermer")
        assert written() == [(expected[0], DOMINIQUE, "agent", number, expected[1])]


def test_a_convention_an_activity_a_group_and_who_is_in_it(dominique, written):
    dominique.get("/habilitations/conventions/nouvelle")
    written()
    dominique.submit({"structure": "Mairie d'Exemple", "siret": "35600000000048", "services": ["cdap"]}, having="siret")
    assert written() == [("creation", DOMINIQUE, "convention", "4", "")]
    dominique.get("/habilitations/conventions/4")
    dominique.submit({}, having="siret")
    assert written() == []
    dominique.get("/habilitations/conventions/4")
    dates = {"ends_on-jour": "1", "ends_on-mois": "2", "ends_on-annee": "2028"}
    dominique.submit(dates | {"services": ["cdap", "afas"], "structure": "Mairie"}, having="siret")
    assert written() == [("modification", DOMINIQUE, "convention", "4", "nom dates contrat services")]
    dominique.get("/habilitations/conventions/4/activite")
    dominique.submit({"name": "Crèche"}, having="name")
    assert written() == [("creation", DOMINIQUE, "activite", "3", "")]

    dominique.get("/habilitations/groupes/nouveau/4")
    group = {"name": "Guichet", "services": ["cdap"], "profile": "T5", "sites": ["5"]}
    dominique.submit(group, having="profile")
    assert written() == [("creation", DOMINIQUE, "groupe", "5", "profil t5")]
    dominique.get("/habilitations/groupes/5/changer")
    dominique.submit({"profile": "T2", "sites": ["5", "6"]}, having="profile")
    assert written() == [("modification", DOMINIQUE, "groupe", "5", "profil t5>t2 lieux")]
    for _ in range(2):  # sent twice, done once
        dominique.get("/habilitations/groupes/5")
        dominique.submit({"agent": "5"}, having="agent")
    ((act, who, subject, number, detail),) = written()
    assert (act, who, subject, detail) == ("creation", DOMINIQUE, "appartenance", "groupe 5 agent 5")
    for _ in range(2):
        dominique.post(f"/habilitations/appartenances/{number}/terminer")
    assert written() == [("fermeture", DOMINIQUE, "appartenance", number, "groupe 5 agent 5")]


def test_a_charge_is_proposed_validated_and_ended(app, dominique, written):
    charlie = Visitor(app).sign_in("charlie", PASSWORD)
    charlie.get("/")
    written()
    for _ in range(2):
        dominique.get("/habilitations/registre/nouveau")
        dominique.submit({"charge": "fdi", "agent": "4", "target": "l5"}, having="charge")
    assert written() == [("creation", DOMINIQUE, "habilitation", "4", "fdi agent 4")]
    dominique.post("/habilitations/registre/4", {"answer": "valider"})
    assert written() == [], "refused to who proposed it"
    for _ in range(2):
        charlie.post("/habilitations/registre/4", {"answer": "valider"})
    assert written() == [("decision", CHARLIE, "habilitation", "4", "validee")]
    for _ in range(2):
        charlie.post("/habilitations/registre/4", {"answer": "terminer"})
    assert written() == [("fermeture", CHARLIE, "habilitation", "4", "")]
    charlie.post("/habilitations/registre/3", {"answer": "refuser"})
    assert written() == [("decision", CHARLIE, "habilitation", "3", "refusee")]
    charlie.file("/habilitations/registre.pdf")
    assert written() == [("export", CHARLIE, "habilitation", "", "")]


def test_what_agents_do_with_their_own_account(app, camille, written, clock):
    other = Visitor(app).sign_in("camille", PASSWORD)
    entered = [line for line in written() if line[0] == "connexion"]
    assert entered == [("connexion", CAMILLE, "session", "", "mot-de-passe")] * 2
    camille.get("/compte")
    for _ in range(2):
        camille.post("/compte/sessions/terminer")
    assert written() == [("fermeture", CAMILLE, "session", "", "sessions 1")]
    assert other.get("/").h1 == "Se connecter"
    camille.get("/compte")
    camille.post("/compte/groupe/1")
    assert written() == [("modification", CAMILLE, "session", "", "groupe 1")]
    camille.get("/compte/mot-de-passe")
    camille.submit({"current": PASSWORD, "chosen": OWN, "again": OWN}, having="chosen")
    assert [line for line in written() if line[0] != "consultation"] == [
        ("modification", CAMILLE, "agent", "1", "mot-de-passe")
    ]
    secret = re.search(r"(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}", camille.get("/compte/deuxieme-etape").text)[0]
    totp = pyotp.TOTP(secret.replace(" ", ""))
    camille.submit({"code": totp.at(clock())}, having="code")
    camille.get("/compte/deuxieme-etape/codes")
    camille.submit({"current": OWN}, having="current")
    clock.advance(minutes=2)
    person = Visitor(app).sign_in("camille", OWN)
    person.submit({"code": "000000"}, having="code", expect=422)
    person.submit({"code": totp.at(clock())}, having="code")
    camille.get("/compte/deuxieme-etape/arreter")
    camille.submit({"current": OWN}, having="current")
    mine = [line for line in written() if line[0] != "consultation"]
    assert mine == [
        ("modification", CAMILLE, "agent", "1", "deuxieme-etape ajoutee"),
        ("modification", CAMILLE, "agent", "1", "codes-de-secours"),
        ("connexion-refusee", None, "agent", "1", "deuxieme-etape"),
        ("connexion", CAMILLE, "session", "", "mot-de-passe et code"),
        ("modification", CAMILLE, "agent", "1", "deuxieme-etape arretee"),
    ]


def test_a_provisional_password_opens_then_is_too_late(app, database, written, clock):
    with database.writing() as session:
        given = agents.give_provisional(session, session.get_one(Agent, CAMILLE), clock())
    Visitor(app).sign_in("camille", given)
    assert written() == [("connexion", CAMILLE, "session", "", "mot-de-passe provisoire")]
    clock.advance(hours=25)
    person = Visitor(app)
    person.get("/connexion")
    person.submit({"identifier": "camille", "password": given}, having="password", expect=422)
    assert written() == [("connexion-refusee", None, "agent", "1", "mot-de-passe provisoire depasse")]
