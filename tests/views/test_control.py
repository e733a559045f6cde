"""The control plan as an administrator sees it, and the accounts it closes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from counter.demonstration import PASSWORD
from counter.journal import Act, Subject
from counter.models import Adhesion, Agent, Convention, Group, JournalLine, Membership, Message
from counter.store import control
from counter.store.agents import put_address, reopen_account
from counter.store.journal import record, verify
from counter.upkeep import thresholds, watch_accounts
from tests.conftest import START
from tests.pages import Visitor
from tests.views.dossiers import REASONS, search

PAGE = "/administration/controle"


@pytest.fixture
def dominique(app) -> Visitor:
    return Visitor(app).sign_in("dominique", PASSWORD)


def number_of(database, identifier: str) -> int:
    with database.reading() as session:
        return session.scalar(select(Agent.id).where(Agent.identifier == identifier))


def signed_in(database, identifier: str, at, address: str = "10.0.0.1") -> None:
    with database.writing() as session:
        agent = session.scalar(select(Agent).where(Agent.identifier == identifier))
        record(session, Act.SIGNED_IN, agent.id, Subject.SESSION, None, address, at)


def is_active(database, identifier: str) -> bool:
    with database.reading() as session:
        return session.scalar(select(Agent.active).where(Agent.identifier == identifier))


def test_nothing_unusual_is_said_and_the_thresholds_are_shown(dominique):
    page = dominique.get(PAGE)
    assert "rien à signaler" in dominique.get("/administration").text
    assert "Rien d'inhabituel" in page.text and "avant 7 h, à partir de 20 h, ou un dimanche" in page.text


def test_a_finding_is_dealt_with_by_a_reason_and_stays_dealt_with(dominique, database):
    signed_in(database, "camille", START - timedelta(hours=3))
    page = dominique.get(PAGE)
    assert "Connexion à une heure inhabituelle" in page.text and "Camille" in page.text and "6 h 00" in page.text
    page = dominique.submit({}, action=PAGE, expect=422)
    assert page.errors() == ["Dites ce qui a été fait."]
    page = dominique.submit({"reason": "explique"}, action=PAGE)
    assert "C'est noté." in page.text and "Rien d'inhabituel" in page.text
    with database.reading() as session:
        line = session.scalars(select(JournalLine).where(JournalLine.act == Act.DECIDED)).one()
        me = session.scalar(select(Agent.id).where(Agent.identifier == "camille"))
        assert line.detail == f"heures {me} 2026-11-24 explique"
        assert list(verify(session)) == []


def test_a_finding_leads_to_its_lines_of_the_journal(dominique, database):
    signed_in(database, "camille", START - timedelta(hours=3))
    dominique.get(PAGE)
    page = dominique.get(dominique.page.link("Voir ces connexions dans le journal"))
    assert page.h1 == "Le journal" and len(page.all("tr")) == 2 and "06:00:00" in page.text


def test_a_finding_decided_twice_at_once_is_in_the_journal_once_as_it_was_decided(dominique, database, monkeypatch):
    signed_in(database, "camille", START - timedelta(hours=3))
    dominique.get(PAGE)
    with database.reading() as session:
        seen = control.open_findings(session, thresholds(dominique.app.extensions["counter"].settings), None, START)
    monkeypatch.setattr("counter.views.control._findings", lambda: seen)  # as both administrators saw it
    for reason in ("explique", "verifie"):
        said = dominique.submit({"reason": reason}, action=PAGE).text
    assert "Ce constat a déjà été traité." in said
    with database.reading() as session:
        (line,) = session.scalars(select(JournalLine).where(JournalLine.act == Act.DECIDED))
        assert line.detail.endswith("explique")


def test_what_is_not_on_the_page_cannot_be_decided(dominique, database):
    dominique.get(PAGE)
    page = dominique.post(PAGE, {"finding": "heures 99 2026-11-24", "reason": "explique"})
    assert "a déjà été traité" in page.text


def test_an_administrator_sees_the_agents_of_the_own_caf(dominique, database):
    signed_in(database, "sacha", START - timedelta(hours=3))
    assert "Rien d'inhabituel" in dominique.get(PAGE).text


def test_an_account_nobody_uses_is_announced_then_closed_and_its_agent_kept_out(app, database, clock):
    Visitor(app).sign_in("camille", PASSWORD)
    clock.advance(days=160)
    chief = Visitor(app).sign_in("dominique", PASSWORD)
    page = chief.get(PAGE)
    assert "Compte sans connexion depuis longtemps" in page.text and "24 mai 2027" in page.text
    clock.advance(days=29)
    chief.sign_in("dominique", PASSWORD)
    assert is_active(database, "camille"), "announced only 29 days ago"
    clock.advance(days=1)
    chief.sign_in("dominique", PASSWORD)
    assert not is_active(database, "camille") and is_active(database, "dominique")
    person = Visitor(app)
    person.get("/connexion")
    person.submit({"identifier": "camille", "password": PASSWORD}, having="password", expect=422)
    with database.reading() as session:
        mine = JournalLine.act == Act.CLOSED, JournalLine.subject_id == str(number_of(database, "camille"))
        assert session.scalars(select(JournalLine.detail).where(*mine)).all() == ["inactivite"]


def test_an_agent_who_signs_in_after_the_announcement_keeps_the_account(app, database, clock):
    Visitor(app).sign_in("camille", PASSWORD)
    clock.advance(days=160)
    Visitor(app).sign_in("camille", PASSWORD)
    clock.advance(days=40)
    Visitor(app).get("/connexion")
    assert is_active(database, "camille")


def test_the_last_administrator_is_never_closed(app, database, clock):
    Visitor(app).sign_in("dominique", PASSWORD)
    with database.writing() as session:
        others = (Agent.role == "administrateur") & (Agent.identifier != "dominique")
        session.execute(update(Agent).where(others).values(active=False))
    on = app.extensions["counter"]
    for _ in range(3):
        clock.advance(days=160)
        watch_accounts(on.main, on.settings, clock())
    assert is_active(database, "dominique")


def test_of_two_administrators_nobody_sees_one_stays(app, database, clock):
    for name in ("dominique", "charlie"):
        Visitor(app).sign_in(name, PASSWORD)
    on = app.extensions["counter"]
    for _ in range(3):
        clock.advance(days=160)
        watch_accounts(on.main, on.settings, clock())
    assert [is_active(database, name) for name in ("dominique", "charlie")].count(True) == 1


def test_an_account_that_is_opened_again_is_not_closed_the_next_day(app, database, clock):
    Visitor(app).sign_in("camille", PASSWORD)
    Visitor(app).sign_in("dominique", PASSWORD)
    on = app.extensions["counter"]
    for _ in range(2):
        clock.advance(days=160)
        watch_accounts(on.main, on.settings, clock())
    assert not is_active(database, "camille")
    with database.writing() as session:
        closed = session.scalar(select(Agent).where(Agent.identifier == "camille"))
        reopen_account(session, closed, clock().date())
    clock.advance(days=1)
    watch_accounts(on.main, on.settings, clock())
    assert is_active(database, "camille")


def test_agents_do_not_see_the_control(app):
    Visitor(app).sign_in("camille", PASSWORD).get(PAGE, expect=403)


# ── papers and rights ───────────────────────────────────────────────────────────────────────────


def test_a_paper_that_ends_or_misses_is_said_with_the_way_to_its_page(dominique, database):
    with database.writing() as session:
        session.get_one(Convention, 1).ends_on = START.date() + timedelta(days=20)
        session.get_one(Convention, 2).siret = ""
        session.delete(session.scalar(select(Adhesion).where(Adhesion.service == "afas")))
    page = dominique.get(PAGE)
    for sentence in (
        "France Services du Val : la convention se termine le 14 décembre 2026.",
        "France Services du Val : le bulletin d'adhésion Afas n'est pas là.",
        "Accueil de la Caf du Rhône : le numéro SIRET n'est pas là.",
    ):
        assert sentence in page.text
    assert page.text.count("Ouvrir la convention") == 3 and "3 constats à regarder" in page.text
    assert "3 constats à regarder" in dominique.get("/administration").text
    page = dominique.get(PAGE)
    assert dominique.get(page.link("Ouvrir la convention")).all("form")
    dominique.get(PAGE)
    assert 'value="papier 1 bulletin-afas manque"' in dominique.page.html
    page = dominique.post(PAGE, {"finding": "papier 1 bulletin-afas manque", "reason": "demande"})
    assert "C'est noté." in page.text and "bulletin d'adhésion Afas" not in page.text
    dominique.post(PAGE, {"finding": "papier 2 siret manque", "reason": "mot-de-passe"}, expect=400)


def test_rights_that_are_to_be_looked_at_are_said(app, dominique, camille, database):
    search(camille, "Lambert", "9000001")
    camille.submit(REASONS | {"purpose": "controle"}, having="purpose")
    with database.writing() as session:
        second = session.scalar(select(Group).where(Group.name == "Suivi de l'activité"))
        second.profile = "T2"
        robin = session.scalar(select(Agent).where(Agent.identifier == "robin"))
        session.add(Membership(group=second, agent=robin, starts_on=START.date()))
    dominique.get("/habilitations/groupes/3/changer")
    dominique.submit({"profile": "T16"}, having="profile")
    text = dominique.get(PAGE).text
    assert "1 dossier ouvert pour « Contrôler un droit au RSA », avec le profil T12 (Aide juridictionnelle)." in text
    assert "Un référent suit l'activité : il n'ouvre pas de dossier." in text
    assert "2 groupes, 2 profils : « Accueil France Services », « Suivi de l'activité »." in text
    assert "Le groupe « Administration des accès » a eu 2 profils : T2, T16." in text
    assert "Ouvrir le groupe" in text


# ── the warning ─────────────────────────────────────────────────────────────────────────────────


def test_the_agent_is_warned_by_mail_once_and_the_mail_says_until_when(on, clock):
    with on.main.writing() as session:
        camille = session.scalar(select(Agent).where(Agent.identifier == "camille"))
        put_address(session, on.keys.vault, camille, "camille@exemple.fr")
        camille.signed_in_at = START
    for days in (160, 1):
        clock.advance(days=days)
        watch_accounts(on.main, on.settings, clock())
    with on.main.reading() as session:
        (message,) = session.scalars(select(Message).where(Message.kind == "fermeture"))
    assert message.address == "camille@exemple.fr"
    assert "n'a pas servi depuis le 24 novembre 2026. Il sera fermé à partir du 2 juin 2027." in message.body
    assert "Connectez-vous une fois avant ce jour" in message.body


def test_nothing_leaves_a_demonstration(app, database, clock):
    on = app.extensions["counter"]
    with database.writing() as session:
        put_address(session, on.keys.vault, session.get_one(Agent, 1), "camille@exemple.fr")
    clock.advance(days=200)
    assert watch_accounts(on.main, on.settings, clock())[0] > 1
    with database.reading() as session:
        assert session.scalar(select(Message.id).where(Message.kind == "fermeture")) is None


def test_an_account_nobody_ever_used_is_said_then_announced_and_closed(app, dominique, database, clock):
    clock.advance(days=30)
    dominique.sign_in("dominique", PASSWORD)
    page = dominique.get(PAGE)
    assert "Compte jamais utilisé" in page.text and "Compte ouvert le 24 novembre 2026." in page.text
    on = app.extensions["counter"]
    for days in (130, 30):
        clock.advance(days=days)
        watch_accounts(on.main, on.settings, clock())
    assert not is_active(database, "robin")
