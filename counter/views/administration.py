"""Setting up: the Cafs an administrator looks after, their motifs and their sites."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, url_for

from counter.access import Permission
from counter.directory import NotADirectory, read_directory, zone_of
from counter.forms.administration import CafForm, MotifForm, PostAddressForm, SiteForm, SiteListForm
from counter.journal import Act, Subject
from counter.models import Appointment, Caf, Motif, Site, Workshop
from counter.openings import seen_of, too_crowded
from counter.places import alike
from counter.security import allow
from counter.store import places as store
from counter.store.closures import settle_site, stranded_by_department
from counter.store.control import open_findings
from counter.store.directory import import_directory
from counter.store.free_time import prepare_horizons
from counter.store.openings import receiving_on_site
from counter.store.workshops import workshops_on_new_holidays
from counter.upkeep import thresholds
from counter.web import (
    agent,
    found,
    local,
    local_at,
    note,
    note_to_move,
    now,
    reading,
    render_form,
    render_moving,
    services,
    writing,
)

LARGEST_LIST = 8_000_000  # bytes: the list of the whole country is a quarter of it

blueprint = Blueprint("administration", __name__, url_prefix="/administration")


def own_caf() -> int | None:
    """The Caf an administrator looks after: that of their site; None without site: all of them."""
    site = agent().site
    return site.caf_id if site else None


def may_set_up(caf_id: int) -> bool:
    """Whether an administrator looks after a Caf."""
    return own_caf() in {None, caf_id}


def own_sites() -> list[Site]:
    """The places an administrator looks after."""
    return [site for caf in _cafs() for site in store.list_sites(reading(), caf.id)]


def its_caf(caf_id: int) -> Caf:
    return found(store.get_caf(reading(), caf_id) if may_set_up(caf_id) else None)


def its_site(site_id: int, main=None) -> Site:
    site = store.get_site(main or reading(), site_id)
    return found(site if site and may_set_up(site.caf_id) else None)


def _cafs() -> list[Caf]:
    return [caf for caf in store.list_cafs(reading()) if may_set_up(caf.id)]


@blueprint.get("")
@allow(Permission.ADMINISTER)
def home():
    """The Cafs, each with its motifs and its sites; how much there is to look at in the control of access."""
    site = agent().site
    limits = thresholds(services().settings)
    to_look_at = len(open_findings(reading(), limits, site.caf_id if site else None, now()))
    return render_template("administration/home.html", cafs=_cafs(), everywhere=site is None, to_look_at=to_look_at)


@blueprint.route("/caf/nouvelle", methods=["GET", "POST"])
@allow(Permission.ADMINISTER)
def new_caf():
    """For an administrator of no site in particular: the first of a real instance."""
    if agent().site is not None:
        abort(404)
    form = CafForm()
    if form.validate_on_submit():
        with writing() as main:
            known = store.caf_of_department(main, form.department.data)
            if known is None:
                main.add(made := form.new_caf())
                main.flush()
                note(main, Act.CREATED, Subject.CAF, made.id)
        if known is None:
            flash(f"{form.name.data} est créée.", "ok")
            return redirect(url_for("administration.home"))
        form.department.errors = [f"Ce département a déjà sa Caf : {known.name}."]
    return render_form("administration/caf.html", form)


@blueprint.route("/caf/<int:caf_id>/courrier", methods=["GET", "POST"])
@allow(Permission.ADMINISTER)
def post_address(caf_id: int):
    """Where documents for this Caf are posted to: on the letters."""
    caf = its_caf(caf_id)
    form = PostAddressForm(caf=caf)
    if form.validate_on_submit():
        with writing() as main:
            found(store.get_caf(main, caf.id)).post_address = form.post_address.data or ""
            note(main, Act.CHANGED, Subject.CAF, caf.id, "courrier")
        flash("L'adresse pour le courrier est enregistrée.", "ok")
        return redirect(url_for("administration.home"))
    return render_form("administration/post_address.html", form, caf=caf)


# ── motifs ──────────────────────────────────────────────────────────────────────────────────────


@blueprint.get("/caf/<int:caf_id>/motifs")
@allow(Permission.ADMINISTER)
def motifs(caf_id: int):
    caf = its_caf(caf_id)
    return render_template(
        "administration/motifs.html", caf=caf, motifs=store.list_motifs(reading(), caf.id, closed=True)
    )


@blueprint.route("/caf/<int:caf_id>/motifs/nouveau", methods=["GET", "POST"])
@allow(Permission.ADMINISTER)
def new_motif(caf_id: int):
    caf = its_caf(caf_id)
    return _motif_page(caf, None)


@blueprint.route("/caf/<int:caf_id>/motifs/<int:motif_id>", methods=["GET", "POST"])
@allow(Permission.ADMINISTER)
def motif(caf_id: int, motif_id: int):
    caf = its_caf(caf_id)
    return _motif_page(caf, found(store.get_motif(reading(), motif_id, caf.id)))


def _motif_page(caf: Caf, known: Motif | None):
    others = [m for m in store.list_motifs(reading(), caf.id, closed=True) if known is None or m.id != known.id]
    form = MotifForm(others=others, obj=known)
    if form.validate_on_submit():
        with writing() as main:
            taken = store.motif_of_code(main, form.code.data or "", caf.id)
            free = taken is None or (known is not None and taken.id == known.id)
            twice = not free and form.is_sent_twice(taken)
            if free:
                row = found(store.get_motif(main, known.id, caf.id)) if known else Motif(caf_id=caf.id)
                form.fill(row)
                main.add(row)
                store.put_modes(main, row, form.durations())
                main.flush()
                if known:  # its horizon may reach further
                    prepare_horizons(main, local().date(), known.id)
                note(main, Act.CHANGED if known else Act.CREATED, Subject.MOTIF, row.id)
        if free or twice:
            flash("Le motif est enregistré." if free else "Ce motif est déjà enregistré.", "ok" if free else "info")
            return redirect(url_for("administration.motifs", caf_id=caf.id))
        form.refuse_code(taken)  # given to another meanwhile
    return render_form("administration/motif.html", form, caf=caf, motif=known)


# ── sites ───────────────────────────────────────────────────────────────────────────────────────


@blueprint.get("/caf/<int:caf_id>/lieux")
@allow(Permission.ADMINISTER)
def sites(caf_id: int):
    caf = its_caf(caf_id)
    by_name = sorted(store.list_sites(reading(), caf.id), key=lambda site: alike(site.name))
    return render_template("administration/sites.html", caf=caf, sites=by_name)


@blueprint.route("/caf/<int:caf_id>/lieux/nouveau", methods=["GET", "POST"])
@allow(Permission.ADMINISTER)
def new_site(caf_id: int):
    return _site_page(its_caf(caf_id), None)


@blueprint.route("/caf/<int:caf_id>/lieux/liste", methods=["GET", "POST"])
@allow(Permission.ADMINISTER, max_bytes=LARGEST_LIST)
def import_sites(caf_id: int):
    """The places of this Caf's département from the official list; sent again, it makes nothing twice."""
    caf, form, done = its_caf(caf_id), SiteListForm(), None
    if form.validate_on_submit():
        try:
            directory = read_directory(form.file.content())
        except NotADirectory as fault:
            form.file.errors = [str(fault)]
        else:
            with writing() as main:
                done = import_directory(main, directory, caf.id)
                note(main, Act.CHANGED, Subject.CAF, caf.id, "lieux de la liste officielle")
    return render_form("administration/site_list.html", form, caf=caf, done=done)


