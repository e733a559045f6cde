"""Access as administrators give it: convention, group, agent, membership; the register; and who may not."""

from __future__ import annotations

import pytest
from sqlalchemy import event, select

from counter.demonstration import PASSWORD
from counter.models import Agent, Group, Habilitation, Membership
from tests.groups import put_in_group
from tests.pages import Visitor, text_of
from tests.papers import text_of_pdf

OWN = "Quetzal-4221"
HOME = "Bonjour, que veut faire la personne ?"


@pytest.fixture
def dominique(app) -> Visitor:
    return Visitor(app).sign_in("dominique", PASSWORD)


@pytest.fixture
def charlie(app) -> Visitor:
    return Visitor(app).sign_in("charlie", PASSWORD)


@pytest.fixture
def robin(app) -> Visitor:
    """Responsable des habilitations of the group « Accueil France Services »."""
    return Visitor(app).sign_in("robin", PASSWORD)


def one(database, query):
    with database.reading() as session:
        return session.scalars(query).first()


def group_id(database, name: str) -> int:
    return one(database, select(Group.id).where(Group.name == name))


def agent_id(database, identifier: str) -> int:
    return one(database, select(Agent.id).where(Agent.identifier == identifier))


def add_agent(administrator: Visitor, identifier: str = "noa", **values) -> str:
    """The provisional password that is shown."""
    administrator.get("/agents/nouveau")
    page = administrator.submit(
        {"identifier": identifier, "display_name": "Noa Essai", "role": "agent-accueil", "site": "5"} | values,
        having="display_name",
    )
    assert page.h1 == "Mot de passe provisoire"
    return page.text.split("Mot de passe provisoire : ")[1].split()[0]


# ── from the convention to a working agent ──────────────────────────────────────────────────────


def test_an_agent_works_once_convention_group_and_membership_are_there(dominique, app, database):
    dominique.get("/habilitations")
    assert dominique.get(dominique.page.link("Ajouter un groupe")).h1 == "Conventions"
    dominique.get("/habilitations/conventions/nouvelle")
    page = dominique.submit(
        {"structure": "Mairie d'Exemple", "siret": "356 000 000 00048", "services": ["cdap"]}, having="siret"
    )
    assert "Mairie d'Exemple" in page.text and "SIRET 35600000000048" in page.text
    dominique.get(page.links()["Ajouter un groupe"])
    dominique.get("/habilitations/groupes/nouveau/4")
    page = dominique.submit(
        {"name": "Guichet", "services": ["cdap"], "profile": "T5", "sites": ["5"]}, having="profile"
    )
    assert page.h1 == "Guichet" and "profil T5" in page.text and "Personne pour l'instant" in page.text

    password = add_agent(dominique)
    noa = Visitor(app).sign_in("noa", password)
    assert noa.page.h1 == "Choisir mon mot de passe"
    assert noa.get("/agenda").h1 == "Choisir mon mot de passe", "a provisional password leads nowhere else"
    noa.submit({"current": password, "chosen": OWN, "again": OWN}, having="chosen")
    assert noa.page.h1 == "Bonjour" and "vous n'êtes dans aucun groupe ouvert" in noa.page.text
    noa.get("/agenda", expect=403)

    dominique.get(f"/habilitations/groupes/{group_id(database, 'Guichet')}")
    page = dominique.submit({"agent": str(agent_id(database, "noa"))}, having="agent")
    assert "Noa Essai est dans le groupe" in page.text
    assert noa.get("/").h1 == HOME, "at once, without signing in again"
    page = noa.get("/compte")
    assert "Guichet" in page.text and "T5" in page.text and "L'Arbresle" in page.text


def test_who_is_taken_out_of_the_group_is_out_at_the_next_click(dominique, camille, database):
    row = one(database, select(Membership.id).where(Membership.agent_id == agent_id(database, "camille")))
    assert camille.get("/agenda").status == 200
    dominique.get(f"/habilitations/groupes/{group_id(database, 'Accueil France Services')}")
    page = dominique.submit({}, action=f"/habilitations/appartenances/{row}/terminer")
    assert "n'a plus les droits" in page.text and "terminé" in page.text
    camille.get("/agenda", expect=403)
    assert "vous n'êtes dans aucun groupe ouvert" in camille.get("/").text


