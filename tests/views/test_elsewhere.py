"""What belongs to another Caf, or to another site, is refused by its number, on every route that takes one."""

from __future__ import annotations

import re
import uuid

import pytest
from sqlalchemy import func, select

from counter.access import Permission
from counter.demonstration import PASSWORD
from counter.diagnosis import Outcome, SocialRoute
from counter.habilitations import Charge
from counter.models import (
    Agent,
    Appointment,
    Attestation,
    Base,
    Closure,
    Diagnosis,
    Enrolment,
    Group,
    Habilitation,
    Kiosk,
    KioskCall,
    Membership,
    Motif,
    Opening,
    Site,
    Ticket,
    Visit,
    Workshop,
)
from counter.security import permission_of
from tests.conftest import START
from tests.pages import Visitor
from tests.views.dossiers import open_dossier

WHOSE = "Elsenheim"  # a name that is nobody else's
TODAY = START.date()
# Routes whose number or word is of no Caf: sheets and exercises, and the errors reported in the sheets all share.
OF_NO_CAF = {
    "static", "demarches.add_to_booklet", "demarches.booklet", "demarches.finish", "demarches.finished",
    "demarches.sheet", "demarches.step", "guiding.hold", "guiding.report", "guiding.tick", "practice.begin",
    "practice.click", "practice.finished", "practice.leave", "practice.record", "practice.screen", "practice.start",
    "sheets.settle", "sheets.use", "take_away.sheet", "working.checklist",
}  # fmt: skip
JOURNALLED = {"journal", "journal_head"}


def of_site(session, site: Site) -> dict[str, int]:
    """One of each thing there is at a site and in its Caf: argument of a route -> its number."""
    last = (
        select(Appointment)
        .where(Appointment.site_id == site.id)
        .order_by(Appointment.day.desc(), Appointment.minute.desc())
    )
    booked = session.scalars(last).first()  # one to come: it has an attestation
    booked.person = booked.person | {"last_name": WHOSE}
    agent = session.scalars(select(Agent).where(Agent.site_id == site.id)).first()
    membership = session.scalars(select(Membership).where(Membership.agent_id == agent.id)).first()
    visit = Visit(agent_id=agent.id, site_id=site.id, started_at=START, ended_at=START)
    session.add(visit)
    session.flush()
    made = {
        "closure_id": Closure(site_id=site.id, first=TODAY, last=TODAY),
        "charge_id": Habilitation(
            charge=Charge.FDA, agent_id=agent.id, site_id=site.id, starts_on=TODAY, proposed_by_id=agent.id,
            proposed_at=START,
        ),
        "diagnosis_id": Diagnosis(
            visit_id=visit.id, idempotency_key=str(uuid.uuid4()), grid="AUT-1", digital=0, paperwork=0,
            outcome=next(iter(Outcome)), social_route=next(iter(SocialRoute)), made_at=START,
        ),
    }  # fmt: skip
    session.add(kiosk := Kiosk(site_id=site.id, name="Hall"))
    session.flush()
    made |= {
        "kiosk_id": kiosk,
        "call_id": KioskCall(site_id=site.id, kiosk_id=kiosk.id, asked_at=START),
        "ticket_id": Ticket(site_id=site.id, day=TODAY, number=1, taken_at=START),
    }
    session.add_all(made.values())
    session.flush()
    return {name: row.id for name, row in made.items()} | {
        "appointment_id": booked.id,
        "workshop_id": session.scalar(select(Workshop.id).where(Workshop.site_id == site.id).limit(1)),
        "visit_id": visit.id,
        "site_id": site.id,
        "caf_id": site.caf_id,
        "motif_id": session.scalar(select(Motif.id).where(Motif.caf_id == site.caf_id).limit(1)),
        "opening_id": session.scalar(select(Opening.id).where(Opening.site_id == site.id).limit(1)),
        "agent_id": agent.id,
        "group_id": membership.group_id,
        "membership_id": membership.id,
        "convention_id": session.get_one(Group, membership.group_id).contract.convention_id,
    }


@pytest.fixture
def theirs(database, sacha) -> dict[str, object]:
    """What there is in the Haute-Marne, papers, an enrolment and an opened dossier included."""
    with database.writing() as session:
        found = of_site(session, session.scalar(select(Site).where(Site.short_name == "Chaumont")))
    issue(sacha, found["appointment_id"])
    sacha.get(f"/ateliers/{found['workshop_id']}")
    sacha.submit({"first_name": "Ada", "last_name": WHOSE, "phone": "0199001234"}, having="first_name")
    opened = open_dossier(sacha, "Specimen", "8000001")
    with database.reading() as session:
        found["attestation_id"] = session.scalar(select(func.max(Attestation.id)))
        found["enrolment_id"] = session.scalar(select(func.max(Enrolment.id)))
    return found | {"word": opened.rsplit("/", 1)[1], "rubrique": "synthese"}


def issue(person: Visitor, appointment_id: int) -> None:
    person.get(f"/attestations/rendez-vous/{appointment_id}")
    person.submit({}, having="key")


