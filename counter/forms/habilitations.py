"""Access: conventions, groups, who is in them, agents, charges."""

from __future__ import annotations

from datetime import date

from wtforms import HiddenField
from wtforms.validators import StopValidation

from counter.access import FUNCTIONS
from counter.dossiers import profile_words
from counter.forms.fields import (
    CardField,
    ChecksField,
    Choice,
    ChoiceField,
    CounterForm,
    DateField,
    Required,
    TextField,
)
from counter.forms.validators import Email, OneLine, PersonName
from counter.habilitations import PROFILES, Charge, Mobility, Service, siret_fault
from counter.models import Activity, Agent, Caf, Contract, Convention, Group, Site
from counter.places import site_names


class Siret:
    """14 digits whose sum is right, spaces left out."""

    def __call__(self, form, field):
        field.data = (field.data or "").replace(" ", "")
        if field.data and (fault := siret_fault(field.data)):
            raise StopValidation(fault)


class _Dated(CounterForm):
    """Two dates, both included."""

    starts_on = DateField("Du", hint="Vide : depuis toujours.")
    ends_on = DateField("Jusqu'au", hint="Ce jour compte encore. Vide : sans fin.")

    def validate(self, extra_validators=None) -> bool:
        valid = super().validate(extra_validators)
        if valid and self.starts_on.data and self.ends_on.data and self.ends_on.data < self.starts_on.data:
            self.ends_on.errors = ["Le dernier jour doit venir après le premier."]
            return False
        return valid


class ConventionForm(_Dated):
    """A convention and its service contract, which have the same dates unless the contract is renewed."""

    structure = TextField("Nom de la structure", [Required("Écrivez le nom de la structure."), OneLine(120)],
                          maxlength=150)  # fmt: skip
    siret = TextField(
        "Numéro SIRET", [Required("Écrivez le numéro SIRET de la structure."), Siret()], width=20, maxlength=20,
        inputmode="numeric", hint="14 chiffres, par exemple sur l'avis de situation de l'Insee.",
    )  # fmt: skip
    caf = ChoiceField("Caf qui a signé")
    contract_ends_on = DateField("Contrat de service : jusqu'au", hint="Vide : comme la convention.")
    services = ChecksField("Bulletins d'adhésion reçus", [Choice(s.value, s.label) for s in Service],
                           hint="Un bulletin par service. Sans lui, un groupe n'ouvre pas ce service.")  # fmt: skip

    def __init__(self, *args, cafs: list[Caf], obj: Convention | None = None, services=(), **kwargs):
        known = {"caf": str(cafs[0].id) if cafs else None}
        if obj:
            contract = obj.contracts[-1]
            known = {"structure": obj.structure, "siret": obj.siret, "starts_on": obj.starts_on, "ends_on": obj.ends_on,
                     "caf": str(obj.caf_id), "contract_ends_on": contract.ends_on,
                     "services": list(services)}  # fmt: skip
        super().__init__(*args, data=known, **kwargs)
        self.caf.options = [(str(caf.id), caf.name) for caf in cafs]

    def fill(self, convention: Convention, contract: Contract) -> None:
        convention.structure, convention.siret, convention.caf_id = (
            self.structure.data, self.siret.data, int(self.caf.data),
        )  # fmt: skip
        convention.starts_on = contract.starts_on = self.starts_on.data
        convention.ends_on = self.ends_on.data
        contract.ends_on = self.contract_ends_on.data or self.ends_on.data
        contract.label = contract.label or "Contrat de service"


class GroupForm(_Dated):
    name = TextField("Nom du groupe", [Required("Écrivez le nom du groupe."), OneLine(120)], maxlength=150)
    services = ChecksField("Services", [Choice(s.value, s.label) for s in Service])
    profile = ChoiceField("Profil Cdap", [("", "Aucun : pas de dossier"), *((p, profile_words(p)) for p in PROFILES)],
                          hint="Il décide des rubriques du dossier que le groupe voit.")  # fmt: skip
    sites = ChecksField("Lieux", [])
    manager = ChoiceField("Responsable des habilitations", hint="Peut seulement ajouter des agents à ce groupe.")

    def __init__(self, *args, sites: list[Site], agents: list[Agent], obj: Group | None = None, **kwargs):
        known = {"profile": "", "manager": ""}
        if obj:
            known = {"name": obj.name, "profile": obj.profile or "", "services": [s.value for s in obj.service_values],
                     "sites": [str(site.id) for site in obj.sites], "manager": str(obj.manager_id or ""),
                     "starts_on": obj.starts_on, "ends_on": obj.ends_on}  # fmt: skip
        super().__init__(*args, data=known, **kwargs)
        self.sites.cards = [Choice(str(number), name) for number, name in site_names(sites).items()]
        self.sites.choices = [str(site.id) for site in sites]
        held = [("", "Personne"), *((str(a.id), a.display_name) for a in agents if a.active)]
        self.manager.options = held

    def validate(self, extra_validators=None) -> bool:
        valid = super().validate(extra_validators)
        if valid and self.profile.data and Service.CDAP not in self.services.data:
            self.profile.errors = ["Un profil Cdap demande le service Cdap : cochez-le, ou choisissez « aucun »."]
            return False
        if valid and not self.sites.data:
            self.sites.errors = ["Cochez au moins un lieu."]
            return False
        return valid

    def fill(self, group: Group, sites: list[Site]) -> None:
        group.name, group.profile = self.name.data, self.profile.data or None
        group.services = ",".join(self.services.data)
        group.sites = [site for site in sites if str(site.id) in self.sites.data]
        group.manager_id = int(self.manager.data) if self.manager.data else None
        group.starts_on, group.ends_on = self.starts_on.data, self.ends_on.data