def test_two_profiles_for_one_agent_are_refused_with_what_to_do(dominique, database):
    dominique.get(f"/habilitations/groupes/{group_id(database, 'Administration des accès')}")
    page = dominique.submit({"agent": str(agent_id(database, "camille"))}, having="agent", expect=422)
    (error,) = page.errors()
    assert "a déjà le profil T12" in error and "terminez d'abord cette appartenance" in error


def test_an_agent_of_two_groups_works_for_one_of_them_and_can_change(camille, database):
    with database.writing() as session:
        second = put_in_group(session, session.get_one(Agent, agent_id(database, "camille")), None, name="Renfort").id
    page = camille.get("/compte")
    assert "Accueil France Services" in page.text and "Travailler pour « Renfort »" in page.text
    page = camille.submit({}, action=f"/compte/groupe/{second}")
    assert "Vous travaillez maintenant pour le groupe « Renfort »" in page.text and "aucun" in page.text
    camille.post("/compte/groupe/4", expect=404)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"siret": "99900000300016"}, "Ce numéro SIRET ne va pas : un chiffre est faux"),
        ({"siret": "123"}, "Un numéro SIRET a 14 chiffres."),
        ({"siret": ""}, "Écrivez le numéro SIRET de la structure."),
        ({"siret": "99900001100018"}, "Ce numéro SIRET est déjà celui de « Accueil de la Caf du Rhône »."),
        ({"structure": ""}, "Écrivez le nom de la structure."),
        ({"ends_on-jour": "1", "ends_on-mois": "1", "ends_on-annee": "2020"}, "doit venir après le premier"),
        ({"ends_on-jour": "31", "ends_on-mois": "2", "ends_on-annee": "2027"}, "Cette date n'existe pas."),
        ({"caf": "2"}, "Choisissez dans la liste."),
    ],
)
def test_what_is_wrong_in_a_convention_is_said(dominique, values, sentence):
    dominique.get("/habilitations/conventions/1")
    page = dominique.submit(values, having="siret", expect=422)
    assert len(page.errors()) == 1 and sentence in page.errors()[0]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"name": ""}, "Écrivez le nom du groupe."),
        ({"services": []}, "Un profil Cdap demande le service Cdap"),
        ({"sites": []}, "Cochez au moins un lieu."),
        ({"profile": "T3"}, "Choisissez dans la liste."),
        ({"sites": ["7"]}, "Choisissez parmi les réponses proposées."),
    ],
)
def test_what_is_wrong_in_a_group_is_said(dominique, database, values, sentence):
    dominique.get(f"/habilitations/groupes/{group_id(database, 'Accueil France Services')}/changer")
    page = dominique.submit(values, having="profile", expect=422)
    assert len(page.errors()) == 1 and sentence in page.errors()[0]


def test_a_membership_form_taken_back_takes_the_profile_of_its_groups(dominique, camille):
    dominique.get("/habilitations/conventions/1")
    dominique.submit({"services": ["afas"]}, having="siret")
    assert "Profil Cdapaucun" in camille.get("/compte").text
    assert camille.get("/").h1 == HOME


# ── who ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_responsable_only_adds_existing_agents_to_their_own_group(robin, dominique, database):
    add_agent(dominique)
    mine = group_id(database, "Accueil France Services")
    page = robin.get("/habilitations")
    assert "Accueil France Services" in page.text and "Suivi de l'activité" not in page.text
    page = robin.get(f"/habilitations/groupes/{mine}")
    assert "Retirer" not in page.text and "Changer le groupe" not in page.text
    page = robin.submit({"agent": str(agent_id(database, "noa"))}, having="agent")
    assert "Noa Essai est dans le groupe" in page.text
    robin.get(f"/habilitations/groupes/{group_id(database, 'Suivi de l’activité') or 2}", expect=404)
    for path in ("/agents", "/agents/1", "/agents/nouveau", "/habilitations/conventions", "/habilitations/registre",
                 f"/habilitations/groupes/{mine}/changer"):  # fmt: skip
        robin.get(path, expect=403)
    row = one(database, select(Membership.id).where(Membership.agent_id == agent_id(database, "camille")))
    robin.get("/habilitations")
    robin.get(f"/habilitations/groupes/{mine}")
    robin.post(f"/habilitations/appartenances/{row}/terminer", expect=403)