def routes(app, numbers: dict[str, object], *permissions: Permission):
    """(method, address) of each route that takes a number or a word, with these numbers in it."""
    for rule in app.url_map.iter_rules():
        asked = permission_of(app, rule.endpoint) in permissions and rule.endpoint not in OF_NO_CAF
        asked = asked and permission_of(app, rule.endpoint) is not Permission.KIOSK  # their numbers are screens
        if asked and rule.arguments and rule.arguments <= set(numbers):
            url = re.sub(r"<(?:\w+:)?(\w+)>", lambda m: str(numbers[m[1]]), rule.rule)
            yield from ((rule.endpoint, method, url) for method in sorted(rule.methods & {"GET", "POST"}))


def kept(database) -> dict[str, list]:
    """All that the main database holds, but for the journal."""
    with database.engine.connect() as connection:
        tables = [table for table in Base.metadata.sorted_tables if table.name not in JOURNALLED]
        return {table.name: [tuple(row) for row in connection.execute(select(table))] for table in tables}


def refused_everywhere(app, person: Visitor, walked: list[tuple]) -> None:
    """Each address answers that there is no such page, and says nothing of whose it is."""
    app.config["WTF_CSRF_ENABLED"] = False
    for endpoint, method, url in walked:
        with person.client.open(url, method=method) as response:
            assert response.status_code == 404, (endpoint, method, response.status_code, response.headers)
            assert WHOSE not in response.text, endpoint


def test_every_route_that_takes_a_number_is_walked(app, theirs):
    rules = [rule for rule in app.url_map.iter_rules() if permission_of(app, rule.endpoint) is not Permission.KIOSK]
    taken = {rule.endpoint for rule in rules if rule.arguments} - OF_NO_CAF
    assert {endpoint for endpoint, *_ in routes(app, theirs, *Permission)} == taken
    assert len(taken) > 50


def test_an_agent_is_refused_what_belongs_to_another_caf(app, database, camille, theirs):
    walked = list(routes(app, theirs, Permission.PUBLIC, Permission.SIGNED_IN, Permission.COUNTER))
    before = kept(database)
    refused_everywhere(app, camille, walked)
    assert kept(database) == before and len(walked) > 50


def test_an_administrator_is_refused_what_belongs_to_another_caf(app, database, theirs):
    chief = Visitor(app).sign_in("dominique", PASSWORD)
    walked = list(routes(app, theirs, *Permission))
    before = kept(database)
    refused_everywhere(app, chief, walked)
    assert kept(database) == before and len(walked) > 80


def test_an_agent_is_refused_the_appointments_and_papers_of_another_site_of_the_same_caf(app, database, camille):
    chief = Visitor(app).sign_in("dominique", PASSWORD)
    with database.writing() as session:
        found = of_site(session, session.scalar(select(Site).where(Site.short_name == "Lyon 3")))
    issue(chief, found["appointment_id"])
    chief.get(f"/ateliers/{found['workshop_id']}")
    chief.submit({"first_name": "Ada", "last_name": WHOSE, "phone": "0199001234"}, having="first_name")
    with database.reading() as session:
        found["attestation_id"] = session.scalar(select(func.max(Attestation.id)))
        found["enrolment_id"] = session.scalar(select(func.max(Enrolment.id)))
    asked = ("appointment_id", "attestation_id", "visit_id", "diagnosis_id", "workshop_id", "enrolment_id")
    others = {name: found[name] for name in asked}
    # Anyone of the Caf may enrol someone: that page is open, without its list.
    walked = [way for way in routes(app, others, Permission.COUNTER) if way[0] != "workshops.workshop"]
    assert WHOSE not in camille.get(f"/ateliers/{found['workshop_id']}").text
    before = kept(database)
    refused_everywhere(app, camille, walked)
    assert kept(database) == before and len(walked) > 25
    for page in ("/agenda?site={}", "/agenda/liste.pdf?site={}", "/agenda/cloture?site={}", "/agenda/appels?site={}"):
        assert camille.client.get(page.format(found["site_id"])).status_code == 404, page
    assert WHOSE not in camille.get(f"/agenda?agent={found['agent_id']}").text
    assert WHOSE in chief.client.get(f"/rendez-vous/{found['appointment_id']}").text


def test_what_an_agent_booked_or_moved_elsewhere_they_may_read_again(app, database, camille):
    with database.writing() as session:
        lyon = session.scalar(select(Site).where(Site.short_name == "Lyon 3"))
        booked = session.scalars(select(Appointment).where(Appointment.site_id == lyon.id)).first()
        booked.agent_id = session.scalar(select(Agent.id).where(Agent.identifier == "camille"))
    camille.get(f"/rendez-vous/{booked.id}")
    Visitor(app).sign_in("robin", PASSWORD).get(f"/rendez-vous/{booked.id}", expect=404)


@pytest.mark.parametrize("who", ["camille", "alex", None])
def test_a_number_that_was_guessed_shows_no_name_to_who_works_elsewhere(app, database, theirs, who):
    person = Visitor(app)
    if who:
        person.sign_in(who, PASSWORD)
    with database.reading() as session:
        number = session.get_one(Attestation, theirs["attestation_id"]).number
    person.get("/verifier")
    page = person.submit({"paper": number}, having="paper")
    assert "papier est" in page.text.lower() and WHOSE not in page.html


def test_a_colleague_of_the_same_site_reads_the_words_of_a_paper(database, sacha, theirs):
    with database.reading() as session:
        number = session.get_one(Attestation, theirs["attestation_id"]).number
    sacha.get("/verifier")
    assert WHOSE in sacha.submit({"paper": number}, having="paper").text
