"""A counter that was running before groups existed goes on working after the migration."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import create_engine, select, text

from counter.access import Role
from counter.db import Database, migrate
from counter.keys import Vault
from counter.models import Agent, Convention
from counter.store.habilitations import rights_of

TODAY = date(2026, 11, 24)


@pytest.fixture
def old(older):
    """The address of a database as it was just before groups, with four agents in it."""
    url = older("0012")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO caf (id, name, department) VALUES (1, 'Caf', '69')"))
        connection.execute(
            text(
                "INSERT INTO site (id, caf_id, name, short_name, street, postal_code, city, department, access, hours, "
                "timezone, video_url) VALUES (5, 1, 'Mairie', 'Mairie', 'rue', '69000', 'Lyon', '69', '', '', "
                "'Europe/Paris', '')"
            )
        )
        for number, role, site in ((1, "administrateur", None), (2, "agent-accueil", 5), (3, "travailleur-social", 5),
                                   (4, "administrateur", 5)):  # fmt: skip
            connection.execute(
                text(
                    "INSERT INTO agent (id, identifier, display_name, role, password_hash, site_id, active) "
                    "VALUES (:id, :name, :name, :role, 'x', :site, :yes)"
                ),
                {"id": number, "name": f"agent{number}", "role": role, "site": site, "yes": True},
            )
    engine.dispose()
    return url


def test_agents_keep_their_work_and_administrators_their_seats(old):
    migrate(old, Vault(b"0" * 32))
    database = Database(old, Vault(b"0" * 32))
    with database.reading() as session:
        found = {number: rights_of(session, number, TODAY) for number in (1, 2, 3, 4)}
        seats = dict(session.execute(select(Agent.id, Agent.admin_seat)).all())
        (convention,) = session.scalars(select(Convention))
        assert (convention.structure, convention.siret) == ("Mairie", ""), "still to be completed, and it shows"
    database.close()
    assert {number: held.roles for number, held in found.items()} == {
        1: {Role.ADMINISTRATOR}, 2: {Role.FRONT_DESK}, 3: {Role.SOCIAL_WORKER}, 4: {Role.ADMINISTRATOR},
    }  # fmt: skip
    assert [found[number].group_id is None for number in (1, 2, 3, 4)] == [True, False, False, False]
    assert all(held.profile is None for held in found.values()), "no dossier is opened by an update"
    assert found[2].site_ids == {5}
    assert seats == {1: "0:principal", 2: None, 3: None, 4: "1:principal"}