@blueprint.route("/lieux/<int:site_id>", methods=["GET", "POST"])
@allow(Permission.ADMINISTER)
def site(site_id: int):
    known = its_site(site_id)
    return _site_page(found(store.get_caf(reading(), known.caf_id)), known)


def _site_page(caf: Caf, known: Site | None):
    usual = {"department": caf.department, "timezone": zone_of(caf.department)}
    form = SiteForm(obj=known) if known else SiteForm(data=usual)
    stranded: list[Appointment] = []
    sessions: list[Workshop] = []
    twin = None
    if form.validate_on_submit():
        with writing() as main:
            twin = _twin(main, form, caf) if known is None else None
            free = twin is None and _is_free(main, form, caf, known) and _have_room(main, form, known)
            if free and known is not None:
                stranded, sessions = _unseen(main, form, known)
            site_id = _put_site(main, form, caf, known) if free and not stranded and not sessions else None
        if site_id is not None:
            flash("Le lieu est enregistré.", "ok")
            return redirect(url_for("openings.week", site_id=site_id))
        if twin is not None and form.tells(twin):  # the same form sent twice
            flash("Ce lieu est déjà enregistré.", "info")
            return redirect(url_for("openings.week", site_id=twin.id))
        if twin is not None:
            form.name.errors = ["Ce lieu existe déjà à cette adresse : rien n'est enregistré."]
        if stranded or sessions:
            form.seen.data = seen_of(stranded) + seen_of(sessions)
    return render_moving("administration/site.html", form, stranded, known, sessions, caf=caf, twin=twin)


