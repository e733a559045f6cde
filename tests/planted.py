"""One person's name, planted wherever the application keeps one, and looked for in every column and every file."""

from __future__ import annotations

from sqlalchemy import Engine, MetaData, select, text

from counter.demonstration import PASSWORD
from counter.models import Base, CacheBase
from tests.pages import Visitor
from tests.views.test_appointments import book, choose
from tests.views.test_workshops import NEW

PLANTED = "Introuvable"
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
    return [p.name for p in folder.rglob("*") if p.is_file() and word.encode() in p.read_bytes()]


def plant(app, clock) -> None:
    """One person's name wherever the application keeps one."""
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