def test_an_administrator_sees_and_touches_their_own_caf_only(dominique, database):
    other = group_id(database, "Travailleurs sociaux")
    sacha = agent_id(database, "sacha")
    assert "Travailleurs sociaux" not in dominique.get("/habilitations").text
    assert "Sacha" not in dominique.get("/agents").text
    for path in (f"/habilitations/groupes/{other}", f"/habilitations/groupes/{other}/changer", f"/agents/{sacha}",
                 "/habilitations/conventions/3", "/habilitations/groupes/nouveau/3"):  # fmt: skip
        dominique.get(path, expect=404)
    dominique.get("/agents")
    dominique.get("/agents/1")
    for path in (f"/agents/{sacha}/fermer", f"/agents/{sacha}/mot-de-passe"):
        dominique.post(path, expect=404)


def test_an_administrator_without_group_administers_and_serves_nobody(dominique, charlie, database):
    row = one(database, select(Membership.id).where(Membership.agent_id == agent_id(database, "charlie")))
    dominique.get(f"/habilitations/groupes/{group_id(database, 'Administration des accès')}")
    dominique.submit({}, action=f"/habilitations/appartenances/{row}/terminer")
    assert charlie.get("/").h1 == "Bonjour" and "Vous administrez ce poste" in charlie.page.text
    assert charlie.get("/habilitations").status == 200
    charlie.get("/attestations", expect=403)


# ── agents ──────────────────────────────────────────────────────────────────────────────────────


def test_the_list_of_agents_asks_for_the_groups_of_all_at_once(app, dominique, database):
    def asked() -> int:
        """How many questions the page puts to the main database."""
        seen, engine = [], app.extensions["counter"].main.engine
        event.listen(engine, "before_cursor_execute", keep := lambda *call: seen.append(call[2]))
        dominique.get("/agents")
        event.remove(engine, "before_cursor_execute", keep)
        return len(seen)

    dominique.get("/agents")
    before = asked()
    for number in range(6):
        add_agent(dominique, f"noa{number}")
    with database.writing() as session:
        for number in range(6):
            its = session.get_one(Agent, agent_id(database, f"noa{number}"))
            for name in ("Zone", "Accueil"):
                put_in_group(session, its, name=f"{name} {number}")
    assert asked() == before
    lines = [text_of(line) for line in dominique.page.all("li") if "Noa Essai" in text_of(line)]
    assert [line.split("L'Arbresle. ")[1] for line in lines] == [f"Accueil {n}, Zone {n}." for n in range(6)]


def test_a_third_administrator_is_refused_with_the_reason(dominique):
    dominique.get("/agents/1")
    page = dominique.submit({"role": "administrateur", "site": "4"}, having="display_name", expect=422)
    assert "Il y a déjà deux administrateurs" in page.errors()[0]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"identifier": "Camille"}, "Cet identifiant est déjà pris."),
        ({"identifier": ""}, "Écrivez l'identifiant."),
        ({"display_name": "N04"}, "Un nom ne contient que des lettres"),
        ({"role": "borne"}, "Choisissez une des réponses proposées."),
        ({"site": "7"}, "Choisissez dans la liste."),
        ({"email": "noa"}, "Cette adresse e-mail ne va pas."),
    ],
)
def test_what_is_wrong_in_an_agent_is_said(dominique, values, sentence):
    dominique.get("/agents/nouveau")
    known = {"identifier": "noa", "display_name": "Noa Essai", "role": "agent-accueil", "site": "5"}
    page = dominique.submit(known | values, having="display_name", expect=422)
    assert len(page.errors()) == 1 and sentence in page.errors()[0]