class MemberForm(_Dated):
    agent = ChoiceField("Agent")
    starts_on = DateField("Du", [Required("Écrivez le premier jour.")])

    def __init__(self, *args, agents: list[Agent], today: date, **kwargs):
        super().__init__(*args, data={"starts_on": today}, **kwargs)
        self.agent.options = [("", "Choisissez"), *((str(a.id), a.display_name) for a in agents if a.active)]

    def validate_agent(self, field):
        if not field.data:
            raise StopValidation("Choisissez un agent.")


class AgentForm(CounterForm):
    identifier = TextField("Identifiant", [Required("Écrivez l'identifiant."), OneLine(60)], width=20, maxlength=80,
                           hint="Pour se connecter. Par exemple : prenom.nom.")  # fmt: skip
    display_name = TextField("Prénom et nom", [Required("Écrivez le prénom et le nom."), PersonName()], maxlength=120)
    role = CardField("Fonction", [Choice(r.value, r.label) for r in FUNCTIONS], [Required("Choisissez la fonction.")],
                     hint="Les droits viennent du groupe, pas de la fonction.")  # fmt: skip
    site = ChoiceField("Lieu")
    mobility = CardField("Poste", [Choice(m.value, m.label) for m in Mobility], [Required("Choisissez.")])
    opens_on = DateField("Compte ouvert du", hint="Vide : tout de suite.")
    closes_on = DateField("Jusqu'au", hint="Ce jour compte encore. Vide : sans fin.")
    email = TextField("Adresse e-mail de travail", [Email()], inputmode="email", maxlength=200,
                      hint="Pour un mot de passe oublié, et avant de fermer un compte inutilisé.")  # fmt: skip

    def __init__(self, *args, sites: list[Site], everywhere: bool, obj: Agent | None = None, **kwargs):
        known = {"mobility": Mobility.FIXED.value}
        if obj:
            known = {"identifier": obj.identifier, "display_name": obj.display_name, "role": obj.role,
                     "site": str(obj.site_id or ""), "mobility": obj.mobility, "opens_on": obj.opens_on,
                     "closes_on": obj.closes_on, "email": obj.email or ""}  # fmt: skip
        super().__init__(*args, data=known, **kwargs)
        if obj:
            del self.identifier
        nowhere = [("", "Aucun lieu en particulier")] if everywhere else []
        self.site.options = nowhere + [(str(site.id), site.name) for site in sites]

    def validate(self, extra_validators=None) -> bool:
        valid = super().validate(extra_validators)
        opens, closes = self.opens_on.data, self.closes_on.data
        if valid and opens and closes and closes < opens:
            self.closes_on.errors = ["Le dernier jour doit venir après le premier."]
            return False
        return valid

    def fill(self, agent: Agent) -> None:
        agent.display_name, agent.role = self.display_name.data, self.role.data
        agent.site_id = int(self.site.data) if self.site.data else None
        agent.mobility = self.mobility.data
        agent.opens_on, agent.closes_on = self.opens_on.data, self.closes_on.data


class ChargeForm(_Dated):
    charge = CardField("Rôle", [Choice(c.value, c.label) for c in Charge], [Required("Choisissez le rôle.")])
    agent = ChoiceField("Personne")
    target = ChoiceField("Activité ou lieu")
    starts_on = DateField("Du", [Required("Écrivez le premier jour.")])

    def __init__(
        self, *args, agents: list[Agent], activities: list[Activity], sites: list[Site], today: date, **kwargs
    ):
        super().__init__(*args, data={"starts_on": today}, **kwargs)
        self.agent.options = [("", "Choisissez"), *((str(a.id), a.display_name) for a in agents if a.active)]
        self.target.options = [
            ("", "Choisissez"),
            *((f"a{item.id}", f"Activité : {item.name}") for item in activities),
            *((f"l{site.id}", f"Lieu : {site.name}") for site in sites),
        ]

    def validate_agent(self, field):
        if not field.data:
            raise StopValidation("Choisissez une personne.")

    def validate_target(self, field):
        if not field.data:
            raise StopValidation("Choisissez une activité ou un lieu.")

    def target_ids(self) -> dict[str, int | None]:
        """`activity_id` and `site_id`: one of the two is None."""
        number = int(self.target.data[1:])
        is_activity = self.target.data[0] == "a"
        return {"activity_id": number if is_activity else None, "site_id": None if is_activity else number}


class ActivityForm(CounterForm):
    name = TextField("Nom de l'activité", [Required("Écrivez le nom de l'activité."), OneLine(120)], maxlength=150,
                     hint="Par exemple : crèche, espace de vie sociale.")  # fmt: skip


class ButtonForm(CounterForm):
    """A button that acts."""

    answer = HiddenField()
