"""Dossiers: found by name and number together, opened for a reason, read one rubrique at a time, never changed.

The number is only ever in the body of a POST. What stands in addresses is a random word that means something in this
agent's session alone.
"""

from __future__ import annotations

import secrets

from flask import Blueprint, abort, make_response, redirect, render_template, session, url_for
from flask_login import current_user

from counter.access import Permission
from counter.attestations import Kind
from counter.dossiers import Profile, Rubrique, profile_of
from counter.dossiers.checks import fits
from counter.dossiers.contents import blocks, certified_months, head_of
from counter.forms.attestations import PaymentAttestationForm
from counter.forms.dossiers import FindForm, ReasonsForm
from counter.forms.fields import KeyedForm
from counter.habilitations import Rights
from counter.journal import Act, Subject
from counter.models import DossierCopy
from counter.outside.dossiers import FictitiousSource, Source, names_of
from counter.outside.fictitious_dossiers import Trial, trials
from counter.papers import issue
from counter.pdf.relayed import payment_facts, quotient_facts_of_dossier
from counter.security import allow, keeps_nothing
from counter.store import dossiers as store
from counter.throttle import Guess
from counter.web import agent, found, local, note, now, reading, render_form, seen, services, writing

blueprint = Blueprint("dossiers", __name__, url_prefix="/dossiers")
_OPENED = "dossiers"  # in the session: word -> {"key", "department", "profile", "access"}
NOT_FOUND = "Aucun dossier ne s'ouvre avec ce nom et ce numéro. Vérifiez les deux sur un courrier de la Caf."


def rights() -> Rights:
    """What the agent may do today, through the group they chose to work for."""
    return current_user.rights


def _source() -> Source | None:
    return FictitiousSource(lambda: local().date()) if services().demonstration else None


# ── finding ─────────────────────────────────────────────────────────────────────────────────────


@blueprint.route("", methods=["GET", "POST"])
@allow(Permission.COUNTER)
@keeps_nothing
def find():
    """Name and number together. Whichever is wrong, or when the profile's check fails, the answer is the same."""
    held = rights()
    profile, site = profile_of(held.profile), agent().site
    if profile is None or site is None:
        return render_template("dossiers/closed.html", no_site=site is None)
    form = FindForm(profile)
    if form.validate_on_submit():
        copy = _search(form, profile, held, site.caf.department)
        if copy is not None:
            return redirect(url_for("dossiers.reasons", word=_remember(copy.key, site.caf.department, profile)))
        form.number.errors = [NOT_FOUND]
    return render_form(
        "dossiers/find.html", form, profile=profile, source=_source(), trials=_trials(site.caf.department)
    )


def _search(form: FindForm, profile: Profile, held: Rights, department: str) -> DossierCopy | None:
    throttle, key = services().throttle, str(agent().id)
    throttle.check(Guess.DOSSIER, key)
    name, number = form.searched()
    copy = _copy(department, name, number)
    shown = form.shown(store.siret_of_group(reading(), held.group_id))
    if copy is None or not fits(profile, copy.content, shown, local().date()):
        throttle.failed(Guess.DOSSIER, key)
        return None
    throttle.succeeded(Guess.DOSSIER, key)
    return copy


def _copy(department: str, name: str, number: str) -> DossierCopy | None:
    """The copy that is kept, else one made now; expired ones are erased on the way."""
    on = services()
    with on.cache.reading() as cache:
        kept = store.find_copy(cache, on.keys.vault, department, name, number, now())
    source = _source()
    content = source.fetch(department, name, number) if kept is None and source else None
    if content is None:
        return kept
    with on.cache.writing() as cache:
        store.purge_copies(cache, now())
        key = store.keep_copy(
            cache, on.keys.vault, content, names_of(content), source.name, now(), on.settings.dossier_hours
        )
        return store.get_copy(cache, key, now())


def _remember(key: str, department: str, profile: Profile) -> str:
    """The word for this dossier in this session: the same one when it was opened before with the same profile."""
    opened = session.get(_OPENED, {})
    facts = {"key": key, "department": department, "profile": profile.code, "group": rights().group_id}
    for word, known in opened.items():
        if facts.items() <= known.items():
            return word
    word = secrets.token_urlsafe(9)
    session[_OPENED] = opened | {word: facts | {"access": None}}
    return word


def _trials(department: str) -> list[Trial]:
    """What to type in a demonstration; a real counter never lists anything."""
    if not services().demonstration:
        return []
    return [trial for trial in trials(local().date()) if trial.department == department]


# ── why ─────────────────────────────────────────────────────────────────────────────────────────


def _opened(word: str) -> dict:
    """What this session knows of a dossier, while the agent still works where, and for the group, they opened it."""
    known = found(session.get(_OPENED, {}).get(word))
    site, mine = agent().site, rights()
    if site is None or (site.caf.department, mine.profile, mine.group_id) != (
        known["department"], known["profile"], known["group"],
    ):  # fmt: skip
        abort(404)
    return known


