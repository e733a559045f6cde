"""One person's name, planted wherever the application keeps one, and looked for in every column and every file."""

from __future__ import annotations

import json
import re

import pyotp
from sqlalchemy import Engine, MetaData, select, text, update

from counter.demonstration import PASSWORD
from counter.dossiers import LegalBasis, Purpose, Reasons, Recipient
from counter.models import Base, CacheBase, Habilitation, Membership
from counter.outside.dossiers import names_of
from counter.outside.fictitious_dossiers import fictitious_dossiers
from counter.store.dossiers import copy_key, keep_copy, record_access
from counter.store.quotients import keep_answer
from tests.pages import Visitor
from tests.particulier import FAMILY
from tests.views.test_appointments import book, choose
from tests.views.test_workshops import NEW

PLANTED, PLANTED_AGENT = "Introuvable", "Introuvaille"
ZELIE = {"prenom": "Zélie", "nom": PLANTED, "naissance": "1987-09-03"}
MAIL = {"smtp_host": "127.0.0.1", "smtp_port": 9, "smtp_tls": "none", "smtp_sender": "accueil@exemple.fr"}


def columns_with(engine: Engine, metadata: MetaData, word: str) -> set[str]:
    """`table.column` of every column, decrypted, of every table there is, that holds the word."""
    found = set()
    with engine.connect() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(select(table)).mappings():
                found |= {f"{table.name}.{name}" for name, value in row.items() if holds(value, word)}
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
        for name in set(names) - set(metadata.tables):
            for row in connection.execute(text(f'SELECT * FROM "{name}"')).mappings():  # noqa: S608 our own names
                found |= {f"{name}.{column}" for column, value in row.items() if holds(value, word)}
    return found


def holds(value, word: str) -> bool:
    shown = value.decode("utf-8", "ignore") if isinstance(value, bytes) else str(value)
    return word.casefold() in shown.casefold()


def everywhere(on, word: str = PLANTED) -> set[str]:
    """Every column of both databases that holds the word."""
    return columns_with(on.main.engine, Base.metadata, word) | columns_with(on.cache.engine, CacheBase.metadata, word)


def files_with(folder, word: str = PLANTED) -> list[str]:
    """Files of the instance that hold the word in clear."""
    word = word.encode().lower()
    return [p.name for p in folder.rglob("*") if p.is_file() and word in p.read_bytes().lower()]


def plant_copies(on, now) -> None:
    """The same name in a dossier and in an answer of API Particulier, as their views keep them."""
    dossier = fictitious_dossiers(now.date())[0]
    dossier = dossier | {"responsable": dossier["responsable"] | ZELIE}
    answer = json.loads(json.dumps(FAMILY).replace("LAMBERT", PLANTED.upper()))
    answer["allocataires"][0] |= {"prenoms": "ZELIE MARIE", "date_naissance": "1987-09-03"}
    with on.cache.writing() as cache:
        keep_copy(cache, on.keys.vault, dossier, names_of(dossier), "Caf", now, on.settings.dossier_hours)
        keep_answer(cache, on.keys.vault.blind_index(PLANTED, "quotient"), answer, now, on.settings.quotient_days)
    with on.main.writing() as session:
        reasons = Reasons(Purpose.SUPPORT, LegalBasis.PUBLIC_TASK, Recipient.MYSELF)
        record_access(session, 1, 1, "T12", copy_key(on.keys.vault, "69", dossier["numero"]), reasons, now)


def plant_agent(app, clock) -> None:
    """An agent with everything an agent can have, whose account is then closed."""
    chief = Visitor(app).sign_in("dominique", PASSWORD)
    chief.get("/agents/nouveau")
    typed = {"display_name": f"Camélia {PLANTED_AGENT}", "identifier": PLANTED_AGENT.lower(), "role": "agent-accueil"}
    page = chief.submit(typed | {"site": "5", "email": f"c@{PLANTED_AGENT}.fr"}, having="display_name")
    number = page.link("C'est fait").rsplit("/", 1)[1]
    given = page.text.split("Mot de passe provisoire : ")[1].split()[0]
    chief.submit({}, action=f"/agents/{number}/pli/envoyer")
    chief.get("/habilitations/groupes/1")
    chief.submit({"agent": number}, having="agent")
    chief.get("/habilitations/registre/nouveau")
    chief.submit({"charge": "fdi", "agent": number, "target": "l5"}, having="charge")
    chief.get("/habilitations/groupes/1/changer")
    chief.submit({"manager": number}, having="manager")
    person, own = Visitor(app).sign_in(PLANTED_AGENT, given), "Quetzal-4221"
    person.submit({"current": given, "chosen": own, "again": own}, having="chosen")
    secret = re.search(r"(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}", person.get("/compte/deuxieme-etape").text)[0]
    person.submit({"code": pyotp.TOTP(secret.replace(" ", "")).at(clock())}, having="code")
    chief.get(f"/agents/{number}")
    chief.post(f"/agents/{number}/fermer")
    on = app.extensions["counter"]
    with on.main.writing() as session:
        session.execute(update(Membership).where(Membership.agent_id == int(number)).values(ends_on=clock().date()))
        session.execute(update(Habilitation).where(Habilitation.agent_id == int(number)).values(refused_at=clock()))


def plant(app, clock) -> None:
    """One person's name wherever the application keeps one."""
    plant_copies(app.extensions["counter"], clock())
    agent = Visitor(app).sign_in("camille", PASSWORD)
    choose(agent, query="&des-jour=1&des-mois=12&lieu=5&comment=sur-place")
    booked = book(
        agent, first_name="Zélie", last_name=PLANTED, email=f"zelie@{PLANTED.lower()}.fr",
        contact_of="proche", contact_name=f"Paul {PLANTED}",
    ).url  # fmt: skip
    agent.submit({"attendre": "oui"}, action=f"{booked}/attente")
    agent.get(f"/attestations/rendez-vous/{booked.rsplit('/', 1)[1]}")
    agent.submit({}, having="key")
    agent.get("/attestations/passage")
    agent.submit({"first_name": "Zélie", "last_name": PLANTED, "purpose": f"dossier {PLANTED}"}, having="purpose")
    agent.get("/attestations/2/annuler")
    agent.submit({"reason": "erreur"}, having="reason")
    agent.get("/ateliers/nouveau")
    room = agent.submit(NEW, having="places").url
    agent.get(room)
    agent.submit({"first_name": "Zélie", "last_name": PLANTED, "phone": "0199001234"}, having="first_name")
    agent.get("/demarches/dtr-rsa")
    agent.submit({"raison": "autre", "text": f"Madame {PLANTED} le dit"}, action="/demarches/dtr-rsa/erreur")
    agent.get("/attestations/passage")
    form = agent.page.form(having="last_name")
    clock.advance(minutes=31)  # what was being typed when the session ended waits in the cache
    agent.client.post(form["action"], data=form["values"] | {"last_name": PLANTED})
