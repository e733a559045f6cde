"""The quotient familial, asked of API Particulier by civil identity; the last good answer when the line is down."""

from __future__ import annotations

import secrets

from flask import Blueprint, redirect, render_template, session, url_for

from counter.access import Permission
from counter.attestations import Kind
from counter.forms.fields import KeyedForm
from counter.forms.quotient import QuotientForm
from counter.journal import Act, Subject
from counter.outside.api_particulier import ask, is_configured
from counter.papers import issue
from counter.pdf.relayed import quotient_facts
from counter.quotient import Answer, Failure, NoAnswer, names_differ, provider_words, read_answer
from counter.security import allow, keeps_nothing
from counter.store import quotients as store
from counter.store.dossiers import siret_of_group
from counter.views.dossiers import rights
from counter.web import agent, found, local, note, now, reading, render_form, seen, services, writing

blueprint = Blueprint("quotient", __name__, url_prefix="/quotient")
_ASKED = "quotients"  # in the session: word -> {"key", "name", "failure"}
SOURCE = "API Particulier"


def recipient() -> str:
    """The SIRET given to API Particulier: that of the site, else that of the convention of the agent's group."""
    site = agent().site
    return (site.siret if site else "") or siret_of_group(reading(), rights().group_id)


@blueprint.route("", methods=["GET", "POST"])
@allow(Permission.COUNTER)
@keeps_nothing
def form():
    """The identity; several communes of one name are shown to choose from, and nothing typed is lost."""
    asked = QuotientForm(local().date())
    configured = is_configured(services().settings)
    if not asked.validate_on_submit():
        return render_form("quotient/form.html", asked, configured=configured)
    try:
        word = _ask(asked)
    except NoAnswer as why:
        theirs = why.failure in {Failure.UNKNOWN_PERSON, Failure.BAD_REQUEST}
        page = render_template("quotient/form.html", form=asked, configured=configured, no_answer=why)
        return page, 422 if theirs else 503
    return redirect(url_for("quotient.answer", word=word))


def _ask(asked: QuotientForm) -> str:
    """Ask, keep the answer; when the failure may pass, the copy that is still good. Raises NoAnswer."""
    on, identity, period, siret = services(), asked.identity(), asked.period(), recipient()
    key = store.answer_key(on.keys.vault, identity, period, siret)
    failure = None
    if is_configured(on.settings):
        with writing() as main:  # a demand that finds nobody was made all the same
            note(main, Act.CREATED, Subject.QUOTIENT, key)
    try:
        content = ask(on.settings, identity, period, siret)
    except NoAnswer as no_answer:
        on.quotient_call.note(no_answer.failure, now())
        if not no_answer.failure.passing or not _kept(key):
            raise
        failure = no_answer.failure.value
    else:
        on.quotient_call.note(None, now())
        with on.cache.writing() as cache:
            store.keep_answer(cache, key, content, now(), on.settings.quotient_days)
    word = secrets.token_urlsafe(9)
    facts = {"key": key, "name": identity.birth_name, "failure": failure}
    session[_ASKED] = session.get(_ASKED, {}) | {word: facts}
    return word


def _kept(key: str):
    with services().cache.reading() as cache:
        return store.get_answer(cache, key, now())


@blueprint.get("/<word>")
@allow(Permission.COUNTER)
def answer(word: str):
    """What came back, with its source, its age and its expiry. The word means something in this session alone."""
    facts = found(session.get(_ASKED, {}).get(word))
    copy = _kept(facts["key"])
    if copy is None:
        return render_template("quotient/expired.html")
    seen(Subject.QUOTIENT, facts["key"])
    read = read_answer(copy.content)
    return render_template(
        "quotient/answer.html",
        copy=copy,
        word=word,
        answer=read,
        provider=provider_words(read.provider),
        failure=Failure(facts["failure"]) if facts["failure"] else None,
        differs=names_differ(facts["name"], read),
        source=SOURCE,
        paper=KeyedForm() if _can_be_attested(read) else None,
    )


def _can_be_attested(read: Answer) -> bool:
    """A paper says whose quotient it is, of which month."""
    return read.value is not None and read.month is not None and bool(read.adults and read.adults[0].name)


@blueprint.post("/<word>/attestation")
@allow(Permission.COUNTER)
def certificate(word: str):
    """A signed attestation of what came back, with its source and its date."""
    facts = found(session.get(_ASKED, {}).get(word))
    copy = _kept(facts["key"])
    if copy is None:
        return render_template("quotient/expired.html")
    read = read_answer(copy.content)
    found(_can_be_attested(read) or None)
    form = KeyedForm()
    if not form.validate_on_submit():
        return redirect(url_for("quotient.answer", word=word))
    with writing() as main:
        note(main, Act.EXPORTED, Subject.QUOTIENT, facts["key"])
        made = issue(main, Kind.QUOTIENT, quotient_facts(read, SOURCE, local(copy.fetched_at)), form.act_key(word))
    return redirect(url_for("attestations.issued", attestation_id=made.id))
