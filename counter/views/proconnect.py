"""Signing in with ProConnect: it proves who comes, an agent of this counter must be there already."""

from __future__ import annotations

import hmac
import json
from datetime import datetime, timedelta

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for

from counter.access import Permission
from counter.journal import Act, Subject
from counter.keys import Unreadable
from counter.outside.proconnect import Identity, ProConnectFailed, ask, identify
from counter.security import allow, safe_target, signed_in
from counter.store.agents import Opened, agent_of_proconnect
from counter.store.journal import record
from counter.views.sign_in import go_on, refuse
from counter.web import local_day, now, services, writing

blueprint = Blueprint("proconnect", __name__, url_prefix="/connexion/proconnect")
# The browser comes back from another site: it brings no Strict cookie then, so what is awaited waits in this one.
_COOKIE, _PURPOSE, _LIFE = "counter_proconnect", "proconnect", timedelta(minutes=10)


def _back_to() -> str:
    return services().settings.public_url.rstrip("/") + url_for("proconnect.back")


@blueprint.get("")
@allow(Permission.PUBLIC)
def start():
    """To ProConnect, with what must come back."""
    settings = services().settings
    if not settings.proconnect_url:
        abort(404)
    try:
        asked = ask(settings, _back_to())
    except ProConnectFailed as failed:
        return _refused(failed)
    awaited = {
        "state": asked.state, "nonce": asked.nonce, "until": (now() + _LIFE).isoformat(),
        "suite": safe_target(request.args.get("suite")),
    }  # fmt: skip
    response = redirect(asked.address)
    sealed = services().keys.vault.encrypt(json.dumps(awaited), _PURPOSE).hex()
    response.set_cookie(
        _COOKIE, sealed, max_age=int(_LIFE.total_seconds()), httponly=True, samesite="Lax", secure=settings.tls,
        path=url_for("proconnect.start"),
    )  # fmt: skip
    return response


@blueprint.get("/retour")
@allow(Permission.PUBLIC)
def back():
    """From ProConnect. The page that follows is ours: opened from it, the next one brings the session's cookie."""
    if not services().settings.proconnect_url:
        abort(404)
    try:
        awaited = _awaited()
        who = identify(services().settings, _back_to(), request.args.get("code", ""), awaited["nonce"])
    except ProConnectFailed as failed:
        return _refused(failed)
    entered = _enter(who, awaited["suite"])
    if entered is None:
        refuse(None, "proconnect inconnu")
        return _refused(ProConnectFailed("inconnu"))
    if isinstance(entered, str):  # what was being written when the session ended is shown again
        return entered
    response = make_response(render_template("sign_in/proconnect_entered.html", target=entered.headers["Location"]))
    response.delete_cookie(_COOKIE, path=url_for("proconnect.start"))
    return response


def _awaited() -> dict:
    """What this browser was sent with. Raises ProConnectFailed when it is missing, too old or not this one."""
    try:
        sealed = bytes.fromhex(request.cookies.get(_COOKIE, ""))
        awaited = json.loads(services().keys.vault.decrypt(sealed, _PURPOSE))
    except (ValueError, Unreadable) as error:
        raise ProConnectFailed("perdu") from error
    fresh = now() < datetime.fromisoformat(awaited["until"])
    if not fresh or not hmac.compare_digest(awaited["state"].encode(), request.args.get("state", "").encode()):
        raise ProConnectFailed("perdu")
    if not request.args.get("code"):
        raise ProConnectFailed("abandon")
    return awaited


def _enter(who: Identity, suite: str | None):
    with writing() as main:
        agent = agent_of_proconnect(main, services().keys.vault, who.sub, who.email)
        if agent is not None and not agent.period.holds(local_day(agent.site)):
            agent = None  # closed by its dates: nothing is bound to it either
        opened = Opened(agent) if agent else None
        if agent is not None and agent.proconnect_sub is None:
            agent.proconnect_sub = who.sub
            record(main, Act.CHANGED, agent.id, Subject.AGENT, agent.id, request.remote_addr or "", now(), "proconnect")
    return go_on(opened, suite, "proconnect") if opened and signed_in(opened.agent.id) else None


_SENTENCES = {
    "inconnu": "ProConnect vous a reconnu, mais cette adresse n'a pas de compte ici. Demandez à votre administrateur.",
    "abandon": "Vous n'avez pas terminé sur ProConnect. Recommencez, ou entrez avec votre mot de passe.",
    "perdu": "Cette demande a trop attendu. Recommencez.",
    "injoignable": "ProConnect ne répond pas. Entrez avec votre identifiant et votre mot de passe.",
    "paquets": "ProConnect n'est pas installé sur ce poste. Entrez avec votre identifiant et votre mot de passe.",
}
_UNPROVEN = "ProConnect n'a pas prouvé qui vous êtes. Recommencez, ou entrez avec votre mot de passe."


def _refused(failed: ProConnectFailed):
    return render_template("sign_in/proconnect_refused.html", sentence=_SENTENCES.get(failed.code, _UNPROVEN)), 403