def _twin(main, form: SiteForm, caf: Caf) -> Site | None:
    """The site with the same name and address, when it is there already."""
    typed = Site(caf_id=caf.id)
    form.fill(typed)
    return store.same_site(main, typed)


def _is_free(main, form: SiteForm, caf: Caf, known: Site | None) -> bool:
    """Whether no other site has its matricule or, unless it had it before, its short name; what is taken is said."""
    of_matricule = store.site_of_matricule(main, form.matricule.data) if form.matricule.data else None
    if of_matricule is not None and (known is None or of_matricule.id != known.id):
        form.matricule.errors = [f"Ce matricule est déjà celui de « {of_matricule.name} »."]
    if known is None or form.short_name.data != known.short_name:
        namesake = store.site_of_short_name(main, caf.id, form.short_name.data)
        if namesake is not None and (known is None or namesake.id != known.id):
            form.refuse_short_name(namesake)
    return not form.errors


def _have_room(main, form: SiteForm, known: Site | None) -> bool:
    """Whether the openings of the site have enough desks when some are taken away; those that have not are said."""
    if known is None or not form.takes_desks_from(known):
        return True
    today = local_at(known).date()
    openings = receiving_on_site(main, known.id, today)
    each = [opening.receives for opening in openings]
    crowds = too_crowded([one._replace(first=max(one.first, today)) for one in each], len(form.typed().desk_list))
    if crowds:
        form.refuse_desks([(openings[number], busy.people) for number, busy in crowds])
    return not crowds


def _unseen(main, form: SiteForm, known: Site) -> tuple[list[Appointment], list[Workshop]]:
    """The appointments to move, and the workshops that would be held on a public holiday, because those of the site
    become others; none when these are the ones that were seen."""
    department = form.department.data
    if department == known.department:
        return [], []
    stranded = stranded_by_department(main, known.id, department, local_at(known))
    sessions = workshops_on_new_holidays(main, known, department, local_at(known).date())
    if form.seen.data == seen_of(stranded) + seen_of(sessions):
        return [], []
    note_to_move(main, stranded, known)
    return stranded, sessions


def _put_site(main, form: SiteForm, caf: Caf, known: Site | None) -> int:
    row = its_site(known.id, main) if known else Site(caf_id=caf.id)
    department = row.department
    form.fill(row)
    main.add(row)
    main.flush()
    if known and row.department != department:  # other public holidays
        settle_site(main, row.id, local_at(row))
    note(main, Act.CHANGED if known else Act.CREATED, Subject.SITE, row.id)
    return row.id