def test_an_account_opens_and_closes_on_its_days(dominique, app, clock, database):
    number = agent_id(database, "camille")
    dominique.get(f"/agents/{number}")
    dominique.submit({"closes_on-jour": "25", "closes_on-mois": "11", "closes_on-annee": "2026"}, having="display_name")
    clock.advance(hours=24)
    assert Visitor(app).sign_in("camille", PASSWORD).page.h1.startswith("Bonjour"), "the last day still counts"
    clock.advance(hours=24)
    late = Visitor(app)
    late.get("/connexion")
    page = late.submit({"identifier": "camille", "password": PASSWORD}, having="password", expect=422)
    assert page.errors() == ["L'identifiant ou le mot de passe ne va pas. Vérifiez les deux, et la touche majuscule."]


def test_a_closed_account_is_out_at_once_and_can_be_opened_again(dominique, camille, app, database):
    number = agent_id(database, "camille")
    dominique.get(f"/agents/{number}")
    assert "Le compte est fermé" in dominique.submit({}, action=f"/agents/{number}/fermer").text
    assert camille.get("/").h1 == "Se connecter"
    assert "Le compte est rouvert" in dominique.submit({}, action=f"/agents/{number}/fermer").text
    assert Visitor(app).sign_in("camille", PASSWORD).page.h1.startswith("Bonjour")


def test_nobody_closes_their_own_account(dominique, database):
    number = agent_id(database, "dominique")
    dominique.get(f"/agents/{number}")
    assert "votre propre compte" in dominique.post(f"/agents/{number}/fermer").text


def test_an_administrator_does_not_stop_being_one_by_mistake(dominique, charlie, database):
    number = agent_id(database, "dominique")
    dominique.get(f"/agents/{number}")
    page = dominique.submit({"role": "agent-accueil"}, having="display_name", expect=422)
    assert "votre propre fonction" in page.errors()[0]
    charlie.get(f"/agents/{number}")
    charlie.submit({"role": "agent-accueil"}, having="display_name")
    dominique.get("/administration", expect=403)


def test_the_slip_says_the_password_once_and_is_printed_once(dominique, database):
    password = add_agent(dominique)
    number = agent_id(database, "noa")
    text = text_of_pdf(dominique.file(f"/agents/{number}/pli.pdf"))
    assert password in text and "noa" in text and "mercredi 25 novembre" in text
    page = dominique.get(f"/agents/{number}/pli.pdf")
    assert "Ce mot de passe a déjà été remis" in page.text and password not in page.html


# ── register ────────────────────────────────────────────────────────────────────────────────────


def test_a_charge_waits_for_a_second_administrator(dominique, charlie, database):
    dominique.get("/habilitations/registre/nouveau")
    number = str(agent_id(database, "camille"))
    page = dominique.submit({"charge": "fdi", "agent": number, "target": "l5"}, having="charge")
    asked = one(database, select(Habilitation).where(Habilitation.charge == "fdi"))
    assert "Il comptera quand une autre personne l'aura validé" in page.text
    action = f"/habilitations/registre/{asked.id}"
    assert "Une autre personne doit valider" in page.text
    assert "une autre personne doit le valider" in dominique.post(action, {"answer": "valider"}).text
    assert one(database, select(Habilitation).where(Habilitation.id == asked.id)).validated_at is None
    charlie.get("/habilitations/registre")
    page = charlie.submit({"answer": "valider"}, action=action)
    assert "Le rôle est validé" in page.text and "validé par Charlie Spécimen" in page.text
    page = charlie.post(action, {"answer": "terminer"})
    assert "Historique" in page.text and "Terminé" in page.text


def test_a_full_charge_is_refused_with_the_limit(dominique, database):
    dominique.get("/habilitations/registre/nouveau")
    values = {"charge": "approbateur", "agent": str(agent_id(database, "camille")), "target": "a1"}
    page = dominique.submit(values, having="charge", expect=422)
    assert "Approbateur : une personne au plus à la fois." in page.errors()[0]


def test_the_register_is_printed_with_who_said_yes(dominique):
    text = text_of_pdf(dominique.file("/habilitations/registre.pdf"))
    assert "Registre des habilitations" in text and "État au 24 novembre 2026" in text
    assert "Alex Fictif" in text and "validé par Charlie Spécimen" in text
    assert "Rien n'attend" not in text and "Aucun rôle terminé ou refusé." in text
