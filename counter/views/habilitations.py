"""Access: conventions, groups and who is in them; the register of charges."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user

from counter.access import Permission
from counter.forms.habilitations import ActivityForm, ButtonForm, ChargeForm, ConventionForm, GroupForm, MemberForm
from counter.habilitations import ChargeState, HabilitationRefused, Service
from counter.journal import Act, Subject
from counter.models import Activity, Contract, Convention, Group, Habilitation
from counter.papers import pdf_response, structure
from counter.pdf.habilitations import register_pdf
from counter.security import allow
from counter.store import habilitations as store
from counter.store.agents import every_agent
from counter.store.journal import changed
from counter.store.places import list_cafs, list_sites
from counter.views.administration import may_set_up, own_caf, own_sites
from counter.web import agent, found, local, note, now, reading, render_form, writing

blueprint = Blueprint("habilitations", __name__, url_prefix="/habilitations")
_GROUP_WORDS = {"name": "nom", "profile": "profil", "services": "services", "sites": "lieux",
                "manager_id": "responsable", "starts_on": "dates", "ends_on": "dates"}  # fmt: skip
_CONVENTION_WORDS = {"structure": "nom", "siret": "siret", "caf_id": "caf", "starts_on": "dates", "ends_on": "dates"}
ONE_DAY = timedelta(days=1)


def its_group(group_id: int, main=None) -> Group:
    """A group the agent looks after: as administrator of its Caf, or as its responsable des habilitations."""
    group = found(store.get_group(main or reading(), group_id))
    administers = _administers() and may_set_up(group.contract.convention.caf_id)
    return group if administers or group.id in current_user.rights.managed else abort(404)


def its_convention(convention_id: int, main=None) -> Convention:
    convention = store.get_convention(main or reading(), convention_id)
    return found(convention if convention and may_set_up(convention.caf_id) else None)


def _agents():
    return every_agent(reading(), own_caf())


def _agents_of(convention: Convention):
    """Who may enter a group of this convention: the agents of its Caf, and of no site when one looks after all."""
    return every_agent(reading(), convention.caf_id, siteless=own_caf() is None and _administers())


def _administers() -> bool:
    return current_user.may(Permission.ADMINISTER)


# ── groups ──────────────────────────────────────────────────────────────────────────────────────


@blueprint.get("")
@allow(Permission.HABILITATE)
def groups():
    """The groups the agent looks after, by structure."""
    if _administers():
        shown = store.list_groups(reading(), own_caf())
    else:
        shown = [its_group(group_id) for group_id in sorted(current_user.rights.managed)]
    today = local().date()
    return render_template(
        "habilitations/groups.html",
        groups=shown,
        conventions=store.list_conventions(reading(), own_caf()) if _administers() else [],
        members_on=lambda group: sum(row.period.holds(today) for row in group.memberships),
        open_on=lambda group: all(p.holds(today) for p in group.chain),
    )


@blueprint.route("/groupes/<int:group_id>", methods=["GET", "POST"])
@allow(Permission.HABILITATE)
def group(group_id: int):
    """Who is in a group; add an agent who is already there."""
    shown, today = its_group(group_id), local().date()
    form = MemberForm(agents=_agents_of(shown.contract.convention), today=today)
    if form.validate_on_submit():
        dates = form.starts_on.data, form.ends_on.data
        try:
            with writing() as main:
                joined = its_group(group_id, main)
                known = {row.id for row in joined.memberships}
                added = store.add_member(main, joined, int(form.agent.data), *dates, agent().id)
                if added.id not in known:
                    note(main, Act.CREATED, Subject.MEMBERSHIP, added.id, f"groupe {group_id} agent {added.agent_id}")
                name = added.agent.display_name
            flash(f"{name} est dans le groupe.", "ok")
            return redirect(url_for("habilitations.group", group_id=group_id))
        except HabilitationRefused as refused:
            form.agent.errors = [str(refused)]
    return render_form("habilitations/group.html", form, group=shown, today=today, act=ButtonForm())


@blueprint.route("/groupes/nouveau/<int:convention_id>", methods=["GET", "POST"])
@allow(Permission.ADMINISTER)
def new_group(convention_id: int):
    return _group_page(its_convention(convention_id), None)


@blueprint.route("/groupes/<int:group_id>/changer", methods=["GET", "POST"])
@allow(Permission.ADMINISTER)
def change_group(group_id: int):
    known = its_group(group_id)
    return _group_page(known.contract.convention, known)


def _group_page(convention: Convention, known: Group | None):
    sites = list_sites(reading(), convention.caf_id)
    form = GroupForm(sites=sites, agents=_agents_of(convention), obj=known)
    if form.validate_on_submit():
        try:
            group_id = _put_group(convention.id, known.id if known else None, form)
            flash("Le groupe est enregistré.", "ok")
            return redirect(url_for("habilitations.group", group_id=group_id))
        except HabilitationRefused as refused:
            form.profile.errors = [str(refused)]
    return render_form("habilitations/group_form.html", form, group=known, convention=convention)


def _put_group(convention_id: int, group_id: int | None, form: GroupForm) -> int:
    with writing() as main:
        convention = its_convention(convention_id, main)
        row = its_group(group_id, main) if group_id else Group(contract_id=convention.contracts[-1].id)
        if group_id:
            store.check_profile(main, row, form.profile.data, local().date())
        before = row.profile
        form.fill(row, list_sites(main, convention.caf_id))
        what = changed(row, _GROUP_WORDS) if group_id else ""
        if group_id and row.profile != before:
            what = what.replace("profil", f"profil {_code(before)}>{_code(row.profile)}")
        main.add(row)
        main.flush()
        if not group_id:
            note(main, Act.CREATED, Subject.GROUP, row.id, f"profil {_code(row.profile)}")
        elif what:
            note(main, Act.CHANGED, Subject.GROUP, row.id, what)
        return row.id


def _code(profile: str | None) -> str:
    """As the journal writes a profile."""
    return profile.lower() if profile else "aucun"


@blueprint.post("/appartenances/<int:membership_id>/terminer")
@allow(Permission.ADMINISTER)
def end_membership(membership_id: int):
    """Yesterday was the last day: the right is gone at once."""
    with writing() as main:
        row = found(store.get_membership(main, membership_id))
        group_id = its_group(row.group_id, main).id
        before = row.ends_on
        store.end_membership(main, row, local().date() - ONE_DAY)
        if row.ends_on != before:
            note(main, Act.CLOSED, Subject.MEMBERSHIP, row.id, f"groupe {group_id} agent {row.agent_id}")
    flash("C'est terminé : l'agent n'a plus les droits de ce groupe.", "ok")
    return redirect(url_for("habilitations.group", group_id=group_id))


# ── conventions ─────────────────────────────────────────────────────────────────────────────────


@blueprint.get("/conventions")
@allow(Permission.ADMINISTER)
def conventions():
    return render_template(
        "habilitations/conventions.html",
        conventions=store.list_conventions(reading(), own_caf()),
        today=local().date(),
        joined=store.joined_services,
        service_names=lambda codes: ", ".join(Service(code).short_label for code in sorted(codes)),
    )


@blueprint.route("/conventions/nouvelle", methods=["GET", "POST"])
@allow(Permission.ADMINISTER)
def new_convention():
    return _convention_page(None)


@blueprint.route("/conventions/<int:convention_id>", methods=["GET", "POST"])
@allow(Permission.ADMINISTER)
def convention(convention_id: int):
    return _convention_page(its_convention(convention_id))


def _convention_page(known: Convention | None):
    cafs, today = [caf for caf in list_cafs(reading()) if may_set_up(caf.id)], local().date()
    form = ConventionForm(cafs=cafs, obj=known,
                          services=store.joined_services(known.contracts[-1], today) if known else ())  # fmt: skip
    if form.validate_on_submit():
        other = store.convention_of_siret(reading(), form.siret.data)
        if other is None or (known is not None and other.id == known.id):
            _put_convention(known.id if known else None, form)
            flash("La convention est enregistrée.", "ok")
            return redirect(url_for("habilitations.conventions"))
        form.siret.errors = [f"Ce numéro SIRET est déjà celui de « {other.structure} »."]
    return render_form("habilitations/convention.html", form, convention=known)


def _put_convention(convention_id: int | None, form: ConventionForm) -> None:
    with writing() as main:
        row = its_convention(convention_id, main) if convention_id else Convention(contracts=[Contract(label="")])
        contract, wanted, today = row.contracts[-1], set(form.services.data), local().date()
        form.fill(row, contract)
        what = [changed(row, _CONVENTION_WORDS), changed(contract, {"ends_on": "contrat"})]
        if wanted != store.joined_services(contract, today):
            what.append("services")
        main.add(row)
        main.flush()
        store.put_services(main, contract, wanted, today)
        if convention_id is None:
            note(main, Act.CREATED, Subject.CONVENTION, row.id)
        elif any(what):
            note(main, Act.CHANGED, Subject.CONVENTION, row.id, " ".join(filter(None, what)))


# ── the register of charges ─────────────────────────────────────────────────────────────────────


@blueprint.get("/registre")
@allow(Permission.ADMINISTER)
def register():
    """Who holds which charge, what waits for a second person, what was."""
    return render_template("habilitations/register.html", form=ButtonForm(), me=agent().id, **_register())


def _register() -> dict:
    today = local().date()
    rows = [(row, row.state(today)) for row in store.list_charges(reading(), own_caf())]
    now_held = {ChargeState.COUNTS, ChargeState.COMING}
    return {
        "asked": [row for row, state in rows if state is ChargeState.PROPOSED],
        "held": [(row, state) for row, state in rows if state in now_held],
        "past": [(row, state) for row, state in rows if state in {ChargeState.ENDED, ChargeState.REFUSED}],
    }


@blueprint.route("/registre/nouveau", methods=["GET", "POST"])
@allow(Permission.ADMINISTER)
def propose():
    form = ChargeForm(
        agents=_agents(),
        activities=store.list_activities(reading(), own_caf()),
        sites=own_sites(),
        today=local().date(),
    )
    if form.validate_on_submit():
        wanted = Habilitation(charge=form.charge.data, agent_id=int(form.agent.data), **form.target_ids(),
                              starts_on=form.starts_on.data, ends_on=form.ends_on.data)  # fmt: skip
        try:
            with writing() as main:
                row = store.propose_charge(main, wanted, agent().id, now())
                if row is wanted:  # asked a second time, it is the same one
                    note(main, Act.CREATED, Subject.HABILITATION, row.id, f"{row.charge} agent {row.agent_id}")
            flash("Le rôle est proposé. Il comptera quand une autre personne l'aura validé.", "ok")
            return redirect(url_for("habilitations.register"))
        except HabilitationRefused as refused:
            form.charge.errors = [str(refused)]
    return render_form("habilitations/propose.html", form)


@blueprint.post("/registre/<int:charge_id>")
@allow(Permission.ADMINISTER)
def answer(charge_id: int):
    """Validate, refuse or end one."""
    what = request.form.get("answer", "")
    try:
        with writing() as main:
            row = _its_charge(charge_id, main)
            if what not in _ANSWERED:
                abort(400)
            _answer(main, row, what)
        flash(_ANSWERED[what], "ok")
    except HabilitationRefused as refused:
        flash(str(refused), "stop")
    return redirect(url_for("habilitations.register"))


_ANSWERED = {"valider": "Le rôle est validé.", "refuser": "Le rôle est refusé.", "terminer": "Le rôle est terminé."}


def _answer(main, row: Habilitation, what: str) -> None:
    who, at = agent().id, now()
    if what == "valider":
        store.validate_charge(main, row, who, at)
        note(main, Act.DECIDED, Subject.HABILITATION, row.id, "validee")
    elif what == "refuser":
        store.refuse_charge(main, row, who, at)
        note(main, Act.DECIDED, Subject.HABILITATION, row.id, "refusee")
    elif store.end_charge(main, row, who, local().date(), at):
        note(main, Act.CLOSED, Subject.HABILITATION, row.id)


def _its_charge(charge_id: int, main) -> Habilitation:
    row = found(store.get_charge(main, charge_id))
    caf_id = row.activity.convention.caf_id if row.activity else row.site.caf_id
    return found(row if may_set_up(caf_id) else None)


@blueprint.get("/registre.pdf")
@allow(Permission.ADMINISTER)
def register_paper():
    """The state of the register, to file or to send."""
    with writing() as main:
        note(main, Act.EXPORTED, Subject.HABILITATION)
    paper = structure()
    frame = {"structure": paper.name, "specimen": paper.specimen, "logo": paper.logo}
    pdf = register_pdf(**_register(), day=local().date(), **frame)
    return pdf_response(pdf, "registre-des-habilitations.pdf")


@blueprint.route("/conventions/<int:convention_id>/activite", methods=["GET", "POST"])
@allow(Permission.ADMINISTER)
def new_activity(convention_id: int):
    """Something the structure is funded for, on which charges bear."""
    its_convention(convention_id)
    form = ActivityForm()
    if form.validate_on_submit():
        with writing() as main:
            row = Activity(convention_id=its_convention(convention_id, main).id, name=form.name.data)
            main.add(row)
            main.flush()
            note(main, Act.CREATED, Subject.ACTIVITY, row.id)
        flash("L'activité est ajoutée.", "ok")
        return redirect(url_for("habilitations.register"))
    return render_form("habilitations/activity.html", form)
