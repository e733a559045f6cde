"""Rights for agents that a test makes: they come from a group, and from nothing else."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from counter.models import Adhesion, Agent, Caf, Contract, Convention, Group, Membership, Site

LONG_AGO = date(2026, 1, 1)


def put_in_group(
    session: Session, agent: Agent, profile: str | None = None, sites: list[Site] | None = None, name: str = "Essai"
) -> Group:
    """A new group open since long ago, with this agent in it; its Caf is made where there is none."""
    caf = session.scalars(select(Caf)).first() or Caf(name="Caf d'Exemple", department="99")
    contract = Contract(label="Contrat", convention=Convention(caf=caf, structure="Structure", siret=""))
    contract.adhesions = [Adhesion(service="cdap")]
    group = Group(contract=contract, name=name, profile=profile, services="cdap", sites=sites or [])
    session.add_all([group, Membership(group=group, agent=agent, starts_on=LONG_AGO)])
    session.flush()
    return group