@blueprint.route("/<word>/raisons", methods=["GET", "POST"])
@allow(Permission.COUNTER)
def reasons(word: str):
    """The three reasons, once for this dossier in this session, before anything of it is shown."""
    known = _opened(word)
    if known["access"]:
        return redirect(url_for("dossiers.read", word=word, rubrique=Rubrique.SUMMARY))
    form = ReasonsForm()
    if form.validate_on_submit():
        with writing() as main:
            access = store.record_access(
                main, agent().id, rights().group_id, known["profile"], known["key"], form.reasons(), now()
            )
            note(main, Act.CREATED, Subject.DOSSIER, access.id, form.reasons().code)
        session[_OPENED] = session[_OPENED] | {word: known | {"access": access.id}}
        return redirect(url_for("dossiers.read", word=word, rubrique=Rubrique.SUMMARY))
    return render_form("dossiers/reasons.html", form)


# ── reading ─────────────────────────────────────────────────────────────────────────────────────


@blueprint.get("/<word>/<rubrique>")
@allow(Permission.COUNTER)
def read(word: str, rubrique: str):
    """One rubrique, if the profile opens it; each reading is written in the journal first."""
    need = "Vous en avez besoin pour votre travail ? Parlez-en à votre administrateur."
    wanted = _rubrique(rubrique)
    known, copy = _readable(word, wanted, f"n'ouvre pas cette rubrique. {need}")
    profile = profile_of(known["profile"])
    seen(Subject.DOSSIER, known["access"], wanted.value)  # who read what: in the journal before the page leaves
    return render_template(
        "dossiers/dossier.html",
        word=word,
        copy=copy,
        profile=profile,
        rubrique=wanted,
        head=head_of(copy.content),
        blocks=blocks(copy.content, wanted, local().date()),
        paper=_paper(copy, wanted),
        access=found(store.get_access(reading(), known["access"])),
    )


@blueprint.route("/<word>/attestation/papier", methods=["GET", "POST"])
@allow(Permission.COUNTER)
def certificate(word: str):
    """An attestation of the payments of one month held: signed, with what the Caf said, its source and its date."""
    known, copy = _readable(word, Rubrique.PAYMENT_CERTIFICATE, "ne fait pas d'attestation de paiement.")
    held = certified_months(copy.content, local().date())
    form = PaymentAttestationForm(list(found(held or None)))
    if form.validate_on_submit():
        facts = payment_facts(copy.content, held[form.month.data], copy.source, local(copy.fetched_at))
        return _relay(Kind.PAYMENT, facts, form.act_key(), known["access"], Rubrique.PAYMENT_CERTIFICATE)
    return render_form("dossiers/certificate.html", form, word=word)


@blueprint.post("/<word>/synthese/papier")
@allow(Permission.COUNTER)
def quotient_certificate(word: str):
    """An attestation of the quotient familial of the dossier, as its summary shows it."""
    known, copy = _readable(word, Rubrique.SUMMARY, "ne montre pas le quotient familial.")
    found(copy.content.get("quotient"))
    form = KeyedForm()
    if not form.validate_on_submit():
        return redirect(url_for("dossiers.read", word=word, rubrique=Rubrique.SUMMARY))
    facts = quotient_facts_of_dossier(copy.content, copy.source, local(copy.fetched_at))
    return _relay(Kind.QUOTIENT, facts, form.act_key(), known["access"], Rubrique.SUMMARY)


def _readable(word: str, rubrique: Rubrique | None, refusal: str) -> tuple[dict, DossierCopy]:
    """(what is known of the opening, the copy), for a dossier whose reasons were given and a profile that opens the
    rubrique. Answers otherwise itself: the reasons to give, no such page, 403 with `refusal`, a copy past its term."""
    known = _opened(word)
    if not known["access"]:
        abort(redirect(url_for("dossiers.reasons", word=word)))
    profile = profile_of(known["profile"])
    if not profile.opens(found(rubrique)):
        abort(403, f"Le profil {profile.code} {refusal}")
    with services().cache.reading() as cache:
        copy = store.get_copy(cache, known["key"], now())
    if copy is None:
        _forget(word)
        abort(make_response(render_template("dossiers/expired.html")))
    return known, copy


def _relay(kind: Kind, facts: dict[str, str], key: str, access: int, rubrique: Rubrique):
    """Issue a paper from a dossier; the journal says both that it was made and that the dossier went on paper."""
    with writing() as main:
        note(main, Act.EXPORTED, Subject.DOSSIER, access, rubrique.value)
        made = issue(main, kind, facts, key)
    return redirect(url_for("attestations.issued", attestation_id=made.id))


def _paper(copy: DossierCopy, rubrique: Rubrique) -> KeyedForm | None:
    """The form of the attestation that can be made from this rubrique."""
    held = certified_months(copy.content, local().date())
    if rubrique is Rubrique.PAYMENT_CERTIFICATE and held:
        return PaymentAttestationForm(list(held))
    return KeyedForm() if rubrique is Rubrique.SUMMARY and copy.content.get("quotient") else None


def _rubrique(text: str) -> Rubrique | None:
    return Rubrique(text) if text in set(Rubrique) else None


@blueprint.post("/<word>/fermer")
@allow(Permission.COUNTER)
def close(word: str):
    """The agent is done: reasons will be asked again."""
    _opened(word)
    _forget(word)
    return redirect(url_for("dossiers.find"))


def _forget(word: str) -> None:
    session[_OPENED] = {kept: facts for kept, facts in session[_OPENED].items() if kept != word}
